"""A simulated OCP and a simulated Slack, with the real program between them as a process of its own."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import yaml

from bot.clock import SystemClock
from bot.operations.ports import Clock
from bot.sandbox.fleet import Fleet, Rhythm, SimulatedCluster, SimulatedTask
from bot.sandbox.ocp import SimulatedOcp
from bot.sandbox.slack import Message, SimulatedSlack, installation

PAY = SimulatedCluster(1000005, "pay", 5)
SHOP = SimulatedCluster(1000006, "shop", 6)
SECRET_URI = "oss://bucket/pay?host=oss.example.com&access_id=AKID-secret&access_key=SK-secret"
ALERTS = "alerts"


def our_slack(clock: Clock, port: int = 0) -> SimulatedSlack:
    """Make a Slack in which the app is installed as manifest.yml asks, and no more."""
    manifest = yaml.safe_load((Path(__file__).parents[2] / "manifest.yml").read_text())
    return SimulatedSlack(clock=clock, pacing_clock=SystemClock(), port=port, **installation(manifest))


def pointed_at(ocp: SimulatedOcp, slack: SimulatedSlack, folder: Path) -> dict[str, str]:
    """Give the settings that point the bot at these two, with its database in this folder."""
    return {
        "OCP_URL": ocp.url,
        "OCP_USER": ocp.account.user,
        "OCP_PASSWORD": ocp.account.password,
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "BOT_ALERT_CHANNEL": ALERTS,
        "BOT_DATABASE_URL": f"sqlite:///{folder / 'bot.sqlite3'}",
        "BOT_HTTP_PORT": "0",
    }


def small_fleet(start: datetime) -> Fleet:
    """Make two clusters with five tasks, all healthy."""
    tasks = [
        SimulatedTask(
            cluster,
            SECRET_URI if cluster is PAY else "file:///obbackup/",
            Rhythm(period=3.0, floor=1.0, seed=seed),
            tenant=tenant,
            tenant_id=100 + seed,
            ob_tenant_id=1000 + seed,
        )
        for seed, (cluster, tenant) in enumerate(
            [(PAY, "orders"), (PAY, "ledger"), (PAY, "cards"), (SHOP, "cart"), (SHOP, "users")]
        )
    ]
    return Fleet((PAY, SHOP), tasks, start=start)


class Program:
    """``logbackup-bot run`` as a process; its log is kept in a file."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SLACK_", "OCP_", "BOT_", "COV_", "COVERAGE"))
        } | dict(environment)
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", env=self.environment, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            return await self._process.wait()

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    async def until_logged(self, event: str, times: int = 1, within: float = 60) -> dict[str, object]:
        """Wait until an event was logged so often; give what the last of those lines says."""
        async with asyncio.timeout(within):
            while len(found := self.lines(event)) < times:  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.05)
        return found[times - 1]

    def lines(self, event: str) -> list[dict[str, object]]:
        """Give the lines of the log about an event; the log is in JSON."""
        whole = (line for line in self.log().splitlines(keepends=True) if line.endswith("\n"))
        return [known for line in whole if (known := json.loads(line))["event"] == event]

    async def ended(self) -> int:
        """Wait until it ends by itself."""
        assert self._process is not None
        async with asyncio.timeout(60):
            return await self._process.wait()

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def log(self) -> str:
        return self._log.read_text() if self._log.exists() else ""


class Town:
    """The whole world of a test."""

    def __init__(self, fleet: Fleet, ocp: SimulatedOcp, slack: SimulatedSlack, program: Program) -> None:
        self.fleet = fleet
        self.ocp = ocp
        self.slack = slack
        self.program = program
        self.clock = SystemClock()

    @property
    def alerts(self) -> list[Message]:
        """The messages of the channel, as the channel shows them."""
        return list(self.slack.channel(ALERTS).messages)

    async def until_polled(self, times: int) -> None:
        """Wait until OCP has been asked for the tasks of a cluster so many times more."""
        async with asyncio.timeout(20):
            await self.ocp.requests.until(len(self.ocp.requests) + times)

    async def asked(self, text: str) -> str:
        """Ask by slash command and give the answer."""
        before = len(self.slack.ephemerals("anna"))
        await self.slack.command("anna", ALERTS, "/logbackup", text)
        await self.slack.until(lambda slack: len(slack.ephemerals("anna")) > before, timeout=60)
        return self.slack.ephemerals("anna")[-1].text

    async def until_said(self, text: str, within: float = 60, channel: str = ALERTS) -> Message:
        """Wait until a message of the channel, or a reply in it, has this text."""

        def found(slack: SimulatedSlack) -> Message | None:
            return next((one for one in slack.channel(channel).everything if text in one.text), None)

        try:
            message = await self.slack.until(found, timeout=within)
        except TimeoutError:
            said = "\n".join(one.text for one in self.slack.channel(ALERTS).everything)
            raise AssertionError(f"nobody said {text!r}; said was:\n{said}\n{self.program.log()}") from None
        assert message is not None
        return message


@asynccontextmanager
async def town(folder: Path, **settings: str) -> AsyncIterator[Town]:
    """Set up the world; the program is started by the test."""
    clock = SystemClock()
    fleet = small_fleet(clock.now())
    async with SimulatedOcp(fleet, clock) as ocp, our_slack(clock) as slack:
        slack.add_channel(ALERTS)
        slack.invite_bot(ALERTS)
        often = {"BOT_POLL_INTERVAL": "1s", "BOT_LOG_FORMAT": "json"}
        environment = pointed_at(ocp, slack, folder) | often | settings
        program = Program({name: value for name, value in environment.items() if value}, folder / "log")
        try:
            yield Town(fleet, ocp, slack, program)
        finally:
            if program.runs:
                await program.kill()
