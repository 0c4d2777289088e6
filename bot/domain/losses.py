"""What is lost for good though it is over: put beside the tasks that it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.fleet import ClusterNow, FleetSnapshot, SourceNow
from bot.domain.incident import Incident, task_subject_key

TOLD = timedelta(days=7)
"""So long after its incident was over a loss of which nobody has noted anything is told as present."""
MOST = 100
"""So many losses, those that ended last, are told as present; lists have them all."""


def with_losses(fleet: FleetSnapshot, losses: Sequence[Incident]) -> FleetSnapshot:
    """Describe the fleet with these losses, the latest first; a task that has several has its latest."""
    by_subject = {one.subject.key: one for one in reversed(losses)}
    places = {(one.subject.source, one.subject.cluster) for one in losses}
    names = {source for source, _ in places}

    def shown(source: SourceNow) -> SourceNow:
        clusters = tuple(
            _with_losses(one, by_subject) if (source.name, one.cluster.id) in places else one
            for one in source.clusters
        )
        return replace(source, clusters=clusters)

    sources = tuple(shown(one) if one.name in names else one for one in fleet.sources)
    return FleetSnapshot(sources, fleet.incidents)


def _with_losses(cluster: ClusterNow, losses: Mapping[str, Incident]) -> ClusterNow:
    """Put losses beside the tasks of a cluster; one whose incident is open again has it there."""
    tasks = []
    for task in cluster.tasks:
        loss = losses.get(task_subject_key(task.task.key))
        is_open = loss is not None and task.incident is not None and task.incident.number == loss.number
        tasks.append(task if loss is None or is_open else replace(task, loss=loss))
    return replace(cluster, tasks=tuple(tasks))
