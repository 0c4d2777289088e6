"""A Bolt app that hears everything, for tests of what people do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp

from tests.sandbox_slack.simulated_slack_stage import Stage, bolt, connected, stage

EVERYTHING = ("app_mention", "message.im", "app_home_opened")


class Heard:
    """A Bolt app that acknowledges everything and keeps what it heard."""

    def __init__(self, on: Stage) -> None:
        self.app: AsyncApp = bolt(on.slack)
        self.bodies: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.answer: dict[str, Any] = {}
        self.app.use(self._keep)

    async def _keep(self, body: dict[str, Any], ack: Any) -> Any:
        self.bodies.put_nowait(body)
        return await ack(**self.answer)

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(30):
            return await self.bodies.get()


@asynccontextmanager
async def hearing(**options: Any) -> AsyncIterator[tuple[Stage, Heard]]:
    async with stage(**{"events": EVERYTHING, **options}) as on:
        heard = Heard(on)
        async with connected(on.slack, heard.app):
            yield on, heard
            await on.slack.settled()


async def respond(url: str, **body: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
        return answer.status, await answer.text()
