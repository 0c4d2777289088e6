"""Draws the README's picture from the real messages: ``python tests/pictures/draw.py``.

It runs the demo, lets its story go on for a while, and takes the picture in Debian's chromium.
"""

import asyncio
import shutil
from pathlib import Path

from playwright.async_api import async_playwright

from bot import logs
from bot.demo import CHANNEL, demo

HERE = Path(__file__).parent
STORY = 40.0
"""Real seconds of the story: a task has failed, one is catching up, one has recovered."""
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


async def draw() -> None:
    """Take the picture."""
    journal = logs.configure("console", "error")
    async with demo(journal, port=0, speed=60, seed=1) as shown, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        page = await browser.new_page(viewport={"width": 1360, "height": 860}, timezone_id="UTC")
        await page.goto(shown.url)
        await asyncio.sleep(STORY)
        thread = next(
            message.ts
            for message in shown.slack.channel(CHANNEL).messages
            if len(shown.slack.channel(CHANNEL).thread(message.ts)) > 1
        )
        await page.evaluate("ts => document.querySelector(`[data-ts='${ts}']`)?.scrollIntoView()", thread)
        await page.screenshot(path=HERE / "channel.png")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(draw())
