"""How late the event loop is, seen from a sleep that outlasts itself."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.measures import LoopLag
from bot.monitoring.loop_lag import LOOK_EVERY, REMEMBERED, LoopWatch
from tests.fakes.manual_clock import ManualClock

MILLISECOND = timedelta(milliseconds=1)


class LateClock(ManualClock):
    """A clock whose sleeps last longer than asked, by what a test says in turn."""

    def __init__(self, *late: timedelta) -> None:
        super().__init__()
        self.late = list(late)

    async def sleep(self, span: timedelta) -> None:
        if not self.late:
            raise asyncio.CancelledError
        self.advance(span + self.late.pop(0))


async def watched(*late: timedelta) -> tuple[LoopWatch, LateClock]:
    clock = LateClock(*late)
    watch = LoopWatch(clock)
    with pytest.raises(asyncio.CancelledError):
        await watch.run()
    return watch, clock


def test_nothing_is_known_before_the_first_look() -> None:
    assert LoopWatch(ManualClock()).lag is None


async def test_the_last_look_and_the_worst_of_a_minute_are_told() -> None:
    watch, _ = await watched(MILLISECOND, 700 * MILLISECOND, 2 * MILLISECOND)
    lag = watch.lag
    assert lag is not None
    assert lag.recent == pytest.approx(2 * MILLISECOND, abs=MILLISECOND / 100)
    assert lag.worst == pytest.approx(700 * MILLISECOND, abs=MILLISECOND / 100)


async def test_what_was_late_is_forgotten_after_a_minute() -> None:
    nothing = timedelta(0)
    looks = int(REMEMBERED / LOOK_EVERY)
    watch, _ = await watched(timedelta(seconds=3), *[nothing] * looks)
    assert watch.lag is not None
    assert watch.lag.worst >= timedelta(seconds=2.9)
    watch, _ = await watched(timedelta(seconds=3), *[nothing] * (looks + 2))
    assert watch.lag is not None
    assert watch.lag.worst < MILLISECOND


async def test_a_loop_that_hangs_shows_what_it_showed_last() -> None:
    watch, clock = await watched(20 * MILLISECOND)
    clock.advance(timedelta(hours=1))
    lag = watch.lag
    assert lag is not None
    assert lag.worst == lag.recent > timedelta(0)


async def test_a_sleep_that_ends_early_is_not_late() -> None:
    watch, _ = await watched(-400 * MILLISECOND)
    assert watch.lag == LoopLag(timedelta(0), timedelta(0))
