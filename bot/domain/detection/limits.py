"""The limits of the delay that apply to a task, by what is normal for it."""

from datetime import timedelta

from bot.domain.detection.memory import Rhythm, TaskMemory
from bot.domain.thresholds import Thresholds


def is_short(behind: float, rhythm: Rhythm, thresholds: Thresholds) -> bool:
    """Whether a delay is short of every limit, as nearly all are: no other rule then has anything to say."""
    if rhythm.known:
        return behind <= rhythm.reach and behind <= thresholds.lagging_warning.total_seconds()
    return (
        not thresholds.lagging_is_literal
        and behind <= thresholds.unknown_stall.total_seconds()
        and behind <= thresholds.unknown_warning.total_seconds()
    )


def limits(rhythm: Rhythm, thresholds: Thresholds) -> tuple[float, float]:
    """Give the limits of the delay, warning and critical, that apply to a task of this rhythm."""
    warning = thresholds.lagging_warning.total_seconds()
    critical = thresholds.lagging_critical.total_seconds()
    if thresholds.lagging_is_literal:
        return warning, critical
    if not rhythm.known:
        return thresholds.unknown_warning.total_seconds(), thresholds.unknown_critical.total_seconds()
    raised = rhythm.reach + thresholds.lagging_margin.total_seconds()
    return max(warning, raised), max(critical, raised)


def delay_limits(memory: TaskMemory, thresholds: Thresholds) -> tuple[timedelta | None, timedelta, timedelta]:
    """Give the delay that a task's teeth reach when healthy (None: not known yet), and the limits for it."""
    warning, critical = limits(memory.rhythm, thresholds)
    normal = timedelta(seconds=memory.rhythm.reach) if memory.rhythm.known else None
    return normal, timedelta(seconds=warning), timedelta(seconds=critical)
