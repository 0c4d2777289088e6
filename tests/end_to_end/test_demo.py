"""The demo tells its story: what is broken at the start, what fails, what recovers."""

from bot.demo import CHANNEL, demo
from tests.fakes.listed_journal import ListedJournal


async def test_within_a_minute_a_task_fails_and_another_recovers() -> None:
    """At 240 times life, which is four times as fast as the demo is meant to be watched."""
    journal = ListedJournal()
    async with demo(journal, port=0, speed=240, seed=1) as shown:
        slack = shown.slack

        async def until_said(text: str) -> None:
            await slack.until(
                lambda there: [one for one in there.channel(CHANNEL).everything if text in one.text],
                timeout=30,
            )

        began = shown.clock.now()
        await until_said("Now watching log backup of OCP: 4 clusters")
        await until_said("Log backup has failed: pay/orders")
        await until_said("Over: crm/tickets")
        assert (shown.clock.now() - began).total_seconds() / 60 < 60
        world = [row for row in shown.fleet.rows(shown.clock.now()) if row.name == "pay/orders"]
        assert world[0].status == "FAILED"
    assert "error" not in [level for level, _, _ in journal.events]
