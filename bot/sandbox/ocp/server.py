"""A simulated OCP over a real socket, held to the reference pages."""

import asyncio
import socket
import ssl
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl

from aiohttp import web

from bot.operations.ports import Clock
from bot.sandbox.fleet import Fleet
from bot.sandbox.ocp.accounts import Account, Accounts
from bot.sandbox.ocp.answers import failure, success, trace_id, written
from bot.sandbox.ocp.dialect import Dialect
from bot.sandbox.ocp.endpoints import Asked, World, check_ids, find_endpoint
from bot.sandbox.ocp.faults import LIST_KINDS, Fault, Faults, Kind
from bot.sandbox.ocp.refusal import RefusedError
from bot.sandbox.ocp.request_log import LoggedRequest, RequestLog
from bot.sandbox.ocp.signature import ReceivedRequest
from bot.sandbox.ocp.throttling import Throttle

_BEFORE_LOGIN = frozenset({Kind.STATUS, Kind.DISGUISED, Kind.HTML, Kind.SILENCE, Kind.RESET, Kind.REDIRECT})
_OF_THE_BODY = frozenset({Kind.TRUNCATED, Kind.CUT_OFF})
_PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head>"
    b"<body><h1>Please sign in to continue</h1></body></html>"
)


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One request while it is answered."""

    received: ReceivedRequest
    path: str
    query: dict[str, str]
    asked: Asked | None
    dialect: Dialect
    trace: str
    began: datetime
    logged: LoggedRequest

    @property
    def cluster_id(self) -> int | None:
        return self.asked.cluster_id if self.asked else None

    @property
    def page(self) -> int | None:
        text = self.query.get("page", "")
        return int(text) if text.isascii() and text.isdigit() else None


class SimulatedOcp:
    """One OCP: ``async with SimulatedOcp(fleet, clock) as ocp`` and it answers at ``ocp.url``.

    ``dialect`` is how it speaks, ``dialects`` how it speaks of single clusters, by OCP's id. ``accounts``,
    ``throttle``, ``faults``, ``requests``, ``healthy`` and ``fleet`` may be read and changed while it runs.
    """

    def __init__(
        self,
        fleet: Fleet,
        clock: Clock,
        *,
        accounts: Sequence[Account] | None = None,
        dialect: Dialect | None = None,
        dialects: Mapping[int, Dialect] | None = None,
        throttle: Throttle | None = None,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        name: str = "a83ad33525",
        version: str = "4.3.5-20250319",
    ) -> None:
        self.fleet = fleet
        self.dialect = dialect or Dialect()
        self.dialects = dict(dialects or {})
        self.faults = Faults()
        self.requests = RequestLog()
        self.throttle = throttle or Throttle()
        given = (Account(),) if accounts is None else tuple(accounts)
        self.account = given[0]
        self.accounts = Accounts(given)
        self.version = version
        self.healthy = True
        self._clock = clock
        self._name = name
        self._port = port
        self._tls = tls
        self._stopping = asyncio.Event()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The address, such as ``http://127.0.0.1:34567``."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}"

    @property
    def wrong_logins(self) -> int:
        """How many logins were refused."""
        return self.accounts.wrong_logins

    def now(self) -> datetime:
        """Return the time by OCP's own clock."""
        return self._clock.now() + self.faults.clock_skew + self.faults.host_skew

    async def start(self) -> None:
        """Begin to listen."""
        app = web.Application()
        app.router.add_route("*", "/{anything:.*}", self._answer)
        self._stopping.clear()
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=self._tls)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening and let go of every connection; it may be started again on the same port."""
        self._stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        exchange = await self._received(request)
        response = await self._misbehave(request, exchange) or self._behave(exchange)
        exchange.logged.status = response.status
        if fault := self._due(_OF_THE_BODY, exchange):
            return await _cut(request, response, promise_all=fault.kind is Kind.CUT_OFF)
        return response

    async def _received(self, request: web.Request) -> _Exchange:
        headers = tuple(
            (key.decode("latin-1"), value.decode("latin-1")) for key, value in request.raw_headers
        )
        received = ReceivedRequest(request.method, request.raw_path, headers, await request.read())
        path, _, query_text = received.target.partition("?")
        query = dict(parse_qsl(query_text, keep_blank_values=True))
        asked = find_endpoint(path, query)
        known = self.dialects.get(asked.cluster_id) if asked and asked.cluster_id else None
        began = self.now()
        logged = await self.requests.append(received, began)
        trace = trace_id(self._name, self.requests.total)
        return _Exchange(received, path, query, asked, known or self.dialect, trace, began, logged)

    def _due(self, kinds: frozenset[Kind], exchange: _Exchange) -> Fault | None:
        return self.faults.due(kinds, exchange.path, exchange.cluster_id, exchange.page)

    async def _misbehave(self, request: web.Request, exchange: _Exchange) -> web.StreamResponse | None:
        if slow := self._due(frozenset({Kind.SLOW}), exchange):
            await self._clock.sleep(slow.span)
        fault = self._due(_BEFORE_LOGIN, exchange)
        if fault is None:
            return None
        match fault.kind:
            case Kind.STATUS:
                return self._refused(self._refusal(fault, exchange), exchange)
            case Kind.DISGUISED:
                refusal = RefusedError(fault.status, fault.code, fault.message)
                return self._refused(refusal, exchange, http_status=200)
            case Kind.HTML:
                return web.Response(status=fault.status, body=_PAGE, content_type="text/html")
            case Kind.REDIRECT:
                return web.Response(status=fault.status, headers={"Location": fault.location})
            case Kind.SILENCE:
                await self._stopping.wait()
        return _drop(request)

    def _refusal(self, fault: Fault, exchange: _Exchange) -> RefusedError:
        if fault.status == HTTPStatus.UNAUTHORIZED and (account := self.accounts.named_by(exchange.received)):
            return account.refuse()
        headers = {}
        if fault.retry_after is not None:
            headers["Retry-After"] = str(int(fault.retry_after.total_seconds()))
        if fault.rate_limit_reset is not None:
            headers["RateLimit-Reset"] = str(int(fault.rate_limit_reset.total_seconds()))
        return RefusedError(fault.status, fault.code, fault.message, headers=headers)

    def _behave(self, exchange: _Exchange) -> web.StreamResponse:
        limits: dict[str, str] = {}
        try:
            account = self.accounts.log_in(exchange.received, exchange.began)
            limits = self.throttle.take(account.user, exchange.began)
            asked = self._allowed(account, exchange)
            data = asked.endpoint.answer(self._world(exchange), asked)
        except RefusedError as refusal:
            refusal.headers = {**limits, **refusal.headers}
            return self._refused(refusal, exchange)
        if isinstance(data, str) and asked.endpoint.bare:
            return web.Response(text=data, headers=limits)
        payload = data
        if not asked.endpoint.bare:
            payload = success(
                data,
                exchange.dialect,
                server=self._name,
                trace=exchange.trace,
                began=exchange.began,
                ended=self.now(),
            )
        return web.Response(body=written(payload), headers=limits, content_type="application/json")

    def _allowed(self, account: Account, exchange: _Exchange) -> Asked:
        asked, path = exchange.asked, exchange.path
        lacks = asked is not None and asked.endpoint.sibling is not None
        if asked is None or (lacks and asked.endpoint.sibling not in exchange.dialect.siblings):
            raise RefusedError(404, "COM10404", f"No such path: {path}")
        if exchange.received.method != "GET":
            raise RefusedError(405, "COM10405", f"{exchange.received.method} is not allowed here.")
        permission = asked.endpoint.permission
        if permission is not None and permission not in account.permissions:
            raise RefusedError(403, "IAM10403", f"No permission: {permission.value} is needed.")
        check_ids(asked, path)
        return asked

    def _world(self, exchange: _Exchange) -> World:
        asked = exchange.asked
        is_list = asked is not None and asked.endpoint.pattern.pattern.endswith("logBackupTasks")
        fault = self._due(LIST_KINDS, exchange) if is_list else None
        return World(
            self.fleet,
            exchange.began,
            self.faults.host_skew,
            exchange.dialect,
            self.version,
            self.healthy,
            fault,
        )

    def _refused(
        self, refusal: RefusedError, exchange: _Exchange, *, http_status: int | None = None
    ) -> web.StreamResponse:
        payload = failure(
            refusal,
            exchange.dialect,
            server=self._name,
            trace=exchange.trace,
            began=exchange.began,
            ended=self.now(),
        )
        return web.Response(
            status=http_status or refusal.status,
            body=written(payload),
            headers=refusal.headers,
            content_type="application/json",
        )


async def _cut(request: web.Request, whole: web.StreamResponse, *, promise_all: bool) -> web.StreamResponse:
    body = whole.body if isinstance(whole, web.Response) and isinstance(whole.body, bytes) else b""
    half = body[: len(body) // 2]
    if not promise_all:
        return web.Response(status=whole.status, body=half, content_type="application/json")
    response = web.StreamResponse(status=whole.status, headers={"Content-Type": "application/json"})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(half)
    if request.transport is not None:
        request.transport.close()
    return response


def _drop(request: web.Request) -> web.StreamResponse:
    """Reset the connection: with no lingering, closing it sends RST."""
    if request.transport is not None:
        plug = request.transport.get_extra_info("socket")
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response(status=500)
