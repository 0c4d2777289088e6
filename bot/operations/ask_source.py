"""Asks OCP at this moment for the tasks of a span of time; what the span selects is OCP's choice."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.fleet import ClusterNow, FleetSnapshot, SourceNow, TaskNow
from bot.domain.naming import Found, Scope, find
from bot.domain.reading import PollFailure
from bot.domain.selection import Window
from bot.domain.task import SourceName
from bot.errors import SourceError
from bot.operations.ports import Clock, Source


async def ask_sources(
    fleet: FleetSnapshot,
    scope: Scope,
    window: Window,
    sources: Mapping[SourceName, Source],
    clock: Clock,
) -> FleetSnapshot:
    """Give the fleet as OCP answers for ``window``, of the clusters that ``scope`` may mean.

    A window without an end ends now, so that OCP is always told an end. What could not be read is told in
    the answer, like the failure of a poll.
    """
    if window.end is None:
        window = replace(window, end=clock.now())
    wanted = _clusters(fleet, scope)
    asked = await asyncio.gather(
        *(
            _source(now, [one for one in wanted if one.source == now.name], window, sources, clock)
            for now in fleet.sources
        )
    )
    return FleetSnapshot(tuple(asked), fleet.incidents)


def _clusters(fleet: FleetSnapshot, scope: Scope) -> Sequence[ClusterNow]:
    """Give the clusters that may hold what was named; all where the name is not clear yet."""
    found = find(fleet, scope)
    if not isinstance(found, Found):
        return fleet.clusters
    if found.clusters:
        return found.clusters
    keys = {(task.source, task.cluster.id) for task in found.tasks}
    return [one for one in fleet.clusters if (one.source, one.cluster.id) in keys]


async def _source(
    now: SourceNow,
    clusters: Sequence[ClusterNow],
    window: Window,
    sources: Mapping[SourceName, Source],
    clock: Clock,
) -> SourceNow:
    asked = await asyncio.gather(*(_cluster(one, window, sources[now.name], clock) for one in clusters))
    return SourceNow(now.name, now.interval, tuple(asked), read_at=clock.now(), offset=now.offset)


async def _cluster(known: ClusterNow, window: Window, source: Source, clock: Clock) -> ClusterNow:
    try:
        reading = await source.log_backup_tasks(known.cluster, start=window.start, end=window.end)
    except SourceError as error:
        failure = PollFailure(clock.now(), error.sentence, error.reason, trace_id=error.trace_id)
        return ClusterNow(known.cluster, failure=failure)
    tasks = tuple(TaskNow(task, reading.cluster, reading.at, reading.clock_offset) for task in reading.tasks)
    return ClusterNow(
        reading.cluster, tasks, reading.received_at, complete=reading.complete, skipped=reading.skipped
    )
