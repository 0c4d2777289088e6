"""What one observation of a running task does to what is remembered: it learns, suspects a rise, or waits."""

from dataclasses import replace
from math import inf, isnan, nan

from bot.domain.detection.memory import Block, TaskMemory, Trouble
from bot.domain.detection.rhythm import NOISE, TEETH, derive_first, extended, is_full, learned, slowed
from bot.domain.detection.rises import excess, risen
from bot.domain.thresholds import Thresholds


def moved(
    memory: TaskMemory, now: float, checkpoint: float, interval: float, thresholds: Thresholds
) -> TaskMemory:
    """Take in a checkpoint that is further than the furthest seen before."""
    before = memory.at
    least, most = before - checkpoint, now - checkpoint
    age, rest = before - memory.checkpoint, before - memory.moved_at
    rhythm = memory.rhythm
    late = max(0.0, now - before - 1.5 * interval)
    sure, possible, sharp = excess(rhythm, least, most, rest, late)
    after = TaskMemory(
        at=now,
        meaning=memory.meaning,
        meaning_since=memory.meaning_since,
        checkpoint=checkpoint,
        moved_at=now,
        interval=interval,
        created=memory.created,
        skew=memory.skew,
        settling_from=memory.settling_from,
        settling=memory.settling,
        flat_at=now if sure <= 0.0 else memory.flat_at,
        rhythm=rhythm,
        block=memory.block,
        rise=memory.rise,
        trouble=memory.trouble,
        long_teeth=memory.long_teeth,
        odd=memory.odd,
    )
    if sure <= 0.0:
        usual = rhythm.reach if rhythm.known else thresholds.unknown_stall.total_seconds()
        _count_tooth(after, age, rest, usual)
    if after.trouble is not None:
        after.trouble = _followed(after.trouble, after, most, sure, possible, thresholds)
        return after
    if _settles(after, most, sure, rest):
        return after
    if after.rise is not None or sure > 0.0:
        after.rise = risen(after.rise, now, sure, possible, sharp=sharp, flat_at=memory.flat_at)
        return after
    _learn(after, least, most, age, rest)
    return after


def _count_tooth(after: TaskMemory, age: float, rest: float, usual: float) -> None:
    """Count a tooth that went on for longer than the rhythm explains and returned to the floor."""
    if age <= usual:
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
            after.rhythm = derive_first(block, after.at)
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
    """Follow a task in trouble: whether it falls further behind, catches up, or is back."""
    peak, peak_at, low = trouble.peak, trouble.peak_at, trouble.low
    falling = trouble.falling
    if most >= peak:
        peak, peak_at, low = most, after.at, most
    low = min(low, most)
    slack = max(15.0, 0.05 * peak) + min(after.interval, 60.0)
    if most < peak - slack:
        falling = True
    if most > low + slack:
        falling = False
        peak, peak_at, low = most, after.at, most
    top = max(trouble.top, sure)
    rhythm = after.rhythm
    if rhythm.known:
        back = sure <= 0.0 and (not trouble.growing or possible <= max(0.5 * top, 2.0 * rhythm.spread))
    else:
        back = most <= thresholds.lagging_warning.total_seconds()
    return replace(trouble, top=top, peak=peak, peak_at=peak_at, low=low, falling=falling, back=back)
