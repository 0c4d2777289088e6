"""Socket Mode: single-use tickets, up to ten connections, envelopes to one of them, redelivery, refresh."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import WSMsgType, web

from bot.operations.ports import Clock
from bot.sandbox.slack.deliveries import ACKNOWLEDGE_WITHIN, RETRY_PAUSES, Delivery, DeliveryKind, Outcome
from bot.sandbox.slack.people import APP_ID

CONNECTIONS = 10
TICKET_SECONDS = 30.0
GOODBYE_SECONDS = 1.0
WARNING_BEFORE = timedelta(seconds=10)


@dataclass(slots=True, eq=False)
class Connection:
    """One open WebSocket."""

    id: str
    socket: web.WebSocketResponse
    transport: asyncio.Transport


class SocketMode:
    """The server's side of Socket Mode."""

    def __init__(
        self, clock: Clock, changed: Callable[[], None], refresh_after: timedelta | None = None
    ) -> None:
        self.dead_tickets = False
        self.silent = False
        self.connections: list[Connection] = []
        self.refused: list[str] = []
        self._clock = clock
        self._changed = changed
        self._refresh_after = refresh_after
        self._tickets: dict[str, float] = {}
        self._issued = 0
        self._connected = 0
        self._turn = 0
        self._waiting: dict[str, asyncio.Future[dict[str, Any] | None]] = {}
        self._arrived = asyncio.Event()

    def ticket(self, root_url: str) -> str:
        """Issue the address of one connection, good once and for half a minute."""
        self._issued += 1
        ticket = f"ticket-{self._issued}"
        if not self.dead_tickets:
            self._tickets[ticket] = self._clock.monotonic()
        return f"{root_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP_ID}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection for as long as it lasts."""
        ticket = request.query.get("ticket", "")
        issued = self._tickets.pop(ticket, None)
        if issued is None or self.dead_tickets or self._clock.monotonic() - issued > TICKET_SECONDS:
            self.refused.append(ticket)
            self._changed()
            return web.Response(status=404, text="ticket is not valid")
        socket = web.WebSocketResponse(autoping=False, timeout=GOODBYE_SECONDS)
        await socket.prepare(request)
        self._connected += 1
        if request.transport is None:
            return socket
        connection = Connection(f"connection-{self._connected}", socket, request.transport)
        if len(self.connections) >= CONNECTIONS:
            await self._say_goodbye(connection, "too_many_websockets")
            return socket
        await self._serve(connection)
        return socket

    async def _serve(self, connection: Connection) -> None:
        self.connections.append(connection)
        refresh = asyncio.ensure_future(self._refresh_in_time(connection))
        try:
            await connection.socket.send_json(
                {
                    "type": "hello",
                    "num_connections": len(self.connections),
                    "debug_info": {"host": "simulated", "approximate_connection_time": 18060},
                    "connection_info": {"app_id": APP_ID},
                }
            )
            self._arrived.set()
            self._changed()
            async for message in connection.socket:
                if message.type is WSMsgType.PING:
                    await connection.socket.pong(message.data)
                elif message.type is WSMsgType.TEXT:
                    self._hear(message.data)
        except ConnectionError:
            pass  # it went away while we spoke to it: the same end as a close
        finally:
            refresh.cancel()
            self._leave(connection)

    def _leave(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        if not self.connections:
            self._arrived.clear()
        self._changed()

    def _hear(self, text: str) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            return
        waiting = self._waiting.get(said.get("envelope_id", "")) if isinstance(said, dict) else None
        if waiting and not waiting.done():
            payload = said.get("payload")
            waiting.set_result(payload if isinstance(payload, dict) and payload else None)

    async def deliver(self, delivery: Delivery) -> None:
        """Bring an envelope to one connection after the other until one acknowledges it."""
        acknowledged: asyncio.Future[dict[str, Any] | None] = asyncio.get_running_loop().create_future()
        self._waiting[delivery.id] = acknowledged
        last: Connection | None = None
        try:
            for attempt, pause in enumerate((timedelta(0), *RETRY_PAUSES)):
                last = await self._attempt(delivery, attempt, pause, last)
                if acknowledged.done():
                    delivery.acknowledged, delivery.response = True, acknowledged.result()
                    delivery.end_first(Outcome.ACKNOWLEDGED)
                    return
                delivery.end_first(Outcome.DISPATCH_FAILED)
                if last is None and delivery.kind is not DeliveryKind.EVENT:
                    return
        finally:
            self._waiting.pop(delivery.id, None)

    async def _attempt(
        self, delivery: Delivery, attempt: int, pause: timedelta, last: Connection | None
    ) -> Connection | None:
        """Send an envelope to a connection and wait; returns who had it, None where nobody was there."""
        if attempt and not self.connections:
            await self._first_of(asyncio.ensure_future(self._arrived.wait()), pause)
        connection = self._choose(last)
        if connection is None:
            return None
        delivery.attempts.append(connection.id)
        envelope = {
            "envelope_id": delivery.id,
            "type": str(delivery.kind),
            "payload": delivery.body,
            "accepts_response_payload": delivery.accepts_response,
        }
        if delivery.kind is DeliveryKind.EVENT:
            envelope |= {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        if not self.silent:
            with suppress(ConnectionError):
                await connection.socket.send_json(envelope)
        await self._first_of(self._waiting[delivery.id], ACKNOWLEDGE_WITHIN)
        return connection

    async def _first_of(self, wanted: "asyncio.Future[Any]", span: timedelta) -> None:
        """Wait for something, for a span of Slack's time at most."""
        timer = asyncio.ensure_future(self._clock.sleep(span))
        try:
            await asyncio.wait({wanted, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            if isinstance(wanted, asyncio.Task):
                wanted.cancel()

    def _choose(self, last: Connection | None) -> Connection | None:
        """Take the next connection in turn, another than the one that did not answer where there is one."""
        candidates = [c for c in self.connections if c is not last] or self.connections
        if not candidates:
            return None
        self._turn += 1
        return candidates[self._turn % len(candidates)]

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to go and come again, as Slack does every few hours."""
        for connection in tuple(self.connections):
            await self._say_goodbye(connection, reason)

    async def _refresh_in_time(self, connection: Connection) -> None:
        if self._refresh_after is None:
            return
        await self._clock.sleep(self._refresh_after - WARNING_BEFORE)
        with suppress(ConnectionError):
            await connection.socket.send_json({"type": "disconnect", "reason": "warning"})
        await self._clock.sleep(WARNING_BEFORE)
        await self._say_goodbye(connection, "refresh_requested")

    async def _say_goodbye(self, connection: Connection, reason: str) -> None:
        with suppress(ConnectionError):
            await connection.socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "simulated"}}
            )
        if reason != "warning":
            self._leave(connection)
            await connection.socket.close()

    def drop(self) -> None:
        """Break every connection without a word."""
        for connection in tuple(self.connections):
            self._leave(connection)
            connection.transport.abort()

    async def close(self) -> None:
        """Close every connection."""
        for connection in tuple(self.connections):
            self._leave(connection)
            await connection.socket.close()
