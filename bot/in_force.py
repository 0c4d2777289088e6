"""The settings in force, and how they are read anew while the bot runs: taken whole, or not at all."""

import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bot import logs
from bot.condition import Running
from bot.domain.digest_schedule import DigestTime
from bot.domain.posts import Channel
from bot.domain.roster import ThresholdsFor
from bot.domain.task import ClusterId, SourceName
from bot.domain.thresholds import Thresholds
from bot.monitoring.ping import HeartbeatAddress
from bot.operations.measure_fleet import FleetMeasuring
from bot.operations.ports import Clock, Journal
from bot.schedule import Schedule
from bot.settings import NotReloaded, Settings, reload
from bot.slack.people import People
from bot.sources import thresholds_of
from bot.views.links import Links

DigestJob = Callable[[DigestTime], Awaitable[None]]


@dataclass(slots=True)
class InForce:
    """The settings in force; ``config_path`` is the file that they were read from, if there is one."""

    settings: Settings
    config_path: str | None = None

    @property
    def links(self) -> Links:
        """Where people are led beyond Slack."""
        return Links(self.settings.links, self.settings.pages)

    @property
    def default_channel(self) -> Channel | None:
        """Where everything is told that no route says otherwise of."""
        channel = self.settings.alert_channel
        return None if channel is None else Channel(channel)


def live_thresholds(in_force: InForce, ocp_limits: dict[ClusterId, timedelta]) -> ThresholdsFor:
    """Give the limits of a task by the settings that are in force when they are asked for."""
    made: tuple[Settings, ThresholdsFor] = in_force.settings, thresholds_of(in_force.settings, ocp_limits)

    def limits(
        source: SourceName, cluster_id: ClusterId | None, cluster: str | None, tenant: str | None
    ) -> Thresholds:
        nonlocal made
        if made[0] is not in_force.settings:
            made = in_force.settings, thresholds_of(in_force.settings, ocp_limits)
        return made[1](source, cluster_id, cluster, tenant)

    return limits


@dataclass(slots=True)
class Renewal:
    """Reads the settings anew and puts them in force."""

    in_force: InForce
    now: Running
    schedule: Schedule
    fleet: FleetMeasuring
    people: People
    clock: Clock
    journal: Journal
    _address: HeartbeatAddress | None = None
    _digest: DigestJob | None = None
    _digest_jobs: list[str] = field(default_factory=list)

    async def renew(self) -> bool:
        """Read the settings again; tell whether they were taken. The log and health say what came of it."""
        before = self.in_force.settings
        outcome = reload(before, os.environ, self.in_force.config_path)
        self.now.settings_told, self.now.settings_told_at = outcome.sentence, self.clock.now()
        self.now.settings_refused = isinstance(outcome, NotReloaded)
        if isinstance(outcome, NotReloaded):
            self.journal.error("settings not taken", mistakes=list(outcome.mistakes))
            return False
        after = self.in_force.settings = outcome.settings
        logs.configure(
            format=after.log_format, level=after.log_level, secrets=(*before.secrets(), *after.secrets())
        )
        for watch in self.now.watches:
            watch.state.interval = after.poll_interval
            watch.state.changes += 1
            self.schedule.change(f"poll {watch.state.source}", after.poll_interval)
        self.fleet.delays = after.metrics_task_delays
        self.people.look_for(after.who_may.groups)
        self._schedule_digests()
        await self.beat()
        self.journal.info("settings taken", changed=list(outcome.changed), warnings=list(outcome.warnings))
        return True

    def digests(self, job: DigestJob) -> None:
        """Schedule the digests, each with ``job``."""
        self._digest = job
        self._schedule_digests()

    def _schedule_digests(self) -> None:
        for name in self._digest_jobs:
            self.schedule.forget(name)
        self._digest_jobs = []
        if self._digest is None:
            return
        for number, when in enumerate(self.in_force.settings.digest_times):
            name = f"digest {number + 1}"
            self.schedule.at(when, name, partial(self._digest, when), self.clock)
            self._digest_jobs.append(name)

    async def beat(self) -> None:
        """Beat at the address that the settings give now."""
        url = self.in_force.settings.heartbeat_url
        before = self._address
        self._address = None if url is None else HeartbeatAddress(url.get_secret_value())
        self.now.heart.ping = None if self._address is None else self._address.ping
        if before is not None:
            with suppress(OSError):
                await before.close()

    async def close(self) -> None:
        """Close the heartbeat's address."""
        if self._address is not None:
            await self._address.close()
