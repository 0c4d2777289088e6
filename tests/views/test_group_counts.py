"""What a group's message counts: how many tasks are broken, and which incidents its button opens."""

from dataclasses import replace
from datetime import UTC

import pytest

import tests.views.view_samples as samples
from bot.domain.grouping import Cause
from bot.domain.notification import Counts
from bot.domain.problem import Problem
from bot.views.group_card import count_lines, group_lines
from bot.views.incident_buttons import every_member
from tests.views.handled_samples import MEMBERS, STORAGE, a_group, group_content

ONE_SILENCED = "1 of them is silenced one by one."


@pytest.mark.parametrize(
    ("members", "label"),
    [
        pytest.param(1, "All 1 incident", id="one"),
        pytest.param(9, "All 9 incidents", id="all are shown"),
        pytest.param(20, "All 20 incidents", id="just all"),
        pytest.param(1200, "The worst 20 of 1,200 incidents", id="more than are shown"),
    ],
)
def test_the_button_of_a_group_says_what_it_opens(members: int, label: str) -> None:
    assert every_member(STORAGE, members).label == label


def test_that_fewer_are_broken_than_the_button_opens_is_explained() -> None:
    """Of 12 tasks on that storage 9 broke, and one of these is well again."""
    group = a_group(Cause.DESTINATION, "file:///obbackup", total=12)
    counts = Counts(8, 1, problems=((Problem.STALLED, 8),))
    worst = (*MEMBERS[:8], samples.resolved(MEMBERS[8]))
    lines = group_lines(replace(group_content(group, counts), worst=worst), UTC)
    assert "8 of 12 tasks that write to file:///obbackup have stopped moving" in lines[0]
    assert lines[2] == "Of the 9 incidents here, 1 is well again."
    assert every_member(group, counts.members).label == "All 9 incidents"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        pytest.param(Counts(3), [], id="all burn"),
        pytest.param(Counts(3, silenced=2), ["2 of them are silenced one by one."], id="silenced"),
        pytest.param(
            Counts(3, 4, silenced=1, unwatched=2),
            [f"{ONE_SILENCED} Of the 7 incidents here, 2 are well again and 2 are no longer watched."],
            id="every kind",
        ),
    ],
)
def test_members_are_counted_by_how_they_are(counts: Counts, said: list[str]) -> None:
    assert count_lines(counts) == said
