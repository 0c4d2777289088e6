"""What operations ask of the database, and the records that go in and out of it."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.incident import Incident, IncidentNumber
from bot.domain.notification import Action, Channel, MessageKey, Notification, OutboxId
from bot.domain.reading import Reading
from bot.domain.task import Cluster, SourceName, Task


@dataclass(frozen=True, slots=True)
class ClusterRecord:
    """What the store remembers of one cluster between polls.

    ``tasks`` are as they were last listed, with the moment (OCP's clock) of that reading, the number of
    complete polls they have been absent from since, and the detector's memory of each as bytes.
    """

    cluster: Cluster
    tasks: tuple["TaskRecord", ...]


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """One remembered task; ``memory`` is what detection encoded, with its version."""

    task: Task
    listed_at: datetime
    absent_polls: int = 0
    memory: bytes | None = None


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """A parent message that stands in a channel; ``members`` are the incidents it speaks of."""

    key: MessageKey
    channel: Channel
    ts: str | None
    members: tuple[IncidentNumber, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that happened to an incident: the audit trail and the timeline are made of these.

    ``what`` is a change's word or an act's verb; ``actor`` the Slack user, None for the bot itself;
    ``sentence`` is for people.
    """

    incident: IncidentNumber
    at: datetime
    what: str
    sentence: str
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class IncidentWrite:
    """One incident as it is to be kept, compare-and-set on ``expected_revision`` (None: it is new)."""

    incident: Incident
    expected_revision: int | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the outbox owes of one action: how many, and when the longest waiting was born."""

    action: Action
    messages: int
    oldest: datetime


class RevisionConflict(Exception):  # noqa: N818 - says what happened: somebody else wrote first
    """Another writer changed the incident first; nothing of this write was kept."""


class WriteSession(Protocol):
    """One transaction. Everything in it is kept, or nothing."""

    async def keep_incident(self, write: IncidentWrite) -> Incident:
        """Keep an incident; a new one gets its number. Returns it with its number and new revision.

        Raises RevisionConflict where another writer was first.
        """
        ...

    async def forget_incident(self, incident: Incident) -> None:
        """Remove an incident that was pending and never announced."""
        ...

    async def append_audit(self, entry: AuditEntry) -> None:
        """Append to the audit trail."""
        ...

    async def keep_message(self, message: PostedMessage) -> None:
        """Create or update a parent message's record by (key, channel)."""
        ...

    async def enqueue(self, notification: Notification) -> None:
        """Put a notification into the outbox; the same id twice is one."""
        ...

    async def keep_tasks(self, records: Sequence[TaskRecord]) -> None:
        """Create or update what is remembered of these tasks, by their keys."""
        ...

    async def forget_tasks(self, keys: Sequence[str]) -> None:
        """Forget tasks, by the text of their keys."""
        ...

    async def keep_clusters(self, source: SourceName, clusters: Sequence[Cluster]) -> None:
        """Replace the known clusters of a source."""
        ...

    async def keep_fact(self, name: str, value: str) -> None:
        """Keep one small fact under a name (``greeted/prod``, ``channel/#alerts``)."""
        ...

    async def append_observations(self, reading: Reading) -> None:
        """Append one reading to the stored history."""
        ...


class OwedNotification(Protocol):
    """A claimed row of the outbox."""

    @property
    def notification(self) -> Notification:
        """What is owed."""
        ...

    @property
    def attempts(self) -> int:
        """How often it has been tried before."""
        ...

    @property
    def outcome_unknown(self) -> bool:
        """Whether an earlier attempt may have been accepted by Slack."""
        ...


class Store(Protocol):
    """The database. Every method raises StorageError where the database cannot be used."""

    def writing(self) -> AbstractAsyncContextManager[WriteSession]:
        """Open one transaction: ``async with store.writing() as session``; an exception keeps nothing."""
        ...

    async def open_incidents(self, source: SourceName | None = None) -> tuple[Incident, ...]:
        """Read the incidents that are pending or firing, of one source or all, by number."""
        ...

    async def last_incident(self, subject_key: str) -> Incident | None:
        """Read the latest incident of a subject, open or resolved."""
        ...

    async def last_incidents(self, subject_keys: Sequence[str]) -> dict[str, Incident]:
        """Read the latest incident of each of these subjects that has one, by subject key."""
        ...

    async def incident(self, number: IncidentNumber) -> Incident | None:
        """Read one incident by its number."""
        ...

    async def incidents(self, *, limit: int = 100) -> tuple[Incident, ...]:
        """Read the latest incidents, open first, then by number from the newest."""
        ...

    async def audit(self, number: IncidentNumber) -> tuple[AuditEntry, ...]:
        """Read an incident's audit trail, oldest first."""
        ...

    async def messages_of(self, number: IncidentNumber) -> tuple[PostedMessage, ...]:
        """Read the parent messages that speak of an incident."""
        ...

    async def message(self, key: MessageKey, channel: Channel) -> PostedMessage | None:
        """Read one parent message's record."""
        ...

    async def clusters(self, source: SourceName) -> tuple[ClusterRecord, ...]:
        """Read what is remembered of a source's clusters and tasks."""
        ...

    async def fact(self, name: str) -> str | None:
        """Read one small fact."""
        ...

    async def claim(
        self,
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        actions: Collection[Action] = tuple(Action),
    ) -> tuple[OwedNotification, ...]:
        """Take due notifications of these actions for ``lease``, at most ``limit``, most urgent first.

        A reply or an edit is never given out before its parent message stands, nor a reply before an
        earlier reply of the same message in the same channel. New alerts go before edits.
        """
        ...

    async def delivered(self, id_: OutboxId, *, owner: str, ts: str | None, now: datetime) -> bool:
        """Record a delivery; for a POST ``ts`` becomes its parent message's. False: the lease was lost."""
        ...

    async def postpone(
        self, id_: OutboxId, *, owner: str, until: datetime, error: str, outcome_unknown: bool
    ) -> bool:
        """Give a notification back to be tried at ``until``. False: the lease was lost."""
        ...

    async def give_up(self, id_: OutboxId, *, owner: str, error: str, now: datetime) -> bool:
        """Record that a notification can never be delivered, and why. False: the lease was lost."""
        ...

    async def supersede(self, id_: OutboxId, *, owner: str, now: datetime) -> bool:
        """Record that a newer edit of the same message made this one needless."""
        ...

    async def outbox_depth(self) -> int:
        """Count the notifications that are owed."""
        ...

    async def outbox_backlog(self) -> tuple[Backlog, ...]:
        """Tell what is owed of each action of which anything is owed."""
        ...

    def observations(self, source: SourceName, *, since: datetime | None = None) -> AsyncIterator[Reading]:
        """Read the stored readings of a source, oldest first."""
        ...

    async def close(self) -> None:
        """Close the database."""
        ...
