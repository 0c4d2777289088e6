"""The stored history over days: taken into blocks, pruned, read while it moves."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.reading import Reading
from bot.domain.task import Cluster, ClusterId
from bot.errors import StorageError
from bot.operations.store_port import TaskRecord
from bot.storage import observations
from bot.storage.database import Database, open_database
from bot.storage.observations import BLOCK_POLLS, BLOCK_ROWS, LEAST_POLLS, Block, Place, block_size
from bot.storage.tables import blocks, outbox, polls, shapes
from tests.storage.storage_samples import (
    ALERT,
    PAY,
    PROD,
    SECOND,
    T0,
    TEST,
    claimed,
    deliver,
    incident,
    kept,
    notification,
    owe,
    reading,
    task,
)

DAY = timedelta(days=1)


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    """Open a database on a file."""
    opened = await open_database(sqlite_url, retention=14 * DAY)
    yield opened
    await opened.close()


async def polled(database: Database, times: int, *, start: datetime = T0, cluster: Cluster = PAY) -> None:
    for number in range(times):
        async with database.writing() as session:
            await session.append_observations(reading(start + number * 30 * SECOND, cluster=cluster))


async def history(database: Database, since: datetime | None = None) -> list[Reading]:
    return [one async for one in database.observations(PROD, since=since)]


async def count(database: Database, table: Table) -> int:
    async with database._reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def test_blocks_say_what_the_polls_said(database: Database) -> None:
    await polled(database, 2 * BLOCK_POLLS + 7)
    before = await history(database)
    await database.tidy(T0)
    assert await history(database) == before
    assert await count(database, blocks) == 2
    assert await count(database, polls) == 7
    since = T0 + 45 * 30 * SECOND
    assert await history(database, since) == before[45:]
    last = T0 + (2 * BLOCK_POLLS + 3) * 30 * SECOND
    assert await history(database, last) == before[-4:]


async def test_too_few_polls_make_no_block(database: Database) -> None:
    await polled(database, BLOCK_POLLS - 1)
    await database.tidy(T0)
    assert await count(database, blocks) == 0


async def test_only_the_clusters_with_enough_polls_get_a_block(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.observations.READ_POLLS", 2)
    full = [Cluster(PROD, ClusterId(number)) for number in (7, 9)]
    for cluster in full:
        await polled(database, BLOCK_POLLS, cluster=cluster)
    for number in (6, 8, 10):
        await polled(database, BLOCK_POLLS - 1, cluster=Cluster(PROD, ClusterId(number)))
    looked_at = []
    gather = observations.gather_block

    async def noted(connection: AsyncConnection, place: Place, count: int) -> Block | None:
        looked_at.append(place)
        return await gather(connection, place, count)

    monkeypatch.setattr(observations, "gather_block", noted)
    await database.tidy(T0)
    assert await count(database, blocks) == 2
    assert await count(database, polls) == 3 * (BLOCK_POLLS - 1)
    assert set(looked_at) == {(PROD, cluster.id) for cluster in full}


async def test_a_damaged_poll_is_told_and_keeps_no_other_cluster_from_its_block(database: Database) -> None:
    await polled(database, LEAST_POLLS, start=T0 - DAY)
    await polled(database, BLOCK_POLLS, start=T0, cluster=Cluster(PROD, ClusterId(7)))
    async with database._transaction() as connection:
        await connection.execute(polls.update().where(polls.c.id == 1).values(body=b"1"))
    with pytest.raises(StorageError, match="restore a backup"):
        await database.tidy(T0)
    assert await count(database, blocks) == 1
    assert await count(database, polls) == LEAST_POLLS
    await database.tidy(T0 + 13.5 * DAY)
    assert await count(database, polls) == 0, "it goes with time, as any other"


async def test_a_history_that_is_tidied_while_it_is_read_is_read_once(database: Database) -> None:
    await polled(database, BLOCK_POLLS)
    expected = await history(database)
    found: list[Reading] = []
    async for one in database.observations(PROD):
        if not found:
            await database.tidy(T0)
        found.append(one)
    assert found == expected


async def test_a_new_task_that_appears_while_the_history_is_read_is_read_too(database: Database) -> None:
    await polled(database, 1)
    found: list[Reading] = []
    async for one in database.observations(PROD):
        if not found:
            async with database.writing() as session:
                await session.append_observations(reading(T0 + SECOND, tenants=("new",)))
        found.append(one)
    assert [one.tasks[0].tenant_label for one in found] == ["orders", "new"]


async def test_polls_go_on_after_a_block(database: Database) -> None:
    await polled(database, BLOCK_POLLS)
    await database.tidy(T0)
    await polled(database, 3, start=T0 + DAY)
    assert [one.at for one in await history(database, T0 + DAY)] == [
        T0 + DAY + n * 30 * SECOND for n in range(3)
    ]


async def test_what_is_older_than_the_retention_goes(database: Database) -> None:
    other = Cluster(PROD, ClusterId(7))
    await polled(database, BLOCK_POLLS)
    await polled(database, 2, cluster=other)
    await database.tidy(T0)
    await polled(database, 2, start=T0 + 20 * DAY)
    await database.tidy(T0 + 20 * DAY)
    assert [one.at for one in await history(database)] == [T0 + 20 * DAY, T0 + 20 * DAY + 30 * SECOND]
    assert await count(database, blocks) == 0


async def test_the_shape_of_a_task_stays_while_anything_needs_it(database: Database) -> None:
    """A task that is remembered but not listed, and one that is listed again after long."""
    record = TaskRecord(task("remembered"), T0)
    async with database.writing() as session:
        await session.keep_clusters(PROD, [PAY])
        await session.keep_tasks([record])
        await session.append_observations(reading(T0, tenants=("returns",)))
        await session.append_observations(reading(T0, tenants=("gone",)))
    assert await count(database, shapes) == 3
    await database.tidy(T0 + 20 * DAY)
    assert await count(database, shapes) == 1
    async with database.writing() as session:
        await session.append_observations(reading(T0 + 20 * DAY, tenants=("returns",)))
    assert [one.tasks[0].tenant_label for one in await history(database)] == ["returns"]
    assert (await database.clusters(PROD))[0].tasks == (record,)


async def test_the_shape_of_a_task_that_is_polled_stays_for_ever(database: Database) -> None:
    for days in range(0, 60, 3):
        async with database.writing() as session:
            await session.append_observations(reading(T0 + days * DAY))
        await database.tidy(T0 + days * DAY)
    assert len(await history(database)) == 5


async def test_a_node_that_changes_back_and_forth_makes_no_new_shapes(database: Database) -> None:
    for number in range(10):
        moved = replace(task(), agent_server=f"10.0.0.{number % 2}")
        async with database.writing() as session:
            await session.append_observations(Reading(PAY, (moved,), T0 + number * SECOND, T0))
    assert await count(database, shapes) == 2
    servers = [one.tasks[0].agent_server for one in await history(database)]
    assert servers == [f"10.0.0.{number % 2}" for number in range(10)]


async def test_a_restart_goes_on_where_it_was(sqlite_url: str) -> None:
    for number in range(3):
        database = await open_database(sqlite_url)
        async with database.writing() as session:
            await session.append_observations(reading(T0 + number * SECOND))
            await session.keep_tasks([TaskRecord(task(), T0 + number * SECOND)])
        assert len(await history(database)) == number + 1
        assert await count(database, shapes) == 2
        await database.close()


async def test_settled_notifications_go_with_the_retention_and_owed_ones_stay(database: Database) -> None:
    await kept(database, incident())
    await owe(database, notification("n"), notification("m", message=ALERT))
    await claimed(database, limit=1)
    await deliver(database, "n")
    await database.tidy(T0 + 13 * DAY)
    assert await count(database, outbox) == 2
    await database.tidy(T0 + 15 * DAY)
    assert await count(database, outbox) == 1
    assert await database.outbox_depth() == 1


async def test_the_sources_that_have_a_history_are_named(database: Database) -> None:
    assert await database.observed_sources() == ()
    await polled(database, BLOCK_POLLS)
    await database.tidy(T0)
    await polled(database, 1, cluster=Cluster(TEST, ClusterId(1)))
    assert await database.observed_sources() == (PROD, TEST)


async def test_a_damaged_block_is_told_in_a_sentence(database: Database) -> None:
    await polled(database, BLOCK_POLLS)
    await database.tidy(T0)
    async with database._transaction() as connection:
        await connection.exec_driver_sql("UPDATE blocks SET body = substr(body, 1, 50)")
    with pytest.raises(StorageError, match="restore a backup"):
        await history(database)


@pytest.mark.parametrize(
    ("tasks", "polls"),
    [(0, BLOCK_POLLS), (5000, BLOCK_POLLS), (10_000, 60), (10**6, LEAST_POLLS)],
    ids=["none", "many", "very many", "absurdly many"],
)
def test_a_block_of_very_many_tasks_takes_fewer_polls(tasks: int, polls: int) -> None:
    assert block_size(tasks) == polls
    assert tasks * polls <= BLOCK_ROWS or polls == LEAST_POLLS


async def test_what_is_new_of_many_clusters_is_read_at_once_and_in_the_same_order(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clusters = [Cluster(PROD, ClusterId(number), f"c{number}") for number in (3, 1, 2)]
    for number in range(6):
        for cluster in clusters:
            moment = T0 + (number * 30 + cluster.id) * SECOND
            async with database.writing() as session:
                await session.append_observations(reading(moment, cluster=cluster))
    since = T0 + 45 * SECOND
    at_once = await history(database, since)
    monkeypatch.setattr(observations, "RECENT_POLLS", 11)
    one_by_one = await history(database, since)
    assert at_once == one_by_one
    assert len(at_once) == 12
    assert [one.at for one in at_once] == sorted(one.at for one in at_once)
    assert await history(database, T0 + DAY) == []
