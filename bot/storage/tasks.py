"""What is remembered of clusters and their tasks between polls."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.status import read_status
from bot.domain.task import Cluster, SourceName, Task
from bot.operations.store_port import ClusterRecord, TaskRecord
from bot.storage.codec import CLUSTER
from bot.storage.shapes import ShapesInUse, read_shapes
from bot.storage.statements import chunks, upsert
from bot.storage.tables import clusters, tasks


async def keep_clusters(connection: AsyncConnection, source: SourceName, known: Sequence[Cluster]) -> None:
    """Replace the clusters of a source; the tasks of one that is gone stay, should it come back."""
    await connection.execute(delete(clusters).where(clusters.c.source == source))
    rows = [
        {"source": source, "cluster": cluster.id, "position": position, "body": CLUSTER.encode(cluster)}
        for position, cluster in enumerate(known)
    ]
    if rows:
        await connection.execute(clusters.insert(), rows)


async def keep(connection: AsyncConnection, records: Sequence[TaskRecord], in_use: ShapesInUse) -> None:
    """Create or update tasks by their keys."""
    statement = upsert(connection, tasks, following=("source", "cluster"))
    for some in chunks(records):
        seen_at = max(record.listed_at for record in some)
        numbers = await in_use.numbers(connection, [record.task for record in some], seen_at)
        rows = [_row(record, number) for record, number in zip(some, numbers, strict=True)]
        await connection.execute(statement, rows)


def _row(record: TaskRecord, shape: int) -> dict[str, object]:
    task = record.task
    return {
        "key": task.key.text,
        "source": task.key.source,
        "cluster": task.key.cluster,
        "shape": shape,
        "status": task.status.reported,
        "error": task.error,
        "checkpoint": task.checkpoint,
        "delay": task.delay,
        "modified_at": task.modified_at,
        "other": json.dumps(task.other) if task.other else None,
        "listed_at": record.listed_at,
        "absent_polls": record.absent_polls,
        "memory": record.memory,
    }


async def forget(connection: AsyncConnection, keys: Sequence[str]) -> None:
    """Forget tasks, by the text of their keys."""
    for some in chunks(keys):
        await connection.execute(delete(tasks).where(tasks.c.key.in_(some)))


async def read(
    connection: AsyncConnection, source: SourceName
) -> tuple[tuple[ClusterRecord, ...], dict[int, Task]]:
    """Read the shapes, and with them the clusters in OCP's order, their tasks in the order first kept."""
    shapes = await read_shapes(connection, source)
    by_cluster: dict[int, list[TaskRecord]] = {}
    query = select(tasks).where(tasks.c.source == source).order_by(tasks.c.shape, tasks.c.key)
    for row in await connection.execute(query):
        by_cluster.setdefault(row.cluster, []).append(_record(row, shapes))
    known = select(clusters).where(clusters.c.source == source).order_by(clusters.c.position)
    records = tuple(
        ClusterRecord(CLUSTER.decode(row.body), tuple(by_cluster.get(row.cluster, ())))
        for row in await connection.execute(known)
    )
    return records, shapes


def _record(row: Row[Any], shapes: dict[int, Task]) -> TaskRecord:
    other: list[list[str]] = json.loads(row.other) if row.other else []
    task = replace(
        shapes[row.shape],
        status=read_status(row.status),
        error=row.error,
        checkpoint=row.checkpoint,
        delay=row.delay,
        modified_at=row.modified_at,
        other=tuple((name, value) for name, value in other),
    )
    return TaskRecord(task, row.listed_at, row.absent_polls, row.memory)
