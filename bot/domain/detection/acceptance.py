"""“This is normal now”: what a task does at present is taken for its rhythm."""

from dataclasses import replace
from math import isnan, nan

from bot.domain.detection.memory import Block, Blocks, TaskMemory
from bot.domain.detection.rhythm import derive, shifted


def accept_as_normal(memory: TaskMemory) -> TaskMemory:
    """Take what the task does now for its normal: its level, and how long its checkpoint has rested.

    The level that was normal before is forgotten with it; what is worse still than now is trouble again.
    """
    after = replace(
        memory, trouble=None, rise=None, long_teeth=(), settling_from=nan, settling=nan, flat_at=memory.at
    )
    if isnan(memory.checkpoint):
        return after
    lag = memory.moved_at - memory.checkpoint
    behind = memory.at - memory.checkpoint
    rest = memory.at - memory.moved_at
    if memory.rhythm.blocks:
        raised = shifted(memory.rhythm, max(0.0, lag - memory.rhythm.ceiling), lifted=0.0)
        blocks = [
            replace(block, age=max(block.age, behind), rest=max(block.rest, rest)) for block in raised.blocks
        ]
    else:
        blocks = [
            Block(
                since=memory.block.since,
                low=min(memory.block.low, lag),
                high=max(memory.block.high, lag),
                proved=max(memory.block.proved, lag - memory.interval),
                age=max(memory.block.age, behind),
                rest=max(memory.block.rest, rest),
                publications=max(1, memory.block.publications),
            )
        ]
    return replace(after, rhythm=derive(Blocks.of(blocks)), block=Block(since=memory.at))
