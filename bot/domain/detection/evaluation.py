"""One task, one observation: what holds now, and what to remember."""

from dataclasses import replace
from datetime import datetime
from math import isinf, isnan, nan

from bot.domain.detection import gaps, oddities
from bot.domain.detection.delays import assess_delay
from bot.domain.detection.instants import moment, span
from bot.domain.detection.memory import ORDINARY, Block, Rhythm, TaskMemory
from bot.domain.detection.movement import moved, resumed
from bot.domain.detection.rhythm import shifted
from bot.domain.detection.rises import has_stayed
from bot.domain.detection.statuses import assess_status
from bot.domain.evidence import NewRhythm
from bot.domain.finding import Assessment, NewLevel, Verdict, clear, unknown
from bot.domain.status import Meaning
from bot.domain.task import Task
from bot.domain.thresholds import Thresholds

SAME_CHECKPOINT = 2.0
"""Seconds by which a checkpoint that is computed from the delay may be off."""
LEARNED_IS_SAID = 900.0
"""So many seconds after it was proved, a new rhythm is the reason of being well."""
STAYED_AFTER_TROUBLE = 2400.0
WORTH_TELLING = 5.0
"""A step of fewer seconds is not told."""
_RUNNING = Meaning.RUNNING
_CLEAR = Verdict.CLEAR
# Looked up once: a member of an enum takes longer to look up than a comparison with it.


def evaluate(
    memory: TaskMemory | None, task: Task, at: datetime, thresholds: Thresholds
) -> tuple[TaskMemory, Assessment]:
    """Assess one task as it was listed at ``at`` (the envelope's timestamp: OCP's clock).

    Returns what to remember for the next time, and the assessment. An observation that is not later than
    the last one is UNKNOWN and leaves the memory as it is.
    """
    instant = at.timestamp()
    if task.checkpoint is None:
        checkpoint = _computed_checkpoint(memory, task, instant)
    else:
        checkpoint = task.checkpoint.timestamp()
    if memory is None:
        after = _born(task, instant, checkpoint)
        return after, _assessed(after, task, at, thresholds)
    now = instant - memory.skew
    if now <= memory.at:
        behind = oddities.set_back(memory, instant, checkpoint)
        if behind is None:
            return memory, unknown(at, "it came late or twice")
        return behind, unknown(at, "OCP's clock was set back", delay=task.behind(at))
    after = _copy(memory)
    if (
        task.status.meaning is _RUNNING
        and memory.meaning is _RUNNING
        and not _is_plain(memory, task, instant, now, checkpoint)
    ):
        why = _misleading(after, task, instant, now, checkpoint, thresholds)
        if why is not None:
            return after, unknown(at, why, delay=task.behind(at))
        now = instant - after.skew
    created = nan if task.created_at is None else task.created_at.timestamp()
    if created != memory.created or after.odd is not ORDINARY:
        gaps.note_start(after, checkpoint, created)
        after.created = created
    _observe(after, task, now, checkpoint, thresholds)
    return after, _assessed(after, task, at, thresholds)


def _is_plain(memory: TaskMemory, task: Task, instant: float, now: float, checkpoint: float) -> bool:
    """Whether an observation gives no reason to ask whether it misleads, as all but a few give none."""
    return (
        memory.odd is ORDINARY
        and now - memory.at <= oddities.LONG_GAP
        and not checkpoint < memory.checkpoint - SAME_CHECKPOINT
        and (
            task.delay is None
            or task.checkpoint is None
            or abs(instant - checkpoint - task.delay.total_seconds()) <= oddities.DISAGREEMENT
        )
    )


def _computed_checkpoint(memory: TaskMemory | None, task: Task, instant: float) -> float:
    if task.delay is None:
        return nan
    computed = instant - task.delay.total_seconds()
    if memory is not None and abs(computed - memory.checkpoint) <= SAME_CHECKPOINT:
        return memory.checkpoint
    return computed


def _misleading(
    after: TaskMemory, task: Task, instant: float, now: float, checkpoint: float, thresholds: Thresholds
) -> str | None:
    """Say why the observation of a task that has been running proves nothing, or None."""
    if (task.checkpoint is not None and task.delay is not None) and oddities.disagrees(
        after, instant, checkpoint, task.delay.total_seconds()
    ):
        return "the delay contradicts the checkpoint"
    if checkpoint < after.checkpoint - SAME_CHECKPOINT:
        if oddities.went_back(after, now, checkpoint):
            return "the checkpoint went backwards"
    elif not isnan(after.odd.back_since):
        after.odd = replace(after.odd, back_since=nan)
    oddities.suspect_jump(after, now - after.at)
    if not isnan(after.odd.jump) and oddities.sees_jump(after, now, checkpoint, thresholds):
        return "OCP's clock seems to have jumped"
    return None


