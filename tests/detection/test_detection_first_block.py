"""What is derived from the very first publication is never absurd."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.detection import decode, encode
from bot.domain.detection.memory import Block, Blocks, Rhythm, Trouble
from bot.domain.detection.rhythm import derive, derive_first
from tests.detection.detection_timeline import Watch, task

SPANS = st.floats(-600.0, 3600.0, width=32)
BLOCKS = st.builds(
    lambda low, wide, proved, age, rest, count: Block(
        0.0, low, low + wide, proved, age, rest, count, jump=wide, last=low
    ),
    SPANS, st.floats(0.0, 600.0, width=32), SPANS, SPANS, st.floats(0.0, 900.0, width=32), st.integers(1, 40),
)  # fmt: skip


def test_teeth_reach_at_least_as_far_as_their_floor() -> None:
    """A first publication that came late is no floor that a healthy delay could never come back under."""
    late = Block(since=0.0, low=720.0, high=720.0, proved=-210.0, age=95.0, rest=60.0, publications=1)
    rhythm = derive_first(late, 600.0)
    assert rhythm.reach >= rhythm.floor


@given(block=BLOCKS)
def test_an_open_block_says_what_the_same_one_says_when_it_is_closed(block: Block) -> None:
    """But for what only closed blocks prove: that the rhythm is known, and how late a publication may be."""
    first, closed = derive_first(block, 600.0), derive(Blocks.of([block]))
    told = replace(closed, blocks=Blocks())
    for name in ("floor", "ceiling", "bottom", "margin", "spread", "reach", "rest"):
        assert getattr(first, name) == pytest.approx(getattr(told, name), abs=0.01), name
    assert (first.blocks, first.mixed, first.lifted) == (told.blocks, told.mixed, told.lifted)
    assert first.proof == first.floor


def test_a_level_over_a_floor_that_nobody_knows_is_taken_on_and_not_told() -> None:
    """A restart forgets what was derived from a first block that was begun anew."""
    watch = Watch()
    for poll in range(5):
        watch.see(30.0 * poll, task(30.0 * poll - 60.0))
    memory = watch.memory
    assert memory is not None
    since = memory.at - 3600.0
    trouble = Trouble(since, since, of_delay=True, level=50.0, bottom=40.0, level_since=since)
    before = replace(memory, block=Block(since=memory.at), trouble=trouble)
    watch.memory = decode(encode(before))
    assert watch.memory is not None
    assert watch.memory.rhythm == Rhythm()
    assert watch.see(150.0, task(90.0)).told is None
    assert watch.memory.trouble is None
