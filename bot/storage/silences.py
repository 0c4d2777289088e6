"""Silences and subscriptions, each numbered by itself from 1 on."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.routing import Subscription, SubscriptionNumber
from bot.domain.silence import Silence, SilenceNumber
from bot.operations.store_port import RevisionConflict
from bot.storage.codec import SELECTOR, SILENCE, SUBSCRIPTION
from bot.storage.statements import insert
from bot.storage.tables import silences, subscriptions


async def keep(connection: AsyncConnection, silence: Silence) -> Silence:
    """Insert a new silence, or update the one that has this revision."""
    kept = replace(silence, revision=silence.revision + 1)
    if silence.revision == 0:
        new = insert(connection, silences).values(**_values(kept)).on_conflict_do_nothing()
        number = await connection.scalar(new.returning(silences.c.number))
        if number is None:
            raise RevisionConflict(f"the window {silence.window} is kept already")
        return replace(kept, number=SilenceNumber(number))
    known = silences.c.number == silence.number, silences.c.revision == silence.revision
    result = await connection.execute(update(silences).where(*known).values(**_values(kept)))
    if result.rowcount != 1:
        raise RevisionConflict(f"silence {silence.number} was changed meanwhile")
    return kept


def _values(silence: Silence) -> dict[str, object]:
    return {
        "maintenance": silence.window,
        "starts_at": silence.starts_at,
        "ended_at": silence.ended_at,
        "revision": silence.revision,
        "body": SILENCE.encode(silence),
    }


_columns = (silences.c.number, silences.c.body)


async def read(connection: AsyncConnection, ended_since: datetime | None) -> tuple[Silence, ...]:
    """Read what has not ended, and what has ended since then."""
    lasts = silences.c.ended_at.is_(None)
    asked_for = lasts if ended_since is None else or_(lasts, silences.c.ended_at >= ended_since)
    query = select(*_columns).where(asked_for).order_by(silences.c.number)
    return tuple(_silence(number, body) for number, body in await connection.execute(query))


async def one(connection: AsyncConnection, number: SilenceNumber) -> Silence | None:
    """Read one silence."""
    query = select(*_columns).where(silences.c.number == number)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _silence(row.number, row.body)


def _silence(number: int, body: str) -> Silence:
    """Read the body; the number is the row's, which the body of a new silence was written without."""
    return replace(SILENCE.decode(body), number=SilenceNumber(number))


async def prune(connection: AsyncConnection, before: datetime) -> None:
    """Drop what ended before this moment."""
    await connection.execute(delete(silences).where(silences.c.ended_at < before))


async def subscribe(connection: AsyncConnection, subscription: Subscription) -> Subscription:
    """Insert a subscription; where the channel has the same one, that is it."""
    selector = SELECTOR.encode(subscription.selector)
    new = insert(connection, subscriptions).values(
        channel=subscription.channel, selector=selector, body=SUBSCRIPTION.encode(subscription)
    )
    number = await connection.scalar(new.on_conflict_do_nothing().returning(subscriptions.c.number))
    if number is not None:
        return replace(subscription, number=SubscriptionNumber(number))
    query = select(subscriptions.c.number, subscriptions.c.body).where(
        subscriptions.c.channel == subscription.channel, subscriptions.c.selector == selector
    )
    row = (await connection.execute(query)).one()
    return _subscription(row.number, row.body)


async def unsubscribe(connection: AsyncConnection, number: SubscriptionNumber) -> bool:
    """Delete a subscription; False where there is none of this number."""
    result = await connection.execute(delete(subscriptions).where(subscriptions.c.number == number))
    return result.rowcount > 0


async def subscribed(connection: AsyncConnection) -> tuple[Subscription, ...]:
    """Read all subscriptions."""
    query = select(subscriptions.c.number, subscriptions.c.body).order_by(subscriptions.c.number)
    return tuple(_subscription(number, body) for number, body in await connection.execute(query))


def _subscription(number: int, body: str) -> Subscription:
    return replace(SUBSCRIPTION.decode(body), number=SubscriptionNumber(number))
