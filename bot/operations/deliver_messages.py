"""Delivers what the outbox owes: claimed by lease, rendered late, recorded after the send."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.delivery import EDITS, POSTS, Pace, needless_edits, next_attempt
from bot.domain.notification import Action, Channel, Notification
from bot.errors import SlackError, SlackPermanent, SlackTemporary
from bot.operations.ports import (
    Clock,
    Journal,
    Messenger,
    OwedNotification,
    PostedMessage,
    Sent,
    Store,
)
from bot.views.blocks import Message

LEASE = timedelta(minutes=1)
BATCH = 6
"""So few at once that a new alert never waits long behind what was claimed before it."""
NEWS = (Action.POST, Action.REPLY)
"""What people are notified of has a lane of its own: it never waits behind edits, which Slack paces."""
EDITING = (Action.EDIT,)
PERMANENT_WAIT = timedelta(minutes=1)
"""A channel that refuses is asked again this often: it recovers by itself once its cause is gone."""
GONE = frozenset({"message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed"})
MALFORMED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})
CLOCK_SLACK = timedelta(minutes=5)
"""Slack's clock may differ from ours by this much when a message is looked for."""


@dataclass(slots=True)
class Trouble:
    """Why a channel does not take messages at present; ``since`` is the delivery's clock."""

    sentence: str
    since: datetime


@dataclass(slots=True)
class Delivering:
    """What delivery works with, and what it has learnt of the channels.

    ``clock`` is real time: Slack's limits are. ``render`` turns a notification into a message;
    ``chance`` spreads the next attempts. ``troubles`` has the channels that refuse, as configured.
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
    troubles: dict[Channel, Trouble] = field(default_factory=dict)


async def deliver_due(delivering: Delivering, actions: Collection[Action]) -> int:
    """Deliver what is due of these actions, channel by channel at once; return how many were claimed.

    Raises StorageError where the outbox cannot be read or written: nothing is sent that is not recorded.
    """
    now = delivering.clock.now()
    owed = await delivering.store.claim(
        owner=delivering.owner, now=now, lease=LEASE, limit=BATCH, actions=actions
    )
    by_channel: dict[Channel, list[OwedNotification]] = {}
    needless = needless_edits([one.notification for one in owed])
    for one in owed:
        if one.notification.id in needless:
            await delivering.store.supersede(one.notification.id, owner=delivering.owner, now=now)
        else:
            by_channel.setdefault(one.notification.channel, []).append(one)
    await asyncio.gather(*(_deliver_channel(delivering, waiting) for waiting in by_channel.values()))
    return len(owed)


async def _deliver_channel(delivering: Delivering, waiting: Sequence[OwedNotification]) -> None:
    """Deliver one channel's messages in order; the first that fails gives back those behind it."""
    for position, owed in enumerate(waiting):
        try:
            await _deliver(delivering, owed)
        except SlackError as error:
            await _give_back(delivering, waiting[position:], error)
            return


async def _deliver(delivering: Delivering, owed: OwedNotification) -> None:
    notification = owed.notification
    channel = await _channel_id(delivering, notification.channel)
    parent = await delivering.store.message(notification.message, notification.channel)
    parent_ts = None if parent is None else parent.ts
    message = _rendered(delivering, notification)
    match notification.action:
        case Action.EDIT if parent_ts is not None:
            ts = await _edit(delivering, owed, channel, parent_ts, message)
        case Action.REPLY:
            ts = (await _post_once(delivering, owed, channel, message, parent_ts)).ts
        case Action.POST:
            ts = (await _post_once(delivering, owed, channel, message, None)).ts
        case Action.EDIT:
            ts = await _post_anew(delivering, owed, channel, message)
    kept = await delivering.store.delivered(
        notification.id, owner=delivering.owner, ts=ts, now=delivering.clock.now()
    )
    if not kept:
        delivering.journal.warning("lease lost after sending", outbox_id=notification.id)
    if notification.channel in delivering.troubles:
        del delivering.troubles[notification.channel]
        delivering.journal.info("channel takes messages again", channel=notification.channel)
    delivering.journal.info(
        "delivered",
        outbox_id=notification.id,
        message=notification.message,
        action=notification.action.value,
        reason=notification.reason.value,
        channel=notification.channel,
    )


def _rendered(delivering: Delivering, notification: Notification) -> Message:
    """Render a message; one that cannot be rendered still goes out, with its facts as plain text."""
    try:
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


async def _channel_id(delivering: Delivering, channel: Channel) -> Channel:
    """Give the id of a configured channel: resolved once, kept, so that renaming it is harmless."""
    if channel in delivering.ids:
        return delivering.ids[channel]
    name = f"channel/{channel}"
    known = await delivering.store.fact(name)
    if known is None:
        known = await delivering.messenger.resolve_channel(channel)
        async with delivering.store.writing() as session:
            await session.keep_fact(name, known)
    delivering.ids[channel] = Channel(known)
    return delivering.ids[channel]


