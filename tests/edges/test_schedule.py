"""Jobs run by APScheduler: none is dropped in silence, none piles up."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.clock import ScaledClock, SystemClock
from bot.domain.digest_schedule import DigestTime
from bot.domain.posts import Channel
from bot.domain.weekday import Weekday
from bot.schedule import Schedule
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.manual_clock import ManualClock

OFTEN = timedelta(seconds=0.2)


@pytest.fixture
def journal() -> ListedJournal:
    return ListedJournal()


async def within(seconds: float, happened: asyncio.Event) -> None:
    async with asyncio.timeout(seconds):
        await happened.wait()


async def test_a_job_runs_at_once_and_again(journal: ListedJournal) -> None:
    runs = 0
    twice = asyncio.Event()

    async def job() -> None:
        nonlocal runs
        runs += 1
        if runs == 2:
            twice.set()

    schedule = Schedule(journal, SystemClock())
    schedule.every(OFTEN, "job", job)
    schedule.start()
    await within(5, twice)
    await schedule.stop()
    assert journal.events == []


async def test_a_run_that_outlasts_its_interval_is_told_and_not_piled_up() -> None:
    begun = 0
    told, may_end = asyncio.Event(), asyncio.Event()

    async def job() -> None:
        nonlocal begun
        begun += 1
        await may_end.wait()

    class Listening(ListedJournal):
        def warning(self, event: str, **facts: object) -> None:
            super().warning(event, **facts)
            told.set()

    listening = Listening()
    schedule = Schedule(listening, SystemClock())
    schedule.every(OFTEN, "poll prod", job)
    schedule.start()
    await within(5, told)
    assert begun == 1
    assert listening.events[0] == (
        "warning",
        "run skipped, the last one is still going",
        {"job": "poll prod"},
    )
    may_end.set()
    await schedule.stop()


async def test_a_job_that_fails_is_told_and_runs_again(journal: ListedJournal) -> None:
    runs = 0
    again = asyncio.Event()

    async def job() -> None:
        nonlocal runs
        runs += 1
        if runs == 2:
            again.set()
            return
        raise RuntimeError("broken")

    schedule = Schedule(journal, SystemClock())
    schedule.every(OFTEN, "job", job)
    schedule.start()
    await within(5, again)
    await schedule.stop()
    assert journal.names("error") == ["job failed"]


async def test_what_runs_when_it_stops_may_end(journal: ListedJournal) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def job() -> None:
        begun.set()
        await asyncio.sleep(0)
        ended.set()

    schedule = Schedule(journal, SystemClock())
    schedule.every(timedelta(hours=1), "job", job)
    schedule.start()
    await within(5, begun)
    await schedule.stop()
    assert ended.is_set()
    assert journal.events == []


async def test_what_does_not_end_in_time_is_cancelled_and_that_is_no_failure(journal: ListedJournal) -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def job() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    schedule = Schedule(journal, SystemClock())
    schedule.every(timedelta(hours=1), "job", job)
    schedule.start()
    await within(5, begun)
    await schedule.stop(timedelta(0))
    await within(5, cancelled)
    await asyncio.sleep(0)
    assert journal.events == []
    await schedule.stop()


async def test_a_faster_clock_makes_intervals_shorter_but_not_too_short(journal: ListedJournal) -> None:
    schedule = Schedule(journal, SystemClock(), speed=60)
    schedule.every(timedelta(seconds=30), "poll", _nothing)
    schedule.every(timedelta(seconds=1), "often", _nothing)
    schedule.every(timedelta(hours=1), "later", _nothing, first_after=timedelta(minutes=1))
    schedule._scheduler.start(paused=True)
    intervals = {job.id: job.trigger.interval for job in schedule._scheduler.get_jobs()}
    assert intervals == {
        "poll": timedelta(seconds=0.5),
        "often": timedelta(seconds=0.2),
        "later": timedelta(minutes=1),
    }
    first = {job.id: job.next_run_time for job in schedule._scheduler.get_jobs()}
    assert timedelta(seconds=0.9) < first["later"] - first["poll"] < timedelta(seconds=4)
    await schedule.stop()


async def test_another_speed_changes_every_interval_and_how_soon_the_next_run_comes() -> None:
    real = SystemClock()
    schedule = Schedule(ListedJournal(), real, speed=1)
    schedule.every(timedelta(seconds=30), "poll", _nothing, first_after=timedelta(seconds=30))
    schedule.every(timedelta(hours=1), "later", _nothing, first_after=timedelta(minutes=20))
    schedule._scheduler.start(paused=True)
    schedule.go_at(600)
    jobs = {job.id: job for job in schedule._scheduler.get_jobs()}
    assert jobs["poll"].trigger.interval == timedelta(seconds=0.2)
    assert jobs["later"].trigger.interval == timedelta(seconds=6)
    assert jobs["poll"].next_run_time - real.now() < timedelta(seconds=0.3)
    assert timedelta(seconds=1) < jobs["later"].next_run_time - real.now() < timedelta(seconds=3)
    schedule.go_at(1)
    jobs = {job.id: job for job in schedule._scheduler.get_jobs()}
    assert jobs["poll"].trigger.interval == timedelta(seconds=30)
    await schedule.stop()


def next_runs(schedule: Schedule) -> dict[str, datetime]:
    return {job.id: job.next_run_time for job in schedule._scheduler.get_jobs()}


async def test_a_job_of_a_time_of_day_runs_in_its_zone(journal: ListedJournal) -> None:
    real = ManualClock(datetime(2027, 3, 27, 12, tzinfo=UTC))
    schedule = Schedule(journal, real)
    at = DigestTime(Channel("#dba"), 9, 0, (Weekday.SUNDAY, Weekday.MONDAY), ZoneInfo("Europe/Berlin"))
    schedule.at(at, "digest", _nothing, real)
    trigger = schedule._scheduler.get_jobs()[0].trigger
    sunday, monday = datetime(2027, 3, 28, 7, tzinfo=UTC), datetime(2027, 3, 29, 7, tzinfo=UTC)
    assert trigger.get_next_fire_time(None, real.now()) == sunday, "summer time began that night"
    assert trigger.get_next_fire_time(sunday, sunday) == monday
    real.advance(sunday - real.now() - timedelta(milliseconds=3))
    assert trigger.get_next_fire_time(sunday, real.now()) == monday, "a clock read a little early"
    real.advance(timedelta(days=7))
    later = trigger.get_next_fire_time(monday, real.now())
    assert later == datetime(2027, 4, 4, 7, tzinfo=UTC), "what was slept through comes once at most"


async def test_a_time_of_day_comes_sooner_on_a_faster_clock_and_really_runs(journal: ListedJournal) -> None:
    ran = asyncio.Event()
    clock = ScaledClock(datetime(2027, 3, 1, 8, 59, tzinfo=UTC), speed=1)

    async def digest() -> None:
        ran.set()

    schedule = Schedule(journal, SystemClock(), speed=1)
    schedule.at(DigestTime(Channel("#dba"), 9, 0), "digest", digest, clock)
    schedule.start()
    clock.set_speed(600)
    schedule.go_at(600)
    await within(5, ran)
    assert timedelta(minutes=1) <= clock.now() - datetime(2027, 3, 1, 8, 59, tzinfo=UTC)
    left = next_runs(schedule)["digest"] - SystemClock().now()
    assert timedelta(seconds=140) < left < timedelta(seconds=145), "a day is 144 s"
    await schedule.stop()
    assert journal.events == []


async def test_an_interval_can_change_while_it_runs(journal: ListedJournal) -> None:
    real = SystemClock()
    schedule = Schedule(journal, real, speed=2)
    schedule.every(timedelta(hours=1), "poll", _nothing, first_after=timedelta(hours=1))
    schedule._scheduler.start(paused=True)
    before = next_runs(schedule)
    schedule.change("poll", timedelta(hours=1))
    assert next_runs(schedule) == before
    schedule.change("poll", timedelta(seconds=20))
    assert timedelta(seconds=9) < next_runs(schedule)["poll"] - real.now() < timedelta(seconds=11)
    schedule.change("poll", timedelta(hours=2))
    assert next_runs(schedule)["poll"] - real.now() < timedelta(seconds=11)
    assert schedule._scheduler.get_job("poll").trigger.interval == timedelta(hours=1)
    await schedule.stop()


async def test_a_job_can_be_forgotten(journal: ListedJournal) -> None:
    schedule = Schedule(journal, SystemClock())
    schedule.every(timedelta(hours=1), "poll", _nothing, first_after=timedelta(hours=1))
    schedule.at(DigestTime(Channel("#dba"), 9, 0), "digest", _nothing, SystemClock())
    schedule._scheduler.start(paused=True)
    for name in ("poll", "digest", "digest"):
        schedule.forget(name)
    assert next_runs(schedule) == {}
    await schedule.stop()


async def _nothing() -> None:
    """Do nothing."""


async def test_a_job_can_be_wanted_sooner_than_it_is_due(journal: ListedJournal) -> None:
    ran = asyncio.Event()

    async def job() -> None:
        ran.set()

    schedule = Schedule(journal, SystemClock())
    hour = timedelta(hours=1)
    schedule.every(hour, "a job", job, first_after=hour)
    schedule.start()
    schedule.soon("a job")
    await within(2, ran)
    await schedule.stop()
    assert journal.names("error") == []
