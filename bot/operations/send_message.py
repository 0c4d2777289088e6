"""Sends one owed message to Slack: posts, edits or replies; a parent message that is gone is posted anew."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.domain.notification import Action, Channel, Notification, OutboxId
from bot.domain.posts import Post
from bot.errors import SlackPermanent
from bot.operations.call_slack import (
    CLOCK_SLACK,
    SEND_WITHIN,
    Claim,
    ClaimLapsed,
    Delivering,
    Renewed,
    Rest,
    Trouble,
    edit_message,
    find_message,
    plain,
    post_message,
    post_once,
    shape,
)
from bot.operations.refusals import GONE
from bot.views.blocks import Message

__all__ = [
    "SEND_WITHIN",
    "Claim",
    "ClaimLapsed",
    "Delivering",
    "Renewed",
    "Rest",
    "Trouble",
    "plain",
    "send",
    "shape",
]

ANEW_WITHIN = timedelta(hours=1)
"""So far back a message that was posted anew is looked for, at least."""


async def send(delivering: Delivering, owed: Claim) -> str:
    """Send one message and return its ``ts``. Raises SlackError, StorageError, ClaimLapsed, and Renewed.

    A process that was stopped for a while after it had claimed a message must not send it: another one may
    have done so. So nothing is begun that might not end before the claim does.
    """
    notification = owed.notification
    channel = await channel_id(delivering, notification.channel)
    message = await _rendered(delivering, notification)
    parent_ts = await _parent_ts(delivering, notification)
    if notification.action is Action.POST:
        return (await post_once(delivering, owed, channel, message, None)).ts
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
        await edit_message(delivering, owed, channel, parent_ts, message)
        return parent_ts
    return (await post_once(delivering, owed, channel, message, parent_ts)).ts


async def _post_anew(
    delivering: Delivering, owed: Claim, channel: Channel, message: Message, gone: str | None
) -> str:
    """Post a parent message that is gone; its thread goes on there.

    The other lane or another replica may have done so in the meantime: then its message is followed. What
    is posted carries the id of the message that is gone, so that it is found whoever posted it.
    """
    notification = owed.notification
    place = notification.message, notification.channel
    id_ = OutboxId(f"{notification.message} after {gone}")
    async with delivering.reposting.setdefault(place, asyncio.Lock()):
        parent = await delivering.store.post(*place)
        if parent is not None and parent.ts is not None and parent.ts != gone:
            return await _follow(delivering, owed, channel, message, parent.ts)
        since = min(notification.created_at, delivering.clock.now() - ANEW_WITHIN) - CLOCK_SLACK
        found = await find_message(delivering, channel, id_, since)
        sent = found or await post_message(delivering, owed, channel, message, id_)
        async with delivering.store.writing() as session:
            await session.repost(replace(parent or Post(*place), ts=sent.ts))
    return sent.ts if found is None else await _follow(delivering, owed, channel, message, sent.ts)


async def _rendered(delivering: Delivering, notification: Notification) -> Message:
    """Render a message; one that cannot be rendered still goes out, with its facts as plain text."""
    try:
        if delivering.with_trend is not None:
            notification = await delivering.with_trend(notification)
        return delivering.render(notification)
    except Exception:  # noqa: BLE001 - one delivery's boundary: a message degrades, it never vanishes
        delivering.journal.error("message not rendered", outbox_id=notification.id)
        return plain(notification)


async def channel_id(delivering: Delivering, channel: Channel) -> Channel:
    """Give the id of a configured channel: resolved once, kept, so that renaming it is harmless.

    An id that Slack does not know any more is looked for by its name again. Raises SlackError, StorageError.
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
