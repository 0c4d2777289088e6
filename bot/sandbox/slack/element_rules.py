"""The rules of Block Kit's small parts: text, buttons, menus, inputs, confirmations."""

import re
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
Fault = tuple[str, str]
"""What is wrong, and the JSON pointer to where."""

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")

_SELECTS = {
    f"{prefix}{kind}_select"
    for prefix in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
}
_PICKERS = {"datepicker", "timepicker", "datetimepicker"}
IN_ACTIONS = {"button", "checkboxes", "overflow", "radio_buttons", "workflow_button", *_SELECTS, *_PICKERS}
IN_SECTION = {"image", *IN_ACTIONS} - {"datetimepicker"}
IN_CONTEXT = {"image", *ANY_TEXT}
IN_INPUT = {
    "plain_text_input",
    "rich_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "file_input",
    "checkboxes",
    "radio_buttons",
    *_SELECTS,
    *_PICKERS,
}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def text_faults(value: Any, where: str, limit: int, kinds: tuple[str, ...] = ANY_TEXT) -> Iterator[Fault]:  # noqa: ANN401 - JSON of any shape
    """Hold a text object to its kind and its length."""
    if not isinstance(value, dict) or value.get("type") not in kinds:
        yield f"must be a text object of type {' or '.join(kinds)}", where
        return
    yield from string_faults(value.get("text"), f"{where}/text", limit)
    allowed = {"type", "text", "emoji" if value["type"] == "plain_text" else "verbatim"}
    for name in sorted(set(value) - allowed):
        yield f"unknown property {name}", where


def string_faults(value: Any, where: str, limit: int, least: int = 1) -> Iterator[Fault]:  # noqa: ANN401 - JSON of any shape
    """Hold a string to its length."""
    if not isinstance(value, str):
        yield "must be a string", where
    elif len(value) < least:
        yield f"must be more than {least - 1} characters", where
    elif len(value) > limit:
        yield f"must be less than {limit + 1} characters", where


def optional_strings(part: Json, where: str, limits: dict[str, int]) -> Iterator[Fault]:
    """Hold the strings that are present to their lengths."""
    for name, limit in limits.items():
        if name in part:
            yield from string_faults(part[name], f"{where}/{name}", limit)


def listed(value: Any) -> list[Any]:  # noqa: ANN401 - JSON of any shape
    """Return a list as it is, and nothing of anything else."""
    return value if isinstance(value, list) else []


def items_faults(value: Any, where: str, most: int) -> Iterator[Fault]:  # noqa: ANN401 - JSON of any shape
    """Hold a list to its number of items."""
    if not isinstance(value, list):
        yield "must be an array", where
    elif not value:
        yield "no fewer than 1 items allowed", where
    elif len(value) > most:
        yield f"no more than {most} items allowed", where


def element_faults(element: Any, where: str, allowed: set[str]) -> Iterator[Fault]:  # noqa: ANN401 - JSON of any shape
    """Hold one element to the rules of its type, and its type to its place."""
    if not isinstance(element, dict):
        yield "must be an object", where
        return
    kind = element.get("type")
    if not isinstance(kind, str) or kind not in allowed:
        yield f"unsupported type: {kind}", where
        return
    yield from optional_strings(element, where, {"action_id": 255})
    if "confirm" in element:
        yield from _confirm_faults(element["confirm"], f"{where}/confirm")
    if "placeholder" in element:
        yield from text_faults(element["placeholder"], f"{where}/placeholder", 150, PLAIN)
    if rule := _RULES.get(kind):
        yield from rule(element, where)


def image_faults(image: Json, where: str) -> Iterator[Fault]:
    """Hold an image to one source and a text for those who cannot see it."""
    if ("image_url" in image) == ("slack_file" in image):
        yield "must have either image_url or slack_file", where
    yield from optional_strings(image, where, {"image_url": 3000})
    yield from string_faults(image.get("alt_text"), f"{where}/alt_text", 2000)


def options_faults(
    part: Json, where: str, most: int, *, kinds: tuple[str, ...] = PLAIN, url: bool = False
) -> Iterator[Fault]:
    """Hold the options of a menu to their number and their lengths."""
    where = f"{where}/options"
    options = part.get("options")
    yield from items_faults(options, where, most)
    for index, option in enumerate(listed(options)):
        yield from _option_faults(option, f"{where}/{index}", kinds, url=url)


