"""Describes what every watch knows at this moment, as the read model that answers are made of."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.domain.fleet import ClusterNow, FleetSnapshot, PollFailure, SourceNow, TaskNow
from bot.domain.incident import Incident, cluster_subject, source_subject, task_subject_key
from bot.domain.look import worst_first
from bot.domain.roster import KnownCluster, Unread
from bot.operations.in_slices import SLICE
from bot.operations.source_state import SourceState


def describe(states: Sequence[SourceState]) -> FleetSnapshot:
    """Describe all sources. Costs time in the number of tasks; ``FleetView`` keeps it between polls."""
    return FleetSnapshot(tuple(_described(state) for state in states), _open_incidents(states))


class FleetView:
    """The fleet as it was described when somebody last asked.

    ``is_asked_for`` is whether anybody has looked since it was described: then it is worth describing anew
    before the next one asks.
    """

    def __init__(self, states: Sequence[SourceState]) -> None:
        self._states = states
        self._described: FleetSnapshot | None = None
        self._of: tuple[int, ...] = ()
        self._turn = asyncio.Lock()
        self.is_asked_for = False

    def now(self) -> FleetSnapshot:
        """Describe the fleet, and anew only the sources that a poll has changed."""
        of, described = self._changes(), self._described
        if described is None or of != self._of:
            described = self._keep([kept or _described(state) for state, kept in self._kept(of)], of)
        self.is_asked_for = True
        return described

    async def renew(self) -> None:
        """Describe what a poll has changed before it is looked at; others get their turn in between.

        Where it changes meanwhile, what was described is of no use: whoever looks does it.
        """
        async with self._turn:
            of = self._changes()
            if of == self._of:
                return
            sources = [kept or await _in_turns(state) for state, kept in self._kept(of)]
            if of == self._changes():
                self._keep(sources, of)

    def _changes(self) -> tuple[int, ...]:
        return tuple(state.changes for state in self._states)

    def _kept(self, of: tuple[int, ...]) -> list[tuple[SourceState, SourceNow | None]]:
        """Give each source with its description, where that still holds."""
        if self._described is None:
            return [(state, None) for state in self._states]
        known = zip(self._states, self._described.sources, self._of, of, strict=True)
        return [(state, source if before == now else None) for state, source, before, now in known]

    def _keep(self, sources: Sequence[SourceNow], of: tuple[int, ...]) -> FleetSnapshot:
        described = FleetSnapshot(tuple(sources), _open_incidents(self._states))
        self._described, self._of, self.is_asked_for = described, of, False
        return described


async def _in_turns(state: SourceState) -> SourceNow:
    """Describe a source cluster by cluster, with how each of them stands."""
    incidents = _incidents(state)
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
    return _source(state, tuple(clusters))


def _open_incidents(states: Sequence[SourceState]) -> tuple[Incident, ...]:
    incidents = (one for state in states for one in state.desk.incidents.values() if one.is_open)
    return tuple(sorted(incidents, key=worst_first))


def _described(state: SourceState) -> SourceNow:
    incidents = _incidents(state)
    clusters = (
        _cluster(known, incidents, state.ocp_limits.get(number)) for number, known in state.clusters.items()
    )
    return _source(state, tuple(clusters))


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
