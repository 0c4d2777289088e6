"""What is remembered of one task between two observations: seconds of OCP's clock since the epoch.

Everything here is a value: it is replaced, never changed in place.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from math import inf, nan
from operator import attrgetter
from typing import Self

from bot.domain.values import value


@value(frozen=True, slots=True)
class Block:
    """Healthy publications of at least ten minutes, boiled down.

    A publication first seen at one poll happened between that poll and the one before, so its lag was
    between ``least`` (poll before minus checkpoint) and ``most`` (poll minus checkpoint).
    ``low`` is the smallest ``most``, ``high`` the largest, ``proved`` the largest ``least``; ``age`` is the
    oldest that a checkpoint was seen, ``rest`` the longest that one was seen to stay; ``jump`` is the largest
    difference of ``most`` between two neighbours and ``last`` the latest ``most``.
    """

    since: float
    low: float = inf
    high: float = -inf
    proved: float = -inf
    age: float = -inf
    rest: float = 0.0
    publications: int = 0
    jump: float = 0.0
    last: float = nan


_ROW = struct.Struct("<d8f")
"""A moment, then spans: of a week in seconds, four bytes hold 0.06 at worst, of an hour 0.0002."""
numbers_of_block = attrgetter(*(field.name for field in fields(Block)))
BLOCK_SIZE = _ROW.size
"""Bytes of a packed block."""


def block_of(row: Sequence[float]) -> Block:
    """Make a block of its nine numbers."""
    since, low, high, proved, age, rest, publications, jump, last = row
    return Block(since, low, high, proved, age, rest, int(publications), jump, last)


@value(frozen=True, slots=True)
class Blocks:
    """Closed blocks, the oldest first, packed as ``_ROW`` says, in the order of Block's fields.

    Twelve blocks of ten thousand tasks are more than a million numbers, which as objects of Python's would
    take several times the memory.
    """

    packed: bytes = b""

    @classmethod
    def of(cls, blocks: Iterable[Block]) -> Self:
        """Pack these blocks."""
        return cls(b"".join([_ROW.pack(*numbers_of_block(block)) for block in blocks]))

    def __len__(self) -> int:
        return len(self.packed) // BLOCK_SIZE

    def __iter__(self) -> Iterator[Block]:
        return map(block_of, _ROW.iter_unpack(self.packed))

    def columns(self) -> Iterator[tuple[float, ...]]:
        """Yield what each field is in all blocks, field by field; nothing where there is no block."""
        return zip(*_ROW.iter_unpack(self.packed), strict=True)

    def but_the_newest(self) -> Self:
        """Leave out the newest."""
        return type(self)(self.packed[:-BLOCK_SIZE])

    def followed_by(self, block: Block, most: int) -> Self:
        """Add the newest, and let the oldest go where there would be more than ``most``."""
        return type(self)((self.packed + _ROW.pack(*numbers_of_block(block)))[-most * BLOCK_SIZE :])


@value(frozen=True, slots=True)
class Rhythm:
    """What a task does when healthy, derived from its blocks.

    ``floor`` is the lag it has for sure at most, ``ceiling`` the largest ``most`` and ``proof`` the largest
    ``least`` that health explains, ``bottom`` the lag it has at least; ``margin`` and ``spread`` are what so
    few publications ask to be added to them. ``mixed`` is whether polls have met the teeth in every phase, so
    that nothing over ``ceiling`` is to be expected. ``reach`` is
    the delay its teeth reach and ``rest`` how long a checkpoint stays. ``lifted`` is how much of the floor
    was taken on in steps that were told and not announced.
    """

    blocks: Blocks = Blocks()
    lifted: float = 0.0
    known: bool = False
    floor: float = inf
    ceiling: float = inf
    proof: float = inf
    bottom: float = -inf
    mixed: bool = False
    margin: float = 0.0
    spread: float = 0.0
    reach: float = inf
    rest: float = inf


@value(frozen=True, slots=True)
class Point:
    """One publication of a rise: its excess over health was between ``least`` and ``most``."""

    at: float
    least: float
    most: float


@value(frozen=True, slots=True)
class Rise:
    """Publications since ``since`` have shown excess over ``base``, and none fell back.

    ``top`` is the largest excess that is certain, ``sharp`` whether it was proved by resting polls alone,
    ``count`` how many publications there were, ``misses`` how many of the last
    showed no certain excess, ``sure_at`` when the last one did;
    ``blur`` is how far below it the healthy lag may be in truth.
    """

    since: float
    base: float = 0.0
    top: float = 0.0
    sharp: bool = True
    count: int = 0
    misses: int = 0
    sure_at: float = 0.0
    blur: float = 0.0
    points: tuple[Point, ...] = ()


@value(frozen=True, slots=True)
class Trouble:
    """Something that opened an incident and is not over: since when, and which way it goes.

    ``bad_at`` is the last observation that was bad, ``top`` the largest excess that was certain. ``peak`` is
    the largest lag at a publication and ``low`` the least since then; ``falling`` is whether it catches up,
    ``back`` whether it is back where it was. ``well_since`` is when it became well (NaN: not yet),
    ``hold`` how long it must stay so. Since ``level_since`` the certain excess has been near ``level``, and
    no lag less than ``bottom``.
    """

    since: float
    bad_at: float
    of_delay: bool
    growing: bool = False
    top: float = 0.0
    peak: float = -inf
    peak_at: float = nan
    low: float = inf
    falling: bool = False
    back: bool = False
    well_since: float = nan
    hold: float = 0.0
    level: float = -inf
    bottom: float = inf
    level_since: float = nan


@value(frozen=True, slots=True)
class Oddities:
    """What is rarely so: clocks and checkpoints that misbehave, and a recovery window that broke.

    ``back_since`` is when the checkpoint went behind the furthest seen; ``disagreed`` counts observations
    whose delay and checkpoint differed, by ``difference``; ``jump`` is how far OCP's clock seems to have
    jumped and ``jump_moves`` the publications that agree. ``halted`` is the checkpoint at which the task was
    interrupted or stopped, last seen so at ``halted_at``. ``gap_start`` to ``gap_end`` cannot be restored.
    ``broke_at`` is when it last broke, ``breaks`` how often within minutes of each other.
    """

    back_since: float = nan
    disagreed: int = 0
    difference: float = 0.0
    jump: float = nan
    jump_moves: int = 0
    halted: float = nan
    halted_at: float = nan
    gap_start: float = nan
    gap_end: float = nan
    broke_at: float = nan
    breaks: int = 0
    learned_at: float = nan
    learned_every: float = nan
    learned_every_before: float = nan
    learned_reach: float = nan
    learned_reach_before: float = nan


ORDINARY = Oddities()


@value(slots=True)
class TaskMemory:
    """One task's past.

    ``at`` is the last observation, less ``skew``, the jumps of OCP's clock that were seen through.
    ``checkpoint`` is the furthest one seen (NaN: none yet) and ``moved_at`` when it was first seen.
    ``interval`` is the usual time between polls. ``settling_from`` is when the task was given time to catch
    up (NaN: it was not), ``settling`` its lag then. ``long_teeth`` are the ages and rests of the last teeth,
    if they went on for longer than the rhythm explains and then returned to the floor.
    """

    at: float
    meaning: str
    meaning_since: float
    checkpoint: float
    moved_at: float
    interval: float
    created: float
    skew: float
    settling_from: float
    settling: float
    flat_at: float
    rhythm: Rhythm
    block: Block
    rise: Rise | None
    trouble: Trouble | None
    long_teeth: tuple[tuple[float, float], ...]
    odd: Oddities
