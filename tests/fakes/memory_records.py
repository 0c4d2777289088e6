"""What can be read of a store in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.grouping import Group
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.notification import Channel, MessageKey, Reason
from bot.domain.posts import Post
from bot.domain.routing import Subscription
from bot.domain.silence import Silence, SilenceNumber
from bot.domain.task import SourceName
from bot.errors import StorageError
from bot.operations.store_port import AuditEntry, ClusterRecord
from tests.fakes.memory_tables import Tables, last_of


class MemoryRecords:
    """Reads the tables. A test that sets ``broken`` makes every use raise StorageError with that sentence."""

    def __init__(self) -> None:
        self.tables = Tables()
        self.broken: str | None = None

    def refuse_if_told(self) -> None:
        if self.broken is not None:
            raise StorageError(self.broken)

    async def open_incidents(self, source: SourceName | None = None) -> tuple[Incident, ...]:
        self.refuse_if_told()
        found = (one for one in self.tables.incidents.values() if one.is_open)
        return tuple(one for one in found if source in (None, one.subject.source))

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

    async def incidents_by_number(self, numbers: Sequence[IncidentNumber]) -> tuple[Incident, ...]:
        self.refuse_if_told()
        known = self.tables.incidents
        return tuple(known[number] for number in sorted(set(numbers)) if number in known)

    async def revisions(self, source: SourceName) -> Mapping[IncidentNumber, int]:
        return {one.number: one.revision for one in await self.open_incidents(source)}

    async def posts_of(self, numbers: Sequence[IncidentNumber]) -> tuple[Post, ...]:
        self.refuse_if_told()
        found = sorted(self.tables.posts.items())
        return tuple(post for _, post in found if not set(post.members).isdisjoint(numbers))

    async def post(self, key: MessageKey, channel: Channel) -> Post | None:
        self.refuse_if_told()
        return self.tables.posts.get((key, channel))

    async def posts_at(self, ts: str) -> tuple[Post, ...]:
        self.refuse_if_told()
        return tuple(post for _, post in sorted(self.tables.posts.items()) if post.ts == ts)

    async def group(self, number: IncidentNumber) -> Group | None:
        self.refuse_if_told()
        return self.tables.groups.get(number)

    async def groups(
        self, numbers: Sequence[IncidentNumber] = (), *, still_open: bool = False
    ) -> tuple[Group, ...]:
        self.refuse_if_told()
        known = sorted(self.tables.groups.items())
        found = [group for number, group in known if number in numbers or (still_open and not numbers)]
        return tuple(group for group in found if group.is_open or not still_open)

    async def silences(self, *, ended_since: datetime | None = None) -> tuple[Silence, ...]:
        self.refuse_if_told()
        return tuple(
            silence
            for _, silence in sorted(self.tables.silences.items())
            if silence.ended_at is None or (ended_since is not None and silence.ended_at >= ended_since)
        )

    async def silence(self, number: SilenceNumber) -> Silence | None:
        self.refuse_if_told()
        return self.tables.silences.get(number)

    async def subscriptions(self) -> tuple[Subscription, ...]:
        self.refuse_if_told()
        return tuple(subscription for _, subscription in sorted(self.tables.subscriptions.items()))

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

    async def facts(self, prefix: str) -> dict[str, str]:
        self.refuse_if_told()
        return {name: value for name, value in sorted(self.tables.facts.items()) if name.startswith(prefix)}

    async def past_incidents(
        self, *, limit: int = 100, since: datetime | None = None
    ) -> tuple[Incident, ...]:
        self.refuse_if_told()
        over = [one for one in self.tables.incidents.values() if one.resolved_at is not None]
        recent = [one for one in over if since is None or (one.resolved_at or since) >= since]
        ordered = sorted(
            recent, key=lambda one: (one.resolved_at or one.changed_at, one.number), reverse=True
        )
        return tuple(one for one in ordered if not one.is_open)[:limit]

    async def losses(self, *, since: datetime, limit: int) -> tuple[Incident, ...]:
        past = await self.past_incidents(limit=len(self.tables.incidents), since=since)
        noted = {
            (entry.incident, entry.at) for entry in self.tables.audit if entry.what == Reason.NOTED.value
        }
        return tuple(
            one
            for one in past
            if one.gap is not None
            and not any(
                number == one.number and at >= (one.resolved_at or one.changed_at) for number, at in noted
            )
        )[:limit]
