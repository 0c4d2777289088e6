"""The whole bot in one process, between both simulated ends: what it makes of Slack's settings."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from bot.app import running
from bot.clock import SystemClock
from bot.condition import Running
from bot.sandbox.ocp import SimulatedOcp
from bot.sandbox.slack import Message, SimulatedSlack
from bot.settings import EVERYTHING, load
from bot.slack.bolt import READ_BY_BOLT
from bot.slack.requests import PATH
from tests.end_to_end.town import small_fleet
from tests.fakes.listed_journal import ListedJournal


@dataclass(frozen=True)
class Whole:
    """The bot and Slack."""

    slack: SimulatedSlack
    bot: Running
    journal: ListedJournal

    async def types(self, text: str) -> Message:
        """Type the slash command and wait for what is shown."""
        before = len(self.slack.ephemerals("anna"))
        await self.slack.command("anna", "alerts", "/logbackup", text)
        await self.slack.until(lambda slack: len(slack.ephemerals("anna")) > before)
        return self.slack.ephemerals("anna")[-1]


@asynccontextmanager
async def whole(folder: Path, secrets: Mapping[str, str]) -> AsyncIterator[Whole]:
    clock, journal = SystemClock(), ListedJournal()
    async with (
        SimulatedOcp(small_fleet(clock.now()), clock) as ocp,
        SimulatedSlack(clock=clock, pacing_clock=clock) as slack,
    ):
        slack.invite_bot(slack.add_channel("alerts"))
        environment = {
            "OCP_URL": ocp.url,
            "OCP_USER": ocp.account.user,
            "OCP_PASSWORD": ocp.account.password,
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "BOT_ALERT_CHANNEL": "alerts",
            "BOT_DATABASE_URL": f"sqlite:///{folder / 'bot.sqlite3'}",
            "BOT_HTTP_PORT": "0",
            **secrets,
        }
        settings = load(environment, needs=EVERYTHING).settings
        async with running(settings, journal) as bot:
            yield Whole(slack, bot, journal)


def by_socket() -> Mapping[str, str]:
    return {"SLACK_APP_TOKEN": SimulatedSlack.app_token}


def by_http() -> Mapping[str, str]:
    return {"SLACK_SIGNING_SECRET": SimulatedSlack.signing_secret}


async def test_by_socket_mode_two_connections_hear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else for Bolt stands in the environment of the process."""
    for name in READ_BY_BOLT:
        monkeypatch.setenv(name, "from the environment")
    async with whole(tmp_path, by_socket()) as on:
        await on.slack.until(lambda slack: slack.sockets == 2)
        await on.slack.until(lambda slack: slack.channel("alerts").messages)
        assert "5 tasks" in (await on.types("status")).text
        assert on.journal.names("error") == []
    assert on.slack.sockets == 0


async def test_by_socket_mode_no_address_takes_requests(tmp_path: Path) -> None:
    async with (
        whole(tmp_path, {**by_socket(), **by_http()}) as on,
        aiohttp.ClientSession() as session,
        session.post(on.bot.url + PATH, data=b"") as answer,
    ):
        assert answer.status == 404


async def test_by_http_signed_requests_are_answered_and_others_refused(tmp_path: Path) -> None:
    async with whole(tmp_path, by_http()) as on, aiohttp.ClientSession() as session:
        assert await on.slack.verify_request_url(on.bot.url + PATH)
        await on.slack.until(lambda slack: slack.channel("alerts").messages)
        assert "5 tasks" in (await on.types("status")).text
        async with session.post(on.bot.url + PATH, data=b"command=/logbackup") as answer:
            assert answer.status == 401
        assert on.slack.sockets == 0


async def test_readiness_says_why_slack_does_not_hear(tmp_path: Path) -> None:
    async with (
        whole(tmp_path, {"SLACK_APP_TOKEN": "xapp-wrong"}) as on,
        aiohttp.ClientSession() as session,
        asyncio.timeout(30),
    ):
        await on.slack.until(lambda slack: slack.calls_of("chat.postMessage"))
        connections = on.bot.connections
        assert connections is not None
        assert connections.trouble is not None
        async with session.get(on.bot.url + "/readyz") as answer:
            part = (await answer.json())["parts"]["slack"]
        assert part == {"ready": False, "because": connections.trouble}
        assert "SLACK_APP_TOKEN" in connections.trouble


async def test_the_bots_health_tells_of_a_lost_connection(tmp_path: Path) -> None:
    async with whole(tmp_path, by_socket()) as on:
        await on.slack.until(lambda slack: slack.sockets == 2)
        assert on.bot.connections is not None
        async with asyncio.timeout(30):
            while on.bot.connections.alive < 2:  # both ends must know
                await on.types("status")
        on.bot.connections._told[1] = "The connection to Slack was lost."
        assert "The connection to Slack was lost." in str((await on.types("health")).blocks)
