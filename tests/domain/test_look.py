"""What is told first of several incidents."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.evidence import StatusBroken
from bot.domain.finding import RecoveryGap
from bot.domain.incident import Incident, IncidentNumber, Lifecycle, Subject, trend_span
from bot.domain.look import worst_of
from bot.domain.problem import Problem, Severity
from bot.domain.task import SourceName

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def incident(number: int, severity: Severity = Severity.CRITICAL) -> Incident:
    return Incident(
        number=IncidentNumber(number),
        subject=Subject("task:prod/1/2", SourceName("prod")),
        lifecycle=Lifecycle.FIRING,
        problem=Problem.FAILED,
        severity=severity,
        because=StatusBroken("FAILED"),
        since=NOW,
        opened_at=NOW,
        changed_at=NOW,
        worst_severity=severity,
    )


def over(number: int, severity: Severity = Severity.CRITICAL) -> Incident:
    return replace(incident(number, severity), lifecycle=Lifecycle.RESOLVED)


def test_of_what_is_over_that_which_left_a_gap_comes_first() -> None:
    gap = RecoveryGap(NOW - timedelta(minutes=9), NOW)
    torn = replace(over(3, Severity.WARNING), gap=gap)
    burning = replace(incident(4, Severity.WARNING), gap=gap)
    told = worst_of((over(1), over(2), torn, burning, incident(5)), 4)
    assert [one.number for one in told] == [5, 4, 3, 1]


def test_a_trend_reaches_back_to_before_the_trouble() -> None:
    assert trend_span(NOW - timedelta(minutes=5), NOW) == timedelta(hours=2)
    assert trend_span(NOW - timedelta(hours=3), NOW) == timedelta(hours=6)
