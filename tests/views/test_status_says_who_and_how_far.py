"""Status says of what is broken how far it is behind, and who has it."""

from dataclasses import replace

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.commands import ShowStatus
from bot.domain.fleet import ClusterNow, FleetSnapshot
from bot.domain.incident import Incident
from bot.domain.naming import Scope
from bot.domain.problem import Problem
from bot.views.status_report import status_message
from tests.views.view_samples import LEDGER, LEDGER_BEHIND, NOW, ORDERS, ORDERS_FAILED, PAY, READ_AT

ANAS = replace(ORDERS_FAILED, handling=handled.SEEN)


def lines(*incidents: Incident, name: str | None = None) -> list[str]:
    tasks = tuple(
        samples.seen(task, PAY, incident=incident)
        for task, incident in zip((ORDERS, LEDGER), incidents, strict=False)
    )
    fleet = FleetSnapshot((samples.a_source("prod", [ClusterNow(PAY, tasks, READ_AT)]),), incidents)
    return status_message(ShowStatus(Scope(name=name)), fleet, now=NOW).text.splitlines()[1:]


@pytest.mark.parametrize(
    ("incidents", "said"),
    [
        pytest.param(
            (ORDERS_FAILED,), "orders FAILED for 26 min, 26 min behind · nobody has it", id="nobody"
        ),
        pytest.param((ANAS,), "orders FAILED for 26 min, 26 min behind, Ana Lima has it", id="somebody"),
        pytest.param(
            (ORDERS_FAILED, LEDGER_BEHIND),
            "orders FAILED for 26 min, 26 min behind · ledger 41 min behind · nobody has any of these",
            id="nobody of two",
        ),
        pytest.param(
            (ANAS, LEDGER_BEHIND),
            "orders FAILED for 26 min, 26 min behind, Ana Lima has it · ledger 41 min behind, nobody has it",
            id="somebody of two",
        ),
    ],
)
def test_a_cluster_says_of_what_is_broken_how_far_and_who(incidents: tuple[Incident, ...], said: str) -> None:
    (line,) = lines(*incidents)
    assert line.endswith(f" · {said}")


def test_a_task_says_it_too() -> None:
    assert lines(ANAS, LEDGER_BEHIND, name="pay") == [
        "🔴 *orders* critical · FAILED for 26 min, 26 min behind · Ana Lima has it",
        "🔴 *ledger* critical · 41 min behind · nobody has it",
    ]


def test_of_what_mends_by_itself_nobody_is_asked() -> None:
    assert (
        "nobody"
        not in lines(replace(LEDGER_BEHIND, subject=ORDERS_FAILED.subject, good_polls=1), name="pay")[0]
    )


def test_what_is_paused_or_stuck_says_how_far_it_is_behind() -> None:
    paused = replace(ORDERS_FAILED, problem=Problem.PAUSED)
    stuck = replace(ORDERS_FAILED, problem=Problem.STUCK)
    assert "paused for 26 min, 26 min behind" in lines(paused)[0]
    assert "stuck in FAILED for 26 min, 26 min behind" in lines(stuck)[0]
