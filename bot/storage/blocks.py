"""Many readings of one cluster packed together, task by task: what hardly changes hardly costs anything."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np

from bot.storage.columns import Ints, Packer, Unpacker
from bot.storage.packing import STATED, Head, Packed, Rows, unit_of

BLOCK_LEVEL = 12
"""How hard zstd tries: a block is packed once, beside the bot's work, and kept for two weeks."""


class TaskColumns(NamedTuple):
    """One task in the readings of a block: a place for each reading; ``listed`` is 0 where it was absent."""

    heads: list[Head]
    words: list[str]
    listed: Ints
    status: Ints
    has_checkpoint: Ints
    checkpoint: Ints
    kind: Ints
    delay: Ints


def pack_block(packed: Sequence[Packed]) -> bytes:
    """Pack readings of one cluster, in the order in which they were read."""
    packer = Packer()
    _pack_heads(packer, [one.head for one in packed])
    shapes = np.unique(np.concatenate([one.rows.shapes for one in packed]))
    places = [np.searchsorted(shapes, one.rows.shapes) for one in packed]
    packer.ints(np.diff(shapes, prepend=0))
    words = _all_words(packed)
    packer.texts(list(words))

    def grid(column: Callable[[Packed], Ints]) -> Ints:
        """Lay one column out: a line for each reading, a place for each task."""
        lines = np.zeros((len(packed), len(shapes)), dtype=np.int64)
        for line, place, one in zip(lines, places, packed, strict=True):
            line[place] = column(one)
        return lines

    def renumbered(one: Packed) -> Ints:
        return np.array([words[word] for word in one.words], dtype=np.int64)

    packer.ints(_steps(grid(lambda one: np.ones_like(one.rows.shapes))))
    packer.ints(_steps(grid(lambda one: renumbered(one)[one.rows.status])))
    packer.ints(_steps(grid(lambda one: renumbered(one)[one.rows.error])))
    packer.ints(_steps(grid(lambda one: one.rows.has_checkpoint)))
    _pack_checkpoints(packer, packed, grid)
    packer.ints(_steps(grid(lambda one: one.rows.kind)))
    packer.ints(np.diff(grid(lambda one: one.rows.delay), axis=1, prepend=0))
    return packer.done(BLOCK_LEVEL)


def unpack_block(body: bytes) -> list[Packed]:
    """Read the readings of a block, in their order."""
    unpacker = Unpacker(body)
    heads = _unpack_heads(unpacker)
    shapes = np.cumsum(unpacker.ints())
    words = unpacker.texts()
    shape = (len(shapes), len(heads))
    present = _sums(unpacker.ints(), shape)
    status = _sums(unpacker.ints(), shape)
    error = _sums(unpacker.ints(), shape)
    has = _sums(unpacker.ints(), shape)
    unit, first = unpacker.ints().tolist()
    checkpoint = _sums(unpacker.ints(), shape) * unit + first
    kind = _sums(unpacker.ints(), shape)
    delay = np.cumsum(unpacker.ints().reshape(shape[::-1]), axis=1)
    found: list[Packed] = []
    for line, head in enumerate(heads):
        there = present[line] > 0
        has_one = has[line][there]
        rows = Rows(
            shapes[there],
            status[line][there],
            error[line][there],
            has_one,
            np.where(has_one > 0, checkpoint[line][there], 0),
            kind[line][there],
            delay[line][there],
        )
        found.append(Packed(head, words, rows))
    return found


