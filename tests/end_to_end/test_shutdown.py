"""Told to stop while everything hangs, the program ends in time, and the next one goes on exactly there."""

import asyncio
import os
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.ocp import Where
from bot.sandbox.slack import SimulatedSlack, Trouble
from tests.end_to_end.town import ALERTS, Town, town

LIST = Where(path="logBackupTasks")


def alerts_about(world: Town, name: str) -> list[str]:
    found = (one.text for one in world.alerts)
    return [text for text in found if text.startswith("🔴") and name in text]


def posts(slack: SimulatedSlack) -> int:
    return len(slack.calls_of("chat.postMessage"))


async def watching(world: Town) -> None:
    await world.program.start()
    await world.until_said("Now watching log backup")
    await world.slack.until(lambda slack: slack.sockets, timeout=60)


@pytest.mark.parametrize(
    "trouble", [Trouble.HANG_AFTER, Trouble.HANG_BEFORE], ids=["accepted", "not accepted"]
)
async def test_it_ends_in_time_whatever_hangs_and_loses_nothing(tmp_path: Path, trouble: Trouble) -> None:
    """A delivery to a Slack that does not answer, a poll of an OCP that does not, a chart, two sockets."""
    async with town(tmp_path) as world:
        await watching(world)
        before = posts(world.slack)
        world.slack.trouble.add("chat.postMessage", trouble)
        world.fleet.fail("pay/orders", world.clock.now())
        await world.slack.until(lambda slack: posts(slack) > before, timeout=60)
        world.ocp.faults.silence(LIST)
        world.fleet.fail("shop/cart", world.clock.now())
        await world.until_polled(1)
        chart = asyncio.create_task(world.slack.command("anna", ALERTS, "/logbackup", "chart pay/orders"))
        await asyncio.sleep(0.3)

        asked = time.monotonic()
        assert await world.program.stop() == 0
        took = time.monotonic() - asked
        assert took < 10, world.program.log()
        (stopped,) = world.program.lines("stopped")
        assert int(str(stopped["owed"])) > 0
        await asyncio.wait([chart], timeout=60)
        assert "Traceback" not in world.program.log()

        world.slack.trouble.clear()
        world.ocp.faults.clear()
        await world.program.start()
        for name in ("pay/orders", "shop/cart"):
            await world.until_said(f"Log backup has failed: {name}", within=60)
        await world.until_polled(4)
        assert len(alerts_about(world, "pay/orders")) == 1
        assert len(alerts_about(world, "shop/cart")) == 1
        assert await world.program.stop() == 0
        print(f"shutdown with {trouble.value}: {took:.1f} s")


async def test_what_is_in_flight_to_a_slow_slack_is_finished(tmp_path: Path) -> None:
    """It is recorded as sent, so the next start has nothing to look for."""
    async with town(tmp_path) as world:
        await watching(world)
        before = posts(world.slack)
        world.slack.trouble.slow("chat.postMessage", timedelta(seconds=2))
        world.fleet.fail("pay/orders", world.clock.now())
        await world.slack.until(lambda slack: posts(slack) > before, timeout=60)
        asked = time.monotonic()
        assert await world.program.stop() == 0
        assert time.monotonic() - asked < 10
        delivered = world.program.lines("delivered")
        assert delivered[-1]["action"] == "post"
        world.slack.trouble.clear()
        searched = len(world.slack.calls_of("conversations.history"))
        await world.program.start()
        await world.until_polled(4)
        assert len(alerts_about(world, "pay/orders")) == 1
        assert len(world.slack.calls_of("conversations.history")) == searched
        assert await world.program.stop() == 0


async def test_a_second_signal_does_not_cut_short_what_is_being_finished(tmp_path: Path) -> None:
    """The first SIGTERM is enough; the second ends it at once, and still nothing is lost."""
    async with town(tmp_path) as world:
        await watching(world)
        world.slack.trouble.add("chat.postMessage", Trouble.HANG_AFTER)
        world.fleet.fail("pay/orders", world.clock.now())
        await world.until_said("Log backup has failed: pay/orders")
        world.program.tell(signal.SIGTERM)
        await world.program.until_logged("stopping")
        world.program.tell(signal.SIGTERM)
        assert await world.program.ended() in (0, -signal.SIGTERM, 128 + signal.SIGTERM, os.EX_OK)
        world.slack.trouble.clear()
        await world.program.start()
        await world.until_polled(4)
        assert len(alerts_about(world, "pay/orders")) == 1
