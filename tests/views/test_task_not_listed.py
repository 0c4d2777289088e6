"""Of a task that OCP does not list nothing is said as if it were so now, and nothing twice."""

from dataclasses import replace

import tests.views.view_samples as samples
from bot.commands import ShowTask
from bot.domain.fleet import FleetSnapshot, TaskNow
from bot.domain.naming import Scope
from bot.domain.status import read_status
from bot.views.task_detail import task_message
from tests.views.view_samples import NOW


def told(fleet: FleetSnapshot, name: str) -> list[str]:
    return task_message(ShowTask(Scope(name=name)), fleet, now=NOW).text.splitlines()[1:3]


def without_status(fleet: FleetSnapshot, tenant: str) -> FleetSnapshot:
    def changed(task: TaskNow) -> TaskNow:
        return replace(task, task=replace(task.task, status=read_status(None)))

    (source,) = fleet.sources
    (cluster,) = source.clusters
    tasks = tuple(changed(one) if one.tenant_label == tenant else one for one in cluster.tasks)
    return FleetSnapshot((replace(source, clusters=(replace(cluster, tasks=tasks),)),))


def test_that_it_is_left_out_is_said_once_and_then_how_it_was() -> None:
    missing, status = told(samples.every_problem(), "lab/missing")
    assert missing.startswith("OCP left it out of its last 3 lists; it was last there at ")
    assert status == "When last listed its status was RUNNING."
    assert told(samples.every_problem(), "lab/unlisted") == [
        "OCP left it out of its last list; this is how it was before.",
        "When last listed its status was RUNNING.",
    ]


def test_of_one_that_had_no_status_none_is_told() -> None:
    left_out, reached = told(without_status(samples.every_problem(), "unlisted"), "lab/unlisted")
    assert left_out.startswith("OCP left it out")
    assert reached.startswith("Backed up until")
