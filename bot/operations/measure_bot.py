"""Puts together what is measured of the bot, whenever somebody asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.measures import BotMeasures, LoopLag
from bot.operations.heartbeat import Heartbeat
from bot.operations.measure_fleet import FleetMeasuring, Outbox, measure_owed
from bot.operations.ports import Clock


@dataclass(slots=True)
class BotMeasuring:
    """Where each figure comes from.

    ``refusing`` counts the channels that take no message, ``connections`` tells since when each hears Slack
    (None: Slack comes over HTTP), in real time. ``clock`` is the one that what is owed was born in.
    """

    version: str
    fleet: FleetMeasuring
    store: Outbox
    clock: Clock
    refusing: Callable[[], int]
    real: Clock
    connections: Callable[[], Sequence[datetime] | None]
    lag: Callable[[], LoopLag | None]
    heartbeat: Heartbeat | None = None

    async def measure(self) -> BotMeasures:
        """Look at everything now; only the database is asked."""
        return BotMeasures(
            version=self.version,
            sources=self.fleet.now(),
            owed=await measure_owed(self.store, self.clock.now()),
            channels_refusing=self.refusing(),
            slack_connections=self._ages(),
            loop_lag=self.lag(),
            heartbeat_at=None if self.heartbeat is None else self.heartbeat.accepted_at,
        )

    def _ages(self) -> tuple[timedelta, ...] | None:
        since, now = self.connections(), self.real.now()
        return None if since is None else tuple(max(now - at, timedelta(0)) for at in since)
