"""The rules about the status that OCP reports: failed, stuck, paused."""

from dataclasses import replace
from datetime import datetime
from math import nan

from bot.domain.detection.instants import moment, span
from bot.domain.detection.memory import TaskMemory, Trouble
from bot.domain.evidence import PausedFor, StatusBroken, StuckIn
from bot.domain.finding import Assessment, Finding, holding, unknown
from bot.domain.problem import Problem, Severity
from bot.domain.status import Meaning
from bot.domain.task import Task
from bot.domain.thresholds import Thresholds

FLAPPING_WITHIN = 900.0
"""A task that breaks again within so many seconds is flapping."""
HOLD_PER_BREAK = 300.0


def assess_status(memory: TaskMemory, task: Task, at: datetime, thresholds: Thresholds) -> Assessment:
    """Assess a task that does not run, and keep in ``memory`` whether it is in trouble."""
    memory.rise = None
    memory.settling_from = memory.at
    memory.settling = memory.at - memory.checkpoint
    delay = task.behind(at)
    reported = task.status.reported
    since = moment(memory.meaning_since + memory.skew)
    lasted = span(memory.at - memory.meaning_since)
    match task.status.meaning:
        case Meaning.BROKEN:
            evidence = StatusBroken(reported=reported, error=task.error)
            finding = Finding(Problem.FAILED, Severity.CRITICAL, since, evidence)
        case Meaning.STARTING | Meaning.STOPPING if lasted >= thresholds.stuck_warning:
            severity = Severity.CRITICAL if lasted >= thresholds.stuck_critical else Severity.WARNING
            finding = Finding(Problem.STUCK, severity, since, StuckIn(reported=reported, lasted=lasted))
        case Meaning.PAUSED | Meaning.STOPPED if lasted >= thresholds.paused_warning:
            severity = Severity.CRITICAL if lasted >= thresholds.paused_critical else Severity.WARNING
            paused = PausedFor(reported, lasted, thresholds.paused_critical)
            finding = Finding(Problem.PAUSED, severity, since, paused)
        case Meaning.UNKNOWN:
            return unknown(at, f"the status {reported or 'is missing'} is not known", delay=delay)
        case _:
            return unknown(at, f"the status is {reported}", delay=delay)
    trouble = memory.trouble or Trouble(since=memory.at, bad_at=memory.at, of_delay=False)
    memory.trouble = replace(
        trouble,
        bad_at=memory.at,
        of_delay=False,
        back=False,
        falling=False,
        growing=False,
        well_since=nan,
        hold=max(trouble.hold, _damping(memory) if finding.problem is Problem.FAILED else 0.0),
    )
    return holding(at, [finding], delay=delay, closing_hold=span(memory.trouble.hold))


def _damping(memory: TaskMemory) -> float:
    """Count a task that breaks again and again, and give how long it must be well before that is believed."""
    odd = memory.odd
    breaks = odd.breaks
    if memory.meaning_since == memory.at:
        breaks = breaks + 1 if memory.at - odd.broke_at <= FLAPPING_WITHIN else 0
    memory.odd = replace(odd, broke_at=memory.at, breaks=breaks)
    return min(breaks * HOLD_PER_BREAK, FLAPPING_WITHIN)
