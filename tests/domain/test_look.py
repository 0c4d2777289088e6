"""What is told first of several incidents."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.evidence import StatusBroken
from bot.domain.finding import RecoveryGap
from bot.domain.incident import (
    Incident,
    IncidentNumber,
    Lifecycle,
    Snapshot,
    Subject,
    cluster_subject,
    trend_span,
)
from bot.domain.look import Look, Routes, others_of, worst_of
from bot.domain.notification import Others, OutboxId
from bot.domain.problem import Problem, Severity
from bot.domain.routing import Routing
from bot.domain.task import ClusterId, SourceName

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
    assert [one.number for one in told] == [4, 5, 3, 1]


def test_what_burns_is_told_by_loss_by_severity_by_problem_and_by_how_much_is_not_shipped() -> None:
    gap, longer = (RecoveryGap(NOW - timedelta(minutes=lost), NOW) for lost in (9, 90))
    burning = (
        replace(incident(1), good_polls=1, gap=longer),
        replace(incident(2), good_polls=1),
        replace(incident(3, Severity.WARNING), delay=timedelta(hours=9)),
        replace(incident(4), delay=timedelta(minutes=5)),
        replace(incident(5), delay=timedelta(minutes=50), problem=Problem.LAGGING),
        replace(incident(6), gap=gap, delay=timedelta(minutes=20)),
        replace(incident(7), gap=longer, delay=timedelta(minutes=10)),
        replace(incident(8), delay=timedelta(minutes=9)),
    )
    assert [one.number for one in worst_of(burning, len(burning))] == [7, 6, 8, 4, 5, 3, 1, 2]


def read(number: int, seconds: int, delay: int) -> Incident:
    """Give an incident whose figures were read so many seconds later, with so many seconds of delay."""
    at = NOW + timedelta(seconds=seconds)
    return replace(incident(number), snapshot=Snapshot(at), delay=timedelta(seconds=delay))


def test_the_worst_is_the_same_whenever_the_figures_of_each_were_kept() -> None:
    """A card tells of one poll, the store has rows of several: what is read later has the longer delay."""
    first, second = read(1, 5, 600), read(2, 5, 600)
    assert worst_of((second, first), 1) == (first,)
    later = read(2, 45, 640)
    assert worst_of((later, first), 1) == (first,), "it stands where it stood, and so does the other"
    assert worst_of((read(2, 5, 720), read(1, 65, 660)), 1)[0].number == 2, "two minutes more are more"


def test_of_what_is_over_that_comes_first_which_was_worse() -> None:
    mild, bad = (
        replace(over(number), snapshot=Snapshot(NOW), delay=delay, worst_delay=worst)
        for number, delay, worst in (
            (1, timedelta(minutes=1), timedelta(minutes=9)),
            (2, timedelta(seconds=5), timedelta(hours=1)),
        )
    )
    assert worst_of((mild, bad), 2) == (bad, mild)


OCP = replace(incident(9), subject=Subject("source:prod", SourceName("prod")), problem=Problem.UNREACHABLE)
SHOP = replace(OCP, subject=cluster_subject(SourceName("prod"), ClusterId(2), "shop"))
OF_SHOP = replace(SHOP.subject, key="task:prod/2/7", tenant="7")


@pytest.mark.parametrize(
    ("about", "others"),
    [
        pytest.param(OCP, Others(3, replace(incident(4), delay=timedelta(hours=1))), id="an OCP"),
        pytest.param(SHOP, Others(1, replace(incident(5), subject=OF_SHOP)), id="a cluster"),
        pytest.param(replace(OCP, subject=OF_SHOP), None, id="a task"),
        pytest.param(incident(1), None, id="what can be read"),
    ],
)
def test_of_what_gives_no_answer_it_is_known_what_else_burns(about: Incident, others: Others | None) -> None:
    """What is well again, pending, over or unread itself does not burn."""
    burning = (
        incident(3),
        replace(incident(4), delay=timedelta(hours=1)),
        replace(incident(5), subject=OF_SHOP),
    )
    calm = (
        over(6),
        replace(incident(7), good_polls=1),
        replace(incident(8), lifecycle=Lifecycle.PENDING),
        replace(SHOP, number=IncidentNumber(10)),
    )
    look = Look(
        now=NOW,
        interval=timedelta(seconds=30),
        routes=Routes(Routing(None)),
        incidents={one.number: one for one in (about, *burning, *calm)},
        groups={},
        mutes={},
        new_id=lambda: OutboxId("1"),
        greeting_for=lambda *_: NotImplemented,
    )
    assert others_of(look, about) == others


def test_a_trend_reaches_back_to_before_the_trouble() -> None:
    assert trend_span(NOW - timedelta(minutes=5), NOW) == timedelta(hours=2)
    assert trend_span(NOW - timedelta(hours=3), NOW) == timedelta(hours=6)
