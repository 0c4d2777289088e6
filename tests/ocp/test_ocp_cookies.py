"""Cookies of OCP's are kept, and looked for only where an answer brings some."""

from http.cookiejar import CookieJar

import httpx
import pytest

from bot.ocp.cookies import Client
from tests.ocp.worlds import PAY, ScriptedWorld, client_of


async def test_a_cookie_that_ocp_sets_comes_back_to_it() -> None:
    """A load balancer before several OCPs keeps a client with one of them by a cookie."""
    sent: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("Cookie"))
        return httpx.Response(200, headers={"Set-Cookie": "route=a; Path=/"} if len(sent) == 2 else {})

    async with Client(transport=httpx.MockTransport(answer)) as client:
        for _ in range(4):
            await client.get("http://ocp.example.com:8080/api/v2/ob/clusters")
    assert sent == [None, None, "route=a", "route=a"]


async def test_a_cookie_goes_to_nobody_else() -> None:
    sent: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("Cookie"))
        return httpx.Response(200, headers={"Set-Cookie": "route=a; Path=/"})

    async with Client(transport=httpx.MockTransport(answer)) as client:
        await client.get("http://ocp.example.com:8080/")
        await client.get("http://other.example.com:8080/")
    assert sent == [None, None]


async def test_nobody_else_sets_a_cookie() -> None:
    async with Client() as client:
        with pytest.raises(NotImplementedError):
            client.cookies = {"route": "a"}


async def test_a_cookie_is_looked_for_only_where_an_answer_brings_one(
    scripted: ScriptedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(CookieJar, "extract_cookies", lambda _, _answer, of: looked.append(of.full_url))
    async with client_of(scripted) as client:
        await client.log_backup_tasks(PAY)
    assert looked == []


async def test_a_cookie_is_looked_for_where_an_answer_brings_one(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(CookieJar, "extract_cookies", lambda _, _answer, of: looked.append(of.full_url))

    def brings(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Set-Cookie": "route=a"})

    async with Client(transport=httpx.MockTransport(brings)) as client:
        await client.get("http://ocp.example.com/")
    assert looked == ["http://ocp.example.com/"]
