"""The whole story in a real browser, at a desk and on a phone: from the alert to its end, in one demo."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.demo import CHANNEL, Demo, demo
from bot.sandbox.slack import Message, SimulatedSlack
from tests.fakes.listed_journal import ListedJournal
from tests.sandbox_page.page_browser import DESKTOP, PHONE, Looking, looking, one_browser

WAITING, LOOKING = 150.0, 30.0
"""How fast time passes while the bot is waited for, and while somebody looks and presses."""
PATIENCE = 60_000
"""Milliseconds for what takes minutes of simulated time."""
TAKEN = {"ok", "ratelimited"}
"""Slack's limits stay real, however fast time passes: what is refused for them is sent again."""
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
async def story(folder: Path) -> AsyncIterator[tuple[Demo, Looking, Looking]]:
    """Open the demo's page on a desk and on a phone, with nothing in it that breaks by itself."""
    async with one_browser(), demo(ListedJournal(), port=0, speed=WAITING, seed=1) as shown:
        shown.fleet.rest(shown.clock.now())
        async with (
            looking(Shown(shown), folder, size=DESKTOP) as desk,
            looking(Shown(shown), folder, size=PHONE, scheme="dark", place="?as=ben") as phone,
        ):
            yield shown, desk, phone


async def _pull(look: Looking, lever: str) -> None:
    """Pull a lever beside the messages."""
    levers = look.page.get_by_role("region", name="Levers")
    if not await levers.is_visible():
        await look.page.get_by_role("button", name="World").click()
    await levers.get_by_role("button", name=lever).click()


def _card(look: Looking) -> Any:
    """Give the message of the group: the first that speaks of all its members."""
    members = look.page.get_by_role("button", name=re.compile("^All [0-9]+ incidents$"))
    return look.page.locator("#messages-here article").filter(has_text=GROUP).filter(has=members).first


async def test_a_full_storage_is_told_taken_silenced_asked_about_looked_at_and_mended(tmp_path: Path) -> None:
    async with story(tmp_path) as (shown, desk, phone):
        await _pull(desk, "Fill a storage")
        await _card(desk).get_by_text(re.compile("(9|1[0-2]) of 12 tasks")).first.wait_for(timeout=PATIENCE)
        await _card(desk).get_by_role("button", name="Acknowledge").wait_for()
        shown.world.go_at(LOOKING)
        await _handle(desk, "anna", "desktop")
        await _card(phone).get_by_text("anna has it").wait_for()
        await _card(phone).get_by_role("button", name="Unacknowledge").click()
        await _card(phone).get_by_text("Nobody has taken it yet").wait_for(timeout=PATIENCE)
        await _card(phone).get_by_role("button", name="End silence").click()
        await _card(phone).get_by_role("button", name="Silence…").wait_for(timeout=PATIENCE)
        await _handle(phone, "ben", "phone")
        await _pull(phone, "Mend everything")
        shown.world.go_at(WAITING)

        def over(slack: SimulatedSlack) -> list[Message]:
            return [one for one in slack.channel(CHANNEL).messages if "Over" in one.text]

        await shown.slack.until(over, timeout=PATIENCE / 1000)
        await phone.page.locator("#messages-here article").filter(has_text="Over").first.wait_for()
        refused = {(call.method, call.outcome) for call in shown.slack.calls if call.outcome not in TAKEN}
        assert refused == set()
        for look in (desk, phone):
            problems = await look.page.locator(".problem").all_inner_texts()
            assert problems == [""] * len(problems)


async def _handle(look: Looking, who: str, name: str) -> None:
    """Take the group, silence it, ask in its thread, look at a chart and at what is one's own."""
    card = _card(look)
    await look.picture(f"story-alert-{name}")
    await card.get_by_role("button", name="Acknowledge", exact=True).click()
    await card.get_by_text(f"{who} has it").wait_for()
    await _silence(look, card, name)
    await _ask_in_thread(look, card, name)
    await _look_at_the_chart(look, name)
    await _look_at_home(look, name)


async def _silence(look: Looking, card: Any, name: str) -> None:
    """Silence the group in the dialog, for a length of its own."""
    await card.get_by_role("button", name="Silence…").click()
    dialog = look.page.get_by_role("dialog", name="Silence")
    await dialog.get_by_label("Or type it").fill("3h")
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
    await thread.locator("article", has_text="@logbackup note").last.wait_for()
    await box.fill("@logbackup status")
    await box.press("Enter")
    asked = thread.locator("article", has_text="@logbackup status").last
    await asked.wait_for()
    answered = asked.locator("xpath=following::article")
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
    asked = page.locator("#messages-here article", has_text="@logbackup chart pay/orders").last
    await asked.get_by_role("button", name="Last reply").click(timeout=PATIENCE)
    image = page.get_by_role("complementary", name="Thread").get_by_role("img", name="pay/orders")
    await image.wait_for(timeout=PATIENCE)
    assert await image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 400
    await look.picture(f"story-chart-{name}")
    await page.keyboard.press("Escape")


async def _look_at_home(look: Looking, name: str) -> None:
    """Open the Home tab: what is theirs comes first."""
    page: Any = look.page
    await _open_channels(look)
    await page.locator("#channels").get_by_role("button", name="Log backup").click()
    await page.get_by_role("tab", name="Home").click()
    await page.locator("#home").get_by_text("Yours").wait_for()
    await look.picture(f"story-home-{name}")
    await _open_channels(look)
    await look.page.locator("#channels").get_by_role("button", name=CHANNEL).click()


async def _open_channels(look: Looking) -> None:
    if not await look.page.locator("#channels").is_visible():
        await look.page.get_by_role("button", name="Channels").click()
