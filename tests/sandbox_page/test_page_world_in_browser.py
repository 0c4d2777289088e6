"""The simulated world beside the messages, in a real browser: story, levers, fleet, colours, menus."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.sandbox_page.page_browser import DESKTOP, PHONE, looking, one_browser
from tests.sandbox_page.page_stage import page_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module", autouse=True)
async def _one_browser() -> AsyncIterator[None]:
    async with one_browser():
        yield


SIZES = pytest.mark.parametrize(("name", "size"), [("desktop", DESKTOP), ("phone", PHONE)])
NAMELESS = """
[...document.querySelectorAll('button, select, input, textarea, [role=dialog], a[href]')]
  .filter(node => node.checkVisibility())
  .filter(node => !(node.getAttribute('aria-label') || node.getAttribute('aria-labelledby')
    || node.textContent.trim() || node.labels?.length))
  .map(node => node.outerHTML)
"""
"""What can be used and has no name that a screen reader could say."""


@SIZES
async def test_a_step_of_the_story_is_done_by_its_own_button_and_ticks_itself_off(
    tmp_path: Path, name: str, size: dict[str, int]
) -> None:
    async with page_stage() as stage, looking(stage, tmp_path, size=size) as look:
        page: Any = look.page
        opener = page.get_by_role("button", name="Story")
        if size is PHONE:
            await opener.click()
        story = page.get_by_role("region", name="A short story")
        await story.get_by_text("0 of 5 done").wait_for()
        assert not await story.get_by_role("button", name="/logbackup status").is_visible()
        await story.get_by_role("button", name="Fill the storage of shop").click()
        await story.get_by_text("1 of 5 done").wait_for()
        await look.picture(f"story-{name}")
        assert await opener.inner_text() == "Story 1/5"
        await story.get_by_role("button", name="/logbackup status").click()
        await page.get_by_text("Only visible to you").wait_for()
        assert stage.heard == [("command", "status")]


@SIZES
async def test_who_shall_watch_the_fleet_is_led_to_it(
    tmp_path: Path, name: str, size: dict[str, int]
) -> None:
    """However small the screen: the panel stays open, the fleet and what the lever said are in view."""
    low = size | {"height": 560}
    async with page_stage() as stage, looking(stage, tmp_path, size=low) as look:
        page: Any = look.page
        if size is PHONE:
            await page.get_by_role("button", name="Story").click()
        story = page.get_by_role("region", name="A short story")
        await story.get_by_role("button", name="Fill the storage of shop").click()
        said = page.get_by_role("status").get_by_text("The storage is full; 8 tasks are hit.")
        await said.wait_for()
        await page.wait_for_function(
            "() => document.querySelector('.fleet').getBoundingClientRect().bottom"
            " <= document.querySelector('.lever-said').getBoundingClientRect().top"
        )
        assert await page.get_by_role("table").is_visible()
        await look.picture(f"fleet-watched-{name}")


async def test_what_is_for_a_thread_waits_until_one_is_open(tmp_path: Path) -> None:
    async with page_stage() as stage:
        ts = await stage.alert()
        async with looking(stage, tmp_path) as look:
            page: Any = look.page
            story = page.get_by_role("region", name="A short story")
            await story.get_by_role("button", name="Ask all.").click()
            ask = story.get_by_role("button", name="@logbackup status")
            await ask.click()
            await page.get_by_role("status").get_by_text("Open a thread first").wait_for()
            await page.locator("#messages-here").get_by_role("button", name="Reply in a thread").click()
            await ask.click()
            thread = page.get_by_role("complementary", name="Thread")
            await thread.get_by_text("2 of 48 tasks need you").wait_for()
            assert len(stage.slack.channel("alerts").thread(ts)) == 3


@SIZES
async def test_a_step_leads_to_the_message_that_it_speaks_of(
    tmp_path: Path, name: str, size: dict[str, int]
) -> None:
    """By keyboard too: the message stands marked in view, with the focus on it, and its buttons come next."""
    async with page_stage() as stage:
        ts = await stage.alert()
        for number in range(30):
            await stage.slack.say(
                "ben", "alerts", f"{number} other things, each of them in a line of its own"
            )
        async with looking(stage, tmp_path, size=size, place="#dba") as look:
            page: Any = look.page
            opener = page.get_by_role("button", name="Story")
            if size is PHONE:
                await opener.click()
            story = page.get_by_role("region", name="A short story")
            await story.get_by_role("button", name="Read it.").click()
            await story.get_by_role("button", name="Show the message").focus()
            await page.keyboard.press("Enter")
            alert = page.locator("#messages-here article.pointed-out")
            await alert.get_by_text("has FAILED").first.wait_for()
            await look.picture(f"step-shown-{name}")
            assert await alert.evaluate("node => node === document.activeElement && node.dataset.id") == ts
            middle = "node => node.getBoundingClientRect().top + node.offsetHeight / 2"
            assert 0 < await alert.evaluate(middle) < size["height"]
            if size is PHONE:
                await opener.click()
            await story.get_by_text("1 of 5 done").wait_for()
            await story.get_by_role("button", name="See the message").click()
            await alert.wait_for()
            if size is PHONE:
                await opener.click()
            await story.get_by_role("button", name="Ask there.").click()
            await look.picture(f"step-done-{name}")
            await story.get_by_role("button", name="Open its thread").click()
            thread = page.get_by_role("complementary", name="Thread")
            await thread.get_by_role("combobox", name="Reply…").wait_for()
            assert (page.url).endswith(f"#alerts/{ts}")
            if size is PHONE:
                await opener.click()
            await story.get_by_role("button", name="Show the message").wait_for(state="hidden")


async def test_what_is_for_a_thread_opens_it_where_the_story_knows_which(tmp_path: Path) -> None:
    async with page_stage() as stage:
        ts = await stage.alert()
        async with looking(stage, tmp_path) as look:
            page: Any = look.page
            await page.get_by_role("button", name="Ask there.").click()
            await page.get_by_role("region", name="A short story").locator(".now .hint").click()
            thread = page.get_by_role("complementary", name="Thread")
            await thread.get_by_text("2 of 48 tasks need you").wait_for()
            assert len(stage.slack.channel("alerts").thread(ts)) == 3


async def test_what_cannot_be_sent_is_not_told_as_sent(tmp_path: Path) -> None:
    async with page_stage(with_bot=False) as stage, looking(stage, tmp_path) as look:
        stage.slack.archive("alerts")
        await look.page.get_by_role("button", name="@logbackup status Send").last.click()
        await look.page.get_by_role("status").get_by_text("archived").wait_for()


async def test_a_switch_says_that_it_is_on_and_what_it_would_do_next(tmp_path: Path) -> None:
    async with page_stage() as stage, looking(stage, tmp_path) as look:
        levers = look.page.get_by_role("region", name="Levers")
        await levers.get_by_role("button", name="Take OCP down").click()
        await levers.get_by_role("button", name="Bring OCP back").wait_for()
        await levers.get_by_text("OCP is down: ").wait_for()
        await look.page.get_by_role("status").get_by_text("OCP is down.").wait_for()
        assert stage.pulled == ["down"]


@pytest.mark.parametrize(("width", "column"), [(1400, False), (1700, True)])
async def test_the_fleet_is_whole_beside_an_open_thread(tmp_path: Path, width: int, column: bool) -> None:  # noqa: FBT001 - a parameter
    """Where it is narrow the status stands below the name; no word is broken, nothing is out of sight."""
    async with page_stage() as stage:
        ts = await stage.alert()
        size = {"width": width, "height": 900}
        async with looking(stage, tmp_path, size=size, place=f"#alerts/{ts}") as look:
            page: Any = look.page
            await page.get_by_role("complementary", name="Thread").wait_for()
            assert await page.get_by_role("columnheader", name="Status").is_visible() is column
            assert await page.locator(".status-too").first.is_visible() is not column
            wide = "node => node.scrollWidth - node.clientWidth"
            assert await page.locator(".fleet-scroll").evaluate(wide) == 0
            await look.picture(f"fleet-{width}")


async def test_one_task_of_the_fleet_is_changed_in_its_row(tmp_path: Path) -> None:
    async with page_stage() as stage, looking(stage, tmp_path) as look:
        await look.page.get_by_label("Change pay/orders").select_option(label="Mend it")
        await look.page.get_by_role("status").get_by_text("It was mended.").wait_for()
        assert stage.pulled == ["mend pay/orders here"]


async def test_what_has_many_lines_is_shown_as_a_terminal_would(tmp_path: Path) -> None:
    async with page_stage() as stage, looking(stage, tmp_path) as look:
        await look.page.get_by_role("button", name="Replay").click()
        report = look.page.get_by_role("dialog", name="What the alert rules make of it")
        assert "opened\n2026" in await report.locator("pre").inner_text()
        await look.page.keyboard.press("Escape")
        await report.wait_for(state="hidden")


async def test_a_recording_is_downloaded_once_there_is_one(tmp_path: Path) -> None:
    recording = tmp_path / "recording.jsonl"
    async with page_stage(recording=recording) as stage, looking(stage, tmp_path) as look:
        link = look.page.get_by_role("link", name="Download the recording")
        assert await link.count() == 0
        recording.write_text('{"source": "ocp"}\n')
        async with look.page.expect_download() as coming:
            await link.click()
        download = await coming.value
        assert download.suggested_filename == "logbackup-demo.jsonl"
        assert (await download.path()).read_text() == '{"source": "ocp"}\n'


@SIZES
async def test_the_menu_of_a_message_offers_the_app_s_shortcuts_and_its_deletion(
    tmp_path: Path, name: str, size: dict[str, int]
) -> None:
    async with page_stage() as stage:
        ts = await stage.alert()
        async with looking(stage, tmp_path, size=size) as look:
            page: Any = look.page
            more = page.get_by_role("button", name="More about this message")
            await more.focus()
            await page.keyboard.press("Enter")
            await look.picture(f"menu-{name}")
            await page.get_by_role("menuitem", name="Note this down…").click()
            await stage.slack.until(lambda _: stage.heard)
            assert stage.heard == [("shortcut", ts)]
            await more.click()
            await page.get_by_role("menuitem", name="Delete…").click()
            await page.get_by_role("button", name="Keep it").click()
            await more.click()
            await page.get_by_role("menuitem", name="Delete…").click()
            await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
            await page.locator("#messages-here article").wait_for(state="detached")
            assert stage.slack.channel("alerts").messages == ()


async def test_colours_follow_the_system_until_somebody_chooses(tmp_path: Path) -> None:
    async with page_stage() as stage, looking(stage, tmp_path, scheme="dark") as look:
        page: Any = look.page

        async def ground() -> str:
            return str(await page.evaluate("getComputedStyle(document.body).backgroundColor"))

        assert await ground() == "rgb(26, 29, 33)"
        await page.get_by_role("button", name="Change to light colours").click()
        assert await ground() == "rgb(255, 255, 255)"
        await page.reload()
        await page.get_by_role("button", name="Change to dark colours").wait_for()
        assert await ground() == "rgb(255, 255, 255)"


@SIZES
async def test_everything_that_can_be_used_has_a_name_to_say(
    tmp_path: Path, name: str, size: dict[str, int]
) -> None:
    async with page_stage() as stage:
        ts = await stage.alert()
        await stage.slack.say("ben", "alerts", "who is on it?", ts)
        async with looking(stage, tmp_path, size=size, place=f"#alerts/{ts}") as look:
            page: Any = look.page
            await page.get_by_role("complementary", name="Thread").get_by_text("who is on it?").wait_for()
            assert await page.evaluate(NAMELESS) == [], name
            await page.keyboard.press("Escape")
            await page.get_by_role("button", name="Silence…").click()
            await page.get_by_role("dialog", name="Silence pay/orders").wait_for()
            assert await page.evaluate(NAMELESS) == [], name
            await page.keyboard.press("Escape")
            await page.get_by_role("dialog").wait_for(state="hidden")
            assert await page.evaluate("document.activeElement.textContent") == "Silence…"


async def test_what_is_new_is_said_to_who_cannot_see_it(tmp_path: Path) -> None:
    async with page_stage() as stage, looking(stage, tmp_path) as look:
        await stage.slack.say("ben", "alerts", "the disk is full")
        await (
            look.page.locator("[aria-live=polite]")
            .get_by_text("Ben Carter in alerts: the disk is full")
            .wait_for(state="attached")
        )


async def test_what_is_written_elsewhere_is_counted_and_what_pages_stands_out(tmp_path: Path) -> None:
    async with page_stage() as stage, looking(stage, tmp_path) as look:
        page: Any = look.page
        await stage.slack.say("mei", "dba", "hello")
        await stage.slack.say("mei", "dba", "@anna look")
        channel = page.locator("#channels").get_by_role("button", name="dba")
        await channel.get_by_label("2 new").wait_for()
        assert await channel.locator(".count.pages").count() == 1
        assert (await page.title()).startswith("(2) ")
        await page.keyboard.press("Alt+ArrowDown")
        await page.locator("#messages-here").get_by_text("look").wait_for()
        assert await channel.locator(".count").count() == 0
