"""Health for whoever runs the bot."""

from collections.abc import Mapping

import aiohttp
import pytest
from aiohttp import web

from bot.monitoring.web import Part, WebServer
from bot.serving import web_servers
from bot.settings import load


async def asked(url: str) -> tuple[int, object]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.json()


async def test_alive_is_alive_and_ready_says_why_not() -> None:
    parts: dict[str, Part] = {"slack": (True, "2 connections"), "source prod": (False, "OCP did not answer.")}
    async with WebServer("127.0.0.1", 0, lambda: parts) as server:
        assert await asked(f"{server.url}/healthz") == (200, {"status": "alive"})
        assert await asked(f"{server.url}/readyz") == (
            503,
            {
                "status": "not ready",
                "parts": {
                    "slack": {"ready": True, "because": "2 connections"},
                    "source prod": {"ready": False, "because": "OCP did not answer."},
                },
            },
        )
        parts["source prod"] = (True, "read")
        status, _ = await asked(f"{server.url}/readyz")
        assert status == 200


async def test_metrics_stand_beside_health_where_they_are_given() -> None:
    async def written() -> bytes:
        return b"some_figure 1\n"

    async with (
        WebServer("127.0.0.1", 0, _nothing, metrics=written) as server,
        aiohttp.ClientSession() as session,
    ):
        async with session.get(f"{server.url}/metrics") as answer:
            assert answer.status == 200
            assert answer.content_type == "text/plain"
            assert await answer.read() == b"some_figure 1\n"
        async with session.get(f"{server.url}/healthz") as answer:
            assert answer.status == 200


async def test_without_metrics_there_is_no_such_page() -> None:
    async with (
        WebServer("127.0.0.1", 0, _nothing) as server,
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}/metrics") as answer,
    ):
        assert answer.status == 404


async def test_an_address_of_six_can_be_asked() -> None:
    try:
        async with WebServer("::1", 0, _nothing) as server:
            assert server.url.startswith("http://[::1]:")
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")


async def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_open() -> None:
    async with WebServer("127.0.0.1", 0, _nothing) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(OSError, match="address already in use"):
            async with WebServer("127.0.0.1", port, _nothing):
                raise AssertionError("it listens on a port that is taken")


@pytest.mark.parametrize(
    ("own", "routes", "servers"),
    [
        pytest.param({}, 1, 1, id="one address for everything"),
        pytest.param({"BOT_METRICS_PORT": "0"}, 1, 2, id="health on its own, Slack on the other"),
        pytest.param({"BOT_METRICS_PORT": "0"}, 0, 1, id="Socket Mode needs only health"),
    ],
)
async def test_health_can_have_an_address_of_its_own(
    own: Mapping[str, str], routes: int, servers: int
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({})

    settings = load({"BOT_HTTP_PORT": "8080", **own}).settings
    made = web_servers(settings, _nothing, [web.get("/slack/events", answer)] * routes)
    assert len(made) == servers


def _nothing() -> Mapping[str, Part]:
    return {}
