"""Of a group whose last members run again and are merely behind nobody need look at anything."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

import tests.views.view_samples as samples
from bot.domain.evidence import BehindLimit, CatchingUp, Evidence
from bot.domain.grouping import Cause
from bot.domain.incident import Incident
from bot.domain.notification import Counts
from bot.domain.problem import Problem, Severity
from bot.views.group_card import group_lines
from tests.views.handled_samples import MEMBERS, a_group, group_content
from tests.views.view_samples import minutes

BEHIND = BehindLimit(minutes(12), minutes(10))


def behind(member: int, because: Evidence) -> Incident:
    return replace(
        MEMBERS[member],
        problem=Problem.LAGGING,
        severity=Severity.CRITICAL,
        because=because,
        delay=minutes(12),
    )


def told(*left: Incident, more: int = 0) -> str:
    number = len(left) + more
    group = a_group(Cause.CLUSTER, "shop", problem=Problem.LAGGING, total=12)
    counts = Counts(open=number, over=12 - number, problems=((Problem.LAGGING, number),))
    worst = (*left, *map(samples.resolved, MEMBERS[5:7]))
    return "\n".join(group_lines(replace(group_content(group, counts), worst=worst), UTC))


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        pytest.param((minutes(20),), "shop/t00 is catching up, about 20 min left.", id="one"),
        pytest.param((None,), "shop/t00 is catching up.", id="nobody knows how long"),
        pytest.param((minutes(20), minutes(7)), "they are catching up, about 20 min left.", id="two"),
        pytest.param((minutes(20), None), "they are catching up.", id="of one nobody knows"),
    ],
)
def test_what_only_catches_up_is_to_be_left_alone(spans: tuple[timedelta | None, ...], words: str) -> None:
    said = told(*(behind(at, CatchingUp(minutes(12), span)) for at, span in enumerate(spans)))
    assert f"Nothing to look at: {words} You will be told if it gets worse." in said
    assert f"{'is' if len(spans) == 1 else 'are'} catching up; trouble since " in said
    assert "first" not in said
    assert "lost for good" not in said


def test_what_is_behind_and_does_not_catch_up_is_to_be_looked_at() -> None:
    for said in (
        told(behind(0, BEHIND)),
        told(behind(0, CatchingUp(minutes(12))), behind(1, BEHIND)),
        told(behind(0, CatchingUp(minutes(12))), more=2),
    ):
        assert "Look at: " in said
        assert "Nothing to look at" not in said
        assert " first" in said
