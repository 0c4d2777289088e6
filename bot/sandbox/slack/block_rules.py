"""The rules of Block Kit's blocks, one by one: where they may stand and how much they hold."""

from collections.abc import Callable, Iterator
from typing import Any

from bot.sandbox.slack.element_rules import (
    ANY_TEXT,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_INPUT,
    IN_SECTION,
    PLAIN,
    Fault,
    Json,
    element_faults,
    image_faults,
    items_faults,
    listed,
    optional_strings,
    string_faults,
    text_faults,
)

_EVERYWHERE = {"actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video"}
_MESSAGE = _EVERYWHERE | {
    "card",
    "carousel",
    "container",
    "context_actions",
    "markdown",
    "plan",
    "table",
    "task_card",
}
SURFACES = {"message": _MESSAGE, "modal": _EVERYWHERE | {"alert"}, "home": _EVERYWHERE}
TABLE_ROWS, TABLE_COLUMNS, TABLE_CHARACTERS = 100, 20, 10_000
MARKDOWN_CHARACTERS = 12_000


def block_faults(block: Any, where: str, surface: str) -> Iterator[Fault]:  # noqa: ANN401 - JSON of any shape
    """Hold one block to the rules of its type, and its type to its place."""
    if not isinstance(block, dict):
        yield "must be an object", where
        return
    kind = block.get("type")
    if not isinstance(kind, str) or kind not in SURFACES[surface]:
        yield f"unsupported type: {kind}", where
        return
    yield from optional_strings(block, where, {"block_id": 255})
    if rule := _RULES.get(kind):
        yield from rule(block, where)


def _section(block: Json, where: str) -> Iterator[Fault]:
    if "text" not in block and "fields" not in block:
        yield "missing required field: text or fields", where
    if "text" in block:
        yield from text_faults(block["text"], f"{where}/text", 3000)
    if "fields" in block:
        fields = block["fields"]
        yield from items_faults(fields, f"{where}/fields", 10)
        for index, field in enumerate(listed(fields)):
            yield from text_faults(field, f"{where}/fields/{index}", 2000)
    if "accessory" in block:
        yield from element_faults(block["accessory"], f"{where}/accessory", IN_SECTION)


def _header(block: Json, where: str) -> Iterator[Fault]:
    yield from text_faults(block.get("text"), f"{where}/text", 150, PLAIN)


def _image(block: Json, where: str) -> Iterator[Fault]:
    yield from image_faults(block, where)
    if "title" in block:
        yield from text_faults(block["title"], f"{where}/title", 2000, PLAIN)


def _elements(most: int, allowed: set[str]) -> Callable[[Json, str], Iterator[Fault]]:
    def rule(block: Json, where: str) -> Iterator[Fault]:
        elements = block.get("elements")
        yield from items_faults(elements, f"{where}/elements", most)
        for index, element in enumerate(listed(elements)):
            yield from element_faults(element, f"{where}/elements/{index}", allowed)

    return rule


def _input(block: Json, where: str) -> Iterator[Fault]:
    yield from text_faults(block.get("label"), f"{where}/label", 2000, PLAIN)
    if "hint" in block:
        yield from text_faults(block["hint"], f"{where}/hint", 2000, PLAIN)
    yield from element_faults(block.get("element"), f"{where}/element", IN_INPUT)


def _markdown(block: Json, where: str) -> Iterator[Fault]:
    yield from string_faults(block.get("text"), f"{where}/text", MARKDOWN_CHARACTERS)


def _alert(block: Json, where: str) -> Iterator[Fault]:
    yield from text_faults(block.get("text"), f"{where}/text", 3000, ANY_TEXT)


def _rich_text(block: Json, where: str) -> Iterator[Fault]:
    elements = block.get("elements")
    yield from items_faults(elements, f"{where}/elements", 1000)
    for part in _rich_parts(elements):
        if part.get("type") == "text" and not (isinstance(part.get("text"), str) and part["text"]):
            yield "must be more than 0 characters", f"{where}/elements"


def _rich_parts(value: Any) -> Iterator[Json]:  # noqa: ANN401 - JSON of any shape
    for element in listed(value):
        if isinstance(element, dict):
            yield element
            yield from _rich_parts(element.get("elements"))


def _table(block: Json, where: str) -> Iterator[Fault]:
    rows = block.get("rows")
    yield from items_faults(rows, f"{where}/rows", TABLE_ROWS)
    characters = 0
    for number, row in enumerate(listed(rows)):
        yield from items_faults(row, f"{where}/rows/{number}", TABLE_COLUMNS)
        for column, cell in enumerate(listed(row)):
            yield from _cell_faults(cell, f"{where}/rows/{number}/{column}")
            characters += len(_cell_text(cell))
    if characters > TABLE_CHARACTERS:
        yield f"table must be less than {TABLE_CHARACTERS + 1} characters", f"{where}/rows"
    if "column_settings" in block:
        yield from _column_faults(block["column_settings"], f"{where}/column_settings")


def _cell_faults(cell: Any, where: str) -> Iterator[Fault]:  # noqa: ANN401 - JSON of any shape
    kind = cell.get("type") if isinstance(cell, dict) else None
    if kind not in ("raw_text", "raw_number", "rich_text"):
        yield f"unsupported type: {kind}", where
        return
    if not _cell_text(cell):
        yield "must be more than 0 characters", f"{where}/text"
    if kind == "raw_number":
        value = cell.get("value")
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield "must be a number", f"{where}/value"
    if kind == "rich_text":
        yield from _rich_text(cell, where)


def _cell_text(cell: Any) -> str:  # noqa: ANN401 - JSON of any shape
    if not isinstance(cell, dict):
        return ""
    if cell.get("type") != "rich_text":
        text = cell.get("text")
        return text if isinstance(text, str) else ""
    return "".join(_rich_word(part) for part in _rich_parts(cell.get("elements")))


def _rich_word(part: Json) -> str:
    match part.get("type"):
        case "text" | "link":
            return str(part.get("text") or part.get("url") or "")
        case "rich_text_section" | "rich_text_list" | "rich_text_preformatted" | "rich_text_quote":
            return ""
        case _:
            return "x"  # an emoji, a mention, a date: never empty


def _column_faults(settings: Any, where: str) -> Iterator[Fault]:  # noqa: ANN401 - JSON of any shape
    yield from items_faults(settings, where, TABLE_COLUMNS)
    for index, column in enumerate(listed(settings)):
        if column is None:
            continue
        if not isinstance(column, dict) or set(column) - {"align", "is_wrapped"}:
            yield "must be an object of align and is_wrapped", f"{where}/{index}"
        elif column.get("align", "left") not in ("left", "center", "right"):
            yield "align must be left, center or right", f"{where}/{index}"


_RULES: dict[str, Callable[[Json, str], Iterator[Fault]]] = {
    "section": _section,
    "header": _header,
    "image": _image,
    "actions": _elements(25, IN_ACTIONS),
    "context": _elements(10, IN_CONTEXT),
    "context_actions": _elements(5, {"feedback_buttons", "icon_button"}),
    "input": _input,
    "markdown": _markdown,
    "alert": _alert,
    "rich_text": _rich_text,
    "table": _table,
}
