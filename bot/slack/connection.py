"""Keeps Socket Mode connected: two connections, each watched and built anew when it no longer hears."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from bot.operations.ports import Clock, Journal

CONNECTIONS = 2
"""So that a refresh of one leaves no gap; Slack allows ten of an app."""
LOOK_EVERY = timedelta(seconds=5)
CONNECT_WITHIN = timedelta(seconds=20)
CLOSE_WITHIN = timedelta(seconds=3)
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(seconds=30)


class SocketConnections:
    """Socket Mode, for as long as ``run`` runs.

    The SDK can ask for one dead ticket for ever and can look alive while it hears nothing; so a
    connection that does not come up in time, or whose pings go unanswered, is closed and made anew.
    """

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        clock: Clock,
        journal: Journal,
        *,
        connections: int = CONNECTIONS,
        connected: Callable[[], None] = lambda: None,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._clock = clock
        self._journal = journal
        self._connections = connections
        self._connected = connected
        self._alive: set[int] = set()

    @property
    def alive(self) -> int:
        """How many connections hear Slack now."""
        return len(self._alive)

    async def run(self) -> None:
        """Stay connected until cancelled."""
        async with asyncio.TaskGroup() as group:
            for index in range(self._connections):
                group.create_task(self._keep(index), name=f"socket mode {index + 1}")

    async def _keep(self, index: int) -> None:
        wait = FIRST_WAIT
        while True:
            handler = AsyncSocketModeHandler(
                self._app, self._app_token, logger=logging.getLogger("slack_sdk.socket_mode"), ping_interval=5
            )
            try:
                if await self._connect(handler, index):
                    wait = FIRST_WAIT
                    await self._until_deaf(handler)
                    self._journal.warning("slack connection lost", connection=index + 1)
            finally:
                self._alive.discard(index)
                await _close(handler)
            await self._clock.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _connect(self, handler: AsyncSocketModeHandler, index: int) -> bool:
        """Connect once, within a bound; the ticket of an attempt that failed is not used again."""
        try:
            async with asyncio.timeout(CONNECT_WITHIN.total_seconds()):
                await handler.connect_async()  # type: ignore[no-untyped-call] # the SDK has no types here
        except TimeoutError:
            handler.client.wss_uri = None
            self._journal.warning("slack not connected", connection=index + 1)
            return False
        self._alive.add(index)
        self._journal.info("slack connected", connection=index + 1)
        self._connected()
        return True

    async def _until_deaf(self, handler: AsyncSocketModeHandler) -> None:
        """Return when the connection has been down at two looks in a row: the SDK had its chance."""
        misses = 0
        while misses < 2:  # noqa: PLR2004 - two looks
            await self._clock.sleep(LOOK_EVERY)
            misses = 0 if await handler.client.is_connected() else misses + 1
            if misses:
                handler.client.wss_uri = None


async def _close(handler: AsyncSocketModeHandler) -> None:
    """Close within a bound; a close that hangs is left behind."""
    try:
        async with asyncio.timeout(CLOSE_WITHIN.total_seconds()):
            await handler.close_async()  # type: ignore[no-untyped-call] # as above
    except TimeoutError:
        handler.client.closed = True
