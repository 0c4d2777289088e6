"""An OCP that lists what a test tells it to."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.domain.reading import Reading
from bot.domain.status import read_status
from bot.domain.task import Cluster, ClusterId, SourceName, Task, TaskKey
from bot.errors import NotFound, SourceError
from bot.operations.ports import Clock

PROD = SourceName("prod")
PAY = Cluster(PROD, ClusterId(1), "pay")
SHOP = Cluster(PROD, ClusterId(2), "shop")

Rows = Callable[[datetime], Sequence[Task]]


def task(
    tenant: str | None = "orders",
    *,
    cluster: Cluster = PAY,
    status: str = "RUNNING",
    checkpoint: datetime | None = None,
    error: str | None = None,
    destination: str | None = "file:///obbackup/",
    cluster_type: str | None = "PRIMARY",
) -> Task:
    """Make a task as OCP would list it."""
    return Task(
        key=TaskKey(cluster.source, cluster.id, tenant, destination),
        status=read_status(status),
        cluster_name=cluster.name,
        tenant_name=tenant,
        cluster_type=cluster_type,
        checkpoint=checkpoint,
        error=error,
    )


def teeth(at: datetime, period: timedelta = timedelta(minutes=2)) -> datetime:
    """Give the checkpoint of a healthy task at a moment: it moves once in a period."""
    since = timedelta(seconds=at.timestamp() % period.total_seconds())
    return at - since - timedelta(seconds=5)


class ListedSource:
    """A source whose clusters and rows a test sets; an exception in place of rows is raised.

    ``behind`` is how far OCP's clock is behind ours.
    """

    def __init__(self, clock: Clock, name: SourceName = PROD) -> None:
        self.name = name
        self.clock = clock
        self.behind = timedelta(0)
        self.rows: dict[Cluster, Rows | SourceError] = {}
        self.listing: SourceError | None = None
        self.limits: dict[Cluster, timedelta | SourceError | None] = {}
        self.listed = 0
        self.incomplete = False
        self.left_out: set[Cluster] = set()
        self.unresolved_clusters: tuple[str, ...] = ()
        self.asked: list[tuple[Cluster, datetime | None, datetime | None]] = []
        self.urgent: list[bool] = []

    async def clusters(self) -> tuple[Cluster, ...]:
        self.listed += 1
        if self.listing is not None:
            raise self.listing
        return tuple(cluster for cluster in self.rows if self.watches(cluster))

    def watches(self, cluster: Cluster) -> bool:
        return cluster not in self.left_out

    async def log_backup_tasks(
        self,
        cluster: Cluster,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        urgent: bool = False,
    ) -> Reading:
        self.asked.append((cluster, start, end))
        self.urgent.append(urgent)
        rows = self.rows.get(cluster, NotFound("OCP knows no such cluster."))
        if isinstance(rows, SourceError):
            raise rows
        now = self.clock.now()
        at = now - self.behind
        return Reading(cluster, tuple(rows(at)), at, now, complete=not self.incomplete)

    async def delay_threshold(self, cluster: Cluster) -> timedelta | None:
        limit = self.limits.get(cluster)
        if isinstance(limit, SourceError):
            raise limit
        return limit
