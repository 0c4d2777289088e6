"""The answers about incidents and groups, held to golden files and to Slack's limits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.commands import ListIncidents, parse
from bot.domain.grouping import Cause
from bot.domain.incident import IncidentNumber, task_subject
from bot.domain.link import Link
from bot.domain.notification import Counts
from bot.domain.problem import Problem, Severity
from bot.views.blocks import Message
from bot.views.incident_detail import (
    group_detail_message,
    incident_detail_message,
    unknown_incident_message,
)
from bot.views.incident_list import incident_list_message
from bot.views.links import Links
from bot.views.report import report_message, report_name, report_text
from bot.views.timeline import timeline_message
from tests.views.handled_samples import (
    MANY,
    STALLED,
    STORY,
    Happened,
    a_group,
    card,
    group_content,
    of_problem,
)
from tests.views.view_goldens import assert_golden, assert_golden_text
from tests.views.view_samples import NOW, minutes

GAP = handled.GAP
ELSEWHERE = samples.an_incident(
    44,
    task_subject(
        samples.a_task(samples.PAY, "orders", destination="oss://bucket/a-rather-long-way/to/pay/logs")
    ),
    Problem.STALLED,
    STALLED.because,
)
NOWHERE = replace(
    ELSEWHERE,
    number=IncidentNumber(45),
    subject=task_subject(samples.a_task(samples.PAY, "orders", destination=None)),
)
LOST_AND_OVER = (
    samples.resolved(replace(samples.LEDGER_BEHIND, gap=GAP)),
    samples.resolved(replace(ELSEWHERE, gap=GAP, handling=handled.TAKEN)),
)
KNOWN = (
    *MANY,
    samples.ORDERS_FAILED,
    samples.resolved(samples.LEDGER_BEHIND),
    of_problem(Problem.PAUSED),
)
LONG_STORY = tuple(
    Happened(NOW - minutes(500 - number), f"worsened: it is {number} min behind now") for number in range(80)
)
ENDLESS = tuple(Happened(NOW, "<!channel> " * 60, "U0ANA") for _ in range(3000))


def incidents(text: str, **facts: object) -> Message:
    command = parse(text, now=NOW, zone=UTC)
    assert isinstance(command, ListIncidents)
    return incident_list_message(command, KNOWN, now=NOW, **facts)  # type: ignore[arg-type]  # facts of a test


ORDERS_SEEN = replace(samples.ORDERS_FAILED, handling=handled.SEEN)
FAILED = card(ORDERS_SEEN, status="FAILED", error="archive device out of space, ret=-9082")
NOT_READ = (
    Happened(NOW - minutes(26), "opened: OCP did not answer in 10 s.", severity=Severity.WARNING),
    Happened(NOW - minutes(16), "worsened: OCP did not answer in 10 s.", severity=Severity.CRITICAL),
)
OCP = Links(ocp={samples.PROD: Link("https://ocp/{id}", otherwise="https://ocp.example.com:8080/")})
OVER = card(samples.resolved(replace(samples.ORDERS_FAILED, gap=GAP, handling=handled.TAKEN)))

ANSWERS: dict[str, Callable[[], Message]] = {
    "incidents": lambda: incidents("incidents"),
    "incidents_second_page": lambda: incidents("incidents page:2"),
    "incidents_of_a_cluster": lambda: incidents("incidents pay since:1d"),
    "incidents_of_a_severity": lambda: incidents("incidents severity:critical problem:failed"),
    "incidents_with_marks": lambda: incident_list_message(
        ListIncidents(),
        [replace(one, handling=handled.TAKEN) for one in MANY[:3]] + [replace(MANY[3], good_polls=1)],
        now=NOW,
        silenced={MANY[1].number: handled.QUIET, MANY[3].number: handled.UNTIL_OVER},
        groups={MANY[2].number: IncidentNumber(50)},
    ),
    "incidents_with_losses": lambda: incident_list_message(
        ListIncidents(),
        [samples.ORDERS_FAILED, *map(samples.resolved, MANY), *LOST_AND_OVER],
        now=NOW,
        losses=LOST_AND_OVER,
    ),
    "incidents_none": lambda: incident_list_message(ListIncidents(), (), now=NOW, shareable=False),
    "incident": lambda: incident_detail_message(FAILED, STORY),
    "incident_without_story": lambda: incident_detail_message(card(STALLED), shareable=False),
    "incident_with_a_long_story": lambda: incident_detail_message(FAILED, LONG_STORY),
    "incident_with_an_endless_story": lambda: incident_detail_message(FAILED, ENDLESS),
    "incident_silenced": lambda: incident_detail_message(
        card(replace(STALLED, handling=handled.SEEN), silence=handled.QUIET)
    ),
    "incident_that_can_be_called_over": lambda: incident_detail_message(card(of_problem(Problem.MISSING))),
    "incident_of_a_cluster": lambda: incident_detail_message(card(samples.odd_clusters().incidents[0])),
    "incident_over": lambda: incident_detail_message(OVER, STORY),
    "incident_of_a_source": lambda: incident_detail_message(card(handled.SOURCE_DOWN), NOT_READ, links=OCP),
    "incident_of_two_destinations": lambda: incident_list_message(
        ListIncidents(), (samples.ORDERS_FAILED, ELSEWHERE, NOWHERE), now=NOW
    ),
    "incident_unknown": lambda: unknown_incident_message(IncidentNumber(7)),
    "incident_that_is_a_group": lambda: group_detail_message(
        replace(
            group_content(
                a_group(Cause.DESTINATION, "file:///obbackup", total=25, handling=handled.SEEN),
                Counts(open=25, problems=((Problem.STALLED, 25),)),
            ),
            worst=MANY,
        ),
        (replace(STORY[0], sentence="opened: nothing is shipped any more"), *STORY[1:]),
        silenced={MANY[1].number: handled.QUIET},
    ),
    "incident_that_is_a_group_over": lambda: group_detail_message(
        replace(group_content(a_group(Cause.AGENT, "10.0.0.7", over=True), Counts(over=2)), worst=()),
        shareable=False,
    ),
    "timeline": lambda: timeline_message(ORDERS_SEEN, STORY),
    "timeline_of_a_group": lambda: timeline_message(
        replace(handled.STORAGE, handling=handled.SEEN), STORY, shareable=False
    ),
    "timeline_that_is_long": lambda: timeline_message(samples.ORDERS_FAILED, LONG_STORY),
    "timeline_that_is_endless": lambda: timeline_message(samples.ORDERS_FAILED, ENDLESS),
    "timeline_of_what_is_over": lambda: timeline_message(samples.resolved(samples.ORDERS_FAILED), ()),
    "report": lambda: report_message(samples.ORDERS_FAILED),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_about_incidents_looks_as_it_did(name: str) -> None:
    """The open ones come first, and what is left out is counted."""
    assert_golden(name, ANSWERS[name]())


REPORTS: dict[str, Callable[[], str]] = {
    "report_of_an_incident": lambda: report_text(
        OVER.incident, STORY, now=NOW, zone=samples.SHANGHAI, chart="delay-pay-orders.png"
    ),
    "report_of_what_still_burns": lambda: report_text(
        replace(STALLED, snapshot=replace(handled.SNAPSHOT, error="no | space\nleft <!channel>")),
        now=NOW,
        offset=timedelta(seconds=3),
    ),
    "report_of_a_group": lambda: report_text(
        handled.STORAGE, STORY, now=NOW, members=(*MANY[:2], samples.resolved(replace(MANY[2], gap=GAP)))
    ),
    "report_of_a_group_by_chance": lambda: report_text(
        replace(a_group(Cause.COINCIDENCE, ""), worst_delay=None),
        now=NOW,
        members=(of_problem(Problem.MISSING), samples.resolved(STALLED)),
    ),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_reads_as_it_did(name: str) -> None:
    """It is Markdown in which nothing that came from elsewhere has a meaning."""
    assert_golden_text(name, REPORTS[name]())


def test_a_report_of_very_many_counts_what_it_leaves_out() -> None:
    members = handled.numbered(MANY * 10, 1000)
    text = report_text(handled.STORAGE, ENDLESS, now=NOW, members=members)
    assert "…and 50 more" in text
    assert "…and 1,000 more" in text
    assert report_name(handled.STORAGE) == "group-50.md"
    assert report_name(STALLED) == "incident-51.md"


def test_a_long_timeline_tells_its_beginning_and_its_end() -> None:
    """What does not fit is left out of the middle, never of the end."""
    said = str(timeline_message(samples.ORDERS_FAILED, LONG_STORY).blocks)
    assert "it is 0 min behind now" in said
    assert "it is 79 min behind now" in said
    assert "…and 35 more between…" in said


def test_lists_of_incidents_begin_with_the_worst() -> None:
    """What is over comes behind all that is open."""
    mild = replace(samples.ORDERS_FAILED, number=IncidentNumber(1), severity=Severity.WARNING)
    over = samples.resolved(replace(samples.ORDERS_FAILED, number=IncidentNumber(2)))
    grave = replace(samples.ORDERS_FAILED, number=IncidentNumber(3), severity=Severity.CRITICAL)
    said = incident_list_message(ListIncidents(), (mild, over, grave), now=NOW).text
    numbers = [line.split("*")[1] for line in said.splitlines()[1:]]
    assert numbers == ["3", "1", "2"]
