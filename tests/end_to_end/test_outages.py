"""OCP refuses, breaks, lies or falls silent: each is told where people look, and resolves nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.sandbox.ocp import SimulatedOcp, Where
from tests.end_to_end.fast_bot import World, world
from tests.end_to_end.town import ALERTS

LIST = Where(path="logBackupTasks")
ELSEWHERE = "http://127.0.0.1:1/elsewhere"


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[World]:
    async with world(folder) as found, found.bot():
        await found.until_said("Now watching log backup")
        yield found


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
    async with watched(tmp_path) as town:
        town.ocp.fleet.fail("pay/orders", town.clock.now())
        await town.until_said("Log backup has failed: pay/orders")
        breaking(town.ocp)
        alert = await town.until_said("nothing is known of log backup there")
        assert clue.lower() in str(alert.blocks).lower(), alert.blocks
        status = await town.asked("status")
        assert clue.lower() in status.lower()
        assert "pay" in status
        said = [message.text for message in town.slack.channel(ALERTS).everything]
        assert not [text for text in said if text.startswith("🟢 Over")]
        assert "error" not in [level for level, _, _ in town.journal.events]


async def test_a_refused_login_is_not_tried_again(tmp_path: Path) -> None:
    """Each wrong login counts down to a locked account."""
    async with watched(tmp_path) as town:
        town.ocp.faults.status(401, LIST)
        await town.until_said("refuses the login")
        tries = town.ocp.wrong_logins
        await asyncio.sleep(1)
        assert town.ocp.wrong_logins == tries <= 2
        assert not town.ocp.account.disabled


async def test_a_cluster_that_suddenly_lists_nothing_is_told_and_resolves_nothing(tmp_path: Path) -> None:
    async with watched(tmp_path) as town:
        town.ocp.fleet.fail("pay/orders", town.clock.now())
        await town.until_said("Log backup has failed: pay/orders")
        town.ocp.faults.empty_list(Where(path="1000005"))
        alert = await town.until_said("cluster pay is no longer listed (warning")
        assert "no longer lists any log backup task" in str(alert.blocks)
        said = [message.text for message in town.slack.channel(ALERTS).everything]
        assert not [text for text in said if text.startswith("🟢 Over")]


async def test_an_outage_ends_with_a_word(tmp_path: Path) -> None:
    async with watched(tmp_path) as town:
        fault = town.ocp.faults.status(500, LIST)
        alert = await town.until_said("gives no answer")
        town.ocp.faults.off(fault)
        over = await town.until_said("🟢 Over")
        assert over.thread_ts == alert.ts
