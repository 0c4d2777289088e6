"""What people fill in and choose: the state of a dialog's inputs, and the action of one element."""

from collections.abc import Mapping, Sequence
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


def state_of(blocks: Sequence[Json], filled: Mapping[str, Chosen]) -> Json:
    """Say what all inputs hold: what was filled in by action id, else what they came with."""
    values: Json = {}
    left = dict(filled)
    for block in blocks:
        for element in walk(block):
            action_id = element.get("action_id")
            if action_id is None or element is block or element.get("type") in {"button", "overflow"}:
                continue
            value = left.pop(action_id, _initial(element))
            values.setdefault(block["block_id"], {})[action_id] = chosen(element, value)
    if left:
        raise CannotDo(f"there is no input called {', '.join(sorted(left))}")
    return values


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