def _observe(after: TaskMemory, task: Task, now: float, checkpoint: float, thresholds: Thresholds) -> None:
    """Bring the memory to ``now``."""
    gap = now - after.at
    meaning = task.status.meaning
    interval = after.interval
    if interval <= 0.0:
        interval = gap
    after.interval = interval + 0.1 * (min(gap, 2.0 * interval) - interval)
    if checkpoint > after.checkpoint:
        if meaning is not _RUNNING:
            after.checkpoint = checkpoint
            after.moved_at = now
        elif after.meaning is _RUNNING:
            moved(after, now, checkpoint, thresholds)
        else:
            resumed(after, now, checkpoint, thresholds)
    elif isnan(after.checkpoint):
        after.checkpoint = checkpoint
        after.moved_at = now
    after.at = now
    if meaning is not after.meaning:
        after.meaning = meaning
        after.meaning_since = now


def _assessed(after: TaskMemory, task: Task, at: datetime, thresholds: Thresholds) -> Assessment:
    if task.status.meaning is not _RUNNING:
        gaps.note_halt(after, task.status)
        return assess_status(after, task, at, thresholds)
    delay = task.behind(at)
    if delay is None:
        return unknown(at, "OCP sent neither a checkpoint nor a delay")
    if not thresholds.standby_delay_matters and task.is_standby:
        after.trouble = after.rise = None
        return clear(at, delay=delay, judged=False)
    told = None
    if after.rise is not None:
        told = _stay(after)
    elif after.trouble is not None and after.trouble.of_delay:
        told = _stay_after_trouble(after, thresholds)
    assessment = assess_delay(after, at, delay, thresholds)
    if told is None and after.odd is ORDINARY:
        return assessment
    return _with_facts(after, assessment, told)


def _with_facts(after: TaskMemory, assessment: Assessment, told: NewLevel | None) -> Assessment:
    odd = after.odd
    learned = None
    if after.at - odd.learned_at <= LEARNED_IS_SAID:
        learned = NewRhythm(
            every=span(odd.learned_every),
            every_before=span(odd.learned_every_before),
            reach=span(odd.learned_reach),
            reach_before=span(odd.learned_reach_before),
            at=moment(odd.learned_at + after.skew),
        )
        if assessment.verdict is _CLEAR:
            assessment = replace(assessment, because=learned)
    return replace(
        assessment,
        gap=gaps.told_gap(after),
        learned=learned if odd.learned_at == after.at else None,
        told=told,
    )


def _stay(after: TaskMemory) -> NewLevel | None:
    """Take on the level of a rise that has stayed; tell it if it is worth telling."""
    rise = after.rise
    if rise is None or not has_stayed(rise, after.at):
        return None
    after.rise = None
    return _settle_at(after, rise.top, rise.points[0].at)


def _stay_after_trouble(after: TaskMemory, thresholds: Thresholds) -> NewLevel | None:
    """Take on the level of a task in trouble that no longer grows, if a step to it would be tolerated."""
    trouble = after.trouble
    if (
        trouble is None
        or not after.at - trouble.level_since >= STAYED_AFTER_TROUBLE
        or trouble.level + after.rhythm.lifted > thresholds.step.total_seconds()
        or after.at - after.moved_at > after.rhythm.rest + after.interval
    ):
        return None
    after.trouble = None
    return _settle_at(after, trouble.level, trouble.level_since)


def _settle_at(after: TaskMemory, level: float, since: float) -> NewLevel | None:
    rhythm = after.rhythm
    by = max(0.0, level)
    if rhythm.blocks:
        after.rhythm = shifted(rhythm, by, lifted=rhythm.lifted + by)
    after.block = Block(since=after.at)
    after.flat_at = after.at
    if by < WORTH_TELLING or isinf(rhythm.floor):
        return None
    return NewLevel(span(rhythm.floor), span(rhythm.floor + by), moment(since + after.skew))


def _born(task: Task, instant: float, checkpoint: float) -> TaskMemory:
    return TaskMemory(
        at=instant,
        meaning=task.status.meaning,
        meaning_since=instant,
        checkpoint=checkpoint,
        moved_at=instant,
        interval=0.0,
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


def _copy(memory: TaskMemory) -> TaskMemory:
    return TaskMemory(
        memory.at,
        memory.meaning,
        memory.meaning_since,
        memory.checkpoint,
        memory.moved_at,
        memory.interval,
        memory.created,
        memory.skew,
        memory.settling_from,
        memory.settling,
        memory.flat_at,
        memory.rhythm,
        memory.block,
        memory.rise,
        memory.trouble,
        memory.long_teeth,
        memory.odd,
    )
