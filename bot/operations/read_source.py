"""Reads all of one source: its clusters, and each cluster's tasks, as far as they can be read."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.reading import FailedReading, Reading
from bot.domain.task import Cluster, ClusterId
from bot.errors import SourceError
from bot.operations.ports import Clock, Journal, Source

CLUSTERS_AGE = timedelta(minutes=5)
"""How long a cluster list is good for: a new cluster is watched after this time at the latest."""
LIST = "list of clusters"


@dataclass(frozen=True, slots=True)
class ClusterList:
    """The clusters to watch, and when they were listed (our clock)."""

    clusters: tuple[Cluster, ...]
    listed_at: datetime


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one poll of a source brought. ``failure`` is set where nothing at all could be read.

    ``list_failure`` is set where the clusters could not be listed anew. ``took`` is real time.
    """

    clusters: ClusterList | None
    readings: tuple[Reading, ...]
    failures: tuple[tuple[Cluster, FailedReading], ...]
    failure: FailedReading | None
    took: timedelta
    list_failure: FailedReading | None = None

    @property
    def failing(self) -> Mapping[str, FailedReading]:
        """What could not be read, by what people call it; the source alone where nothing could be."""
        if self.failure is not None:
            return {"source": self.failure}
        failing = {f"cluster {cluster.label}": failure for cluster, failure in self.failures}
        return failing if self.list_failure is None else {LIST: self.list_failure, **failing}


async def read_source(source: Source, known: ClusterList | None, clock: Clock) -> PollResult:
    """Read every cluster of a source. Failures are part of the result, never raised."""
    started = clock.monotonic()
    listed, list_failure = await _list_clusters(source, known, clock)
    if listed is None:
        return PollResult(None, (), (), list_failure, _since(started, clock), list_failure)
    results = await asyncio.gather(*(_read(source, cluster, clock) for cluster in listed.clusters))
    readings = tuple(result for result in results if isinstance(result, Reading))
    failures = tuple(
        (cluster, result)
        for cluster, result in zip(listed.clusters, results, strict=True)
        if isinstance(result, FailedReading)
    )
    whole = replace(failures[0][1], cluster=None) if failures and not readings else None
    return PollResult(listed, readings, failures, whole, _since(started, clock), list_failure)


def tell_failures(
    before: Mapping[str, FailedReading], result: PollResult, source: Source, journal: Journal
) -> Mapping[str, FailedReading]:
    """Log what cannot be read any more, for another reason, or again; return what cannot be read now."""
    failing = result.failing
    for what, failure in failing.items():
        if what not in before or before[what].reason != failure.reason:
            journal.warning(
                "not read",
                source=source.name,
                what=what,
                reason=failure.reason,
                because=failure.sentence,
                trace_id=failure.trace_id,
            )
    for what in before:
        if what not in failing:
            journal.info("read again", source=source.name, what=what)
    return failing


async def _list_clusters(
    source: Source, known: ClusterList | None, clock: Clock
) -> tuple[ClusterList | None, FailedReading | None]:
    """List the clusters, or go on with those known before where the list cannot be read just now."""
    now = clock.now()
    if known is not None and now - known.listed_at < CLUSTERS_AGE:
        return known, None
    try:
        listed = ClusterList(await source.clusters(), now)
    except SourceError as error:
        return known, _failed(source, None, error, clock)
    if listed.clusters:
        return listed, None
    return None, FailedReading(
        source=source.name,
        cluster=None,
        at=now,
        reason="no clusters",
        sentence=f"OCP {source.name} lists no cluster. May its login see the clusters (CLUSTER_VIEWER)?",
    )


async def _read(source: Source, cluster: Cluster, clock: Clock) -> Reading | FailedReading:
    try:
        return await source.log_backup_tasks(cluster)
    except SourceError as error:
        return _failed(source, cluster.id, error, clock)


def _failed(source: Source, cluster: ClusterId | None, error: SourceError, clock: Clock) -> FailedReading:
    return FailedReading(
        source=source.name,
        cluster=cluster,
        at=clock.now(),
        reason=error.reason,
        sentence=error.sentence,
        trace_id=error.trace_id,
    )


def _since(started: float, clock: Clock) -> timedelta:
    return timedelta(seconds=clock.monotonic() - started)
