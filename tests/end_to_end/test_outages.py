"""OCP refuses, breaks, lies or falls silent: each is told where people look, and resolves nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import running
from bot.clock import ScaledClock
from bot.sandbox.ocp import SimulatedOcp, Where
from bot.sandbox.slack import Message, SimulatedSlack
from bot.settings import EVERYTHING, load
from tests.end_to_end.town import ALERTS, our_slack, pointed_at, small_fleet
from tests.fakes.listed_journal import ListedJournal

LIST = Where(path="logBackupTasks")
ELSEWHERE = "http://127.0.0.1:1/elsewhere"


class Watched:
    """The bot in this process, its OCP and its Slack, 240 times as fast as life."""

    def __init__(
        self, ocp: SimulatedOcp, slack: SimulatedSlack, clock: ScaledClock, journal: ListedJournal
    ) -> None:
        self.ocp = ocp
        self.slack = slack
        self.clock = clock
        self.journal = journal

    async def until_said(self, text: str) -> Message:
        """Wait until somebody in the channel, or the bot in a thread, has said this."""
        found = await self.slack.until(
            lambda slack: next((one for one in slack.channel(ALERTS).everything if text in one.text), None),
            timeout=15,
        )
        assert found is not None
        return found

    async def asked(self, text: str) -> str:
        """Ask by slash command and give the answer."""
        before = len(self.slack.ephemerals("anna"))
        await self.slack.command("anna", ALERTS, "/logbackup", text)
        await self.slack.until(lambda slack: len(slack.ephemerals("anna")) > before, timeout=5)
        return self.slack.ephemerals("anna")[-1].text


@asynccontextmanager
async def watched(folder: Path, **more: str) -> AsyncIterator[Watched]:
    clock = ScaledClock(datetime(2026, 3, 4, 12, 0, tzinfo=UTC), 240)
    fleet = small_fleet(clock.now())
    journal = ListedJournal()
    async with (
        SimulatedOcp(fleet, clock) as ocp,
        our_slack(clock) as slack,
    ):
        slack.add_channel(ALERTS)
        slack.invite_bot(ALERTS)
        environment = pointed_at(ocp, slack, folder) | more
        async with running(load(environment, needs=EVERYTHING).settings, journal, clock=clock):
            world = Watched(ocp, slack, clock, journal)
            await world.until_said("Now watching log backup")
            yield world


OUTAGES: list[object] = [
    pytest.param(lambda ocp: ocp.faults.status(401, LIST), "refused the login", id="401"),
    pytest.param(lambda ocp: ocp.faults.status(403, LIST), "permission", id="403"),
    pytest.param(lambda ocp: ocp.faults.status(404, LIST), "404", id="404"),
    pytest.param(lambda ocp: ocp.faults.status(429, LIST), "429", id="429"),
    pytest.param(lambda ocp: ocp.faults.status(500, LIST), "500", id="500"),
    pytest.param(lambda ocp: ocp.faults.html(LIST), "web page instead of data", id="HTML"),
    pytest.param(lambda ocp: ocp.faults.truncated(LIST), "breaks off or is damaged", id="truncated JSON"),
    pytest.param(lambda ocp: ocp.faults.endless_list(LIST), "does not end", id="a list that never ends"),
    pytest.param(lambda ocp: ocp.faults.reset(LIST), "connection", id="resets"),
    pytest.param(lambda ocp: ocp.faults.redirect(ELSEWHERE, LIST), "redirect", id="a redirect"),
]


@pytest.mark.parametrize(("breaking", "clue"), OUTAGES)
async def test_an_outage_is_told_in_one_sentence_and_resolves_nothing(
    tmp_path: Path, breaking: Callable[[SimulatedOcp], object], clue: str
) -> None:
    """What was failing before is still failing, as far as anybody knows."""
    async with watched(tmp_path) as world:
        world.ocp.fleet.fail("pay/orders", world.clock.now())
        await world.until_said("Log backup has failed: pay/orders")
        breaking(world.ocp)
        alert = await world.until_said("cannot be read")
        assert clue.lower() in str(alert.blocks).lower(), alert.blocks
        status = await world.asked("status")
        assert clue.lower() in status.lower()
        assert "pay" in status
        said = [message.text for message in world.slack.channel(ALERTS).everything]
        assert not [text for text in said if text.startswith("🟢 Over")]
        assert "error" not in [level for level, _, _ in world.journal.events]


async def test_a_refused_login_is_not_tried_again(tmp_path: Path) -> None:
    """Each wrong login counts down to a locked account."""
    async with watched(tmp_path) as world:
        world.ocp.faults.status(401, LIST)
        await world.until_said("cannot be read")
        tries = world.ocp.wrong_logins
        await asyncio.sleep(1)
        assert world.ocp.wrong_logins == tries <= 2
        assert not world.ocp.account.disabled


async def test_a_cluster_that_suddenly_lists_nothing_is_told_and_resolves_nothing(tmp_path: Path) -> None:
    async with watched(tmp_path) as world:
        world.ocp.fleet.fail("pay/orders", world.clock.now())
        await world.until_said("Log backup has failed: pay/orders")
        world.ocp.faults.empty_list(Where(path="1000005"))
        alert = await world.until_said("pay (warning")
        assert "no longer lists any log backup task" in str(alert.blocks)
        said = [message.text for message in world.slack.channel(ALERTS).everything]
        assert not [text for text in said if text.startswith("🟢 Over")]


async def test_an_outage_ends_with_a_word(tmp_path: Path) -> None:
    async with watched(tmp_path) as world:
        fault = world.ocp.faults.status(500, LIST)
        alert = await world.until_said("cannot be read")
        world.ocp.faults.off(fault)
        over = await world.until_said("🟢 Over")
        assert over.thread_ts == alert.ts
