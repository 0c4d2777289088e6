"""An incident: the state of trouble of one subject, and how one assessment moves it on."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.evidence import Evidence
from bot.domain.finding import Assessment, RecoveryGap, Verdict
from bot.domain.problem import Problem, Severity
from bot.domain.task import ClusterId, SourceName, Task, TaskKey
from bot.domain.thresholds import Thresholds

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


def cluster_subject(source: SourceName, cluster: ClusterId, label: str) -> Subject:
    """Make the subject of an incident about a whole cluster: it cannot be read, or has no task."""
    return Subject(key=f"cluster:{source}/{cluster}", source=source, cluster=cluster, cluster_label=label)


def source_subject(source: SourceName) -> Subject:
    """Make the subject of an incident about a whole source."""
    return Subject(key=f"source:{source}", source=source)


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
    revision: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is pending or firing."""
        return self.lifecycle is not Lifecycle.RESOLVED


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


def advance(
    incident: Incident | None,
    subject: Subject,
    assessment: Assessment,
    thresholds: Thresholds,
    now: datetime,
    *,
    offset: timedelta = timedelta(0),
    checkpoint: datetime | None = None,
) -> Step:
    """Move a subject's incident on by one assessment.

    ``incident`` is the subject's last one, open or resolved, or None. ``now`` is our clock and
    ``offset`` how far it is ahead of OCP's. An UNKNOWN assessment changes nothing.
    """
    match assessment.verdict:
        case Verdict.UNKNOWN:
            return Step(incident)
        case Verdict.CLEAR:
            return _on_clear(incident, assessment, thresholds, now, offset)
        case Verdict.HOLDS:
            if incident is None or not incident.is_open:
                return _on_new(incident, subject, assessment, thresholds, now, offset, checkpoint)
            return _on_lasting(incident, assessment, thresholds, now, offset)


def _gap(known: RecoveryGap | None, assessment: Assessment, offset: timedelta) -> RecoveryGap | None:
    """Give the gap as last observed, in our clock; one that was seen is not forgotten."""
    if assessment.gap is None:
        return known
    return RecoveryGap(start=assessment.gap.start + offset, end=assessment.gap.end + offset)


def _on_new(
    last: Incident | None,
    subject: Subject,
    assessment: Assessment,
    thresholds: Thresholds,
    now: datetime,
    offset: timedelta,
    checkpoint: datetime | None,
) -> Step:
    opening = [finding for finding in assessment.findings if finding.opens]
    if not opening:
        return Step(last)
    gravest = opening[0]
    severity = max(finding.severity for finding in opening)
    if (
        last is not None
        and last.resolved_at is not None
        and now - last.resolved_at <= thresholds.reopen_within
    ):
        again = replace(
            last,
            lifecycle=Lifecycle.FIRING,
            problem=gravest.problem,
            severity=severity,
            because=gravest.evidence,
            changed_at=now,
            resolved_at=None,
            worst_severity=max(last.worst_severity, severity),
            worst_delay=_larger(last.worst_delay, assessment.delay),
            delay=assessment.delay,
            good_polls=0,
            good_since=None,
            closing_hold=assessment.closing_hold,
            reopened=last.reopened + 1,
            gap=_gap(last.gap, assessment, offset),
        )
        return Step(again, Transition(Change.REOPENED, last, again, now, gravest.evidence))
    since = gravest.since + offset
    waiting = thresholds.pending > timedelta(0)
    opened = Incident(
        number=UNNUMBERED,
        subject=subject,
        lifecycle=Lifecycle.PENDING if waiting else Lifecycle.FIRING,
        problem=gravest.problem,
        severity=severity,
        because=gravest.evidence,
        since=min(since, now),
        opened_at=now,
        changed_at=now,
        worst_severity=severity,
        worst_delay=assessment.delay,
        delay=assessment.delay,
        checkpoint=None if checkpoint is None else checkpoint + offset,
        closing_hold=assessment.closing_hold,
        gap=_gap(None, assessment, offset),
    )
    return Step(opened, None if waiting else Transition(Change.OPENED, None, opened, now, gravest.evidence))


def _on_lasting(
    incident: Incident, assessment: Assessment, thresholds: Thresholds, now: datetime, offset: timedelta
) -> Step:
    gravest = assessment.findings[0]
    severity = assessment.severity
    after = replace(
        incident,
        problem=gravest.problem,
        severity=severity,
        because=gravest.evidence,
        worst_severity=max(incident.worst_severity, severity),
        worst_delay=_larger(incident.worst_delay, assessment.delay),
        delay=assessment.delay,
        good_polls=0,
        good_since=None,
        closing_hold=max(incident.closing_hold, assessment.closing_hold),
        gap=_gap(incident.gap, assessment, offset),
    )
    if incident.lifecycle is Lifecycle.PENDING:
        if now - incident.opened_at < thresholds.pending:
            return Step(after)
        fired = replace(after, lifecycle=Lifecycle.FIRING, changed_at=now)
        return Step(fired, Transition(Change.OPENED, None, fired, now, gravest.evidence))
    before_rank = (incident.severity, incident.problem.gravity)
    after_rank = (severity, gravest.problem.gravity)
    if after_rank == before_rank:
        return Step(after)
    after = replace(after, changed_at=now)
    change = Change.WORSENED if after_rank > before_rank else Change.EASED
    return Step(after, Transition(change, incident, after, now, gravest.evidence))


def _on_clear(
    incident: Incident | None,
    assessment: Assessment,
    thresholds: Thresholds,
    now: datetime,
    offset: timedelta,
) -> Step:
    if incident is None or not incident.is_open:
        return Step(incident)
    if incident.lifecycle is Lifecycle.PENDING:
        return Step(None)
    good_since = incident.good_since or assessment.at
    after = replace(
        incident,
        delay=assessment.delay,
        good_polls=incident.good_polls + 1,
        good_since=good_since,
        gap=_gap(incident.gap, assessment, offset),
    )
    held = assessment.at - good_since
    if after.good_polls < thresholds.closing_polls or held < max(
        incident.closing_hold, assessment.closing_hold
    ):
        return Step(after)
    resolved = replace(after, lifecycle=Lifecycle.RESOLVED, changed_at=now, resolved_at=now)
    return Step(resolved, Transition(Change.RESOLVED, incident, resolved, now, assessment.because))


def _larger(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    if one is None or other is None:
        return one if other is None else other
    return max(one, other)
