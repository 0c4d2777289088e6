"""The demo's guided story, told to its end in a real browser: by its own buttons, at the reader's pace."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.demo import CHANNEL, Demo, demo
from tests.end_to_end.test_browser_story import PATIENCE, Shown
from tests.fakes.listed_journal import ListedJournal
from tests.sandbox_page.page_browser import DESKTOP, PHONE, Looking, looking, one_browser

HURRY = 150.0
STORAGE = "file:///obbackup"


class Reader:
    """Somebody who does what the story says, step by step."""

    def __init__(self, shown: Demo, look: Looking, name: str) -> None:
        self.shown = shown
        self.look = look
        self.page: Any = look.page
        self.name = name
        self.story = self.page.get_by_role("region", name="A short story")
        self.now = self.story.locator("li.now")

    async def open(self) -> None:
        if not await self.page.locator("#panel").is_visible():
            await self.page.locator("#toggle-panel").click()

    async def press(self, button: str) -> None:
        await self.open()
        await self.now.get_by_role("button", name=button, exact=True).click()

    async def done(self, steps: int) -> None:
        """Wait until so many steps are done and it is the reader's turn: time passes as in life again."""
        await self.page.locator("#toggle-panel", has_text=f"{steps}/10").wait_for(timeout=PATIENCE)
        await self.page.locator("#speed", has_text=re.compile("^$")).wait_for(state="attached")
        await self.look.picture(f"told-{steps}-{self.name}")
        await self.open()

    async def shown_message(self) -> Any:
        await self.press("Show the message")
        message = self.page.locator("#messages-here article.pointed-out, #messages-here article:focus")
        ts = await message.first.get_attribute("data-id")
        return self.page.locator(f"#messages-here article[data-id='{ts}']")


@pytest.mark.parametrize(
    ("name", "size", "scheme"), [("desktop", DESKTOP, "light"), ("phone", PHONE, "dark")]
)
async def test_the_story_is_told_to_its_end_at_the_pace_of_who_reads_it(
    tmp_path: Path, name: str, size: dict[str, int], scheme: str
) -> None:
    async with (
        one_browser(),
        demo(ListedJournal(), port=0, speed=HURRY, seed=1) as shown,
        looking(Shown(shown), tmp_path, size=size, scheme=scheme) as look,
    ):
        reader = Reader(shown, look, name)
        await reader.open()
        await reader.story.get_by_role("button", name="Begin the story").click()
        await reader.done(0)
        first = await reader.shown_message()
        assert "crm/tickets" in await first.inner_text()
        greeting = await first.get_attribute("data-id")
        await reader.done(1)
        await reader.press("/logbackup status Send")
        await reader.done(2)
        await _take_the_storage(reader)
        await reader.press("Mend everything")
        await reader.done(7)
        _nothing_else_was_told(shown, greeting)
        await reader.press("Kill the bot")
        await reader.done(8)
        await reader.press("Interrupt a tenant")
        await reader.done(9)
        await reader.press("Start the bot again")
        await reader.page.get_by_text("The bot runs again").wait_for(state="attached")
        last = await reader.shown_message()
        assert "shop/cart" in await last.inner_text()
        assert await reader.story.get_by_role("button", name="Kill the bot", exact=True).count() == 0
        await reader.done(10)
        await reader.story.get_by_role("button", name="Begin anew").click()
        await reader.page.locator("#speed", has_text=f"{HURRY:g}×").wait_for()


async def _take_the_storage(reader: Reader) -> None:
    await reader.press("Fill a storage")
    await reader.done(3)
    group = await reader.shown_message()
    await group.get_by_text(f"12 of 12 tasks that write to {STORAGE}").wait_for()
    await group.get_by_role("button", name="Acknowledge", exact=True).click()
    await reader.done(4)
    group = await reader.shown_message()
    await group.get_by_role("button", name="Silence…").click()
    dialog = reader.page.get_by_role("dialog", name="Silence")
    await dialog.get_by_role("button", name="Silence", exact=True).click()
    await dialog.wait_for(state="hidden")
    await reader.done(5)
    await reader.press("@logbackup chart Send")
    await reader.done(6)


def _nothing_else_was_told(shown: Demo, greeting: str) -> None:
    """Every message of the channel is of what the story itself broke; the greeting was read before."""
    later = [one for one in shown.slack.channel(CHANNEL).messages if one.ts != greeting]
    for message in later:
        said = f"{message.text} {message.blocks}"
        assert "crm/tickets" in said or "pay/" in said or STORAGE in said, message.text
