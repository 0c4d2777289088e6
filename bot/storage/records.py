"""What can be read of incidents, groups, parent messages, silences and tasks."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.grouping import Group
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.notification import Channel, MessageKey
from bot.domain.posts import Post
from bot.domain.routing import Subscription
from bot.domain.silence import Silence, SilenceNumber
from bot.domain.task import SourceName, Task
from bot.operations.store_port import AuditEntry, ClusterRecord
from bot.storage import facts, groups, incidents, posts, silences, tasks, trail
from bot.storage.refusals import refusals


class Records:
    """Reads what is kept, each time what was committed last."""

    def __init__(self, reader: AsyncEngine) -> None:
        self._reader = reader
        self.shapes_read: dict[SourceName, dict[int, Task]] = {}
        """What the clusters of a source were read with: the readings asked for next need the same.

        It goes when they have had it, or the source has no cluster any more.
        """

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        with refusals():
            async with self._reader.begin() as connection:
                yield connection

    async def open_incidents(self, source: SourceName | None = None) -> tuple[Incident, ...]:
        """Read the incidents that are pending or firing, by number."""
        async with self._reading() as connection:
            return await incidents.open_ones(connection, source)

    async def last_incidents(self, subject_keys: Sequence[str]) -> dict[str, Incident]:
        """Read the latest incident of each subject that has one."""
        async with self._reading() as connection:
            return await incidents.last_of(connection, subject_keys)

    async def incident(self, number: IncidentNumber) -> Incident | None:
        """Read one incident."""
        async with self._reading() as connection:
            return await incidents.by_number(connection, number)

    async def incidents(self, *, limit: int = 100) -> tuple[Incident, ...]:
        """Read the latest incidents, open first, then from the newest."""
        async with self._reading() as connection:
            return await incidents.latest(connection, limit)

    async def audit(self, number: IncidentNumber) -> tuple[AuditEntry, ...]:
        """Read the audit trail of an incident or a group, oldest first."""
        async with self._reading() as connection:
            return await trail.of(connection, number)

    async def incidents_by_number(self, numbers: Sequence[IncidentNumber]) -> tuple[Incident, ...]:
        """Read these incidents, those that there are."""
        async with self._reading() as connection:
            return await incidents.by_numbers(connection, numbers)

    async def revisions(self, source: SourceName) -> dict[IncidentNumber, int]:
        """Read the revisions of a source's incidents that are pending or firing."""
        async with self._reading() as connection:
            return await incidents.revisions(connection, source)

    async def posts_of(self, numbers: Sequence[IncidentNumber]) -> tuple[Post, ...]:
        """Read the parent messages that speak of any of these incidents."""
        async with self._reading() as connection:
            return await posts.of(connection, numbers)

    async def post(self, key: MessageKey, channel: Channel) -> Post | None:
        """Read one parent message's record."""
        async with self._reading() as connection:
            return await posts.one(connection, key, channel)

    async def posts_at(self, ts: str) -> tuple[Post, ...]:
        """Read the parent messages that stand at this ``ts``."""
        async with self._reading() as connection:
            return await posts.at(connection, ts)

    async def group(self, number: IncidentNumber) -> Group | None:
        """Read one group."""
        found = await self.groups((number,))
        return found[0] if found else None

    async def groups(
        self, numbers: Sequence[IncidentNumber] = (), *, still_open: bool = False
    ) -> tuple[Group, ...]:
        """Read these groups, or all that are ``still_open``."""
        async with self._reading() as connection:
            return await groups.read(connection, numbers, still_open=still_open)

    async def silences(self, *, ended_since: datetime | None = None) -> tuple[Silence, ...]:
        """Read the silences that have not ended, and those that ended since then."""
        async with self._reading() as connection:
            return await silences.read(connection, ended_since)

    async def silence(self, number: SilenceNumber) -> Silence | None:
        """Read one silence."""
        async with self._reading() as connection:
            return await silences.one(connection, number)

    async def subscriptions(self) -> tuple[Subscription, ...]:
        """Read all subscriptions."""
        async with self._reading() as connection:
            return await silences.subscribed(connection)

    async def clusters(self, source: SourceName) -> tuple[ClusterRecord, ...]:
        """Read what is remembered of a source."""
        async with self._reading() as connection:
            found, self.shapes_read[source] = await tasks.read(connection, source)
            return found

    async def fact(self, name: str) -> str | None:
        """Read one small fact."""
        async with self._reading() as connection:
            return await facts.one(connection, name)

    async def facts(self, prefix: str) -> dict[str, str]:
        """Read the small facts whose names begin so, by name."""
        async with self._reading() as connection:
            return await facts.beginning(connection, prefix)

    async def past_incidents(
        self, *, limit: int = 100, since: datetime | None = None
    ) -> tuple[Incident, ...]:
        """Read the incidents that are over, those that ended last first."""
        async with self._reading() as connection:
            return await incidents.past(connection, limit, since)

    async def losses(self, *, since: datetime, limit: int) -> tuple[Incident, ...]:
        """Read what is over and has lost log for good, the latest first, where nobody has noted anything."""
        async with self._reading() as connection:
            return await incidents.lost(connection, since, limit)
