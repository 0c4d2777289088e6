"""The demo's levers do what they say, and say what they did."""

from collections import Counter
from datetime import timedelta

import pytest

from bot.sandbox.fleet import Fleet, TaskRow, Trouble, demo_levers, demo_story, task_levers
from tests.fakes.manual_clock import START
from tests.sandbox_ocp.asking_ocp import small_fleet

SOON = START + timedelta(minutes=1)


def _troubles(fleet: Fleet) -> Counter[Trouble]:
    rows = fleet.rows(SOON)
    return Counter(row.trouble for row in rows if row.task.cluster.type == "PRIMARY")


@pytest.mark.parametrize(
    ("word", "trouble", "count", "says"),
    [
        ("fill", Trouble.STORAGE_FULL, 12, "file:///obbackup/ is full: 12 tasks"),
        ("cut", Trouble.STORAGE_UNREACHABLE, 12, "file:///obbackup/ cannot be reached: 12 tasks"),
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


def _row(fleet: Fleet, name: str, at: timedelta = timedelta(0)) -> TaskRow:
    return next(row for row in fleet.rows(SOON + at, unlisted=True) if row.name == name)


@pytest.mark.parametrize(
    ("word", "trouble"),
    [
        ("interrupt", Trouble.INTERRUPTED),
        ("fail", Trouble.FAILED),
        ("slow", Trouble.SLOW),
        ("pause", Trouble.PAUSED),
        ("vanish", Trouble.VANISHED),
    ],
)
def test_one_task_is_broken_and_mended_alone(word: str, trouble: Trouble) -> None:
    fleet = small_fleet(START)
    name, storage = fleet.tasks[0].name, fleet.tasks[0].storage
    levers = task_levers(fleet)
    assert name in levers[word].pull(name, storage, SOON)
    assert [row.name for row in fleet.rows(SOON, unlisted=True) if row.trouble is not Trouble.NONE] == [name]
    assert _row(fleet, name).trouble is trouble
    assert name in levers["mend"].pull(name, storage, SOON)
    assert _row(fleet, name, timedelta(minutes=1)).trouble is Trouble.NONE


@pytest.mark.parametrize("word", ["fill", "cut"])
def test_a_task_s_storage_is_broken_and_mended_for_all_who_write_there(word: str) -> None:
    fleet = small_fleet(START)
    task = fleet.tasks[0]
    sharing = [one.name for one in fleet.tasks if one.storage == task.storage]
    levers = task_levers(fleet)
    assert levers[word].pull(task.name, task.storage, SOON).startswith(task.storage)
    assert [row.name for row in fleet.rows(SOON) if row.trouble is not Trouble.NONE] == sharing
    assert "works again" in levers["mend"].pull(task.name, task.storage, SOON)
    assert set(_troubles(fleet)) == {Trouble.NONE}


def test_a_task_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(KeyError):
        task_levers(small_fleet(START))["fail"].pull("nobody/here", "file:///", SOON)


def test_while_the_story_rests_only_what_is_broken_by_hand_is_broken() -> None:
    fleet = demo_story(0, START)
    fleet.fail("shop/mail", SOON, "By hand.")
    assert fleet.rest(SOON) == 3
    for minutes in range(0, 300, 10):
        at = SOON + timedelta(minutes=1 + minutes)
        assert {row.name for row in fleet.rows(at) if row.trouble is not Trouble.NONE} == {"shop/mail"}
    later = SOON + timedelta(minutes=300)
    fleet.go_on(later)
    changes = fleet.changes(later, later + timedelta(minutes=100))
    assert Trouble.FAILED in {change.condition.trouble for change in changes}
