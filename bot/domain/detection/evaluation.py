"""One task, one observation: what holds now, and what to remember."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isnan, nan

from bot.domain.detection.memory import TaskMemory
from bot.domain.evidence import BehindLimit, CatchingUp, PausedFor, StatusBroken, StuckIn
from bot.domain.finding import Assessment, Finding, clear, holding, unknown
from bot.domain.problem import Problem, Severity
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
    if memory is not None and instant <= memory.at:
        return memory, unknown(at, "it came late or twice")
    after = _observed(memory, task, instant)
    assessment = _assess(after, task, at, thresholds)
    gravest = assessment.gravest
    if gravest is not None and gravest.opens:
        after = replace(after, troubled=True)
    elif assessment.verdict == "clear":
        after = replace(after, troubled=False)
    return after, assessment


def accept_as_normal(memory: TaskMemory) -> TaskMemory:
    """Take what the task does now for its normal: it is no longer held against what it did before."""
    return replace(memory, troubled=False)


def _observed(memory: TaskMemory | None, task: Task, instant: float) -> TaskMemory:
    checkpoint = nan if task.checkpoint is None else task.checkpoint.timestamp()
    meaning = task.status.meaning
    if memory is None:
        return TaskMemory(instant, meaning, instant, checkpoint, instant)
    moved = checkpoint != memory.checkpoint and not isnan(checkpoint)
    return TaskMemory(
        instant,
        meaning,
        memory.meaning_since if meaning == memory.meaning else instant,
        checkpoint if moved else memory.checkpoint,
        instant if moved else memory.moved_at,
        memory.troubled,
    )


def _assess(memory: TaskMemory, task: Task, at: datetime, thresholds: Thresholds) -> Assessment:
    delay = task.behind(at)
    since = datetime.fromtimestamp(memory.meaning_since, UTC)
    lasted = at - since
    reported = task.status.reported
    findings: list[Finding] = []
    match task.status.meaning:
        case Meaning.BROKEN:
            broken = StatusBroken(reported=reported, error=task.error)
            findings.append(Finding(Problem.FAILED, Severity.CRITICAL, since, broken))
        case Meaning.STARTING | Meaning.STOPPING:
            if lasted >= thresholds.stuck_warning:
                severe = lasted >= thresholds.stuck_critical
                stuck = StuckIn(reported=reported, lasted=lasted)
                findings.append(Finding(Problem.STUCK, _severity(severe), since, stuck))
        case Meaning.PAUSED | Meaning.STOPPED:
            if lasted >= thresholds.paused_warning:
                severe = lasted >= thresholds.paused_critical
                paused = PausedFor(reported=reported, lasted=lasted)
                findings.append(Finding(Problem.PAUSED, _severity(severe), since, paused))
        case Meaning.UNKNOWN:
            return unknown(at, f"the status {reported or 'is missing'} is not known", delay=delay)
        case Meaning.RUNNING:
            return _assess_running(memory, task, at, thresholds, delay)
    if not findings:
        return unknown(at, f"the status is {reported}", delay=delay)
    return holding(at, findings, delay=delay)


def _assess_running(
    memory: TaskMemory, task: Task, at: datetime, thresholds: Thresholds, delay: timedelta | None
) -> Assessment:
    if delay is None or (task.is_standby and not thresholds.standby_delay_matters):
        return clear(at, delay=delay)
    warning = thresholds.lagging_warning if thresholds.lagging_is_literal else thresholds.unknown_warning
    critical = thresholds.lagging_critical if thresholds.lagging_is_literal else thresholds.unknown_critical
    if delay > warning:
        severe = delay > critical
        behind = BehindLimit(
            delay=delay, limit=critical if severe else warning, learned=thresholds.lagging_is_literal
        )
        since = max(at - delay + warning, datetime.fromtimestamp(0, UTC))
        return holding(at, [Finding(Problem.LAGGING, _severity(severe), since, behind)], delay=delay)
    if memory.troubled and delay > thresholds.lagging_warning:
        catching_up = CatchingUp(delay=delay)
        finding = Finding(Problem.LAGGING, Severity.WARNING, at, catching_up, opens=False)
        return holding(at, [finding], delay=delay)
    return clear(at, delay=delay)


def _severity(severe: bool) -> Severity:  # noqa: FBT001 - reads as a question at its call
    return Severity.CRITICAL if severe else Severity.WARNING
