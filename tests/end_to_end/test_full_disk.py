"""The disk is full: people are told once, nothing is sent that cannot be kept, and all is made up for."""

import asyncio
from pathlib import Path

from bot.storage.database import Database
from tests.end_to_end.fast_bot import readiness, world
from tests.storage.test_storage_full_disk import fill, limit_pages

NOTICE = "The bot sends no alerts at present"
LONG = "no space left on the backup disk " * 200
"""Of this an incident is made that surely does not fit into what room is left within pages."""


async def test_a_full_disk_is_told_once_sends_nothing_and_is_made_up_for(tmp_path: Path) -> None:
    async with world(tmp_path) as town, town.bot() as bot:
        await town.until_said("Now watching")
        await town.until_connected(bot)
        assert (await readiness(bot))[0] == 200
        disk = bot.delivering.store
        assert isinstance(disk, Database)
        assert bot.schedule is not None
        bot.schedule.forget("tidy")  # it would make room by itself
        await limit_pages(disk, 1)
        await fill(disk)
        town.fleet.fail("pay/orders", town.clock.now(), error=LONG)

        await town.until_said(NOTICE)
        status, parts = await readiness(bot)
        assert status == 503
        ready, because = parts["database"]
        assert not ready
        assert "disk that holds the database is full" in because
        assert "5 tasks" in await town.asked("status")
        assert "ledger" in await town.asked("tasks")
        assert "incident" in await town.asked("incidents")
        assert "disk that holds the database is full" in await town.asked("health")
        await asyncio.sleep(2)
        assert len(town.said(NOTICE)) == 1
        assert town.said("has failed") == []

        await limit_pages(disk, 100_000)
        await town.until_said("Log backup has failed: pay/orders")
        assert (await readiness(bot))[0] == 200
        assert "Last error" in await town.asked("health")
        assert len(town.said(NOTICE)) == 1
