"""What is dropped because it is old: readings soon, what is over much later, what is open never."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.operations.hold_leases import REPLICA
from bot.storage import facts, leases, observations, outbox, silences, trail
from bot.storage.claimable import is_owed
from bot.storage.shapes import prune_shapes
from bot.storage.tables import groups, incidents, members, posts
from bot.storage.tables import outbox as owed

RETENTION = timedelta(days=14)
"""How long readings, and the traces of settled notifications, are kept."""
HISTORY = timedelta(days=400)
"""How long incidents and groups that are over, silences that ended, and their trails are kept."""
AT_ONCE = 2000
"""So many incidents go in one transaction, so that the writer is never held up for long."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long what is kept."""

    retention: timedelta = RETENTION
    history: timedelta = HISTORY


async def prune(connection: AsyncConnection, keeping: Keeping, now: datetime) -> None:
    """Drop what is older than it is to be kept."""
    before = now - keeping.retention
    await observations.prune(connection, before)
    await prune_shapes(connection, before)
    await outbox.prune(connection, before)
    await facts.prune_payloads(connection, now)
    await leases.prune(connection, REPLICA, before)
    await _prune_what_is_over(connection, now - keeping.history)


async def _prune_what_is_over(connection: AsyncConnection, before: datetime) -> None:
    """Drop what was over before this moment, with its trail and its messages."""
    await silences.prune(connection, before)
    gone = False
    for table in (incidents, groups):
        old = select(table.c.number).where(table.c.resolved_at < before).limit(AT_ONCE)
        numbers = list(await connection.scalars(old))
        if numbers:
            await trail.forget(connection, numbers)
            await connection.execute(delete(table).where(table.c.number.in_(numbers)))
            gone = True
    if gone:
        await _prune_posts(connection)
    await _prune_lines(connection, before)


async def _prune_posts(connection: AsyncConnection) -> None:
    """Drop messages that speak of incidents of which not one is left."""
    speaks = select(members.c.post).where(members.c.post == posts.c.id).correlate(posts).exists()
    of_something = (
        select(members.c.post)
        .join(incidents, incidents.c.number == members.c.incident)
        .where(members.c.post == posts.c.id)
        .correlate(posts)
        .exists()
    )
    await connection.execute(delete(posts).where(speaks, ~of_something, ~_owes()))


async def _prune_lines(connection: AsyncConnection, before: datetime) -> None:
    """Drop the records of messages that never spoke of an incident; a source is greeted once and for all."""
    speaks = select(members.c.post).where(members.c.post == posts.c.id).correlate(posts).exists()
    old = posts.c.posted_at < before, ~posts.c.key.startswith("greeting/")
    await connection.execute(delete(posts).where(*old, ~speaks, ~_owes()))


def _owes() -> ColumnElement[bool]:
    """Whether something about a message is still owed."""
    return (
        select(owed.c.position)
        .where(owed.c.message == posts.c.key, owed.c.channel == posts.c.channel, is_owed)
        .correlate(posts)
        .exists()
    )