def _option_faults(option: Any, where: str, kinds: tuple[str, ...], *, url: bool) -> Iterator[Fault]:  # noqa: ANN401 - JSON of any shape
    if not isinstance(option, dict):
        yield "must be an object", where
        return
    yield from text_faults(option.get("text"), f"{where}/text", 75, kinds)
    yield from string_faults(option.get("value"), f"{where}/value", 150)
    if "description" in option:
        yield from text_faults(option["description"], f"{where}/description", 75, kinds)
    if "url" in option and not url:
        yield "url is allowed in overflow menus only", where
    yield from optional_strings(option, where, {"url": 3000})


def _static_select_faults(element: Json, where: str) -> Iterator[Fault]:
    if ("options" in element) == ("option_groups" in element):
        yield "must have either options or option_groups", where
        return
    if "options" in element:
        yield from options_faults(element, where, 100)
        groups: list[Any] = [element]
    else:
        yield from items_faults(element["option_groups"], f"{where}/option_groups", 100)
        groups = listed(element["option_groups"])
        for index, group in enumerate(groups):
            inside = f"{where}/option_groups/{index}"
            if not isinstance(group, dict):
                yield "must be an object", inside
                continue
            yield from text_faults(group.get("label"), f"{inside}/label", 75, PLAIN)
            yield from options_faults(group, inside, 100)
    known = [option for group in groups if isinstance(group, dict) for option in listed(group.get("options"))]
    yield from _chosen_at_first_faults(element, where, known)


def _chosen_at_first_faults(element: Json, where: str, known: list[Any]) -> Iterator[Fault]:
    one = [element["initial_option"]] if "initial_option" in element else []
    if any(option not in known for option in [*one, *listed(element.get("initial_options"))]):
        yield "initial option must be one of the options", where


def _button_faults(button: Json, where: str) -> Iterator[Fault]:
    yield from text_faults(button.get("text"), f"{where}/text", 75, PLAIN)
    yield from optional_strings(button, where, {"value": 2000, "url": 3000, "accessibility_label": 75})
    if button.get("style", "primary") not in ("primary", "danger"):
        yield "style must be primary or danger", where


def _confirm_faults(confirm: Any, where: str) -> Iterator[Fault]:  # noqa: ANN401 - JSON of any shape
    if not isinstance(confirm, dict):
        yield "must be an object", where
        return
    yield from text_faults(confirm.get("title"), f"{where}/title", 100, PLAIN)
    yield from text_faults(confirm.get("text"), f"{where}/text", 300)
    yield from text_faults(confirm.get("confirm"), f"{where}/confirm", 30, PLAIN)
    yield from text_faults(confirm.get("deny"), f"{where}/deny", 30, PLAIN)
    if confirm.get("style", "primary") not in ("primary", "danger"):
        yield "style must be primary or danger", where


def _text_input_faults(element: Json, where: str) -> Iterator[Fault]:
    yield from optional_strings(element, where, {"initial_value": 3000})
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if not isinstance(least, int) or not 0 <= least <= 3000:  # noqa: PLR2004 - Slack's limit
        yield "must be between 0 and 3000", f"{where}/min_length"
    elif not isinstance(most, int) or not max(1, least) <= most <= 3000:  # noqa: PLR2004 - Slack's limit
        yield "must be between 1 and 3000, and not below min_length", f"{where}/max_length"


def _initial_faults(element: Json, where: str) -> Iterator[Fault]:
    for name, form in (("initial_date", _DATE), ("initial_time", _TIME)):
        if name in element and not form.fullmatch(str(element[name])):
            yield "is not in the right format", f"{where}/{name}"


def _number_faults(element: Json, where: str) -> Iterator[Fault]:
    if not isinstance(element.get("is_decimal_allowed"), bool):
        yield "missing required field: is_decimal_allowed", where


def _alone_faults(element: Json, where: str) -> Iterator[Fault]:
    yield from text_faults(element, where, 3000)


def _choice_faults(element: Json, where: str) -> Iterator[Fault]:
    if "placeholder" in element:
        yield "unknown property placeholder", where
    yield from options_faults(element, where, 10, kinds=ANY_TEXT)
    yield from _chosen_at_first_faults(element, where, listed(element.get("options")))


def _overflow_faults(element: Json, where: str) -> Iterator[Fault]:
    yield from options_faults(element, where, 5, url=True)


_RULES: dict[str, Callable[[Json, str], Iterator[Fault]]] = {
    "button": _button_faults,
    "image": image_faults,
    "plain_text": _alone_faults,
    "mrkdwn": _alone_faults,
    "overflow": _overflow_faults,
    "checkboxes": _choice_faults,
    "radio_buttons": _choice_faults,
    "static_select": _static_select_faults,
    "multi_static_select": _static_select_faults,
    "plain_text_input": _text_input_faults,
    "number_input": _number_faults,
    "datepicker": _initial_faults,
    "timepicker": _initial_faults,
}
