"""The clusters and tasks of a simulated fleet, and the row that OCP would show of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.fleet.condition import Trouble
from bot.sandbox.fleet.rhythm import Rhythm


@dataclass(frozen=True, slots=True)
class SimulatedCluster:
    """A cluster of the fleet.

    ``id`` is OCP's own, ``ob_cluster_id`` OceanBase's; ``delay_alarm`` is the threshold of OCP's own alarm.
    """

    id: int
    name: str
    ob_cluster_id: int
    version: str = "4.2.1.8"
    type: str = "PRIMARY"
    status: str = "RUNNING"
    delay_alarm: timedelta = timedelta(seconds=300)


@dataclass(frozen=True, slots=True)
class SimulatedTask:
    """A log backup task of the fleet; ``tenant`` is None for a task of the whole cluster.

    ``uri`` is the destination as OCP sends it, credentials and all.
    """

    cluster: SimulatedCluster
    uri: str
    rhythm: Rhythm
    tenant: str | None = None
    tenant_id: int | None = None
    ob_tenant_id: int | None = None
    mode: str = "PHYSICAL_BACKUP"
    agent_server: str | None = None
    catch_up: float = 10.0

    @property
    def name(self) -> str:
        """``cluster/tenant``, or the cluster's name for a task of the whole cluster."""
        return self.cluster.name if self.tenant is None else f"{self.cluster.name}/{self.tenant}"

    @property
    def storage(self) -> str:
        """The destination without its query: tasks that share it break together."""
        return self.uri.partition("?")[0]


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task at one moment: what OCP lists, and beside it what is really the matter.

    ``trouble``, ``trouble_since`` and ``by_hand``, whether a lever made it, are the simulation's own and
    never leave it by the API.
    """

    task: SimulatedTask
    status: str
    error: str | None
    checkpoint: datetime
    delay: timedelta
    created_at: datetime
    modified_at: datetime
    trouble: Trouble
    trouble_since: datetime
    listed: bool
    by_hand: bool = False

    @property
    def name(self) -> str:
        """The task's name."""
        return self.task.name
