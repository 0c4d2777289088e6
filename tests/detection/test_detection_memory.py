"""What is remembered survives a restart, stays small, and garbage is forgotten."""

import struct
import sys
from dataclasses import astuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.detection import TaskMemory, accept_as_normal, decode, encode, evaluate
from bot.domain.detection.memory import Blocks
from bot.domain.detection.rhythm import BLOCKS
from bot.domain.finding import Verdict
from bot.domain.incident import Change, Incident, task_subject
from bot.domain.lifecycle import advance
from bot.domain.thresholds import Thresholds
from tests.detection.detection_timeline import Watch, moment, polls, task

LARGEST = 2048

observations = st.lists(
    st.tuples(
        st.floats(-4000, 8000, allow_nan=False),
        st.one_of(st.none(), st.floats(-1e5, 1e5, allow_nan=False)),
        st.one_of(st.none(), st.floats(-1e4, 1e5, allow_nan=False)),
        st.sampled_from(
            ["RUNNING"] * 12 + ["FAILED", "INTERRUPTED", "STOP", "STARTING", "SUSPEND", "", "ODD"]
        ),
        st.sampled_from([None, None, None, -1000.0, 500.0]),
        st.sampled_from([None, None, "STANDBY"]),
    ),
    max_size=60,
)


def steady(steps: list[float], interval: float) -> list[tuple[float, float]]:
    """Turn advances of the checkpoint, one a poll, into polls."""
    at, checkpoint, out = 0.0, -30.0, []
    for step in steps:
        at += interval
        checkpoint += step
        out.append((at, checkpoint))
    return out


@given(observations)
@settings(max_examples=300, deadline=None)
def test_no_sequence_of_observations_breaks_anything(
    seen: list[tuple[float, float | None, float | None, str, float | None, str | None]],
) -> None:
    """Nothing raises, nothing opens from UNKNOWN, nothing is resolved that was never opened."""
    memory: TaskMemory | None = None
    incident: Incident | None = None
    seconds, is_open = 0.0, False
    for gap, checkpoint, delay, status, created, kind in seen:
        seconds += gap
        at = moment(seconds)
        place = None if checkpoint is None else seconds - checkpoint
        row = task(place, status, delay=delay, created=created, cluster_type=kind)
        before = incident
        memory, assessment = evaluate(memory, row, at, Thresholds())
        step = advance(incident, task_subject(row), assessment, Thresholds(), at)
        incident = step.incident
        if assessment.verdict is Verdict.UNKNOWN:
            assert step.transition is None
            assert incident is before
        if step.transition is not None:
            if step.transition.change is Change.RESOLVED:
                assert is_open
                is_open = False
            elif step.transition.change in {Change.OPENED, Change.REOPENED}:
                assert not is_open
                is_open = True
        data = encode(memory)
        assert len(data) <= LARGEST
        again = decode(data)
        assert again is not None
        assert encode(again) == data
        memory = again
        if int(seconds) % 17 == 0:
            memory = accept_as_normal(memory)


@given(
    st.lists(st.floats(0, 90), min_size=60, max_size=200),
    st.sampled_from([10.0, 30.0, 60.0, 300.0]),
)
@settings(max_examples=30, deadline=None)
def test_a_restart_changes_no_verdict(steps: list[float], interval: float) -> None:
    kept: TaskMemory | None = None
    restarted: TaskMemory | None = None
    for at, checkpoint in steady(steps, interval):
        kept, one = evaluate(kept, task(checkpoint), moment(at), Thresholds())
        restarted, other = evaluate(restarted, task(checkpoint), moment(at), Thresholds())
        assert one == other
        data = encode(restarted)
        assert len(data) <= LARGEST
        restarted = decode(data)
        assert restarted is not None


@pytest.mark.parametrize(
    "line",
    [
        "60",
        "~120x300",
        "60x300 +3x20",
        "~120x300 +30x60",
        "60x20 INTERRUPTEDx3 60",
        "~60x120 ~900x110",
        "60x300 80x40 100x20",
    ],
)
def test_what_is_remembered_survives_and_stays_small(line: str) -> None:
    watch = Watch().follow(line)
    assert watch.memory is not None
    data = encode(watch.memory)
    assert len(data) <= LARGEST
    again = decode(data)
    assert again is not None
    assert encode(again) == data


@given(st.binary(max_size=300))
def test_garbage_is_forgotten(data: bytes) -> None:
    assert decode(data) is None


def test_another_version_is_forgotten() -> None:
    watch = Watch().follow("60x20")
    assert watch.memory is not None
    data = encode(watch.memory)
    assert decode(struct.pack("<B", data[0] + 1) + data[1:]) is None
    assert decode(data[:-1]) is None


def test_a_long_rise_is_joined_and_not_forgotten() -> None:
    """A slow step of 40 s over five minutes, watched for 50 minutes: one rise, a bounded number of points."""
    watch = Watch().follow("60x150 +4x10 100x90")
    assert watch.memory is not None
    assert watch.memory.rise is not None
    assert watch.memory.rise.count > 60
    assert len(encode(watch.memory)) <= LARGEST


def test_a_time_line_knows_its_interval() -> None:
    assert [poll.at for poll in polls("60x2 _ 60", 10.0)] == [10.0, 20.0, 40.0]


def test_closed_blocks_take_a_fraction_of_the_memory_of_objects() -> None:
    watch = Watch().follow("60x400")
    assert watch.memory is not None
    packed = watch.memory.rhythm.blocks
    objects = [*packed]
    assert len(objects) == len(packed) == BLOCKS
    assert Blocks.of(objects) == packed
    numbers = {id(value): value for block in objects for value in astuple(block)}
    whole = sum(map(sys.getsizeof, [*objects, *numbers.values()]))
    assert sys.getsizeof(packed.packed) * 2.5 < whole, "not counting what the garbage collector keeps of each"
