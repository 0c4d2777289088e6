"""Settings read anew: what runs by them is told at once, and a mistake changes nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.digest_schedule import DigestTime
from bot.domain.notification import Channel
from bot.domain.task import ClusterId
from bot.in_force import InForce, Renewal, live_thresholds
from bot.operations.measure_fleet import FleetMeasuring
from bot.schedule import Schedule
from bot.settings import load
from bot.slack.bolt import web_client
from bot.slack.people import People
from tests.edges.test_condition import House
from tests.fakes.listed_source import PROD

FIRST = """
alert_channel: "#log-backup"
slack_bot_token: xoxb-made-up
slack_app_token: xapp-made-up
sources:
  - {name: prod, url: "https://ocp.example.com", user: watcher, password: made-up}
"""
SOON = timedelta(hours=1)


class Kept:
    """A bot with a settings file that may be written anew."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.file.write_text(FIRST)
        self.house = House()
        stage = self.house.stage
        self.in_force = InForce(load({}, str(file)).settings, str(file))
        self.schedule = Schedule(stage.journal, stage.clock)
        self.people = People(
            web_client("xoxb-made-up", "http://127.0.0.1:1/api/"), stage.clock, stage.journal
        )
        self.fleet = FleetMeasuring((stage.state,), lambda _: None, lambda _: True)  # type: ignore[arg-type, return-value] # nothing is counted
        self.digests: list[DigestTime] = []
        self.renewal = Renewal(
            self.in_force,
            self.house.now,
            self.schedule,
            self.fleet,
            self.people,
            stage.clock,
            stage.journal,
        )

    async def post(self, when: DigestTime) -> None:
        self.digests.append(when)

    async def again(self, more: str) -> bool:
        self.file.write_text(FIRST + more)
        return await self.renewal.renew()


@pytest.fixture
async def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kept]:
    for name in ("SLACK_BOT_TOKEN", "OCP_URL", "BOT_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    found = Kept(tmp_path / "settings.yaml")
    found.schedule.every(SOON, "poll prod", found.house.watch.run, first_after=SOON)
    yield found
    await found.renewal.close()


async def test_what_runs_by_the_settings_is_told(kept: Kept) -> None:
    kept.renewal.digests(kept.post)
    described = kept.house.stage.state.changes
    assert await kept.again(
        "poll_interval: 10s\nmetrics_task_delays: true\npermissions: {acknowledge: [S0123456]}\n"
    )
    assert kept.house.stage.state.interval == timedelta(seconds=10)
    assert kept.house.stage.state.changes > described
    assert kept.fleet.delays
    now = kept.house.now
    assert "poll_interval" in now.settings_told
    assert now.settings_told_at == kept.house.stage.clock.now()
    assert not now.settings_refused
    assert kept.house.stage.journal.names() == ["settings taken"]


async def test_digests_are_planned_anew(kept: Kept) -> None:
    """Those of before are forgotten: none comes twice, and none at a time that is no more."""
    kept.renewal.digests(kept.post)
    digest = "  - {{channel: '#dba', at: '{}'}}\n"
    assert await kept.again("digests:\n" + digest.format("09:00") + digest.format("18:00"))
    assert kept.renewal._digest_jobs == ["digest 1", "digest 2"]
    assert await kept.again("digests:\n" + digest.format("12:00"))
    assert kept.renewal._digest_jobs == ["digest 1"]


async def test_a_mistake_changes_nothing(kept: Kept) -> None:
    before = kept.in_force.settings
    assert not await kept.again("poll_intervall: 10s\n")
    assert kept.in_force.settings is before
    now = kept.house.now
    assert now.settings_refused
    assert "poll_intervall" in now.settings_told
    assert kept.house.stage.journal.names("error") == ["settings not taken"]
    assert await kept.again("poll_interval: 10s\n")
    assert not now.settings_refused


async def test_the_heartbeat_goes_to_the_address_of_now(kept: Kept) -> None:
    heart = kept.house.now.heart
    await kept.renewal.beat()
    pings = [heart.ping]
    for address in (
        "heartbeat_url: http://127.0.0.1:1/one\n",
        "heartbeat_url: http://127.0.0.1:1/other\n",
        "",
    ):
        assert await kept.again(address)
        pings.append(heart.ping)
    none, one, other, none_again = pings
    assert (none, none_again) == (None, None)
    assert one not in (None, other)
    assert other is not None


async def test_limits_are_those_in_force_when_they_are_asked_for(kept: Kept) -> None:
    limits = live_thresholds(kept.in_force, {})
    task = (PROD, ClusterId(1), "pay", "orders")
    assert limits(*task).lagging_warning != timedelta(minutes=7)
    more = FIRST.replace("password: made-up}", "password: made-up, thresholds: {lagging_warning: 7m}}")
    kept.file.write_text(more)
    assert await kept.renewal.renew()
    assert limits(*task).lagging_warning == timedelta(minutes=7)


async def test_the_default_channel_and_the_links_are_those_in_force(kept: Kept) -> None:
    assert kept.in_force.default_channel == Channel("#log-backup")
    kept.in_force.settings = kept.in_force.settings.model_copy(update={"alert_channel": None})
    assert kept.in_force.default_channel is None
