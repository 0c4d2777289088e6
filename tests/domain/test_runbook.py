"""Pages of a team's own, and the way into OCP."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.evidence import StatusBroken, StoodStill
from bot.domain.incident import Incident, IncidentNumber, Lifecycle, Snapshot, Subject, source_subject
from bot.domain.link import Link, ocp_link
from bot.domain.naming import Scope
from bot.domain.problem import Problem, Severity
from bot.domain.routing import Selector
from bot.domain.runbook import Runbook, links
from bot.domain.task import ClusterId, SourceName

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PROD = SourceName("prod")
SUBJECT = Subject("task:prod/7/1/", PROD, ClusterId(7), "pay", "1", "orders")
FAILED = Incident(
    IncidentNumber(42),
    SUBJECT,
    Lifecycle.FIRING,
    Problem.FAILED,
    Severity.CRITICAL,
    StatusBroken("INTERRUPTED", "no space left on device"),
    NOW,
    NOW,
    NOW,
    Severity.CRITICAL,
)
STALLED = replace(
    FAILED,
    problem=Problem.STALLED,
    because=StoodStill(timedelta(hours=1), None, timedelta(hours=1), timedelta(minutes=30)),
)
READ = replace(STALLED, snapshot=Snapshot(NOW, status="RUNNING"))
PAGE = Link("https://wiki.example.com/{cluster}")
HERE = "https://wiki.example.com/pay"


@pytest.mark.parametrize(
    ("runbook", "incident", "shown"),
    [
        (Runbook("any", PAGE), FAILED, True),
        (Runbook("problem", PAGE, Selector(problems=(Problem.FAILED,))), FAILED, True),
        (Runbook("problem", PAGE, Selector(problems=(Problem.FAILED,))), STALLED, False),
        (Runbook("cluster", PAGE, Selector(Scope(cluster="shop*"))), FAILED, False),
        (Runbook("status", PAGE, statuses=("stopped", "interrupted")), FAILED, True),
        (Runbook("status", PAGE, statuses=("broken",)), FAILED, True),
        (Runbook("status", PAGE, statuses=("running",)), READ, True),
        (Runbook("status", PAGE, statuses=("broken",)), READ, False),
        (Runbook("status", PAGE, statuses=("*",)), STALLED, False),
        (Runbook("error", PAGE, error="*No space left*"), FAILED, True),
        (Runbook("error", PAGE, error="*denied*"), FAILED, False),
        (Runbook("error", PAGE, error="*"), READ, False),
    ],
)
def test_a_page_is_shown_where_it_is_about_what_is_seen(
    runbook: Runbook, incident: Incident, *, shown: bool
) -> None:
    assert links((runbook,), incident) == (((runbook.label, HERE),) if shown else ())


def test_pages_come_in_their_order_and_not_without_end() -> None:
    pages = [Runbook(str(number), PAGE) for number in range(9)]
    assert [label for label, _ in links(pages, FAILED)] == ["0", "1", "2", "3", "4"]


def test_a_page_holds_what_the_incident_is_about() -> None:
    page = Runbook("x", Link("https://w/{source}/{cluster}/{id}/{tenant}?why={problem}"))
    assert page.address(FAILED) == "https://w/prod/pay/7/orders?why=failed"


@pytest.mark.parametrize("hostile", ["../../admin", "a?b=c#d&e", "<!channel>|x", "a b\n", "é%2F", "{tenant}"])
def test_no_name_can_be_more_than_one_part_of_an_address(hostile: str) -> None:
    subject = replace(SUBJECT, cluster_label=hostile)
    address = Runbook("x", Link("https://w/{cluster}/y")).address(replace(FAILED, subject=subject))
    assert address is not None
    middle = address.removeprefix("https://w/").removesuffix("/y")
    assert not set(middle) & set("/?#&<>| \n{}")


def test_an_address_without_what_belongs_into_it_is_left_out() -> None:
    whole_cluster = replace(FAILED, subject=replace(SUBJECT, tenant=None, tenant_label=None))
    assert links((Runbook("x", Link("https://w/{tenant}")),), whole_cluster) == ()
    long = replace(FAILED, subject=replace(SUBJECT, cluster_label="x" * 3000))
    assert links((Runbook("x", PAGE),), long) == ()


def test_each_source_has_its_own_way_into_ocp() -> None:
    known = {
        "prod": Link("https://ocp/cluster/{id}?name={cluster}", "https://ocp"),
        "test": Link("https://ocp-test"),
    }
    assert ocp_link(known, SUBJECT) == "https://ocp/cluster/7?name=pay"
    assert ocp_link(known, replace(SUBJECT, cluster_label=None)) == "https://ocp/cluster/7?name=7"
    assert ocp_link(known, source_subject(SourceName("test"))) == "https://ocp-test"
    assert ocp_link(known, source_subject(PROD)) == "https://ocp"
    assert ocp_link(known, source_subject(SourceName("new"))) is None
