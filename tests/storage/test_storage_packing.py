"""Columns, readings and blocks as bytes: nothing is lost but what is said, and little is spent."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.reading import Reading
from bot.domain.status import Status, read_status
from bot.domain.task import Task
from bot.errors import StorageError
from bot.storage.assembly import Assembler
from bot.storage.blocks import pack_block, unpack_block
from bot.storage.columns import FORMAT, Packer, Unpacker
from bot.storage.packing import Packed, head_of, pack_poll, take_apart, unit_of, unpack_poll
from tests.storage.storage_samples import PAY, SECOND, T0, task

whole_numbers = st.integers(-(2**63), 2**63 - 1)
columns = st.lists(st.one_of(st.just(0), st.integers(-300, 300), whole_numbers), max_size=60)


@given(st.lists(columns, max_size=4), st.lists(st.text(), max_size=4))
def test_columns_and_texts_come_back_as_they_were(numbers: list[list[int]], texts: list[str]) -> None:
    packer = Packer()
    for column in numbers:
        packer.ints(column)
    packer.texts(texts)
    unpacker = Unpacker(packer.done(1))
    assert [unpacker.ints().tolist() for _ in numbers] == numbers
    assert unpacker.texts() == texts


@given(st.data())
def test_bytes_that_are_damaged_anywhere_are_refused(data: st.DataObject) -> None:
    packer = Packer()
    packer.ints(range(100))
    packed = bytearray(packer.done(1))
    place = data.draw(st.integers(0, len(packed) - 1))
    packed[place] ^= data.draw(st.integers(1, 255))
    try:
        whole = Unpacker(bytes(packed)).ints().tolist() == list(range(100))
    except StorageError:
        return
    assert whole, "a bit that means nothing may change, what is read may not"


def test_a_damaged_size_is_refused_before_any_memory_is_taken() -> None:
    """The head of the compressed frame may claim exabytes."""
    packer = Packer()
    packer.ints(range(100))
    packed = bytearray(packer.done(1))
    packed[5] ^= 192
    with pytest.raises(StorageError):
        Unpacker(bytes(packed))


def test_bytes_of_a_newer_format_are_refused_with_what_to_do() -> None:
    packed = Packer().done(1)
    with pytest.raises(StorageError, match="Install the newest version"):
        Unpacker(bytes((FORMAT + 1,)) + packed[1:])


def test_less_than_was_promised_is_refused() -> None:
    with pytest.raises(StorageError):
        Unpacker(Packer().done(1)).ints()


@pytest.mark.parametrize(
    ("checkpoints", "unit"),
    [
        ([], 60_000_000),
        ([0, 120_000_000], 60_000_000),
        ([1_000_000], 1_000_000),
        ([1_357_000, 2_000_000], 1000),
        ([1], 1),
    ],
    ids=["none", "minutes", "seconds", "milliseconds", "microseconds"],
)
def test_checkpoints_are_counted_in_the_largest_unit_that_loses_nothing(
    checkpoints: list[int], unit: int
) -> None:
    assert unit_of(np.array(checkpoints, dtype=np.int64)) == unit


SHAPES = {
    number: replace(task(f"t{number}"), status=read_status(None), error=None, checkpoint=None, delay=None)
    for number in range(1, 7)
}


def observed(status: Status, error: str | None, checkpoint: datetime | None, delay: timedelta | None) -> Task:
    return Task(SHAPES[1].key, status, error=error, checkpoint=checkpoint, delay=delay)


observations = st.builds(
    observed,
    st.sampled_from(["RUNNING", "INTERRUPTED", "!odd", ""]).map(read_status),
    st.sampled_from([None, "", "9082", "!"]),
    st.none() | st.integers(-(10**9), 10**9).map(lambda count: T0 + count * SECOND / 1000),
    st.none() | st.integers(-(10**12), 10**12).map(lambda count: timedelta(microseconds=count)),
)


def at_work(shape: int, now: Task) -> Task:
    """Give the task of a shape with what was observed of it."""
    return replace(
        SHAPES[shape],
        status=now.status,
        error=now.error,
        checkpoint=now.checkpoint,
        delay=now.delay,
        modified_at=None,
        other=(),
    )


@st.composite
def readings(draw: st.DrawFn) -> list[tuple[Reading, list[int]]]:
    """Draw readings of one cluster, with the shapes of their tasks: some come, go and change their order."""
    found = []
    for number in range(draw(st.integers(1, 5))):
        shapes = draw(st.lists(st.sampled_from(sorted(SHAPES)), unique=True))
        tasks = tuple(at_work(shape, draw(observations)) for shape in shapes)
        at = T0 + timedelta(seconds=draw(st.integers(-100, 100)), microseconds=number)
        one = Reading(
            replace(PAY, name=draw(st.sampled_from(["pay", "pay_2"]))),
            tasks,
            at,
            at + draw(st.integers(-5, 5)) * SECOND,
            complete=draw(st.booleans()),
            skipped=draw(st.integers(0, 3)),
            trace_id=draw(st.sampled_from([None, "0e74add7846c479c"])),
        )
        found.append((one, shapes))
    return found


def sorted_tasks(one: Reading) -> Reading:
    return replace(one, tasks=tuple(sorted(one.tasks, key=lambda each: each.key.text)))


def without_delays(one: Reading) -> Reading:
    return replace(one, tasks=tuple(replace(each, delay=None) for each in one.tasks))


def delays_agree(one: Task, other: Task) -> bool:
    if one.delay is None or other.delay is None:
        return one.delay == other.delay
    allowed = timedelta(0) if one.checkpoint is None else SECOND
    return abs(one.delay - other.delay) <= allowed


def same(one: Reading, other: Reading) -> bool:
    one, other = sorted_tasks(one), sorted_tasks(other)
    return without_delays(one) == without_delays(other) and all(
        delays_agree(*pair) for pair in zip(one.tasks, other.tasks, strict=True)
    )


def as_stored(one: Reading, shapes: list[int], number: int) -> Packed:
    body = pack_poll(take_apart(one, shapes))
    return unpack_poll(body, number, one.at, one.received_at)


@settings(max_examples=150)
@given(readings())
def test_readings_come_back_from_polls_and_from_blocks(drawn: list[tuple[Reading, list[int]]]) -> None:
    stored = [as_stored(one, shapes, number) for number, (one, shapes) in enumerate(drawn, 1)]
    together = unpack_block(pack_block(stored))
    assembler = Assembler(SHAPES)
    for (one, _), alone, packed in zip(drawn, stored, together, strict=True):
        assert same(assembler.reading(alone), one)
        assert assembler.reading(packed) == assembler.reading(alone)
        assert packed.head == alone.head


def test_a_task_whose_shape_is_gone_is_left_out() -> None:
    one = replace(PAY, name=None)
    reading = Reading(one, (SHAPES[1], SHAPES[2]), T0, T0)
    stored = as_stored(reading, [1, 2], 1)
    (left,) = Assembler({2: SHAPES[2]}).reading(stored).tasks
    assert left.key == SHAPES[2].key


def test_a_head_counts_in_whole_microseconds() -> None:
    one = Reading(PAY, (), T0 + timedelta(microseconds=1), T0)
    assert head_of(one).at - head_of(one).received_at == 1


def test_delays_in_whole_seconds_cost_nothing_either() -> None:
    """The document calls the delay a Long: then each row's remainder is another fraction of a second."""
    luck = Random(7)
    tasks = []
    for number in range(300):
        checkpoint = T0 - timedelta(milliseconds=luck.randrange(120_000))
        behind = (T0 - checkpoint).total_seconds()
        tasks.append(replace(task(f"t{number}"), checkpoint=checkpoint, delay=timedelta(seconds=int(behind))))
    stored = as_stored(Reading(PAY, tuple(tasks), T0, T0), list(range(1, 301)), 1)
    assert np.count_nonzero(np.diff(stored.rows.delay)) <= 1


def test_an_hour_of_healthy_teeth_costs_less_than_a_byte_an_observation() -> None:
    """The budget is 60 MB a day for ten thousand tasks: 2.08 bytes; the benchmark has the exact figure."""
    luck = Random(7)
    numbers = list(range(1, 201))
    moves = {number: luck.uniform(0, 120) for number in numbers}
    checkpoints = dict.fromkeys(numbers, T0)
    stored = []
    for poll in range(120):
        at = T0 + poll * 30 * SECOND
        for number in numbers:
            while moves[number] <= poll * 30:
                checkpoints[number] = T0 + timedelta(milliseconds=round(moves[number] * 1000) - 5000)
                moves[number] += luck.gauss(120, 5)
        tasks = tuple(
            replace(task(f"t{number}"), checkpoint=checkpoints[number], delay=at - checkpoints[number])
            for number in numbers
        )
        stored.append(as_stored(Reading(PAY, tasks, at, at), numbers, poll))
    assert len(pack_block(stored)) < 120 * 200
