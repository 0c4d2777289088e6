"""What keeps an incident quiet: a silence, or a graver incident that explains it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.domain.incident import Incident, Lifecycle
from bot.domain.problem import Problem
from bot.domain.silence import Silence
from bot.domain.task import ClusterId

Mute = Silence | Incident
"""A silence, or the incident that inhibits."""

_TASK = "task:"


@dataclass(frozen=True, slots=True)
class Inhibitors:
    """The firing incidents of one source that explain others: about the source, about whole clusters.

    ``wholes`` are about the task of a whole cluster. One that is well again explains nothing any more.
    """

    source: Incident | None = None
    clusters: Mapping[ClusterId, Incident] = field(default_factory=dict)
    wholes: Mapping[ClusterId, tuple[Incident, ...]] = field(default_factory=dict)

    def of(self, incident: Incident) -> Incident | None:
        """Give the incident that explains another: whatever is said of it would only repeat that one.

        An unreachable source explains all that it would have told of, a cluster that cannot be read or lists
        nothing its tasks, the task of the whole cluster those of its tenants that are no worse.
        """
        if self.source is not None and self.source.number != incident.number:
            return self.source
        cluster = incident.subject.cluster
        if cluster is None or not incident.subject.key.startswith(_TASK):
            return None
        if cluster in self.clusters:
            return self.clusters[cluster]
        if incident.subject.tenant is None:
            return None
        return next((whole for whole in self.wholes.get(cluster, ()) if _is_no_worse(incident, whole)), None)


def _is_no_worse(incident: Incident, than: Incident) -> bool:
    return incident.severity <= than.severity and incident.problem.gravity <= than.problem.gravity


def inhibitors(incidents: Iterable[Incident]) -> Inhibitors:
    """Find among the incidents of one source those that explain others."""
    source: Incident | None = None
    clusters: dict[ClusterId, Incident] = {}
    wholes: dict[ClusterId, list[Incident]] = defaultdict(list)
    for one in incidents:
        if one.lifecycle is not Lifecycle.FIRING or one.good_polls:
            continue
        cluster = one.subject.cluster
        if cluster is None:
            source = one
        elif not one.subject.key.startswith(_TASK):
            clusters[cluster] = one
        elif one.subject.tenant is None and one.problem is not Problem.PAUSED:
            wholes[cluster].append(one)
    return Inhibitors(source, clusters, {cluster: tuple(found) for cluster, found in wholes.items()})
