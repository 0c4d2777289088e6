"""Learning what a task does while it is healthy."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from bot.domain.detection.memory import Block, Blocks, Rhythm

BLOCK_SECONDS = 600.0
BLOCK_PUBLICATIONS = 3
BLOCKS = 13
"""Twelve that count and the newest, which is trusted only when the next one is full."""
KNOWN_PUBLICATIONS = 4
KNOWN_SECONDS = 240.0
TEETH = 3
"""So many whole teeth prove a new rhythm."""
FEW = 2
"""A median of so few blocks is none."""
MIXED_BLOCKS = 3
MIXED = 0.5
"""Neighbours that differ by this share of all that was seen, in two blocks, show how long teeth are."""
NOISE = 1.0
"""Seconds that rounding and slow answers explain."""


def derive(blocks: Blocks, lifted: float = 0.0) -> Rhythm:
    """Derive the rhythm from closed blocks, the newest of which is not trusted yet."""
    return _derived(blocks, blocks.but_the_newest() if len(blocks) > 1 else blocks, lifted)


def derive_first(open_block: Block, at: float) -> Rhythm:
    """Derive what can be said of a task's rhythm before its first block is full.

    It is what ``derive`` says of a single block, put shortly: a new fleet asks for it with every publication.
    """
    low, few = open_block.low, 1.5 / open_block.publications
    return Rhythm(
        known=open_block.publications >= KNOWN_PUBLICATIONS and at - open_block.since >= KNOWN_SECONDS,
        floor=low,
        ceiling=open_block.high,
        proof=low,
        bottom=min(open_block.proved, low),
        margin=NOISE + few * max(0.0, open_block.proved - low),
        spread=NOISE + few * (open_block.high - low),
        reach=low + 1.5 * max(open_block.age - low, 0.0) + 5.0,
        rest=open_block.rest,
    )


def _derived(blocks: Blocks, trusted: Blocks, lifted: float) -> Rhythm:
    _, lows, highs, proofs, oldest, rests, publications, jumps, _ = trusted.columns()
    low, high, proved = min(lows), max(highs), max(proofs)
    width = high - low
    few = 1.5 / sum(publications)
    uneven = max(max(lows) - low, high - min(highs))
    ages = [max(age - low, 0.0) for age in oldest]
    reach = low + (_bound(ages) + 5.0 if len(ages) > FEW else 1.5 * max(ages) + 5.0)
    return Rhythm(
        blocks=blocks,
        lifted=lifted,
        known=True,
        floor=low,
        ceiling=high,
        proof=max(proved, low),
        bottom=min(proved, low),
        margin=NOISE + few * max(0.0, proved - low),
        spread=NOISE + few * width + uneven / len(trusted),
        mixed=len(trusted) >= MIXED_BLOCKS and sorted(jumps)[-2] >= MIXED * width,
        reach=reach,
        rest=_bound(rests) if len(rests) > FEW else max(rests),
    )


def _bound(values: Sequence[float]) -> float:
    """Give a bound of what such values reach, which a few that are too large do not move."""
    middle = median(values)
    return middle + max(3.0 * median([abs(value - middle) for value in values]), 0.1 * middle)


def learned(block: Block, least: float, most: float, age: float, rest: float) -> Block:
    """Add a healthy publication to the open block."""
    return Block(
        since=block.since,
        low=min(block.low, most),
        high=max(block.high, most),
        proved=max(block.proved, least),
        age=max(block.age, age),
        rest=max(block.rest, rest),
        publications=block.publications + 1,
        jump=max(block.jump, abs(most - block.last)) if block.publications else 0.0,
        last=most,
    )


def is_full(block: Block, at: float) -> bool:
    """Whether a block has lasted long enough and holds enough."""
    return at - block.since >= BLOCK_SECONDS and block.publications >= BLOCK_PUBLICATIONS


def extended(rhythm: Rhythm, block: Block, at: float) -> Rhythm:
    """Take in a full block; the oldest goes. What was lifted is forgotten at two minutes a day."""
    gone = LIFT_FORGOTTEN * (at - block.since)
    return derive(rhythm.blocks.followed_by(block, BLOCKS), max(0.0, rhythm.lifted - gone))


LIFT_FORGOTTEN = 120.0 / 86_400.0


def shifted(rhythm: Rhythm, by: float, *, lifted: float) -> Rhythm:
    """Move every level by ``by``: a step that stays, or a clock that jumped."""
    blocks = (
        replace(block, low=block.low + by, high=block.high + by, proved=block.proved + by, age=block.age + by)
        for block in rhythm.blocks
    )
    return derive(Blocks.of(blocks), lifted)


def slowed(rhythm: Rhythm, age: float, rest: float, interval: float) -> Rhythm:
    """Take on a slower rhythm, whose teeth reach ``age`` and rest ``rest``; the floor is the old one."""
    blocks = (
        replace(
            block,
            age=max(block.age, age),
            rest=max(block.rest, rest),
            high=max(block.high, rhythm.floor + interval),
        )
        for block in rhythm.blocks
    )
    return derive(Blocks.of(blocks), rhythm.lifted)
