"""The list of incidents puts what is over and has lost log before what is over and well."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.commands import ListIncidents
from bot.domain.incident import Incident, IncidentNumber
from bot.views.blocks import Message
from bot.views.incident_list import FEW, PAGE, incident_list_message
from tests.views.handled_samples import GAP
from tests.views.view_samples import NOW

HEALED = tuple(
    samples.resolved(replace(samples.LEDGER_BEHIND, number=IncidentNumber(100 + number)))
    for number in range(40)
)
LOST = tuple(
    samples.resolved(replace(samples.ORDERS_FAILED, number=IncidentNumber(200 + number), gap=GAP))
    for number in range(3)
)
OPEN = tuple(replace(samples.ORDERS_FAILED, number=IncidentNumber(1 + number)) for number in range(20))


def told(incidents: Sequence[Incident], losses: Sequence[Incident] = (), page: int = 1) -> Message:
    return incident_list_message(ListIncidents(page=page), incidents, now=NOW, losses=losses)


def numbers(message: Message) -> list[int]:
    return [int(line.split("*")[1]) for line in message.text.splitlines()[1:]]


def pressed(message: Message) -> list[str]:
    row = next(block for block in message.blocks if block["type"] == "actions")
    return [one["value"] for one in row["elements"] if one["value"].startswith("incident ")]


def test_what_has_lost_log_comes_after_what_is_open_and_is_counted() -> None:
    shown = told((OPEN[0], *HEALED, LOST[0]), LOST[:1])
    assert numbers(shown)[:2] == [1, 200]
    first = shown.text.splitlines()[0]
    assert first == (
        "1 open incident, nobody has it; log lost for good in 1 that is over, 40 more over, page 1 of 4"
    )
    assert shown.text.splitlines()[2].endswith(" · nobody has it")
    assert pressed(shown) == ["incident 1", "incident 200"]
    assert "No open incident; log lost for good in 2 that are over" in told((), LOST[:2]).text


def test_somebody_who_has_a_loss_is_named() -> None:
    mine = replace(LOST[0], handling=handled.TAKEN)
    assert told((), (mine,)).text.endswith(" · Ben has it")
    assert numbers(told((), (mine, LOST[1]))) == [201, 200]


def test_of_what_has_lost_log_and_is_noted_nobody_is_asked() -> None:
    shown = told((*HEALED[:2], LOST[0]))
    assert "; log lost" not in shown.text
    assert "nobody" not in shown.text


@pytest.mark.parametrize(
    ("grave", "healed", "sizes"),
    [
        pytest.param(0, 40, [PAGE, PAGE, 10], id="nothing is worse"),
        pytest.param(1, 40, [1 + FEW, PAGE, PAGE, 5], id="few are worse"),
        pytest.param(12, 5, [PAGE, 2], id="many are worse"),
        pytest.param(20, 0, [PAGE, 5], id="all are worse"),
    ],
)
def test_few_of_what_is_well_stand_below_what_is_worse_and_none_is_left_out(
    grave: int, healed: int, sizes: list[int]
) -> None:
    everything = (*OPEN[:grave], *HEALED[:healed])
    pages = [told(everything, page=page) for page in range(1, len(sizes) + 1)]
    assert [len(numbers(page)) for page in pages] == sizes
    assert sorted(number for page in pages for number in numbers(page)) == sorted(
        one.number for one in everything
    )
    assert f"…and {len(everything) - sizes[0]} more: " in str(pages[0].blocks)


def test_buttons_keep_a_place_for_what_has_lost_log() -> None:
    assert pressed(told((*OPEN[:8], *HEALED), LOST)) == [f"incident {one}" for one in (1, 2, 3, 200, 201)]
    assert pressed(told(HEALED[:2])) == ["incident 101", "incident 100"]
