"""A store in memory that passes the same contract suite as the database."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.coalescing import LINE
from bot.domain.delivery import edit_due
from bot.domain.notification import Action, Channel, OutboxId
from bot.domain.posts import Post
from bot.domain.reading import Reading
from bot.domain.task import SourceName
from bot.operations.store_port import Backlog
from tests.fakes import memory_owing
from tests.fakes.memory_records import MemoryRecords
from tests.fakes.memory_session import MemorySession
from tests.fakes.memory_tables import Claimed, Lease, Row


def is_line(row: Row) -> bool:
    """Whether it tells what began and ended meanwhile."""
    return row.notification.message.startswith(LINE)


class MemoryWriting:
    """``async with`` of one transaction; one at a time."""

    def __init__(self, store: "MemoryStore") -> None:
        self._store = store

    async def __aenter__(self) -> MemorySession:
        await self._store.turn.acquire()
        self._session = MemorySession(self._store.tables.copy(), self._store.leases)
        return self._session

    async def __aexit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if kind is None:
                self._store.refuse_if_told()
                self._store.tables = self._session.tables
        finally:
            self._store.turn.release()


class MemoryStore(MemoryRecords):
    """Fulfils Store."""

    def __init__(self) -> None:
        super().__init__()
        self.turn = asyncio.Lock()
        self.leases: dict[str, Lease] = {}

    def writing(self) -> MemoryWriting:
        self.refuse_if_told()
        return MemoryWriting(self)

    async def claim(
        self,
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        actions: Collection[Action] = tuple(Action),
    ) -> tuple[Claimed, ...]:
        self.refuse_if_told()
        async with self.turn:
            wanted = [row for row in self.tables.owed() if row.action in actions]
            due = sorted(
                (row for row in wanted if self._claimable(row, now)), key=lambda row: (row.rank, row.position)
            )[:limit]
            given = [self._lease(row, owner, now + lease) for row in due]
        edits = {
            place: sorted(
                (row for row in given if row.place == place and row.action is Action.EDIT),
                key=lambda row: row.position,
            )
            for place in {row.place for row in given}
        }
        ordered = [edits[row.place].pop(0) if row.action is Action.EDIT else row for row in given]
        return tuple(Claimed(row.notification, row.attempts - 1, row.outcome_unknown) for row in ordered)

    def _claimable(self, row: Row, now: datetime) -> bool:
        if not row.free(now) or (row.next_attempt_at is not None and row.next_attempt_at > now):
            return False
        earlier = [
            one for one in self.tables.owed() if one.place == row.place and one.position < row.position
        ]
        if any(one.action is Action.POST for one in earlier):
            return False
        if row.action is Action.POST:
            return not (is_line(row) and (self._earlier_line(row) or self._may_come_to_the_line(row)))
        if not self.tables.stands(row.place):
            return False
        if row.action is Action.REPLY:
            return not any(one.action is Action.REPLY for one in earlier)
        return not any(one.action is Action.EDIT and not one.free(now) for one in earlier)

    def _earlier_line(self, row: Row) -> bool:
        mine = (one for one in self.tables.owed() if one.notification.channel == row.notification.channel)
        return any(is_line(one) and one.position < row.position for one in mine)

    def _may_come_to_the_line(self, row: Row) -> bool:
        channel = row.notification.channel
        edited = {one.place for one in self.tables.owed() if one.action is Action.EDIT}
        posts = (one for one in self.tables.owed() if one.action is Action.POST and one.place in edited)
        mine = (one for one in posts if one.notification.channel == channel and not is_line(one))
        return any(one.outcome_unknown or one.owner is not None for one in mine)

    def _lease(self, row: Row, owner: str, until: datetime) -> Row:
        leased = replace(
            row,
            owner=owner,
            leased_until=until,
            attempts=row.attempts + 1,
            outcome_unknown=row.outcome_unknown or row.owner is not None,
        )
        self.tables.outbox[row.notification.id] = leased
        return leased

    async def _settle(self, id_: OutboxId, owner: str, **changes: object) -> Row | None:
        self.refuse_if_told()
        async with self.turn:
            row = self.tables.outbox.get(id_)
            if row is None or row.owner != owner or row.state != "owed":
                return None
            values = {**changes, "owner": None, "leased_until": None}
            self.tables.outbox[id_] = replace(row, **values)  # type: ignore[arg-type] # names and values are Row's
            return row

    async def delivered(self, id_: OutboxId, *, owner: str, ts: str | None, now: datetime) -> bool:
        row = await self._settle(id_, owner, state="delivered")
        if row is None:
            return False
        if row.action is Action.POST and ts is not None:
            known = self.tables.posts.get(row.place, Post(*row.place))
            self.tables.posts[row.place] = replace(known, ts=ts)
            self.tables.edited_at.pop(row.place, None)
        if row.action is Action.EDIT:
            self.tables.edited_at[row.place] = now
            self._after_edit(row, now)
        for one in self.tables.owed():
            if one.notification.channel == row.notification.channel:
                self.tables.outbox[one.notification.id] = replace(one, refused=False)
        return True

    def _after_edit(self, row: Row, now: datetime) -> None:
        for one in self.tables.owed():
            if one.place != row.place or one.action is not Action.EDIT or not one.free(now):
                continue
            if one.position < row.position:
                after = replace(one, state="superseded", owner=None)
            else:
                due = edit_due(one.notification, now)
                planned = [moment for moment in (due, one.next_attempt_at) if moment is not None]
                after = replace(one, next_attempt_at=max(planned, default=None))
            self.tables.outbox[one.notification.id] = after

    async def postpone(
        self,
        id_: OutboxId,
        *,
        owner: str,
        until: datetime,
        error: str,
        outcome_unknown: bool,
        refused: bool = False,
    ) -> bool:
        known = self.tables.outbox.get(id_)
        unknown = outcome_unknown or (known is not None and known.outcome_unknown)
        changes = {"next_attempt_at": until, "error": error, "outcome_unknown": unknown, "refused": refused}
        return await self._settle(id_, owner, **changes) is not None

    async def renew(self, id_: OutboxId, *, owner: str, now: datetime) -> bool:  # noqa: ARG002 - the port has it; memory keeps no history
        row = self.tables.outbox.get(id_)
        if row is None or row.owner != owner or row.state != "owed":
            return False
        if is_line(row):
            if not memory_owing.join_lines(self.tables, row):
                return False
            await self._settle(id_, owner, state="superseded")
            return True
        edits = [one for one in self.tables.owed() if one.place == row.place and one.action is Action.EDIT]
        if not edits:
            return False
        await self._settle(id_, owner, outcome_unknown=False, next_attempt_at=None)
        for one in edits:
            self.tables.outbox[one.notification.id] = replace(one, state="superseded", owner=None)
        newest = max(edits, key=lambda one: one.position).notification
        memory_owing.enqueue(self.tables, replace(newest, id=OutboxId(f"{newest.id}/anew")))
        return True

    async def give_up(self, id_: OutboxId, *, owner: str, error: str, now: datetime) -> bool:  # noqa: ARG002 - the port has it; memory keeps no history
        row = await self._settle(id_, owner, state="given up", error=error)
        if row is None:
            return False
        following = [one for one in self.tables.owed() if one.place == row.place]
        reposted = any(one.action is Action.POST for one in following)
        if row.action is Action.POST and not reposted and not self.tables.stands(row.place):
            for one in following:
                self.tables.outbox[one.notification.id] = replace(one, state="given up")
        return True

    async def refused(self) -> Mapping[Channel, str]:
        self.refuse_if_told()
        owed = sorted(self.tables.owed(), key=lambda row: row.position)
        return {row.notification.channel: row.error or "" for row in owed if row.refused}

    async def take_lease(self, name: str, *, owner: str, now: datetime, length: timedelta) -> int | None:
        self.refuse_if_told()
        async with self.turn:
            held = self.leases.get(name, Lease(None, now, 0))
            if held.owner not in (None, owner) and held.until > now:
                return None
            token = held.token if held.owner == owner else held.token + 1
            self.leases[name] = Lease(owner, now + length, token)
            return token

    async def live_leases(self, prefix: str, now: datetime) -> tuple[str, ...]:
        self.refuse_if_told()
        held = ((name, lease) for name, lease in sorted(self.leases.items()) if name.startswith(prefix))
        return tuple(name for name, lease in held if lease.owner is not None and lease.until > now)

    async def give_lease(self, name: str, *, owner: str) -> None:
        self.refuse_if_told()
        async with self.turn:
            held = self.leases.get(name)
            if held is not None and held.owner == owner:
                self.leases[name] = replace(held, owner=None)

    async def outbox_depth(self) -> int:
        self.refuse_if_told()
        return len(self.tables.owed())

    async def outbox_backlog(self) -> tuple[Backlog, ...]:
        self.refuse_if_told()
        owed = sorted(self.tables.owed(), key=lambda row: (row.action.value, row.position))
        actions = {row.action: row for row in reversed(owed)}
        return tuple(
            Backlog(action, sum(row.action is action for row in owed), first.notification.created_at)
            for action, first in sorted(actions.items())
        )

    async def observations(
        self, source: SourceName, *, since: datetime | None = None
    ) -> AsyncIterator[Reading]:
        self.refuse_if_told()
        mine = [reading for reading in self.tables.readings if reading.cluster.source == source]
        for reading in sorted(mine, key=lambda reading: reading.at):
            if since is None or reading.at >= since:
                yield reading

    async def close(self) -> None:
        """Nothing is held open."""
