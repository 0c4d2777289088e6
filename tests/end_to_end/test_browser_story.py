"""The whole story in a real browser, at the size of a desk and of a phone: from the alert to the Home tab."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.demo import CHANNEL, Demo, demo
from bot.sandbox.slack import Message, SimulatedSlack
from tests.fakes.listed_journal import ListedJournal
from tests.sandbox_page.page_browser import DESKTOP, PHONE, Looking, looking

SPEED = 60.0
PATIENCE = 30_000
"""Milliseconds for what takes minutes of simulated time."""
GROUP = "tasks that write to file:///obbackup"


@dataclass(frozen=True)
class Shown:
    """The demo as the browser's opener wants it."""

    shown: Demo

    @property
    def origin(self) -> str:
        return self.shown.slack.root_url

    @property
    def slack(self) -> SimulatedSlack:
        return self.shown.slack


@asynccontextmanager
async def story(folder: Path, size: dict[str, int], scheme: str) -> AsyncIterator[tuple[Demo, Looking]]:
    """Open the demo's page, with nothing in it that breaks by itself."""
    async with demo(ListedJournal(), port=0, speed=SPEED, seed=1) as shown:
        shown.fleet.rest(shown.clock.now())
        async with looking(Shown(shown), folder, size=size, scheme=scheme) as look:
            yield shown, look


async def _fill(look: Looking) -> Any:
    """Fill the storage with the lever beside the messages; returns the message of the group."""
    page: Any = look.page
    levers = page.get_by_role("region", name="Levers")
    if not await levers.is_visible():
        await page.get_by_role("button", name="World").click()
    await levers.get_by_role("button", name="Fill a storage").click()
    card = page.locator("#messages-here article").filter(has_text=GROUP).filter(has_text="group")
    await card.get_by_role("button", name="Acknowledge").wait_for(timeout=PATIENCE)
    return card


@pytest.mark.parametrize(
    ("name", "size", "scheme"), [("desktop", DESKTOP, "light"), ("phone", PHONE, "dark")]
)
async def test_a_full_storage_is_told_taken_silenced_asked_about_and_looked_at(
    tmp_path: Path, name: str, size: dict[str, int], scheme: str
) -> None:
    async with story(tmp_path, size, scheme) as (shown, look):
        page: Any = look.page
        card = await _fill(look)
        await look.picture(f"story-alert-{name}")
        await card.get_by_role("button", name="Acknowledge").click()
        await card.get_by_text("anna has it").wait_for()
        await _silence(look, card, name)
        await _ask_in_thread(look, card, name)
        await _look_at_the_chart(look, name)
        await _look_at_home(look, name, narrow=size is PHONE)
        refused = {(call.method, call.outcome) for call in shown.slack.calls if call.outcome != "ok"}
        assert refused == set()
        assert (
            await page.locator(".problem").all_inner_texts() == [""] * await page.locator(".problem").count()
        )


async def _silence(look: Looking, card: Any, name: str) -> None:
    """Silence the group in the dialog, for a length of its own."""
    await card.get_by_role("button", name="Silence…").click()
    dialog = look.page.get_by_role("dialog", name="Silence")
    await dialog.get_by_label("Or in your own words").fill("45m")
    await dialog.get_by_label("Why?").fill("The storage team is on it.")
    await look.picture(f"story-silence-{name}")
    await dialog.get_by_role("button", name="Silence", exact=True).click()
    await dialog.wait_for(state="hidden")
    await card.get_by_role("button", name="End silence").wait_for()


async def _ask_in_thread(look: Looking, card: Any, name: str) -> None:
    """Ask the bot in the group's thread, and be answered there."""
    page: Any = look.page
    await card.get_by_role("button", name="Reply in a thread").first.click()
    thread = page.get_by_role("complementary", name="Thread")
    box = thread.get_by_role("combobox", name="Reply…")
    await box.fill("@logbackup note the disk is being replaced")
    await box.press("Enter")
    await thread.locator("article", has_text="@logbackup note").wait_for()
    await box.fill("@logbackup status")
    await box.press("Enter")
    await thread.locator("article", has_text="@logbackup status").wait_for()
    answered = thread.locator("article", has_text="@logbackup status").locator("xpath=following::article")
    await answered.filter(has_text="Log backup").first.wait_for()
    await look.picture(f"story-thread-{name}")
    await page.keyboard.press("Escape")
    await thread.wait_for(state="hidden")


async def _look_at_the_chart(look: Looking, name: str) -> None:
    """Ask for a chart by mention: a picture with words for who cannot see it."""
    page: Any = look.page
    box = page.get_by_role("combobox", name=f"Message #{CHANNEL}")
    await box.fill("@logbackup chart pay/orders")
    await box.press("Enter")
    asked = page.locator("#messages-here article", has_text="@logbackup chart pay/orders")
    await asked.get_by_role("button", name="Last reply").click(timeout=PATIENCE)
    image = page.get_by_role("complementary", name="Thread").get_by_role("img", name="pay/orders")
    await image.wait_for(timeout=PATIENCE)
    assert await image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 400
    await look.picture(f"story-chart-{name}")
    await page.keyboard.press("Escape")


async def _look_at_home(look: Looking, name: str, *, narrow: bool) -> None:
    """Open the Home tab: what is theirs comes first."""
    page: Any = look.page
    if narrow:
        await page.get_by_role("button", name="Channels").click()
    await page.locator("#channels").get_by_role("button", name="Log backup").click()
    await page.get_by_role("tab", name="Home").click()
    await page.locator("#home").get_by_text("Yours").wait_for()
    await look.picture(f"story-home-{name}")


async def test_what_is_mended_is_told_to_be_over_in_the_channel(tmp_path: Path) -> None:
    async with story(tmp_path, DESKTOP, "light") as (shown, look):
        await _fill(look)
        await look.page.get_by_role("button", name="Mend everything").click()

        def over(slack: SimulatedSlack) -> list[Message]:
            return [one for one in slack.channel(CHANNEL).messages if "Over" in one.text]

        await shown.slack.until(over, timeout=PATIENCE / 1000)
        await look.page.locator("#messages-here article").filter(has_text="Over").first.wait_for()
