"""What is over and has lost log says who takes the full backup, or asks, and offers what can be done."""

from dataclasses import replace
from datetime import UTC

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.domain.grouping import Cause
from bot.domain.handling import Handling
from bot.domain.incident import Incident
from bot.domain.notification import ChangeContent, Counts, GroupContent, Reason
from bot.views.change_reply import change_message
from bot.views.group_card import group_lines
from bot.views.incident_buttons import group_rows, incident_rows
from bot.views.incident_card import ASKS_WHO, state_lines
from tests.views.handled_samples import GAP, MEMBERS, a_group, card, group_content
from tests.views.view_samples import NOW

LOST = samples.resolved(replace(samples.ORDERS_FAILED, gap=GAP))
WELL = samples.resolved(samples.ORDERS_FAILED)
ASKED = f"Nobody has taken it yet. {ASKS_WHO}"


@pytest.mark.parametrize(
    ("incident", "said"),
    [
        pytest.param(LOST, ASKED, id="nobody"),
        pytest.param(replace(LOST, handling=handled.SEEN), "Ana Lima has it since ", id="somebody"),
        pytest.param(replace(WELL, handling=handled.SEEN), "Ana Lima had it.", id="no loss, somebody"),
    ],
)
def test_a_loss_says_who_has_it_or_asks(incident: Incident, said: str) -> None:
    assert state_lines(card(incident), UTC)[-1].startswith(said)


def test_what_left_no_loss_asks_nobody() -> None:
    assert "Nobody" not in "".join(state_lines(card(WELL), UTC))


def test_the_reply_that_tells_of_the_loss_asks_too() -> None:
    assert change_message(ChangeContent(None, LOST, Reason.RECOVERED, NOW)).text.endswith(ASKED)


def first_buttons(incident: Incident) -> list[str]:
    (row,) = incident_rows(incident)
    return [one.command for one in row[:2] if hasattr(one, "command")]


def test_only_what_can_be_done_is_offered() -> None:
    """An acknowledgement of what is over is refused; a note is kept, and the incident has what to run."""
    assert first_buttons(LOST) == ["note 42 ask", "incident 42"]
    assert first_buttons(WELL)[1] == "chart 42"


def over(*members: Incident, handling: Handling | None = None) -> GroupContent:
    group = a_group(Cause.DESTINATION, "file:///obbackup", over=True)
    group = group if handling is None else replace(group, handling=handling)
    return replace(group_content(group, Counts(over=len(members))), worst=members)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(over(LOST), ASKED, id="nobody"),
        pytest.param(
            over(LOST, replace(LOST, handling=handled.SEEN)),
            f"Nobody has the group; Ana Lima has 1 of them. {ASKS_WHO}",
            id="somebody has a part",
        ),
        pytest.param(over(LOST, handling=handled.SEEN), "Ana Lima has it since ", id="somebody"),
        pytest.param(over(WELL, handling=handled.SEEN), "Ana Lima had it.", id="no loss, somebody"),
        pytest.param(over(*map(samples.resolved, MEMBERS[:2])), "It lasted ", id="no loss, nobody"),
    ],
)
def test_a_group_with_a_loss_says_who_has_it_or_asks(content: GroupContent, said: str) -> None:
    assert group_lines(content, UTC)[-1].startswith(said)


def test_a_group_that_is_over_can_be_noted_where_it_left_a_loss() -> None:
    group = a_group(Cause.DESTINATION, "file:///obbackup", over=True)
    labels = [
        [getattr(one, "label", "") for one in group_rows(group, 3, asks=asks)[0]] for asks in (True, False)
    ]
    assert labels == [["Add a note…", "All 3 incidents", ""], ["All 3 incidents", ""]]
