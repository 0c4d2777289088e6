"""A bot of which everything can be measured, and a real scrape of its page."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import aiohttp
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from bot.domain.measures import (
    BotMeasures,
    IncidentKind,
    LoopLag,
    OwedMeasures,
    SourceMeasures,
    TaskDelay,
    TaskMeasures,
)
from bot.domain.notification import Action
from bot.domain.problem import Problem, Severity
from bot.domain.task import ClusterId, SourceName
from bot.monitoring.counts import Counts
from bot.monitoring.metrics import Metrics
from bot.monitoring.web import WebServer
from bot.operations.meters import DeliveryOutcome, PollOutcome

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PROD = SourceName("prod")


def delay(tenant: str | None, seconds: float, *, cluster: str = "pay", cluster_id: int = 1) -> TaskDelay:
    """Make one task's delay."""
    return TaskDelay(cluster, ClusterId(cluster_id), tenant, "file:///obbackup/", seconds * SECOND)


def source(name: str = "prod", **facts: object) -> SourceMeasures:
    """Make the measures of a source that was read a second before noon."""
    known: dict[str, object] = {
        "source": SourceName(name),
        "interval": 30 * SECOND,
        "polled_at": NOON,
        "read_at": NOON - SECOND,
        "readable": True,
        "offset": -2 * SECOND,
        "clusters": 3,
        "clusters_unread": 1,
        "rows_skipped": 4,
        "tasks": TaskMeasures({"running": 7, "broken": 1}, 90 * SECOND, (delay("orders", 90),), 2),
        "incidents": {
            IncidentKind(Problem.FAILED, Severity.CRITICAL): 1,
            IncidentKind(Problem.LAGGING, Severity.WARNING, acknowledged=True, silenced=True): 2,
        },
    }
    return SourceMeasures(**{**known, **facts})  # type: ignore[arg-type] # facts by name


def everything() -> BotMeasures:
    """Make the measures of a bot that leaves nothing out."""
    return BotMeasures(
        version="1.2.3",
        sources=(source(),),
        owed=(OwedMeasures(Action.POST, 5, 12 * SECOND),),
        channels_refusing=1,
        slack_connections=(60 * SECOND, 30 * SECOND),
        loop_lag=LoopLag(timedelta(milliseconds=2), timedelta(milliseconds=250)),
        heartbeat_at=NOON,
    )


def all_counts() -> Counts:
    """Count one of everything."""
    counts = Counts()
    counts.polled(PROD, PollOutcome.READ, 0.3 * SECOND)
    counts.polled(PROD, PollOutcome.PARTLY_READ, 45 * SECOND, ["timeout", "timeout"])
    counts.delivered(Action.POST, DeliveryOutcome.DELIVERED)
    counts.restarted("slack")
    return counts


async def page(measures: BotMeasures, counts: Counts | None = None) -> "Page":
    """Serve the page of these measures on a loopback address and scrape it."""

    async def measure() -> BotMeasures:
        return measures

    return await scraped(Metrics(measure, counts or Counts()).page)


async def scraped(written: Callable[[], Awaitable[bytes]]) -> "Page":
    """Serve a page on a loopback address and read it as Prometheus would."""
    async with (
        WebServer("127.0.0.1", 0, None, metrics=written) as server,
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}/metrics", headers={"Accept": "application/openmetrics-text"}) as answer,
    ):
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return Page(await answer.text())


class Page:
    """A page as Prometheus's own parser understands it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.families: dict[str, Metric] = {
            family.name: family for family in text_string_to_metric_families(text)
        }
        self.samples = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in self.families.values()
            for sample in family.samples
        }

    @property
    def names(self) -> set[str]:
        """The names of all figures."""
        return {name for name, _ in self.samples}

    def labels_of(self, name: str) -> set[str]:
        """Give the names of a figure's labels."""
        return {label for known, labels in self.samples if known == name for label, _ in labels}

    def value(self, name: str, **labels: str) -> float:
        """Give one figure of ours."""
        return self.samples[f"logbackup_bot_{name}", frozenset(labels.items())]

    def values(self, name: str) -> dict[frozenset[tuple[str, str]], float]:
        """Give all figures of one name of ours."""
        return {
            labels: value
            for (known, labels), value in self.samples.items()
            if known == f"logbackup_bot_{name}"
        }
