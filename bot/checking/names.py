"""Looks whether the clusters and tenants that the settings name are there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.patterns import matches, nearest
from bot.domain.reading import Reading
from bot.domain.task import WHOLE_CLUSTER, Cluster, ClusterId, SourceName, Task
from bot.settings import Settings
from bot.settings.thresholds import SourceLimits
from bot.terminal.checkup import Examined, ok, warning
from bot.views.wording import clean

_SELECTIONS = {
    "routes": "This route takes no alert",
    "maintenance_windows": "This maintenance window mutes nothing",
    "digests": "This digest tells of nothing",
    "runbooks": "This page is shown beside nothing",
}
"""The lists of the settings that pick by name, and what becomes of an entry that fits nothing."""
_LIMITS = "These limits hold for nothing"
_Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """What a source lists: its clusters, None where they could not be read, and what was read of them."""

    source: SourceName
    clusters: Sequence[Cluster] | None = None
    readings: Sequence[Reading] = ()

    def tasks(self, cluster: ClusterId) -> Sequence[Task] | None:
        """Give the tasks of a cluster; None where its list could not be read, or not whole."""
        found = (one for one in self.readings if one.cluster.id == cluster)
        return next((one.tasks for one in found if one.complete and not one.skipped), None)


@dataclass(frozen=True, slots=True)
class _Named:
    """What an entry of the settings names, where that is written, and what is in vain if it is wrong."""

    vain: str
    source: str | None
    cluster: tuple[str, _Where] | None = None
    tenant: tuple[str, _Where] | None = None


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A name that nothing has: what kind of thing it would be, and the names that there are."""

    kind: str
    name: str
    where: _Where
    known: Sequence[str]


def examine_names(part: str, settings: Settings, listed: Sequence[Listed]) -> Sequence[Examined]:
    """Warn of each name that nothing has; where a list could not be read, nothing is said of its names."""
    named = [*_selections(settings), *_limits(settings)]
    said = dict.fromkeys(
        _sentence(doubt, one.vain, settings.origins)
        for one in named
        if (doubt := _doubt(one, listed)) is not None
    )
    if said:
        return [warning(part, sentence) for sentence in said]
    nothing_named = all(one.cluster is None and one.tenant is None for one in named)
    if nothing_named or any(one.clusters is None for one in listed):
        return []
    return [ok(part, "The clusters and tenants that they name are there.")]


def _selections(settings: Settings) -> Iterator[_Named]:
    for key, vain in _SELECTIONS.items():
        for position, entry in enumerate(getattr(settings, key)):
            at = (key, position)
            yield _Named(
                vain,
                entry.source,
                None if entry.cluster is None else (entry.cluster, (*at, "cluster")),
                None if entry.tenant is None else (entry.tenant, (*at, "tenant")),
            )


def _limits(settings: Settings) -> Iterator[_Named]:
    yield from _of_limits(None, ("thresholds",), settings.thresholds)
    for position, source in enumerate(settings.sources):
        yield from _of_limits(source.name, ("sources", position, "thresholds"), source.thresholds)


def _of_limits(source: str | None, at: _Where, limits: SourceLimits) -> Iterator[_Named]:
    for tenant in limits.tenants:
        yield _Named(_LIMITS, source, tenant=(tenant, (*at, "tenants", tenant)))
    for name, of_cluster in limits.clusters.items():
        written = (*at, "clusters", name)
        yield _Named(_LIMITS, source, (name, written))
        for tenant in of_cluster.tenants:
            yield _Named(_LIMITS, source, (name, written), (tenant, (*written, "tenants", tenant)))


def _doubt(named: _Named, listed: Sequence[Listed]) -> _Doubt | None:
    """Give the first name of an entry that nothing has: its cluster, or its tenant."""
    if named.source is not None:
        listed = [one for one in listed if matches(named.source, one.source)]
        if not listed:  # the settings' own doubts name that source
            return None
    readable = all(one.clusters is not None for one in listed)
    found = [(one, cluster) for one in listed for cluster in one.clusters or ()]
    if named.cluster is not None:
        name, where = named.cluster
        labels = [cluster.label for _, cluster in found]
        found = [(one, cluster) for one, cluster in found if _is_called(name, cluster.label, cluster.id)]
        if not found:
            return _Doubt("watched cluster", name, where, labels) if readable else None
    if named.tenant is None:
        return None
    name, where = named.tenant
    lists = [one.tasks(cluster.id) for one, cluster in found]
    tasks = [task for tasks in lists for task in tasks or ()]
    if any(_is_called(name, task.tenant_label or WHOLE_CLUSTER, task.key.tenant) for task in tasks):
        return None
    labels = [task.tenant_label for task in tasks if task.tenant_label is not None]
    return (
        _Doubt("tenant with a log backup task", name, where, labels)
        if readable and None not in lists
        else None
    )


def _is_called(pattern: str, *spellings: object) -> bool:
    return any(matches(pattern, str(spelling)) for spelling in spellings if spelling is not None)


def _sentence(doubt: _Doubt, vain: str, origins: Mapping[_Where, str]) -> str:
    place = origins.get(doubt.where, "the settings")
    near = nearest(doubt.name.replace("*", ""), doubt.known)
    meant = f" Did you mean {clean(near[0])}?" if near else ""
    return f"{place}: no {doubt.kind} is called {clean(doubt.name)}. {vain}.{meant}"
