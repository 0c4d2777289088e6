"""An incident: the state of trouble of one subject, and the changes that people may be told of."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.evidence import Evidence
from bot.domain.finding import RecoveryGap
from bot.domain.handling import UNTOUCHED, Handling
from bot.domain.problem import Problem, Severity
from bot.domain.task import ClusterId, SourceName, Task, TaskKey

IncidentNumber = NewType("IncidentNumber", int)
"""The number people say; unique in a database, given by the store when the incident is first kept."""

UNNUMBERED = IncidentNumber(0)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an incident is about: a task, one cluster of a source, or a whole source.

    ``key`` is stable text: a task's key, or ``source/cluster`` and ``source`` with the prefix ``cluster:``
    or ``source:``. The labels are what people call it, as they were when the incident opened.
    """

    key: str
    source: SourceName
    cluster: ClusterId | None = None
    cluster_label: str | None = None
    tenant: str | None = None
    tenant_label: str | None = None
    destination: str | None = None

    @property
    def name(self) -> str:
        """``cluster/tenant``, the cluster alone, or the source alone."""
        parts = [part for part in (self.cluster_label, self.tenant_label) if part]
        return "/".join(parts) or self.source


def task_subject(task: Task) -> Subject:
    """Make the subject of an incident about a task."""
    return Subject(
        key=f"task:{task.key.text}",
        source=task.key.source,
        cluster=task.key.cluster,
        cluster_label=task.cluster_label,
        tenant=task.key.tenant,
        tenant_label=task.tenant_label,
        destination=task.key.destination,
    )


def task_subject_key(key: TaskKey) -> str:
    """Give the subject key of a task's incident."""
    return f"task:{key.text}"


def task_key_of(subject: Subject) -> TaskKey | None:
    """Give the key of the task that an incident is about; None where it is about a cluster or a source."""
    if subject.cluster is None or not subject.key.startswith("task:"):
        return None
    return TaskKey(subject.source, subject.cluster, subject.tenant, subject.destination)


def cluster_subject(source: SourceName, cluster: ClusterId, label: str) -> Subject:
    """Make the subject of an incident about a whole cluster: it cannot be read, or has no task."""
    return Subject(key=f"cluster:{source}/{cluster}", source=source, cluster=cluster, cluster_label=label)


def source_subject(source: SourceName) -> Subject:
    """Make the subject of an incident about a whole source."""
    return Subject(key=f"source:{source}", source=source)


TREND = timedelta(hours=2)
"""So much of the past a trend shows at least."""


def trend_span(since: datetime, until: datetime) -> timedelta:
    """Say how long a trend reaches back from ``until``: two hours, or twice as long as the trouble lasts."""
    return max(TREND, 2 * (until - since))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the last reading said of a task beside its delay. ``read_at`` is our clock.

    ``status`` and ``error`` are OCP's words; ``offset`` is how far our clock is ahead of OCP's. ``normal`` is
    the delay that its teeth reach when healthy; the limits are those of a lagging task.
    """

    read_at: datetime
    offset: timedelta = timedelta(0)
    status: str | None = None
    error: str | None = None
    mode: str | None = None
    agent_server: str | None = None
    normal: timedelta | None = None
    warning: timedelta | None = None
    critical: timedelta | None = None
    trend: tuple[int | None, ...] = ()
    """The delay of the last hours in whole seconds, the oldest first; None where nothing was read."""


class Lifecycle(StrEnum):
    """Where an incident stands. Acknowledgement and silence are attributes beside it."""

    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Incident:
    """The state of trouble of one subject. Instants are aware UTC.

    ``since`` is when the trouble began and ``checkpoint`` what had been shipped then, both put into our
    clock; ``opened_at``, ``changed_at`` and ``resolved_at`` are ours. ``good_polls`` and ``good_since``
    (OCP's clock) count towards the closing hold, of which ``closing_hold`` is the time part, taken from
    when it last was not well. ``revision`` grows by one with every write: two writers never both win.
    """

    number: IncidentNumber
    subject: Subject
    lifecycle: Lifecycle
    problem: Problem
    severity: Severity
    because: Evidence
    since: datetime
    opened_at: datetime
    changed_at: datetime
    worst_severity: Severity
    worst_delay: timedelta | None = None
    delay: timedelta | None = None
    checkpoint: datetime | None = None
    resolved_at: datetime | None = None
    good_polls: int = 0
    good_since: datetime | None = None
    closing_hold: timedelta = timedelta(0)
    reopened: int = 0
    shown_delay: timedelta | None = None
    """The delay that the last message about it stated."""
    gap: RecoveryGap | None = None
    """From when to when nothing can be restored, put into our clock, where observations show it."""
    handling: Handling = UNTOUCHED
    snapshot: Snapshot | None = None
    already: bool = False
    """Whether it was so when it was first looked at: ``since`` is then, it may have begun long before."""
    revision: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is pending or firing."""
        return self.lifecycle is not Lifecycle.RESOLVED

    @property
    def burns(self) -> bool:
        """Whether it is open and not well again."""
        return self.is_open and not self.good_polls

    @property
    def recovers(self) -> bool:
        """Whether it is open and well again for now."""
        return self.is_open and self.good_polls > 0

    @property
    def read_at(self) -> datetime:
        """When its figures were read; when it last changed where nothing else is known."""
        return self.changed_at if self.snapshot is None else self.snapshot.read_at

    def extent(self, delay: timedelta | None) -> timedelta:
        """Give how much log is in question: ``delay`` is not shipped, or more than that is lost for good."""
        lost = timedelta(0) if self.gap is None else self.gap.end - self.gap.start
        return lost if delay is None else max(delay, lost)


class Change(StrEnum):
    """What a transition did; the same word in the replay, the audit trail and the metrics."""

    OPENED = "opened"
    WORSENED = "worsened"
    EASED = "eased"
    RESOLVED = "resolved"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Transition:
    """One change that people may be told of: what was, what is, and when (our clock).

    ``before`` is None for a new incident.
    """

    change: Change
    before: Incident | None
    after: Incident
    at: datetime
    because: Evidence


@dataclass(frozen=True, slots=True)
class Step:
    """What one assessment did to an incident: the incident now (None: there is none), and its transition.

    An incident may be other than before without a transition: its delay moved on, a good poll counted.
    """

    incident: Incident | None
    transition: Transition | None = None
