"""The jobs that run by the clock: APScheduler, told never to drop a run in silence."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.domain.digest_schedule import DigestTime
from bot.operations.ports import Clock, Journal

LEAST_INTERVAL = timedelta(seconds=0.2)
"""However fast the clock of a demo runs, polls are this far apart in real time."""
SPREAD = timedelta(seconds=1)
"""Sources are not asked all at the same moment, at the start and from then on."""

FINISH_WITHIN = timedelta(seconds=3)
"""A poll under way when the bot stops has this long to end: cut off, it would leave its socket open."""


class Schedule:
    """Runs jobs at real intervals.

    APScheduler reads the machine's clock itself, which is ``real``; a clock that runs ``speed`` times as
    fast as life makes the intervals that much shorter.
    """

    def __init__(self, journal: Journal, real: Clock, speed: float = 1.0) -> None:
        self._journal = journal
        self._real = real
        self._speed = speed
        self._intervals: dict[str, timedelta] = {}
        self._stopping = False
        self._running: set[asyncio.Task[object]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.add_listener(self._on_overrun, EVENT_JOB_MAX_INSTANCES)
        self._scheduler.add_listener(self._on_missed, EVENT_JOB_MISSED | EVENT_JOB_ERROR)

    def every(
        self,
        interval: timedelta,
        name: str,
        job: Callable[[], Awaitable[object]],
        *,
        first_after: timedelta = timedelta(0),
    ) -> None:
        """Run ``job`` every ``interval`` of the simulated clock, at once or after ``first_after``."""
        real = max(interval / self._speed, LEAST_INTERVAL)
        first = self._real.now() + first_after / self._speed + min(SPREAD, real / 10) * len(self._intervals)
        self._intervals[name] = interval
        self._scheduler.add_job(
            partial(self._run, job),
            IntervalTrigger(seconds=real.total_seconds(), start_date=first, timezone=UTC),
            id=name,
            name=name,
            next_run_time=first,
        )

    def at(self, when: DigestTime, name: str, job: Callable[[], Awaitable[object]], clock: Clock) -> None:
        """Run ``job`` at a time of some days, by the simulated clock in the zone of ``when``."""
        hours = CronTrigger(
            day_of_week=when.cron_days, hour=when.hour, minute=when.minute, timezone=when.zone
        )
        trigger = _ByTheClock(hours, clock, self._real, lambda: self._speed)
        self._scheduler.add_job(partial(self._run, job), trigger, id=name, name=name)

    def change(self, name: str, interval: timedelta) -> None:
        """Run a job every ``interval`` from now on; its next run comes no later than that."""
        if interval == self._intervals[name]:
            return
        self._intervals[name] = interval
        job, real = self._scheduler.get_job(name), max(interval / self._speed, LEAST_INTERVAL)
        first = min(job.next_run_time, self._real.now() + real)
        job.reschedule(IntervalTrigger(seconds=real.total_seconds(), start_date=first, timezone=UTC))

    def soon(self, name: str) -> None:
        """Run a job at once, be it not due yet; then it goes on at its interval."""
        self._scheduler.modify_job(name, next_run_time=self._real.now())

    def forget(self, name: str) -> None:
        """Run a job no more; a run under way may end."""
        self._intervals.pop(name, None)
        with suppress(JobLookupError):
            self._scheduler.remove_job(name)

    def start(self) -> None:
        """Start; needs a running event loop."""
        self._scheduler.start()

    def go_at(self, speed: float) -> None:
        """Go on at another speed of the simulated clock: what comes next comes that much sooner or later."""
        before, self._speed = self._speed, speed
        now = self._real.now()
        for job in self._scheduler.get_jobs():
            if job.id not in self._intervals:
                job.reschedule(job.trigger)
                continue
            real = max(self._intervals[job.id] / speed, LEAST_INTERVAL)
            first = now + max(job.next_run_time - now, timedelta(0)) * (before / speed)
            job.reschedule(IntervalTrigger(seconds=real.total_seconds(), start_date=first, timezone=UTC))

    async def _run(self, job: Callable[[], Awaitable[object]]) -> None:
        """Run a job; that it is cancelled when the bot stops is no failure."""
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        try:
            await job()
        except asyncio.CancelledError:
            if not self._stopping:
                raise

    async def stop(self, within: timedelta = FINISH_WITHIN) -> None:
        """Start no more runs; those under way may end ``within`` real time, then they are cancelled."""
        self._stopping = True
        if not self._scheduler.running:
            return
        self._scheduler.remove_all_jobs()
        if self._running:
            await asyncio.wait(self._running, timeout=within.total_seconds())
        self._scheduler.shutdown(wait=False)

    def _on_overrun(self, event: JobEvent) -> None:
        self._journal.warning("run skipped, the last one is still going", job=event.job_id)

    def _on_missed(self, event: JobEvent) -> None:
        error = getattr(event, "exception", None)
        self._journal.error("job failed", job=event.job_id, error="" if error is None else repr(error))


class _ByTheClock(BaseTrigger):  # type: ignore[misc] # APScheduler ships no types
    """Fires when a cron trigger would on the simulated clock: that moment, told in real time."""

    def __init__(self, hours: CronTrigger, clock: Clock, real: Clock, speed: Callable[[], float]) -> None:
        self._hours, self._clock, self._real, self._speed = hours, clock, real, speed

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """Give the next moment after ``previous``, and after now; both are real."""
        simulated, present = self._clock.now(), self._real.now()
        after = simulated + (now - present) * self._speed()
        if previous is not None:
            after = max(after, simulated + (previous - present) * self._speed() + _PAST)
        due: datetime | None = self._hours.get_next_fire_time(None, after)
        return None if due is None else present + (due - simulated) / self._speed()


_PAST = timedelta(seconds=30)
"""Times of day are whole minutes: so long after one of them it is over, however the clocks are read."""
