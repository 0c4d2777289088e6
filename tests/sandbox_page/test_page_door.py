"""Who may come in, and what the page may load: only this address, on this machine, asks and is asked."""

import aiohttp
import pytest

from bot.sandbox.page import Page, page_address
from bot.sandbox.slack import SimulatedSlack
from tests.sandbox_page.page_stage import page_stage


async def status_of(url: str, **headers: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost:9", 200),
        ("LOCALHOST", 200),
        ("[::1]:80", 200),
        ("rebound.example.com", 403),
        ("127.0.0.1.example.com", 403),
        ("localhost.example.com:80", 403),
        ("10.0.0.1", 403),
    ],
)
@pytest.mark.parametrize("path", ["/", "/page/page.js"])
async def test_only_loopback_names_are_answered(host: str, status: int, path: str) -> None:
    async with page_stage(with_bot=False) as stage:
        assert await status_of(stage.origin + path, Host=host) == status


async def test_an_uploaded_file_is_not_given_to_a_rebound_name() -> None:
    async with page_stage(with_bot=False) as stage:
        assert await status_of(f"{stage.origin}/page/files/F1", Host="rebound.example.com") == 403


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example.com",
        "https://127.0.0.1",
        "http://127.0.0.1:1",
        "http://localhost.evil.example",
    ],
)
async def test_a_page_of_another_address_cannot_connect(origin: str | None) -> None:
    async with page_stage(with_bot=False) as stage, aiohttp.ClientSession() as session:
        headers = {"Origin": origin} if origin else {}
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{stage.origin}/page/live", headers=headers)
        assert refused.value.status == 403


async def test_a_rebound_name_cannot_connect_with_its_own_origin() -> None:
    async with page_stage(with_bot=False) as stage, aiohttp.ClientSession() as session:
        name = f"rebound.example.com:{stage.slack.port}"
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(
                f"{stage.origin}/page/live", headers={"Host": name, "Origin": f"http://{name}"}
            )
        assert refused.value.status == 403


async def test_the_page_says_what_it_may_load() -> None:
    async with page_stage(with_bot=False) as stage, aiohttp.ClientSession() as session:
        for path in ("/", "/page/page.css"):
            async with session.get(stage.origin + path) as answer:
                policy = answer.headers["Content-Security-Policy"].split("; ")
                assert "default-src 'none'" in policy
                assert "script-src 'self'" in policy
                assert f"connect-src 'self' ws://127.0.0.1:{stage.slack.port}" in policy
                assert "frame-ancestors 'none'" in policy
                assert "require-trusted-types-for 'script'" in policy
                assert not any("unsafe" in part or "*" in part for part in policy)
                assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_files_are_typed_and_what_is_not_there_is_not_found() -> None:
    async with page_stage(with_bot=False) as stage, aiohttp.ClientSession() as session:
        for path, kind in (
            ("/", "text/html"),
            ("/page/page.js", "text/javascript"),
            ("/page/icon.svg", "image/svg+xml"),
        ):
            async with session.get(stage.origin + path) as answer:
                assert (answer.status, answer.content_type) == (200, kind)
        for path in ("/page/none.js", "/page/..%2f__init__.py", "/page/__init__.py", "/page/files/F1"):
            assert await status_of(stage.origin + path) == 404


@pytest.mark.parametrize(
    ("content", "kind", "attached"),
    [
        (b"\x89PNG\r\n\x1a\nrest", "image/png", False),
        (b"<script>alert(1)</script>", "application/octet-stream", True),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "application/octet-stream", True),
    ],
)
async def test_an_uploaded_file_is_a_picture_or_a_download(
    content: bytes,
    kind: str,
    attached: bool,  # noqa: FBT001 - a parameter of the table above
) -> None:
    async with page_stage(with_bot=False) as stage, aiohttp.ClientSession() as session:
        uploaded = await stage.client.files_upload_v2(
            channel=stage.slack.channel("alerts").id, filename="chart.png", content=content
        )
        async with session.get(f"{stage.origin}/page/files/{uploaded['files'][0]['id']}") as answer:
            assert answer.content_type == kind
            assert ("Content-Disposition" in answer.headers) is attached
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert await answer.read() == content


async def test_before_it_has_something_to_show_the_page_says_so() -> None:
    async with page_stage(with_bot=False) as stage:
        page = Page(stage.clock)
        async with SimulatedSlack(clock=stage.clock, pacing_clock=stage.clock, routes=page.routes) as slack:
            assert await status_of(page_address(slack)) == 503
            page.show(slack)
            assert await status_of(page_address(slack)) == 200
