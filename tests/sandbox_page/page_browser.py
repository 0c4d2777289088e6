"""A real browser on the page: Debian's chromium or another, driven through playwright."""

import asyncio
import importlib.util
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest

from bot.sandbox.slack import SimulatedSlack

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = {"width": 1366, "height": 860}
PHONE = {"width": 390, "height": 844}


def _missing(what: str) -> None:
    if os.environ.get("LOGBACKUP_REQUIRE_BROWSER"):
        pytest.fail(f"{what} is not there, and LOGBACKUP_REQUIRE_BROWSER asks for it")
    pytest.skip(f"{what} is not there to look at the page with")


class Shown(Protocol):
    """A simulated Slack with its page, and the address without a slash at its end."""

    @property
    def origin(self) -> str: ...

    @property
    def slack(self) -> SimulatedSlack: ...


@dataclass
class Looking:
    """An open page in a browser; ``complaints`` are its errors, ``hosts`` whom it asked for anything."""

    page: Any
    folder: Path
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    async def picture(self, name: str) -> None:
        """Keep a screenshot as output of the test."""
        await self.page.screenshot(path=str(self.folder / f"{name}.png"))


@asynccontextmanager
async def looking(
    stage: Shown, folder: Path, *, size: dict[str, int] = DESKTOP, scheme: str = "light", place: str = ""
) -> AsyncIterator[Looking]:
    """Open the page in a browser of a size; screenshots go to LOGBACKUP_SCREENSHOTS, or a test's folder."""
    browser_path = next(
        (
            found
            for name in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(name))
        ),
        None,
    )
    if browser_path is None:
        _missing("chromium")
    if importlib.util.find_spec("playwright") is None:
        _missing("playwright")
    driver: Any = importlib.import_module("playwright.async_api")
    folder = Path(os.environ.get("LOGBACKUP_SCREENSHOTS", folder))
    folder.mkdir(parents=True, exist_ok=True)
    async with _a_browser(driver, browser_path) as browser:
        context = await browser.new_context(viewport=size, color_scheme=scheme)
        try:
            page = await context.new_page()
            look = Looking(page, folder)
            page.on("pageerror", lambda error: look.complaints.append(str(error)))
            page.on(
                "console", lambda said: look.complaints.extend([said.text] if said.type == "error" else [])
            )
            page.on("request", lambda request: look.hosts.add(request.url.split("/")[2]))
            page.set_default_timeout(60_000)
            await page.goto(f"{stage.origin}/{place}")
            await page.wait_for_selector("#person option", state="attached")
            yield look
            assert look.complaints == []
            assert look.hosts == {f"127.0.0.1:{stage.slack.port}"}
        finally:
            await context.close()


_SHARED: dict[asyncio.AbstractEventLoop, list[Any]] = {}
"""The browser of each loop whose tests share one, as soon as the first of them has opened it."""


@asynccontextmanager
async def one_browser() -> AsyncIterator[None]:
    """Let all that is looked at on this loop be looked at in one browser, each in a profile of its own."""
    loop = asyncio.get_running_loop()
    opened = _SHARED.setdefault(loop, [])
    async with AsyncExitStack() as stack:
        stack.callback(_SHARED.pop, loop)
        stack.push_async_callback(_closed, opened)
        yield


async def _closed(opened: list[Any]) -> None:
    for stack, _ in opened:
        await stack.aclose()


@asynccontextmanager
async def _a_browser(driver: Any, path: str | None) -> AsyncIterator[Any]:
    shared = _SHARED.get(asyncio.get_running_loop())
    if shared:
        yield shared[0][1]
        return
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(driver.async_playwright())
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        stack.push_async_callback(browser.close)
        if shared is not None:
            shared.append((stack.pop_all(), browser))
        yield browser
