"""The state of the simulated Slack: who is there, what was written, what is open, what the bot may do."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from bot.operations.ports import Clock
from bot.sandbox.slack import form_values
from bot.sandbox.slack.change import Change, ChangeFeed
from bot.sandbox.slack.channel import Channel, ChannelKind, Message
from bot.sandbox.slack.people import BOT, BOT_USER, CAST, Person, UserGroup
from bot.sandbox.slack.refusal import CannotDo, Refusal
from bot.sandbox.slack.uploads import Upload
from bot.sandbox.slack.view import View

Emit = Callable[[str, dict[str, Any], Channel | None], None]
"""Called with an event's type, its body, and the channel it happened in."""

SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
    }
)


class Workspace:
    """One workspace with the bot installed in it."""

    def __init__(self, clock: Clock, scopes: Iterable[str]) -> None:
        self.clock = clock
        self.scopes = set(scopes)
        self.feed = ChangeFeed()
        self.people: dict[str, Person] = {person.id: person for person in (BOT, *CAST)}
        self.groups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: list[Message] = []
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, Upload] = {}
        self.emit: Emit = lambda _kind, _event, _channel: None
        self._made = 0

    # ── names and numbers

    def serial(self, prefix: str) -> str:
        """Make a new id in Slack's form."""
        self._made += 1
        return f"{prefix}{self._made:010d}"

    def stamp(self, channel: Channel) -> str:
        """Make a message's ts: the clock's present, later than every other in the channel."""
        ts = f"{self.clock.now().timestamp():.6f}"
        if ts <= channel.last_ts:
            whole, fraction = channel.last_ts.split(".")
            count = int(whole) * 1_000_000 + int(fraction) + 1
            ts = f"{count // 1_000_000}.{count % 1_000_000:06d}"
        channel.last_ts = ts
        return ts

    def person(self, who: str) -> Person:
        """Find a person by handle or id."""
        for person in self.people.values():
            if who.removeprefix("@") in {person.id, person.name}:
                return person
        raise CannotDo(f"there is nobody called {who} here")

    def channel(self, name: str) -> Channel:
        """Find a channel by name or id."""
        for channel in self.channels.values():
            if name.removeprefix("#") in {channel.id, channel.name}:
                return channel
        raise CannotDo(f"there is no channel called {name} here")

    # ── what the bot may see

    def require(self, *scopes: str) -> None:
        """Refuse a call that lacks a scope, saying what is needed and what was granted."""
        missing = [scope for scope in scopes if scope not in self.scopes]
        if missing:
            raise Refusal("missing_scope", needed=",".join(missing), provided=",".join(sorted(self.scopes)))

    def visible(self, channel_id: str) -> Channel:
        """Find a conversation by id as the bot sees it: a private one it is not in does not exist."""
        channel = self.channels.get(channel_id)
        if channel is None or (channel.kind is not ChannelKind.PUBLIC and not channel.has_bot):
            raise Refusal("channel_not_found")
        return channel

    def readable(self, channel_id: str, right: str) -> Channel:
        """Find a conversation that the bot may read, by the scope of its kind and its membership."""
        if not any(f"{kind}:{right}" in self.scopes for kind in ChannelKind):
            self.require(*(f"{kind}:{right}" for kind in ChannelKind))
        channel = self.visible(channel_id)
        self.require(f"{channel.kind}:{right}")
        return channel

    # ── what happens

    def keep(self, channel: Channel, message: Message, kind: str = "message") -> Message:
        """Keep a message, new or changed, and tell of it."""
        channel.keep(message)
        self.feed.tell(Change(kind, channel=channel.id, person=message.author, ts=message.ts))
        return message

    def keep_ephemeral(self, message: Message) -> Message:
        """Keep what only one person sees, new or changed, and tell of it."""
        self.ephemerals = [m for m in self.ephemerals if (m.channel, m.ts) != (message.channel, message.ts)]
        self.ephemerals.append(message)
        self.feed.tell(Change("ephemeral", message.channel, message.ephemeral_to, message.ts))
        return message

    def drop_ephemeral(self, message: Message) -> None:
        """Take away what only one person sees."""
        self.ephemerals = [m for m in self.ephemerals if m != message]
        self.feed.tell(Change("ephemeral", message.channel, message.ephemeral_to, message.ts, "deleted"))

    def direct(self, person: Person) -> Channel:
        """Find or open the bot's direct messages with somebody."""
        for channel in self.channels.values():
            if channel.kind is ChannelKind.DIRECT and channel.person == person.id:
                return channel
        channel = self.open_channel(f"dm-{person.name}", ChannelKind.DIRECT)
        channel.person = person.id
        channel.members |= {person.id, BOT_USER}
        return channel

    def open_channel(self, name: str, kind: ChannelKind, *, shared: bool = False) -> Channel:
        """Create a conversation."""
        prefix = {ChannelKind.PUBLIC: "C", ChannelKind.PRIVATE: "C", ChannelKind.DIRECT: "D"}[kind]
        created = int(self.clock.now().timestamp())
        channel = Channel(self.serial(prefix), name, kind, created, shared=shared)
        self.channels[channel.id] = channel
        self.feed.tell(Change("channel", channel.id))
        return channel

    def with_block_ids(self, blocks: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
        """Copy blocks, each with a block id, made up where the bot gave none."""
        copied: list[dict[str, Any]] = json.loads(json.dumps(list(blocks)))
        return tuple(
            block if block.get("block_id") else {**block, "block_id": self.serial("b")} for block in copied
        )

    def show_view(self, view: View, *, replacing: bool = False) -> View:
        """Put a dialog on top of somebody's stack, or in the place of what it replaces."""
        stack = self.modals.setdefault(view.person, [])
        if replacing:
            stack[:] = [view if other.id == view.id else other for other in stack]
        else:
            stack.append(view)
        self.feed.tell(Change("view", person=view.person, detail=view.id))
        return view

    def new_view(self, person: str, payload: dict[str, Any], above: View | None = None) -> View:
        """Make a view of a payload; ``above`` is the one it is pushed on."""
        view_id = self.serial("V")
        payload = {**payload, "blocks": list(self.with_block_ids(payload["blocks"]))}
        return View(
            id=view_id,
            person=person,
            payload=payload,
            hash=self.serial("hash"),
            root_view_id=above.root_view_id if above else view_id,
            previous_view_id=above.id if above else None,
        )

    def changed_view(self, view: View, payload: dict[str, Any]) -> View:
        """Make the view as it is with another payload; inputs of the same ids keep what they hold."""
        payload = {**payload, "blocks": list(self.with_block_ids(payload["blocks"]))}
        values = form_values.kept(payload["blocks"], view.values)
        return replace(view, payload=payload, hash=self.serial("hash"), errors={}, values=values)

    def remember_view(self, view: View) -> View:
        """Keep what somebody filled in; nothing that is shown changes."""
        if view.payload["type"] == "home":
            self.homes[view.person] = view
        else:
            stack = self.modals.get(view.person, [])
            stack[:] = [view if other.id == view.id else other for other in stack]
        return view

    def view(self, view_id: str) -> View | None:
        """Find an open view by its id."""
        views = [*self.homes.values(), *(view for stack in self.modals.values() for view in stack)]
        return next((view for view in views if view.id == view_id), None)

    def close_views(self, person: str, view: View | None) -> None:
        """Close one dialog, or with None all of somebody's."""
        stack = self.modals.get(person, [])
        stack[:] = [other for other in stack if view is not None and other.id != view.id]
        self.feed.tell(Change("view", person=person, detail="closed"))
