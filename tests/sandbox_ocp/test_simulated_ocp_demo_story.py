"""The demo's story: what a watcher sees, and that it goes on for hours."""

from collections import Counter
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from bot.sandbox.fleet import Change, Fleet, TaskRow, Trouble, demo_story
from bot.sandbox.fleet.demo import DEMO_SPEED
from tests.fakes.manual_clock import START

MINUTE = timedelta(minutes=1)
WATCHED = timedelta(seconds=60 * DEMO_SPEED)
"""What passes in the story while somebody watches for a minute."""


@pytest.fixture(params=[0, 1, 2, 42])
def fleet(request: pytest.FixtureRequest) -> Fleet:
    return demo_story(request.param, START)


def _troubles(fleet: Fleet, at: datetime) -> dict[str, Trouble]:
    return {row.name: row.trouble for row in fleet.rows(at) if row.trouble is not Trouble.NONE}


def _changes(fleet: Fleet, begin: datetime, end: datetime) -> list[Change]:
    return fleet.changes(begin, end)


def test_three_clusters_of_48_tasks_and_a_standby(fleet: Fleet) -> None:
    counted = Counter(task.cluster.name for task in fleet.tasks)
    assert counted == {"pay": 12, "shop": 20, "crm": 16, "shop-dr": 3}
    assert [cluster.type for cluster in fleet.clusters] == ["PRIMARY", "PRIMARY", "PRIMARY", "STANDBY"]


def test_it_has_every_kind_of_task(fleet: Fleet) -> None:
    whole = [task for task in fleet.tasks if task.tenant is None]
    assert [task.name for task in whole] == ["crm"]
    assert sum(task.name == "crm/leads" for task in fleet.tasks) == 2
    assert {urlsplit(task.uri).scheme for task in fleet.tasks} == {"file", "oss", "cos"}
    assert {task.mode for task in fleet.tasks} == {"LOGICAL_BACKUP", "PHYSICAL_BACKUP"}
    assert len({task.rhythm.period for task in fleet.tasks}) > 5
    keys = {(task.name, task.storage) for task in fleet.tasks}
    assert len(keys) == len(fleet.tasks)
    tenants = [(task.cluster.id, task.tenant, task.ob_tenant_id) for task in fleet.tasks if task.tenant]
    assert len({key[::2] for key in tenants}) == len({key[:2] for key in tenants})


def test_three_things_are_broken_when_the_curtain_rises(fleet: Fleet) -> None:
    assert _troubles(fleet, START) == {
        "crm/tickets": Trouble.INTERRUPTED,
        "pay/ledger": Trouble.SLOW,
        "shop-dr/cart": Trouble.SLOW,
    }
    behind = {row.name: row.delay for row in fleet.rows(START)}
    assert behind["pay/ledger"] > 35 * MINUTE
    assert behind["shop-dr/cart"] > 200 * MINUTE
    well = [row.delay for row in fleet.rows(START) if row.trouble is Trouble.NONE]
    assert max(well) < 15 * MINUTE


def test_orders_fails_15_to_17_real_seconds_in_with_a_message(fleet: Fleet) -> None:
    failed = [
        change
        for change in _changes(fleet, START, START + WATCHED)
        if change.condition.trouble is Trouble.FAILED
    ]
    assert [change.task.name for change in failed[:1]] == ["pay/orders"]
    assert timedelta(seconds=15) <= (failed[0].at - START) / DEMO_SPEED <= timedelta(seconds=17)
    assert failed[0].condition.error


def test_the_first_minute_has_a_failure_an_interruption_a_full_storage_and_recoveries(fleet: Fleet) -> None:
    at = START + 26 * MINUTE
    full = {name for name, trouble in _troubles(fleet, at).items() if trouble is Trouble.STORAGE_FULL}
    assert full == {"shop/stock", "shop/prices", "shop/shipping", "crm/leads"}
    assert _troubles(fleet, at)["pay/orders"] is Trouble.FAILED
    assert Trouble.INTERRUPTED in _troubles(fleet, START + 35 * MINUTE).values()
    well = {row.name: row for row in fleet.rows(START + 35 * MINUTE)}
    for name in ("crm/tickets", "pay/ledger", "pay/orders"):
        assert (well[name].status, well[name].trouble) == ("RUNNING", Trouble.NONE)
        assert well[name].delay < 3 * MINUTE


