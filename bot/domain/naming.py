"""How people name what is watched: ``[source/]cluster[/tenant]``, whatever the case, with ``*`` globs.

A cluster is meant by its name before its OCP id, never by obClusterId. A task of the whole cluster is
named by the cluster alone. What a name leaves open is a choice for people, never a guess.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.fleet import ClusterNow, FleetSnapshot, SourceNow, TaskNow
from bot.domain.patterns import NEAREST, narrowed, nearest
from bot.domain.targets import Target, globbed, meant
from bot.domain.task import WHOLE_CLUSTER

CHOICES = 20
"""So many things that an ambiguous name may mean are spelled out; the rest is counted."""
_PATH_KEPT = 200


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody named: a bare name, or its parts each by a filter; all None means everything.

    ``path`` tells the destinations of one task apart.
    """

    name: str | None = None
    source: str | None = None
    cluster: str | None = None
    tenant: str | None = None
    path: str | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is narrowed down."""
        return self == Scope()


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Found:
    """What a scope means: whole clusters with all their tasks, or only tasks.

    ``clusters`` is empty where single tasks were named.
    """

    tasks: tuple[TaskNow, ...]
    clusters: tuple[ClusterNow, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that an ambiguous name may mean: what it is called, and the scope that means it alone."""

    label: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A name that means several things: the first of them, and how many there are."""

    choices: tuple[Choice, ...]
    total: int


@dataclass(frozen=True, slots=True)
class NotFound:
    """A name that means nothing here; ``what`` was looked for, and ``nearest`` are names that exist."""

    what: str
    nearest: tuple[str, ...] = ()


def find(fleet: FleetSnapshot, scope: Scope) -> Found | Ambiguous | NotFound:
    """Find what a scope means: by name before by id, as written before whatever the case, globs last."""
    found = _resolved(fleet, scope)
    return _choice(fleet, found) if isinstance(found, list) else found


def find_task(fleet: FleetSnapshot, scope: Scope) -> TaskNow | Ambiguous | NotFound:
    """Find the one task that a scope means; a cluster's name means the task of the whole cluster."""
    found = _resolved(fleet, scope)
    if isinstance(found, list):
        return _choice(fleet, found)
    if isinstance(found, NotFound):
        return found
    tasks = _candidates(found)
    if not tasks:
        return NotFound(_said(scope))
    return tasks[0] if len(tasks) == 1 else _choice_of_tasks(fleet, tasks)


def _candidates(found: Found) -> tuple[TaskNow, ...]:
    """Give the tasks that may be meant where one is asked for."""
    whole = tuple(task for task in found.tasks if task.tenant_label is None)
    return whole if found.clusters and whole else found.tasks


def _resolved(fleet: FleetSnapshot, scope: Scope) -> Found | list[Target] | NotFound:
    """Find what a scope means, or the several things that its name may mean."""
    sources: Sequence[SourceNow] = fleet.sources
    if scope.source is not None:
        sources = narrowed(sources, scope.source, lambda source: source.name)
        if not sources:
            return NotFound(scope.source, nearest(scope.source, (source.name for source in fleet.sources)))
    clusters: Sequence[ClusterNow] = [cluster for source in sources for cluster in source.clusters]
    if scope.cluster is not None:
        among = clusters
        clusters = narrowed(among, scope.cluster, _label, lambda cluster: str(cluster.cluster.id))
        if not clusters:
            return NotFound(scope.cluster, nearest(scope.cluster, map(_label, among)))
    found = _all_of(fleet, clusters) if scope.name is None else _by_name(fleet, clusters, scope.name)
    return _within(found, scope) if isinstance(found, Found) else found


def _all_of(fleet: FleetSnapshot, clusters: Sequence[ClusterNow]) -> Found:
    """Mean these clusters with all their tasks; of the whole fleet these are at hand."""
    if len(clusters) == len(fleet.clusters):
        return Found(fleet.tasks, fleet.clusters)
    return Found(tuple(task for cluster in clusters for task in cluster.tasks), tuple(clusters))


def scope_of_task(fleet: FleetSnapshot, task: TaskNow) -> Scope:
    """Give the shortest scope that means this task and no other."""
    tenant = task.tenant_label
    whole = Scope(source=task.source, cluster=task.cluster_label, tenant=tenant)
    candidates = (
        Scope(name=task.name),
        Scope(name=f"{task.source}/{task.name}"),
        whole,
        replace(whole, path=_path(task)),
        replace(whole, cluster=str(task.task.key.cluster), path=_path(task)),
        replace(whole, cluster=str(task.task.key.cluster), tenant=task.task.key.tenant, path=_path(task)),
    )
    for scope in candidates:
        found = _resolved(fleet, scope)
        if isinstance(found, Found) and _candidates(found) == (task,):
            return scope
    return candidates[-1]


def scope_of_cluster(fleet: FleetSnapshot, cluster: ClusterNow) -> Scope:
    """Give the shortest scope that means this cluster and no other."""
    candidates = (
        Scope(name=cluster.label),
        Scope(name=f"{cluster.source}/{cluster.label}"),
        Scope(source=cluster.source, cluster=cluster.label),
        Scope(source=cluster.source, cluster=str(cluster.cluster.id)),
    )
    for scope in candidates:
        found = _resolved(fleet, scope)
        if isinstance(found, Found) and found.clusters == (cluster,):
            return scope
    return candidates[-1]


