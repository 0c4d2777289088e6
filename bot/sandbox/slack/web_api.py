"""The Web API over HTTP: tokens, scopes, pace, faults, and the log of every call."""

import json
import socket
import struct
from collections import deque
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.change import Change
from bot.sandbox.slack.method_log import Call
from bot.sandbox.slack.methods import chat, connections, conversations, files, people, views
from bot.sandbox.slack.methods.method import Json, Method, Surroundings
from bot.sandbox.slack.pacing import Pacer
from bot.sandbox.slack.refusal import Refusal
from bot.sandbox.slack.tokens import Tokens
from bot.sandbox.slack.trouble import Rule, Trouble, Troubles

METHODS: Mapping[str, Method] = {
    **chat.METHODS,
    **connections.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **views.METHODS,
}


REMEMBERED = 10_000
"""How many calls are remembered for those who look."""
_STATUS = {Trouble.RATE_LIMITED: 429, Trouble.REFUSED: 200, Trouble.ERROR_BEFORE: 500}


class WebApi:
    """Answers ``POST`` and ``GET /api/<method>``."""

    def __init__(self, around: Surroundings, tokens: Tokens, pacer: Pacer, trouble: Troubles) -> None:
        self.calls: deque[Call] = deque(maxlen=REMEMBERED)
        self._around = around
        self._tokens = tokens
        self._pacer = pacer
        self._trouble = trouble

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, or let the fault that is switched on befall it."""
        name = request.match_info["method"]
        values = await _values(request)
        rule = self._trouble.take(name)
        if rule and not rule.trouble.accepts:
            return await self._strike(request, name, values, rule)
        status, answer, headers = self._answer(name, request, values)
        self._log(name, values, status, answer, rule)
        response = web.json_response(answer, status=status, headers=headers)
        return await befall(request, rule, self._trouble, response) if rule else response

    async def _strike(
        self, request: web.Request, name: str, values: dict[str, Any], rule: Rule
    ) -> web.StreamResponse:
        code = {Trouble.RATE_LIMITED: "ratelimited", Trouble.REFUSED: rule.code}.get(rule.trouble, "none")
        status = _STATUS.get(rule.trouble, 0)
        self._log(name, values, status, {"ok": False, "error": code}, rule)
        return await befall(request, rule, self._trouble)

    def _answer(
        self, name: str, request: web.Request, values: dict[str, Any]
    ) -> tuple[int, Json, dict[str, str]]:
        headers = {}
        try:
            method = METHODS.get(name)
            token = self._tokens.check(_token(request, values), app=method.app_token if method else False)
            headers = {"x-oauth-scopes": ",".join(sorted(self._scopes(app=token.app)))}
            if method is None:
                return 200, {"ok": False, "error": "unknown_method", "req_method": name}, headers
            headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
            if not method.app_token:
                self._around.workspace.require(*method.scopes)
            arguments = Arguments(values)
            if wait := self._paced(name, method, arguments):
                return 429, {"ok": False, "error": "ratelimited"}, {**headers, "Retry-After": str(wait)}
            return 200, {"ok": True, **method.run(self._around, arguments)}, headers
        except Refusal as refusal:
            return 200, {"ok": False, "error": refusal.code, **refusal.beside}, headers

    def _scopes(self, *, app: bool) -> set[str]:
        return {"connections:write"} if app else self._around.workspace.scopes

    def _paced(self, name: str, method: Method, arguments: Arguments) -> int | None:
        if method.posts:
            try:
                channel = chat.addressed(self._around.workspace, arguments.text("channel")).id
            except Refusal:
                channel = arguments.text("channel")
            if wait := self._pacer.post(channel):
                return wait
        return self._pacer.call(name, method.per_minute)

    def _log(self, name: str, values: dict[str, Any], status: int, answer: Json, rule: Rule | None) -> None:
        outcome = "ok" if answer["ok"] else str(answer["error"])
        at = self._around.workspace.clock.now()
        trouble = str(rule.trouble) if rule else None
        self.calls.append(Call(at, name, Arguments(values).plain(), status, outcome, trouble))
        self._around.workspace.feed.tell(Change("call", detail=name))


async def befall(
    request: web.Request, rule: Rule, trouble: Troubles, right: web.StreamResponse | None = None
) -> web.StreamResponse:
    """Let an answer go wrong in the way that was switched on; ``right`` is what it would have been."""
    match rule.trouble:
        case Trouble.SLOW:
            await trouble.dawdle(rule)
            return right or web.Response()
        case Trouble.RESET_BEFORE | Trouble.RESET_AFTER:
            return _reset(request)
        case Trouble.HANG_BEFORE | Trouble.HANG_AFTER:
            await trouble.hang()
            return _reset(request)
        case Trouble.ERROR_BEFORE | Trouble.ERROR_AFTER:
            return web.Response(status=500, text="Internal Server Error", content_type="text/html")
        case Trouble.RATE_LIMITED:
            return web.json_response(
                {"ok": False, "error": "ratelimited"},
                status=429,
                headers={"Retry-After": str(rule.retry_after)},
            )
        case Trouble.REFUSED:
            return web.json_response({"ok": False, "error": rule.code})


def _reset(request: web.Request) -> web.StreamResponse:
    """Break the connection with a TCP reset; the answer that is returned never arrives."""
    transport = request.transport
    if transport is not None:
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()


def _token(request: web.Request, values: dict[str, Any]) -> str:
    header = request.headers.get("Authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip()
    if request.content_type == "application/json":
        return ""
    return str(values.get("token", ""))


async def _values(request: web.Request) -> dict[str, Any]:
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            body = {}
        return values | (body if isinstance(body, dict) else {})
    if request.method == "POST":
        form = await request.post()
        values |= {name: value for name, value in form.items() if isinstance(value, str)}
    return values


def decoded(body: bytes) -> Any:  # noqa: ANN401 - JSON of any shape
    """Read JSON that may not be JSON; None then."""
    try:
        return json.loads(body)
    except ValueError:
        return None
