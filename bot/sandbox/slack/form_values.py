"""What people fill in and choose: the state of a dialog's inputs, and the action of one element."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.sandbox.slack.channel import walk
from bot.sandbox.slack.refusal import CannotDo

Json = dict[str, Any]
Chosen = str | Sequence[str] | None

_SINGLE = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
}
_SEVERAL = {
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
}
_ONE_OPTION = {"static_select", "external_select", "radio_buttons", "overflow"}
_OPTIONS = {"multi_static_select", "multi_external_select", "checkboxes"}
_INITIAL = {
    "users_select": "initial_user",
    "conversations_select": "initial_conversation",
    "channels_select": "initial_channel",
    "datepicker": "initial_date",
    "timepicker": "initial_time",
    "datetimepicker": "initial_date_time",
    "multi_users_select": "initial_users",
    "multi_conversations_select": "initial_conversations",
    "multi_channels_select": "initial_channels",
}


def find(blocks: Sequence[Json], action_id: str, block_id: str | None) -> tuple[Json, str]:
    """Find an element by its action id, and its block's id."""
    for block in blocks:
        if block_id in (None, block.get("block_id")):
            for part in walk(block):
                if part is not block and part.get("action_id") == action_id:
                    return part, block["block_id"]
    raise CannotDo(f"nothing with the action id {action_id} is there to press")


def chosen(element: Json, value: Chosen) -> Json:
    """Say what of an element is chosen, as payloads do."""
    kind = element["type"]
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": None if value is None else _option(element, str(value))}
    if kind in _OPTIONS:
        values = [value] if isinstance(value, str) else value or ()
        return {"type": kind, "selected_options": [_option(element, one) for one in values]}
    if kind == "datetimepicker":
        return {"type": kind, "selected_date_time": int(str(value)) if value else None}
    if kind in _SINGLE:
        return {"type": kind, _SINGLE[kind]: value}
    if kind in _SEVERAL:
        return {"type": kind, _SEVERAL[kind]: [value] if isinstance(value, str) else list(value or ())}
    return {"type": kind, "value": value}


def _option(element: Json, value: str) -> Json:
    groups = [element, *element.get("option_groups", [])]
    for option in (option for group in groups for option in group.get("options", [])):
        if option["value"] == value:
            found: Json = option
            return found
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": value}, "value": value}
    raise CannotDo(f"{value} is not among the options")


def _initial(element: Json) -> Chosen:
    kind = element["type"]
    if kind in _ONE_OPTION:
        option = element.get("initial_option")
        return option["value"] if option else None
    if kind in _OPTIONS:
        return [option["value"] for option in element.get("initial_options", [])]
    initial: Chosen = element.get(_INITIAL.get(kind, "initial_value"))
    return initial


def action_of(element: Json, block_id: str, value: Chosen, action_ts: str) -> Json:
    """Say what somebody pressed or chose."""
    action: Json = {"action_id": element["action_id"], "block_id": block_id, "action_ts": action_ts}
    if element["type"] in {"button", "workflow_button"}:
        action |= {"type": "button", "text": element["text"]}
        if "value" in element:
            action["value"] = element["value"]
        return action
    return action | chosen(element, value)


def state_of(blocks: Sequence[Json], filled: Mapping[str, Chosen], before: Json) -> Json:
    """Say what all inputs hold: what was filled in by action id, else what they held before.

    ``before`` is such a state; an input that is not in it holds what it came with.
    """
    values: Json = {}
    left = dict(filled)
    for element, block_id in _stateful(blocks):
        action_id = element["action_id"]
        held = before.get(block_id, {}).get(action_id)
        if action_id in left:
            held = chosen(element, left.pop(action_id))
        values.setdefault(block_id, {})[action_id] = held or chosen(element, _initial(element))
    if left:
        raise CannotDo(f"there is no input called {', '.join(sorted(left))}")
    return values


def is_stateful(element: Json) -> bool:
    """Whether an element holds something; a button and an overflow menu are only pressed."""
    return element["type"] not in {"button", "workflow_button", "overflow"}


def _stateful(blocks: Sequence[Json]) -> Iterator[tuple[Json, str]]:
    for block in blocks:
        for element in walk(block):
            if "action_id" in element and element is not block and is_stateful(element):
                yield element, block["block_id"]


def kept(blocks: Sequence[Json], before: Json) -> Json:
    """Say what is kept of a state when a view gets other blocks: what has the same ids and still fits."""
    values: Json = {}
    for element, block_id in _stateful(blocks):
        held = before.get(block_id, {}).get(element["action_id"])
        if held is not None and held["type"] == element["type"] and _fits(element, held):
            values.setdefault(block_id, {})[element["action_id"]] = held
    return values


def _fits(element: Json, held: Json) -> bool:
    groups = [element, *element.get("option_groups", [])]
    offered = [option["value"] for group in groups for option in group.get("options", [])]
    one = held.get("selected_option")
    several = held.get("selected_options", [])
    return not offered or all(option["value"] in offered for option in [*([one] if one else []), *several])


def refuse_incomplete(blocks: Sequence[Json], values: Json) -> None:
    """Hold a submission to what Slack's own client checks: nothing required is empty, nothing too long."""
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        state: Json = next(iter(values.get(block["block_id"], {}).values()), {})
        held = next((held for name, held in state.items() if name != "type"), None)
        label = block["label"]["text"]
        if held in (None, "", []):
            if not block.get("optional", False):
                raise CannotDo(f"{label} must be filled in")
            continue
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if isinstance(held, str) and not least <= len(held) <= most:
            raise CannotDo(f"{label} must have {least} to {most} characters")
