"""Two clocks: real time, and one that runs as fast as it is told."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import ScaledClock, SystemClock

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


async def test_the_systems_clock_is_aware_and_sleeps_no_less_than_nothing() -> None:
    clock = SystemClock()
    before = clock.now()
    await clock.sleep(timedelta(seconds=-5))
    assert before.tzinfo is UTC
    assert before <= clock.now() < before + timedelta(minutes=1)
    assert clock.monotonic() <= clock.monotonic()


async def test_a_scaled_clock_runs_as_fast_as_it_is_told() -> None:
    clock = ScaledClock(START, 3600)
    real = SystemClock()
    began = real.monotonic()
    await clock.sleep(timedelta(minutes=1))
    passed = timedelta(seconds=real.monotonic() - began)
    assert timedelta(minutes=1) <= clock.now() - START <= passed * 3600 + timedelta(minutes=1)


async def test_another_speed_goes_on_from_the_present_moment() -> None:
    clock = ScaledClock(START, 3600)
    await clock.sleep(timedelta(minutes=1))
    before = clock.now()
    clock.set_speed(1)
    assert timedelta(0) <= clock.now() - before < timedelta(minutes=30)
    assert clock.speed == 1


async def test_who_sleeps_wakes_when_a_faster_clock_has_come_that_far() -> None:
    clock = ScaledClock(START, 0.001)
    sleeper = asyncio.ensure_future(clock.sleep(timedelta(hours=1)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    clock.set_speed(1_000_000)
    async with asyncio.timeout(30):
        await sleeper
    assert clock.now() >= START + timedelta(hours=1)


async def test_a_sleep_is_not_cut_short_by_a_slower_clock() -> None:
    clock = ScaledClock(START, 36_000)
    sleeper = asyncio.ensure_future(clock.sleep(timedelta(hours=1)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    clock.set_speed(30_000)
    async with asyncio.timeout(30):
        await sleeper
    assert clock.now() >= START + timedelta(hours=1)


@pytest.mark.parametrize("speed", [0, -1])
def test_time_does_not_stand_still_or_run_backwards(speed: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        ScaledClock(START, speed)
    with pytest.raises(ValueError, match="above zero"):
        ScaledClock(START).set_speed(speed)
