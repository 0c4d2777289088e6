"""What is known of a source's clusters and tasks, and how one poll changes it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.detection import (
    TaskMemory,
    evaluate,
    evaluate_absence,
    evaluate_empty_cluster,
    evaluate_unread,
)
from bot.domain.evidence import NewRhythm
from bot.domain.finding import Assessment, NewLevel, Verdict, clear, unknown
from bot.domain.incident import Subject, cluster_subject, source_subject, task_subject
from bot.domain.reading import FailedReading, Reading
from bot.domain.task import Cluster, ClusterId, SourceName, Task, TaskKey
from bot.domain.thresholds import Thresholds
from bot.domain.values import value

DROPPED_AFTER = timedelta(days=1)
"""A cluster that OCP has not listed for so long is taken for dropped, and is no longer watched."""
UNLISTED = "no longer listed"
UNLISTED_SENTENCE = (
    "OCP no longer lists this cluster. Was it dropped, or may the login not see it any more? "
    "After a day it is taken for dropped."
)

ThresholdsFor = Callable[[SourceName, ClusterId | None, str | None, str | None], Thresholds]
"""The limits for a source, a cluster's id and name, and a tenant's label; None: the whole of it."""


def limits_of(task: Task, thresholds_for: ThresholdsFor) -> Thresholds:
    """Give the limits that apply to a task."""
    return thresholds_for(task.key.source, task.key.cluster, task.cluster_name, task.tenant_label)


@value(frozen=True, slots=True)
class KnownTask:
    """One task as it was last listed, at ``listed_at`` (OCP's clock), and what the rules remember of it.

    ``moved`` is True for one that is absent because its tenant writes to another destination now.
    """

    task: Task
    listed_at: datetime
    absent_polls: int = 0
    memory: TaskMemory | None = None
    assessment: Assessment | None = None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """A source or cluster that could not be read in the last ``polls`` polls, since ``since`` (our clock)."""

    polls: int
    since: datetime
    last: FailedReading


@dataclass(frozen=True, slots=True)
class KnownCluster:
    """One cluster and its tasks. ``read_at`` is OCP's clock, ``received_at`` ours; None: never read yet.

    ``unlisted_since`` (our clock) is set while OCP's list of clusters does not name it any more.
    """

    cluster: Cluster
    tasks: Mapping[TaskKey, KnownTask] = field(default_factory=dict)
    read_at: datetime | None = None
    received_at: datetime | None = None
    complete: bool = True
    skipped: int = 0
    empty_polls: int = 0
    unread: Unread | None = None
    unlisted_since: datetime | None = None

    @property
    def clock_offset(self) -> timedelta:
        """How far our clock is ahead of OCP's, by the last reading."""
        if self.read_at is None or self.received_at is None:
            return timedelta(0)
        return self.received_at - self.read_at


@dataclass(frozen=True, slots=True)
class Judged:
    """One subject and what the rules say of it now. ``task`` is None for a cluster or a source.

    ``offset`` is how far our clock is ahead of the one that the assessment's instants are in.
    """

    subject: Subject
    assessment: Assessment
    task: Task | None = None
    offset: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Learned:
    """What is normal for a task from now on: a rhythm, a level of its delay (``told``), or both."""

    task: Task
    rhythm: NewRhythm | None
    level: NewLevel | None


@dataclass(frozen=True, slots=True)
class Folded:
    """A cluster after one poll, what was judged, and the tasks to forget.

    ``judged`` leaves out what is well and has no open incident: nothing can come of it. ``changed`` are the
    tasks of which more is news than times, delay and what has no place in a Task.
    """

    cluster: KnownCluster
    judged: tuple[Judged, ...]
    forgotten: tuple[TaskKey, ...] = ()
    learned: tuple[Learned, ...] = ()
    changed: tuple[KnownTask, ...] = ()


def fold_reading(
    known: KnownCluster,
    reading: Reading,
    thresholds_for: ThresholdsFor,
    troubled: Callable[[TaskKey], bool],
) -> Folded:
    """Take one reading of a cluster into what is known of it.

    ``troubled`` tells whether a task has an open incident.
    """
    holds, at = Verdict.HOLDS, reading.at
    tasks: dict[TaskKey, KnownTask] = {}
    judged: list[Judged] = []
    learned: list[Learned] = []
    arrived: list[TaskKey] = []
    changed: list[KnownTask] = []
    for task in reading.tasks:
        before = known.tasks.get(task.key)
        memory, assessment = evaluate(
            None if before is None else before.memory, task, at, limits_of(task, thresholds_for)
        )
        now = tasks[task.key] = KnownTask(task, at, 0, memory, assessment)
        if before is None:
            arrived.append(task.key)
            changed.append(now)
        elif before.absent_polls or not task.says_the_same(before.task):
            changed.append(now)
        if assessment.verdict is holds or troubled(task.key):
            judged.append(Judged(task_subject(task), assessment, task, reading.clock_offset))
        if assessment.learned is not None or assessment.told is not None:
            learned.append(Learned(task, assessment.learned, assessment.told))
    forgotten: list[TaskKey] = []
    if len(tasks) - len(arrived) < len(known.tasks):
        tenants = {key.tenant for key in arrived}
        for absent in [one for key, one in known.tasks.items() if key not in tasks]:
            kept, doubted = _fold_absent(absent, reading, tenants, thresholds_for, troubled)
            if kept is None:
                forgotten.append(absent.task.key)
                continue
            tasks[kept.task.key] = kept
            judged += doubted
            if kept.absent_polls != absent.absent_polls:
                changed.append(kept)
    after = _read(known, reading, tasks)
    limits = thresholds_for(reading.cluster.source, reading.cluster.id, reading.cluster.name, None)
    judged.append(_judge_cluster(after, reading, limits))
    return Folded(after, tuple(judged), tuple(forgotten), tuple(learned), tuple(changed))


def _fold_absent(
    absent: KnownTask,
    reading: Reading,
    tenants: Collection[str | None],
    thresholds_for: ThresholdsFor,
    troubled: Callable[[TaskKey], bool],
) -> tuple[KnownTask | None, list[Judged]]:
    """Take in that a task is not listed: what is known of it now, None where it is forgotten.

    ``tenants`` are those of the tasks that came anew.
    """
    key = absent.task.key
    if not reading.complete:
        return absent, []
    moved = absent.moved or key.tenant in tenants
    kept, assessment = _absent(absent, reading, thresholds_for, moved=moved)
    if not troubled(key):
        if assessment.verdict is Verdict.CLEAR:
            return None, []
        if assessment.verdict is Verdict.UNKNOWN:
            return kept, []
    return kept, [Judged(task_subject(absent.task), assessment, absent.task, reading.clock_offset)]


def _read(known: KnownCluster, reading: Reading, tasks: Mapping[TaskKey, KnownTask]) -> KnownCluster:
    """Put what a reading says of the cluster itself beside its tasks; that it could not be read is over."""
    return KnownCluster(
        cluster=reading.cluster,
        tasks=tasks,
        read_at=reading.at,
        received_at=reading.received_at,
        complete=reading.complete,
        skipped=reading.skipped,
        empty_polls=_empty_polls(known, reading),
    )


def _absent(
    absent: KnownTask, reading: Reading, thresholds_for: ThresholdsFor, *, moved: bool
) -> tuple[KnownTask, Assessment]:
    """Judge a task that a complete reading no longer lists.

    It has ``moved`` if a task of the same tenant with another destination came when it was gone already.
    One of two that were listed together is not replaced by the other.
    """
    if moved:
        assessment = clear(reading.at)
        return replace(absent, moved=True, assessment=assessment), assessment
    if not reading.tasks:
        return absent, unknown(reading.at, "the whole cluster lists no task")
    kept = replace(absent, absent_polls=absent.absent_polls + 1)
    assessment = evaluate_absence(
        absent.task, kept.absent_polls, absent.listed_at, reading.at, limits_of(absent.task, thresholds_for)
    )
    return replace(kept, assessment=assessment), assessment


def _empty_polls(known: KnownCluster, reading: Reading) -> int:
    if reading.tasks or reading.skipped:
        return 0
    return known.empty_polls + 1 if reading.complete else known.empty_polls


def _judge_cluster(cluster: KnownCluster, reading: Reading, limits: Thresholds) -> Judged:
    """Judge the cluster itself: read, and with at least one task."""
    subject = cluster_subject(reading.cluster.source, reading.cluster.id, reading.cluster.label)
    if cluster.empty_polls == 0:
        whole = reading.complete and not (reading.skipped and not reading.tasks)
        assessment = clear(reading.at) if whole else unknown(reading.at, "the list is not complete")
        return Judged(subject, assessment, offset=reading.clock_offset)
    last_listed = max((known.listed_at for known in cluster.tasks.values()), default=None)
    assessment = evaluate_empty_cluster(cluster.empty_polls, last_listed, reading.at, limits)
    return Judged(subject, assessment, offset=reading.clock_offset)


def fold_failure(known: KnownCluster, failure: FailedReading, thresholds: Thresholds) -> Folded:
    """Take a failed read of one cluster into what is known of it; nothing is said of its tasks."""
    unread = another_failure(known.unread, failure)
    subject = cluster_subject(failure.source, known.cluster.id, known.cluster.label)
    after = replace(known, unread=unread, unlisted_since=None)
    return Folded(after, (Judged(subject, judge_unread(unread, thresholds)),))


def fold_unlisted(known: KnownCluster, now: datetime, thresholds: Thresholds) -> Folded:
    """Take into what is known of a cluster that OCP's list of clusters does not name it any more.

    That is told like a failed read: whether it was dropped, or hidden from the login, nobody knows.
    """
    failure = FailedReading(known.cluster.source, known.cluster.id, now, UNLISTED, UNLISTED_SENTENCE)
    folded = fold_failure(known, failure, thresholds)
    since = known.unlisted_since or now
    return replace(folded, cluster=replace(folded.cluster, unlisted_since=since))


def taken_for_dropped(known: KnownCluster, now: datetime) -> timedelta | None:
    """Tell for how long a cluster has not been listed, if that is long enough to take it for dropped."""
    if known.unlisted_since is None or now - known.unlisted_since < DROPPED_AFTER:
        return None
    return now - known.unlisted_since


def another_failure(unread: Unread | None, failure: FailedReading) -> Unread:
    """Count one more failed poll."""
    if unread is None:
        return Unread(polls=1, since=failure.at, last=failure)
    return Unread(polls=unread.polls + 1, since=unread.since, last=failure)


def judge_unread(unread: Unread, thresholds: Thresholds) -> Assessment:
    """Judge a source or cluster that cannot be read."""
    return evaluate_unread(
        unread.polls,
        unread.since,
        unread.last.at,
        reason=unread.last.reason,
        sentence=unread.last.sentence,
        trace_id=unread.last.trace_id,
        thresholds=thresholds,
    )


def judge_source(source: SourceName, unread: Unread | None, now: datetime, thresholds: Thresholds) -> Judged:
    """Judge a whole source: read, or not."""
    assessment = clear(now) if unread is None else judge_unread(unread, thresholds)
    return Judged(source_subject(source), assessment)
