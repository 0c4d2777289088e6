"""A simulated Slack on a clock that only a test moves, and clients that speak to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Channel, SimulatedSlack

START = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


class HeldClock:
    """Time stands still until a test moves it; who sleeps wakes when it has come that far."""

    speed = 1.0

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._passed = timedelta(0)
        self._fell_asleep = asyncio.Event()
        self._sleepers: list[tuple[timedelta, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._start + self._passed

    def monotonic(self) -> float:
        return self._passed.total_seconds()

    async def sleep(self, span: timedelta) -> None:
        if span <= timedelta(0):
            return
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._passed + span, sleeper))
        self._fell_asleep.set()
        await sleeper

    @property
    def sleepers(self) -> int:
        """How many sleep, those who gave up not counted."""
        return sum(1 for _, sleeper in self._sleepers if not sleeper.done())

    async def advance(self, seconds: float) -> None:
        """Move on, and let everybody who woke do what they woke for."""
        self._passed += timedelta(seconds=seconds)
        for due, sleeper in self._sleepers:
            if due <= self._passed and not sleeper.done():
                sleeper.set_result(None)
        for _ in range(20):
            await asyncio.sleep(0)

    async def sleeping(self, count: int = 1) -> None:
        """Wait until so many sleep."""
        async with asyncio.timeout(30):
            while self.sleepers < count:
                self._fell_asleep.clear()
                await self._fell_asleep.wait()


@dataclass(frozen=True)
class Stage:
    """Everything a test needs: Slack, its clock, a channel with the bot, and a plain client."""

    slack: SimulatedSlack
    clock: HeldClock
    client: AsyncWebClient

    @property
    def alerts(self) -> Channel:
        return self.slack.channel("alerts")


@asynccontextmanager
async def stage(start: datetime = START, **options: Any) -> AsyncIterator[Stage]:
    """Run a simulated Slack with the channel ``alerts``, into which the bot was invited."""
    clock = HeldClock(start)
    options = {"refresh_after": None, "events": (), **options}
    async with SimulatedSlack(clock=clock, pacing_clock=clock, **options) as slack:
        slack.add_channel("alerts")
        slack.invite_bot("alerts")
        yield Stage(slack, clock, client_of(slack))


def client_of(slack: SimulatedSlack, token: str | None = None, **options: Any) -> AsyncWebClient:
    """Make the SDK's client, without its retries."""
    return AsyncWebClient(
        token=token or slack.bot_token, base_url=slack.api_url, retry_handlers=[], **options
    )


async def refused(call: Any) -> dict[str, Any]:
    """Expect a call to be refused; returns what Slack answered."""
    with pytest.raises(SlackApiError) as caught:
        await call
    answer: dict[str, Any] = dict(caught.value.response.data)
    return answer


@asynccontextmanager
async def connected(
    slack: SimulatedSlack, app: AsyncApp, **options: Any
) -> AsyncIterator[AsyncSocketModeHandler]:
    """Run a real Bolt app in Socket Mode."""
    handler = AsyncSocketModeHandler(app, slack.app_token, **options)
    await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt does not say
    await slack.until(lambda slack: slack.sockets)
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call] # Bolt does not say


def bolt(slack: SimulatedSlack) -> AsyncApp:
    """Make a Bolt app that speaks to this Slack."""
    return AsyncApp(client=client_of(slack), signing_secret=slack.signing_secret)


@asynccontextmanager
async def raw_socket(stage: Stage) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Open a Socket Mode connection by hand and read its hello."""
    opened = await client_of(stage.slack, stage.slack.app_token).apps_connections_open(
        app_token=stage.slack.app_token
    )
    async with aiohttp.ClientSession() as session, session.ws_connect(opened["url"]) as socket:
        hello = await socket.receive_json()
        assert hello["type"] == "hello"
        yield socket


async def receive(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    async with asyncio.timeout(30):
        envelope: dict[str, Any] = await socket.receive_json()
    return envelope


async def acknowledge(socket: aiohttp.ClientWebSocketResponse, envelope: dict[str, Any], **more: Any) -> None:
    await socket.send_json({"envelope_id": envelope["envelope_id"], **more})


def button(action_id: str = "go", text: str = "Go", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": text}, **more}


def section(text: str = "words", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Silence"},
        "submit": {"type": "plain_text", "text": "Silence"},
        "blocks": list(blocks) or [section()],
        **more,
    }


def text_input(action_id: str = "reason", **more: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": f"block-{action_id}",
        "label": {"type": "plain_text", "text": action_id.capitalize()},
        "element": {"type": "plain_text_input", "action_id": action_id},
        **more,
    }
