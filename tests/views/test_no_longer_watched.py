"""An incident whose subject is no longer watched is over, and nobody says that it is well."""

from dataclasses import replace
from datetime import timedelta

import pytest

import tests.views.view_samples as samples
from bot.domain.evidence import NotWatched
from bot.domain.incident import Incident
from bot.domain.notification import ChangeContent, GreetingContent, IncidentContent, Reason
from bot.views.change_reply import change_message
from bot.views.greeting import greeting_message
from bot.views.incident_card import incident_message
from bot.views.wording import because
from tests.views.view_samples import NOW, READ_AT

DROPPED = NotWatched(unlisted_for=timedelta(days=1))


def ended(incident: Incident, why: NotWatched) -> Incident:
    return replace(samples.resolved(incident), because=why)


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        pytest.param(NotWatched(), "It is no longer watched: the settings leave it out.", id="settings"),
        pytest.param(DROPPED, "It is no longer watched: OCP has not listed it for 1 d.", id="dropped"),
    ],
)
def test_the_reply_says_why_and_how_long_it_lasted_until_then(why: NotWatched, sentence: str) -> None:
    incident = ended(samples.LEDGER_BEHIND, why)
    said = change_message(ChangeContent(samples.LEDGER_BEHIND, incident, Reason.NOT_WATCHED, READ_AT)).text
    assert said.startswith("⚪ No longer watched: pay/ledger (incident 43)\n" + sentence)
    assert because(why) == sentence
    assert "until then" in said
    assert "well again" not in said


def test_its_message_says_so_and_nothing_of_being_well() -> None:
    said = incident_message(IncidentContent(ended(samples.LEDGER_BEHIND, NotWatched()), READ_AT))
    assert said.text.startswith("⚪ No longer watched: pay/ledger")
    assert "well again" not in str(said.blocks)


@pytest.mark.parametrize(
    ("members", "lines"),
    [
        pytest.param(
            1, ["⚪ *pay/ledger* was already broken and is no longer watched · incident 43"], id="one"
        ),
        pytest.param(4, ["⚪ 4 of 4 that were already broken are no longer watched"], id="many"),
    ],
)
def test_a_greeting_tells_them_apart_from_those_that_are_well(members: int, lines: list[str]) -> None:
    incidents = (ended(samples.LEDGER_BEHIND, NotWatched()),) * members
    content = GreetingContent(samples.PROD, 1, 2, timedelta(seconds=30), incidents, NOW)
    assert [line for line in greeting_message(content).text.splitlines() if "already" in line] == lines
