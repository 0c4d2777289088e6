"""What a channel's first message says of what was broken already, and what a reply says breaks again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.domain.incident import Incident
from bot.domain.notification import ChangeContent, GreetingContent, Reason
from bot.domain.problem import Problem
from bot.views.change_reply import change_message
from bot.views.greeting import greeting_message
from bot.views.wording import slack_time
from tests.views.handled_samples import GAP
from tests.views.view_samples import NOW, READ_AT, minutes

REACHED = f"Backed up until {slack_time(READ_AT - minutes(26))}."
FAILED = samples.ORDERS_FAILED


def greeting(*incidents: Incident, at: datetime = READ_AT) -> GreetingContent:
    return GreetingContent(samples.PROD, 3, 48, timedelta(seconds=30), incidents, at)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        pytest.param(NOW, "has failed, 26 min behind, since before the watch began ·", id="at first"),
        pytest.param(NOW + minutes(5), "26 min behind, for at least 5 min ·", id="later"),
    ],
)
def test_a_greeting_does_not_claim_to_know_since_when(at: datetime, said: str) -> None:
    """What was broken at the first look may have been so for days."""
    at_once = replace(FAILED, since=NOW, opened_at=NOW + timedelta(seconds=1))
    assert said in greeting_message(greeting(at_once, at=at)).text


@pytest.mark.parametrize(
    ("worst", "said"),
    [
        pytest.param(FAILED, f"{REACHED} Look at: free space on file:///obbackup/ (`/log", id="broken"),
        pytest.param(replace(FAILED, gap=GAP), f"*The log of {slack_time(GAP.start)} to ", id="a loss"),
        pytest.param(replace(FAILED, delay=None, checkpoint=None), "Look at: ", id="never read how far"),
        pytest.param(replace(FAILED, good_polls=1), REACHED, id="well"),
        pytest.param(
            handled.of_problem(Problem.MISSING), "Look at: whether log backup was switched off", id="missing"
        ),
    ],
)
def test_a_greeting_tells_of_the_worst_what_it_costs_and_where_to_begin(worst: Incident, said: str) -> None:
    assert greeting_message(greeting(worst)).text.splitlines()[2].startswith(said)


def test_only_of_the_worst_a_greeting_says_where_to_begin() -> None:
    assert greeting_message(greeting(*handled.MEMBERS[:3])).text.count("Look at: ") == 1


def test_what_breaks_again_is_not_said_to_be_back() -> None:
    """Back again, no longer listed: that was read as good news."""
    missing = replace(handled.of_problem(Problem.MISSING), reopened=1)
    said = change_message(ChangeContent(None, missing, Reason.CAME_BACK, NOW)).text
    assert "Trouble again: lab/missing, log backup is no longer listed" in said
    assert "Again since" in said
    assert "Back again" not in said
