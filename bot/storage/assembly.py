"""Puts stored readings together again, from their columns and the shapes of their tasks."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache

import numpy as np

from bot.domain.reading import Reading
from bot.domain.status import read_status
from bot.domain.task import Task
from bot.storage.codec import CLUSTER
from bot.storage.kinds import instant
from bot.storage.packing import DERIVED, Packed


class Assembler:
    """Puts readings together again; ``shapes`` are the tasks' constant parts by number.

    A task whose shape is not there (it was deleted by hand) is left out. Equal words are read once.
    """

    def __init__(self, shapes: Mapping[int, Task]) -> None:
        self._shapes = shapes
        self._cluster = cache(CLUSTER.decode)
        self._status = cache(read_status)

    def reading(self, packed: Packed) -> Reading:
        """Make the reading that was taken apart, its tasks by the numbers of their shapes."""
        head = packed.head
        return Reading(
            cluster=self._cluster(head.cluster),
            tasks=tuple(self._tasks(packed)),
            at=instant(head.at),
            received_at=instant(head.received_at),
            complete=head.complete,
            skipped=head.skipped,
            trace_id=head.trace_id or None,
        )

    def _tasks(self, packed: Packed) -> Iterator[Task]:
        rows, words, at = packed.rows, packed.words, packed.head.at
        delays = np.where(rows.kind == DERIVED, at - rows.checkpoint - rows.delay, rows.delay)
        for number, status, error, has, checkpoint, kind, delay in zip(
            rows.shapes.tolist(),
            rows.status.tolist(),
            rows.error.tolist(),
            rows.has_checkpoint.tolist(),
            rows.checkpoint.tolist(),
            rows.kind.tolist(),
            delays.tolist(),
            strict=True,
        ):
            shape = self._shapes.get(number)
            if shape is None:
                continue
            yield Task(
                key=shape.key,
                status=self._status(words[status]),
                cluster_name=shape.cluster_name,
                tenant_name=shape.tenant_name,
                ob_cluster_id=shape.ob_cluster_id,
                tenant_id=shape.tenant_id,
                ob_tenant_id=shape.ob_tenant_id,
                cluster_type=shape.cluster_type,
                error=words[error][1:] if error else None,
                checkpoint=instant(checkpoint) if has else None,
                delay=timedelta(microseconds=delay) if kind else None,
                mode=shape.mode,
                created_at=shape.created_at,
                agent_server=shape.agent_server,
                dimension=shape.dimension,
            )
