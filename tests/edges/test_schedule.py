"""Jobs run by APScheduler: none is dropped in silence, none piles up."""

import asyncio
from datetime import timedelta

import pytest

from bot.clock import SystemClock
from bot.schedule import Schedule
from tests.fakes.listed_journal import ListedJournal

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


async def _nothing() -> None:
    """Do nothing."""
