"""What every store promises about what is remembered of tasks, and about the history of readings."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.reading import Reading
from bot.domain.status import read_status
from bot.domain.task import Cluster, ClusterId, SourceName, Task, TaskKey
from bot.operations.store_port import ClusterRecord, TaskRecord
from tests.storage.storage_samples import PAY, PROD, SECOND, T0, TEST, AnyStore, reading, task

SHOP = Cluster(PROD, ClusterId(2))
RECORD = TaskRecord(task(), T0, 2, b"\0\x01what the rules remember")


async def keep(store: AnyStore, *records: TaskRecord, clusters: tuple[Cluster, ...] = (PAY,)) -> None:
    async with store.writing() as session:
        await session.keep_clusters(PROD, clusters)
        await session.keep_tasks(records)


async def append(store: AnyStore, *readings: Reading) -> None:
    for one in readings:
        async with store.writing() as session:
            await session.append_observations(one)


async def history(store: AnyStore, source: SourceName = PROD, since: datetime | None = None) -> list[Reading]:
    return [one async for one in store.observations(source, since=since)]


def as_kept(one: Reading) -> Reading:
    """Take from a reading what the history does not promise."""
    return replace(one, tasks=tuple(replace(each, modified_at=None, other=()) for each in one.tasks))


async def test_a_task_is_remembered_whole(store: AnyStore) -> None:
    await keep(store, RECORD)
    (cluster,) = await store.clusters(PROD)
    assert cluster == ClusterRecord(PAY, (RECORD,))


CHANGES: dict[str, Callable[[Task], Task]] = {
    "a checkpoint that moved": lambda one: replace(one, checkpoint=T0),
    "no checkpoint": lambda one: replace(one, checkpoint=None),
    "no delay": lambda one: replace(one, delay=None),
    "a negative delay": lambda one: replace(one, delay=-SECOND),
    "another status": lambda one: replace(one, status=read_status("INTERRUPTED")),
    "an unknown status": lambda one: replace(one, status=read_status("Dancing")),
    "an error": lambda one: replace(one, error="9082, device out of space"),
    "a new name": lambda one: replace(one, tenant_name="orders_2"),
    "another node": lambda one: replace(one, agent_server="10.0.0.2"),
    "a new start": lambda one: replace(one, created_at=T0),
    "no unknown fields": lambda one: replace(one, other=()),
    "nothing but a key and a status": lambda one: Task(one.key, read_status(None)),
}


@pytest.mark.parametrize("change", list(CHANGES.values()), ids=list(CHANGES))
async def test_a_task_that_changed_is_remembered_as_it_is_now(
    store: AnyStore, change: Callable[[Task], Task]
) -> None:
    await keep(store, RECORD)
    now = TaskRecord(change(task()), T0 + SECOND)
    await keep(store, now)
    (cluster,) = await store.clusters(PROD)
    assert cluster.tasks == (now,)


async def test_tasks_that_are_not_named_stay_as_they_are(store: AnyStore) -> None:
    other = replace(RECORD, task=task("ledger"))
    await keep(store, RECORD, other)
    later = replace(other, absent_polls=3)
    await keep(store, later)
    (cluster,) = await store.clusters(PROD)
    assert set(cluster.tasks) == {RECORD, later}


async def test_forgotten_tasks_are_gone(store: AnyStore) -> None:
    other = replace(RECORD, task=task("ledger"))
    await keep(store, RECORD, other)
    async with store.writing() as session:
        await session.forget_tasks([RECORD.task.key.text, "never known"])
    (cluster,) = await store.clusters(PROD)
    assert cluster.tasks == (other,)


async def test_clusters_come_in_the_order_and_with_the_facts_last_kept(store: AnyStore) -> None:
    await keep(store, RECORD, clusters=(PAY, SHOP))
    renamed = replace(PAY, name="pay_2")
    await keep(store, clusters=(SHOP, renamed))
    assert await store.clusters(PROD) == (ClusterRecord(SHOP, ()), ClusterRecord(renamed, (RECORD,)))
    assert await store.clusters(TEST) == ()


async def test_the_tasks_of_a_cluster_that_comes_back_are_still_known(store: AnyStore) -> None:
    """A list that lacks a cluster for a moment must not cost what was learnt of its tasks."""
    await keep(store, RECORD)
    await keep(store, clusters=())
    assert await store.clusters(PROD) == ()
    await keep(store)
    assert await store.clusters(PROD) == (ClusterRecord(PAY, (RECORD,)),)


async def test_memory_that_does_not_commit_does_not_count(store: AnyStore) -> None:
    """The next transaction must not believe that what was rolled back is there."""

    async def fail() -> None:
        async with store.writing() as session:
            await session.append_observations(reading())
            await session.keep_tasks([RECORD])
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await history(store) == []
    await append(store, reading())
    await keep(store, RECORD)
    assert await history(store) == [as_kept(reading())]
    assert await store.clusters(PROD) == (ClusterRecord(PAY, (RECORD,)),)


async def test_readings_come_back_in_order_from_the_moment_asked_for(store: AnyStore) -> None:
    readings = [reading(T0 + step * 30 * SECOND) for step in range(5)]
    await append(store, *readings)
    await append(store, reading(T0, cluster=Cluster(TEST, ClusterId(1))))
    assert await history(store) == [as_kept(one) for one in readings]
    assert await history(store, since=T0 + 60 * SECOND) == [as_kept(one) for one in readings[2:]]
    assert [one.cluster.source for one in await history(store, TEST)] == [TEST]
    assert await history(store, SourceName("nobody")) == []


async def test_the_clusters_of_a_source_are_read_back_together_by_time(store: AnyStore) -> None:
    pays = [reading(T0 + step * 30 * SECOND) for step in range(3)]
    shops = [reading(T0 + (step * 30 + 10) * SECOND, cluster=SHOP) for step in range(3)]
    await append(store, *pays, *shops)
    found = [(one.at, one.cluster) for one in await history(store)]
    assert found == sorted(((one.at, one.cluster) for one in (*pays, *shops)), key=lambda pair: pair[0])


@pytest.mark.parametrize("change", list(CHANGES.values()), ids=list(CHANGES))
async def test_a_reading_says_again_what_it_said(store: AnyStore, change: Callable[[Task], Task]) -> None:
    one = Reading(PAY, (change(task()), task("ledger")), T0, T0 + SECOND, complete=False, skipped=3)
    await append(store, one)
    (found,) = await history(store)
    assert set(found.tasks) == set(as_kept(one).tasks)
    assert replace(found, tasks=()) == replace(one, tasks=())


async def test_an_empty_reading_is_history_too(store: AnyStore) -> None:
    await append(store, reading(tenants=()))
    assert await history(store) == [as_kept(reading(tenants=()))]


async def test_the_name_of_a_cluster_is_that_of_its_time(store: AnyStore) -> None:
    later = replace(reading(T0 + SECOND), cluster=replace(PAY, name="pay_2"))
    await append(store, reading(), later)
    assert [one.cluster.name for one in await history(store)] == ["pay", "pay_2"]


async def test_the_strangest_instants_and_delays_do_not_stop_a_poll(store: AnyStore) -> None:
    first = datetime.min.replace(tzinfo=UTC)
    last = datetime.max.replace(tzinfo=UTC)
    strange = tuple(
        replace(task(f"t{index}"), checkpoint=checkpoint, delay=delay)
        for index, (checkpoint, delay) in enumerate(
            [(first, timedelta.max), (last, timedelta.min), (None, timedelta.max), (first, None)]
        )
    )
    key = TaskKey(PROD, PAY.id, "\0\ud800", "")
    odd = replace(task(), key=key, error="\0\udfff", status=read_status("\ud800"))
    await append(store, replace(reading(), tasks=(*strange, odd)))
    await keep(store, *(TaskRecord(one, last) for one in strange))
    (found,) = await history(store)
    assert {one.key: one.checkpoint for one in found.tasks} == {
        one.key: one.checkpoint for one in (*strange, odd)
    }
    assert (odd.error, odd.status) in {(one.error, one.status) for one in found.tasks}
