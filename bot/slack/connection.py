"""Keeps Socket Mode connected: two connections, each watched and built anew when it no longer hears."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from bot.errors import SlackError, SlackPermanent, SlackTemporary
from bot.operations.ports import Clock, Journal
from bot.slack.failures import call

LOGGER = "slack_sdk.socket_mode"
MOST_CONNECTIONS = 10
"""So many Slack allows an app, over all replicas: two each up to five of them, one each up to ten."""
TOKEN_REFUSED = ("invalid_auth", "not_authed", "not_allowed_token_type", "token_revoked", "missing_scope")
CURE = (
    "Slack refused SLACK_APP_TOKEN: check that it is an app-level token (xapp-) with the scope "
    "connections:write, and that Socket Mode is on."
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How many connections, and how long things may take.

    Two connections, so that a refresh of one leaves no gap; Slack allows ten. Some connections look alive
    and hear nothing, and no ping tells: ``renew_after`` bounds how long one can be deaf.
    """

    connections: int = 2
    ping_every: timedelta = timedelta(seconds=5)
    look_every: timedelta = timedelta(seconds=5)
    connect_within: timedelta = timedelta(seconds=10)
    close_within: timedelta = timedelta(seconds=2)
    first_wait: timedelta = timedelta(seconds=1)
    longest_wait: timedelta = timedelta(seconds=30)
    renew_after: timedelta = timedelta(hours=1)


PACE = Pace()


class SocketConnections:
    """Socket Mode, for as long as ``run`` runs.

    The SDK can ask for one dead ticket for ever and can look alive while it hears nothing; so a
    connection that does not come up in time, or whose pings go unanswered, is closed and made anew.
    ``replicas`` tells how many bots share the connections that Slack allows.
    """

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        clock: Clock,
        journal: Journal,
        pace: Pace = PACE,
        *,
        replicas: Callable[[], int] = lambda: 1,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._clock = clock
        self._journal = journal
        self._pace = pace
        self._replicas = replicas
        self._alive: dict[int, datetime] = {}
        self._told: dict[int, str] = {}

    @property
    def alive(self) -> int:
        """How many connections hear Slack now."""
        return len(self._alive)

    @property
    def alive_since(self) -> tuple[datetime, ...]:
        """When each connection that hears Slack now began to hear, the oldest first."""
        return tuple(sorted(self._alive.values()))

    @property
    def trouble(self) -> str | None:
        """The sentence that says why a connection is missing, if one is."""
        return next(iter(self._told.values()), None)

    async def run(self) -> None:
        """Stay connected until cancelled."""
        async with asyncio.TaskGroup() as group:
            for index in range(self._pace.connections):
                group.create_task(self._keep(index), name=f"socket mode {index + 1}")

    async def _keep(self, index: int) -> None:
        wait = self._pace.first_wait
        share = self._pace.renew_after / self._pace.connections
        until_renewed = share * (index + 1)
        while True:
            await self._until_wanted(index)
            handler = self._handler()
            try:
                await self._connect(handler, index)
                wait = self._pace.first_wait
                if await self._until_deaf(handler, index, until_renewed) or not self._is_wanted(index):
                    until_renewed = self._pace.renew_after
                    continue
                self._tell(index, "The connection to Slack was lost.", "slack connection lost")
            except SlackError as error:
                self._tell(index, error.sentence, "slack not connected")
                wait = max(wait, getattr(error, "retry_after", None) or wait)
            finally:
                self._alive.pop(index, None)
                await _close(handler, self._pace.close_within)
            await self._clock.sleep(wait)
            wait = min(wait * 2, self._pace.longest_wait)

    def _is_wanted(self, index: int) -> bool:
        """Whether this connection is one of those that this replica may have: Slack allows an app ten."""
        return index == 0 or index < MOST_CONNECTIONS // max(self._replicas(), 1)

    async def _until_wanted(self, index: int) -> None:
        while not self._is_wanted(index):
            self._told.pop(index, None)
            await self._clock.sleep(self._pace.look_every)

    def _handler(self) -> AsyncSocketModeHandler:
        handler = AsyncSocketModeHandler(
            self._app,
            self._app_token,
            logger=_logger(),
            ping_interval=self._pace.ping_every.total_seconds(),
        )
        handler.client.proxy = self._app.client.proxy
        return handler

    async def _connect(self, handler: AsyncSocketModeHandler, index: int) -> None:
        """Connect once, within a bound, with a ticket of its own. Raises SlackError."""
        try:
            async with asyncio.timeout(self._pace.connect_within.total_seconds()):
                answer = await call(self._app.client.apps_connections_open, app_token=self._app_token)
                handler.client.wss_uri = str(answer.get("url") or "")
                await handler.connect_async()  # type: ignore[no-untyped-call] # the SDK has no types here
        except TimeoutError as error:
            raise SlackTemporary("Slack did not open a connection in time.", code="no_connection") from error
        except SlackPermanent as error:
            if error.code not in TOKEN_REFUSED:
                raise
            raise SlackPermanent(CURE, code=error.code) from error
        self._alive[index] = self._clock.now()
        self._told.pop(index, None)
        self._journal.info("slack connected", connection=index + 1)

    async def _until_deaf(
        self, handler: AsyncSocketModeHandler, index: int, until_renewed: timedelta
    ) -> bool:
        """Return True when the connection is due for renewal, False when it was down at two looks in a row.

        Between the looks the SDK has its chance to connect again.
        """
        renew_at = self._clock.now() + until_renewed
        misses = 0
        while misses < 2 and self._is_wanted(index):  # noqa: PLR2004 - two looks
            await self._clock.sleep(self._pace.look_every)
            if await handler.client.is_connected():
                misses = 0
                self._alive.setdefault(index, self._clock.now())
                if self._clock.now() >= renew_at:
                    return True
            else:
                misses += 1
                self._alive.pop(index, None)
        return False

    def _tell(self, index: int, sentence: str, event: str) -> None:
        """Log that a connection is missing, once for each reason."""
        if self._told.get(index) != sentence:
            self._journal.warning(event, connection=index + 1, because=sentence)
        self._told[index] = sentence


def _logger() -> logging.Logger:
    """Silence the SDK's logger: it tells every attempt with a traceback, our journal the transitions."""
    logger = logging.getLogger(LOGGER)
    logger.setLevel(logging.CRITICAL)
    return logger


async def _close(handler: AsyncSocketModeHandler, within: timedelta) -> None:
    """Close within a bound and leave nothing behind: no task, no session."""
    client = handler.client
    client.closed = True
    client.auto_reconnect_enabled = False
    try:
        async with asyncio.timeout(within.total_seconds()):
            if client.current_session is not None:
                await client.current_session.close()
    except (TimeoutError, OSError):
        pass  # it hangs or is gone: what follows breaks it off
    tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
    started = [task for task in tasks if task is not None]
    for task in started:
        task.cancel()
    await asyncio.gather(*started, return_exceptions=True)
    await client.aiohttp_client_session.close()
