"""The page in a real browser, at the size of a desk and of a phone: read, press, fill in, type, switch."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.page import Page
from bot.sandbox.slack import SimulatedSlack
from tests.sandbox_page.page_browser import DESKTOP, PHONE, looking, one_browser
from tests.sandbox_page.page_messages import rich_blocks
from tests.sandbox_page.page_stage import page_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module", autouse=True)
async def _one_browser() -> AsyncIterator[None]:
    async with one_browser():
        yield


SIZES = pytest.mark.parametrize(("name", "size"), [("desktop", DESKTOP), ("phone", PHONE)])
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccf"
    "c0f01f0005050102a0a5c9d50000000049454e44ae426082"
)


@pytest.mark.parametrize(
    ("name", "size", "scheme"), [("desktop", DESKTOP, "light"), ("phone", PHONE, "dark")]
)
async def test_an_alert_is_read_acknowledged_and_silenced(
    tmp_path: Path, name: str, size: dict[str, int], scheme: str
) -> None:
    async with page_stage() as stage, looking(stage, tmp_path, size=size, scheme=scheme) as look:
        page: Any = look.page
        ts = await stage.alert()
        await page.get_by_role("heading", name="Log backup of pay/orders has FAILED").wait_for()
        assert "12:34 PM" in await page.locator("#messages-here time[title]").nth(1).inner_text()
        await look.picture(f"alert-{name}-{scheme}")
        await page.get_by_role("button", name="Acknowledge").click()
        await stage.slack.until(lambda _: stage.heard)
        assert stage.heard[0][0] == "ack"
        await page.get_by_role("button", name="Silence…").click()
        dialog = page.get_by_role("dialog", name="Silence pay/orders")
        await dialog.get_by_role("button", name="Silence", exact=True).click()
        await dialog.get_by_text("Please complete this required field.").wait_for()
        await dialog.get_by_label("Why").fill("because")
        await dialog.get_by_label("Not later than").fill("2026-03-04T17:00")
        await dialog.get_by_role("button", name="Silence", exact=True).click()
        await dialog.get_by_text("Say a little more.").wait_for()
        await look.picture(f"dialog-{name}-{scheme}")
        assert await dialog.get_by_label("Why").input_value() == "because"
        await dialog.get_by_label("Why").fill("The disk is being replaced.")
        await dialog.get_by_role("button", name="Silence", exact=True).click()
        await dialog.wait_for(state="hidden")
        silences = [what for kind, what in stage.heard if kind == "silenced"]
        assert silences[-1]["reason"]["value"] == "The disk is being replaced."
        assert silences[-1]["until"]["selected_date_time"] == 1772640000
        assert stage.slack.channel("alerts").message(ts) is not None


async def test_a_dialog_previews_what_is_chosen_and_keeps_what_was_typed(tmp_path: Path) -> None:
    async with page_stage() as stage:
        await stage.alert()
        async with looking(stage, tmp_path) as look:
            page: Any = look.page
            await page.get_by_role("button", name="Silence…").click()
            dialog = page.get_by_role("dialog", name="Silence pay/orders")
            await dialog.get_by_label("Why").fill("The disk is being replaced.")
            await dialog.get_by_label("The whole cluster").check()
            await dialog.get_by_label("For how long").select_option("4h")
            await dialog.get_by_text("3 tasks are muted for 4h.").wait_for()
            assert await dialog.get_by_label("Why").input_value() == "The disk is being replaced."
            assert await dialog.get_by_label("The whole cluster").is_checked()
            assert await dialog.get_by_label("For how long").input_value() == "4h"
            told = stage.heard[-1][1]
            assert told["reason"]["reason"]["value"] == "The disk is being replaced."
            assert [one["value"] for one in told["whom"]["whom"]["selected_options"]] == ["cluster"]


@SIZES
async def test_a_thread_is_answered_in_its_pane(tmp_path: Path, name: str, size: dict[str, int]) -> None:
    async with page_stage() as stage:
        ts = await stage.alert()
        await stage.slack.say("ben", "alerts", "who is on it?", ts)
        async with looking(stage, tmp_path, size=size) as look:
            page: Any = look.page
            await page.get_by_role("button", name="1 reply").click()
            thread = page.get_by_role("complementary", name="Thread")
            await thread.get_by_text("who is on it?").wait_for()
            await thread.get_by_role("combobox", name="Reply…").fill("@logbackup status")
            await thread.get_by_role("combobox", name="Reply…").press("Enter")
            await thread.get_by_text("2 of 48 tasks need you").wait_for()
            await look.picture(f"thread-{name}")
            assert len(stage.slack.channel("alerts").thread(ts)) == 4
            await page.keyboard.press("Escape")
            await thread.wait_for(state="hidden")


async def test_a_command_is_completed_typed_and_answered_to_oneself(tmp_path: Path) -> None:
    async with page_stage() as stage, looking(stage, tmp_path) as look:
        page: Any = look.page
        box = page.get_by_role("combobox", name="Message #alerts")
        await box.press_sequentially("/logbackup tas")
        await page.get_by_role("option", name="/logbackup tasks").wait_for()
        await look.picture("completion")
        await box.press("Tab")
        assert await box.input_value() == "/logbackup tasks "
        await box.press("Enter")
        await page.get_by_text("Only visible to you").wait_for()
        await page.get_by_role("cell", name="pay/ledger", exact=True).wait_for()
        await look.picture("table")
        await page.get_by_label("Through whose eyes you look").select_option(label="Ben Carter")
        await page.get_by_text("Only visible to you").wait_for(state="detached")


@pytest.mark.parametrize(
    ("typed", "keys", "heard"),
    [
        ("/logbackup", ["Enter"], ""),
        ("/logbackup ta", ["Enter"], "ta"),
        ("/logbackup ta", ["ArrowDown", "Enter", "Enter"], "tasks"),
        ("/logbackup", ["ArrowUp", "ArrowUp", "ArrowDown", "Enter", "Enter"], "timeline"),
        ("/logb", ["Enter", "Enter"], "status"),
        ("/logbackup tasks delay", ["Tab", "1", "h", "Enter"], "tasks delay&gt;1h"),
        ("/logbackup status @m", ["Enter", "Enter"], "status @mei"),
    ],
)
async def test_enter_sends_what_was_typed_unless_somebody_moved_among_what_is_offered(
    tmp_path: Path, typed: str, keys: list[str], heard: str
) -> None:
    """As in Slack; only a word that means nothing yet, half a command or half a name, is completed."""
    async with page_stage() as stage, looking(stage, tmp_path) as look:
        box = look.page.get_by_role("combobox", name="Message #alerts")
        await box.press_sequentially(typed)
        await look.page.locator("[role=option]").first.wait_for()
        for key in keys:
            await box.press(key)
        await stage.slack.until(lambda _: stage.heard)
        assert stage.heard == [("command", heard)]


async def test_a_press_is_not_lost_where_the_message_is_edited_under_it(tmp_path: Path) -> None:
    """A card is edited again and again while it burns; whoever presses means the button all the same."""
    async with page_stage() as stage, looking(stage, tmp_path) as look:
        page: Any = look.page
        ts = await stage.alert()
        box = await page.get_by_role("button", name="Acknowledge").bounding_box()
        await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await page.mouse.down()
        channel, was = stage.slack.channel("alerts").id, stage.slack.channel("alerts").message(ts)
        assert was is not None
        worse = [{"type": "section", "text": {"type": "plain_text", "text": "It has got worse."}}]
        await stage.client.chat_update(channel=channel, ts=ts, text="Worse", blocks=[*worse, *was.blocks])
        await page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
        await page.mouse.up()
        await stage.slack.until(lambda _: stage.heard)
        assert stage.heard[0][0] == "ack"
        await page.get_by_text("It has got worse.").wait_for()


async def test_a_press_that_nobody_acknowledges_says_why(tmp_path: Path) -> None:
    async with page_stage(with_bot=False) as stage:
        await stage.alert()
        async with looking(stage, tmp_path) as look:
            await look.page.get_by_role("button", name="Acknowledge").click()
            await look.page.get_by_text("dispatch_failed").wait_for()


async def test_a_dangerous_button_asks_first(tmp_path: Path) -> None:
    async with page_stage() as stage:
        await stage.alert()
        async with looking(stage, tmp_path) as look:
            page: Any = look.page
            await page.get_by_role("button", name="Resolve").click()
            await page.get_by_role("button", name="Keep it").click()
            await page.get_by_role("button", name="Resolve").click()
            await page.get_by_role("dialog").get_by_role("button", name="Resolve").click()
            await stage.slack.until(lambda _: stage.heard)
            assert [kind for kind, _ in stage.heard] == ["resolve"]


async def test_menus_work_by_keyboard(tmp_path: Path) -> None:
    async with page_stage() as stage:
        await stage.alert()
        async with looking(stage, tmp_path) as look:
            page: Any = look.page
            await page.get_by_role("button", name="More", exact=True).focus()
            for key in ("Enter", "ArrowDown", "Enter"):
                await page.keyboard.press(key)
            await page.locator("#messages-here select").select_option("ben")
            await stage.slack.until(lambda _: len(stage.heard) > 1)
            assert [what["selected_option"]["value"] for _, what in stage.heard] == ["task", "ben"]


async def test_messages_are_walked_by_arrow_keys_and_a_thread_is_opened_by_t(tmp_path: Path) -> None:
    async with page_stage() as stage:
        await stage.slack.say("ben", "alerts", "first")
        await stage.slack.say("mei", "alerts", "second")
        async with looking(stage, tmp_path) as look:
            page: Any = look.page
            await page.get_by_text("second").wait_for()
            await page.locator("#messages-here").focus()
            for key in ("ArrowUp", "ArrowUp", "t"):
                await page.keyboard.press(key)
            thread = page.get_by_role("complementary", name="Thread")
            await thread.get_by_text("first").wait_for()
            assert await thread.get_by_text("second").count() == 0


@SIZES
async def test_the_home_tab_is_opened_and_its_buttons_work(
    tmp_path: Path, name: str, size: dict[str, int]
) -> None:
    async with page_stage() as stage, looking(stage, tmp_path, size=size) as look:
        page: Any = look.page
        if size is PHONE:
            await page.get_by_role("button", name="Channels").click()
        await page.locator("#channels").get_by_role("button", name="Log backup").click()
        await page.get_by_role("tab", name="Home").click()
        await page.get_by_text("Log backup at a glance").wait_for()
        await look.picture(f"home-{name}")
        await page.get_by_role("button", name="Look again").click()
        await stage.slack.until(lambda _: stage.heard)
        assert stage.heard[0][0] == "home_refresh"


async def test_a_picture_is_drawn_with_its_words(tmp_path: Path) -> None:
    async with page_stage() as stage:
        await stage.client.files_upload_v2(
            channel=stage.slack.channel("alerts").id,
            filename="chart.png",
            content=PIXEL,
            title="The delay of pay",
        )
        async with looking(stage, tmp_path) as look:
            image = look.page.get_by_role("img", name="The delay of pay")
            await image.wait_for()
            assert await image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1


async def test_hostile_words_are_words(tmp_path: Path) -> None:
    """Markup, HTML and script in names, texts, labels and links never become anything but letters."""
    attack = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": attack}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "<javascript:alert(3)|press me>"}},
        {"type": "table", "rows": [[{"type": "raw_text", "text": attack}]]},
        {"type": "markdown", "text": f"{attack} [press](javascript:alert(4))"},
    ]
    async with page_stage() as stage:
        await stage.client.chat_postMessage(channel="alerts", text=attack, blocks=blocks)
        await stage.slack.say("ben", "alerts", attack)
        async with looking(stage, tmp_path) as look:
            log = look.page.locator("#messages-here")
            await log.get_by_text("onerror=alert(1)").last.wait_for()
            assert await log.get_by_text("onerror=alert(1)").count() == 4
            assert await log.locator("img, script, a[href^='javascript' i]").count() == 0


async def test_rich_text_is_drawn_with_its_lists_and_dates_in_the_viewer_s_zone(tmp_path: Path) -> None:
    async with page_stage() as stage:
        await stage.client.chat_postMessage(channel="alerts", text="report", blocks=rich_blocks())
        async with looking(stage, tmp_path, place="?as=mei") as look:
            log = look.page.locator("#messages-here")
            await log.get_by_text("Mar 4, 2026 8:00 PM").wait_for()
            assert await log.locator("li").count() == 5
            assert await log.locator("table").count() == 1
            await look.picture("rich-text")


async def test_the_fleet_is_seen_and_a_lever_pulled(tmp_path: Path) -> None:
    async with page_stage() as stage, looking(stage, tmp_path) as look:
        page: Any = look.page
        panel = page.get_by_role("complementary", name="The simulated world")
        await panel.get_by_text("7 tasks, 3 not well").wait_for()
        assert await panel.locator(".fleet tbody").count() == 3
        await panel.get_by_label("also those that are well").check()
        assert await panel.locator(".fleet tbody").count() == 7
        levers = panel.get_by_role("region", name="Levers")
        await levers.get_by_role("button", name="Fill the storage of shop").click()
        await panel.get_by_text("The storage is full; 8 tasks are hit.").wait_for()
        assert stage.pulled == ["fill"]
        hints = panel.get_by_role("region", name="What to try")
        await hints.get_by_role("button", name="/logbackup status Send", exact=True).click()
        await page.get_by_text("Only visible to you").wait_for()
        await panel.get_by_text("Sent: /logbackup status").wait_for()
        assert stage.heard == [("command", "status")]
        assert await page.get_by_role("combobox", name="Message #alerts").input_value() == ""


async def test_the_page_comes_back_when_the_simulation_does(tmp_path: Path) -> None:
    async with page_stage(with_bot=False) as stage, looking(stage, tmp_path) as look:
        await stage.slack.stop()
        await look.page.get_by_text("The simulated Slack does not answer.").wait_for()
        again = Page(stage.clock)
        async with SimulatedSlack(
            clock=stage.clock, pacing_clock=stage.clock, port=stage.slack.port, routes=again.routes
        ) as slack:
            slack.add_channel("alerts")
            again.show(slack)
            await slack.say("ben", "alerts", "are you there?")
            await look.page.get_by_text("are you there?").first.wait_for()
            await look.page.get_by_text("The simulated Slack does not answer.").wait_for(state="hidden")
        look.complaints.clear()  # the browser's own, that nobody listened


@SIZES
async def test_nothing_is_wider_than_the_screen(tmp_path: Path, name: str, size: dict[str, int]) -> None:
    async with page_stage() as stage:
        await stage.alert()
        await stage.slack.say("ben", "alerts", "a" * 400)
        await stage.slack.command("anna", "alerts", "/logbackup", "tasks")
        async with looking(stage, tmp_path, size=size) as look:
            await look.page.get_by_text("Only visible to you").wait_for()
            wide = await look.page.evaluate(
                "[document.documentElement, document.getElementById('messages-here')]"
                ".map(node => node.scrollWidth - node.clientWidth)"
            )
            assert wide == [0, 0], name
