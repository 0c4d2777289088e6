"""The history of readings: appended poll by poll, taken into blocks later, read back as readings."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from typing import Any

from sqlalchemy import Row, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.reading import Reading
from bot.domain.task import ClusterId, SourceName, Task
from bot.errors import StorageError
from bot.storage.assembly import Assembler
from bot.storage.blocks import pack_block, unpack_block
from bot.storage.kinds import microseconds
from bot.storage.packing import Packed, pack_poll, take_apart, unpack_poll
from bot.storage.refusals import refusals
from bot.storage.shapes import ShapesInUse, read_shapes
from bot.storage.statements import chunks
from bot.storage.tables import blocks, polls

BLOCK_POLLS = 120
"""So many readings make a block: an hour of polls every 30 s."""
BLOCK_ROWS = 600_000
"""A block of very many tasks takes fewer readings, so that packing it stays small work."""
LEAST_POLLS = 8
READ_POLLS = 64
"""So many polls are read at once."""

RECENT_POLLS = 5_000
"""So many of the newest polls of a whole source are read at once."""

Place = tuple[SourceName, ClusterId]
Poll = dict[str, Any]


async def pack(connection: AsyncConnection, reading: Reading, in_use: ShapesInUse) -> Poll:
    """Make the row of one reading, small and complete in itself: a crash can cost no other."""
    numbers = await in_use.numbers(connection, reading.tasks, reading.received_at)
    return {
        "source": reading.cluster.source,
        "cluster": reading.cluster.id,
        "at": reading.at,
        "received_at": reading.received_at,
        "body": pack_poll(take_apart(reading, numbers)),
    }


async def append(connection: AsyncConnection, rows: Sequence[Poll]) -> None:
    """Append the rows of readings."""
    if rows:
        await connection.execute(polls.insert(), rows)


async def history(
    engine: AsyncEngine, source: SourceName, since: datetime | None, shapes: dict[int, Task]
) -> AsyncIterator[Reading]:
    """Read a source's readings, oldest first by OCP's time, each cluster's in the order they were read.

    Every read is a short transaction of its own, so that a long replay never holds up the writer. ``shapes``
    are those that are known already, all up to the highest number; the others are read and added.
    """
    assembler = Assembler(shapes)
    waiting: list[tuple[int, ClusterId, Packed]] = []
    streams = None if since is None else await _recent(engine, source, since, shapes)
    if streams is None:
        with refusals():
            async with engine.begin() as connection:
                places = await _clusters(connection, source)
        streams = {place: _stream(engine, (source, place), since, shapes) for place in places}
    for place, stream in streams.items():
        await _push(waiting, place, stream)
    while waiting:
        _, place, packed = heappop(waiting)
        yield assembler.reading(packed)
        await _push(waiting, place, streams[place])


async def _recent(
    engine: AsyncEngine, source: SourceName, since: datetime, shapes: dict[int, Task]
) -> dict[ClusterId, AsyncIterator[Packed]] | None:
    """Read at once what is so new that it is in no block yet; None where some is, or there is too much of it.

    A replica that follows another one asks for this with every poll, be there a thousand clusters.
    """
    old = select(blocks.c.last_poll).where(blocks.c.source == source, blocks.c.last_at >= since)
    new = select(polls).where(polls.c.source == source, polls.c.at >= since).order_by(polls.c.id)
    with refusals():
        async with engine.begin() as connection:
            if (await connection.execute(old.limit(1))).first() is not None:
                return None
            rows = (await connection.execute(new.limit(RECENT_POLLS + 1))).all()
            if len(rows) > RECENT_POLLS:
                return None
            if rows:
                shapes.update(await read_shapes(connection, source, above=max(shapes, default=0)))
    by_cluster: dict[ClusterId, list[Packed]] = {}
    for row in rows:
        packed = unpack_poll(row.body, row.id, row.at, row.received_at)
        by_cluster.setdefault(ClusterId(row.cluster), []).append(packed)
    return {cluster: _each(found) for cluster, found in by_cluster.items()}


async def _each(found: Sequence[Packed]) -> AsyncIterator[Packed]:
    for packed in found:
        yield packed


async def sources(connection: AsyncConnection) -> tuple[SourceName, ...]:
    """Name the sources that have readings."""
    named = select(blocks.c.source).union(select(polls.c.source))
    return tuple(sorted(SourceName(source) for (source,) in await connection.execute(named)))


async def _push(
    waiting: list[tuple[int, ClusterId, Packed]], place: ClusterId, stream: AsyncIterator[Packed]
) -> None:
    async for packed in stream:
        heappush(waiting, (packed.head.at, place, packed))
        return


async def _clusters(connection: AsyncConnection, source: SourceName) -> list[ClusterId]:
    kept = select(blocks.c.cluster).where(blocks.c.source == source)
    fresh = select(polls.c.cluster).where(polls.c.source == source)
    return sorted(ClusterId(cluster) for (cluster,) in await connection.execute(kept.union(fresh)))


async def _stream(
    engine: AsyncEngine, place: Place, since: datetime | None, shapes: dict[int, Task]
) -> AsyncIterator[Packed]:
    last = 0
    earliest = None if since is None else microseconds(since)
    while True:
        with refusals():
            async with engine.begin() as connection:
                found = await _next(connection, place, last, since)
                shapes.update(await read_shapes(connection, place[0], above=max(shapes, default=0)))
        if not found:
            return
        for packed in found:
            if packed.head.poll > last and (earliest is None or packed.head.at >= earliest):
                yield packed
        last = found[-1].head.poll


async def _next(connection: AsyncConnection, place: Place, last: int, since: datetime | None) -> list[Packed]:
    """Read the next block, or where there is none the next polls; blocks always hold the older ones."""
    source, cluster = place
    packed = select(blocks.c.body).where(
        blocks.c.source == source, blocks.c.cluster == cluster, blocks.c.last_poll > last
    )
    if since is not None:
        packed = packed.where(blocks.c.last_at >= since)
    body = await connection.scalar(packed.order_by(blocks.c.last_poll).limit(1))
    if body is not None:
        return await asyncio.to_thread(unpack_block, body)
    single = select(polls).where(polls.c.source == source, polls.c.cluster == cluster, polls.c.id > last)
    if since is not None:
        single = single.where(polls.c.at >= since)
    rows = await connection.execute(single.order_by(polls.c.id).limit(READ_POLLS))
    return [unpack_poll(row.body, row.id, row.at, row.received_at) for row in rows]


@dataclass(frozen=True, slots=True)
class Block:
    """Readings that become a block, and the block's bytes."""

    place: Place
    polls: int
    last_poll: int
    last_at: datetime
    last_received_at: datetime
    body: bytes


