"""One transaction on a store in memory."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.incident import Incident, IncidentNumber, Lifecycle
from bot.domain.notification import Action, Notification
from bot.domain.reading import Reading
from bot.domain.task import Cluster, SourceName
from bot.errors import StorageError
from bot.operations.store_port import AuditEntry, IncidentWrite, PostedMessage, RevisionConflict, TaskRecord
from tests.fakes.memory_tables import Row, Tables, stands, take_place


class MemorySession:
    """One transaction on a copy of the tables."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    async def keep_incident(self, write: IncidentWrite) -> Incident:
        tables, incident = self.tables, write.incident
        others = [one for one in tables.incidents.values() if one.subject.key == incident.subject.key]
        if write.expected_revision is None:
            if incident.is_open and any(one.is_open for one in others):
                raise RevisionConflict(f"an incident of {incident.subject.name} is open already")
            tables.numbers += 1
            kept = replace(incident, number=IncidentNumber(tables.numbers), revision=1)
        else:
            known = tables.incidents.get(incident.number)
            if known is None or known.revision != write.expected_revision:
                raise RevisionConflict(f"incident {incident.number} was changed meanwhile")
            if incident.is_open and any(one.is_open for one in others if one.number != incident.number):
                raise RevisionConflict(f"another incident of {incident.subject.name} is open")
            kept = replace(incident, revision=write.expected_revision + 1)
        tables.incidents[kept.number] = kept
        return kept

    async def forget_incident(self, incident: Incident) -> None:
        tables = self.tables
        known = tables.incidents.get(incident.number)
        pending = known is not None and known.lifecycle is Lifecycle.PENDING
        if known is None or not pending or known.revision != incident.revision:
            raise RevisionConflict(f"incident {incident.number} was changed meanwhile")
        del tables.incidents[incident.number]
        tables.audit = [entry for entry in tables.audit if entry.incident != incident.number]

    async def append_audit(self, entry: AuditEntry) -> None:
        self._known(entry.incident)
        self.tables.audit.append(entry)

    async def keep_message(self, message: PostedMessage) -> None:
        for number in message.members:
            self._known(number)
        place = message.key, message.channel
        known = self.tables.messages.get(place)
        ts = known.ts if known is not None and message.ts is None else message.ts
        self.tables.messages[place] = replace(message, ts=ts)

    def _known(self, number: IncidentNumber) -> None:
        if number not in self.tables.incidents:
            raise StorageError(f"there is no incident {number}")

    async def enqueue(self, notification: Notification) -> None:
        outbox = self.tables.outbox
        if notification.id in outbox:
            return
        if notification.action is Action.EDIT and take_place(self.tables, notification):
            return
        row = Row(len(outbox) + 1, notification)
        posts = [one.state for one in outbox.values() if one.place == row.place and one.action is Action.POST]
        hopeless = "given up" in posts and "owed" not in posts and not stands(self.tables, row.place)
        if notification.action is not Action.POST and hopeless:
            row = replace(row, state="given up")
        outbox[notification.id] = row

    async def keep_tasks(self, records: Sequence[TaskRecord]) -> None:
        self.tables.tasks.update({record.task.key.text: record for record in records})

    async def forget_tasks(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.tables.tasks.pop(key, None)

    async def keep_clusters(self, source: SourceName, clusters: Sequence[Cluster]) -> None:
        self.tables.clusters[source] = tuple(clusters)

    async def keep_fact(self, name: str, value: str) -> None:
        self.tables.facts[name] = value

    async def append_observations(self, reading: Reading) -> None:
        tasks = tuple(replace(task, modified_at=None, other=()) for task in reading.tasks)
        self.tables.readings.append(replace(reading, tasks=tasks))
