"""What a channel's first message says of what was broken already, and what a reply says breaks again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.domain.evidence import NotWatched
from bot.domain.incident import Incident
from bot.domain.notification import ChangeContent, Counts, GreetingContent, Reason
from bot.domain.problem import Problem
from bot.views.change_reply import change_message
from bot.views.greeting import greeting_message, taking_all
from bot.views.wording import slack_time
from tests.views.handled_samples import GAP
from tests.views.view_samples import NOW, READ_AT, minutes

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
    already = replace(FAILED, since=NOW, already=True)
    assert said in greeting_message(greeting(already, at=at)).text


SINCE = (
    f"What the tenant of this task wrote since {slack_time(READ_AT - minutes(26))} cannot be restored yet."
)


@pytest.mark.parametrize(
    ("worst", "said", "look"),
    [
        pytest.param(FAILED, SINCE, "free space on file:///obbackup/ (`/log", id="broken"),
        pytest.param(replace(FAILED, gap=GAP), "pay/orders: *the log of ", "free space", id="a loss"),
        pytest.param(
            replace(FAILED, delay=None, checkpoint=None),
            "How far it is backed up is not known.",
            "free space",
            id="never read how far",
        ),
        pytest.param(
            handled.of_problem(Problem.MISSING),
            "What the tenant of this task wrote since ",
            "whether log backup was switched off",
            id="missing",
        ),
    ],
)
def test_a_greeting_tells_what_it_costs_and_where_to_begin(worst: Incident, said: str, look: str) -> None:
    told = greeting_message(greeting(worst)).text.splitlines()
    assert told[1].startswith(said)
    assert told[-1].startswith(f"Look at: {look}")


def test_of_what_is_well_again_a_greeting_says_nothing_to_do() -> None:
    told = greeting_message(greeting(replace(FAILED, good_polls=1))).text
    assert "Look at" not in told
    assert "cannot be restored" not in told


def test_a_greeting_says_who_has_what_once() -> None:
    def told(*incidents: Incident, more: int = 0) -> str:
        counts = Counts(open=len(incidents) + more)
        return greeting_message(replace(greeting(*incidents), more=counts)).text

    first, second = handled.MEMBERS[:2]
    assert "Nobody has taken it yet." in told(first)
    assert "Nobody has taken any of them yet." in told(first, second)
    assert "Nobody has taken any of the worst 2 yet." in told(first, second, more=3)
    some = told(replace(first, handling=handled.SEEN), second)
    assert "Nobody" not in some
    assert some.count("Ana Lima has it") == some.count("nobody has it") == 1


def test_all_of_a_greeting_can_be_taken_at_once_where_there_are_several_and_one_is_free() -> None:
    first, second = (replace(one, handling=handled.SEEN) for one in handled.MEMBERS[:2])
    free = handled.MEMBERS[2]
    offered = [taking_all(greeting(*told)) for told in ((free,), (first, second), (first, free))]
    assert [len(one) for one in offered] == [0, 0, 1]
    assert offered[-1][0].command == "ack source:prod"
    assert offered[-1][0].confirm == "You take all that is open in OCP prod now, what came later too."


def test_of_few_that_are_over_each_is_named_with_what_it_left() -> None:
    """A count alone says neither what may be forgotten nor what is to be looked at again."""
    well, left = samples.resolved(FAILED), replace(samples.resolved(samples.LEDGER_BEHIND), gap=GAP)
    gone = replace(samples.resolved(handled.MEMBERS[2]), because=NotWatched())
    told = greeting_message(greeting(well, left, gone)).text.splitlines()
    assert told[1:] == [
        "🟠 *pay/ledger* was already broken and is well again · *log lost for good* · incident 43",
        "🟢 *pay/orders* was already broken and is well again · incident 42",
        "⚪ *shop/t02* was already broken and is no longer watched · incident 102",
    ]
    burning = greeting_message(greeting(handled.MEMBERS[2], well)).text.splitlines()
    assert burning[-1] == "🟢 *pay/orders* is well again · incident 42"


@pytest.mark.parametrize("counts", [Counts(open=0, over=4), Counts(open=0, over=4, unwatched=1)])
def test_many_that_are_over_are_counted(counts: Counts) -> None:
    told = greeting_message(replace(greeting(samples.resolved(FAILED)), more=counts)).text
    assert f"{4 - counts.unwatched} of 4 that were already broken are well again" in told


def test_only_of_the_worst_a_greeting_says_where_to_begin() -> None:
    assert greeting_message(greeting(*handled.MEMBERS[:3])).text.count("Look at: ") == 1


def test_what_breaks_again_is_not_said_to_be_back() -> None:
    """Back again, no longer listed: that was read as good news."""
    missing = replace(handled.of_problem(Problem.MISSING), reopened=1)
    said = change_message(ChangeContent(None, missing, Reason.CAME_BACK, NOW)).text
    assert "Trouble again: lab/missing, log backup is no longer listed" in said
    assert "Again since" in said
    assert "Back again" not in said