async def crowded(connection: AsyncConnection) -> dict[Place, int]:
    """Count the single polls of each cluster that has enough of them for a block.

    How many are enough is told by the oldest; those of a thousand clusters are read together, some at a time.
    Clusters of which the oldest cannot be read come last: whoever takes them up learns why.
    """
    counted = select(polls.c.source, polls.c.cluster, func.count(), func.min(polls.c.id))
    counted = counted.group_by(polls.c.source, polls.c.cluster).having(func.count() >= LEAST_POLLS)
    oldest = {
        first: ((SourceName(source), ClusterId(cluster)), count)
        for source, cluster, count, first in await connection.execute(counted)
    }
    found: dict[Place, int] = {}
    damaged: dict[Place, int] = {}
    for some in chunks([*oldest], READ_POLLS):
        for row in await connection.execute(select(polls).where(polls.c.id.in_(some))):
            place, count = oldest[row.id]
            try:
                if count >= _enough(row):
                    found[place] = count
            except StorageError:
                damaged[place] = count
    return found | damaged


def _enough(oldest: Row[Any]) -> int:
    """Tell how many single polls of a cluster make a block, by its oldest."""
    return block_size(len(unpack_poll(oldest.body, oldest.id, oldest.at, oldest.received_at).rows.shapes))


async def gather_block(connection: AsyncConnection, place: Place, count: int) -> Block | None:
    """Make a block of a cluster's oldest single polls; None where there are not enough of them yet."""
    oldest = select(polls).where(polls.c.source == place[0], polls.c.cluster == place[1]).order_by(polls.c.id)
    first = (await connection.execute(oldest.limit(1))).first()
    if first is None:
        return None
    size = _enough(first)
    if count < size:
        return None
    rows = (await connection.execute(oldest.limit(size))).all()
    packed = [unpack_poll(row.body, row.id, row.at, row.received_at) for row in rows]
    return Block(
        place=place,
        polls=len(rows),
        last_poll=rows[-1].id,
        last_at=max(row.at for row in rows),
        last_received_at=max(row.received_at for row in rows),
        body=await asyncio.to_thread(pack_block, packed),
    )


def block_size(tasks: int) -> int:
    """Tell how many readings of so many tasks make a block."""
    return max(LEAST_POLLS, min(BLOCK_POLLS, BLOCK_ROWS // max(tasks, 1)))


async def keep_block(connection: AsyncConnection, block: Block) -> None:
    """Put a block in the place of its polls."""
    source, cluster = block.place
    await connection.execute(
        blocks.insert().values(
            source=source,
            cluster=cluster,
            last_poll=block.last_poll,
            last_at=block.last_at,
            last_received_at=block.last_received_at,
            body=block.body,
        )
    )
    await connection.execute(
        delete(polls).where(
            polls.c.source == source, polls.c.cluster == cluster, polls.c.id <= block.last_poll
        )
    )


async def prune(connection: AsyncConnection, before: datetime) -> None:
    """Drop what was read before this moment."""
    await connection.execute(delete(blocks).where(blocks.c.last_received_at < before))
    await connection.execute(delete(polls).where(polls.c.received_at < before))