def _label(cluster: ClusterNow) -> str:
    return cluster.label


def _said(scope: Scope) -> str:
    parts = (scope.source, scope.cluster, scope.name, scope.tenant, scope.path)
    return "/".join(part for part in parts if part)


def _path(task: TaskNow) -> str | None:
    """Give a path filter for a task; a very long path is cut and ends in a glob."""
    destination = task.task.key.destination
    if not destination or len(destination) <= _PATH_KEPT:
        return destination or None
    return destination[:_PATH_KEPT] + "*"


def _within(found: Found, scope: Scope) -> Found | NotFound:
    """Narrow what was found by the tenant and the path of a scope."""
    tasks: Sequence[TaskNow] = found.tasks
    if scope.tenant is not None:
        among = tasks
        tasks = narrowed(among, scope.tenant, _tenant, lambda task: task.task.key.tenant or WHOLE_CLUSTER)
        if not tasks:
            return NotFound(scope.tenant, nearest(scope.tenant, map(_tenant, among)))
    if scope.path is not None:
        among = tasks
        tasks = narrowed(among, scope.path, lambda task: task.task.key.destination or "")
        if not tasks:
            known = {task.task.key.destination: None for task in among if task.task.key.destination}
            return NotFound(scope.path, tuple(known)[:NEAREST])
    return found if scope.tenant is None and scope.path is None else Found(tuple(tasks), ())


def _tenant(task: TaskNow) -> str:
    return task.tenant_label or WHOLE_CLUSTER


def _by_name(
    fleet: FleetSnapshot, clusters: Sequence[ClusterNow], name: str
) -> Found | list[Target] | NotFound:
    for spelled, fold in (("name", str), ("name", str.casefold), ("id", str.casefold)):
        targets = [target for cluster in clusters for target in meant(cluster, fold(name), spelled, fold)]
        if len(targets) > 1:
            return targets
        if targets:
            return _found(targets)
    in_source = [cluster for cluster in clusters if cluster.source.casefold() == name.casefold()]
    if in_source:
        return _found(in_source)
    among = [target for cluster in clusters for target in globbed(cluster, name)] if "*" in name else []
    if among:
        return _found(among)
    return NotFound(name, _nearest_names(fleet, clusters, name))


def _found(targets: Sequence[Target]) -> Found:
    """Join targets; where a name reaches both clusters and single tasks, only the tasks are told."""
    clusters = [target for target in targets if isinstance(target, ClusterNow)]
    tasks: dict[str, TaskNow] = {}
    for target in targets:
        for task in target.tasks if isinstance(target, ClusterNow) else target:
            tasks[task.task.key.text] = task
    return Found(tuple(tasks.values()), tuple(clusters) if len(clusters) == len(targets) else ())


def _choice(fleet: FleetSnapshot, targets: Sequence[Target]) -> Ambiguous:
    labels = [_called(target) for target in targets]
    several = Counter(labels)
    choices = []
    for target, label in zip(targets[:CHOICES], labels, strict=False):
        if isinstance(target, ClusterNow):
            scope, own = scope_of_cluster(fleet, target), str(target.cluster.id)
        else:
            key = target[0].task.key
            scope, own = _scope_of_tenant(fleet, target), f"{key.cluster}/{key.tenant}"
        choices.append(Choice(f"{label} (id {own})" if several[label] > 1 else label, scope))
    return Ambiguous(tuple(choices), len(targets))


def _called(target: Target) -> str:
    if isinstance(target, ClusterNow):
        return f"{target.source}/{target.label}"
    return f"{target[0].source}/{target[0].name}"


def _scope_of_tenant(fleet: FleetSnapshot, tasks: tuple[TaskNow, ...]) -> Scope:
    """Give the scope that means the tasks of one tenant and no other."""
    task = tasks[0]
    by_name = Scope(source=task.source, cluster=task.cluster_label, tenant=task.tenant_label)
    found = _resolved(fleet, by_name)
    if isinstance(found, Found) and found.tasks == tasks:
        return by_name
    return Scope(source=task.source, cluster=str(task.task.key.cluster), tenant=task.task.key.tenant)


def _choice_of_tasks(fleet: FleetSnapshot, tasks: Sequence[TaskNow]) -> Ambiguous:
    several = Counter(task.name for task in tasks)
    choices = []
    for task in sorted(tasks, key=lambda task: task.worst_first)[:CHOICES]:
        label = fleet.full_name(task)
        if several[task.name] > 1 and task.task.key.destination:
            label = f"{label} to {task.task.key.destination}"
        choices.append(Choice(label, scope_of_task(fleet, task)))
    return Ambiguous(tuple(choices), len(tasks))


def _nearest_names(fleet: FleetSnapshot, clusters: Sequence[ClusterNow], name: str) -> tuple[str, ...]:
    """Give names near to one that means nothing: tenants called so, else clusters, else tasks.

    A name that only lacks its ``/`` is as good as the tenant's.
    """
    folded = name.casefold()
    own = folded.rpartition("/")[2]
    tasks = [task for cluster in clusters for task in cluster.tasks]
    called = [
        fleet.full_name(task)
        for task in tasks
        if (task.tenant_label or "").casefold() == own or task.name.replace("/", "").casefold() == folded
    ]
    if called:
        return tuple(dict.fromkeys(called))[:NEAREST]
    if "/" in name:
        return nearest(name, (fleet.full_name(task) for task in tasks))
    return nearest(name, map(_label, clusters))
