"""What is remembered of many tasks is saved as a few texts, and lies over the rows at the next start."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from bot.domain.status import read_status
from bot.domain.task import SourceName
from bot.operations.packed_tasks import PACKED_AT_ONCE, Packs, pack, pack_name
from bot.operations.retire_sources import retire_sources
from bot.operations.save_memories import MEMORY_AGE, ROWS_AGE
from bot.operations.store_port import ClusterRecord, TaskRecord
from bot.operations.watch_tasks import put_by
from bot.storage.database import open_database
from tests.fakes.listed_source import PAY, PROD, SHOP, task, teeth
from tests.operations.operations_stage import POLL, Stage, well

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
LATER = AT + timedelta(seconds=30)
STRANGE = replace(
    task("orders", destination=None),
    status=read_status("ODD\0"),
    error="it broke\n\N{PILE OF POO}",
    checkpoint=datetime.min.replace(tzinfo=UTC),
    delay=timedelta.max,
    created_at=datetime(2020, 1, 1, microsecond=1, tzinfo=UTC),
    modified_at=datetime.max.replace(tzinfo=UTC),
    other=(("a", "1"), ("a", "2")),
)


ROWS = AT.isoformat()


def packed(at: datetime, of: int, *records: TaskRecord) -> str:
    return pack(records, at, of, ROWS)


def packs(*texts: str, over: str | None = ROWS) -> Packs:
    return Packs(PROD, {pack_name(PROD, number): text for number, text in enumerate(texts)}, over)


def over(found: Packs, *records: TaskRecord) -> tuple[TaskRecord, ...]:
    (cluster,) = found.laid_over([ClusterRecord(PAY, records)])
    assert cluster.cluster == PAY
    return cluster.tasks


@pytest.mark.parametrize(
    "record",
    [
        TaskRecord(task("orders", checkpoint=AT), LATER, 0, b"\0memory"),
        TaskRecord(STRANGE, LATER, 2, None),
        TaskRecord(replace(STRANGE, delay=timedelta(microseconds=-1), error=None, other=()), LATER, 0, b""),
    ],
    ids=["plain", "strange", "behind its time"],
)
def test_what_is_packed_comes_back_as_it_was(record: TaskRecord) -> None:
    row = TaskRecord(replace(task("orders"), key=record.task.key, created_at=AT), AT, 0, b"old")
    assert over(packs(packed(AT, 1, record)), row) == (record,)


@pytest.mark.parametrize(
    ("row", "stands"),
    [
        (TaskRecord(task("orders"), LATER, 1, b"row"), b"pack"),
        (TaskRecord(task("orders"), LATER, 2, b"row"), b"row"),
        (TaskRecord(task("orders"), LATER + POLL, 0, b"row"), b"row"),
        (TaskRecord(task("orders"), AT, 5, b"row"), b"pack"),
        (TaskRecord(task("ledger"), AT, 0, b"row"), b"row"),
    ],
    ids=["same", "absent longer", "read later", "read earlier", "not packed"],
)
def test_a_row_that_was_written_later_stands(row: TaskRecord, stands: bytes) -> None:
    (found,) = over(packs(packed(AT, 1, TaskRecord(task("orders"), LATER, 1, b"pack"))), row)
    assert found.memory == stands


def damaged(text: str) -> str:
    raw = bytearray(b64decode(text))
    raw[-6] ^= 1
    return b64encode(raw).decode()


GOOD = packed(AT, 2, TaskRecord(task("orders"), LATER, 0, b"pack"))
OTHER = packed(AT, 2, TaskRecord(task("ledger"), LATER, 0, b"pack"))


@pytest.mark.parametrize(
    "texts",
    [
        (),
        (GOOD,),
        (GOOD, damaged(OTHER)),
        (damaged(GOOD), OTHER),
        (GOOD, packed(LATER, 2)),
        ("!", OTHER),
        ("", OTHER),
        ("\N{PILE OF POO}", OTHER),
        (b64encode(b"no zstd at all").decode(), OTHER),
        (packed(AT, 3), GOOD),
    ],
    ids=["none", "missing", "damaged", "the first", "stale", "no base64", "empty", "odd", "no zstd", "fewer"],
)
def test_packs_count_as_a_whole_or_not_at_all(texts: tuple[str, ...]) -> None:
    found = packs(*texts)
    row = TaskRecord(task("orders"), AT, 0, b"row")
    assert found.at is None
    assert over(found, row) == (row,)


def test_packs_that_are_left_of_a_larger_fleet_do_not_count() -> None:
    found = packs(GOOD, OTHER, damaged(GOOD), packed(LATER, 9))
    assert found.at == AT
    assert over(found, TaskRecord(task("ledger"), AT))[0].memory == b"pack"


def test_a_pack_that_claims_too_much_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert packs(GOOD, OTHER).at == AT
    monkeypatch.setattr("bot.operations.packed_tasks._LARGEST", 10)
    assert packs(GOOD, OTHER).at is None


def test_the_packs_of_a_source_are_not_those_of_another() -> None:
    assert Packs(SourceName("test"), {pack_name(PROD, 0): GOOD, pack_name(PROD, 1): OTHER}, ROWS).at is None


@pytest.mark.parametrize("over", [None, "", LATER.isoformat()], ids=["none", "empty", "written since"])
def test_packs_lie_over_the_rows_that_they_were_made_over_and_no_others(over: str | None) -> None:
    assert packs(GOOD, OTHER).at == AT
    assert packs(GOOD, OTHER, over=over).at is None


async def texts_of(stage: Stage) -> Mapping[str, str]:
    return await stage.store.facts(pack_name(PROD))


def busy(stage: Stage) -> Stage:
    stage.source.rows[PAY] = well("orders", "ledger")
    stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    return stage


@pytest.fixture(params=["memory", "sqlite"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """Set the stage on a store in memory, and on a real database."""
    if request.param == "memory":
        yield busy(Stage())
        return
    database = await open_database(f"sqlite:///{tmp_path}/bot.sqlite3")
    yield busy(Stage(database))
    await database.close()


async def test_rows_are_written_every_half_hour_and_packs_in_between() -> None:
    stage = busy(Stage())
    rows, packed_at = [], []
    for _ in range(int(2.5 * ROWS_AGE / POLL)):
        await stage.poll()
        rows.append(await stage.store.fact("memory/prod"))
        packed_at.append((await texts_of(stage)).get(pack_name(PROD, 0)))
    written = [at for at in range(len(rows)) if at == 0 or rows[at] != rows[at - 1]]
    assert written == [0, 60, 120]
    changed = [at for at in range(1, len(rows)) if packed_at[at] != packed_at[at - 1]]
    assert changed == [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140]
    assert [packed_at[at] for at in written] == [None] * 3, "rows take the place of what was packed"


@pytest.mark.parametrize("polls", [1, 10, 11, 12, 61, 75], ids=str)
async def test_a_restart_knows_what_was_known_whatever_was_saved_last(stage: Stage, polls: int) -> None:
    await stage.poll(polls)
    before, read_at = stage.remembered, stage.state.last_read_at
    assert len(before) == 3
    await stage.restart()
    assert stage.remembered == before
    assert stage.state.last_read_at == read_at


async def test_a_restart_catches_up_from_the_packs_and_writes_rows_when_they_are_due(stage: Stage) -> None:
    await stage.poll(15)
    rows = await stage.store.fact("memory/prod")
    assert rows is not None
    found = Packs(PROD, await texts_of(stage), rows)
    await stage.restart()
    assert stage.state.rows_kept_at == datetime.fromisoformat(rows)
    assert stage.state.memory_kept_at == found.at == stage.state.rows_kept_at + MEMORY_AGE
    await stage.poll(int(ROWS_AGE / POLL) - 15)
    assert await stage.store.fact("memory/prod") == rows
    await stage.poll()
    assert await stage.store.fact("memory/prod") == (datetime.fromisoformat(rows) + ROWS_AGE).isoformat()


@pytest.mark.parametrize("spoil", [lambda _: "", damaged], ids=["gone", "damaged"])
async def test_a_version_that_cannot_read_the_packs_knows_as_much(
    stage: Stage, spoil: Callable[[str], str]
) -> None:
    """As one before them starts: from the rows, with more to catch up with."""
    await stage.poll(35)
    before = stage.remembered
    (text,) = (await texts_of(stage)).values()
    async with stage.store.writing() as session:
        await session.keep_fact(pack_name(PROD, 0), spoil(text))
    await stage.restart()
    assert stage.state.memory_kept_at == stage.state.rows_kept_at
    assert stage.remembered == before


async def test_what_a_version_before_packs_has_written_since_counts(stage: Stage) -> None:
    """It writes rows and their fact, and leaves the packs that it knows nothing of."""
    await stage.poll(15)
    stale = await texts_of(stage)
    await put_by(stage.state, stage.watching)
    async with stage.store.writing() as session:
        for name, text in stale.items():
            await session.keep_fact(name, text)
    before = stage.remembered
    await stage.restart()
    assert stage.state.memory_kept_at == stage.state.rows_kept_at
    assert stage.remembered == before


async def test_a_task_that_came_and_one_that_went_after_the_last_pack_are_known_rightly(stage: Stage) -> None:
    await stage.poll(12)
    stage.source.rows[PAY] = well("orders", "new")
    await stage.poll(2)
    stage.source.rows[SHOP] = well("stock", "more", cluster=SHOP)
    await stage.poll(4)
    before, absent = stage.remembered, {one.task.key: one.absent_polls for one in stage.state.tasks_known}
    await stage.restart()
    assert stage.remembered == before
    assert {one.task.key: one.absent_polls for one in stage.state.tasks_known} == absent


async def test_packs_count_though_ocps_clock_was_set_back_to_before_the_rows(stage: Stage) -> None:
    """Which of what was kept counts is told by the order in which it was kept, and by no clock."""
    await stage.poll(2)
    stage.source.behind = timedelta(minutes=20)
    await stage.poll(15)
    rows = await stage.store.fact("memory/prod")
    found = Packs(PROD, await texts_of(stage), rows)
    await stage.restart()
    assert stage.state.rows_kept_at is not None
    assert found.at is not None
    assert stage.state.memory_kept_at == found.at < stage.state.rows_kept_at


async def test_a_stop_that_has_no_time_for_the_rows_keeps_packs(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.poll(15)
    before, rows = stage.remembered, await stage.store.fact("memory/prod")

    async def cut_off(*_: object) -> NoReturn:
        raise asyncio.CancelledError

    monkeypatch.setattr("bot.operations.watch_tasks.save_rows", cut_off)
    with pytest.raises(asyncio.CancelledError):
        await put_by(stage.state, stage.watching)
    assert await stage.store.fact("memory/prod") == rows
    await stage.restart()
    assert stage.state.memory_kept_at == max(known.listed_at for known in stage.state.tasks_known)
    assert stage.remembered == before


async def test_many_tasks_take_several_packs_and_rows_leave_none_of_them() -> None:
    stage = Stage()
    names = [f"t{number}" for number in range(PACKED_AT_ONCE + 1)]
    stage.source.rows[PAY] = lambda at: [task(name, checkpoint=teeth(at)) for name in names]
    await stage.poll(11)
    assert len(await texts_of(stage)) == 2
    before = stage.remembered
    await stage.restart()
    assert stage.state.memory_kept_at != stage.state.rows_kept_at
    assert stage.remembered == before
    await stage.poll(50)
    assert await texts_of(stage) == {}, "rows were written"


async def test_a_text_that_cannot_be_packed_is_kept_in_a_row(stage: Stage) -> None:
    stage.source.rows[PAY] = lambda at: [replace(task("orders", checkpoint=teeth(at)), error="half \ud83d")]
    await stage.poll()
    first = await stage.store.fact("memory/prod")
    await stage.poll(10)
    assert await texts_of(stage) == {}
    assert await stage.store.fact("memory/prod") != first
    before = stage.remembered
    await stage.restart()
    assert stage.remembered == before
    await put_by(stage.state, stage.watching)
    assert await texts_of(stage) == {}


async def test_what_was_packed_of_a_source_that_is_no_longer_named_is_forgotten(stage: Stage) -> None:
    await stage.poll(11)
    stage.source.rows[PAY] = lambda at: [task("orders", status="FAILED", checkpoint=teeth(at))]
    await stage.poll(2)
    assert await texts_of(stage)
    await retire_sources((), POLL, stage.store, stage.clock, stage.journal, stage.new_id)
    assert await texts_of(stage) == {}
