"""Sends one owed message to Slack: posts, edits or replies, at its pace, and looks before it posts again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.domain.delivery import EDITS, POSTS, Pace
from bot.domain.notification import Action, Channel, MessageKey, Notification
from bot.domain.posts import Post
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


async def send(delivering: Delivering, owed: Claim) -> str:
    """Send one message and return its ``ts``. Raises SlackError, StorageError, and ClaimLapsed.

    A process that was stopped for a while after it had claimed a message must not send it: another one may
    have done so. So nothing is begun that might not end before the claim does.
    """
    notification = owed.notification
    channel = await _channel_id(delivering, notification.channel)
    message = await _rendered(delivering, notification)
    parent_ts = await _parent_ts(delivering, notification)
    if notification.action is Action.POST:
        return (await _post_once(delivering, owed, channel, message, None)).ts
    if parent_ts is None:
        return await _post_anew(delivering, owed, channel, message, parent_ts)
    try:
        return await _follow(delivering, owed, channel, message, parent_ts)
    except SlackPermanent as error:
        if error.code not in GONE:
            raise
        delivering.journal.info("parent message gone", message=notification.message, code=error.code)
        return await _post_anew(delivering, owed, channel, message, parent_ts)


async def _parent_ts(delivering: Delivering, notification: Notification) -> str | None:
    parent = await delivering.store.post(notification.message, notification.channel)
    return None if parent is None else parent.ts


async def _follow(
    delivering: Delivering, owed: Claim, channel: Channel, message: Message, parent_ts: str
) -> str:
    """Edit the parent message, or reply to it."""
    if owed.notification.action is Action.EDIT:
        await _edit(delivering, owed, channel, parent_ts, message)
        return parent_ts
    return (await _post_once(delivering, owed, channel, message, parent_ts)).ts


async def _post_anew(
    delivering: Delivering, owed: Claim, channel: Channel, message: Message, gone: str | None
) -> str:
    """Post a parent message that is gone; its thread goes on there.

    The other lane may have done so in the meantime: then its message is followed.
    """
    notification = owed.notification
    place = notification.message, notification.channel
    async with delivering.reposting.setdefault(place, asyncio.Lock()):
        parent = await delivering.store.post(*place)
        if parent is not None and parent.ts is not None and parent.ts != gone:
            return await _follow(delivering, owed, channel, message, parent.ts)
        sent = await _post_once(delivering, owed, channel, message, None)
        async with delivering.store.writing() as session:
            await session.repost(replace(parent or Post(*place), ts=sent.ts))
    return sent.ts


async def _rendered(delivering: Delivering, notification: Notification) -> Message:
    """Render a message; one that cannot be rendered still goes out, with its facts as plain text."""
    try:
        if delivering.with_trend is not None:
            notification = await delivering.with_trend(notification)
        return delivering.render(notification)
    except Exception:  # noqa: BLE001 - one delivery's boundary: a message degrades, it never vanishes
        delivering.journal.error("message not rendered", outbox_id=notification.id)
        return plain(notification)


def plain(notification: Notification) -> Message:
    """Say the least that must be said, without any rendering."""
    about = notification.message if notification.incident is None else f"incident {notification.incident}"
    return Message(
        text=f"Log backup: {about}, {notification.reason.value}. Type /logbackup status to see it."
    )


def shape(message: Message) -> str:
    """Describe a payload without its words: the types of its blocks, and how long its text is."""
    return f"{len(message.text)} characters; " + ", ".join(str(block.get("type")) for block in message.blocks)


async def _channel_id(delivering: Delivering, channel: Channel) -> Channel:
    """Give the id of a configured channel: resolved once, kept, so that renaming it is harmless.

    An id that Slack does not know any more is looked for by its name again.
    """
    if channel in delivering.ids:
        return delivering.ids[channel]
    fact = f"channel/{channel}"
    known = await delivering.store.fact(fact)
    if known is None or channel in delivering.doubted:
        found = await _resolved(delivering, channel, known)
        if found != known:
            async with delivering.store.writing() as session:
                await session.keep_fact(fact, found)
        known = found
    delivering.doubted.discard(channel)
    delivering.ids[channel] = Channel(known)
    return delivering.ids[channel]


async def _resolved(delivering: Delivering, channel: Channel, known: str | None) -> str:
    try:
        return await delivering.messenger.resolve_channel(channel)
    except SlackPermanent:
        if known is None:
            raise
        return known


async def _edit(delivering: Delivering, owed: Claim, channel: Channel, ts: str, message: Message) -> None:
    notification = owed.notification
    now = delivering.clock.now()
    wait, delivering.edits = delivering.edits.wait(now), delivering.edits.taken(now)
    await _pause(delivering, wait)

    async def edit(shown: Message) -> None:
        _in_time(delivering, owed)
        await delivering.messenger.edit(channel, ts, shown, outbox_id=notification.id)

    await _degrading(delivering, notification, message, edit)


async def _post_once(
    delivering: Delivering,
    owed: Claim,
    channel: Channel,
    message: Message,
    thread_ts: str | None,
) -> Sent:
    """Post, unless an earlier attempt whose outcome is unknown turns out to have been accepted."""
    notification = owed.notification
    if owed.outcome_unknown:
        found = await _found(delivering, notification, channel, thread_ts)
        if found is not None:
            delivering.journal.info("found, not posted again", outbox_id=notification.id)
            delivering.meters.delivered(notification.action, DeliveryOutcome.FOUND)
            return found
    now, pace = delivering.clock.now(), delivering.posts.get(channel, POSTS)
    delivering.posts[channel] = pace.taken(now)
    await _pause(delivering, pace.wait(now))

    async def post(shown: Message) -> Sent:
        _in_time(delivering, owed)
        return await delivering.messenger.post(
            channel,
            shown,
            outbox_id=notification.id,
            thread_ts=thread_ts,
            broadcast=notification.broadcast and thread_ts is not None,
        )

    return await _degrading(delivering, notification, message, post)


async def _found(
    delivering: Delivering, notification: Notification, channel: Channel, thread_ts: str | None
) -> Sent | None:
    """Look for a message that may stand already: in its thread, then in the channel.

    A reply to a parent message that was deleted stands in the channel itself.
    """
    since = notification.created_at - CLOCK_SLACK
    for thread in dict.fromkeys((thread_ts, None)):
        try:
            found = await delivering.messenger.find(channel, notification.id, since=since, thread_ts=thread)
        except SlackPermanent as error:
            if thread is None or error.code not in GONE:
                delivering.journal.warning(
                    "posting again without looking", outbox_id=notification.id, code=error.code
                )
                return None
        else:
            if found is not None:
                return found
    return None


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
