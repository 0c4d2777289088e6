"""From what Slack sends to what somebody asked; pure, and whatever shape a payload has, nothing is raised."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.commands import BY_NAME, Door
from bot.commands.words import plain, split
from bot.operations.answering import Asked

Json = Mapping[str, Any]

SHARE = "share"
SHARE_ANYWAY = "share-anyway"
PRESSED = re.compile(rf"^(command|menu|{SHARE}|{SHARE_ANYWAY}):")
"""The buttons and menus that are ours, by their ``action_id``; the value is a command's text."""
SHORTCUTS = {"ack": "ack", "silence": "silence ask", "assign": "assign ask", "note": "note ask"}
"""The shortcuts in a message's menu, by their ``callback_id``: each is a command about that message."""
LONGEST_TEXT = 40_000
"""Slack cuts what people write here; so do we, whoever sends."""

_ANY_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^<>]*)?>")
_AROUND = " \t\r\n\u00a0,:;"
_SAID = ("", "file_share", "thread_broadcast")
"""The subtypes of what a person said; the others tell of edits, joins and the like."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer goes: a channel, a thread of it, and the person who alone sees what is private.

    The channel is empty where something was pressed in the Home tab: there is only the person.
    """

    channel: str
    user: str
    thread: str | None = None

    @property
    def is_direct(self) -> bool:
        """Whether this is somebody's direct messages."""
        return self.channel.startswith("D")


@dataclass(frozen=True, slots=True)
class Came:
    """What came in, and where its answer goes. ``response_url`` takes answers, for a while.

    ``shown_to`` is the private message whose button was pressed, empty where it stands for all to see;
    ``trigger`` opens a dialog within three seconds. ``view`` is the dialog or the Home tab in which
    something was pressed. ``with_help`` is for a mention without words.
    """

    asked: Asked
    place: Place
    response_url: str = ""
    trigger: str = ""
    act: str = "command"
    shown_to: str = ""
    view: str = ""
    in_home: bool = False
    in_thread: bool = False
    with_help: bool = False

    @property
    def key(self) -> str:
        """Slack's own id of it, the same when it is delivered again."""
        return self.asked.key


def changes(text: str) -> bool:
    """Whether a text asks for something to be changed, as far as its first word tells."""
    words = split(plain(text[:LONGEST_TEXT]))
    verb = BY_NAME.get(words[0].value.casefold()) if words and words[0].key is None else None
    return verb is not None and verb.changes


def by_command(body: Json) -> Came:
    """Read a slash command."""
    user, channel = text_of(body, "user_id"), text_of(body, "channel_id")
    asked = Asked(
        text=text_of(body, "text")[:LONGEST_TEXT],
        user=user,
        channel=channel,
        door=Door.SLASH,
        name=text_of(body, "user_name"),
        private=True,
        key=text_of(body, "trigger_id"),
    )
    return Came(asked, Place(channel, user), text_of(body, "response_url"), text_of(body, "trigger_id"))


def by_event(body: Json) -> Came | None:
    """Read a mention or a direct message; None for every other event, and for what is not to be answered."""
    kind = text_of(part_of(body, "event"), "type")
    if body.get("type") != "event_callback":
        return None
    if kind == "app_mention":
        return by_mention(body)
    return by_message(body) if kind == "message" else None


def by_mention(body: Json) -> Came | None:
    """Read a mention; None where it is not for the bot to answer: an edit, or another program's words.

    Where people of another organisation may read along, the answer is private. Outside a thread the answer
    begins one, but no thread says there what is meant.
    """
    event = part_of(body, "event")
    if event.get("edited") or not _by_person(body):
        return None
    text = after_mention(text_of(event, "text")[:LONGEST_TEXT], _bot(body), always=True)
    shared = bool(body.get("is_ext_shared_channel"))
    thread, own = text_of(event, "thread_ts"), text_of(event, "ts")
    user, channel = text_of(event, "user"), text_of(event, "channel")
    asked = Asked(
        text=text,
        user=user,
        channel=channel,
        door=Door.MENTION,
        thread=thread or None,
        private=shared,
        key=text_of(body, "event_id"),
    )
    place = Place(channel, user, thread or (None if shared else own) or None)
    return Came(asked, place, in_thread=bool(thread), with_help=not text)


def by_message(body: Json) -> Came | None:
    """Read a direct message; None for what is not said to the bot by a person."""
    event = part_of(body, "event")
    if event.get("channel_type") != "im" or event.get("edited") or not _by_person(body):
        return None
    words = after_mention(text_of(event, "text")[:LONGEST_TEXT], _bot(body))
    user, channel, thread = text_of(event, "user"), text_of(event, "channel"), text_of(event, "thread_ts")
    asked = Asked(
        text=words,
        user=user,
        channel=channel,
        door=Door.DIRECT,
        thread=thread or None,
        key=text_of(body, "event_id"),
    )
    return Came(asked, Place(channel, user, thread or None), with_help=not words)


