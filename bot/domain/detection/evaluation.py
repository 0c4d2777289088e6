"""One task, one observation: what holds now, and what to remember."""

from dataclasses import replace
from datetime import datetime
from math import isnan, nan

from bot.domain.detection.delays import assess_delay
from bot.domain.detection.memory import ORDINARY, Block, Rhythm, TaskMemory
from bot.domain.detection.movement import moved
from bot.domain.detection.statuses import assess_status
from bot.domain.finding import Assessment, clear, unknown
from bot.domain.status import Meaning
from bot.domain.task import Task
from bot.domain.thresholds import Thresholds


def evaluate(
    memory: TaskMemory | None, task: Task, at: datetime, thresholds: Thresholds
) -> tuple[TaskMemory, Assessment]:
    """Assess one task as it was listed at ``at`` (the envelope's timestamp: OCP's clock).

    Returns what to remember for the next time, and the assessment. An observation that is not later than
    the last one is UNKNOWN and leaves the memory as it is.
    """
    instant = at.timestamp()
    checkpoint = nan if task.checkpoint is None else task.checkpoint.timestamp()
    if memory is None:
        memory = _born(task, instant, checkpoint)
    else:
        if instant <= memory.at + memory.skew:
            return memory, unknown(at, "it came late or twice")
        memory = _observed(memory, task, instant, checkpoint, thresholds)
    if task.status.meaning is not Meaning.RUNNING:
        return memory, assess_status(memory, task, at, thresholds)
    delay = task.behind(at)
    if delay is None:
        return memory, unknown(at, "OCP sent neither a checkpoint nor a delay")
    if task.is_standby and not thresholds.standby_delay_matters:
        memory.trouble = None
        return memory, clear(at, delay=delay)
    return memory, assess_delay(memory, at, delay, thresholds)


def accept_as_normal(memory: TaskMemory) -> TaskMemory:
    """Take what the task does now for its normal: it is no longer held against what it did before."""
    return replace(memory, trouble=None, rise=None)


def _born(task: Task, instant: float, checkpoint: float) -> TaskMemory:
    return TaskMemory(
        at=instant,
        meaning=task.status.meaning,
        meaning_since=instant,
        checkpoint=checkpoint,
        moved_at=instant,
        interval=30.0,
        created=nan if task.created_at is None else task.created_at.timestamp(),
        skew=0.0,
        settling_from=nan,
        settling=nan,
        flat_at=instant,
        rhythm=Rhythm(),
        block=Block(since=instant),
        rise=None,
        trouble=None,
        long_teeth=(),
        odd=ORDINARY,
    )


def _observed(
    memory: TaskMemory, task: Task, instant: float, checkpoint: float, thresholds: Thresholds
) -> TaskMemory:
    now = instant - memory.skew
    gap = now - memory.at
    interval = memory.interval
    interval += 0.1 * (min(gap, 2.0 * interval) - interval)
    if checkpoint > memory.checkpoint and task.status.meaning is Meaning.RUNNING:
        after = moved(memory, now, checkpoint, interval, thresholds)
    else:
        after = TaskMemory(
            at=now,
            meaning=memory.meaning,
            meaning_since=memory.meaning_since,
            checkpoint=memory.checkpoint,
            moved_at=memory.moved_at,
            interval=interval,
            created=memory.created,
            skew=memory.skew,
            settling_from=memory.settling_from,
            settling=memory.settling,
            flat_at=memory.flat_at,
            rhythm=memory.rhythm,
            block=memory.block,
            rise=memory.rise,
            trouble=memory.trouble,
            long_teeth=memory.long_teeth,
            odd=memory.odd,
        )
    if task.status.meaning is not memory.meaning:
        after.meaning = task.status.meaning
        after.meaning_since = now
    if isnan(after.checkpoint):
        after.checkpoint = checkpoint
        after.moved_at = now
    return after
