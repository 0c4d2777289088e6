"""What one observation of a running task does to what is remembered: it learns, suspects a rise, or waits."""

from dataclasses import replace
from math import inf, isnan, nan

from bot.domain.detection.memory import Block, TaskMemory, Trouble
from bot.domain.detection.rhythm import NOISE, TEETH, derive_first, extended, is_full, learned, slowed
from bot.domain.detection.rises import excess, risen
from bot.domain.thresholds import Thresholds

FIRST_NOISE = 30.0
"""Before the first block is full, so many seconds of excess are taken for the noise that is still unknown."""
LEVEL_NOISE = 15.0
"""Seconds within which the level of a task in trouble counts as the same."""


def moved(after: TaskMemory, now: float, checkpoint: float, thresholds: Thresholds) -> None:
    """Take a checkpoint that is further than the furthest seen before into ``after``, which is a copy."""
    before = after.at
    least, most = before - checkpoint, now - checkpoint
    age, rest = before - after.checkpoint, before - after.moved_at
    rhythm = after.rhythm
    late = max(0.0, now - before - after.interval)
    sure, possible, sharp = excess(rhythm, least, most, rest, late)
    flat_at = after.flat_at
    after.at = after.moved_at = now
    after.checkpoint = checkpoint
    if sure <= 0.0:
        after.flat_at = now
        if rhythm.known:
            is_long = age > rhythm.reach and rest > rhythm.rest + 0.5 * after.interval
        else:
            is_back = most <= thresholds.lagging_warning.total_seconds()
            is_long = is_back and age > thresholds.unknown_stall.total_seconds()
        _count_tooth(after, age, rest, is_long=is_long)
    if after.trouble is not None:
        after.trouble = _followed(after.trouble, after, most, sure, possible, thresholds)
    elif _settles(after, most, sure, rest):
        return
    elif after.rise is not None or sure > (0.0 if rhythm.blocks else FIRST_NOISE):
        is_vague = rest <= 0.0 and late > 0.5 * after.interval
        if after.rise is not None and is_vague and possible >= after.rise.top:
            return
        blur = 0.0 if rhythm.mixed else max(0.0, rhythm.proof - rhythm.bottom)
        after.rise = risen(after.rise, now, sure, possible, sharp=sharp, flat_at=flat_at, blur=blur)
    else:
        _learn(after, least, most, age, rest)


def resumed(after: TaskMemory, now: float, checkpoint: float, thresholds: Thresholds) -> None:
    """Take the first checkpoint of a task that runs again into ``after``: nothing is learned from it."""
    least, most = after.at - checkpoint, now - checkpoint
    sure, possible, _ = excess(after.rhythm, least, most, inf, 0.0)
    after.at = after.moved_at = now
    after.checkpoint = checkpoint
    if after.trouble is not None:
        after.trouble = _followed(after.trouble, after, most, sure, possible, thresholds)


def _count_tooth(after: TaskMemory, age: float, rest: float, *, is_long: bool) -> None:
    """Count a tooth that went on for longer than the rhythm explains and returned to the floor."""
    if not is_long:
        after.long_teeth = ()
        return
    after.long_teeth = (*after.long_teeth, (age, rest))
    if len(after.long_teeth) == TEETH:
        age, rest = max(after.long_teeth)
        before = after.rhythm
        if before.blocks:
            after.rhythm = slowed(before, age, rest, after.interval)
            after.block = Block(since=after.at)
        else:
            lag = after.at - after.checkpoint
            after.block = learned(after.block, lag - after.interval, lag, age, rest)
            after.rhythm = replace(derive_first(after.block, after.at), known=True)
        after.long_teeth = ()
        after.rise = None
        if before.known:
            after.odd = replace(
                after.odd,
                learned_at=after.at,
                learned_every=rest + after.interval,
                learned_every_before=before.rest + after.interval,
                learned_reach=after.rhythm.reach,
                learned_reach_before=before.reach,
            )
        if after.trouble is not None and after.trouble.of_delay:
            after.trouble = None


def _settles(after: TaskMemory, most: float, sure: float, rest: float) -> bool:
    """Whether the task is still catching up after a pause, for which it gets time."""
    rhythm = after.rhythm
    if isnan(after.settling_from):
        if sure <= 0.0 or rest <= rhythm.rest + max(1.5 * after.interval, 0.25 * rhythm.rest):
            return False
    elif sure <= 0.0 or most >= after.settling - NOISE:
        after.settling_from = after.settling = nan
        return False
    after.settling_from, after.settling = after.at, most
    return True


def _learn(after: TaskMemory, least: float, most: float, age: float, rest: float) -> None:
    """Learn from a healthy publication; a pause is no part of the rhythm."""
    rhythm = after.rhythm
    if rhythm.known and age > rhythm.floor + 1.5 * (rhythm.reach - rhythm.floor) + after.interval:
        age, rest = -inf, 0.0
    block = learned(after.block, least, most, age, rest)
    if not is_full(block, after.at):
        after.block = block
        if not rhythm.blocks:
            first = derive_first(block, after.at)
            after.rhythm = replace(first, known=True) if rhythm.known else first
        return
    after.rhythm = extended(rhythm, block, after.at)
    after.block = Block(since=after.at)


def _followed(
    trouble: Trouble,
    after: TaskMemory,
    most: float,
    sure: float,
    possible: float,
    thresholds: Thresholds,
) -> Trouble:
    """Follow a task in trouble: whether it falls further behind, catches up, stays, or is back."""
    now = after.at
    peak, peak_at, low = trouble.peak, trouble.peak_at, trouble.low
    falling = trouble.falling or not (trouble.growing or peak_at > trouble.since)
    if most >= peak:
        peak, peak_at, low = most, now, most
    low = min(low, most)
    slack = max(15.0, 0.05 * peak) + min(after.interval, 60.0)
    if most < peak - slack:
        falling = True
    if most > low + slack:
        falling = False
        peak, peak_at, low = most, now, most
    top = max(trouble.top, sure)
    level, bottom, level_since = trouble.level, trouble.bottom, trouble.level_since
    if sure > level + LEVEL_NOISE or most < bottom - LEVEL_NOISE:
        level, bottom, level_since = sure, most, now
    rhythm = after.rhythm
    if rhythm.known:
        near = not trouble.growing or possible <= max(0.5 * top, 2.0 * rhythm.spread)
        back = sure <= 0.0 and (near or trouble.back)
    else:
        near = most >= trouble.low or not trouble.of_delay
        back = most <= thresholds.lagging_warning.total_seconds() and (near or trouble.back)
    return replace(
        trouble,
        top=top,
        peak=peak,
        peak_at=peak_at,
        low=low,
        falling=falling,
        back=back,
        level=level,
        bottom=bottom,
        level_since=level_since,
    )
