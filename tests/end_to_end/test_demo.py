"""The demo tells its story: what is broken at the start, what fails, what recovers."""

import asyncio
from collections.abc import Callable

import pytest

from bot.demo import CHANNEL, Demo, demo
from bot.demo.staging import FIRST_DAY, SHORTCUTS
from bot.sandbox.slack import CannotDo
from bot.slack.payloads import SHORTCUTS as UNDERSTOOD
from tests.fakes.listed_journal import ListedJournal


async def test_within_a_minute_a_task_fails_and_another_recovers() -> None:
    """At 240 times life, which is four times as fast as the demo is meant to be watched."""
    journal = ListedJournal()
    async with demo(journal, port=0, speed=240, seed=1) as shown:
        slack = shown.slack

        async def until_said(*words: str) -> None:
            await slack.until(
                lambda there: [
                    one
                    for one in there.channel(CHANNEL).everything
                    if all(word in one.text for word in words)
                ],
                timeout=30,
            )

        began = shown.clock.now()
        await until_said("Now watching log backup of OCP: 4 clusters")
        await until_said("Log backup has failed: pay/orders")
        await until_said("crm/tickets has lost log for good", "well again")
        assert (shown.clock.now() - began).total_seconds() / 60 < 60
        world = [row for row in shown.fleet.rows(shown.clock.now()) if row.name == "pay/orders"]
        assert world[0].status == "FAILED"
    assert "error" not in [level for level, _, _ in journal.events]


async def _until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.1)


async def _pull(shown: Demo, lever: str) -> str:
    """Pull a lever as the page does."""
    return str(await shown.levers[lever].pull())


async def test_a_killed_bot_comes_back_to_what_it_knew_and_greets_nobody_twice() -> None:
    async with demo(ListedJournal(), port=0, speed=60, seed=1) as shown:
        living = shown.world.living
        await _until(lambda: living.alive and shown.slack.channel(CHANNEL).messages and living.open_tasks)
        assert "dead" in await _pull(shown, "bot")
        assert (shown.bot, living.alive, living.deaths, list(living.open_tasks)) == (None, False, 1, [])
        assert (await shown.slack.command("anna", CHANNEL, "/logbackup")).outcome == "dispatch_failed"
        assert "same database" in await _pull(shown, "bot")
        await _until(lambda: living.alive and living.open_tasks)
        greetings = [one for one in shown.slack.channel(CHANNEL).messages if "Now watching" in one.text]
        assert len(greetings) == 1


async def test_the_world_begins_anew_at_the_same_address() -> None:
    async with demo(ListedJournal(), port=0, speed=60, seed=1) as shown:
        before, url = shown.world, shown.url
        await shown.slack.say("anna", CHANNEL, "before")
        await _pull(shown, "again")
        await _until(lambda: shown.begun == 2)
        assert shown.world is not before
        assert shown.url == url
        assert (shown.clock.now() - FIRST_DAY).total_seconds() < 60 * 30
        assert "before" not in [one.text for one in shown.slack.channel(CHANNEL).messages]


async def test_what_happens_is_recorded_and_replayed() -> None:
    async with demo(ListedJournal(), port=0, speed=60, seed=1) as shown:
        assert "nothing" in str(await _refused(shown, "replay"))
        assert "recorded" in await _pull(shown, "record")
        await _until(lambda: shown.world.recorded.file)
        assert "shop/cart" in await _pull(shown, "interrupt")
        sizes = {shown.world.recorded.path.stat().st_size}

        def polled_twice_more() -> bool:
            sizes.add(shown.world.recorded.path.stat().st_size)
            return len(sizes) > 4

        await _until(polled_twice_more)
        assert "ended" in await _pull(shown, "record")
        assert "shop/cart" in await _pull(shown, "replay")


async def _refused(shown: Demo, lever: str) -> CannotDo:
    with pytest.raises(CannotDo) as caught:
        await shown.levers[lever].pull()
    return caught.value


async def test_time_goes_at_another_speed_from_a_press_on() -> None:
    async with demo(ListedJournal(), port=0, speed=60, seed=1) as shown:
        await _pull(shown, "speed_10")
        assert shown.clock.speed == 10
        at = shown.clock.now()
        await asyncio.sleep(0.5)
        assert 3 < (shown.clock.now() - at).total_seconds() < 60


def test_every_shortcut_that_the_demo_offers_is_understood() -> None:
    assert {one.callback_id for one in SHORTCUTS} == set(UNDERSTOOD)
