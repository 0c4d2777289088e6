"""Reads one task's cluster from OCP at this moment, for as long as a person waits."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.fleet import ClusterNow, FleetSnapshot, SourceNow, TaskNow
from bot.domain.reading import Reading
from bot.domain.task import SourceName
from bot.errors import SourceError
from bot.operations.answer_ports import Means

WAITED = timedelta(seconds=2)
"""So long OCP may take in real time; then what the last poll read is shown, and said to be that."""


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """The fleet with what OCP said just now of one cluster; ``unread`` says why there is nothing newer."""

    fleet: FleetSnapshot
    unread: str = ""


async def read_again(means: Means, fleet: FleetSnapshot, task: TaskNow) -> ReadAgain:
    """Ask OCP for the tasks of the cluster that a task belongs to."""
    source = means.sources.get(task.source)
    if source is None:
        return ReadAgain(fleet, "This OCP is not read by this replica.")
    try:
        async with asyncio.timeout(WAITED.total_seconds()):
            reading = await source.log_backup_tasks(task.cluster, urgent=True)
    except TimeoutError:
        return ReadAgain(fleet, f"OCP did not answer within {WAITED.total_seconds():.0f} s.")
    except SourceError as error:
        return ReadAgain(fleet, error.sentence)
    return ReadAgain(_with_reading(fleet, task.source, reading))


def _with_reading(fleet: FleetSnapshot, name: SourceName, reading: Reading) -> FleetSnapshot:
    sources = tuple(_source(one, reading) if one.name == name else one for one in fleet.sources)
    return FleetSnapshot(sources, fleet.incidents)


def _source(source: SourceNow, reading: Reading) -> SourceNow:
    clusters = tuple(
        _cluster(one, reading) if one.cluster.id == reading.cluster.id else one for one in source.clusters
    )
    return replace(source, clusters=clusters)


def _cluster(known: ClusterNow, reading: Reading) -> ClusterNow:
    """Put what was just read in place of what was known; what the rules said stays until the next poll."""
    before = {task.task.key: task for task in known.tasks}
    tasks = []
    for row in reading.tasks:
        old = before.pop(row.key, None)
        if old is None:
            tasks.append(TaskNow(row, known.cluster, reading.at, reading.clock_offset))
        else:
            tasks.append(replace(old, task=row, at=reading.at, offset=reading.clock_offset, listed=True))
    gone = (task if not reading.complete else replace(task, listed=False) for task in before.values())
    return replace(known, tasks=(*tasks, *gone), read_at=reading.received_at, failure=None)
