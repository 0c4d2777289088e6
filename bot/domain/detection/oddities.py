"""Observations that mislead: clocks that jump, checkpoints that go back, delays that contradict them."""

from dataclasses import replace
from math import inf, isnan, nan

from bot.domain.detection.memory import Block, Oddities, Rhythm, TaskMemory
from bot.domain.detection.rises import excess
from bot.domain.thresholds import Thresholds

SET_BACK = 60.0
"""A page this much older than the last one, with a newer checkpoint, shows a clock that was set back."""
LONG_GAP = 120.0
LONG_GAP_POLLS = 4.0
OUTAGE = 900.0
"""A rise is not put down to a jump of the clock after a gap of fewer seconds."""
JUMP_MOVES = 3
"""So many publications that are normal but for the jump prove that OCP's clock has jumped."""
DISAGREEMENT = 60.0
STEADY_DISAGREEMENTS = 4
"""So many observations that disagree by the same show two clocks, not an error."""
BACK_POLLS = 1.5
"""A checkpoint that stays behind the furthest seen for more than so many polls is believed."""


def set_back(memory: TaskMemory, instant: float, checkpoint: float) -> TaskMemory | None:
    """Give the memory that goes on after OCP's clock was set back, or None where the page is only late."""
    by = memory.at + memory.skew - instant
    if by <= SET_BACK or not checkpoint > memory.checkpoint:
        return None
    skew = instant - memory.at - memory.interval
    if abs(skew) < SET_BACK:
        skew = 0.0
    now = instant - skew
    return replace(
        memory,
        at=now,
        skew=skew,
        checkpoint=checkpoint,
        moved_at=now,
        flat_at=now,
        meaning_since=min(memory.meaning_since, now),
        rise=None,
        settling_from=now,
        settling=now - checkpoint,
        odd=replace(memory.odd, jump=nan, jump_moves=0),
    )


def disagrees(memory: TaskMemory, instant: float, checkpoint: float, delay: float) -> bool:
    """Whether OCP's delay contradicts its checkpoint, and not always by the same; counted in ``memory``."""
    difference = instant - checkpoint - delay
    odd = memory.odd
    if abs(difference) <= DISAGREEMENT:
        if odd.disagreed:
            memory.odd = replace(odd, disagreed=0, difference=0.0)
        return False
    is_same = odd.disagreed > 0 and abs(difference - odd.difference) <= DISAGREEMENT
    count = min(odd.disagreed + 1, STEADY_DISAGREEMENTS) if is_same else 1
    memory.odd = replace(odd, disagreed=count, difference=odd.difference if is_same else difference)
    return count < STEADY_DISAGREEMENTS


def went_back(memory: TaskMemory, now: float, checkpoint: float) -> bool:
    """Whether the checkpoint is behind the furthest seen; one that stays there is believed in the end.

    What was known of the task's rhythm does not hold from there: it starts anew.
    """
    odd = memory.odd
    if isnan(odd.back_since):
        memory.odd = replace(odd, back_since=now)
        return True
    if now - odd.back_since <= BACK_POLLS * memory.interval:
        return True
    memory.odd = replace(odd, back_since=nan)
    memory.checkpoint = checkpoint
    memory.rise = None
    if memory.trouble is None:
        memory.moved_at = now
        memory.rhythm = Rhythm()
        memory.block = Block(since=now)
    return False


def suspect_jump(memory: TaskMemory, gap: float) -> None:
    """Keep in ``memory`` that OCP's clock may have jumped: much more time has passed than between polls."""
    if (
        gap > max(LONG_GAP, LONG_GAP_POLLS * memory.interval)
        and memory.rhythm.known
        and memory.trouble is None
        and (memory.rise is None or gap > OUTAGE)
    ):
        memory.odd = replace(memory.odd, jump=gap - memory.interval, jump_moves=0)


def sees_jump(memory: TaskMemory, now: float, checkpoint: float, thresholds: Thresholds) -> bool:
    """Whether what is seen at ``now`` is normal but for a jump of OCP's clock, as far as can be told yet.

    A jump that is proved moves ``skew``, one that is refuted is forgotten; both in ``memory``, which is
    brought to ``now`` where True is returned.
    """
    odd, rhythm = memory.odd, memory.rhythm
    supposed = now - odd.jump
    patience = thresholds.patience.total_seconds()
    if not checkpoint > memory.checkpoint:
        if now - checkpoint <= rhythm.reach + patience:
            return False
        if supposed - checkpoint <= rhythm.reach + patience:
            memory.at = now
            return True
        memory.odd = _without_jump(memory)
        return False
    plain, _, _ = excess(rhythm, now - memory.interval - checkpoint, now - checkpoint, inf, 0.0)
    unjumped = supposed - checkpoint - rhythm.ceiling - 2.0 * memory.interval
    if plain <= 0.0 or unjumped > 0.0:
        memory.odd = _without_jump(memory)
        if plain > 0.0:
            memory.settling_from, memory.settling = now, now - checkpoint
        return False
    memory.at = memory.moved_at = memory.flat_at = now
    memory.checkpoint = checkpoint
    memory.odd = replace(odd, jump_moves=odd.jump_moves + 1)
    if memory.odd.jump_moves >= JUMP_MOVES:
        memory.skew += odd.jump
        memory.at = memory.moved_at = memory.flat_at = supposed
        memory.meaning_since = min(memory.meaning_since, supposed)
        memory.odd = _without_jump(memory)
    return True


def _without_jump(memory: TaskMemory) -> Oddities:
    return replace(memory.odd, jump=nan, jump_moves=0)
