"""A conversation and its messages, with everything that was ever edited or deleted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bot.sandbox.slack.people import APP_ID, BOT_ID, BOT_USER, HOME_TEAM

_PAGE = re.compile(
    r"<!(channel|here|everyone)(?:\|[^>]*)?>|<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>|<@([UW][A-Z0-9]+)(?:\|[^>]*)?>"
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it is now; ``edits`` are its earlier versions, oldest first."""

    ts: str
    channel: str
    author: str
    text: str
    blocks: tuple[dict[str, Any], ...] = ()
    attachments: tuple[dict[str, Any], ...] = ()
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: dict[str, Any] | None = None
    edited_ts: str | None = None
    edits: tuple["Message", ...] = ()
    files: tuple[str, ...] = ()
    reactions: tuple[tuple[str, str], ...] = ()
    ephemeral_to: str | None = None

    @property
    def by_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.author == BOT_USER

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread of another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def pages(self) -> frozenset[str]:
        """Whom it notifies: ``channel``, ``here``, ``everyone``, group ids, user ids."""
        found = (match for text in self._marked_up() for match in _PAGE.finditer(text))
        return frozenset(word for match in found for word in match.groups() if word)

    def _marked_up(self) -> Iterator[str]:
        yield self.text
        for part in walk([*self.blocks, *self.attachments]):
            if part.get("type") in {"mrkdwn", "markdown"} and isinstance(part.get("text"), str):
                yield part["text"]
            elif part.get("type") == "broadcast":
                yield f"<!{part.get('range')}>"
            elif part.get("type") == "user":
                yield f"<@{part.get('user_id')}>"
            elif part.get("type") == "usergroup":
                yield f"<!subteam^{part.get('usergroup_id')}>"

    def changed(self, *, at: str, **fields: Any) -> "Message":  # noqa: ANN401 - any of its fields
        """Return the message as edited at a moment, remembering what it was."""
        return replace(self, **fields, edited_ts=at, edits=(*self.edits, replace(self, edits=())))


def walk(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON of any shape
    """Yield every object inside a JSON value, outermost first."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


class ChannelKind(StrEnum):
    """What sort of conversation; the word is the stem of its scopes."""

    PUBLIC = "channels"
    PRIVATE = "groups"
    DIRECT = "im"


@dataclass(slots=True)
class Channel:
    """A conversation: who is in it and what was written."""

    id: str
    name: str
    kind: ChannelKind
    created: int
    shared: bool = False
    archived: bool = False
    members: set[str] = field(default_factory=set)
    person: str | None = None
    last_ts: str = "0000000000.000000"
    deleted: list[Message] = field(default_factory=list)
    _messages: dict[str, Message] = field(default_factory=dict)

    @property
    def has_bot(self) -> bool:
        """Whether the bot is a member."""
        return BOT_USER in self.members

    @property
    def messages(self) -> tuple[Message, ...]:
        """What the channel shows, oldest first: no replies but those sent to the channel too."""
        return tuple(m for m in self.everything if not m.is_reply or m.broadcast)

    @property
    def everything(self) -> tuple[Message, ...]:
        """All messages that stand, replies too, oldest first."""
        return tuple(self._messages.values())

    def message(self, ts: str) -> Message | None:
        """Find a message by its ts."""
        return self._messages.get(ts)

    def thread(self, ts: str) -> tuple[Message, ...]:
        """Give the message and its replies, oldest first."""
        return tuple(m for m in self.everything if m.ts == ts or (m.thread_ts == ts and m.is_reply))

    def keep(self, message: Message) -> None:
        """Keep a message, new or changed; every new ts is later than all before, so the order is kept."""
        self._messages[message.ts] = message

    def remove(self, ts: str) -> Message:
        """Take a message out; it is remembered under ``deleted``."""
        message = self._messages.pop(ts)
        self.deleted.append(message)
        return message

    def as_api(self, *, members: int | None = None) -> dict[str, Any]:
        """Show the conversation as conversations.info does."""
        if self.kind is ChannelKind.DIRECT:
            return {
                "id": self.id,
                "created": self.created,
                "is_im": True,
                "is_archived": False,
                "is_org_shared": False,
                "user": self.person,
                "is_user_deleted": False,
                "priority": 0,
            }
        shown: dict[str, Any] = {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "created": self.created,
            "creator": "U0000ANNA1",
            "is_channel": self.kind is ChannelKind.PUBLIC,
            "is_group": self.kind is ChannelKind.PRIVATE,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.kind is ChannelKind.PRIVATE,
            "is_archived": self.archived,
            "is_general": self.name == "general",
            "is_shared": self.shared,
            "is_ext_shared": self.shared,
            "is_org_shared": False,
            "is_pending_ext_shared": False,
            "is_member": self.has_bot,
            "context_team_id": HOME_TEAM,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "previous_names": [],
        }
        if members is not None:
            shown["num_members"] = members
        return shown

    def shown(self, message: Message, *, with_metadata: bool = False) -> dict[str, Any]:
        """Show one of its messages as the Web API does; metadata only where asked for."""
        body: dict[str, Any] = {
            "type": "message",
            "user": message.author,
            "ts": message.ts,
            "text": message.text,
        }
        if message.by_bot:
            body |= {"bot_id": BOT_ID, "app_id": APP_ID, "team": HOME_TEAM}
        if message.is_reply and message.broadcast:
            body["subtype"] = "thread_broadcast"
        for name in ("blocks", "attachments"):
            if parts := getattr(message, name):
                body[name] = list(parts)
        if message.files:
            body["files"] = [{"id": file} for file in message.files]
        if message.edited_ts:
            body["edited"] = {"user": message.author, "ts": message.edited_ts}
        if message.reactions:
            body["reactions"] = _reactions(message)
        if with_metadata and message.metadata:
            body["metadata"] = message.metadata
        return body | self._threading(message)

    def _threading(self, message: Message) -> dict[str, Any]:
        """Say how a message stands to a thread: in it, at its head, or in none."""
        if message.is_reply:
            return {"thread_ts": message.thread_ts}
        replies = self.thread(message.ts)[1:]
        if not replies:
            return {}
        return {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users": sorted({reply.author for reply in replies}),
            "latest_reply": replies[-1].ts,
        }


def _reactions(message: Message) -> list[dict[str, Any]]:
    names = dict.fromkeys(name for name, _ in message.reactions)
    grouped = {name: [user for other, user in message.reactions if other == name] for name in names}
    return [{"name": name, "users": users, "count": len(users)} for name, users in grouped.items()]