def by_press(body: Json, action: Json) -> Came:
    """Read a button or a menu: who pressed it and where come from the payload, only the words from it.

    What stands where it was pressed says which incident is meant, be the message ever so old.
    """
    act = text_of(action, "action_id").partition(":")[0]
    value = text_of(action, "value") or text_of(part_of(action, "selected_option"), "value")
    container, user = part_of(body, "container"), part_of(body, "user")
    thread, message = text_of(container, "thread_ts"), text_of(container, "message_ts")
    is_private = bool(container.get("is_ephemeral"))
    channel = text_of(part_of(body, "channel"), "id") or text_of(container, "channel_id")
    asked = Asked(
        text=value[:LONGEST_TEXT],
        user=text_of(user, "id"),
        channel=channel,
        door=Door.BUTTON,
        thread=thread or ("" if is_private else message) or None,
        name=text_of(user, "username") or text_of(user, "name"),
        private=act not in (SHARE, SHARE_ANYWAY),
        key=text_of(body, "trigger_id"),
    )
    view = part_of(body, "view")
    return Came(
        asked,
        Place(channel, asked.user, thread or None),
        text_of(body, "response_url"),
        text_of(body, "trigger_id"),
        act,
        shown_to=message if is_private else "",
        view=text_of(view, "id"),
        in_home=view.get("type") == "home",
        in_thread=bool(thread),
    )


def by_shortcut(body: Json) -> Came | None:
    """Read a shortcut of a message; None for one that is not ours."""
    text = SHORTCUTS.get(text_of(body, "callback_id"))
    if text is None:
        return None
    user, message = part_of(body, "user"), part_of(body, "message")
    thread = text_of(message, "thread_ts")
    asked = Asked(
        text=text,
        user=text_of(user, "id"),
        channel=text_of(part_of(body, "channel"), "id"),
        door=Door.SHORTCUT,
        thread=thread or text_of(body, "message_ts") or text_of(message, "ts") or None,
        name=text_of(user, "username") or text_of(user, "name"),
        private=True,
        key=text_of(body, "trigger_id"),
    )
    place = Place(asked.channel, asked.user, thread or None)
    return Came(asked, place, text_of(body, "response_url"), text_of(body, "trigger_id"))


def by_home(body: Json) -> Came | None:
    """Read that somebody opened the Home tab; None for the other tabs."""
    event = part_of(body, "event")
    user = text_of(event, "user")
    if event.get("tab") != "home" or not user:
        return None
    return home_of(user)


def home_of(user: str) -> Came:
    """Ask for somebody's Home tab."""
    return Came(Asked(text="", user=user, channel="", door=Door.DIRECT), Place("", user), in_home=True)


def with_place(came: Came, place: Place, thread: str | None) -> Came:
    """Move what was pressed in a dialog to where the dialog was opened, and to the thread it is about."""
    asked = replace(came.asked, channel=place.channel, thread=thread)
    return replace(came, asked=asked, place=place)


def after_mention(text: str, bot: str, *, always: bool = False) -> str:
    """Give the words after a mention of the bot, or before it where none follow.

    A text without one is given whole; with ``always`` the first mention there is counts as the bot's.
    """
    named = re.compile(rf"<@{re.escape(bot)}(?:\|[^<>]*)?>") if bot else _ANY_MENTION
    parts = named.split(text)
    if len(parts) == 1 and always:
        parts = _ANY_MENTION.split(text, maxsplit=1)
    if len(parts) == 1:
        return text.strip()
    return " ".join(parts[1:]).strip(_AROUND) or parts[0].strip(_AROUND)


def _bot(body: Json) -> str:
    """Find the bot's own user id: Slack says for whom it delivers an event."""
    listed = body.get("authorizations")
    for authorization in listed if isinstance(listed, list) else ():
        if isinstance(authorization, Mapping) and authorization.get("is_bot"):
            return text_of(authorization, "user_id")
    return ""


def _by_person(body: Json) -> bool:
    event = part_of(body, "event")
    if event.get("bot_id") or text_of(event, "subtype") not in _SAID:
        return False
    user = text_of(event, "user")
    return bool(user) and user != _bot(body)


def part_of(body: Json, name: str) -> Json:
    """Give an object inside a payload; empty where it is none."""
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}


def text_of(body: Json, name: str) -> str:
    """Give a text inside a payload; empty where it is none."""
    value = body.get(name)
    return value if isinstance(value, str) else ""
