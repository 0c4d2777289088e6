"""Reads all of one source: its clusters, and each cluster's tasks, as far as they can be read."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.reading import FailedReading, Reading
from bot.domain.task import Cluster, ClusterId
from bot.errors import SourceError
from bot.operations.ports import Clock, Journal, Source

CLUSTERS_AGE = timedelta(minutes=5)
"""How long a cluster list is good for: a new cluster is watched after this time at the latest."""


@dataclass(frozen=True, slots=True)
class ClusterList:
    """The clusters to watch, and when they were listed (our clock)."""

    clusters: tuple[Cluster, ...]
    listed_at: datetime


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one poll of a source brought. ``failure`` is set where nothing at all could be read.

    ``took`` is real time.
    """

    clusters: ClusterList | None
    readings: tuple[Reading, ...]
    failures: tuple[tuple[Cluster, FailedReading], ...]
    failure: FailedReading | None
    took: timedelta


async def read_source(
    source: Source, known: ClusterList | None, clock: Clock, journal: Journal
) -> PollResult:
    """Read every cluster of a source. Failures are part of the result, never raised."""
    started = clock.monotonic()
    listed = await _list_clusters(source, known, clock, journal)
    if isinstance(listed, FailedReading):
        return PollResult(None, (), (), listed, _since(started, clock))
    results = await asyncio.gather(*(_read(source, cluster, clock) for cluster in listed.clusters))
    readings = tuple(result for result in results if isinstance(result, Reading))
    failures = tuple(
        (cluster, result)
        for cluster, result in zip(listed.clusters, results, strict=True)
        if isinstance(result, FailedReading)
    )
    for cluster, failure in failures:
        journal.warning(
            "cluster not read",
            source=source.name,
            cluster=cluster.label,
            reason=failure.reason,
            trace_id=failure.trace_id,
        )
    whole = replace(failures[0][1], cluster=None) if failures and not readings else None
    return PollResult(listed, readings, failures, whole, _since(started, clock))


async def _list_clusters(
    source: Source, known: ClusterList | None, clock: Clock, journal: Journal
) -> ClusterList | FailedReading:
    """List the clusters, or go on with those known before where the list cannot be read just now."""
    now = clock.now()
    if known is not None and now - known.listed_at < CLUSTERS_AGE:
        return known
    try:
        return ClusterList(await source.clusters(), now)
    except SourceError as error:
        journal.warning(
            "clusters not listed", source=source.name, reason=error.reason, trace_id=error.trace_id
        )
        if known is not None:
            return known
        return _failed(source, None, error, clock)


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
