"""Shows the bot's measures to Prometheus: read when it asks, and nothing kept in between."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import Metric

from bot.domain.measures import BotMeasures
from bot.monitoring.counts import Counts
from bot.monitoring.families import families

WITHIN = timedelta(seconds=5)
"""Prometheus gives up after ten."""

Measure = Callable[[], Awaitable[BotMeasures]]


class Metrics:
    """One run's metrics, in a registry of its own. ``measure`` looks at the bot with every request."""

    def __init__(self, measure: Measure, counts: Counts, within: timedelta = WITHIN) -> None:
        self._measure = measure
        self._counts = counts
        self._within = within
        self._turn = asyncio.Lock()
        self._seen: BotMeasures | None = None
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    async def page(self) -> bytes:
        """Write the page in Prometheus's text format, one at a time, and off the event loop.

        Raises TimeoutError where the bot's own database does not answer.
        """
        async with self._turn:
            async with asyncio.timeout(self._within.total_seconds()):
                self._seen = await self._measure()
            return await asyncio.to_thread(generate_latest, self._registry)

    def collect(self) -> Iterator[Metric]:
        """Give what was measured last, and what was counted."""
        if self._seen is not None:
            yield from families(self._seen)
            yield from self._counts.collect()
