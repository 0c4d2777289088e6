"""Settings read anew with SIGHUP, by the program as a process: taken whole, or not at all."""

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.end_to_end.town import ALERTS, Town, town

ROUTE = """
routes:
  - {channel: storage, problem: failed}
"""


class Settled:
    """A bot that runs by a file, and what may be written into it."""

    def __init__(self, world: Town, file: Path) -> None:
        self.world = world
        self.file = file

    def write(self, more: str = "", *, interval: str = "1s", token: str = "") -> None:
        """Write the settings; ``more`` is what goes beyond the least."""
        ocp, slack = self.world.ocp, self.world.slack
        self.file.write_text(
            f"""
alert_channel: {ALERTS}
poll_interval: {interval}
slack_bot_token: {token or slack.bot_token}
slack_app_token: {slack.app_token}
sources:
  - name: prod
    url: {ocp.url}
    user: {ocp.account.user}
    password: {ocp.account.password}
{more}
"""
        )

    async def again(self, event: str, times: int = 1) -> dict[str, object]:
        """Have the settings read again, and give what the log says of it."""
        self.world.program.tell(signal.SIGHUP)
        return await self.world.program.until_logged(event, times)


@asynccontextmanager
async def settled(folder: Path) -> AsyncIterator[Settled]:
    file = folder / "settings.yaml"
    blank = dict.fromkeys(
        ["OCP_URL", "OCP_USER", "OCP_PASSWORD", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "BOT_ALERT_CHANNEL"], ""
    )
    async with town(folder, BOT_CONFIG=str(file), **blank, BOT_POLL_INTERVAL="") as world:
        world.slack.add_channel("storage")
        world.slack.invite_bot("storage")
        found = Settled(world, file)
        found.write()
        await world.program.start()
        await world.until_said("Now watching log backup")
        await world.slack.until(lambda slack: slack.sockets, timeout=60)
        yield found
        assert await world.program.stop() == 0


async def test_what_is_written_anew_holds_at_once_and_is_told(tmp_path: Path) -> None:
    """A route, a limit and the interval of polls, without a restart."""
    async with settled(tmp_path) as home:
        world = home.world
        limit = "    thresholds: {tenants: {ledger: {lagging_warning: 1s}}}\n"
        home.write(limit + ROUTE, interval="2s")
        told = await home.again("settings taken")
        changed = told["changed"]
        assert isinstance(changed, list)
        assert sorted(changed) == ["poll_interval", "routes", "thresholds of source prod"]
        health = await world.asked("health")
        assert "The settings were read again; new: " in health
        assert "every 2 s" in health
        world.fleet.fail("pay/orders", world.clock.now())
        await world.until_said("Log backup has failed: pay/orders", channel="storage")
        await world.until_said("pay/ledger")
        assert [one.text for one in world.alerts if "pay/orders" in one.text] == []


async def test_a_broken_file_changes_nothing_and_another_token_takes_a_restart(tmp_path: Path) -> None:
    """Both are told; the token is not."""
    async with settled(tmp_path) as home:
        home.write("rotues: []\n" + ROUTE)
        told = await home.again("settings not taken")
        assert "rotues" in str(told["mistakes"])
        health = await home.world.asked("health")
        assert "not taken, the old ones stay" in health
        assert "rotues" in health
        home.world.fleet.fail("pay/orders", home.world.clock.now())
        await home.world.until_said("Log backup has failed: pay/orders", channel=ALERTS)
        home.write(ROUTE)
        await home.again("settings taken")
        assert "not taken" not in await home.world.asked("health")
        home.write(ROUTE, token="xoxb-1111-2222-another")
        told = await home.again("settings not taken", times=2)
        assert told["mistakes"] == ["slack_bot_token changes with a restart only."]
        assert "slack_bot_token changes with a restart only" in await home.world.asked("health")
        assert "another" not in home.world.program.log()
