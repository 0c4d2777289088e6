"""From what Slack sends to what somebody asked; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.commands import Door
from bot.operations.answer_command import Asked

Json = Mapping[str, Any]

SHARE = "share"
SHARE_ANYWAY = "share-anyway"
PRESSED = re.compile(rf"^(command|{SHARE}|{SHARE_ANYWAY}):")
"""The buttons that are ours, by their ``action_id``; a button's value is a command's text."""

_ANY_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")
_AROUND = " \t\r\n\u00a0,:;"
_SAID = ("", "file_share", "thread_broadcast")
"""The subtypes of what a person said; the others tell of edits, joins and the like."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came in. ``response_url`` is where answers to it may go, for a while.

    ``key`` is Slack's own id of it, the same when it is delivered again. ``shown_to`` is the private
    message whose button was pressed, empty where it stands for all to see.
    """

    asked: Asked
    key: str
    response_url: str = ""
    act: str = "command"
    shown_to: str = ""
    with_help: bool = False


def by_command(body: Json) -> Came:
    """Read a slash command."""
    asked = Asked(
        text=_text(body, "text"),
        user=_text(body, "user_id"),
        channel=_text(body, "channel_id"),
        door=Door.SLASH,
        name=_text(body, "user_name"),
        private=True,
    )
    return Came(asked, _text(body, "trigger_id"), _text(body, "response_url"))


def by_mention(body: Json) -> Came | None:
    """Read a mention; None where it is not for the bot to answer: an edit, or another program's words.

    Where people of another organisation may read along, the answer is private.
    """
    event = _part(body, "event")
    if event.get("edited") or not _by_person(body):
        return None
    text = after_mention(_text(event, "text"), _bot(body), always=True)
    thread, shared = _text(event, "thread_ts"), bool(body.get("is_ext_shared_channel"))
    asked = Asked(
        text=text,
        user=_text(event, "user"),
        channel=_text(event, "channel"),
        door=Door.MENTION,
        thread=thread or (None if shared else _text(event, "ts")),
        private=shared,
    )
    return Came(asked, _text(body, "event_id"), with_help=not text)


def by_message(body: Json) -> Came | None:
    """Read a direct message; None for what is not said to the bot by a person."""
    event = _part(body, "event")
    if event.get("channel_type") != "im" or event.get("edited") or not _by_person(body):
        return None
    text = _text(event, "text")
    words = after_mention(text, _bot(body))
    asked = Asked(
        text=words,
        user=_text(event, "user"),
        channel=_text(event, "channel"),
        door=Door.DIRECT,
        thread=_text(event, "thread_ts") or None,
    )
    return Came(asked, _text(body, "event_id"), with_help=not words)


def by_press(body: Json, action: Json) -> Came:
    """Read a button: who pressed it and where come from the payload, only the words from its value."""
    act = _text(action, "action_id").partition(":")[0]
    container, user = _part(body, "container"), _part(body, "user")
    asked = Asked(
        text=_text(action, "value"),
        user=_text(user, "id"),
        channel=_text(_part(body, "channel"), "id"),
        door=Door.BUTTON,
        thread=_text(container, "thread_ts") or None,
        name=_text(user, "username") or _text(user, "name"),
        private=act == "command",
    )
    private = _text(container, "message_ts") if container.get("is_ephemeral") else ""
    return Came(asked, _text(body, "trigger_id"), _text(body, "response_url"), act, private)


def after_mention(text: str, bot: str, *, always: bool = False) -> str:
    """Give the words after a mention of the bot, or before it where none follow.

    A text without one is given whole; with ``always`` the first mention there is counts as the bot's.
    """
    named = re.compile(rf"<@{re.escape(bot)}(?:\|[^>]*)?>") if bot else _ANY_MENTION
    parts = named.split(text)
    if len(parts) == 1 and always:
        parts = _ANY_MENTION.split(text, maxsplit=1)
    if len(parts) == 1:
        return text.strip()
    return " ".join(parts[1:]).strip(_AROUND) or parts[0].strip(_AROUND)


def _bot(body: Json) -> str:
    """Find the bot's own user id: Slack says for whom it delivers an event."""
    for authorization in body.get("authorizations") or ():
        if authorization.get("is_bot"):
            return _text(authorization, "user_id")
    return ""


def _by_person(body: Json) -> bool:
    event = _part(body, "event")
    if event.get("bot_id") or event.get("subtype", "") not in _SAID:
        return False
    return bool(event.get("user")) and event.get("user") != _bot(body)


def _part(body: Json, name: str) -> Json:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
