"""The history of one task: its columns out of the packed readings of its cluster, and nothing else."""

import asyncio
import json
from collections.abc import Collection, Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.delay_history import NOT_LISTED, Codes, DelayHistory, Seconds
from bot.domain.task import TaskKey
from bot.storage.blocks import TaskColumns, unpack_task
from bot.storage.codec import TASK
from bot.storage.packing import STATED, unpack_poll
from bot.storage.refusals import refusals
from bot.storage.tables import blocks, polls, shapes

BLOCKS_AT_ONCE = 24
POLLS_AT_ONCE = 64
_MICROSECONDS = 1e6
_NOTHING = (np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64))


async def delays(engine: AsyncEngine, key: TaskKey, since: datetime, until: datetime | None) -> DelayHistory:
    """Read one task's history by our clock, ``until`` None to the latest reading.

    Every read is a short transaction of its own; what is packed is unpacked beside the event loop.
    """
    with refusals():
        async with engine.begin() as connection:
            bodies = await _shapes(connection, key)
    numbers = await asyncio.to_thread(_numbers_of, key, bodies)
    gathered = _Gathered(since, until)
    while not gathered.is_complete:
        with refusals():
            async with engine.begin() as connection:
                packed, single = await _next(connection, key, gathered.last_poll, since)
        if packed:
            await asyncio.to_thread(gathered.add_blocks, packed, numbers)
        elif single:
            await asyncio.to_thread(gathered.add_polls, single, numbers)
        else:
            break
    return await asyncio.to_thread(gathered.history)


async def _shapes(connection: AsyncConnection, key: TaskKey) -> list[tuple[int, str]]:
    query = select(shapes.c.id, shapes.c.body).where(
        shapes.c.source == key.source, shapes.c.cluster == key.cluster
    )
    return [(number, body) for number, body in await connection.execute(query)]


def _numbers_of(key: TaskKey, bodies: Sequence[tuple[int, str]]) -> list[int]:
    """Find the shapes that the task has had; only what has its tenant somewhere is read whole."""
    tenant = json.dumps(key.tenant)
    return [number for number, body in bodies if tenant in body and TASK.decode(body).key == key]


async def _next(
    connection: AsyncConnection, key: TaskKey, last: int, since: datetime
) -> tuple[list[bytes], Sequence[Row[tuple[object, ...]]]]:
    """Read the next blocks, or where there are none the next polls; blocks always hold the older ones."""
    packed = select(blocks.c.body).where(
        blocks.c.source == key.source,
        blocks.c.cluster == key.cluster,
        blocks.c.last_poll > last,
        blocks.c.last_received_at >= since,
    )
    bodies = list(await connection.scalars(packed.order_by(blocks.c.last_poll).limit(BLOCKS_AT_ONCE)))
    if bodies:
        return bodies, ()
    single = select(polls).where(
        polls.c.source == key.source,
        polls.c.cluster == key.cluster,
        polls.c.id > last,
        polls.c.received_at >= since,
    )
    return [], (await connection.execute(single.order_by(polls.c.id).limit(POLLS_AT_ONCE))).all()


class _Gathered:
    """What has been read so far, in the order in which it was read."""

    def __init__(self, since: datetime, until: datetime | None) -> None:
        self._since = since
        self._until = until
        self._parts = [_NOTHING]
        self._words: dict[str, int] = {}
        self.last_poll = 0
        self.is_complete = False

    def add_blocks(self, bodies: Sequence[bytes], numbers: Collection[int]) -> None:
        """Take in blocks."""
        for body in bodies:
            self._add(unpack_task(body, numbers))

    def add_polls(self, rows: Sequence[Row[tuple[object, ...]]], numbers: Collection[int]) -> None:
        """Take in single polls."""
        for row in rows:
            self._add(_single(row, numbers))

    def _add(self, task: TaskColumns) -> None:
        """Take in what is new and asked for; where a list is incomplete, being absent proves nothing."""
        received = np.array([head.received_at for head in task.heads]) / _MICROSECONDS
        wanted = np.array([head.poll for head in task.heads]) > self.last_poll
        wanted &= received >= self._since.timestamp()
        if self._until is not None:
            wanted &= received <= self._until.timestamp()
            self.is_complete = bool(received[-1] > self._until.timestamp())
        listed = task.listed > 0
        wanted &= listed | np.array([head.complete for head in task.heads])
        codes = np.array([self._words.setdefault(word, len(self._words)) for word in task.words])
        status = np.where(listed, codes[task.status], NOT_LISTED)
        self._parts.append((received[wanted], _behind(task)[wanted], status[wanted]))
        self.last_poll = task.heads[-1].poll

    def history(self) -> DelayHistory:
        """Put everything together, by time."""
        at = np.concatenate([part[0] for part in self._parts])
        behind = np.concatenate([part[1] for part in self._parts])
        status = np.concatenate([part[2] for part in self._parts])
        order = np.argsort(at, kind="stable")
        latest = self._since if not len(at) else datetime.fromtimestamp(float(at.max()), self._since.tzinfo)
        return DelayHistory(
            self._since, self._until or latest, at[order], behind[order], status[order], tuple(self._words)
        )


def _behind(task: TaskColumns) -> Seconds:
    """Say how far the task was behind at each reading, as ``Task.behind`` does; NaN where nothing tells."""
    at = np.array([head.at for head in task.heads])
    told = np.where(task.has_checkpoint > 0, at - task.checkpoint, task.delay)
    is_told = (task.listed > 0) & ((task.has_checkpoint > 0) | (task.kind == STATED))
    return np.where(is_told, np.maximum(told, 0) / _MICROSECONDS, np.nan)


def _single(row: Row[tuple[object, ...]], numbers: Collection[int]) -> TaskColumns:
    """Take one task out of a single poll."""
    packed = unpack_poll(row.body, row.id, row.at, row.received_at)
    rows = packed.rows
    place = np.flatnonzero(np.isin(rows.shapes, list(numbers)))[:1]
    if not len(place):
        none: Codes = np.zeros(1, dtype=np.int64)
        return TaskColumns([packed.head], packed.words, none, none, none, none, none, none)
    columns = (rows.status, rows.has_checkpoint, rows.checkpoint, rows.kind, rows.delay)
    return TaskColumns([packed.head], packed.words, np.ones_like(place), *(one[place] for one in columns))
