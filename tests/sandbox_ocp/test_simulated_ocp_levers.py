"""The demo's levers do what they say, and say what they did."""

from collections import Counter
from datetime import timedelta

import pytest

from bot.sandbox.fleet import Fleet, Trouble, demo_levers, demo_story
from tests.fakes.manual_clock import START
from tests.sandbox_ocp.asking_ocp import small_fleet

SOON = START + timedelta(minutes=1)


def _troubles(fleet: Fleet) -> Counter[Trouble]:
    rows = fleet.rows(SOON)
    return Counter(row.trouble for row in rows if row.task.cluster.type == "PRIMARY")


@pytest.mark.parametrize(
    ("word", "trouble", "count", "says"),
    [
        ("fill", Trouble.STORAGE_FULL, 4, "is full: 4 tasks"),
        ("cut", Trouble.STORAGE_UNREACHABLE, 4, "cannot be reached: 4 tasks"),
        ("interrupt", Trouble.INTERRUPTED, 1, "was interrupted"),
        ("fail", Trouble.FAILED, 1, "failed"),
        ("slow", Trouble.SLOW, 1, "half the speed"),
        ("pause", Trouble.PAUSED, 1, "was paused"),
    ],
)
def test_each_lever_breaks_what_it_says(word: str, trouble: Trouble, count: int, says: str) -> None:
    fleet = demo_story(0, START)
    before = _troubles(fleet)[trouble]
    assert says in demo_levers(fleet)[word].pull(SOON)
    assert _troubles(fleet)[trouble] - before == count


def test_two_presses_break_two_things() -> None:
    fleet = demo_story(0, START)
    levers = demo_levers(fleet)
    said = {levers["fill"].pull(SOON), levers["cut"].pull(SOON), levers["cut"].pull(SOON)}
    assert len({sentence.split()[0] for sentence in said}) == 3
    assert levers["interrupt"].pull(SOON) != levers["interrupt"].pull(SOON)


def test_everything_is_mended_and_counted() -> None:
    fleet = small_fleet(START)
    levers = demo_levers(fleet)
    levers["fill"].pull(SOON)
    assert levers["mend"].pull(SOON) == "5 tasks were mended; they catch up now."
    assert levers["mend"].pull(SOON) == "Nothing was broken."
    assert set(_troubles(fleet)) == {Trouble.NONE}


@pytest.mark.parametrize("word", ["fill", "cut", "interrupt", "fail", "slow", "pause"])
def test_where_nothing_is_left_to_break_it_says_so(word: str) -> None:
    fleet = small_fleet(START)
    for task in fleet.tasks:
        fleet.interrupt(task.name, START)
    before = _troubles(fleet)
    assert demo_levers(fleet)[word].pull(SOON) == "Nothing is left to break. Mend everything first."
    assert _troubles(fleet) == before


def test_every_label_is_its_own() -> None:
    levers = demo_levers(small_fleet(START))
    assert len({lever.label for lever in levers.values()}) == len(levers)
