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
STORY = 19.5
"""Real seconds of the story: a task has failed, another falls behind, a third has recovered."""
ALERT = "Log backup has failed: pay/orders"
SAID = ("ack", "note the storage team frees space")
"""What is said in the thread of this alert."""
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
        await asyncio.sleep(STORY)
        channel = shown.slack.channel(CHANNEL)
        alert = next(one.ts for one in channel.messages if ALERT in one.text)
        page = await browser.new_page(viewport={"width": 1500, "height": 1010}, timezone_id="UTC")
        await page.goto(f"{shown.url}#{CHANNEL}/{alert}")
        for said in SAID:
            await shown.slack.say("anna", CHANNEL, f"@logbackup {said}", alert)
            await page.wait_for_timeout(1500)
        await page.wait_for_timeout(2500)
        shown_alert = page.locator("#messages-here article").filter(has_text=ALERT).first
        await shown_alert.evaluate("article => article.scrollIntoView({block: 'end'})")
        await page.screenshot(path=HERE / "channel.png")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(draw())
