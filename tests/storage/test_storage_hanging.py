"""A PostgreSQL that hangs, is cut off or restarts keeps nobody waiting for longer than a lease lasts."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from bot.errors import StorageError
from bot.operations.hold_leases import SHARED
from bot.storage import address
from bot.storage.database import Database, open_database
from bot.storage.refusals import refusals
from tests.fakes.cut_line import CutLine
from tests.storage.storage_samples import T0

SOON = timedelta(seconds=1)


@pytest.fixture
async def line(postgres: Any) -> AsyncIterator[CutLine]:
    """Give a line to PostgreSQL that can be cut."""
    folder = parse_qs(urlsplit(postgres.get_uri()).query)["host"][0]
    async with CutLine(f"{folder}/.s.PGSQL.5432") as cut:
        yield cut


@pytest.fixture
async def database(
    line: CutLine, empty_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    """Open a database over that line, with little patience."""
    assert empty_postgres
    monkeypatch.setattr(address._postgres, "__defaults__", (SOON,))
    monkeypatch.setattr(address, "ANSWER_WITHIN", SOON)
    monkeypatch.setattr(address, "CONNECT_WITHIN", SOON)
    database = await open_database(f"postgresql://postgres:@127.0.0.1:{line.port}/postgres")
    yield database
    line.mend()
    await database.close()


async def take(database: Database) -> int | None:
    return await database.take_lease("prod", owner="one", now=T0, length=SHARED.length)


def end(pid_file: Path) -> None:
    """End a PostgreSQL at once, as a crash would."""
    pid = int(pid_file.read_text().split()[0])
    os.kill(pid, signal.SIGQUIT)
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.05)


def start(postgres: Any) -> None:
    """Start a PostgreSQL that crashed; who does it waits for ten seconds, and a busy machine takes longer."""
    for _ in range(60):
        try:
            postgres.ensure_postgres_running()
        except (subprocess.TimeoutExpired, AssertionError):  # it starts, and is not ready yet
            time.sleep(1)
        else:
            return
    pytest.fail("PostgreSQL does not come back")


def test_giving_up_and_connecting_again_takes_less_than_a_lease() -> None:
    closing = timedelta(seconds=2)
    assert address.ANSWER_WITHIN + closing + address.CONNECT_WITHIN < SHARED.length


async def test_a_bot_that_is_cut_off_is_told_so_in_time_and_goes_on_when_it_can(
    database: Database, line: CutLine
) -> None:
    await take(database)
    line.cut()
    began = time.monotonic()
    with pytest.raises(StorageError, match="does not answer in time"):
        await take(database)
    with pytest.raises(StorageError, match="does not answer in time"):
        await database.fact("a")
    assert time.monotonic() - began < 10
    line.mend()
    assert await take(database) == 1


async def test_rows_that_a_bot_holds_as_it_is_cut_off_are_free_again_soon(
    database: Database, line: CutLine, empty_postgres: str
) -> None:
    """The server ends a transaction that stands still; what was written in it is not kept."""
    token = await take(database)
    assert token is not None
    other = await open_database(empty_postgres)

    async def late() -> None:
        async with database.writing() as session:
            await session.check_lease("prod", token)
            await session.keep_fact("late", "written")
            line.cut()
            taking = other.take_lease("prod", owner="other", now=T0 + SHARED.length, length=SHARED.length)
            assert await asyncio.wait_for(taking, 60) == token + 1
            line.mend()

    with pytest.raises(StorageError):
        await late()
    assert await other.fact("late") is None
    await other.close()


async def test_a_statement_that_takes_too_long_is_ended_by_the_server(database: Database) -> None:

    async def sleep() -> None:
        async with database._transaction() as connection:
            with refusals():
                await connection.execute(text("SELECT pg_sleep(10)"))

    with pytest.raises(StorageError, match="does not answer in time"):
        await sleep()


async def test_migrations_and_tidying_up_may_take_longer(database: Database) -> None:
    async with database._transaction(patient=True) as connection:
        await connection.execute(text("SELECT pg_sleep(1.5)"))


async def test_after_a_restart_of_the_server_it_goes_on_by_itself(database: Database, postgres: Any) -> None:
    await take(database)
    await asyncio.to_thread(end, Path(postgres.pgdata, "postmaster.pid"))
    with pytest.raises(StorageError, match=r"PostgreSQL (cannot be reached|takes no connections)"):
        await take(database)
    await asyncio.to_thread(start, postgres)
    assert await take(database) == 1
