"""A Slack that keeps what it is sent, and fails when told to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.notification import Channel, OutboxId
from bot.errors import SlackError, SlackPermanent
from bot.operations.ports import Sent
from bot.views.blocks import Message


@dataclass
class Posted:
    """A message that stands in a channel."""

    ts: str
    message: Message
    id: OutboxId
    thread_ts: str | None = None
    broadcast: bool = False
    edits: list[Message] = field(default_factory=list)


Failing = Callable[[str, Channel], SlackError | None]


class ListedMessenger:
    """Keeps messages by channel. ``failing`` is asked before each call, ``after`` once it was accepted.

    ``accepted`` has the ids of all that was ever posted, in order.

    A reply to a message that is gone stands in the channel itself, as in Slack. Others get their turn while
    a call is under way.
    """

    def __init__(self) -> None:
        self.channels: dict[Channel, list[Posted]] = {}
        self.names: dict[str, Channel] = {"alerts": Channel("C00000001")}
        self.failing: Failing = lambda _method, _channel: None
        self.after: Failing = lambda _method, _channel: None
        self.calls: list[str] = []
        self.accepted: list[OutboxId] = []
        self.looked_since: list[datetime] = []
        self._posts = 0

    def _try(self, method: str, channel: Channel) -> None:
        self.calls.append(method)
        error = self.failing(method, channel)
        if error is not None:
            raise error

    def _accepted(self, method: str, channel: Channel) -> None:
        error = self.after(method, channel)
        if error is not None:
            raise error

    def delete(self, channel: Channel, ts: str) -> None:
        """Delete a message, as a person may."""
        self.channels[channel] = [one for one in self.channels[channel] if one.ts != ts]

    async def post(
        self,
        channel: Channel,
        message: Message,
        *,
        outbox_id: OutboxId,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Sent:
        await asyncio.sleep(0)
        self._try("post", channel)
        posted = self.channels.setdefault(channel, [])
        self._posts += 1
        ts = f"{self._posts}.000000"
        if all(one.ts != thread_ts for one in posted):
            thread_ts = None
        posted.append(Posted(ts, message, outbox_id, thread_ts, broadcast))
        self.accepted.append(outbox_id)
        self._accepted("post", channel)
        return Sent(channel, ts)

    async def edit(self, channel: Channel, ts: str, message: Message, *, outbox_id: OutboxId) -> None:
        await asyncio.sleep(0)
        self._try("edit", channel)
        posted = next((one for one in self.channels.get(channel, ()) if one.ts == ts), None)
        if posted is None:
            raise SlackPermanent("It is gone.", code="message_not_found")
        posted.edits.append(message)
        posted.id = outbox_id
        self._accepted("edit", channel)

    async def find(
        self, channel: Channel, outbox_id: OutboxId, *, since: datetime, thread_ts: str | None = None
    ) -> Sent | None:
        self._try("find", channel)
        self.looked_since.append(since)
        for posted in self.channels.get(channel, ()):
            if posted.id == outbox_id and posted.thread_ts == thread_ts:
                return Sent(channel, posted.ts)
        return None

    async def resolve_channel(self, name: str) -> Channel:
        self._try("resolve", Channel(name))
        return self.names[name]
