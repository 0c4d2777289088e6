"""A task that is recovering has the mark of its incident's message, and its word, wherever it is shown."""

import re
from dataclasses import replace

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.commands import ListIncidents, ListTasks, ShowStatus, ShowTask
from bot.domain.fleet import ClusterNow, FleetSnapshot
from bot.domain.handling import UserId
from bot.domain.incident import Incident, task_subject
from bot.domain.naming import Scope
from bot.domain.notification import Counts, GroupChangeContent, Reason
from bot.domain.problem import Problem
from bot.views.group_reply import group_change_message
from bot.views.health_report import BotHealth
from bot.views.home import HomeFacts, home_view
from bot.views.incident_card import incident_message
from bot.views.incident_list import incident_list_message
from bot.views.status_report import status_message
from bot.views.task_detail import task_message
from bot.views.task_list import task_list_message
from tests.views.handled_samples import GAP, card
from tests.views.view_samples import NOW, READ_AT, minutes

HEALTH = BotHealth("1", NOW, connected=True, connected_since=NOW, leads=True)
LAB = samples.a_cluster("lab", 1000009)
TASK = samples.a_task(LAB, "orders", delay=minutes(2))
HEALING = replace(handled.STALLED, subject=task_subject(TASK), good_polls=1, good_since=NOW, delay=minutes(2))
TORN = replace(HEALING, gap=GAP)


IS_SHOWN = re.compile("recovering").search


def fleet(incident: Incident) -> FleetSnapshot:
    shown = (samples.seen(TASK, LAB, incident=incident), *samples.well(LAB, 2, minutes(1)))
    return FleetSnapshot((samples.a_source("prod", [ClusterNow(LAB, shown, READ_AT)]),), (incident,))


def shown_everywhere(incident: Incident) -> dict[str, str]:
    """Give every line in which the task or its incident stands."""
    known, scope = fleet(incident), Scope(name="lab/orders")
    group = replace(handled.STORAGE, total=3)
    change = GroupChangeContent(group, (incident,), Counts(1), Reason.GOT_WORSE, NOW)
    home = home_view(UserId("U1"), HomeFacts(known, (incident,), (), HEALTH), now=NOW)
    texts = {
        "card": incident_message(card(incident)).text,
        "status": status_message(ShowStatus(Scope(name="lab")), known, now=NOW).text,
        "task": task_message(ShowTask(scope), known, now=NOW).text,
        "tasks": str(task_list_message(ListTasks(), known, now=NOW).blocks).replace("{", "\n"),
        "incidents": incident_list_message(ListIncidents(), [incident], now=NOW).text,
        "group": group_change_message(change).text,
        "home": str(home).replace("{", "\n"),
    }
    return {place: next(filter(IS_SHOWN, text.splitlines()), text) for place, text in texts.items()}


@pytest.mark.parametrize(
    ("incident", "mark"), [pytest.param(HEALING, "🟢", id="well"), pytest.param(TORN, "🟠", id="with a loss")]
)
def test_what_is_recovering_looks_the_same_everywhere(incident: Incident, mark: str) -> None:
    for place, line in shown_everywhere(incident).items():
        assert mark in line, (place, line)
        assert "recovering" in line, (place, line)
        assert "critical" not in line, (place, line)


def test_only_what_has_lost_log_needs_somebody_once_it_is_recovering() -> None:
    told = status_message(ShowStatus(), fleet(HEALING), now=NOW).text
    assert told.splitlines()[0] == "All 3 tasks are well"
    assert "1 recovering" in told
    torn = status_message(ShowStatus(), fleet(TORN), now=NOW).text
    assert torn.splitlines()[0] == "1 of 3 tasks needs you"
    assert "orders recovering, 2 min behind, log lost for good" in torn


def test_a_cluster_that_is_listed_again_needs_nobody() -> None:
    empty = samples.odd_clusters()
    found = next(one for one in empty.clusters if one.incident is not None)
    assert found.incident is not None
    well = replace(found, incident=replace(found.incident, good_polls=1))
    assert (found.needs_somebody, well.needs_somebody) == (True, False)
    assert replace(well, incident=None).needs_somebody is False
    assert found.incident.problem is Problem.MISSING


@pytest.mark.parametrize(
    ("incident", "asked"), [pytest.param(HEALING, 0, id="well"), pytest.param(TORN, 1, id="a loss")]
)
def test_that_nobody_has_it_is_said_while_something_is_to_be_done(incident: Incident, asked: int) -> None:
    nobody = "Nobody has taken it yet"
    assert str(incident_message(card(incident)).blocks).count(nobody) == asked
    told = task_message(ShowTask(Scope(name="lab/orders")), fleet(incident), now=NOW).text
    assert told.count(nobody) == asked
