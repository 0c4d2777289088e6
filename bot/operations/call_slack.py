"""Calls Slack for one owed message: at its pace, in time, once; a message degrades, it never vanishes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from bot.domain.delivery import EDITS, POSTS, Pace
from bot.domain.notification import Action, Channel, MessageKey, Notification, OutboxId
from bot.errors import SlackPermanent
from bot.operations.meters import DeliveryOutcome, Meters, Unmetered
from bot.operations.ports import Clock, Journal, Messenger, Sent
from bot.operations.refusals import CHANNEL_WIDE, GONE
from bot.operations.store_port import Store
from bot.views.blocks import Message

T = TypeVar("T")

SEND_WITHIN = timedelta(seconds=10)
"""A call to Slack that takes longer is given up; what came of it is looked for."""
CLOCK_SLACK = timedelta(minutes=5)
"""Slack's clock may differ from ours by this much when a message is looked for."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a channel does not take messages at present; ``since`` is the delivery's clock."""

    sentence: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Rest:
    """Until when a channel is left alone, after how many failures in a row, and because of what."""

    until: datetime
    failures: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this replica alone may send, if it begins before ``until`` (the delivery's clock).

    ``attempts`` and ``outcome_unknown`` are those of the row of the outbox.
    """

    notification: Notification
    attempts: int
    outcome_unknown: bool
    until: datetime


class Renewed(Exception):  # noqa: N818 - says what happened: there is nothing to be sent as it was claimed
    """A message does not stand, and what has happened since took its place: it is owed anew, or over."""


class ClaimLapsed(Exception):  # noqa: N818 - says what happened: somebody else may have it by now
    """It is too late to begin to send a message: its claim would not outlast the call."""


@dataclass(slots=True)
class Delivering:
    """What delivery works with, and what it has learnt of the channels.

    ``clock`` is real time: Slack's limits are. ``render`` turns a notification into a message;
    ``chance`` spreads the next attempts. ``troubles`` has the channels that refuse, as configured;
    ``resting`` those that are left alone for a while, by channel and whether it is about edits; ``doubted``
    those whose name may belong to another id by now; ``reposting`` has the parent messages that went missing.
    ``with_trend`` adds how the delay went, read when the message is rendered.
    """

    store: Store
    messenger: Messenger
    clock: Clock
    journal: Journal
    owner: str
    render: Callable[[Notification], Message]
    chance: Callable[[], float]
    posts: dict[Channel, Pace] = field(default_factory=dict)
    edits: Pace = EDITS
    ids: dict[Channel, Channel] = field(default_factory=dict)
    doubted: set[Channel] = field(default_factory=set)
    resting: dict[tuple[Channel, bool], Rest] = field(default_factory=dict)
    troubles: dict[Channel, Trouble] = field(default_factory=dict)
    reposting: dict[tuple[MessageKey, Channel], asyncio.Lock] = field(default_factory=dict)
    meters: Meters = field(default_factory=Unmetered)
    with_trend: Callable[[Notification], Awaitable[Notification]] | None = None


def plain(notification: Notification) -> Message:
    """Say the least that must be said, without any rendering."""
    about = notification.message if notification.incident is None else f"incident {notification.incident}"
    return Message(
        text=f"Log backup: {about}, {notification.reason.value}. Type /logbackup status to see it."
    )


def shape(message: Message) -> str:
    """Describe a payload without its words: the types of its blocks, and how long its text is."""
    return f"{len(message.text)} characters; " + ", ".join(str(block.get("type")) for block in message.blocks)


async def edit_message(
    delivering: Delivering, owed: Claim, channel: Channel, ts: str, message: Message
) -> None:
    """Replace a message. Raises SlackError, and ClaimLapsed."""
    notification = owed.notification
    now = delivering.clock.now()
    wait, delivering.edits = delivering.edits.wait(now), delivering.edits.taken(now)
    await _pause(delivering, wait)

    async def edit(shown: Message) -> None:
        _in_time(delivering, owed)
        await delivering.messenger.edit(channel, ts, shown, outbox_id=notification.id)

    await _degrading(delivering, notification, message, edit)


