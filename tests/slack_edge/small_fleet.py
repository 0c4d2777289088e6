"""The bot's own operation over a small fleet that was polled once, behind Slack's doors."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clock import SystemClock
from bot.domain.notification import OutboxId
from bot.domain.routing import Routing
from bot.domain.task import Cluster, ClusterId, SourceName, Task
from bot.domain.thresholds import Thresholds
from bot.operations.answer_command import Answering
from bot.operations.describe_fleet import FleetView
from bot.operations.ports import Clock
from bot.operations.source_state import restore
from bot.operations.watch_tasks import Watching, poll
from bot.views.health_report import BotHealth
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.listed_source import ListedSource, task
from tests.fakes.memory_store import MemoryStore
from tests.slack_edge.small_talk import Talk
from tests.slack_edge.transcript import Stage, stage

PROD = SourceName("ocp")
PAY = Cluster(PROD, ClusterId(1000005), "pay")
SHOP = Cluster(PROD, ClusterId(1000006), "shop")
BIG = Cluster(PROD, ClusterId(1000007), "big")
TENANTS = 30


def rows(cluster: Cluster) -> Callable[[datetime], Sequence[Task]]:
    """Give what OCP lists: ``pay/orders`` has failed, the others are well."""

    def listed(at: datetime) -> Sequence[Task]:
        fresh = at - timedelta(seconds=5)
        if cluster is BIG:
            names = [f"t{number:02}" for number in range(TENANTS)]
            return [task(name, cluster=cluster, checkpoint=fresh) for name in names]
        if cluster is SHOP:
            return [task(name, cluster=cluster, checkpoint=fresh) for name in ("cart", "orders")]
        failed = task(
            "orders", cluster=cluster, status="FAILED", checkpoint=fresh, error="disk <full> & gone"
        )
        return [failed, task("ledger", cluster=cluster, checkpoint=fresh)]

    return listed


@dataclass
class Fleet:
    """A source that was polled once, and what answers questions about it."""

    source: ListedSource
    store: MemoryStore
    answering: Answering


async def fleet(clock: Clock) -> Fleet:
    """Poll a small fleet once, so that there is something to ask about and one incident."""
    source, store = ListedSource(clock, PROD), MemoryStore()
    source.rows = {cluster: rows(cluster) for cluster in (PAY, SHOP, BIG)}
    limits = Thresholds()
    state = await restore(PROD, timedelta(seconds=30), store, lambda *_: limits)
    watching = Watching(
        source=source,
        store=store,
        clock=clock,
        journal=ListedJournal(),
        thresholds_for=lambda *_: limits,
        routing_for=lambda _, __: Routing(None),
        new_id=lambda: OutboxId("1"),
        owed=lambda: None,
    )
    await poll(state, watching)

    async def health() -> BotHealth:
        return BotHealth("1.2.3", clock.now(), 0, ())

    answering = Answering(FleetView((state,)), {PROD: source}, store, clock, UTC, health)
    return Fleet(source, store, answering)


@asynccontextmanager
async def fleet_stage() -> AsyncIterator[tuple[Stage, Fleet]]:
    """Connect the operation to a simulated Slack by Socket Mode."""
    small = await fleet(SystemClock())
    async with stage(Talk(small.answering.answer)) as on:
        yield on, small
