"""Judges what a poll brought: what is known afterwards, and what the rules say; nothing is kept yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.finding import Verdict
from bot.domain.incident import task_subject_key
from bot.domain.lifecycle import advance
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
from bot.domain.task import ClusterId, TaskKey
from bot.operations.keep_incidents import Advanced, Desk
from bot.operations.read_source import PollResult
from bot.operations.source_state import SourceState


@dataclass(frozen=True, slots=True)
class Decided:
    """What a poll amounts to. ``newcomers`` are the clusters that were read for the first time."""

    folded: tuple[Folded, ...]
    judged: tuple[Judged, ...]
    unread: Unread | None
    newcomers: frozenset[ClusterId]

    @property
    def offsets(self) -> dict[ClusterId, timedelta]:
        """How far our clock is ahead of OCP's, by cluster."""
        return {folded.cluster.cluster.id: folded.cluster.clock_offset for folded in self.folded}


def decide(state: SourceState, result: PollResult, thresholds_for: ThresholdsFor, now: datetime) -> Decided:
    """Fold what was read into what is known, and judge every subject that may be in trouble."""
    incidents = state.desk.incidents

    def troubled(key: TaskKey) -> bool:
        incident = incidents.get(task_subject_key(key)) if incidents else None
        return incident is not None and incident.is_open

    folded: list[Folded] = []
    newcomers: set[ClusterId] = set()
    for reading in result.readings:
        known = state.clusters.get(reading.cluster.id, KnownCluster(reading.cluster))
        if known.read_at is None:
            newcomers.add(reading.cluster.id)
        folded.append(fold_reading(known, reading, thresholds_for, troubled))
    unread = None
    if result.failure is not None:
        unread = another_failure(state.unread, result.failure)
    else:
        folded.extend(_failures(state, result, thresholds_for))
    source = judge_source(state.source, unread, now, thresholds_for(state.source, None, None, None))
    judged = (source, *(one for cluster in folded for one in cluster.judged))
    return Decided(tuple(folded), judged, unread, frozenset(newcomers))


def _failures(state: SourceState, result: PollResult, thresholds_for: ThresholdsFor) -> Iterable[Folded]:
    for cluster, failure in result.failures:
        known = state.clusters.get(cluster.id, KnownCluster(cluster))
        yield fold_failure(known, failure, thresholds_for(state.source, cluster.id, cluster.name, None))


def advance_all(desk: Desk, decided: Decided, thresholds_for: ThresholdsFor, now: datetime) -> list[Advanced]:
    """Move the incident of every judged subject on."""
    offsets = decided.offsets
    return [
        _advance(desk, judged, thresholds_for, now, offsets)
        for judged in decided.judged
        if judged.assessment.verdict is Verdict.HOLDS or judged.subject.key in desk.incidents
    ]


def _advance(
    desk: Desk,
    judged: Judged,
    thresholds_for: ThresholdsFor,
    now: datetime,
    offsets: dict[ClusterId, timedelta],
) -> Advanced:
    subject, task = judged.subject, judged.task
    before = desk.incidents.get(subject.key)
    offset = timedelta(0) if task is None else offsets[task.key.cluster]
    step = advance(
        before,
        subject,
        judged.assessment,
        thresholds_for(subject.source, subject.cluster, subject.cluster_label, subject.tenant_label),
        now,
        offset=offset,
        checkpoint=None if task is None else task.checkpoint,
    )
    return Advanced(before, step, task, offset)


def in_trouble_anew(desk: Desk, decided: Decided) -> list[str]:
    """Give the subjects that are in trouble and of which no incident is at hand: one may be reopened."""
    return [
        judged.subject.key
        for judged in decided.judged
        if judged.assessment.verdict is Verdict.HOLDS and judged.subject.key not in desk.incidents
    ]
