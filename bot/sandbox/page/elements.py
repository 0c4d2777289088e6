"""The interactive parts of Block Kit turned into what the page draws: buttons, menus, inputs."""

from typing import Any

from bot.sandbox.page import mrkdwn, nodes
from bot.sandbox.page.emoji import with_pictures
from bot.sandbox.page.nodes import Names, Node

_INITIAL = (
    "initial_value",
    "initial_date",
    "initial_time",
    "initial_date_time",
    "initial_user",
    "initial_conversation",
    "initial_channel",
    "initial_users",
    "initial_conversations",
    "initial_channels",
)
_COPIED = (
    ("style", ""),
    ("multiline", False),
    ("min_length", None),
    ("max_length", None),
    ("min_value", None),
    ("max_value", None),
    ("is_decimal_allowed", False),
    ("max_selected_items", None),
    ("focus_on_load", False),
)


def element(given: Node, names: Names, block_id: str | None) -> Node:
    """Draw an interactive element; ``block`` and ``action`` say which it is when it is used."""
    drawn: Node = {
        "type": str(given.get("type")),
        "action": given.get("action_id"),
        "block": block_id,
        "label": words(given.get("text")),
        "spoken": str(given.get("accessibility_label", "")),
        "placeholder": words(given.get("placeholder")),
        "url": nodes.safe_address(str(given.get("url", ""))),
        "initial": _initial(given),
        "options": [_option(option, names) for option in given.get("options", [])],
        "groups": [
            {
                "label": words(group.get("label")),
                "options": [_option(option, names) for option in group.get("options", [])],
            }
            for group in given.get("option_groups", [])
        ],
    }
    config = given.get("dispatch_action_config") or {}
    drawn["triggers"] = list(config.get("trigger_actions_on") or ["on_enter_pressed"])
    drawn |= {name: given.get(name, usual) for name, usual in _COPIED}
    if confirm := given.get("confirm"):
        drawn["confirm"] = _confirmation(confirm, names)
    return drawn


def words(text: Node | None) -> str:
    """Say a text object in words, with its emoji."""
    return with_pictures(str((text or {}).get("text", "")))


def _option(option: Node, names: Names) -> Node:
    parsed = mrkdwn.text_object(option.get("text"), names)
    return {
        "value": str(option.get("value", "")),
        "c": parsed,
        "label": nodes.letters(parsed),
        "about": words(option.get("description")),
        "url": nodes.safe_address(str(option.get("url", ""))),
    }


def _initial(given: Node) -> Any:  # noqa: ANN401 - a text, a number or a list of texts
    if option := given.get("initial_option"):
        return option.get("value")
    if options := given.get("initial_options"):
        return [option.get("value") for option in options]
    return next((given[name] for name in _INITIAL if name in given), None)


def _confirmation(confirm: Node, names: Names) -> Node:
    return {
        "title": words(confirm.get("title")),
        "c": mrkdwn.text_object(confirm.get("text"), names),
        "yes": words(confirm.get("confirm")),
        "no": words(confirm.get("deny")),
        "danger": confirm.get("style") == "danger",
    }
