"""The disk is full: people are told once, nothing is sent that cannot be kept, and all is made up for."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from bot.app import running
from bot.clock import ScaledClock
from bot.condition import Running
from bot.sandbox.ocp import SimulatedOcp
from bot.sandbox.slack import SimulatedSlack
from bot.settings import EVERYTHING, load
from bot.storage.database import Database
from tests.end_to_end.town import ALERTS, our_slack, pointed_at, small_fleet
from tests.fakes.listed_journal import ListedJournal
from tests.storage.test_storage_full_disk import fill, limit_pages

NOTICE = "The bot sends no alerts at present"


async def asked(slack: SimulatedSlack, text: str) -> str:
    """Ask by slash command and give the answer."""
    before = len(slack.ephemerals("anna"))
    await slack.command("anna", ALERTS, "/logbackup", text)
    await slack.until(lambda there: len(there.ephemerals("anna")) > before, timeout=5)
    return slack.ephemerals("anna")[-1].text


async def readiness(bot: Running) -> tuple[int, dict[str, dict[str, object]]]:
    async with aiohttp.ClientSession() as session, session.get(f"{bot.url}/readyz") as answer:
        return answer.status, (await answer.json())["parts"]


def said(slack: SimulatedSlack, text: str) -> list[str]:
    return [one.text for one in slack.channel(ALERTS).everything if text in one.text]


async def test_a_full_disk_is_told_once_sends_nothing_and_is_made_up_for(tmp_path: Path) -> None:
    clock = ScaledClock(datetime(2026, 3, 4, 12, 0, tzinfo=UTC), 240)
    fleet = small_fleet(clock.now())
    async with SimulatedOcp(fleet, clock) as ocp, our_slack(clock) as slack:
        slack.add_channel(ALERTS)
        slack.invite_bot(ALERTS)
        settings = load(pointed_at(ocp, slack, tmp_path), needs=EVERYTHING).settings
        async with running(settings, ListedJournal(), clock=clock) as bot:
            await slack.until(lambda there: said(there, "Now watching"), timeout=15)
            await slack.until(lambda _: bot.connections is not None and bot.connections.alive, timeout=15)
            assert (await readiness(bot))[0] == 200
            disk = bot.delivering.store
            assert isinstance(disk, Database)
            assert bot.schedule is not None
            bot.schedule.forget("tidy")  # it would make room by itself
            await limit_pages(disk, 1)
            await fill(disk)
            fleet.fail("pay/orders", clock.now(), error="no space left on the backup disk " * 200)

            await slack.until(lambda there: said(there, NOTICE), timeout=15)
            status, parts = await readiness(bot)
            assert status == 503
            assert not parts["database"]["ready"]
            assert "disk that holds the database is full" in str(parts["database"]["because"])
            assert "5 tasks" in await asked(slack, "status")
            assert "ledger" in await asked(slack, "tasks")
            assert "incident" in await asked(slack, "incidents")
            assert "disk that holds the database is full" in await asked(slack, "health")
            await asyncio.sleep(2)
            assert len(said(slack, NOTICE)) == 1
            assert said(slack, "has failed") == []

            await limit_pages(disk, 100_000)
            await slack.until(lambda there: said(there, "Log backup has failed: pay/orders"), timeout=15)
            assert (await readiness(bot))[0] == 200
            assert "Last error" in await asked(slack, "health")
            assert len(said(slack, NOTICE)) == 1
