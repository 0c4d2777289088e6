"""Puts into the outbox what is owed: once, and an edit in the place of the one that it makes needless."""

from sqlalchemy import and_, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.notification import Action, Notification
from bot.storage import messages as parents
from bot.storage.codec import NOTIFICATION
from bot.storage.outbox import GIVEN_UP, NEVER_POSTED, OWED
from bot.storage.statements import insert
from bot.storage.tables import outbox
from bot.storage.urgency import urgency


async def enqueue(connection: AsyncConnection, notification: Notification) -> None:
    """Put a notification in; where its parent can never be posted, it is given up at once.

    An edit takes the place of an older one of the same message that waits: only the newest state is worth
    showing, and a message that changes all the time neither loses its turn nor takes another's.
    """
    if notification.action is Action.EDIT and await _takes_place(connection, notification):
        return
    orphan = notification.action is not Action.POST and await _is_orphan(connection, notification)
    row = {
        "id": notification.id,
        "message": notification.message,
        "channel": notification.channel,
        "action": notification.action.value,
        "urgency": urgency(notification),
        "body": NOTIFICATION.encode(notification),
        "state": GIVEN_UP if orphan else OWED,
        "attempts": 0,
        "outcome_unknown": False,
        "last_error": NEVER_POSTED if orphan else None,
        "settled_at": notification.created_at if orphan else None,
    }
    await connection.execute(insert(connection, outbox).values(row).on_conflict_do_nothing())


async def _takes_place(connection: AsyncConnection, notification: Notification) -> bool:
    """Put an edit into the place of the one that waits, if there is one."""
    waiting = and_(
        outbox.c.message == notification.message,
        outbox.c.channel == notification.channel,
        outbox.c.action == Action.EDIT.value,
        outbox.c.state == OWED,
        outbox.c.leased_until.is_(None),
    )
    first = select(func.min(outbox.c.position)).where(waiting).scalar_subquery()
    rank = urgency(notification)
    values = {
        "id": notification.id,
        "body": NOTIFICATION.encode(notification),
        "urgency": case((outbox.c.urgency < rank, outbox.c.urgency), else_=rank),
        "attempts": 0,
        "next_attempt_at": None,
        "owner": None,
        "outcome_unknown": False,
        "last_error": None,
    }
    known = select(outbox.c.position).where(outbox.c.id == notification.id).exists()
    placed = await connection.execute(update(outbox).where(outbox.c.position == first, ~known).values(values))
    return placed.rowcount > 0


async def _is_orphan(connection: AsyncConnection, notification: Notification) -> bool:
    """Whether the parent was given up, and neither stands nor is owed anew."""
    posts = select(outbox.c.state).where(
        outbox.c.message == notification.message,
        outbox.c.channel == notification.channel,
        outbox.c.action == Action.POST.value,
    )
    states = set((await connection.scalars(posts)).all())
    if GIVEN_UP not in states or OWED in states:
        return False
    parent = await parents.one(connection, notification.message, notification.channel)
    return parent is None or parent.ts is None
