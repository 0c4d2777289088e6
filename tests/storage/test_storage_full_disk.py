"""A full disk: a write is refused with one sentence and leaves nothing behind, reading goes on, it heals."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from bot.domain.incident import IncidentNumber
from bot.domain.notification import MessageKey, OutboxId
from bot.domain.posts import Post
from bot.errors import StorageError
from bot.operations.store_port import AuditEntry, IncidentWrite, TaskRecord
from bot.storage.database import Database, open_database
from tests.storage.storage_samples import (
    ALERT,
    ALERTS,
    LEASE,
    PAY,
    SECOND,
    T0,
    claimed,
    deliver,
    incident,
    kept,
    notification,
    owe,
    reading,
    task,
)
from tests.storage.test_storage_contract_people import GROUP, SILENCE, SUBSCRIPTION

FULL = r"The disk that holds the database is full, .*Free some space there; the bot goes on by itself\."
LONG = "x" * 4000


async def limit_pages(database: Database, pages: int) -> None:
    """Let SQLite believe that the disk ends here; never below what the file has already."""
    async with database._transaction() as connection:
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


async def fill(database: Database) -> int:
    """Write until nothing more fits; give how many writes there were room for."""
    for number in range(10_000):
        try:
            async with database.writing() as session:
                await session.keep_fact("last", str(number))
                await session.keep_fact(f"fact {number}", LONG[: 4000 if number % 2 else 40])
        except StorageError:
            return number
    raise AssertionError("the disk is never full")


@pytest.fixture
async def full(sqlite_url: str) -> AsyncIterator[Database]:
    """Open a database that owes something, on a disk with no room left."""
    database = await open_database(sqlite_url)
    await kept(database, incident())
    await owe(database, notification("claimed"), notification("owed", message=MessageKey("incident/2")))
    await claimed(database, limit=1)
    await limit_pages(database, 150)
    await fill(database)
    yield database
    await database.close()


async def big_storm(database: Database) -> None:
    async with database.writing() as session:
        found = await session.keep_incidents(
            [IncidentWrite(incident(f"{number} {LONG}"), None) for number in range(20)]
        )
        await session.append_audit([AuditEntry(one.number, T0, "opened", LONG) for one in found])


async def big_post(database: Database) -> None:
    async with database.writing() as session:
        members = tuple(IncidentNumber(number) for number in range(1, 5000))
        await session.keep_posts([Post(ALERT, ALERTS, "9.9", members)])


async def big_words(database: Database) -> None:
    async with database.writing() as session:
        for _ in range(5):
            await session.keep_group(replace(GROUP, trait=replace(GROUP.trait, value=LONG)))
            await session.keep_silence(replace(SILENCE, reason=LONG))
        await session.keep_subscription(SUBSCRIPTION)
        await session.remember_payload(LONG, T0)


async def big_debt(database: Database) -> None:
    await owe(database, *(notification(f"{number} {LONG}") for number in range(10)))


async def big_poll(database: Database) -> None:
    many = tuple(f"tenant {number}" for number in range(2000))
    async with database.writing() as session:
        await session.append_observations(reading(tenants=many))
        await session.keep_clusters(PAY.source, [PAY])
        await session.keep_tasks([TaskRecord(task(tenant), T0) for tenant in many])


async def long_refusal(database: Database) -> None:
    await database.postpone(
        OutboxId("claimed"), owner="a bot", until=T0, error=LONG * 5, outcome_unknown=False, refused=True
    )


async def long_lease(database: Database) -> None:
    await database.take_lease(LONG * 5, owner="a bot", now=T0, length=LEASE)


WRITES = [big_storm, big_post, big_words, big_debt, big_poll, long_refusal, long_lease]


async def everything(database: Database) -> list[object]:
    """Read all that the tests write."""
    return [
        await database.incidents(limit=10_000),
        await database.audit(IncidentNumber(2)),
        await database.post(ALERT, ALERTS),
        await database.groups(still_open=True),
        await database.silences(),
        await database.subscriptions(),
        await database.outbox_depth(),
        await database.refused(),
        await database.clusters(PAY.source),
        [one async for one in database.observations(PAY.source)],
    ]


@pytest.mark.parametrize("write", WRITES, ids=lambda write: str(write.__name__).replace("_", " "))
async def test_a_write_for_which_there_is_no_room_is_one_sentence_and_keeps_nothing(
    full: Database, write: Callable[[Database], Awaitable[None]]
) -> None:
    """Where it fails is where it may: in the middle of a transaction, or at its commit."""
    before = await everything(full)
    for _ in range(2):
        with pytest.raises(StorageError, match=FULL):
            await write(full)
        assert await everything(full) == before
    await limit_pages(full, 100_000)
    await write(full)
    assert await full.incident(IncidentNumber(1)) is not None


async def test_nothing_is_half_written_where_the_room_ends(sqlite_url: str) -> None:
    database = await open_database(sqlite_url)
    await limit_pages(database, 150)
    room_for = await fill(database)
    assert await database.fact("last") == str(room_for - 1)
    assert await database.fact(f"fact {room_for - 1}") is not None
    assert await database.fact(f"fact {room_for}") is None
    await database.close()


async def test_what_was_owed_before_the_disk_was_full_goes_out_once_there_is_room(full: Database) -> None:
    await limit_pages(full, 100_000)
    assert await deliver(full, "claimed")
    assert await claimed(full, T0 + SECOND) == ["owed"]
    await big_debt(full)
    await kept(full, incident("another"))
    assert len(await full.open_incidents()) == 2


async def test_a_database_on_a_full_disk_can_be_closed_and_opened_again(
    full: Database, sqlite_url: str
) -> None:
    await full.close()
    again = await open_database(sqlite_url)
    assert len(await again.incidents()) == 1
    await again.close()
