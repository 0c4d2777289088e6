"""The recovery window: from when to when nothing can be restored, where observations show it."""

from dataclasses import replace
from math import isnan, nan

from bot.domain.detection.instants import moment
from bot.domain.detection.memory import TaskMemory
from bot.domain.finding import RecoveryGap
from bot.domain.status import Meaning, Status


def note_halt(memory: TaskMemory, status: Status) -> None:
    """Keep in ``memory`` where the log ended, if what reports this status cannot go on from there.

    An interrupted task cannot be restarted as it is, and a stopped one begins a new round.
    """
    if status.meaning is Meaning.STOPPED or status.is_interrupted:
        memory.odd = replace(memory.odd, halted=memory.checkpoint, halted_at=memory.at)


def note_start(memory: TaskMemory, checkpoint: float, created: float) -> None:
    """Keep in ``memory`` the gap that a start from another place has left, if this observation shows one.

    ``memory`` is still at the observation before. A task that was created anew after the old one's last
    checkpoint has nothing from before its creation. One that was interrupted or stopped shows a gap when
    its checkpoint is at once past the moment at which it was still seen so; a smaller checkpoint shows that
    it went on from where it was.
    """
    odd = memory.odd
    if checkpoint <= memory.checkpoint or isnan(memory.checkpoint):
        return
    if created > memory.checkpoint and not isnan(memory.created) and created != memory.created:
        if created <= checkpoint:
            memory.odd = replace(odd, halted=nan, gap_start=memory.checkpoint, gap_end=created)
    elif not isnan(odd.halted):
        if checkpoint >= odd.halted_at:
            memory.odd = replace(odd, halted=nan, gap_start=odd.halted, gap_end=checkpoint)
        else:
            memory.odd = replace(odd, halted=nan)


def told_gap(memory: TaskMemory) -> RecoveryGap | None:
    """Give the gap that is to be told: once, and as long as the trouble lasts."""
    odd = memory.odd
    if isnan(odd.gap_start):
        return None
    if memory.trouble is None:
        memory.odd = replace(odd, gap_start=nan, gap_end=nan)
    return RecoveryGap(start=moment(odd.gap_start), end=moment(odd.gap_end))
