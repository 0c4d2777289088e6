"""The fleet: healthy teeth, what befalls tasks, and levers, as functions of time."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.fleet import Fleet, Rhythm, SimulatedTask, TaskRow, Trouble, large_fleet
from bot.sandbox.fleet.condition import INTERRUPTED, STARTING, STORAGE_FULL, WELL, Condition, failed, slowed
from bot.sandbox.fleet.timeline import Timeline
from tests.fakes.manual_clock import START
from tests.sandbox_ocp.asking_ocp import CRM, PAY, small_fleet

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def _row(fleet: Fleet, name: str, at: datetime) -> TaskRow:
    (row,) = (row for row in fleet.rows(at, unlisted=True) if row.name == name)
    return row


def _one_task(rhythm: Rhythm, catch_up: float = 10.0) -> Fleet:
    return Fleet([PAY], [SimulatedTask(PAY, "file:///a", rhythm, tenant="t", catch_up=catch_up)], start=START)


@pytest.mark.parametrize("period", [5.0, 60.0, 120.0, 3600.0, 7200.0])
def test_a_healthy_delay_is_a_sawtooth_between_its_floor_and_a_period_above(period: float) -> None:
    fleet = _one_task(Rhythm(period=period, floor=4.0, jitter=0.2, seed=7))
    delays = [
        fleet.row(0, START + timedelta(seconds=period * step / 20)).delay.total_seconds()
        for step in range(2000)
    ]
    assert 2.9 <= min(delays) <= 4.0 + period / 10
    assert period * 0.85 <= max(delays) <= period * 1.2 + 5.1


def test_without_jitter_every_tooth_is_the_same() -> None:
    rhythm = Rhythm(period=60.0, floor=3.0, jitter=0.0, seed=5)
    moments = {rhythm.last_publication(at * 7.0)[0] for at in range(1000)}
    gaps = {round(late - early, 6) for early, late in pairwise(sorted(moments))}
    assert gaps == {60.0}
    assert {rhythm.last_publication(at * 7.0)[1] for at in range(1000)} == {3.0}


def test_a_new_piece_pauses_publishing_once_a_day() -> None:
    rhythm = Rhythm(period=10.0, floor=1.0, jitter=0.1, seed=3, piece_pause=90.0)
    waits = [at - rhythm.last_publication(float(at))[0] for at in range(0, 3 * 86_400, 5)]
    pauses = [at for at, wait in enumerate(waits) if wait > 80]
    assert 3 <= len({at // 200 for at in pauses}) <= 4
    assert max(waits) < 102
    assert min(waits) >= 0


@pytest.mark.parametrize(
    "facts",
    [{"period": 0.0}, {"jitter": 0.9}, {"jitter": -0.1}, {"floor": -1.0}, {"floor": 9.0, "piece_pause": 8.0}],
    ids=str,
)
def test_teeth_that_could_overtake_each_other_are_refused(facts: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="rhythm"):
        Rhythm(**facts)  # type: ignore[arg-type] # all of them are floats


@given(
    seed=st.integers(0, 2**32),
    period=st.floats(1, 7200),
    jitter=st.floats(0, 0.85),
    changes=st.lists(
        st.tuples(
            st.floats(0, 20_000),
            st.sampled_from(
                [WELL, STORAGE_FULL, slowed(0.3), slowed(0.95), failed("x"), INTERRUPTED, STARTING]
            ),
        ),
        max_size=12,
    ),
    looks=st.lists(st.floats(0, 30_000), min_size=2, max_size=40),
)
@settings(max_examples=150, deadline=None)
def test_a_checkpoint_never_goes_back_and_is_never_ahead_of_time(
    seed: int, period: float, jitter: float, changes: list[tuple[float, Condition]], looks: list[float]
) -> None:
    timeline = Timeline(Rhythm(period, 5.0, jitter, seed, piece_pause=60.0), 0.0)
    for at, condition in changes:
        timeline.change(at, condition)
    seen = [(at, timeline.at(at)) for at in sorted(looks)]
    for at, position in seen:
        assert position.checkpoint <= at
        assert position.backlog >= 0
    checkpoints = [position.checkpoint for _, position in seen]
    assert checkpoints == sorted(checkpoints)


def test_changes_may_be_planned_in_any_order() -> None:
    rhythm = Rhythm(period=30.0, seed=1)
    forwards, backwards = Timeline(rhythm, 0.0), Timeline(rhythm, 0.0)
    planned = [(100.0, STORAGE_FULL), (400.0, WELL), (900.0, slowed(0.5)), (1500.0, WELL)]
    for at, condition in planned:
        forwards.change(at, condition)
    for at, condition in reversed(planned):
        backwards.change(at, condition)
    assert [forwards.at(float(at)) for at in range(0, 2000, 7)] == [
        backwards.at(float(at)) for at in range(0, 2000, 7)
    ]


def test_catching_up_slower_than_time_is_refused() -> None:
    with pytest.raises(ValueError, match="catching up"):
        Timeline(Rhythm(), 0.0, catch_up=1.0)


def test_a_timeline_keeps_the_latest_changes_only() -> None:
    timeline = Timeline(Rhythm(period=30.0), 0.0, keep=10)
    for number in range(100):
        timeline.change(100.0 * number, STORAGE_FULL if number % 2 else WELL)
    assert len(timeline.stretches(-1.0, 10_000.0)) == 10
    assert timeline.condition(9_950.0) == STORAGE_FULL


def test_a_full_storage_freezes_every_checkpoint_and_the_status_goes_on_running() -> None:
    fleet = small_fleet(START)
    (storage, _) = fleet.storages
    assert fleet.fill_storage(storage, START) == 5
    early, late = START + MINUTE, START + 31 * MINUTE
    for number in range(5):
        before, after = _row(fleet, f"pay/t{number}", early), _row(fleet, f"pay/t{number}", late)
        assert before.checkpoint == after.checkpoint
        assert after.delay - before.delay == 30 * MINUTE
        assert (after.status, after.error, after.trouble) == ("RUNNING", None, Trouble.STORAGE_FULL)
    assert _row(fleet, "crm", late).trouble is Trouble.NONE


def test_a_storage_is_meant_with_or_without_its_query() -> None:
    fleet = small_fleet(START)
    assert fleet.cut_network("oss://pay/clog?host=other", START) == 5
    assert _row(fleet, "pay/t0", START + MINUTE).trouble is Trouble.STORAGE_UNREACHABLE
    with pytest.raises(KeyError):
        fleet.fill_storage("oss://nobody", START)


def test_a_mended_storage_is_caught_up_with_quickly_but_not_at_once() -> None:
    fleet = small_fleet(START)
    storage = fleet.storages[0]
    fleet.fill_storage(storage, START)
    mended = START + 60 * MINUTE
    assert fleet.mend_storage(storage, mended) == 5
    assert _row(fleet, "pay/t0", mended + MINUTE).delay > 45 * MINUTE
    assert _row(fleet, "pay/t0", mended + 3 * MINUTE).delay > 20 * MINUTE
    assert _row(fleet, "pay/t0", mended + 9 * MINUTE).delay < 2 * MINUTE
    assert fleet.mend_storage(storage, mended + 10 * MINUTE) == 0


def test_while_catching_up_the_checkpoint_moves_at_every_poll() -> None:
    fleet = _one_task(Rhythm(period=1200.0, floor=5.0, seed=2))
    fleet.interrupt("pay/t", START)
    fleet.fail("pay/t", START)
    fleet.mend("pay/t", START + 60 * MINUTE)
    seen = [fleet.row(0, START + 60 * MINUTE + step * 30 * SECOND).checkpoint for step in range(1, 12)]
    assert seen == sorted(set(seen))


def test_a_slow_task_loses_its_share_of_time() -> None:
    fleet = _one_task(Rhythm(period=30.0, floor=2.0, jitter=0.0))
    fleet.slow("pay/t", START, 0.25)
    delays = [fleet.row(0, START + timedelta(seconds=30 * step)).delay for step in (40, 80, 120)]
    for early, late in pairwise(delays):
        assert (late - early).total_seconds() == pytest.approx(300.0, abs=1e-3)
    assert fleet.row(0, START + MINUTE).status == "RUNNING"


@pytest.mark.parametrize("loss", [0.0, -0.5, 1.5])
def test_a_loss_that_is_no_share_is_refused(loss: float) -> None:
    with pytest.raises(ValueError, match="slow task"):
        small_fleet(START).slow("pay/t0", START, loss)


def test_an_interrupted_task_has_no_message_and_starts_anew_with_a_hole() -> None:
    fleet = small_fleet(START)
    fleet.interrupt("pay/t1", START)
    mended = START + 40 * MINUTE
    broken = _row(fleet, "pay/t1", mended - SECOND)
    assert (broken.status, broken.error) == ("INTERRUPTED", None)
    fleet.mend("pay/t1", mended)
    starting, running = _row(fleet, "pay/t1", mended + SECOND), _row(fleet, "pay/t1", mended + 2 * MINUTE)
    assert (starting.status, starting.created_at, starting.checkpoint) == ("STARTING", mended, mended)
    assert (running.status, running.created_at) == ("RUNNING", mended)
    assert running.delay < 2 * MINUTE


def test_a_failed_task_has_a_message_and_goes_on_where_it_was() -> None:
    fleet = small_fleet(START)
    hostile = "<!channel> & <https://example.com|click> " + "x" * 5000
    fleet.fail("PAY/T1", START, hostile)
    at = START + 20 * MINUTE
    assert (_row(fleet, "pay/t1", at).status, _row(fleet, "pay/t1", at).error) == ("FAILED", hostile)
    created = _row(fleet, "pay/t1", at).created_at
    fleet.mend("pay/t1", at)
    row = _row(fleet, "pay/t1", at + 30 * SECOND)
    assert (row.status, row.error, row.created_at) == ("RUNNING", None, created)
    assert 10 * MINUTE < row.delay < 20 * MINUTE


def test_a_stop_during_a_storage_fault_hangs_in_stopping() -> None:
    fleet = small_fleet(START)
    fleet.fill_storage(fleet.storages[0], START)
    fleet.pause("pay/t0", START + MINUTE)
    fleet.stop("pay/t1", START + MINUTE)
    fleet.pause("crm", START + MINUTE)
    at = START + timedelta(days=1)
    assert [_row(fleet, name, at).status for name in ("pay/t0", "pay/t1", "crm")] == [
        *("STOPPING", "STOPPING", "SUSPENDED")
    ]


def test_what_is_done_on_purpose_says_so_and_can_be_undone() -> None:
    fleet = small_fleet(START)
    fleet.pause("pay/t0", START)
    fleet.stop("pay/t1", START)
    fleet.hang_in_stopping("pay/t2", START)
    fleet.report("pay/t3", START, "REBALANCING")
    at = START + 30 * MINUTE
    statuses = [row.status for row in fleet.rows(at, PAY.id)]
    assert statuses == ["SUSPENDED", "STOP", "STOPPING", "REBALANCING", "RUNNING"]
    assert _row(fleet, "pay/t3", at).delay < 2 * MINUTE
    assert fleet.mend_all(at) == 4
    later = fleet.rows(at + 10 * MINUTE, PAY.id)
    assert {(row.status, row.trouble) for row in later} == {("RUNNING", Trouble.NONE)}


def test_a_task_vanishes_and_comes_back() -> None:
    fleet = small_fleet(START)
    fleet.vanish("crm", START)
    at = START + MINUTE
    assert fleet.rows(at, CRM.id) == []
    assert [row.trouble for row in fleet.rows(at, CRM.id, unlisted=True)] == [Trouble.VANISHED]
    fleet.mend("crm", at)
    assert [row.name for row in fleet.rows(at, CRM.id)] == ["crm"]


def test_a_full_storage_does_not_change_what_is_broken_otherwise() -> None:
    fleet = small_fleet(START)
    fleet.interrupt("pay/t0", START)
    fleet.vanish("pay/t1", START)
    assert fleet.fill_storage(fleet.storages[0], START + MINUTE) == 3
    fleet.mend_storage(fleet.storages[0], START + 2 * MINUTE)
    assert _row(fleet, "pay/t0", START + 3 * MINUTE).status == "INTERRUPTED"


def test_every_change_is_told_oldest_first() -> None:
    fleet = small_fleet(START)
    fleet.fail("pay/t0", START + 2 * MINUTE)
    fleet.vanish("crm", START + MINUTE)
    fleet.mend_all(START + 3 * MINUTE)
    told = [
        (change.at - START, change.task.name, change.condition.trouble.value)
        for change in fleet.changes(START, START + 5 * MINUTE)
    ]
    assert told == [
        (MINUTE, "crm", "vanished"),
        (2 * MINUTE, "pay/t0", "failed"),
        (3 * MINUTE, "pay/t0", "well"),
        (3 * MINUTE, "crm", "well"),
    ]


def test_an_unknown_name_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        small_fleet(START).fail("pay/nobody", START)


def test_two_tasks_that_could_not_be_told_apart_are_refused() -> None:
    twin = SimulatedTask(PAY, "file:///a?x=1", Rhythm(), tenant="t")
    other = SimulatedTask(PAY, "file:///a?x=2", Rhythm(), tenant="T")
    with pytest.raises(ValueError, match="share"):
        Fleet([PAY], [twin, other], start=START)


def test_a_lever_moves_both_tasks_of_a_tenant_with_two_destinations() -> None:
    tasks = [SimulatedTask(PAY, uri, Rhythm(), tenant="t") for uri in ("file:///a", "file:///b")]
    fleet = Fleet([PAY], tasks, start=START)
    fleet.fail("pay/t", START)
    assert [row.status for row in fleet.rows(START + SECOND)] == ["FAILED", "FAILED"]


def test_a_large_fleet_is_spread_evenly_and_the_same_for_the_same_seed() -> None:
    fleet = large_fleet(7, 100, start=START, seed=3)
    at = START + timedelta(hours=3)
    counts = [len(fleet.rows(at, cluster.id)) for cluster in fleet.clusters]
    assert (sum(counts), max(counts) - min(counts)) == (100, 1)
    again = large_fleet(7, 100, start=START, seed=3)
    assert fleet.rows(at) == again.rows(at)
    assert fleet.rows(at) != large_fleet(7, 100, start=START, seed=4).rows(at)
    assert max(row.delay for row in fleet.rows(at)) < 5 * MINUTE


def test_a_large_fleet_needs_a_cluster() -> None:
    with pytest.raises(ValueError, match="at least one cluster"):
        large_fleet(0, 10, start=datetime(2026, 1, 1, tzinfo=UTC))
