"""Judges what a poll brought: what is known afterwards, and what the rules say; nothing is kept yet."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.detection import delay_limits
from bot.domain.evidence import NotWatched
from bot.domain.finding import Verdict
from bot.domain.incident import Incident, Snapshot, task_subject_key
from bot.domain.lifecycle import advance, retire
from bot.domain.roster import (
    Folded,
    Judged,
    KnownCluster,
    ThresholdsFor,
    Unread,
    another_failure,
    fold_failure,
    fold_reading,
    fold_unlisted,
    judge_source,
    taken_for_dropped,
)
from bot.domain.task import Cluster, ClusterId, TaskKey
from bot.domain.thresholds import Thresholds
from bot.operations.desk import Desk
from bot.operations.in_slices import SLICE, in_slices
from bot.operations.keep_incidents import Advanced
from bot.operations.read_source import PollResult
from bot.operations.source_state import SourceState

Watches = Callable[[Cluster], bool]
"""Whether the settings still mean a cluster."""


@dataclass(frozen=True, slots=True)
class Retired:
    """A cluster that is no longer watched, and why."""

    cluster: KnownCluster
    because: NotWatched


@dataclass(frozen=True, slots=True)
class Decided:
    """What a poll amounts to. ``newcomers`` are the clusters that were read for the first time.

    ``unlisted`` are those that are known and that OCP no longer lists; they are among ``folded`` unless the
    list itself could not be had. ``retired`` are forgotten.
    """

    folded: tuple[Folded, ...]
    judged: tuple[Judged, ...]
    unread: Unread | None
    newcomers: frozenset[ClusterId]
    unlisted: tuple[KnownCluster, ...] = ()
    retired: tuple[Retired, ...] = ()


async def decide(
    state: SourceState, result: PollResult, thresholds_for: ThresholdsFor, now: datetime, watches: Watches
) -> Decided:
    """Fold what was read into what is known, and judge every subject that may be in trouble.

    Others get their turn in between: a large fleet takes a tenth of a second.
    """
    incidents = state.desk.incidents

    def troubled(key: TaskKey) -> bool:
        incident = incidents.get(task_subject_key(key)) if incidents else None
        return incident is not None and incident.is_open

    folded: list[Folded] = []
    newcomers: set[ClusterId] = set()
    judged_since_pause = 0
    for reading in result.readings:
        known = state.clusters.get(reading.cluster.id, KnownCluster(reading.cluster))
        if known.read_at is None:
            newcomers.add(reading.cluster.id)
        folded.append(fold_reading(known, reading, thresholds_for, troubled))
        judged_since_pause += len(reading.tasks)
        if judged_since_pause >= SLICE:
            judged_since_pause = 0
            await asyncio.sleep(0)
    unlisted, retired = _unlisted(state, result, now, watches)
    unread = None
    if result.failure is not None:
        unread = another_failure(state.unread, result.failure)
    else:
        folded.extend(_failures(state, result, thresholds_for))
        folded.extend(
            fold_unlisted(known, now, _limits_of(known.cluster, thresholds_for)) for known in unlisted
        )
    source = judge_source(state.source, unread, now, thresholds_for(state.source, None, None, None))
    judged = (source, *(one for cluster in folded for one in cluster.judged))
    return Decided(tuple(folded), judged, unread, frozenset(newcomers), tuple(unlisted), tuple(retired))


def _failures(state: SourceState, result: PollResult, thresholds_for: ThresholdsFor) -> Iterable[Folded]:
    for cluster, failure in result.failures:
        known = state.clusters.get(cluster.id, KnownCluster(cluster))
        yield fold_failure(known, failure, _limits_of(cluster, thresholds_for))


def _limits_of(cluster: Cluster, thresholds_for: ThresholdsFor) -> Thresholds:
    return thresholds_for(cluster.source, cluster.id, cluster.name, None)


def _unlisted(
    state: SourceState, result: PollResult, now: datetime, watches: Watches
) -> tuple[list[KnownCluster], list[Retired]]:
    """Tell of the known clusters that are not listed which are only unlisted, and which are retired."""
    listed = state.listed if result.clusters is None else result.clusters
    ids = set() if listed is None else {cluster.id for cluster in listed.clusters}
    unlisted: list[KnownCluster] = []
    retired: list[Retired] = []
    for known in state.clusters.values():
        if known.cluster.id in ids:
            continue
        sure = result.failure is None and result.list_failure is None
        dropped = taken_for_dropped(known, now) if sure else None
        if not watches(known.cluster):
            retired.append(Retired(known, NotWatched()))
        elif dropped is not None:
            retired.append(Retired(known, NotWatched(unlisted_for=dropped)))
        else:
            unlisted.append(known)
    return unlisted, retired


async def advance_all(
    desk: Desk, decided: Decided, thresholds_for: ThresholdsFor, now: datetime
) -> list[Advanced]:
    """Move the incident of every judged subject on, and end those of what is no longer watched."""
    known = {folded.cluster.cluster.id: folded.cluster for folded in decided.folded}
    advanced: list[Advanced] = []
    async for some in in_slices(decided.judged):
        advanced += [
            _advance(desk, judged, decided.newcomers, known, thresholds_for, now)
            for judged in some
            if judged.assessment.verdict is Verdict.HOLDS or judged.subject.key in desk.incidents
        ]
    reasons = {retired.cluster.cluster.id: retired.because for retired in decided.retired}
    return [*advanced, *retire_all(desk.incidents, reasons, now)]


def retire_all(
    incidents: Mapping[str, Incident], reasons: Mapping[ClusterId, NotWatched], now: datetime
) -> Iterable[Advanced]:
    """End the incidents about these clusters and their tasks."""
    for incident in incidents.values():
        cluster = incident.subject.cluster
        because = None if cluster is None else reasons.get(cluster)
        if because is not None:
            yield Advanced(incident, retire(incident, because, now))


def _advance(
    desk: Desk,
    judged: Judged,
    newcomers: frozenset[ClusterId],
    known: Mapping[ClusterId, KnownCluster],
    thresholds_for: ThresholdsFor,
    now: datetime,
) -> Advanced:
    """Move one incident on. What is broken when a cluster is first read need not be waited for."""
    subject, task = judged.subject, judged.task
    before = desk.incidents.get(subject.key)
    limits = thresholds_for(subject.source, subject.cluster, subject.cluster_label, subject.tenant_label)
    held = replace(limits, pending=timedelta(0)) if subject.cluster in newcomers else limits
    step = advance(
        before,
        subject,
        judged.assessment,
        held,
        now,
        offset=judged.offset,
        checkpoint=None if task is None else task.checkpoint,
        first_look=subject.cluster in newcomers,
    )
    if step.incident is None or not step.incident.is_open:
        return Advanced(before, step)
    cluster = None if subject.cluster is None else known.get(subject.cluster)
    return Advanced(before, step, _snapshot(judged, cluster, limits, now))


def _snapshot(judged: Judged, cluster: KnownCluster | None, limits: Thresholds, now: datetime) -> Snapshot:
    """Note what the reading said of a task beside its delay, and what is normal for it."""
    task = judged.task
    if task is None:
        return Snapshot(read_at=now, offset=judged.offset)
    known = None if cluster is None else cluster.tasks.get(task.key)
    memory = None if known is None else known.memory
    normal, warning, critical = (None, None, None) if memory is None else delay_limits(memory, limits)
    return Snapshot(
        read_at=now,
        offset=judged.offset,
        status=task.status.reported,
        error=task.error,
        mode=task.mode,
        agent_server=task.agent_server,
        normal=normal,
        warning=warning,
        critical=critical,
    )


def in_trouble_anew(desk: Desk, decided: Decided) -> list[str]:
    """Give the subjects that are in trouble and of which no incident is at hand: one may be reopened."""
    return [
        judged.subject.key
        for judged in decided.judged
        if judged.assessment.verdict is Verdict.HOLDS and judged.subject.key not in desk.incidents
    ]
