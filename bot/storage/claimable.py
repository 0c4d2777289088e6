"""Which of the messages that are owed may be given out now, most urgent first."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal_column, or_, select

from bot.domain.coalescing import LINE
from bot.domain.notification import Action
from bot.storage.tables import outbox, posts

OWED = "owed"
_OWED: ColumnElement[str] = literal_column(f"'{OWED}'")
"""Spelled out: the indexes of what is owed are of no use to a parameter."""
other = outbox.alias("other")
is_owed = outbox.c.state == _OWED
_is_beside = and_(other.c.channel == outbox.c.channel, other.c.state == _OWED)
is_same = and_(_is_beside, other.c.message == outbox.c.message)
_is_line, _is_other_line = (table.c.message.startswith(LINE, autoescape=True) for table in (outbox, other))


def is_free(now: datetime) -> ColumnElement[bool]:
    """Whether nobody holds it."""
    return or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now)


def claimable(now: datetime, limit: int, actions: Collection[Action]) -> Select[Any]:
    """Select what may be given out now, most urgent first."""
    earlier = and_(is_same, other.c.position < outbox.c.position)
    parent_stands = (
        select(posts.c.id)
        .where(
            posts.c.key == outbox.c.message,
            posts.c.channel == outbox.c.channel,
            posts.c.ts.is_not(None),
        )
        .exists()
    )
    earlier_post = select(other.c.position).where(earlier, other.c.action == Action.POST.value).exists()
    earlier_reply = select(other.c.position).where(earlier, other.c.action == Action.REPLY.value).exists()
    edit_under_way = (
        select(other.c.position)
        .where(earlier, other.c.action == Action.EDIT.value, other.c.leased_until > now)
        .exists()
    )
    return (
        select(outbox)
        .where(
            is_owed,
            outbox.c.action.in_([action.value for action in actions]),
            or_(outbox.c.next_attempt_at.is_(None), outbox.c.next_attempt_at <= now),
            is_free(now),
            ~earlier_post,
            or_(outbox.c.action == Action.POST.value, parent_stands),
            or_(outbox.c.action != Action.REPLY.value, ~earlier_reply),
            or_(outbox.c.action != Action.EDIT.value, ~edit_under_way),
            or_(~_is_line, and_(~_earlier_line(), ~_may_come_to_the_line())),
        )
        .order_by(outbox.c.urgency, outbox.c.position)
        .limit(limit)
    )


def _earlier_line() -> ColumnElement[bool]:
    """Whether another line of the same channel goes first: where it does not stand, this one tells both."""
    return (
        select(other.c.position)
        .where(_is_beside, _is_other_line, other.c.position < outbox.c.position)
        .exists()
    )


def _may_come_to_the_line() -> ColumnElement[bool]:
    """Whether a post of the same channel is looked for first, for what it tells may be over.

    The line that tells what began and ended meanwhile waits for it, so that it tells all of it at once.
    """
    newer = outbox.alias("newer")
    changed = (
        select(newer.c.position)
        .where(
            newer.c.message == other.c.message,
            newer.c.channel == other.c.channel,
            newer.c.state == _OWED,
            newer.c.action == Action.EDIT.value,
        )
        .exists()
    )
    return (
        select(other.c.position)
        .where(
            _is_beside,
            ~_is_other_line,
            other.c.action == Action.POST.value,
            or_(other.c.outcome_unknown, other.c.owner.is_not(None)),
            changed,
        )
        .exists()
    )
