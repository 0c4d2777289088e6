"""Describes what every watch knows at this moment, as the read model that answers are made of."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.domain.fleet import ClusterNow, FleetSnapshot, PollFailure, SourceNow, TaskNow
from bot.domain.incident import Incident, cluster_subject, source_subject, task_subject_key
from bot.domain.roster import KnownCluster, Unread
from bot.operations.source_state import SourceState


def describe(states: Sequence[SourceState]) -> FleetSnapshot:
    """Describe all sources. Costs time in the number of tasks; ``FleetView`` keeps it between polls."""
    sources = tuple(_source(state) for state in states)
    incidents = tuple(
        incident for state in states for incident in state.desk.incidents.values() if incident.is_open
    )
    return FleetSnapshot(sources, tuple(sorted(incidents, key=_worst_first)))


class FleetView:
    """The fleet as it was described after the last poll of each source."""

    def __init__(self, states: Sequence[SourceState]) -> None:
        self._states = states
        self._described: FleetSnapshot | None = None
        self._of: tuple[int, ...] = ()

    def now(self) -> FleetSnapshot:
        """Describe the fleet, anew only where a poll has changed it."""
        of = tuple(state.changes for state in self._states)
        if self._described is None or of != self._of:
            self._described = describe(self._states)
            self._of = of
        return self._described


def _worst_first(incident: Incident) -> tuple[int, int, int]:
    return (-incident.severity, -incident.problem.gravity, incident.number)


def _source(state: SourceState) -> SourceNow:
    incidents = {key: incident for key, incident in state.desk.incidents.items() if incident.is_open}
    offsets = [cluster.clock_offset for cluster in state.clusters.values() if cluster.received_at is not None]
    return SourceNow(
        name=state.source,
        interval=state.interval,
        clusters=tuple(
            _cluster(cluster, incidents, state.ocp_limits.get(number))
            for number, cluster in state.clusters.items()
        ),
        read_at=state.last_read_at,
        duration=state.took,
        offset=min(offsets, default=None),
        failure=_failure(state.unread),
        incident=incidents.get(source_subject(state.source).key),
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
