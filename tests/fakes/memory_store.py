"""A store in memory that passes the same contract suite as the database."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.incident import Incident, IncidentNumber
from bot.domain.notification import Action, Channel, MessageKey, OutboxId
from bot.domain.reading import Reading
from bot.domain.task import SourceName
from bot.errors import StorageError
from bot.operations.store_port import AuditEntry, Backlog, ClusterRecord, PostedMessage
from tests.fakes.memory_session import MemorySession
from tests.fakes.memory_tables import Claimed, Row, Tables, last_of, stands, urgency


class MemoryWriting:
    """``async with`` of one transaction; one at a time."""

    def __init__(self, store: "MemoryStore") -> None:
        self._store = store

    async def __aenter__(self) -> MemorySession:
        await self._store.turn.acquire()
        self._session = MemorySession(self._store.tables.copy())
        return self._session

    async def __aexit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if kind is None:
                self._store.refuse_if_told()
                self._store.tables = self._session.tables
        finally:
            self._store.turn.release()


class MemoryStore:
    """Fulfils Store. A test that sets ``broken`` makes every use raise StorageError with that sentence."""

    def __init__(self) -> None:
        self.tables = Tables()
        self.turn = asyncio.Lock()
        self.broken: str | None = None

    def refuse_if_told(self) -> None:
        if self.broken is not None:
            raise StorageError(self.broken)

    def writing(self) -> MemoryWriting:
        self.refuse_if_told()
        return MemoryWriting(self)

    async def open_incidents(self, source: SourceName | None = None) -> tuple[Incident, ...]:
        self.refuse_if_told()
        found = (one for one in self.tables.incidents.values() if one.is_open)
        return tuple(one for one in found if source in (None, one.subject.source))

    async def last_incident(self, subject_key: str) -> Incident | None:
        self.refuse_if_told()
        return last_of(self.tables.incidents.values(), subject_key)

    async def last_incidents(self, subject_keys: Sequence[str]) -> dict[str, Incident]:
        self.refuse_if_told()
        incidents = self.tables.incidents.values()
        found = {key: last_of(incidents, key) for key in subject_keys}
        return {key: incident for key, incident in found.items() if incident is not None}

    async def incident(self, number: IncidentNumber) -> Incident | None:
        self.refuse_if_told()
        return self.tables.incidents.get(number)

    async def incidents(self, *, limit: int = 100) -> tuple[Incident, ...]:
        self.refuse_if_told()
        ordered = sorted(self.tables.incidents.values(), key=lambda one: (not one.is_open, -one.number))
        return tuple(ordered[:limit])

    async def audit(self, number: IncidentNumber) -> tuple[AuditEntry, ...]:
        self.refuse_if_told()
        return tuple(entry for entry in self.tables.audit if entry.incident == number)

    async def messages_of(self, number: IncidentNumber) -> tuple[PostedMessage, ...]:
        self.refuse_if_told()
        found = sorted(self.tables.messages.items())
        return tuple(message for _, message in found if number in message.members)

    async def message(self, key: MessageKey, channel: Channel) -> PostedMessage | None:
        self.refuse_if_told()
        return self.tables.messages.get((key, channel))

    async def clusters(self, source: SourceName) -> tuple[ClusterRecord, ...]:
        self.refuse_if_told()
        records = self.tables.tasks.values()
        return tuple(
            ClusterRecord(
                cluster,
                tuple(
                    one
                    for one in records
                    if (one.task.key.source, one.task.key.cluster) == (source, cluster.id)
                ),
            )
            for cluster in self.tables.clusters.get(source, ())
        )

    async def fact(self, name: str) -> str | None:
        self.refuse_if_told()
        return self.tables.facts.get(name)

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
            wanted = [row for row in self._owed() if row.action in actions]
            due = sorted((row for row in wanted if self._claimable(row, now)), key=urgency)[:limit]
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

    def _owed(self) -> list[Row]:
        return [row for row in self.tables.outbox.values() if row.state == "owed"]

    def _claimable(self, row: Row, now: datetime) -> bool:
        if not row.free(now) or (row.next_attempt_at is not None and row.next_attempt_at > now):
            return False
        earlier = [one for one in self._owed() if one.place == row.place and one.position < row.position]
        if any(one.action is Action.POST for one in earlier):
            return False
        if row.action is Action.POST:
            return True
        if not stands(self.tables, row.place):
            return False
        if row.action is Action.REPLY:
            return not any(one.action is Action.REPLY for one in earlier)
        return not any(one.action is Action.EDIT and not one.free(now) for one in earlier)

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
            known = self.tables.messages.get(row.place, PostedMessage(*row.place, None))
            self.tables.messages[row.place] = replace(known, ts=ts)
        if row.action is Action.EDIT:
            for one in self._owed():
                older = one.place == row.place and one.position < row.position and one.free(now)
                if older and one.action is Action.EDIT:
                    self.tables.outbox[one.notification.id] = replace(one, state="superseded", owner=None)
        return True

    async def postpone(
        self, id_: OutboxId, *, owner: str, until: datetime, error: str, outcome_unknown: bool
    ) -> bool:
        known = self.tables.outbox.get(id_)
        unknown = outcome_unknown or (known is not None and known.outcome_unknown)
        changes = {"next_attempt_at": until, "error": error, "outcome_unknown": unknown}
        return await self._settle(id_, owner, **changes) is not None

    async def give_up(self, id_: OutboxId, *, owner: str, error: str, now: datetime) -> bool:  # noqa: ARG002 - the port has it; memory keeps no history
        row = await self._settle(id_, owner, state="given up", error=error)
        if row is None:
            return False
        following = [one for one in self._owed() if one.place == row.place]
        reposted = any(one.action is Action.POST for one in following)
        if row.action is Action.POST and not reposted and not stands(self.tables, row.place):
            for one in following:
                self.tables.outbox[one.notification.id] = replace(one, state="given up")
        return True

    async def supersede(self, id_: OutboxId, *, owner: str, now: datetime) -> bool:  # noqa: ARG002 - as above
        return await self._settle(id_, owner, state="superseded") is not None

    async def outbox_depth(self) -> int:
        self.refuse_if_told()
        return len(self._owed())

    async def outbox_backlog(self) -> tuple[Backlog, ...]:
        self.refuse_if_told()
        owed = sorted(self._owed(), key=lambda row: (row.action.value, row.position))
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
