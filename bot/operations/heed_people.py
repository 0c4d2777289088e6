"""Heeds what people said of tasks: that what one does is normal now, or that a tenant was dropped."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.domain.detection import accept_as_normal
from bot.domain.incident import task_subject_key
from bot.domain.roster import KnownCluster
from bot.domain.task import ClusterId, SourceName
from bot.operations.store_port import Store

NORMAL = "normal/"
"""``normal/<task key>`` is the fact that somebody said so of a task."""
FORGET = "forget/"
"""``forget/<subject key>`` is the fact that a task is not there any more."""


@dataclass(frozen=True, slots=True)
class Heeded:
    """The clusters as people want them seen, the facts that settles, and the keys of tasks to forget."""

    clusters: dict[ClusterId, KnownCluster]
    settled: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()


@dataclass(slots=True)
class _Heeding:
    clusters: dict[ClusterId, KnownCluster]
    settled: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)


async def heed_people(source: SourceName, clusters: Mapping[ClusterId, KnownCluster], store: Store) -> Heeded:
    """Read what people said since the last poll, and see the tasks of a source that way.

    Raises StorageError. What is settled is for the poll's transaction to forget.
    """
    normal = await store.facts(f"{NORMAL}{source}/")
    forget = await store.facts(f"{FORGET}{task_subject_key_of(source)}")
    if not (normal or forget):
        return Heeded(dict(clusters))
    heeding = _Heeding(dict(clusters), [*normal, *forget])
    accepted = {name.removeprefix(NORMAL) for name in normal}
    dropped = {name.removeprefix(FORGET) for name in forget}
    for number, cluster in clusters.items():
        heeding.clusters[number] = _seen(cluster, accepted, dropped, heeding)
    return Heeded(heeding.clusters, tuple(heeding.settled), tuple(heeding.forgotten))


def task_subject_key_of(source: SourceName) -> str:
    """Give what the subject keys of all tasks of a source begin with."""
    return f"task:{source}/"


def _seen(cluster: KnownCluster, accepted: set[str], dropped: set[str], heeding: _Heeding) -> KnownCluster:
    tasks = dict(cluster.tasks)
    for key, known in cluster.tasks.items():
        if task_subject_key(key) in dropped:
            del tasks[key]
            heeding.forgotten.append(key.text)
        elif key.text in accepted and known.memory is not None:
            tasks[key] = replace(known, memory=accept_as_normal(known.memory))
    return replace(cluster, tasks=tasks)
