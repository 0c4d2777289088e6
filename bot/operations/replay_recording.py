"""Runs the rules of the watch over readings of the past, and tells what would have happened."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.finding import Verdict
from bot.domain.incident import (
    UNNUMBERED,
    Incident,
    IncidentNumber,
    Transition,
    task_subject_key,
)
from bot.domain.lifecycle import advance
from bot.domain.reading import FailedReading, Reading
from bot.domain.roster import (
    Folded,
    Judged,
    KnownCluster,
    ThresholdsFor,
    Unread,
    another_failure,
    fold_failure,
    fold_reading,
    judge_source,
)
from bot.domain.task import Cluster, ClusterId, SourceName, TaskKey


@dataclass(slots=True)
class _Source:
    """One source as the replay knows it. ``failed_until`` is the cluster whose next reading is a new poll."""

    clusters: dict[ClusterId, KnownCluster] = field(default_factory=dict)
    unread: Unread | None = None
    first_read: ClusterId | None = None


class Replay:
    """The watch without a world: readings go in by their order, transitions come out.

    It holds what the watch holds of the present, and nothing of the past but each subject's last incident.
    """

    def __init__(self, thresholds_for: ThresholdsFor) -> None:
        self._limits = thresholds_for
        self._sources: dict[SourceName, _Source] = {}
        self._incidents: dict[str, Incident] = {}
        self._numbers = 0
        self.observations = 0

    @property
    def open_incidents(self) -> tuple[Incident, ...]:
        """The incidents that have not been resolved."""
        return tuple(incident for incident in self._incidents.values() if incident.is_open)

    def take(self, item: Reading | FailedReading) -> list[Transition]:
        """Take one reading, or one that failed, and give the transitions that it makes."""
        if isinstance(item, FailedReading):
            return self._judge(self._failed(item), item.at)
        return self._judge(self._read(item), item.at)

    def _read(self, reading: Reading) -> Iterable[Judged]:
        source = self._sources.setdefault(reading.cluster.source, _Source())
        known = source.clusters.get(reading.cluster.id, KnownCluster(reading.cluster))
        if reading.cluster.name is None and known.cluster.name is not None:
            reading = replace(reading, cluster=known.cluster)
        self.observations += len(reading.tasks)
        folded = fold_reading(known, reading, self._limits, self._is_troubled)
        source.clusters[reading.cluster.id] = folded.cluster
        yield from folded.judged
        source.unread = None
        source.first_read = source.first_read or reading.cluster.id
        if source.first_read == reading.cluster.id:
            limits = self._limits(reading.cluster.source, None, None, None)
            yield judge_source(reading.cluster.source, None, reading.at, limits)

    def _failed(self, failure: FailedReading) -> Iterable[Judged]:
        source = self._sources.setdefault(failure.source, _Source())
        if failure.cluster is not None:
            yield from self._cluster_failed(source, failure, failure.cluster).judged
            return
        source.unread = another_failure(source.unread, failure)
        source.first_read = None
        limits = self._limits(failure.source, None, None, None)
        yield judge_source(failure.source, source.unread, failure.at, limits)

    def _cluster_failed(self, source: _Source, failure: FailedReading, cluster: ClusterId) -> Folded:
        known = source.clusters.get(cluster, KnownCluster(Cluster(failure.source, cluster)))
        limits = self._limits(failure.source, cluster, known.cluster.name, None)
        folded = fold_failure(known, failure, limits)
        source.clusters[cluster] = folded.cluster
        return folded

    def _is_troubled(self, key: TaskKey) -> bool:
        incident = self._incidents.get(task_subject_key(key)) if self._incidents else None
        return incident is not None and incident.is_open

    def _judge(self, judged: Iterable[Judged], now: datetime) -> list[Transition]:
        return [
            transition
            for one in judged
            if one.assessment.verdict is Verdict.HOLDS or one.subject.key in self._incidents
            if (transition := self._advance(one, now)) is not None
        ]

    def _advance(self, judged: Judged, now: datetime) -> Transition | None:
        subject = judged.subject
        step = advance(
            self._incidents.get(subject.key),
            subject,
            judged.assessment,
            self._limits(subject.source, subject.cluster, subject.cluster_label, subject.tenant_label),
            now,
            checkpoint=None if judged.task is None else judged.task.checkpoint,
        )
        incident = step.incident
        if incident is None:
            self._incidents.pop(subject.key, None)
            return None
        if incident.number == UNNUMBERED:
            self._numbers += 1
            incident = replace(incident, number=IncidentNumber(self._numbers))
        self._incidents[subject.key] = incident
        return None if step.transition is None else replace(step.transition, after=incident)


@dataclass(frozen=True, slots=True)
class Page:
    """One recorded page: what was read from it, whether it begins a list, and whether it ends a poll."""

    reading: Reading
    begins: bool
    ends: bool


def joined(pages: Iterable[Page | FailedReading]) -> Iterator[Reading | FailedReading]:
    """Join the pages of each cluster's list to one reading.

    A list whose end is missing is given as not complete: what it lacks proves nothing.
    """
    begun: dict[tuple[SourceName, ClusterId], Reading] = {}
    for page in pages:
        if isinstance(page, FailedReading):
            if page.cluster is not None:
                yield from _cut_short(begun.pop((page.source, page.cluster), None))
            yield page
            continue
        place = (page.reading.cluster.source, page.reading.cluster.id)
        before = begun.pop(place, None)
        if before is not None and page.begins:
            yield from _cut_short(before)
            before = None
        reading = page.reading if before is None else _with(before, page.reading)
        if page.ends:
            yield reading
        else:
            begun[place] = reading
    for reading in begun.values():
        yield from _cut_short(reading)


def _cut_short(reading: Reading | None) -> Iterator[Reading]:
    if reading is not None:
        yield replace(reading, complete=False)


def _with(before: Reading, page: Reading) -> Reading:
    """Add a page to those before it; a row that moved between them counts once, as it was read last."""
    tasks = {task.key: task for task in before.tasks}
    tasks.update({task.key: task for task in page.tasks})
    return replace(page, tasks=tuple(tasks.values()), skipped=before.skipped + page.skipped)
