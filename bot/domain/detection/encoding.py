"""A task's memory as bytes, with a version and a checksum: numbers in a fixed order, at most 2 kB."""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

from bot.domain.detection.memory import (
    BLOCK_SIZE,
    ORDINARY,
    Blocks,
    Oddities,
    Point,
    Rhythm,
    Rise,
    TaskMemory,
    Trouble,
    block_of,
    numbers_of_block,
)
from bot.domain.detection.rhythm import derive, derive_first
from bot.domain.status import Meaning

_VERSION = 4
_HEAD = struct.Struct("<BI")
_NUMBER = 8
_FIRST = struct.Struct("<23d")
"""Thirteen numbers, the open block, and how many closed blocks follow."""
_MEANINGS = tuple(Meaning)
_NUMBERS: dict[str, int] = {meaning: number for number, meaning in enumerate(Meaning)}


def _all_of(kind: type[Trouble | Oddities]) -> Callable[[object], tuple[float, ...]]:
    """Make what gives all fields of a flat dataclass; ``astuple`` copies deeply, at five times the cost."""
    return attrgetter(*(field.name for field in fields(kind)))


_of_trouble, _of_oddities = _all_of(Trouble), _all_of(Oddities)


def encode(memory: TaskMemory) -> bytes:
    """Give a memory as bytes; ``decode`` gives it back."""
    rise, trouble = memory.rise, memory.trouble
    first: list[float] = [
        memory.at,
        _NUMBERS[memory.meaning],
        memory.meaning_since,
        memory.checkpoint,
        memory.moved_at,
        memory.interval,
        memory.created,
        memory.skew,
        memory.settling_from,
        memory.settling,
        memory.flat_at,
        memory.rhythm.lifted,
        memory.rhythm.known,
        *numbers_of_block(memory.block),
        len(memory.rhythm.blocks),
    ]
    numbers: list[float] = [rise is not None]
    if rise is not None:
        numbers += (rise.since, rise.base, rise.top, rise.sharp, rise.count, rise.misses, rise.sure_at)
        numbers += (rise.blur, len(rise.points))
        for point in rise.points:
            numbers += (point.at, point.least, point.most)
    numbers.append(trouble is not None)
    if trouble is not None:
        numbers += _of_trouble(trouble)
    numbers.append(len(memory.long_teeth))
    for tooth in memory.long_teeth:
        numbers += tooth
    if memory.odd != ORDINARY:
        numbers += _of_oddities(memory.odd)
    body = _FIRST.pack(*first) + memory.rhythm.blocks.packed + struct.pack(f"<{len(numbers)}d", *numbers)
    return _HEAD.pack(_VERSION, zlib.crc32(body)) + body


def decode(data: bytes) -> TaskMemory | None:
    """Give the memory that ``encode`` wrote, or None for another version or damaged bytes: start anew."""
    body = data[_HEAD.size :]
    if len(data) < _HEAD.size or _HEAD.unpack_from(data) != (_VERSION, zlib.crc32(body)):
        return None
    head = _FIRST.unpack_from(body)
    block = block_of(head[13:22])
    rest = _FIRST.size + int(head[22]) * BLOCK_SIZE
    blocks = Blocks(body[_FIRST.size : rest])
    numbers = iter(struct.unpack(f"<{(len(body) - rest) // _NUMBER}d", body[rest:]))
    if blocks:
        rhythm = derive(blocks, head[11])
    elif block.publications:
        rhythm = replace(derive_first(block, head[0]), known=bool(head[12]))
    else:
        rhythm = Rhythm()
    return TaskMemory(
        at=head[0],
        meaning=_MEANINGS[int(head[1])],
        meaning_since=head[2],
        checkpoint=head[3],
        moved_at=head[4],
        interval=head[5],
        created=head[6],
        skew=head[7],
        settling_from=head[8],
        settling=head[9],
        flat_at=head[10],
        rhythm=rhythm,
        block=block,
        rise=_rise(numbers),
        trouble=_trouble(numbers),
        long_teeth=tuple((next(numbers), next(numbers)) for _ in range(int(next(numbers)))),
        odd=_oddities(numbers),
    )


def _take(numbers: Iterator[Any], count: int) -> list[Any]:
    return [next(numbers) for _ in range(count)]


def _rise(numbers: Iterator[Any]) -> Rise | None:
    if not next(numbers):
        return None
    since, base, top, sharp, count, misses, sure_at, blur, points = _take(numbers, 9)
    return Rise(
        since=since,
        base=base,
        top=top,
        sharp=bool(sharp),
        count=int(count),
        misses=int(misses),
        sure_at=sure_at,
        blur=blur,
        points=tuple(Point(*_take(numbers, 3)) for _ in range(int(points))),
    )


def _trouble(numbers: Iterator[Any]) -> Trouble | None:
    if not next(numbers):
        return None
    trouble = Trouble(*_take(numbers, 15))
    return replace(
        trouble,
        of_delay=bool(trouble.of_delay),
        growing=bool(trouble.growing),
        falling=bool(trouble.falling),
        back=bool(trouble.back),
    )


def _oddities(numbers: Iterator[Any]) -> Oddities:
    values = list(numbers)
    if not values:
        return ORDINARY
    odd = Oddities(*values)
    return replace(odd, disagreed=int(odd.disagreed), jump_moves=int(odd.jump_moves), breaks=int(odd.breaks))
