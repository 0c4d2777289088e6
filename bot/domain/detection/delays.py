"""The rules about the delay of a running task: stalled, growing, lagging, catching up."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import isnan, nan

from bot.domain.detection.instants import moment, span
from bot.domain.detection.limits import is_short, limits
from bot.domain.detection.memory import Rise, TaskMemory, Trouble
from bot.domain.detection.rises import goes_on
from bot.domain.evidence import BehindLimit, CatchingUp, Grows, StoodStill
from bot.domain.finding import Assessment, Finding, clear, holding, unknown
from bot.domain.problem import Problem, Severity
from bot.domain.thresholds import Thresholds

ENOUGH_BLOCKS = 2
"""Before so many blocks are learned, only what a rise costs counts, not how long it lasts."""
FAR = 1e7
"""Seconds beyond which no time is foretold."""
UNKNOWN_HOLD = 300.0
"""The whole rhythm, in seconds, of a task whose rhythm is not known yet."""


def assess_delay(memory: TaskMemory, at: datetime, delay: timedelta, thresholds: Thresholds) -> Assessment:
    """Assess the delay of a running task, and keep in ``memory`` whether it is in trouble."""
    now = memory.at
    behind = now - memory.checkpoint
    rhythm = memory.rhythm
    if memory.trouble is None and memory.rise is None and is_short(behind, rhythm, thresholds):
        return clear(at, delay=delay, learned=rhythm.known)
    patience = thresholds.patience.total_seconds()
    warning, critical = limits(rhythm, thresholds)
    settling = _is_settling(memory, patience)
    if rhythm.known:
        beyond = behind > rhythm.reach + patience
        long_rest = now - memory.moved_at > rhythm.rest + 1.5 * memory.interval
    else:
        beyond = behind > thresholds.unknown_stall.total_seconds()
        long_rest = now - memory.moved_at >= min(300.0, thresholds.unknown_stall.total_seconds())
        beyond = beyond and long_rest
    trouble = memory.trouble
    rise = memory.rise
    if trouble is None:
        grows = rise is not None and not settling and _is_dear(memory, rise, thresholds)
        if not grows and behind <= warning and (settling or not beyond):
            return clear(at, delay=delay, learned=rhythm.known)
        if settling and not (beyond and long_rest):
            return _catching_up(memory, at, delay, critical)
        return _opened(memory, at, delay, thresholds, beyond=beyond, rests=long_rest, grows=grows)
    if settling and not trouble.of_delay:
        beyond = False
    return _continued(memory, trouble, at, delay, thresholds, beyond=beyond, rests=long_rest)


def _is_settling(memory: TaskMemory, patience: float) -> bool:
    if isnan(memory.settling_from):
        return False
    rhythm = memory.rhythm
    allowed = patience + (rhythm.reach - rhythm.floor if rhythm.known else patience)
    return memory.at - memory.settling_from <= allowed


def _is_dear(memory: TaskMemory, rise: Rise, thresholds: Thresholds) -> bool:
    """Whether a rise has cost too much, in more than one publication, or has gone on for too long."""
    rhythm = memory.rhythm
    cost = thresholds.slowdown_cost.total_seconds()
    if not rise.sharp:
        cost = max(cost, min(memory.interval, thresholds.patience.total_seconds()))
    if (
        len(rise.points) > 1
        and rise.points[-1].least + rhythm.lifted > cost
        and rise.points[-2].least + rhythm.lifted > 0.2 * cost
    ):
        return True
    return len(rhythm.blocks) > ENOUGH_BLOCKS and goes_on(rise, thresholds.slowdown_time.total_seconds())


def _opened(
    memory: TaskMemory,
    at: datetime,
    delay: timedelta,
    thresholds: Thresholds,
    *,
    beyond: bool,
    rests: bool,
    grows: bool,
) -> Assessment:
    growing = grows or (beyond and not rests)
    rise = memory.rise
    since = memory.flat_at if rise is None else rise.since
    if beyond and rests:
        since = memory.moved_at
    most = memory.moved_at - memory.checkpoint
    memory.trouble = Trouble(
        since=since,
        bad_at=memory.at,
        of_delay=True,
        growing=growing,
        top=rise.top if rise is not None else 0.0,
        peak=most,
        peak_at=memory.moved_at,
        low=most,
        hold=_hold(memory),
    )
    memory.rise = None
    return _held(memory, memory.trouble, at, delay, thresholds, stands=beyond and rests, growing=growing)


def _continued(
    memory: TaskMemory,
    trouble: Trouble,
    at: datetime,
    delay: timedelta,
    thresholds: Thresholds,
    *,
    beyond: bool,
    rests: bool,
) -> Assessment:
    warning, critical = limits(memory.rhythm, thresholds)
    behind = memory.at - memory.checkpoint
    stands = beyond and rests
    recovers = trouble.falling or trouble.back
    grows = trouble.growing or (beyond and trouble.peak_at > trouble.since)
    if stands or (grows and not recovers):
        growing = trouble.growing or not stands
        return _bad(memory, trouble, at, delay, thresholds, stands=stands, growing=growing)
    if trouble.back:
        unseen = 0.0 if memory.rhythm.mixed else memory.interval
        if behind <= min(memory.rhythm.reach + unseen, warning):
            return _well(memory, trouble, at, delay)
        return unknown(at, "it rests for longer than usual", delay=delay)
    has_moved = memory.moved_at > trouble.since and memory.moved_at >= trouble.bad_at
    if not has_moved and not trouble.of_delay and behind <= warning:
        return unknown(at, "it runs, but its checkpoint has not moved yet", delay=delay)
    memory.trouble = replace(trouble, well_since=nan)
    return _catching_up(memory, at, delay, critical)


def _well(memory: TaskMemory, trouble: Trouble, at: datetime, delay: timedelta) -> Assessment:
    if isnan(trouble.well_since):
        trouble = memory.trouble = replace(trouble, well_since=memory.at)
    if memory.at - trouble.well_since >= trouble.hold + 2.0 * memory.interval:
        memory.trouble = None
    return clear(at, delay=delay, closing_hold=span(trouble.hold))


def _bad(
    memory: TaskMemory,
    trouble: Trouble,
    at: datetime,
    delay: timedelta,
    thresholds: Thresholds,
    *,
    stands: bool,
    growing: bool,
) -> Assessment:
    memory.trouble = replace(
        trouble,
        bad_at=memory.at,
        of_delay=True,
        growing=growing,
        falling=False,
        back=False,
        well_since=nan,
        hold=_hold(memory),
    )
    return _held(memory, memory.trouble, at, delay, thresholds, stands=stands, growing=growing)


def _hold(memory: TaskMemory) -> float:
    return memory.rhythm.reach if memory.rhythm.known else UNKNOWN_HOLD


def _held(
    memory: TaskMemory,
    trouble: Trouble,
    at: datetime,
    delay: timedelta,
    thresholds: Thresholds,
    *,
    stands: bool,
    growing: bool,
) -> Assessment:
    rhythm = memory.rhythm
    warning, critical = limits(rhythm, thresholds)
    behind = memory.at - memory.checkpoint
    findings: list[Finding] = []
    if stands:
        evidence = StoodStill(
            stood=span(memory.at - memory.moved_at),
            usual=span(rhythm.rest + memory.interval) if rhythm.known else None,
            delay=delay,
            limit=span(critical),
            limit_at=at + span(critical - behind) if behind < critical else None,
        )
        near = critical - behind <= thresholds.limit_is_near.total_seconds()
        findings.append(
            Finding(Problem.STALLED, _severity(severe=near), moment(memory.moved_at + memory.skew), evidence)
        )
    elif growing:
        findings.append(_growing(memory, trouble, at, delay, thresholds, critical))
    if behind > warning:
        severe = behind > critical
        behind_limit = BehindLimit(
            delay=delay,
            limit=span(critical if severe else warning),
            learned=rhythm.known or thresholds.lagging_is_literal,
        )
        since = max(memory.moved_at, memory.checkpoint + warning)
        findings.append(
            Finding(
                Problem.LAGGING,
                _severity(severe=severe),
                moment(min(since, memory.at) + memory.skew),
                behind_limit,
            )
        )
    return holding(at, findings, delay=delay, closing_hold=span(trouble.hold))


def _growing(
    memory: TaskMemory,
    trouble: Trouble,
    at: datetime,
    delay: timedelta,
    thresholds: Thresholds,
    critical: float,
) -> Finding:
    lasted = max(memory.at - trouble.since, 1.0)
    behind = memory.at - memory.checkpoint
    floor = memory.rhythm.floor if memory.rhythm.known else 0.0
    gained = max(memory.moved_at - memory.checkpoint - floor, behind - memory.rhythm.reach, trouble.top)
    pace = min(1.0, gained / lasted)
    left = (critical - behind) / pace
    evidence = Grows(
        gained=span(gained),
        lasted=span(lasted),
        usual=span(memory.rhythm.reach if memory.rhythm.known else behind),
        delay=delay,
        limit=span(critical),
        limit_at=at + span(left) if 0.0 < left < FAR else None,
        pace=1.0 - pace,
    )
    near = left <= thresholds.limit_is_near.total_seconds()
    return Finding(Problem.GROWING, _severity(severe=near), moment(trouble.since + memory.skew), evidence)


def _catching_up(memory: TaskMemory, at: datetime, delay: timedelta, critical: float) -> Assessment:
    behind = memory.at - memory.checkpoint
    trouble = memory.trouble
    left = None
    since = memory.settling_from
    hold = _hold(memory)
    if trouble is not None:
        since = trouble.bad_at
        hold = trouble.hold
        lag = memory.moved_at - memory.checkpoint
        if trouble.falling and memory.moved_at > trouble.peak_at and lag < trouble.peak:
            pace = (trouble.peak - lag) / (memory.moved_at - trouble.peak_at)
            usual = memory.rhythm.floor if memory.rhythm.known else 0.0
            left = span(min(FAR, max(0.0, lag - usual) / pace))
    finding = Finding(
        Problem.LAGGING,
        _severity(severe=behind > critical),
        moment(since + memory.skew),
        CatchingUp(delay=delay, left=left),
        opens=False,
    )
    return holding(at, [finding], delay=delay, closing_hold=span(hold))


def _severity(*, severe: bool) -> Severity:
    return Severity.CRITICAL if severe else Severity.WARNING
