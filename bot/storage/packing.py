"""One reading taken apart into columns, and those as bytes.

What rarely changes of a task is a shape, kept elsewhere and meant here by its number. Of the rest, status,
error and checkpoint come back exactly. OCP's delay comes back to the second where a checkpoint explains it
(it is the reading's time less the checkpoint, less a remainder that the tasks of a page share), else exactly.
``modified_at`` and ``other`` are not kept in the history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

from bot.domain.reading import Reading
from bot.domain.task import Task
from bot.storage.codec import CLUSTER
from bot.storage.columns import Ints, Packer, Unpacker, steps
from bot.storage.kinds import EPOCH, LONGEST, MICROSECOND, microseconds

NO_DELAY, DERIVED, STATED = 0, 1, 2
TOLERANCE = 1_000_000
"""A remainder of the delay (microseconds) so near its neighbour's is taken for the same."""
POLL_LEVEL = 1
"""How hard zstd tries: a poll is packed within the poll's transaction, so not hard."""
_LONGEST = LONGEST // MICROSECOND
_UNITS = (60_000_000, 1_000_000, 1000, 1)
"""Checkpoints are counted in the largest of these (microseconds) that loses nothing."""


class Head(NamedTuple):
    """What a reading says beside its tasks; times in microseconds."""

    poll: int
    at: int
    received_at: int
    cluster: str
    complete: bool
    skipped: int
    trace_id: str


@dataclass(slots=True)
class Rows:
    """The tasks of one reading as columns, by rising number of their shapes."""

    shapes: Ints
    status: Ints
    error: Ints
    has_checkpoint: Ints
    checkpoint: Ints
    kind: Ints
    delay: Ints


@dataclass(slots=True)
class Packed:
    """A reading taken apart. ``words`` are the statuses and errors that ``rows`` counts in; 0 is none."""

    head: Head
    words: list[str]
    rows: Rows


def head_of(reading: Reading, poll: int = 0) -> Head:
    """Take what a reading says beside its tasks."""
    return Head(
        poll=poll,
        at=microseconds(reading.at),
        received_at=microseconds(reading.received_at),
        cluster=CLUSTER.encode(reading.cluster),
        complete=reading.complete,
        skipped=reading.skipped,
        trace_id=reading.trace_id or "",
    )


def take_apart(reading: Reading, shapes: Sequence[int]) -> Packed:
    """Turn a reading into columns; ``shapes`` are the numbers of its tasks' shapes, in their order."""
    numbers = sorted(shapes)
    tasks: Sequence[Task] = reading.tasks
    if numbers != shapes:
        tasks = [tasks[index] for index in sorted(range(len(shapes)), key=shapes.__getitem__)]
    words: dict[str, int] = {"": 0}
    columns: list[list[int]] = [[] for _ in range(6)]
    status, error, has, checkpoint, kind, delay = columns
    at, remainder, is_first = microseconds(reading.at), 0, True
    for task in tasks:
        status.append(words.setdefault(task.status.reported, len(words)))
        error.append(0 if task.error is None else words.setdefault(f"!{task.error}", len(words)))
        shipped = 0 if task.checkpoint is None else (task.checkpoint - EPOCH) // MICROSECOND
        has.append(task.checkpoint is not None)
        checkpoint.append(shipped)
        if task.delay is None:
            kind.append(NO_DELAY)
            delay.append(remainder)
            continue
        stated = task.delay // MICROSECOND
        if abs(stated) > _LONGEST:
            stated = _LONGEST if stated > 0 else -_LONGEST
        if task.checkpoint is None:
            kind.append(STATED)
            delay.append(stated)
            continue
        own = at - shipped - stated
        if is_first or abs(own - remainder) > TOLERANCE:
            remainder, is_first = own, False
        kind.append(DERIVED)
        delay.append(remainder)
    arrays = [np.array(column, dtype=np.int64) for column in columns]
    return Packed(head_of(reading), list(words), Rows(np.array(numbers, dtype=np.int64), *arrays))


def pack_poll(packed: Packed) -> bytes:
    """Pack one reading; its times and number are kept beside the bytes."""
    head, rows = packed.head, packed.rows
    packer = Packer()
    packer.texts([head.cluster, head.trace_id, *packed.words])
    packer.ints([head.complete, head.skipped])
    packer.ints(steps(rows.shapes))
    packer.ints(steps(rows.status))
    packer.ints(rows.error)
    packer.ints(1 - rows.has_checkpoint)
    _pack_checkpoints(packer, rows.checkpoint, rows.has_checkpoint)
    packer.ints(steps(rows.kind))
    packer.ints(steps(rows.delay))
    return packer.done(POLL_LEVEL)


def unpack_poll(body: bytes, poll: int, at: datetime, received_at: datetime) -> Packed:
    """Read one packed reading."""
    unpacker = Unpacker(body)
    cluster, trace_id, *words = unpacker.texts()
    complete, skipped = unpacker.ints().tolist()
    shapes = np.cumsum(unpacker.ints())
    status = np.cumsum(unpacker.ints())
    error = unpacker.ints()
    has = 1 - unpacker.ints()
    checkpoint = _unpack_checkpoints(unpacker, has)
    rows = Rows(
        shapes, status, error, has, checkpoint, np.cumsum(unpacker.ints()), np.cumsum(unpacker.ints())
    )
    head = Head(poll, microseconds(at), microseconds(received_at), cluster, bool(complete), skipped, trace_id)
    return Packed(head, words, rows)


def _pack_checkpoints(packer: Packer, checkpoint: Ints, has: Ints) -> None:
    """Pack checkpoints of one reading as how far each is behind the latest."""
    some = checkpoint[has > 0]
    unit = unit_of(some)
    latest = int(some.max()) if len(some) else 0
    packer.ints([unit, latest])
    packer.ints(np.where(has > 0, (latest - checkpoint) // unit, 0))


def _unpack_checkpoints(unpacker: Unpacker, has: Ints) -> Ints:
    unit, latest = unpacker.ints().tolist()
    behind = unpacker.ints()
    checkpoint: Ints = np.where(has > 0, latest - behind * unit, 0)
    return checkpoint


def unit_of(checkpoints: Ints) -> int:
    """Find the largest unit in which checkpoints (microseconds) are whole numbers."""
    return next(unit for unit in _UNITS if not (checkpoints % unit).any())
