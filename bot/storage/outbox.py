"""What is owed to Slack: claimed by lease, in an order that never shows news before what it is about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Row,
    and_,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import edit_due
from bot.domain.notification import Action, Channel, Notification, OutboxId
from bot.operations.store_port import Backlog
from bot.storage import posts as parents
from bot.storage.claimable import claimable, is_free, is_owed, is_same, other
from bot.storage.codec import NOTIFICATION
from bot.storage.tables import outbox

DELIVERED, SUPERSEDED, GIVEN_UP = "delivered", "superseded", "given up"
NEVER_POSTED = "its message could not be posted"


@dataclass(frozen=True, slots=True)
class Owed:
    """A claimed row: what is owed, how often it was tried before, and whether that may have worked."""

    notification: Notification
    attempts: int
    outcome_unknown: bool


async def anything_due(connection: AsyncConnection, now: datetime, actions: Collection[Action]) -> bool:
    """Whether a claim would find anything; asked of a reader, so that an idle bot never writes."""
    return (await connection.execute(claimable(now, 1, actions))).first() is not None


async def release(connection: AsyncConnection) -> None:
    """End every lease: in a database that only one bot uses, whoever held it is gone.

    The owner stays written, so that the outcome of its attempt is known to be unknown.
    """
    held = outbox.c.leased_until.is_not(None)
    await connection.execute(update(outbox).where(held, is_owed).values(leased_until=None))


async def claim(
    connection: AsyncConnection,
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    actions: Collection[Action],
) -> tuple[Owed, ...]:
    """Lease what is due.

    A row that still has an owner was claimed by somebody who never told how it went: its outcome is
    unknown. The update asks once more whether the row is free, so two owners never both get it.
    """
    candidates = (await connection.execute(claimable(now, limit, actions))).all()
    if not candidates:
        return ()
    statement = (
        update(outbox)
        .where(outbox.c.position.in_([row.position for row in candidates]), is_owed, is_free(now))
        .values(
            outcome_unknown=or_(outbox.c.outcome_unknown, outbox.c.owner.is_not(None)),
            attempts=outbox.c.attempts + 1,
            owner=owner,
            leased_until=now + lease,
        )
        .returning(outbox.c.position, outbox.c.outcome_unknown, outbox.c.attempts)
    )
    claimed = {row.position: row for row in await connection.execute(statement)}
    got = [row for row in candidates if row.position in claimed]
    return tuple(
        Owed(
            NOTIFICATION.decode(row.body),
            claimed[row.position].attempts - 1,
            bool(claimed[row.position].outcome_unknown),
        )
        for row in _edits_in_birth_order(got)
    )


def _edits_in_birth_order(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Put the edits of each message among themselves into the order in which they were born."""
    places: dict[tuple[str, str], list[int]] = {}
    for index, row in enumerate(rows):
        if row.action == Action.EDIT.value:
            places.setdefault((row.message, row.channel), []).append(index)
    ordered = list(rows)
    for indexes in places.values():
        born = sorted((rows[index] for index in indexes), key=lambda row: int(row.position))
        for index, row in zip(indexes, born, strict=True):
            ordered[index] = row
    return ordered


async def _settle(
    connection: AsyncConnection, id_: OutboxId, owner: str, values: dict[str, object]
) -> Row[Any] | None:
    """Change a row that is owed and leased by this owner; None where it is not, or not any more."""
    statement = (
        update(outbox)
        .where(outbox.c.id == id_, outbox.c.owner == owner, is_owed)
        .values(owner=None, leased_until=None, **values)
        .returning(outbox.c.position, outbox.c.message, outbox.c.channel, outbox.c.action)
    )
    return (await connection.execute(statement)).one_or_none()


async def delivered(
    connection: AsyncConnection, id_: OutboxId, *, owner: str, ts: str | None, now: datetime
) -> bool:
    """Record a delivery. An edit makes older ones that wait for a later attempt needless."""
    row = await _settle(connection, id_, owner, {"state": DELIVERED, "settled_at": now})
    if row is None:
        return False
    if row.action == Action.POST.value and ts is not None:
        await parents.stands_at(connection, row.message, row.channel, ts, now)
    if row.action == Action.EDIT.value:
        await parents.was_edited(connection, row.message, row.channel, now)
        await _after_edit(connection, row, now)
    welcome = outbox.c.channel == row.channel, outbox.c.refused, is_owed
    await connection.execute(update(outbox).where(*welcome).values(refused=False))
    return True


