"""One transaction on the database as operations see it, and the records that go into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.grouping import Group
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.notification import Action, Notification
from bot.domain.posts import Post
from bot.domain.problem import Problem, Severity
from bot.domain.reading import Reading
from bot.domain.routing import Subscription, SubscriptionNumber
from bot.domain.silence import Silence
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
class AuditEntry:
    """One thing that happened to an incident or a group: audit trail and timeline are made of these.

    ``incident`` is the number of either. ``what`` is a change's word or a Reason's; ``sentence`` is for
    people; ``actor`` the Slack id of whoever did it, ``name`` theirs, both None for the bot itself. The
    numbers are those of the moment: ``problem``, ``severity`` and ``delay``, None where there is none.
    """

    incident: IncidentNumber
    at: datetime
    what: str
    sentence: str
    actor: str | None = None
    name: str | None = None
    problem: Problem | None = None
    severity: Severity | None = None
    delay: timedelta | None = None


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
    """Another writer was first; nothing of this transaction is kept."""


class LeaseLost(Exception):  # noqa: N818 - says what happened
    """Somebody else holds the lease by now; nothing of this transaction is kept."""


class WriteSession(Protocol):
    """One transaction. Everything in it is kept, or nothing."""

    async def check_lease(self, name: str, token: int) -> None:
        """Make sure that a lease is still held under this token, until the transaction is over.

        Raises LeaseLost where somebody else has taken it since: a late write of an old holder fails.
        """
        ...

    async def keep_incidents(self, writes: Sequence[IncidentWrite]) -> tuple[Incident, ...]:
        """Keep incidents; a new one gets its number. Returns them in order, with numbers and new revisions.

        Incidents and groups are numbered in one row. Raises RevisionConflict where another writer was first
        with any of them.
        """
        ...

    async def forget_incident(self, incident: Incident) -> None:
        """Remove an incident that was pending and never announced."""
        ...

    async def append_audit(self, entries: Sequence[AuditEntry]) -> None:
        """Append to the audit trail."""
        ...

    async def keep_posts(self, posts: Sequence[Post]) -> None:
        """Create or update the records of parent messages, by (key, channel).

        A ``ts`` that is known is not lost to None; members are added, none ever leaves.
        """
        ...

    async def repost(self, post: Post) -> None:
        """Keep a parent message that was posted anew, at another ``ts``."""
        ...

    async def keep_group(self, group: Group) -> Group:
        """Keep a group, compare-and-set on its ``revision``; one with revision 0 is new and gets its number.

        Raises RevisionConflict where another writer was first.
        """
        ...

    async def keep_silence(self, silence: Silence) -> Silence:
        """Keep a silence, as a group is kept; silences have numbers of their own, from 1 on.

        The occurrence of a maintenance window (``window`` and ``starts_at``) is kept once: RevisionConflict.
        """
        ...

    async def keep_subscription(self, subscription: Subscription) -> Subscription:
        """Keep a new subscription, which gets its number; the same one twice in a channel is one."""
        ...

    async def forget_subscription(self, number: SubscriptionNumber) -> bool:
        """End a subscription; False where there is none of this number."""
        ...

    async def remember_payload(self, key: str, now: datetime) -> bool:
        """Remember that what Slack sent under this id was acted on; False: it was, already."""
        ...

    async def enqueue(self, notification: Notification) -> None:
        """Put a notification into the outbox, coalesced with what waits; the same id twice is one.

        ``bot.domain.coalescing`` decides what is needless.
        """
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

    async def forget_facts(self, names: Sequence[str]) -> None:
        """Forget small facts, those of these names that there are."""
        ...

    async def append_observations(self, reading: Reading) -> None:
        """Append one reading to the stored history."""
        ...
