"""What is remembered of many tasks is saved as a few texts, and lies over the rows at the next start."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.detection import encode
from bot.domain.status import read_status
from bot.domain.task import SourceName
from bot.operations.packed_tasks import PACKED_AT_ONCE, Packs, pack, pack_name
from bot.operations.retire_sources import retire_sources
from bot.operations.save_memories import MEMORY_AGE, ROWS_AGE
from bot.operations.store_port import ClusterRecord, TaskRecord
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
    modified_at=datetime.max.replace(tzinfo=UTC),
    other=(("a", "1"), ("a", "2")),
)


def packs(*texts: str, source: SourceName = PROD) -> Packs:
    return Packs(source, {pack_name(source, number): text for number, text in enumerate(texts)})


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
    row = TaskRecord(replace(task("orders"), key=record.task.key), AT, 0, b"old")
    assert over(packs(pack([record], AT, 1)), row) == (record,)


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
    (found,) = over(packs(pack([TaskRecord(task("orders"), LATER, 1, b"pack")], AT, 1)), row)
    assert found.memory == stands


def damaged(text: str) -> str:
    raw = bytearray(b64decode(text))
    raw[-6] ^= 1
    return b64encode(raw).decode()


GOOD = pack([TaskRecord(task("orders"), LATER, 0, b"pack")], AT, 2)
OTHER = pack([TaskRecord(task("ledger"), LATER, 0, b"pack")], AT, 2)


@pytest.mark.parametrize(
    "texts",
    [
        (),
        (GOOD,),
        (GOOD, damaged(OTHER)),
        (damaged(GOOD), OTHER),
        (GOOD, pack([], LATER, 2)),
        ("!", OTHER),
        ("", OTHER),
        ("\N{PILE OF POO}", OTHER),
        (b64encode(b"no zstd at all").decode(), OTHER),
        (pack([], AT, 3), GOOD),
    ],
    ids=["none", "missing", "damaged", "the first", "stale", "no base64", "empty", "odd", "no zstd", "fewer"],
)
def test_packs_count_as_a_whole_or_not_at_all(texts: tuple[str, ...]) -> None:
    found = packs(*texts)
    row = TaskRecord(task("orders"), AT, 0, b"row")
    assert found.at is None
    assert over(found, row) == (row,)


def test_packs_that_are_left_of_a_larger_fleet_do_not_count() -> None:
    found = packs(GOOD, OTHER, damaged(GOOD), pack([], LATER, 9))
    assert found.at == AT
    assert over(found, TaskRecord(task("ledger"), AT))[0].memory == b"pack"


def test_a_pack_that_claims_too_much_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert packs(GOOD, OTHER).at == AT
    monkeypatch.setattr("bot.operations.packed_tasks._LARGEST", 10)
    assert packs(GOOD, OTHER).at is None


def test_the_packs_of_a_source_are_not_those_of_another() -> None:
    assert Packs(SourceName("test"), {pack_name(PROD, 0): GOOD, pack_name(PROD, 1): OTHER}).at is None


async def texts_of(stage: Stage) -> Mapping[str, str]:
    return await stage.store.facts(pack_name(PROD))


def remembered(stage: Stage) -> dict[str, bytes]:
    return {known.task.key.text: encode(known.memory) for known in stage.state.tasks_known if known.memory}


def busy_stage() -> Stage:
    stage = Stage()
    stage.source.rows[PAY] = well("orders", "ledger")
    stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    return stage


async def test_rows_are_written_every_hour_and_packs_in_between() -> None:
    stage = busy_stage()
    rows, packed = [], []
    for _ in range(int(2.5 * ROWS_AGE / POLL)):
        await stage.poll()
        rows.append(await stage.store.fact("memory/prod"))
        packed.append((await texts_of(stage)).get(pack_name(PROD, 0)))
    changes = [after for before, after in zip([None, *rows], rows, strict=False) if after != before]
    assert len(changes) == 3
    assert len(set(packed) - {None}) == 3 * (ROWS_AGE / MEMORY_AGE) - 3 - 6
    assert packed[0] is None, "the first poll wrote the rows"


@pytest.mark.parametrize("polls", [1, 10, 11, 12, 121, 135], ids=str)
async def test_a_restart_knows_what_was_known_whatever_was_saved_last(polls: int) -> None:
    stage = busy_stage()
    await stage.poll(polls)
    before, read_at = remembered(stage), stage.state.last_read_at
    assert len(before) == 3
    await stage.restart()
    assert remembered(stage) == before
    assert stage.state.last_read_at == read_at


async def test_a_restart_catches_up_from_the_packs_and_writes_rows_when_they_are_due() -> None:
    stage = busy_stage()
    await stage.poll(15)
    rows, packed = await stage.store.fact("memory/prod"), Packs(PROD, await texts_of(stage))
    assert rows is not None
    await stage.restart()
    assert stage.state.rows_kept_at == datetime.fromisoformat(rows)
    assert stage.state.memory_kept_at == packed.at == stage.state.rows_kept_at + MEMORY_AGE
    await stage.poll(2 * int(ROWS_AGE / POLL) - 20)
    assert stage.state.rows_kept_at == datetime.fromisoformat(rows) + ROWS_AGE


@pytest.mark.parametrize("spoil", [lambda _: "", damaged], ids=["gone", "damaged"])
async def test_a_version_that_cannot_read_the_packs_knows_as_much(spoil: Callable[[str], str]) -> None:
    """As one before them starts: from the rows, with more to catch up with."""
    stage = busy_stage()
    await stage.poll(35)
    before = remembered(stage)
    (text,) = (await texts_of(stage)).values()
    async with stage.store.writing() as session:
        await session.keep_fact(pack_name(PROD, 0), spoil(text))
    await stage.restart()
    assert stage.state.memory_kept_at == stage.state.rows_kept_at
    assert remembered(stage) == before


async def test_a_task_that_came_and_one_that_went_after_the_last_pack_are_known_rightly() -> None:
    stage = busy_stage()
    await stage.poll(12)
    stage.source.rows[PAY] = well("orders", "new")
    await stage.poll(2)
    stage.source.rows[SHOP] = well("stock", "more", cluster=SHOP)
    await stage.poll(4)
    before, absent = remembered(stage), {one.task.key: one.absent_polls for one in stage.state.tasks_known}
    await stage.restart()
    assert remembered(stage) == before
    assert {one.task.key: one.absent_polls for one in stage.state.tasks_known} == absent


async def test_many_tasks_take_several_packs() -> None:
    stage = Stage()
    names = [f"t{number}" for number in range(PACKED_AT_ONCE + 1)]
    stage.source.rows[PAY] = lambda at: [task(name, checkpoint=teeth(at)) for name in names]
    await stage.poll(11)
    assert len(await texts_of(stage)) == 2
    before = remembered(stage)
    await stage.restart()
    assert stage.state.memory_kept_at != stage.state.rows_kept_at
    assert remembered(stage) == before


async def test_a_text_that_cannot_be_packed_is_kept_in_a_row() -> None:
    stage = busy_stage()
    stage.source.rows[PAY] = lambda at: [replace(task("orders", checkpoint=teeth(at)), error="half \ud83d")]
    await stage.poll()
    first = await stage.store.fact("memory/prod")
    await stage.poll(10)
    assert await texts_of(stage) == {}
    assert await stage.store.fact("memory/prod") != first
    before = remembered(stage)
    await stage.restart()
    assert remembered(stage) == before


async def test_what_was_packed_of_a_source_that_is_no_longer_named_is_forgotten() -> None:
    stage = busy_stage()
    await stage.poll(11)
    stage.source.rows[PAY] = lambda at: [task("orders", status="FAILED", checkpoint=teeth(at))]
    await stage.poll(2)
    assert await texts_of(stage)
    await retire_sources((), POLL, stage.store, stage.clock, stage.journal, stage.new_id)
    assert await texts_of(stage) == {}