async def _after_edit(connection: AsyncConnection, row: Row[Any], now: datetime) -> None:
    """Drop the older edits of the same message that wait, and let the newer ones wait a little longer."""
    waiting = (
        outbox.c.message == row.message,
        outbox.c.channel == row.channel,
        outbox.c.action == Action.EDIT.value,
        is_owed,
        is_free(now),
    )
    older = update(outbox).where(*waiting, outbox.c.position < row.position)
    await connection.execute(older.values(state=SUPERSEDED, settled_at=now, owner=None, leased_until=None))
    newer = select(outbox.c.position, outbox.c.body, outbox.c.next_attempt_at).where(*waiting)
    for position, body, planned in (await connection.execute(newer)).all():
        due = edit_due(NOTIFICATION.decode(body), now)
        if due is not None and (planned is None or planned < due):
            statement = update(outbox).where(outbox.c.position == position)
            await connection.execute(statement.values(next_attempt_at=due))


async def postpone(
    connection: AsyncConnection,
    id_: OutboxId,
    *,
    owner: str,
    until: datetime,
    error: str,
    outcome_unknown: bool,
    refused: bool,
) -> bool:
    """Give a row back; an outcome that was unknown stays so until the message is found or delivered."""
    values = {
        "next_attempt_at": until,
        "last_error": error,
        "refused": refused,
        "outcome_unknown": or_(outbox.c.outcome_unknown, literal(outcome_unknown)),
    }
    return await _settle(connection, id_, owner, values) is not None


async def give_up(
    connection: AsyncConnection, id_: OutboxId, *, owner: str, error: str, now: datetime
) -> bool:
    """Record that a row is hopeless, and with a message that never stood what would have followed it."""
    values = {"state": GIVEN_UP, "last_error": error, "settled_at": now}
    row = await _settle(connection, id_, owner, values)
    if row is None:
        return False
    if row.action == Action.POST.value:
        standing = await parents.standing(connection, [row.message])
        stands, _ = standing.get((row.message, row.channel), (False, None))
        mine = and_(outbox.c.message == row.message, outbox.c.channel == row.channel, is_owed)
        owed_anew = select(other.c.position).where(is_same, other.c.action == Action.POST.value)
        await connection.execute(
            update(outbox)
            .where(mine, outbox.c.action != Action.POST.value, literal(not stands), ~owed_anew.exists())
            .values(state=GIVEN_UP, last_error=NEVER_POSTED, settled_at=now, owner=None, leased_until=None)
        )
    return True


async def refused(connection: AsyncConnection) -> dict[Channel, str]:
    """Give the channels of which something owed was refused for good; of several sentences the newest."""
    query = select(outbox.c.position, outbox.c.channel, outbox.c.last_error).where(outbox.c.refused, is_owed)
    rows = sorted((await connection.execute(query)).all(), key=lambda row: int(row.position))
    return {Channel(row.channel): row.last_error or "" for row in rows}


async def depth(connection: AsyncConnection) -> int:
    """Count what is owed."""
    count = await connection.scalar(select(func.count()).select_from(outbox).where(is_owed))
    return int(count or 0)


async def backlog(connection: AsyncConnection) -> tuple[Backlog, ...]:
    """Tell what is owed of each action; the row that came first is the oldest."""
    counted = (
        select(outbox.c.action, func.count().label("messages"), func.min(outbox.c.position).label("first"))
        .where(is_owed)
        .group_by(outbox.c.action)
        .subquery()
    )
    rows = await connection.execute(
        select(counted.c.action, counted.c.messages, outbox.c.body)
        .join(outbox, outbox.c.position == counted.c.first)
        .order_by(counted.c.action)
    )
    return tuple(
        Backlog(Action(row.action), row.messages, NOTIFICATION.decode(row.body).created_at) for row in rows
    )


async def prune(connection: AsyncConnection, before: datetime) -> None:
    """Drop what was settled before this moment."""
    await connection.execute(delete(outbox).where(outbox.c.settled_at < before))
