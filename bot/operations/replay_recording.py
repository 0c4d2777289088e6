"""Runs the rules of the watch over readings of the past, and tells what would have happened."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.finding import Verdict
from bot.domain.incident import (
    UNNUMBERED,
    Incident,
    IncidentNumber,
    Lifecycle,
    Transition,
    task_subject_key,
)
from bot.domain.lifecycle import advance
from bot.domain.reading import FailedReading, Reading
from bot.domain.roster import (
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
    """One source as the replay knows it.

    ``in_trouble`` is whether there ever was a poll in which nothing could be read. From then on ``polled``
    are the clusters that the present poll has come to, and ``answered`` is whether one of them could be.
    """

    clusters: dict[ClusterId, KnownCluster] = field(default_factory=dict)
    unread: Unread | None = None
    polled: set[ClusterId] = field(default_factory=set)
    answered: bool = False
    in_trouble: bool = False

    def come_to(self, cluster: ClusterId) -> None:
        """Come to a cluster: a second time within a poll is the first one of the next poll."""
        if cluster in self.polled:
            self.begin_poll()
        self.polled.add(cluster)

    def begin_poll(self) -> None:
        """Begin another poll."""
        self.polled.clear()
        self.answered = False


class Replay:
    """The watch without a world: readings go in by their order, transitions come out.

    It holds what the watch holds of the present, and nothing of the past but each subject's last incident.
    """

    def __init__(self, thresholds_for: ThresholdsFor) -> None:
        self._limits = thresholds_for
        self._sources: defaultdict[SourceName, _Source] = defaultdict(_Source)
        self._incidents: dict[str, Incident] = {}
        self._numbers = 0

    def take(self, item: Reading | FailedReading) -> list[Transition]:
        """Take one reading, or one that failed, and give the transitions that it makes."""
        if isinstance(item, Reading):
            return self._read(item)
        source = self._sources[item.source]
        if item.cluster is None:
            return self._judge((self._source_failed(source, item),), item.at)
        return self._judge(self._cluster_failed(source, item, item.cluster), item.at)

    @property
    def firing(self) -> list[Incident]:
        """What is open and was told of, as the last reading left it."""
        return [one for one in self._incidents.values() if one.lifecycle is Lifecycle.FIRING]

    def _read(self, reading: Reading) -> list[Transition]:
        cluster = reading.cluster
        source = self._sources[cluster.source]
        known = source.clusters.get(cluster.id) or KnownCluster(cluster)
        if cluster.name is None and known.cluster.name is not None:
            reading = replace(reading, cluster=known.cluster)
        folded = fold_reading(known, reading, self._limits, self._is_troubled)
        source.clusters[cluster.id] = folded.cluster
        judged = folded.judged
        if source.in_trouble:
            source.come_to(cluster.id)
            judged = (*self._source_answered(source, reading), *judged)
        return self._judge(judged, reading.received_at, first=known.read_at is None)

    def _source_answered(self, source: _Source, reading: Reading) -> Iterable[Judged]:
        """Judge the source at the first cluster of a poll that could be read."""
        if source.answered:
            return
        source.answered = True
        source.unread = None
        name = reading.cluster.source
        yield judge_source(name, None, reading.received_at, self._limits(name, None, None, None))

    def _source_failed(self, source: _Source, failure: FailedReading) -> Judged:
        source.unread = another_failure(source.unread, failure)
        source.in_trouble = True
        source.begin_poll()
        limits = self._limits(failure.source, None, None, None)
        return judge_source(failure.source, source.unread, failure.at, limits)

    def _cluster_failed(
        self, source: _Source, failure: FailedReading, cluster: ClusterId
    ) -> tuple[Judged, ...]:
        known = source.clusters.get(cluster, KnownCluster(Cluster(failure.source, cluster)))
        folded = fold_failure(known, failure, self._limits(failure.source, cluster, known.cluster.name, None))
        source.clusters[cluster] = folded.cluster
        if source.in_trouble:
            source.come_to(cluster)
        return folded.judged

    def _is_troubled(self, key: TaskKey) -> bool:
        incident = self._incidents.get(task_subject_key(key)) if self._incidents else None
        return incident is not None and incident.is_open

    def _judge(self, judged: Iterable[Judged], now: datetime, *, first: bool = False) -> list[Transition]:
        """Move incidents on. What is broken when a cluster is ``first`` read need not be waited for."""
        return [
            transition
            for one in judged
            if one.assessment.verdict is Verdict.HOLDS or one.subject.key in self._incidents
            if (transition := self._advance(one, now, first=first)) is not None
        ]

    def _advance(self, judged: Judged, now: datetime, *, first: bool) -> Transition | None:
        subject = judged.subject
        limits = self._limits(subject.source, subject.cluster, subject.cluster_label, subject.tenant_label)
        step = advance(
            self._incidents.get(subject.key),
            subject,
            judged.assessment,
            replace(limits, pending=timedelta(0)) if first else limits,
            now,
            offset=judged.offset,
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
