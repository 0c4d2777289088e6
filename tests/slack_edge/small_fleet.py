"""The bot's own operation over a small fleet that was polled once, behind Slack's doors."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from bot.clock import SystemClock
from bot.domain.delay_history import DelayHistory
from bot.domain.handling import Actor
from bot.domain.notification import OutboxId
from bot.domain.permission import Permissions, SilenceLimits
from bot.domain.routing import Routing
from bot.domain.task import Cluster, ClusterId, SourceName, Task, TaskKey
from bot.domain.thresholds import Thresholds
from bot.operations.answer_command import Answering
from bot.operations.describe_fleet import FleetView
from bot.operations.ports import Clock
from bot.operations.source_state import restore
from bot.operations.watch_tasks import Watching, poll
from bot.slack.bolt import web_client
from bot.slack.directory import Directory
from bot.views.delay_chart import ChartSpec
from bot.views.health_report import BotHealth
from bot.views.links import NO_LINKS
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
    directories: list[Directory]


class NoHistory:
    """A disk on which nothing was kept."""

    async def delays(self, key: TaskKey, since: datetime, until: datetime | None) -> DelayHistory:  # noqa: ARG002 - a port
        return DelayHistory.of([], since=since, until=until or since + timedelta(days=1))


class PlainArtist:
    """Draws nothing, in the right type."""

    async def draw(self, spec: ChartSpec) -> bytes:  # noqa: ARG002 - a port
        return b"\x89PNG"


@dataclass
class Asking:
    """The workspace's directory, which there is once Slack is."""

    directories: list[Directory]

    async def person(self, user_id: str) -> Actor:
        return await self.directories[0].person(user_id)

    async def named(self, name: str) -> Actor:
        return await self.directories[0].named(name)


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

    clients: list[Directory] = []
    answering = Answering(
        fleet=FleetView((state,)),
        sources={PROD: source},
        store=store,
        history=NoHistory(),
        artist=PlainArtist(),
        clock=clock,
        zone=lambda: UTC,
        health=health,
        people=Asking(clients),
        permissions=Permissions,
        silence_limits=SilenceLimits,
        routing=lambda: Routing(None),
        links=lambda: NO_LINKS,
        changed=lambda _: None,
        owed=lambda: None,
        new_id=lambda: OutboxId(uuid4().hex),
    )
    return Fleet(source, store, answering, clients)


@asynccontextmanager
async def fleet_stage() -> AsyncIterator[tuple[Stage, Fleet]]:
    """Connect the operation to a simulated Slack by Socket Mode."""
    clock = SystemClock()
    small = await fleet(clock)
    talk = Talk(small.answering.answer, small.answering.submit, small.answering.home)
    async with stage(talk) as on:
        client = web_client(on.slack.bot_token, on.slack.api_url)
        small.directories.append(Directory(client, on.people, clock))
        yield on, small