async def _edit(
    delivering: Delivering, owed: OwedNotification, channel: Channel, ts: str, message: Message
) -> str:
    """Edit the parent message; one that is gone is posted anew."""
    notification = owed.notification
    messenger, id_ = delivering.messenger, notification.id
    await _wait(delivering, delivering.edits)
    delivering.edits = delivering.edits.taken(delivering.clock.now())
    try:
        await messenger.edit(channel, ts, message, outbox_id=id_)
    except SlackPermanent as error:
        if error.code in MALFORMED:
            delivering.journal.error("blocks refused", outbox_id=id_, code=error.code, shape=shape(message))
            await messenger.edit(channel, ts, Message(message.text), outbox_id=id_)
            return ts
        if error.code not in GONE:
            raise
        delivering.journal.info("parent message gone", message=notification.message, code=error.code)
        return await _post_anew(delivering, owed, channel, message)
    return ts


async def _post_anew(
    delivering: Delivering, owed: OwedNotification, channel: Channel, message: Message
) -> str:
    """Post a parent message that is gone, with its present state; its thread goes on there."""
    notification = owed.notification
    sent = await _post_once(delivering, owed, channel, message, None)
    known = await delivering.store.message(notification.message, notification.channel)
    members = () if known is None else known.members
    async with delivering.store.writing() as session:
        await session.keep_message(
            PostedMessage(notification.message, notification.channel, sent.ts, members)
        )
    return sent.ts


async def _post_once(
    delivering: Delivering,
    owed: OwedNotification,
    channel: Channel,
    message: Message,
    thread_ts: str | None,
) -> Sent:
    """Post, unless an earlier attempt whose outcome is unknown turns out to have been accepted."""
    if owed.outcome_unknown:
        since = owed.notification.created_at - CLOCK_SLACK
        try:
            found = await delivering.messenger.find(
                channel, owed.notification.id, since=since, thread_ts=thread_ts
            )
        except SlackPermanent as error:
            found = None
            delivering.journal.warning(
                "posting again without looking", outbox_id=owed.notification.id, code=error.code
            )
        if found is not None:
            delivering.journal.info("found, not posted again", outbox_id=owed.notification.id)
            return found
    return await _post(delivering, owed.notification, channel, message, thread_ts)


async def _post(
    delivering: Delivering,
    notification: Notification,
    channel: Channel,
    message: Message,
    thread_ts: str | None,
) -> Sent:
    pace = delivering.posts.get(channel, POSTS)
    await _wait(delivering, pace)
    delivering.posts[channel] = pace.taken(delivering.clock.now())
    try:
        return await _send(delivering, notification, channel, message, thread_ts)
    except SlackPermanent as error:
        if error.code not in MALFORMED:
            raise
        delivering.journal.error(
            "blocks refused", outbox_id=notification.id, code=error.code, shape=shape(message)
        )
        return await _send(delivering, notification, channel, Message(message.text), thread_ts)


async def _send(
    delivering: Delivering,
    notification: Notification,
    channel: Channel,
    message: Message,
    thread_ts: str | None,
) -> Sent:
    return await delivering.messenger.post(
        channel,
        message,
        outbox_id=notification.id,
        thread_ts=thread_ts,
        broadcast=notification.broadcast and thread_ts is not None,
    )


async def _wait(delivering: Delivering, pace: Pace) -> None:
    wait = pace.wait(delivering.clock.now())
    if wait > timedelta(0):
        await delivering.clock.sleep(wait)


def shape(message: Message) -> str:
    """Describe a payload without its words: the types of its blocks, and how long its text is."""
    return f"{len(message.text)} characters; " + ", ".join(str(block.get("type")) for block in message.blocks)


async def _give_back(delivering: Delivering, waiting: Sequence[OwedNotification], error: SlackError) -> None:
    """Give back what could not be sent, and all behind it in the same channel, so that order holds."""
    first = waiting[0]
    now = delivering.clock.now()
    if isinstance(error, SlackTemporary):
        wait = next_attempt(first.attempts + 1, error.retry_after, delivering.chance()).wait
        unknown = error.outcome_unknown
    else:
        wait, unknown = PERMANENT_WAIT, False
        channel = first.notification.channel
        if channel not in delivering.troubles:
            delivering.troubles[channel] = Trouble(error.sentence, now)
    delivering.journal.warning(
        "not delivered",
        outbox_id=first.notification.id,
        channel=first.notification.channel,
        code=error.code,
        attempts=first.attempts + 1,
        again_in=round(wait.total_seconds(), 1),
    )
    for owed in waiting:
        await delivering.store.postpone(
            owed.notification.id,
            owner=delivering.owner,
            until=now + wait,
            error=error.sentence,
            outcome_unknown=owed.outcome_unknown or (unknown and owed is first),
        )
