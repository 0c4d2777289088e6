"""The bot's own small web server: health for whoever runs it, and Slack's requests in HTTP mode."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Self

from aiohttp import web
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

Part = tuple[bool, str]
"""Whether a part of the bot can do its job, and the sentence that says so."""

LARGEST_REQUEST = 1024 * 1024
"""Slack's payloads are far smaller; what is larger is refused."""


class WebServer:
    """Serves ``/healthz``, ``/readyz``, ``/metrics`` and further routes on one address, while it is entered.

    ``port`` 0 takes a free one; ``url`` tells which. ``parts`` is asked with every request to
    ``/readyz``; it must only look, and be quick. Without it no health is served here. ``metrics`` writes the
    page of ``/metrics``; a TimeoutError means that the bot cannot be measured just now.
    """

    def __init__(
        self,
        host: str,
        port: int,
        parts: Callable[[], Mapping[str, Part]] | None,
        routes: Sequence[web.RouteDef] = (),
        *,
        metrics: Callable[[], Awaitable[bytes]] | None = None,
    ) -> None:
        self._host = host
        self._port = port
        application = web.Application(client_max_size=LARGEST_REQUEST)
        application.add_routes(routes)
        if parts is not None:
            health = [web.get("/healthz", self._healthz), web.get("/readyz", partial(self._readyz, parts))]
            application.add_routes(health)
        if metrics is not None:
            application.add_routes([web.get("/metrics", partial(self._metrics, metrics))])
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=2)

    async def __aenter__(self) -> Self:
        """Listen. Raises OSError where the address is taken or not ours."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self._runner.addresses[0][:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _readyz(self, asked: Callable[[], Mapping[str, Part]], _: web.Request) -> web.Response:
        parts = asked()
        ready = all(good for good, _ in parts.values())
        body = {
            "status": "ready" if ready else "not ready",
            "parts": {name: {"ready": good, "because": why} for name, (good, why) in parts.items()},
        }
        return web.json_response(body, status=200 if ready else 503)

    async def _metrics(self, written: Callable[[], Awaitable[bytes]], _: web.Request) -> web.Response:
        try:
            page = await written()
        except TimeoutError:
            return web.Response(text="The bot's database does not answer just now.\n", status=503)
        return web.Response(body=page, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})
