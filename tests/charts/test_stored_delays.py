"""One task's history out of the packed readings: the same as reading everything and looking for it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.domain.delay_history import DelayPoint
from bot.domain.reading import Reading
from bot.domain.task import ClusterId, TaskKey
from bot.errors import StorageError
from bot.operations.history_port import History
from bot.storage import history as stored_history
from bot.storage.database import Database, open_database
from bot.storage.observations import BLOCK_POLLS
from tests.storage.storage_samples import PAY, PROD, SECOND, T0, reading, task

POLL = 30 * SECOND
STATUSES = ("RUNNING", "RUNNING", "RUNNING", "INTERRUPTED", "STOPPED")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Open a database on a file."""
    opened = await open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    yield opened
    await opened.close()


def port(database: Database) -> History:
    """Let the type checker hold the database to the port."""
    return database


async def keep(database: Database, *readings: Reading) -> None:
    async with database.writing() as session:
        for one in readings:
            await session.append_observations(one)


def odd_reading(luck: Random, number: int) -> Reading:
    """Make a reading in which tasks come, go, change their node, and lack what they may lack."""
    at = T0 + number * POLL
    tasks = []
    for tenant in "abcdefgh":
        one = task(
            tenant, at=at, delay=timedelta(seconds=luck.uniform(0, 5000)), status=luck.choice(STATUSES)
        )
        if luck.random() < 0.1:
            one = replace(one, checkpoint=None)
        if luck.random() < 0.1:
            one = replace(one, delay=None)
        if luck.random() < 0.05:
            one = replace(one, checkpoint=at + timedelta(minutes=1))
        if luck.random() < 0.2:
            one = replace(one, agent_server=f"10.0.0.{luck.randrange(3)}")
        if luck.random() < 0.1:
            one = replace(one, error=f"error {luck.randrange(4)}")
        if luck.random() < 0.8:
            tasks.append(one)
    complete = luck.random() < 0.9
    return Reading(PAY, tuple(tasks), at, at + timedelta(milliseconds=luck.randrange(900)), complete)


async def searched(database: Database, key: TaskKey, since: datetime, until: datetime) -> list[DelayPoint]:
    """Read everything and look for the task."""
    found = []
    async for one in database.observations(PROD):
        if one.cluster.id != key.cluster or not since <= one.received_at <= until:
            continue
        row = next((row for row in one.tasks if row.key == key), None)
        if row is not None:
            found.append(DelayPoint(one.received_at, row.behind(one.at), row.status.reported))
        elif one.complete:
            found.append(DelayPoint(one.received_at, None, None))
    return found


@pytest.mark.parametrize("tidied", [False, True], ids=["single polls", "blocks and polls"])
async def test_the_history_of_a_task_is_what_its_readings_say(database: Database, tidied: bool) -> None:  # noqa: FBT001 - a parameter
    luck = Random(7)
    readings = [odd_reading(luck, number) for number in range(2 * BLOCK_POLLS + 17)]
    await keep(database, *readings)
    if tidied:
        await database.tidy(T0)
    for since, until in ((0, 1000), (31, 200), (130, 131), (250, 256), (900, 1000)):
        start, end = T0 + since * POLL, T0 + until * POLL
        for tenant in "ah":
            key = task(tenant).key
            found = await port(database).delays(key, start, end)
            assert list(found.points()) == await searched(database, key, start, end)
            assert (found.since, found.until) == (start, end)


async def test_another_destination_is_another_task(database: Database) -> None:
    other = replace(task(), key=replace(task().key, destination="file:///elsewhere/"), checkpoint=T0 - POLL)
    await keep(database, Reading(PAY, (task(), other), T0, T0))
    found = await database.delays(other.key, T0, None)
    assert list(found.points()) == [DelayPoint(T0, POLL, "RUNNING")]


async def test_a_task_that_was_never_seen_was_never_listed(database: Database) -> None:
    key = TaskKey(PROD, PAY.id, "nobody", None)
    await keep(database, *(reading(T0 + number * POLL) for number in range(BLOCK_POLLS + 1)))
    await database.tidy(T0)
    found = await database.delays(key, T0, None)
    assert found.is_empty
    assert {point.status for point in found.points()} == {None}


async def test_a_cluster_without_readings_has_an_empty_history(database: Database) -> None:
    found = await database.delays(TaskKey(PROD, ClusterId(9)), T0, None)
    assert list(found.points()) == []
    assert found.until == T0


async def test_readings_that_arrived_out_of_order_are_put_in_order(database: Database) -> None:
    """Our own clock was set back."""
    later, earlier = reading(T0 + POLL), reading(T0)
    await keep(database, later, earlier)
    found = await database.delays(task().key, T0 - POLL, None)
    assert [point.at for point in found.points()] == [earlier.received_at, later.received_at]
    assert found.until == later.received_at


async def test_what_is_taken_into_a_block_meanwhile_is_read_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(database, *(reading(T0 + number * POLL) for number in range(BLOCK_POLLS + 3)))
    expected = list((await database.delays(task().key, T0, None)).points())
    assert len(expected) == BLOCK_POLLS + 3
    read_next, reads = stored_history._next, []

    async def tidying(*arguments: Any) -> object:
        reads.append(await read_next(*arguments))
        await database.tidy(T0)
        return reads[-1]

    monkeypatch.setattr(stored_history, "_next", tidying)
    assert list((await database.delays(task().key, T0, None)).points()) == expected
    assert [(len(packed), len(single)) for packed, single in reads] == [(0, 64), (1, 0), (0, 3), (0, 0)]


async def test_a_damaged_block_is_refused_in_a_sentence(database: Database) -> None:
    await keep(database, *(reading(T0 + number * POLL) for number in range(BLOCK_POLLS)))
    await database.tidy(T0)
    async with database._transaction() as connection:
        await connection.exec_driver_sql("UPDATE blocks SET body = substr(body, 1, 50)")
    with pytest.raises(StorageError, match="restore a backup"):
        await database.delays(task().key, T0, None)
