"""What is wrong with a cluster itself stands before its tasks, with a mark, and is said once."""

from dataclasses import replace
from datetime import timedelta

import tests.views.view_samples as samples
from bot.commands import ShowStatus
from bot.domain.evidence import NotRead
from bot.domain.fleet import ClusterNow, FleetSnapshot
from bot.domain.incident import Incident, cluster_subject
from bot.domain.naming import Scope
from bot.domain.problem import Problem
from bot.domain.task import ClusterId
from bot.views.status_report import status_message
from tests.views.view_samples import NOW, PROD, READ_AT, minutes

EMPTY = next(one for one in samples.odd_clusters().clusters if one.label == "empty")
BLIND = samples.an_incident(
    62,
    cluster_subject(PROD, ClusterId(2), "empty"),
    Problem.UNREACHABLE,
    NotRead(4, NOW - minutes(3), "timeout", "It took too long."),
    lasting=timedelta(minutes=3),
    delay=None,
)


def told(cluster: ClusterNow) -> list[str]:
    fleet = FleetSnapshot((samples.a_source("prod", [cluster]),))
    return status_message(ShowStatus(Scope(name="empty")), fleet, now=NOW).text.splitlines()


def with_tasks(incident: Incident) -> ClusterNow:
    return replace(EMPTY, tasks=samples.well(EMPTY.cluster, 1, minutes(1)), incident=incident)


def test_it_comes_first_as_a_task_would() -> None:
    assert EMPTY.incident is not None
    assert told(with_tasks(EMPTY.incident))[1:] == [
        "🟠 *empty* warning · log backup is no longer listed, for 26 min",
        "🟢 *t00* well · 1 min behind",
    ]
    assert told(with_tasks(replace(BLIND, good_polls=1)))[1] == (
        "🟢 *empty* gets answers from OCP again, for 3 min"
    )


def test_that_it_cannot_be_read_is_said_once() -> None:
    failure = samples.unread(minutes(3), "It took too long.")
    lines = told(replace(with_tasks(BLIND), failure=failure, read_at=READ_AT))
    (line,) = [line for line in lines if "3 min" in line]
    assert line.startswith("🔴 Cluster empty of OCP prod cannot be read for 3 min: It took too long. ")
