"""Digests come at their time, once, in one line where all is well."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import ScaledClock
from tests.end_to_end.fast_bot import World, world
from tests.end_to_end.town import ALERTS

NEARLY = datetime(2026, 3, 4, 8, 40, tzinfo=UTC)
"""Twenty minutes before the digest: time enough for a bot to start, on a busy machine too."""
SOON = 2000.0
"""So fast do they pass once it has."""
AT_NINE = "digests:\n  - {channel: digest, at: '10:00', timezone: Europe/Berlin}\n"


async def digest(town: World) -> str:
    """Wait for the digest and give its words."""
    await town.slack.until(lambda slack: slack.channel("digest").messages, timeout=60)
    (message,) = town.slack.channel("digest").messages
    return message.text


def invite(town: World) -> None:
    town.slack.add_channel("digest")
    town.slack.invite_bot("digest")


async def test_a_digest_comes_at_its_time_in_one_line_where_all_is_well(tmp_path: Path) -> None:
    async with world(tmp_path, start=NEARLY) as town:
        invite(town)
        async with town.bot(file=AT_NINE) as bot:
            await town.until_said("Now watching")
            assert town.slack.channel("digest").messages == ()
            town.hasten(bot, SOON)
            said = await digest(town)
            assert town.clock.now() >= NEARLY.replace(hour=9, minute=0)
            assert said.startswith("🟢 Log backup is well: 5 tasks")
            assert "\n" not in said
            assert len(town.slack.channel(ALERTS).messages) == 1


async def test_a_digest_names_what_is_wrong(tmp_path: Path) -> None:
    async with world(tmp_path, start=NEARLY) as town:
        invite(town)
        async with town.bot(file=AT_NINE) as bot:
            await town.until_said("Now watching")
            town.fleet.fail("pay/orders", town.clock.now())
            await town.until_said("Log backup has failed: pay/orders")
            town.hasten(bot, SOON)
            said = await digest(town)
            assert said.startswith("🔴 1 incident is open")
            assert "pay/orders" in said


async def test_a_restart_at_that_time_does_not_bring_it_twice(tmp_path: Path) -> None:
    """Not even with a clock that was set back meanwhile."""
    async with world(tmp_path, start=NEARLY) as town:
        invite(town)
        async with town.bot(file=AT_NINE) as bot:
            town.hasten(bot, SOON)
            await digest(town)
        late = ScaledClock(NEARLY + timedelta(minutes=18), 240)
        async with town.bot(file=AT_NINE, clock=late):
            await late.sleep(timedelta(minutes=7))
            assert len(town.slack.channel("digest").messages) == 1
