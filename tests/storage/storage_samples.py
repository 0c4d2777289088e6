"""Incidents, notifications and readings for the tests of stores."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.evidence import StatusBroken
from bot.domain.incident import UNNUMBERED, Incident, Lifecycle, Subject
from bot.domain.notification import (
    Action,
    Channel,
    IncidentContent,
    MessageKey,
    Notification,
    OutboxId,
    Reason,
)
from bot.domain.posts import Post
from bot.domain.problem import Problem, Severity
from bot.domain.reading import Reading
from bot.domain.status import read_status
from bot.domain.task import Cluster, ClusterId, ObClusterId, SourceName, Task, TaskKey
from bot.operations.store_port import IncidentWrite, Store
from bot.storage.database import Database
from tests.fakes.memory_store import MemoryStore

AnyStore = Database | MemoryStore
T0 = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LEASE = timedelta(minutes=2)
PROD, TEST = SourceName("prod"), SourceName("test")
ALERTS, OTHERS = Channel("C1"), Channel("C2")
ALERT = MessageKey("incident/1")
PAY = Cluster(PROD, ClusterId(1000005), "pay", ObClusterId(5), "4.2.1.0", "PRIMARY", "RUNNING")


def fits_the_port(database: Database, memory: MemoryStore) -> tuple[Store, Store]:
    """Let the type checker hold both stores to the protocol."""
    return database, memory


def incident(
    key: str = "task:prod/1/orders",
    *,
    lifecycle: Lifecycle = Lifecycle.FIRING,
    severity: Severity = Severity.CRITICAL,
    source: SourceName = PROD,
) -> Incident:
    """Make an incident that no store has numbered yet."""
    return Incident(
        number=UNNUMBERED,
        subject=Subject(key=key, source=source, cluster_label="pay", tenant_label="orders"),
        lifecycle=lifecycle,
        problem=Problem.FAILED,
        severity=severity,
        because=StatusBroken("FAILED", "device out of space"),
        since=T0,
        opened_at=T0,
        changed_at=T0,
        worst_severity=severity,
        resolved_at=T0 if lifecycle is Lifecycle.RESOLVED else None,
    )


async def kept(store: AnyStore, new: Incident) -> Incident:
    """Keep a new incident in a transaction of its own."""
    async with store.writing() as session:
        (one,) = await session.keep_incidents([IncidentWrite(new, None)])
    return one


async def changed(store: AnyStore, one: Incident) -> Incident:
    """Keep a change of an incident that is known."""
    async with store.writing() as session:
        (now,) = await session.keep_incidents([IncidentWrite(one, one.revision)])
    return now


def notification(
    id_: str,
    action: Action = Action.POST,
    *,
    message: MessageKey = ALERT,
    channel: Channel = ALERTS,
    severity: Severity = Severity.CRITICAL,
    reason: Reason = Reason.FIRST_SEEN,
) -> Notification:
    """Make a notification about an incident of some severity."""
    return Notification(
        id=OutboxId(id_),
        message=message,
        channel=channel,
        action=action,
        reason=reason,
        content=IncidentContent(incident(severity=severity), T0, "FAILED", "device out of space"),
        created_at=T0,
    )


async def owe(store: AnyStore, *notifications: Notification) -> None:
    """Enqueue notifications in one transaction."""
    async with store.writing() as session:
        for one in notifications:
            await session.enqueue(one)


async def claimed(
    store: AnyStore, now: datetime = T0, *, owner: str = "a bot", limit: int = 100
) -> list[str]:
    """Claim what is due and give the ids."""
    owed = await store.claim(owner=owner, now=now, lease=LEASE, limit=limit)
    return [one.notification.id for one in owed]


async def deliver(store: AnyStore, id_: str, *, ts: str | None = "1.5", owner: str = "a bot") -> bool:
    """Record a delivery."""
    return await store.delivered(OutboxId(id_), owner=owner, ts=ts, now=T0)


def task(
    tenant: str | None = "orders",
    *,
    source: SourceName = PROD,
    cluster: int = 1000005,
    at: datetime = T0,
    delay: timedelta | None = timedelta(seconds=77, microseconds=642100),
    status: str = "RUNNING",
    error: str | None = None,
) -> Task:
    """Make a task that uses every field."""
    return Task(
        key=TaskKey(source, ClusterId(cluster), tenant, "file:///obbackup/"),
        status=read_status(status),
        cluster_name="pay",
        tenant_name=tenant,
        ob_cluster_id=ObClusterId(5),
        tenant_id=7,
        ob_tenant_id=1004,
        cluster_type="PRIMARY",
        error=error,
        checkpoint=None if delay is None else at - delay - timedelta(milliseconds=150),
        delay=delay,
        mode="PHYSICAL_BACKUP",
        created_at=T0 - timedelta(days=30),
        modified_at=T0 - timedelta(days=1),
        agent_server="10.0.0.1",
        dimension="TENANT",
        other=(("regionId", "4"), ("note", "ü\0")),
    )


def reading(
    at: datetime = T0, tenants: tuple[str, ...] = ("orders", "ledger"), cluster: Cluster = PAY
) -> Reading:
    """Make a reading of one cluster."""
    tasks = tuple(task(tenant, source=cluster.source, cluster=cluster.id, at=at) for tenant in tenants)
    return Reading(cluster, tasks, at, at + timedelta(milliseconds=112), trace_id="0e74add7846c479c")


def resolved(one: Incident) -> Incident:
    """Resolve an incident."""
    return replace(one, lifecycle=Lifecycle.RESOLVED, resolved_at=T0)


async def standing(store: AnyStore, *keys: MessageKey) -> None:
    """Record that parent messages stand."""
    async with store.writing() as session:
        await session.keep_posts([Post(key, ALERTS, "1.0") for key in keys or (ALERT,)])


async def postpone(
    store: AnyStore, id_: str, *, unknown: bool = False, owner: str = "a bot", refused: bool = False
) -> bool:
    """Give a notification back for ten seconds."""
    return await store.postpone(
        OutboxId(id_),
        owner=owner,
        until=T0 + 10 * SECOND,
        error="busy",
        outcome_unknown=unknown,
        refused=refused,
    )


async def give_up(store: AnyStore, id_: str, *, owner: str = "a bot") -> bool:
    """Give a notification up."""
    return await store.give_up(OutboxId(id_), owner=owner, error="archived", now=T0)
