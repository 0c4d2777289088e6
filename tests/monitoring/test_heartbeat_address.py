"""Asking the heartbeat's address: bounded, without redirects, and without ever telling the address."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.monitoring.ping import UNSUITABLE, HeartbeatAddress
from bot.monitoring.web import WebServer

CERTIFICATE = Path(__file__).parents[1] / "sandbox_ocp" / "loopback_for_tests.pem"
TOKEN = "5f2a-a-token-nobody-may-read"


class Listener:
    """Somebody who listens for heartbeats, and answers as a test tells it to."""

    def __init__(self) -> None:
        self.url = ""
        self.heard: list[web.Request] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.silent = False
        self.gone = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.heard.append(request)
        if self.silent:
            await self.gone.wait()
        return web.Response(status=self.status, headers=self.headers, text="OK " + "x" * 100_000)


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    async with WebServer("127.0.0.1", 0, None, [web.get("/{path:.*}", listener.answer)]) as server:
        listener.url = f"{server.url}/{TOKEN}"
        try:
            yield listener
        finally:
            listener.gone.set()


async def pinged(url: str, within: timedelta = timedelta(seconds=5)) -> str | None:
    address = HeartbeatAddress(url, within)
    try:
        said = await address.ping()
    finally:
        await address.close()
    assert said is None or TOKEN not in said
    return said


async def test_a_heartbeat_is_one_request_with_get() -> None:
    async with listening() as listener:
        assert await pinged(listener.url) is None
        (request,) = listener.heard
        assert (request.method, request.path) == ("GET", f"/{TOKEN}")
        assert request.headers["User-Agent"] == "logbackup-bot"


async def test_one_client_beats_again_and_again() -> None:
    async with listening() as listener:
        address = HeartbeatAddress(listener.url)
        assert [await address.ping() for _ in range(3)] == [None, None, None]
        await address.close()
        assert len(listener.heard) == 3


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (204, None),
        (404, "The heartbeat's address answered 404. Is it still the right one?"),
        (503, "The heartbeat's address answered 503. Is it still the right one?"),
        (302, "The heartbeat's address answered with a redirect (302), which is not followed."),
    ],
)
async def test_what_is_not_accepted_is_said(status: int, said: str | None) -> None:
    async with listening() as listener:
        listener.status = status
        listener.headers = {"Location": f"{listener.url}/elsewhere"}
        assert await pinged(listener.url) == said
        assert len(listener.heard) == 1


async def test_an_address_that_never_answers_is_given_up_in_time() -> None:
    async with listening() as listener:
        listener.silent = True
        said = await pinged(listener.url, timedelta(milliseconds=100))
        assert said == "The heartbeat's address did not answer in time."


async def test_an_address_where_nobody_listens_is_said() -> None:
    async with listening() as listener:
        url = listener.url
    assert await pinged(url) == "The heartbeat's address could not be reached (ConnectError)."


async def test_a_certificate_that_nobody_trusts_is_not_taken_and_nothing_is_sent() -> None:
    listener, tls = Listener(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    application = web.Application()
    application.add_routes([web.get("/{path:.*}", listener.answer)])
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        said = await pinged(f"https://127.0.0.1:{runner.addresses[0][1]}/{TOKEN}")
    finally:
        await runner.cleanup()
    assert said == "The heartbeat's address could not be reached (ConnectError)."
    assert listener.heard == []


@pytest.mark.parametrize("url", [f"ftp://here/{TOKEN}", f"/{TOKEN}", f"http://a:b:c/{TOKEN}", ""])
async def test_what_is_no_address_is_said(url: str) -> None:
    assert await pinged(url) == UNSUITABLE


async def test_this_machine_is_asked_directly_whatever_proxy_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with listening() as listener:
        assert await pinged(listener.url) is None
        assert await pinged(listener.url.replace("127.0.0.1", "localhost")) is None


async def test_another_machine_is_asked_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening() as listener:
        proxy = listener.url.removesuffix(f"/{TOKEN}")
        for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy)
        assert await pinged(f"http://heartbeats.example/{TOKEN}") is None
        assert listener.heard[0].host == "heartbeats.example"


async def test_a_proxy_that_cannot_be_used_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "socks5://127.0.0.1:9")
    said = await pinged(f"http://heartbeats.example/{TOKEN}")
    assert said == "The heartbeat cannot use the environment's proxy: this build knows http proxies only."


async def test_an_address_that_was_never_asked_can_be_closed() -> None:
    await HeartbeatAddress("http://heartbeats.example/").close()
