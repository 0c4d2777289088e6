"""The bot as a process between a simulated OCP and a simulated Slack, as people run it."""

import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import yaml

from bot.clock import SystemClock
from bot.sandbox.slack import SimulatedSlack, installation
from tests.benchmarks.processes import ROOT, Process, running, until

ALERTS = "alerts"


@asynccontextmanager
async def our_slack(*channels: str, without: tuple[str, ...] = ()) -> AsyncIterator[SimulatedSlack]:
    """Run a simulated Slack in which the app is installed as manifest.yml asks, ``without`` these scopes."""
    installed = installation(yaml.safe_load((ROOT / "manifest.yml").read_text()))
    clock = SystemClock()
    async with SimulatedSlack(clock=clock, pacing_clock=clock, **installed) as slack:
        slack.scopes.difference_update(without)
        for channel in channels or (ALERTS,):
            slack.add_channel(channel)
            slack.invite_bot(channel)
        yield slack


def free_port() -> int:
    """Find a port that nothing listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number: int = taken.getsockname()[1]
        return number


def settings(
    ocp: str, slack: SimulatedSlack, folder: Path, interval: str, *, port: int = 0, sockets: bool = True
) -> dict[str, str]:
    """Give the environment that points the bot at these two; ``sockets``: Socket Mode, else signed HTTP."""
    way = {"SLACK_APP_TOKEN": slack.app_token} if sockets else {"SLACK_SIGNING_SECRET": slack.signing_secret}
    return {
        "OCP_URL": ocp,
        "OCP_USER": "admin",
        "OCP_PASSWORD": "a-password",
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        **way,
        "BOT_ALERT_CHANNEL": ALERTS,
        "BOT_POLL_INTERVAL": interval,
        "BOT_DATABASE_URL": f"sqlite:///{folder / 'bot.sqlite3'}",
        "BOT_HTTP_PORT": str(port),
        "BOT_LOG_FORMAT": "json",
    }


@asynccontextmanager
async def bot(
    environment: Mapping[str, str], folder: Path, probe: Path | None = None
) -> AsyncIterator[Process]:
    """Run the bot; with ``probe`` it notes in this file how long its event loop was held up."""
    command = ("-m", "bot") if probe is None else (str(Path(__file__).with_name("probed_bot.py")), str(probe))
    async with running("bot", (sys.executable, *command, "run"), folder, environment) as process:
        yield process


async def until_ready(port: int, within: float = 60, every: float = 0.02) -> None:
    """Wait until the bot says that it can do its job."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:

        async def ready() -> bool:
            try:
                answer = await client.get(f"http://127.0.0.1:{port}/readyz")
            except httpx.HTTPError:
                return False
            return answer.status_code == httpx.codes.OK

        await until("the bot to be ready", ready, within, every)
