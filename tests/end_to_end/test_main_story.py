"""From OCP to Slack: the program as it is run, between a simulated OCP and a simulated Slack."""

import json
import time
from functools import partial
from pathlib import Path

import pytest

from bot.sandbox.slack import SimulatedSlack
from tests.end_to_end.town import ALERTS, Town, town


def _has_answered(slack: SimulatedSlack, *, times: int) -> bool:
    return len(slack.ephemerals("anna")) == times


async def greeted(world: Town) -> None:
    await world.program.start()
    await world.until_said("Now watching log backup")


async def test_a_failed_and_an_interrupted_task_are_announced_within_two_polls(tmp_path: Path) -> None:
    async with town(tmp_path) as world:
        await greeted(world)
        world.fleet.fail("pay/orders", world.clock.now())
        world.fleet.interrupt("shop/cart", world.clock.now())
        broken = time.monotonic()
        await world.until_said("Log backup has failed: pay/orders")
        await world.until_said("Log backup was interrupted: shop/cart")
        took = time.monotonic() - broken
        assert took < 2 + 1, f"two polls are 2 s apart, and it took {took:.1f} s"


async def test_kill_9_and_a_restart_repeat_nothing_and_forget_nothing(tmp_path: Path) -> None:
    async with town(tmp_path) as world:
        await greeted(world)
        world.fleet.fail("pay/orders", world.clock.now())
        alert = await world.until_said("Log backup has failed: pay/orders")
        await world.program.kill()
        before = [message.ts for message in world.alerts]
        await world.program.start()
        await world.until_polled(8)
        assert [message.ts for message in world.alerts] == before
        world.fleet.mend("pay/orders", world.clock.now())
        over = await world.until_said("Over: pay/orders", within=20)
        assert over.thread_ts == alert.ts
        assert "It lasted" in over.text
        parent = await world.until_said("Log backup is well again: pay/orders")
        assert parent.ts == alert.ts


async def test_status_is_answered_within_half_a_second(tmp_path: Path) -> None:
    async with town(tmp_path) as world:
        await greeted(world)
        took = []
        for number in range(1, 6):
            asked = time.monotonic()
            await world.slack.command("anna", ALERTS, "/logbackup", "status")
            await world.slack.until(partial(_has_answered, times=number), timeout=5)
            took.append(time.monotonic() - asked)
        assert sorted(took)[2] < 0.5, took
        assert "All 5 tasks are well" in world.slack.ephemerals("anna")[-1].text


async def test_sigterm_ends_it_at_once_and_cleanly(tmp_path: Path) -> None:
    async with town(tmp_path) as world:
        await greeted(world)
        asked = time.monotonic()
        assert await world.program.stop() == 0
        assert time.monotonic() - asked < 10
        assert "Traceback" not in world.program.log()


async def test_no_secret_reaches_the_log_a_message_or_an_answer(tmp_path: Path) -> None:
    async with town(tmp_path) as world:
        await greeted(world)
        world.fleet.fail(
            "pay/orders", world.clock.now(), "cannot write oss://b/p?access_key=SK-in-error, <!channel> look"
        )
        await world.until_said("Log backup has failed: pay/orders")
        await world.slack.command("anna", ALERTS, "/logbackup", "task pay/orders")
        await world.slack.until(lambda slack: slack.ephemerals("anna"), timeout=5)
        await world.program.stop()
        said = json.dumps([message.blocks for message in world.slack.channel(ALERTS).everything])
        said += json.dumps([message.blocks for message in world.slack.ephemerals("anna")])
        for secret in (
            "SK-secret",
            "AKID-secret",
            "SK-in-error",
            world.ocp.account.password,
            world.slack.bot_token,
            world.slack.app_token,
        ):
            assert secret not in said
            assert secret not in world.program.log()
        assert not [message.pages for message in world.slack.channel(ALERTS).everything if message.pages]


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        pytest.param("BOT_ALERT_CHANNEL", "BOT_ALERT_CHANNEL is missing", id="no channel"),
        pytest.param("SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN is missing", id="no token"),
        pytest.param("OCP_URL", "OCP_URL is missing", id="no OCP"),
    ],
)
async def test_missing_settings_end_it_with_2_and_a_sentence(
    tmp_path: Path, missing: str, sentence: str
) -> None:
    async with town(tmp_path, **{missing: ""}) as world:
        await world.program.start()
        assert await world.program.ended() == 2
        assert sentence in world.program.log()
        assert "Traceback" not in world.program.log()