async def post_once(
    delivering: Delivering,
    owed: Claim,
    channel: Channel,
    message: Message,
    thread_ts: str | None,
) -> Sent:
    """Post, unless an earlier attempt whose outcome is unknown turns out to have been accepted.

    Raises SlackError, ClaimLapsed, and Renewed: a parent message that surely does not stand is not posted
    as it was, if something waits that tells how things are now.
    """
    notification = owed.notification
    if owed.outcome_unknown:
        since = notification.created_at - CLOCK_SLACK
        found, sure = await _look(delivering, channel, notification.id, since, thread_ts)
        if sure and found is None and notification.action is Action.POST:
            store, now = delivering.store, delivering.clock.now()
            if await store.renew(notification.id, owner=delivering.owner, now=now):
                raise Renewed
        if found is not None:
            delivering.journal.info("found, not posted again", outbox_id=notification.id)
            delivering.meters.delivered(notification.action, DeliveryOutcome.FOUND)
            return found
    return await post_message(delivering, owed, channel, message, notification.id, thread_ts)


async def post_message(
    delivering: Delivering,
    owed: Claim,
    channel: Channel,
    message: Message,
    id_: OutboxId,
    thread_ts: str | None = None,
) -> Sent:
    """Post a message that carries ``id_``, a reply where ``thread_ts`` is given.

    Raises SlackError, and ClaimLapsed.
    """
    notification = owed.notification
    now, pace = delivering.clock.now(), delivering.posts.get(channel, POSTS)
    delivering.posts[channel] = pace.taken(now)
    await _pause(delivering, pace.wait(now))

    async def post(shown: Message) -> Sent:
        _in_time(delivering, owed)
        return await delivering.messenger.post(
            channel,
            shown,
            outbox_id=id_,
            thread_ts=thread_ts,
            broadcast=notification.broadcast and thread_ts is not None,
        )

    return await _degrading(delivering, notification, message, post)


async def find_message(
    delivering: Delivering, channel: Channel, id_: OutboxId, since: datetime, thread_ts: str | None = None
) -> Sent | None:
    """Look for a message that may stand already: in its thread, then in the channel.

    A reply to a parent message that was deleted stands in the channel itself.
    """
    return (await _look(delivering, channel, id_, since, thread_ts))[0]


async def _look(
    delivering: Delivering, channel: Channel, id_: OutboxId, since: datetime, thread_ts: str | None
) -> tuple[Sent | None, bool]:
    """Look for a message, and tell whether the channel could be read: what is not found then is not there."""
    for thread in dict.fromkeys((thread_ts, None)):
        try:
            found = await delivering.messenger.find(channel, id_, since=since, thread_ts=thread)
        except SlackPermanent as error:
            if thread is None or error.code not in GONE:
                delivering.journal.warning("posting again without looking", outbox_id=id_, code=error.code)
                return None, False
        else:
            if found is not None:
                return found, True
    return None, True


def _in_time(delivering: Delivering, owed: Claim) -> None:
    """Let a call begin, or raise ClaimLapsed; asked last of all, when every wait is over."""
    if delivering.clock.now() >= owed.until:
        raise ClaimLapsed


async def _degrading(
    delivering: Delivering,
    notification: Notification,
    message: Message,
    attempt: Callable[[Message], Awaitable[T]],
) -> T:
    """Send a message; if Slack refuses it for what it is, its text alone, and at last the least there is."""
    for shown in (message, Message(message.text)):
        try:
            return await attempt(shown)
        except SlackPermanent as error:
            if error.code in CHANNEL_WIDE or error.code in GONE:
                raise
            delivering.journal.error(
                "message refused", outbox_id=notification.id, code=error.code, shape=shape(shown)
            )
    return await attempt(plain(notification))


async def _pause(delivering: Delivering, wait: timedelta) -> None:
    """Wait for a turn that was taken already, so that nobody else takes it meanwhile."""
    if wait > timedelta(0):
        await delivering.clock.sleep(wait)
