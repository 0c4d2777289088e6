"""One transaction: everything in it is kept, or nothing."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import Incident
from bot.domain.notification import Notification
from bot.domain.reading import Reading
from bot.domain.task import Cluster, SourceName
from bot.operations.store_port import AuditEntry, IncidentWrite, PostedMessage, TaskRecord
from bot.storage import incidents, messages, observations, owing, tasks
from bot.storage.refusals import refusals
from bot.storage.shapes import ShapesInUse


class Session:
    """Fulfils ``WriteSession`` on one connection whose transaction has begun."""

    def __init__(self, connection: AsyncConnection, shapes: ShapesInUse) -> None:
        self._connection = connection
        self._shapes = shapes
        self._polls: list[observations.Poll] = []

    async def keep_incident(self, write: IncidentWrite) -> Incident:
        """Keep an incident by compare-and-set."""
        with refusals():
            return await incidents.keep(self._connection, write)

    async def forget_incident(self, incident: Incident) -> None:
        """Remove a pending incident; RevisionConflict where it was changed meanwhile."""
        with refusals():
            await incidents.forget(self._connection, incident)

    async def append_audit(self, entry: AuditEntry) -> None:
        """Append to the audit trail."""
        with refusals():
            await incidents.append_audit(self._connection, entry)

    async def keep_message(self, message: PostedMessage) -> None:
        """Create or update a message's record; a known ``ts`` is not overwritten by None."""
        with refusals():
            await messages.keep(self._connection, message)

    async def enqueue(self, notification: Notification) -> None:
        """Put a notification into the outbox."""
        with refusals():
            await owing.enqueue(self._connection, notification)

    async def keep_tasks(self, records: Sequence[TaskRecord]) -> None:
        """Create or update what is remembered of tasks."""
        with refusals():
            await tasks.keep(self._connection, records, self._shapes)

    async def forget_tasks(self, keys: Sequence[str]) -> None:
        """Forget tasks."""
        with refusals():
            await tasks.forget(self._connection, keys)

    async def keep_clusters(self, source: SourceName, clusters: Sequence[Cluster]) -> None:
        """Replace the known clusters of a source."""
        with refusals():
            await tasks.keep_clusters(self._connection, source, clusters)

    async def keep_fact(self, name: str, value: str) -> None:
        """Keep one small fact."""
        with refusals():
            await messages.keep_fact(self._connection, name, value)

    async def append_observations(self, reading: Reading) -> None:
        """Append one reading to the history."""
        with refusals():
            self._polls.append(await observations.pack(self._connection, reading, self._shapes))

    async def finish(self) -> None:
        """Write what was gathered, before the commit: the readings of a poll go in together."""
        with refusals():
            await observations.append(self._connection, self._polls)
