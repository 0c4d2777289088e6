"""Puts into the outbox what is owed: once, and coalesced with what waits for the same message."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.coalescing import (
    LINE,
    Coalesced,
    Ended,
    coalesce,
    meanwhile,
    meanwhile_message,
    meanwhile_told,
    together,
)
from bot.domain.delivery import edit_due
from bot.domain.notification import Action, Channel, MeanwhileContent, Notification, OutboxId
from bot.domain.urgency import urgency
from bot.storage import facts, posts
from bot.storage.claimable import OWED, is_owed
from bot.storage.codec import NOTIFICATION
from bot.storage.outbox import GIVEN_UP, NEVER_POSTED, SUPERSEDED
from bot.storage.owed_row import OwedRow, Place, loaded
from bot.storage.statements import chunks, insert
from bot.storage.tables import outbox

_CHANGED = (
    "body",
    "urgency",
    "state",
    "attempts",
    "next_attempt_at",
    "owner",
    "outcome_unknown",
    "settled_at",
)
_changing = (
    update(outbox)
    .where(outbox.c.position == bindparam("which"))
    .values({name: bindparam(name) for name in _CHANGED})
)


async def enqueue(connection: AsyncConnection, notifications: Sequence[Notification]) -> None:
    """Put notifications in, in their order; what waits is read once and written once.

    What follows a parent that can never be posted is given up at once.
    """
    if not notifications:
        return
    desk = _Desk(connection)
    await desk.read(notifications)
    for notification in notifications:
        await desk.put(notification)
    await desk.write()


async def renew(connection: AsyncConnection, id_: OutboxId, *, owner: str, now: datetime) -> bool:
    """Let the edit that waits for a post which surely does not stand take its place, or end it.

    Two lines that tell what began and ended meanwhile become one. False where nothing newer waits, or the
    lease was lost.
    """
    claimed = select(outbox).where(outbox.c.id == id_, outbox.c.owner == owner, is_owed).with_for_update()
    post = (await connection.execute(claimed)).one_or_none()
    if post is None:
        return False
    if post.message.startswith(LINE):
        return await _join_lines(connection, loaded(post), now)
    same = outbox.c.message == post.message, outbox.c.channel == post.channel
    edits = (*same, outbox.c.action == Action.EDIT.value, is_owed)
    query = select(outbox).where(*edits).order_by(outbox.c.position.desc()).with_for_update()
    newest = (await connection.execute(query)).first()
    if newest is None:
        return False
    free = {"owner": None, "leased_until": None}
    await connection.execute(update(outbox).where(*edits).values(state=SUPERSEDED, settled_at=now, **free))
    sure = update(outbox).where(outbox.c.position == post.position)
    await connection.execute(sure.values(outcome_unknown=False, next_attempt_at=None, **free))
    edit = loaded(newest).notification
    await enqueue(connection, [replace(edit, id=OutboxId(f"{edit.id}/anew"))])
    return True


async def _join_lines(connection: AsyncConnection, older: OwedRow, now: datetime) -> bool:
    desk = _Desk(connection)
    newer = await desk.line(older.notification.channel)
    if newer is None or newer.position == older.position:
        return False
    both = together(_told_by(older), _told_by(newer))
    newer.renew(replace(newer.notification, content=both), newer.next_attempt_at)
    older.drop(now)
    await desk.write([older])
    return True


def _told_by(line: OwedRow) -> MeanwhileContent:
    content = line.notification.content
    assert isinstance(content, MeanwhileContent), "no other message has such a key"  # noqa: S101 - for the type checker
    return content


class _Desk:
    """The rows that wait for some messages, while notifications are put to them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._known: set[str] = set()
        self._standing: dict[Place, tuple[bool, datetime | None]] = {}
        self._rows: dict[Place, list[OwedRow]] = {}
        self._added: list[OwedRow] = []
        self._lines: dict[Channel, OwedRow | None] = {}

    async def read(self, notifications: Sequence[Notification]) -> None:
        """Read what waits for the same messages, and keep everybody else from it until the commit."""
        for ids in chunks([notification.id for notification in notifications]):
            self._known.update(
                await self._connection.scalars(select(outbox.c.id).where(outbox.c.id.in_(ids)))
            )
        following = [one for one in notifications if one.action is not Action.POST]
        messages = list(dict.fromkeys(one.message for one in following))
        for some in chunks(messages):
            self._standing.update(await posts.standing(self._connection, some))
            waiting = select(outbox).where(outbox.c.message.in_(some), is_owed).order_by(outbox.c.position)
            for row in await self._connection.execute(waiting.with_for_update()):
                self._rows.setdefault((row.message, row.channel), []).append(loaded(row))
        await self._read_last_posts(dict.fromkeys((one.message, one.channel) for one in following))

    async def _read_last_posts(self, places: Iterable[Place]) -> None:
        """Read what became of the last post of each message that neither stands nor is to be posted."""
        lost = [place for place in places if not self._stands(place) and not self._posting(place)]
        for some in chunks(list(dict.fromkeys(message for message, _ in lost))):
            settled = outbox.c.action == Action.POST.value, outbox.c.state.in_((GIVEN_UP, SUPERSEDED))
            query = select(outbox).where(outbox.c.message.in_(some), *settled).order_by(outbox.c.position)
            last = {(row.message, row.channel): row for row in await self._connection.execute(query)}
            for place in lost:
                if place in last:
                    self._rows.setdefault(place, []).insert(0, loaded(last[place]))

    def _stands(self, place: Place) -> bool:
        return self._standing.get(place, (False, None))[0]

    def _posting(self, place: Place) -> bool:
        return any(row.action is Action.POST and row.state == OWED for row in self._rows.get(place, ()))

    async def put(self, new: Notification) -> None:
        """Put one more notification to those that wait; the same id twice is one."""
        if new.id in self._known:
            return
        self._known.add(new.id)
        place = new.message, new.channel
        rows = self._rows.setdefault(place, [])
        orphaned = not self._stands(place) and not self._posting(place)
        if new.action is not Action.POST and orphaned and any(row.state == GIVEN_UP for row in rows):
            self._add(new, state=GIVEN_UP)
            return
        waiting = [row.as_waiting() for row in rows if row.state == OWED or (orphaned and row.is_post)]
        done = coalesce(waiting, new, stands=self._stands(place))
        self._apply(place, done, new.created_at)
        if done.meanwhile is not None:
            await self._tell_meanwhile(done.meanwhile, new)

    def _apply(self, place: Place, done: Coalesced, now: datetime) -> None:
        """Put in place, drop, add."""
        by_id = {row.notification.id: row for row in self._rows[place]}
        for id_, newest in done.replaced:
            by_id[id_].renew(newest, self._due(newest))
        for id_ in done.dropped:
            by_id[id_].drop(now)
        if done.added is not None:
            self._add(done.added)

    def _due(self, notification: Notification) -> datetime | None:
        if notification.action is not Action.EDIT:
            return None
        place = notification.message, notification.channel
        return edit_due(notification, self._standing.get(place, (False, None))[1])

    def _add(self, new: Notification, *, state: str = OWED) -> OwedRow:
        row = OwedRow(new, urgency(new), state=state, next_attempt_at=self._due(new))
        if state == GIVEN_UP:
            row.settled_at = new.created_at
        else:
            self._rows.setdefault((new.message, new.channel), []).append(row)
        self._added.append(row)
        return row

    async def _tell_meanwhile(self, ended: Ended, last: Notification) -> None:
        """Tell of what began and ended untold, in the one line of its channel that waits, if one does."""
        if last.channel not in self._lines:
            self._lines[last.channel] = await self.line(last.channel)
        line = self._lines[last.channel]
        if line is None:
            number = await self._next_line(last.channel)
            self._lines[last.channel] = self._add(meanwhile_told(meanwhile(None, ended), last, number))
            return
        line.renew(replace(line.notification, content=meanwhile(_told_by(line), ended)), None)

    async def line(self, channel: Channel) -> OwedRow | None:
        """Read the line of a channel that waits and was surely not sent yet."""
        number = int(await facts.one(self._connection, f"meanwhile/{channel}") or 0)
        place = outbox.c.message == meanwhile_message(channel, number), outbox.c.channel == channel
        query = select(outbox).where(*place, is_owed).with_for_update()
        row = (await self._connection.execute(query)).one_or_none()
        if row is None or loaded(row).as_waiting().may_stand:
            return None
        line = loaded(row)
        self._rows[row.message, row.channel] = [line]
        return line

    async def _next_line(self, channel: Channel) -> int:
        fact = f"meanwhile/{channel}"
        number = int(await facts.one(self._connection, fact) or 0) + 1
        await facts.keep(self._connection, fact, str(number))
        return number

    async def write(self, more: Sequence[OwedRow] = ()) -> None:
        """Write what has changed, and so of these, then what is new, in the order of birth."""
        rows = [*more, *(row for some in self._rows.values() for row in some)]
        changed = [{"which": row.position, **_values(row)} for row in rows if row.position and row.is_changed]
        if changed:
            await self._connection.execute(_changing, changed)
        if self._added:
            new = [_new_values(row) for row in self._added]
            await self._connection.execute(insert(self._connection, outbox).on_conflict_do_nothing(), new)


def _values(row: OwedRow) -> dict[str, object]:
    return {
        "body": NOTIFICATION.encode(row.notification),
        "urgency": row.urgency,
        "state": row.state,
        "attempts": row.attempts,
        "next_attempt_at": row.next_attempt_at,
        "owner": row.owner,
        "outcome_unknown": row.outcome_unknown,
        "settled_at": row.settled_at,
    }


def _new_values(row: OwedRow) -> dict[str, object]:
    new = row.notification
    return {
        "id": new.id,
        "message": new.message,
        "channel": new.channel,
        "action": new.action.value,
        "last_error": NEVER_POSTED if row.state == GIVEN_UP else None,
        **_values(row),
    }
