"""Describes what every watch knows at this moment, as the read model that answers are made of."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from heapq import merge
from itertools import islice
from operator import attrgetter

from bot.domain.fleet import ClusterNow, FleetSnapshot, SourceNow, TaskNow
from bot.domain.fleet import worst_first as tasks_worst_first
from bot.domain.incident import Incident, cluster_subject, source_subject, task_subject_key
from bot.domain.look import worst_first
from bot.domain.ranking import Ranked, ranked
from bot.domain.reading import PollFailure
from bot.domain.roster import KnownCluster, Unread
from bot.operations.in_slices import SLICE, in_slices
from bot.operations.source_state import SourceState

SORTED_AT_ONCE = 500
"""So many tasks are sorted in one go: a millisecond."""


def describe(states: Sequence[SourceState]) -> FleetSnapshot:
    """Describe all sources. Costs time in the number of tasks; ``FleetView`` keeps it between polls."""
    return _snapshot([_described(state) for state in states])


@dataclass(frozen=True, slots=True)
class _Described:
    """One source as it was after so many changes, with its open incidents."""

    source: SourceNow
    incidents: tuple[Incident, ...]
    changes: int


class FleetView:
    """The fleet as it was described when somebody last asked.

    ``is_asked_for`` is whether anybody has looked since it was described: then it is worth describing anew
    before the next one asks. So it is before the first one does.
    """

    def __init__(self, states: Sequence[SourceState]) -> None:
        self._states = states
        self._described: list[_Described | None] = [None] * len(states)
        self._coming: list[int | None] = [None] * len(states)
        self._snapshot: FleetSnapshot | None = None
        self._turn = asyncio.Lock()
        self.is_asked_for = True

    def now(self) -> FleetSnapshot:
        """Describe the fleet, and anew only the sources that a poll has changed.

        What is being described at this moment is not waited for: as it was before the poll it still holds.
        """
        self.is_asked_for = True
        stale = self._stale()
        for number in stale:
            self._described[number] = _described(self._states[number])
        if stale or self._snapshot is None:
            self._snapshot = _snapshot(self._described)
        return self._snapshot

    async def ready(self) -> None:
        """Wait until ``now`` costs nothing; not for what is being described already."""
        if self._stale():
            await self.renew()

    def forget(self) -> None:
        """Let go of what holds no more, and of all that it keeps in memory: nobody has asked for it."""
        for number in self._stale():
            self._described[number] = self._snapshot = None

    def _stale(self) -> list[int]:
        """Give the sources of which there is no description that holds, or held before it was begun anew."""
        return [
            number
            for number, (state, known) in enumerate(zip(self._states, self._described, strict=True))
            if known is None or state.changes not in (known.changes, self._coming[number])
        ]

    async def renew(self) -> None:
        """Describe what a poll has changed before it is looked at; others get their turn in between.

        Where it changes meanwhile, what was described is of no use: whoever looks does it.
        """
        async with self._turn:
            try:
                await self._renew()
            finally:
                self._coming = [None] * len(self._states)

    async def _renew(self) -> None:
        fresh: dict[int, _Described] = {}
        for number in self._stale():
            state = self._states[number]
            self._coming[number] = state.changes
            fresh[number] = await _in_turns(state)
        if not fresh:
            return
        described = [fresh.get(number, known) for number, known in enumerate(self._described)]
        ranking = await _ranked_in_turns([one for one in described if one is not None])
        for number, one in fresh.items():
            if one.changes == self._states[number].changes:
                self._described[number] = one
        still = all(one is known for one, known in zip(described, self._described, strict=True))
        self._snapshot = _snapshot(self._described, ranking) if still else None
        self.is_asked_for = False


async def _ranked_in_turns(described: Sequence[_Described]) -> Ranked[TaskNow]:
    """Sort all tasks from the worst, a few hundred at a time."""
    tasks = [task for one in described for cluster in one.source.clusters for task in cluster.tasks]
    runs = [tasks_worst_first(some) async for some in in_slices(tasks, SORTED_AT_ONCE)]
    merged = merge(*runs, key=attrgetter("worst_first"))
    found: list[TaskNow] = []
    behind: list[float] = []
    while (some := ranked(islice(merged, SORTED_AT_ONCE))).tasks:
        found += some.tasks
        behind += some.behind
        await asyncio.sleep(0)
    return Ranked(tuple(found), tuple(behind))


def _snapshot(
    described: Sequence[_Described | None], ranking: Ranked[TaskNow] | None = None
) -> FleetSnapshot:
    known = [one for one in described if one is not None]
    incidents = sorted((incident for one in known for incident in one.incidents), key=worst_first)
    return FleetSnapshot(tuple(one.source for one in known), tuple(incidents), ranking)


async def _in_turns(state: SourceState) -> _Described:
    """Describe a source cluster by cluster, with how each of them stands."""
    incidents, changes = _incidents(state), state.changes
    clusters: list[ClusterNow] = []
    since_pause = 0
    for number, known in list(state.clusters.items()):
        cluster = _cluster(known, incidents, state.ocp_limits.get(number))
        clusters.append(cluster)
        cluster.worst_first  # noqa: B018 - how it and its tasks stand is found out here, and kept
        for task in cluster.tasks:
            task.worst_first  # noqa: B018 - lists sort by it
        since_pause += len(cluster.tasks)
        if since_pause >= SLICE:
            since_pause = 0
            await asyncio.sleep(0)
    return _Described(_source(state, tuple(clusters)), tuple(incidents.values()), changes)


def _described(state: SourceState) -> _Described:
    incidents = _incidents(state)
    clusters = (
        _cluster(known, incidents, state.ocp_limits.get(number)) for number, known in state.clusters.items()
    )
    return _Described(_source(state, tuple(clusters)), tuple(incidents.values()), state.changes)


def _incidents(state: SourceState) -> Mapping[str, Incident]:
    return {key: incident for key, incident in state.desk.incidents.items() if incident.is_open}


def _source(state: SourceState, clusters: tuple[ClusterNow, ...]) -> SourceNow:
    offsets = [cluster.clock_offset for cluster in state.clusters.values() if cluster.received_at is not None]
    incident = state.desk.incidents.get(source_subject(state.source).key)
    return SourceNow(
        name=state.source,
        interval=state.interval,
        clusters=clusters,
        read_at=state.last_read_at,
        duration=state.took,
        offset=min(offsets, default=None),
        failure=_failure(state.unread),
        incident=incident if incident is not None and incident.is_open else None,
    )


def _cluster(
    known: KnownCluster, incidents: Mapping[str, Incident], ocp_limit: timedelta | None
) -> ClusterNow:
    offset = known.clock_offset
    tasks = tuple(
        TaskNow(
            task=task.task,
            cluster=known.cluster,
            at=task.listed_at,
            offset=offset,
            assessment=task.assessment,
            incident=incidents.get(task_subject_key(key)) if incidents else None,
            listed=task.absent_polls == 0,
        )
        for key, task in known.tasks.items()
    )
    subject = cluster_subject(known.cluster.source, known.cluster.id, known.cluster.label)
    return ClusterNow(
        cluster=known.cluster,
        tasks=tasks,
        read_at=known.received_at,
        failure=_failure(known.unread),
        incident=incidents.get(subject.key),
        complete=known.complete,
        skipped=known.skipped,
        ocp_limit=ocp_limit,
    )


def _failure(unread: Unread | None) -> PollFailure | None:
    if unread is None:
        return None
    return PollFailure(
        since=unread.since,
        sentence=unread.last.sentence,
        reason=unread.last.reason,
        polls=unread.polls,
        trace_id=unread.last.trace_id,
    )