def test_whenever_somebody_begins_to_watch_a_minute_shows_a_failure_and_a_recovery(fleet: Fleet) -> None:
    """Over an hour of watching; a recovery is a task whose trouble began before the watching did or since."""
    changes = _changes(fleet, START, START + timedelta(seconds=3600 * DEMO_SPEED))
    announced = timedelta(minutes=2)
    for begin in range(0, 3500, 5):
        since = START + timedelta(seconds=begin * DEMO_SPEED)
        seen = [change for change in changes if since < change.at <= since + WATCHED - announced]
        failed = {change.task.name for change in seen if change.condition.trouble is Trouble.FAILED}
        mended = {change.task.name for change in seen if change.condition.trouble is Trouble.NONE}
        assert failed, f"nothing failed in the minute from second {begin}"
        assert mended - failed, f"nothing else recovered in the minute from second {begin}"


def test_the_story_goes_on_for_hours_and_visits_every_trouble(fleet: Fleet) -> None:
    begin = START + timedelta(seconds=3600 * DEMO_SPEED)
    told = Counter(change.condition.trouble for change in _changes(fleet, begin, begin + 12 * WATCHED))
    assert set(told) == set(Trouble) - {Trouble.STOPPED}
    assert told[Trouble.FAILED] >= 12


def test_it_is_never_all_broken(fleet: Fleet) -> None:
    for minute in range(0, 3600, 7):
        rows = fleet.rows(START + minute * MINUTE)
        assert sum(row.trouble is not Trouble.NONE for row in rows) <= 14
        assert len(rows) >= 50


def test_whoever_is_well_and_has_caught_up_is_within_its_teeth(fleet: Fleet) -> None:
    for minute in range(0, 3600, 11):
        at = START + minute * MINUTE
        for row in fleet.rows(at):
            if row.trouble is Trouble.NONE and at - row.trouble_since > 30 * MINUTE:
                reach = row.task.rhythm.period * 1.2 + row.task.rhythm.floor * 2 + row.task.rhythm.piece_pause
                assert row.delay.total_seconds() <= reach, row.name


def test_the_same_seed_tells_the_same_story_however_it_is_looked_at() -> None:
    def late(fleet: Fleet) -> list[TaskRow]:
        return fleet.rows(START + 500 * MINUTE)

    patient, hasty = demo_story(7, START), demo_story(7, START)
    for minute in range(500):
        patient.rows(START + minute * MINUTE)
    assert late(patient) == late(hasty)
    assert late(demo_story(8, START)) != late(hasty)


def test_what_was_broken_by_hand_stays_broken_until_it_is_mended(fleet: Fleet) -> None:
    fleet.fail("shop/mail", START + MINUTE, "By hand.")
    fleet.pause("pay/ledger", START + MINUTE)
    far = START + 600 * MINUTE
    troubles = _troubles(fleet, far)
    assert (troubles["shop/mail"], troubles["pay/ledger"]) == (Trouble.FAILED, Trouble.PAUSED)
    fleet.mend("shop/mail", far)
    assert "shop/mail" not in _troubles(fleet, far + MINUTE)
    assert _troubles(fleet, far + MINUTE)["pay/ledger"] is Trouble.PAUSED


def test_all_can_be_mended_and_the_story_goes_on(fleet: Fleet) -> None:
    at = START + 26 * MINUTE
    assert fleet.mend_all(at) >= 5
    assert set(_troubles(fleet, at).values()) <= {Trouble.STARTING}
    assert Trouble.FAILED in {change.condition.trouble for change in _changes(fleet, at, at + 2 * WATCHED)}


def test_a_chapter_without_a_free_task_is_told_without_them() -> None:
    """Whoever breaks everything by hand gets no story on top."""
    fleet = demo_story(0, START)
    for name in {task.name for task in fleet.tasks}:
        fleet.vanish(name, START + MINUTE)
    later = START + 200 * MINUTE
    assert fleet.rows(later) == []
    assert fleet.changes(START + 2 * MINUTE, later) == []
    fleet.mend_all(later)
    assert len(fleet.rows(later)) == 51


def test_in_a_resting_fleet_one_task_is_broken_and_nothing_else_breaks_by_itself() -> None:
    fleet = demo_story(1, START, resting=True)
    broken = {"crm/tickets": Trouble.INTERRUPTED, "shop-dr/cart": Trouble.SLOW}
    for at in (START, START + 200 * MINUTE):
        found = {row.name: row.trouble for row in fleet.rows(at, unlisted=True)}
        assert {name: trouble for name, trouble in found.items() if trouble is not Trouble.NONE} == broken
    fleet.go_on(START + 200 * MINUTE)
    assert len(_troubles(fleet, START + 260 * MINUTE)) > len(broken)
