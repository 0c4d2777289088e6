"""The list of incidents answers who has what: of each where some are taken, else once for all."""

from dataclasses import replace

import pytest

import tests.views.handled_samples as handled
from bot.commands import ListIncidents
from bot.domain.incident import Incident
from bot.views.incident_list import incident_list_message
from tests.views.view_samples import NOW

FIRST, SECOND, THIRD = handled.MEMBERS[:3]
TAKEN = replace(FIRST, handling=handled.SEEN)
WELL = replace(THIRD, good_polls=1)


def told(*incidents: Incident) -> list[str]:
    silenced = {THIRD.number: handled.a_silence()}
    return incident_list_message(ListIncidents(), incidents, now=NOW, silenced=silenced).text.splitlines()


@pytest.mark.parametrize(
    ("incidents", "first"),
    [
        pytest.param((FIRST,), "1 open incident, nobody has it", id="one"),
        pytest.param((FIRST, SECOND), "2 open incidents, nobody has any of them", id="several"),
        pytest.param((TAKEN, SECOND), "2 open incidents", id="some taken"),
        pytest.param((WELL,), "1 open incident (1 silenced)", id="it recovers"),
    ],
)
def test_that_nobody_has_any_is_said_once(incidents: tuple[Incident, ...], first: str) -> None:
    assert told(*incidents)[0] == first


def test_where_some_are_taken_each_says_who_has_it() -> None:
    first, second, third = told(TAKEN, SECOND, THIRD)[1:]
    assert first.endswith("Ana Lima has it")
    assert second.endswith(" · nobody has it")
    assert "nobody" not in third, "it is silenced: nobody is asked to take it"
    assert "nobody" not in told(TAKEN, WELL)[2]
