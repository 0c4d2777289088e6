"""What an SQLite file promises beyond the contract: one bot, no loss, clear refusals."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.incident import IncidentNumber
from bot.domain.posts import Post
from bot.errors import StorageError
from bot.operations.store_port import TaskRecord
from bot.storage import posts
from bot.storage.address import read_address, writer_engine
from bot.storage.database import Database, open_database
from bot.storage.inspection import inspect
from bot.storage.lock import FileLock, is_locked
from tests.storage.storage_samples import ALERT, ALERTS, LEASE, PAY, PROD, T0, claimed, incident, kept, task

HERE = Path(__file__).parent


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@asynccontextmanager
async def another_bot(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a bot in a process of its own until it has kept what it keeps; kill it at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(HERE / "killed_bot.py"),
        url,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(HERE), str(HERE.parent)))},
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), timeout=30)
        assert line == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        assert process.stdout is not None
        await process.stdout.read()


async def test_a_new_file_is_for_its_owner_alone_and_an_old_one_stays_as_it_was(sqlite_url: str) -> None:
    database = await open_database(sqlite_url)
    await kept(database, incident())
    await database.close()
    path = path_of(sqlite_url)
    modes = {one.name: one.stat().st_mode & 0o777 for one in path.parent.glob("bot.sqlite3*")}
    assert set(modes.values()) == {0o600}, modes
    path.chmod(0o640)
    await (await open_database(sqlite_url)).close()
    assert path.stat().st_mode & 0o777 == 0o640


async def test_a_kill_loses_nothing_committed_and_keeps_nothing_else(sqlite_url: str) -> None:
    async with another_bot(sqlite_url) as process:
        process.kill()
    database = await open_database(sqlite_url)
    assert [one.subject.key for one in await database.incidents()] == ["committed"]
    (owed,) = await database.claim(owner="next", now=T0, lease=LEASE, limit=5)
    assert owed.notification.id == "claimed", "no other bot can hold a lease on this file"
    assert owed.outcome_unknown
    await database.close()


async def test_a_second_bot_on_the_same_file_refuses_and_names_the_first(sqlite_url: str) -> None:
    async with another_bot(sqlite_url) as process:
        with pytest.raises(StorageError, match=f"process {process.pid}\\) runs on the database") as refused:
            await open_database(sqlite_url)
        assert "BOT_DATABASE_URL" in refused.value.sentence


async def test_a_second_bot_in_the_same_process_refuses_too(sqlite_url: str) -> None:
    first = await open_database(sqlite_url)
    with pytest.raises(StorageError, match="already"):
        await open_database(sqlite_url)
    await kept(first, incident())
    await first.close()
    second = await open_database(sqlite_url)
    assert len(await second.incidents()) == 1
    await second.close()


async def test_a_worker_that_outlives_the_bot_does_not_hold_its_lock(tmp_path: Path) -> None:
    """Forked before the bot ends, a worker has the lock's file open; the lock is the bot's alone."""
    lock = FileLock(tmp_path / "bot.sqlite3")
    lock.take()
    (descriptor,) = [lock._descriptor]
    assert descriptor is not None
    inherited = os.dup(descriptor)
    assert not os.get_inheritable(descriptor)
    lock.release()
    lock.take()
    lock.release()
    lock.release()
    os.close(inherited)


async def test_whether_a_bot_runs_on_a_database_is_seen_without_touching_it(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with another_bot(sqlite_url):
        assert (await inspect(sqlite_url)).is_locked
        with pytest.raises(StorageError, match="already"):
            await open_database(sqlite_url)
    assert not (await inspect(sqlite_url)).is_locked, "the lock's file stays, and nobody has it"
    database = await open_database(sqlite_url)
    assert (await inspect(sqlite_url)).is_locked, "by this very process"
    await database.close()
    assert not is_locked(tmp_path / "another.sqlite3")
    assert not (tmp_path / "another.sqlite3.lock").exists()


async def test_others_read_while_the_bot_writes(sqlite_url: str) -> None:
    """A reader in another process sees what is committed, and does not wait for what is not."""
    async with another_bot(sqlite_url):
        reader = await open_database(sqlite_url, read_only=True)
        assert [one.subject.key for one in await reader.incidents()] == ["committed"]
        await reader.close()


async def test_readers_do_not_wait_for_the_writer(sqlite_url: str) -> None:
    database = await open_database(sqlite_url)
    async with database.writing() as session:
        await session.keep_fact("a", "1")
        found = await asyncio.gather(*(database.fact("a") for _ in range(20)))
        assert found == [None] * 20
        assert await claimed(database) == []
    await database.close()


async def test_a_file_that_is_read_stays_as_it_is(sqlite_url: str) -> None:
    await (await open_database(sqlite_url)).close()
    reader = await open_database(sqlite_url, read_only=True)
    with pytest.raises(StorageError, match="for reading only"):
        await kept(reader, incident())
    assert [one async for one in reader.observations(PROD)] == []
    await reader.close()


async def test_a_file_that_is_not_there_is_not_made_by_reading(sqlite_url: str) -> None:
    with pytest.raises(StorageError, match=r"There is no database at .*`logbackup-bot run` makes it"):
        await open_database(sqlite_url, read_only=True)
    assert not path_of(sqlite_url).exists()


async def test_the_folder_is_made(tmp_path: Path) -> None:
    database = await open_database(f"sqlite:///{tmp_path}/new/folder %23 ü/bot.sqlite3")
    await kept(database, incident())
    assert len(await database.incidents()) == 1
    await database.close()
    assert (tmp_path / "new" / "folder %23 ü" / "bot.sqlite3").exists()


async def test_closing_twice_is_harmless_and_leaves_one_file_and_its_lock(sqlite_url: str) -> None:
    database = await open_database(sqlite_url)
    await kept(database, incident())
    assert len(await database.incidents()) == 1
    await database.close()
    await database.close()
    names = sorted(path.name for path in path_of(sqlite_url).parent.iterdir())
    assert names == ["bot.sqlite3", "bot.sqlite3.lock"]


async def test_another_file_is_refused_and_left_alone(sqlite_url: str) -> None:
    path_of(sqlite_url).write_text("# Notes\n" * 100)
    for read_only in (False, True):
        with pytest.raises(StorageError, match="damaged or no database"):
            await open_database(sqlite_url, read_only=read_only)
    assert path_of(sqlite_url).read_text() == "# Notes\n" * 100


async def test_a_refused_start_lets_go_of_the_lock(sqlite_url: str) -> None:
    path_of(sqlite_url).write_text("# Notes\n" * 100)
    with pytest.raises(StorageError):
        await open_database(sqlite_url)
    path_of(sqlite_url).unlink()
    await (await open_database(sqlite_url)).close()


async def test_a_folder_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        await open_database(f"sqlite:///{tmp_path}/file/bot.sqlite3")
    (tmp_path / "bot.sqlite3.lock").mkdir()
    with pytest.raises(StorageError, match=r"lock file .* cannot be opened"):
        await open_database(f"sqlite:///{tmp_path}/bot.sqlite3")


async def test_what_is_committed_survives_a_power_cut(sqlite_url: str) -> None:
    """Every commit reaches the disk: FULL is 2."""
    database = await open_database(sqlite_url)
    async with database._transaction() as connection:
        assert (await connection.exec_driver_sql("PRAGMA synchronous")).scalar_one() == 2
        assert (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar_one() == "wal"
        assert (await connection.exec_driver_sql("PRAGMA foreign_keys")).scalar_one() == 1
    await database.close()


async def test_a_file_that_another_program_keeps_locked_is_told(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.address.BUSY_TIMEOUT_MS", 10)
    database = await open_database(sqlite_url)
    with closing(sqlite3.connect(path_of(sqlite_url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="in use by another program"):
            await kept(database, incident())
        other.execute("ROLLBACK")
    assert (await kept(database, incident())).revision == 1
    await database.close()


async def rows_written(database: Database, post: Post) -> int:
    """Keep a post and count the rows that were written for it."""
    counting = "SELECT total_changes()"
    async with database._transaction() as connection:
        before: int = (await connection.exec_driver_sql(counting)).scalar_one()
        await posts.keep(connection, [post])
        return int((await connection.exec_driver_sql(counting)).scalar_one()) - before


async def test_a_message_of_very_many_members_costs_one_row_while_they_stay_the_same(sqlite_url: str) -> None:
    """It is kept with every poll."""
    database = await open_database(sqlite_url)
    post = Post(ALERT, ALERTS, "1.5", tuple(IncidentNumber(number) for number in range(10_000)))
    assert await rows_written(database, post) == 10_002
    assert await rows_written(database, replace(post, spoken_at=T0)) == 1
    assert await rows_written(database, post.with_members((IncidentNumber(10_001),))) == 3
    await database.close()


async def test_a_connection_whose_thread_was_stopped_is_stopped_no_second_time(tmp_path: Path) -> None:
    engine = writer_engine(read_address(f"sqlite:///{tmp_path / 'bot.sqlite3'}"))
    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        async with asyncio.timeout(30):
            await driver.stop()
        assert driver.stop() is None
        await connection.invalidate()
    await engine.dispose()


async def test_a_connection_that_is_closed_in_the_midst_of_a_statement_gives_its_lock_back(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bot.sqlite3"
    engine = writer_engine(read_address(f"sqlite:///{path}"))
    async with engine.connect() as connection:
        await connection.exec_driver_sql("SELECT 1")
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        cut_short = await driver.execute("SELECT 1 UNION SELECT 2")
        await driver.close()
        with closing(sqlite3.connect(path, timeout=0)) as another:
            another.execute("BEGIN IMMEDIATE")
        del cut_short
        await connection.invalidate()
    await engine.dispose()


async def test_whoever_writes_has_the_file_from_the_first_moment_on(sqlite_url: str) -> None:
    """BEGIN IMMEDIATE: who would have to give up in the midst of a transaction does not begin it."""
    database = await open_database(sqlite_url)
    with closing(sqlite3.connect(path_of(sqlite_url), timeout=0, isolation_level=None)) as another:
        async with database.writing():
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                another.execute("BEGIN IMMEDIATE")
        another.execute("BEGIN IMMEDIATE")
    await database.close()


async def test_what_a_source_was_read_with_is_not_held_once_it_has_no_cluster(sqlite_url: str) -> None:
    """It is held for the readings that are asked for next; of a source that is retired none ever are."""
    database = await open_database(sqlite_url)
    async with database.writing() as session:
        await session.keep_clusters(PROD, (PAY,))
        await session.keep_tasks((TaskRecord(task(), T0, 2, b""),))
    await database.clusters(PROD)
    assert list(database.shapes_read) == [PROD]
    async with database.writing() as session:
        await session.keep_clusters(PROD, ())
    assert not database.shapes_read
    await database.close()
