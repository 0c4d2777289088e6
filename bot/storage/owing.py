"""Puts into the outbox what is owed: once, and coalesced with what waits for the same message."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.coalescing import (
    Coalesced,
    Ended,
    Waiting,
    coalesce,
    may_stand,
    meanwhile,
    meanwhile_message,
    meanwhile_told,
)
from bot.domain.delivery import edit_due
from bot.domain.notification import Action, MeanwhileContent, Notification, OutboxId
from bot.domain.urgency import urgency
from bot.storage import facts, posts
from bot.storage.codec import NOTIFICATION
from bot.storage.outbox import GIVEN_UP, NEVER_POSTED, OWED, SUPERSEDED, is_owed
from bot.storage.statements import insert
from bot.storage.tables import outbox


async def enqueue(connection: AsyncConnection, notification: Notification) -> None:
    """Put a notification in; where its parent can never be posted, it is given up at once."""
    known = select(outbox.c.position).where(outbox.c.id == notification.id)
    if await connection.scalar(known) is not None:
        return
    rows = await _waiting(connection, notification)
    waiting = [_as_waiting(row) for row in rows]
    stands, edited_at = await posts.standing(connection, notification.message, notification.channel)
    posting = stands or any(row.action == Action.POST.value for row in rows)
    if notification.action is not Action.POST and not posting:
        last = await _last_post(connection, notification)
        if last is not None and last.state == GIVEN_UP:
            await _add(connection, notification, state=GIVEN_UP)
            return
        if last is not None and last.state == SUPERSEDED:
            rows = [last, *rows]
            waiting = [replace(_as_waiting(last), taken_back=True), *waiting]
    done = coalesce(waiting, notification, stands=stands)
    await _apply(connection, done, {row.id: row.urgency for row in rows}, edited_at, notification.created_at)
    if done.meanwhile is not None:
        await _tell_meanwhile(connection, done.meanwhile, notification)


async def _waiting(connection: AsyncConnection, new: Notification) -> list[Row[Any]]:
    """Read what waits for the same message, and keep everybody else from claiming it until the commit."""
    mine = outbox.c.message == new.message, outbox.c.channel == new.channel, is_owed
    rows = await connection.execute(select(outbox).where(*mine).order_by(outbox.c.position).with_for_update())
    return list(rows)


def _as_waiting(row: Row[Any]) -> Waiting:
    stands = may_stand(
        Action(row.action),
        under_way=row.leased_until is not None,
        outcome_unknown=row.outcome_unknown or row.owner is not None,
    )
    return Waiting(NOTIFICATION.decode(row.body), may_stand=stands)


async def _last_post(connection: AsyncConnection, new: Notification) -> Row[Any] | None:
    """Read the last post of a message that neither stands nor is to be posted; what became of it decides."""
    mine = (
        outbox.c.message == new.message,
        outbox.c.channel == new.channel,
        outbox.c.action == Action.POST.value,
    )
    query = select(outbox).where(*mine).order_by(outbox.c.position.desc()).limit(1)
    return (await connection.execute(query)).one_or_none()


async def _apply(
    connection: AsyncConnection,
    done: Coalesced,
    ranks: dict[str, int],
    edited_at: datetime | None,
    now: datetime,
) -> None:
    """Add, put in place, drop."""
    for id_, newest in done.replaced:
        await _replace(connection, id_, newest, ranks[id_], edited_at)
    if done.dropped:
        dropped = update(outbox).where(outbox.c.id.in_(done.dropped))
        await connection.execute(dropped.values(state=SUPERSEDED, settled_at=now, owner=None))
    if done.added is not None:
        await _add(connection, done.added, edited_at=edited_at)


async def _replace(
    connection: AsyncConnection,
    id_: OutboxId,
    newest: Notification,
    rank: int,
    edited_at: datetime | None,
) -> None:
    """Put something newer into a row that waits; it keeps its turn and is never less urgent than it was."""
    values: dict[str, object] = {
        "body": NOTIFICATION.encode(newest),
        "urgency": min(rank, urgency(newest)),
        "state": OWED,
        "settled_at": None,
    }
    if newest.action is Action.EDIT:
        due = edit_due(newest, edited_at)
        values |= {"attempts": 0, "next_attempt_at": due, "owner": None, "outcome_unknown": False}
    await connection.execute(update(outbox).where(outbox.c.id == id_).values(values))


async def _add(
    connection: AsyncConnection,
    notification: Notification,
    *,
    state: str = OWED,
    edited_at: datetime | None = None,
) -> None:
    row = {
        "id": notification.id,
        "message": notification.message,
        "channel": notification.channel,
        "action": notification.action.value,
        "urgency": urgency(notification),
        "body": NOTIFICATION.encode(notification),
        "state": state,
        "attempts": 0,
        "outcome_unknown": False,
        "next_attempt_at": edit_due(notification, edited_at) if notification.action is Action.EDIT else None,
        "last_error": NEVER_POSTED if state == GIVEN_UP else None,
        "settled_at": notification.created_at if state == GIVEN_UP else None,
    }
    await connection.execute(insert(connection, outbox).values(row).on_conflict_do_nothing())


async def _tell_meanwhile(connection: AsyncConnection, ended: Ended, last: Notification) -> None:
    """Tell of what began and ended untold, in the one line of its channel that waits already, if one does."""
    fact = f"meanwhile/{last.channel}"
    number = int(await facts.one(connection, fact) or 0)
    place = outbox.c.message == meanwhile_message(last.channel, number), outbox.c.channel == last.channel
    query = select(outbox).where(*place, is_owed).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    known = None if row is None else _as_waiting(row)
    if row is None or known is None or known.may_stand:
        await facts.keep(connection, fact, str(number + 1))
        await _add(connection, meanwhile_told(meanwhile(None, ended), last, number + 1))
        return
    before = known.notification.content
    assert isinstance(before, MeanwhileContent), "no other message has such a key"  # noqa: S101 - for the type checker
    newest = replace(known.notification, content=meanwhile(before, ended))
    await _replace(connection, newest.id, newest, row.urgency, None)
