"""The paths of a simulated OCP, and what each of them answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.sandbox.fleet import Fleet, SimulatedCluster, TaskRow
from bot.sandbox.ocp.accounts import Permission
from bot.sandbox.ocp.dialect import Dialect, Sibling
from bot.sandbox.ocp.faults import Fault, Kind
from bot.sandbox.ocp.paging import LARGEST_PAGE, asked_page, asked_period, page_of
from bot.sandbox.ocp.refusal import RefusedError
from bot.sandbox.ocp.rows import cluster_object, overview_object, strategy_object, task_object


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request is about: its endpoint, the ids in its path, and its query."""

    endpoint: "Endpoint"
    cluster_id: int | None
    tenant_id: int | None
    query: dict[str, str]


@dataclass(frozen=True, slots=True)
class World:
    """What endpoints answer from: the fleet at one moment, in one dialect, with the fault of a list.

    ``now`` is the time by OCP's host, which is ``host_skew`` ahead of its clusters' time ``at``.
    """

    fleet: Fleet
    now: datetime
    host_skew: timedelta
    dialect: Dialect
    version: str
    healthy: bool = True
    list_fault: Fault | None = None

    @property
    def at(self) -> datetime:
        """The time by the clusters' clocks."""
        return self.now - self.host_skew

    def row(self, index: int) -> TaskRow:
        """Return a row as OCP's host sees it: the delay is by its own clock."""
        row = self.fleet.row(index, self.at)
        return replace(row, delay=row.delay + self.host_skew) if self.host_skew else row

    def cluster(self, asked: Asked) -> SimulatedCluster:
        """Return the cluster that a path names. Raises RefusedError (404)."""
        found = None if asked.cluster_id is None else self.fleet.cluster(asked.cluster_id)
        if found is None:
            raise RefusedError(404, "OB30001", f"Cluster {asked.cluster_id} does not exist.")
        return found


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path: who may read it, whether older versions lack it, and its answer.

    ``bare`` answers come without the envelope.
    """

    pattern: re.Pattern[str]
    answer: Callable[[World, Asked], object]
    permission: Permission | None = None
    sibling: Sibling | None = None
    bare: bool = False


def find_endpoint(path: str, query: dict[str, str]) -> Asked | None:
    """Return what a path is about, None where there is no such path."""
    for endpoint in ENDPOINTS:
        if found := endpoint.pattern.fullmatch(path):
            ids = found.groupdict()
            return Asked(endpoint, _number(ids.get("id")), _number(ids.get("tenant")), query)
    return None


def check_ids(asked: Asked, path: str) -> None:
    """Refuse ids that are no numbers. Raises RefusedError (400)."""
    for name, value in (("id", asked.cluster_id), ("tenantId", asked.tenant_id)):
        group = "tenant" if name == "tenantId" else "id"
        if group in asked.endpoint.pattern.groupindex and value is None:
            raise RefusedError(400, "COM10001", f"Illegal argument {name} in {path}: is not a number.")


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"-?[0-9]{1,18}", text) else None


def _clusters(world: World, asked: Asked) -> object:
    page = asked_page(asked.query, largest=LARGEST_PAGE)
    tenants = {
        cluster.id: len({task.tenant for task in world.fleet.tasks if task.cluster.id == cluster.id} - {None})
        for cluster in world.fleet.clusters
    }
    return page_of(
        world.fleet.clusters,
        page,
        world.dialect,
        lambda cluster: cluster_object(cluster, tenants[cluster.id], world.dialect),
    )


def _tasks(world: World, asked: Asked) -> object:
    cluster = world.cluster(asked)
    page, period = asked_page(asked.query), asked_period(asked.query)
    fleet, at, fault = world.fleet, world.at, world.list_fault
    listed = fleet.indexes(at, cluster.id)
    if asked.tenant_id is not None:
        listed = [index for index in listed if fleet.tasks[index].tenant_id == asked.tenant_id]
    if period.start is not None or period.end is not None:
        chosen = world.dialect.selection
        listed = [index for index in listed if period.holds(world.row(index), chosen)]
    if fault is not None and fault.kind is Kind.EMPTY_LIST:
        listed = []
    endless = fault is not None and fault.kind is Kind.ENDLESS_LIST
    copy = page.number if endless and fault is not None and fault.fresh else 1
    return page_of(
        listed,
        page,
        world.dialect,
        lambda index: task_object(_renamed(world.row(index), copy), world.dialect),
        endless=endless,
    )


def _renamed(row: TaskRow, copy: int) -> TaskRow:
    """Return a row as it is, or as that of a tenant which no earlier page had."""
    if copy == 1:
        return row
    task = row.task
    number = (task.ob_tenant_id or 0) + 1_000_000 * copy
    name = f"{task.tenant or 'tenant'}-{copy}"
    return replace(row, task=replace(task, tenant=name, tenant_id=number, ob_tenant_id=number))


def _overview(world: World, asked: Asked) -> object:
    cluster = world.cluster(asked)
    return overview_object(
        cluster, [world.row(index) for index in world.fleet.indexes(world.at, cluster.id)], world.dialect
    )


def _strategy(world: World, asked: Asked) -> object:
    return strategy_object(world.cluster(asked))


def _time(world: World, _asked: Asked) -> object:
    return world.dialect.envelope_times.write(world.now)


def _info(world: World, _asked: Asked) -> object:
    return {
        "name": "ocp-server",
        "group": "com.oceanbase",
        "artifact": "ocp-server",
        "buildTime": "2024-11-29T05:43:31.644Z",
        "buildVersion": world.version,
        "buildJavaVersion": "1.8",
        "springBootVersion": "2.7.18",
    }


def _status(world: World, _asked: Asked) -> object:
    return "okay" if world.healthy else "bad"


_CLUSTER = r"/api/v2/ob/clusters/(?P<id>[^/]+)"
_LIST = r"/backup/task/logBackupTasks"
ENDPOINTS = (
    Endpoint(re.compile(_CLUSTER + _LIST), _tasks, Permission.READ_BACKUP),
    Endpoint(
        re.compile(r"/api/v2/ob/clusters"), _clusters, Permission.LIST_CLUSTERS, sibling=Sibling.CLUSTERS
    ),
    Endpoint(
        re.compile(_CLUSTER + r"/backup/overview"),
        _overview,
        Permission.READ_BACKUP,
        sibling=Sibling.OVERVIEW,
    ),
    Endpoint(
        re.compile(_CLUSTER + r"/backup/config/backupStrategy"),
        _strategy,
        Permission.READ_BACKUP,
        sibling=Sibling.STRATEGY,
    ),
    Endpoint(
        re.compile(_CLUSTER + r"/tenants/(?P<tenant>[^/]+)" + _LIST),
        _tasks,
        Permission.READ_BACKUP,
        sibling=Sibling.TENANT_TASKS,
    ),
    Endpoint(re.compile(r"/api/v2/time"), _time, sibling=Sibling.TIME),
    Endpoint(re.compile(r"/api/v2/info"), _info, sibling=Sibling.INFO, bare=True),
    Endpoint(re.compile(r"/api/status"), _status, sibling=Sibling.STATUS, bare=True),
)