def unpack_task(body: bytes, numbers: Collection[int]) -> TaskColumns:
    """Read one task out of a block, in a fraction of the time that the whole block takes.

    ``numbers`` are those of the shapes that the task has had.
    """
    unpacker = Unpacker(body)
    heads = _unpack_heads(unpacker)
    shapes = np.cumsum(unpacker.ints())
    words = unpacker.texts()
    places = np.flatnonzero(np.isin(shapes, list(numbers)))
    polls = len(heads)
    if not len(places):
        none = np.zeros(polls, dtype=np.int64)
        return TaskColumns(heads, words, none, none, none, none, none, none)
    slices = [(place * polls, (place + 1) * polls) for place in places.tolist()]
    present = np.cumsum(unpacker.parts(slices), axis=1)
    shape = np.argmax(present, axis=0)[np.newaxis]

    def lines() -> Ints:
        """Read the next column: a line for each of the task's shapes."""
        steps: Ints = np.array(unpacker.parts(slices), dtype=np.int64)
        return np.cumsum(steps, axis=1)

    def line(columns: Ints) -> Ints:
        """Take from each reading the shape that it has."""
        taken: Ints = np.take_along_axis(columns, shape, axis=0)[0]
        return taken

    status, _, has = line(lines()), unpacker.parts(()), line(lines())
    unit, first = unpacker.ints().tolist()
    checkpoint = line(lines()) * unit + first
    kind = line(lines())
    delay = np.zeros_like(kind)
    if (kind == STATED).any():
        delay = line(np.cumsum(unpacker.ints().reshape(polls, -1), axis=1)[:, places].T)
    return TaskColumns(heads, words, present.max(axis=0), status, has, checkpoint, kind, delay)


def _steps(lines: Ints) -> Ints:
    """Turn lines of readings into lines of tasks, each value the step from the reading before."""
    steps: Ints = np.ascontiguousarray(lines.T)
    steps[:, 1:] -= steps[:, :-1].copy()
    return steps


def _sums(steps: Ints, shape: tuple[int, int]) -> Ints:
    """Undo ``_steps``."""
    return np.ascontiguousarray(np.cumsum(steps.reshape(shape), axis=1).T)


def _all_words(packed: Sequence[Packed]) -> dict[str, int]:
    words: dict[str, int] = {}
    for one in packed:
        for word in one.words:
            words.setdefault(word, len(words))
    return words


def _pack_checkpoints(
    packer: Packer, packed: Sequence[Packed], grid: Callable[[Callable[[Packed], Ints]], Ints]
) -> None:
    some = np.concatenate([one.rows.checkpoint[one.rows.has_checkpoint > 0] for one in packed])
    unit = unit_of(some)
    first = int(some.min()) if len(some) else 0
    packer.ints([unit, first])

    def units(one: Packed) -> Ints:
        counted: Ints = np.where(one.rows.has_checkpoint > 0, (one.rows.checkpoint - first) // unit, 0)
        return counted

    packer.ints(_steps(grid(units)))


def _pack_heads(packer: Packer, heads: Sequence[Head]) -> None:
    clusters = {cluster: index for index, cluster in enumerate(dict.fromkeys(head.cluster for head in heads))}
    packer.texts(list(clusters))
    packer.texts([head.trace_id for head in heads])
    packer.ints(np.diff([clusters[head.cluster] for head in heads], prepend=0))
    packer.ints(np.diff([head.poll for head in heads], prepend=0))
    packer.ints(np.diff([head.at for head in heads], prepend=0))
    packer.ints([head.received_at - head.at for head in heads])
    packer.ints([not head.complete for head in heads])
    packer.ints([head.skipped for head in heads])


def _unpack_heads(unpacker: Unpacker) -> list[Head]:
    clusters = unpacker.texts()
    trace_ids = unpacker.texts()
    which, polls, at = (np.cumsum(unpacker.ints()).tolist() for _ in range(3))
    ahead, incomplete, skipped = (unpacker.ints().tolist() for _ in range(3))
    return [
        Head(
            poll=polls[index],
            at=at[index],
            received_at=at[index] + ahead[index],
            cluster=clusters[which[index]],
            complete=not incomplete[index],
            skipped=skipped[index],
            trace_id=trace_ids[index],
        )
        for index in range(len(trace_ids))
    ]
