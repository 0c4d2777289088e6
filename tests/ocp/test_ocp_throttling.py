from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.task import SourceName
from bot.errors import SourceBusy
from bot.ocp.throttling import LONGEST_WAIT, Throttle, asked_wait, header_date
from tests.fakes.manual_clock import START, ManualClock

OCP = SourceName("ocp")


def headers(limit: int, remaining: int, reset: int) -> dict[str, str]:
    return {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(remaining),
        "RateLimit-Reset": str(reset),
    }


async def waits(throttle: Throttle, clock: ManualClock, count: int) -> list[float]:
    """Admit requests one after another; returns how long each had to wait."""
    waited = []
    for _ in range(count):
        before = clock.monotonic()
        await throttle.admit()
        waited.append(clock.monotonic() - before)
    return waited


async def test_nobody_waits_while_nothing_is_known() -> None:
    clock = ManualClock()
    assert await waits(Throttle(OCP, clock), clock, 3) == [0, 0, 0]


async def test_with_nothing_left_all_wait_for_the_reset() -> None:
    clock = ManualClock()
    throttle = Throttle(OCP, clock)
    throttle.learn(headers(100, 0, 7))
    assert await waits(throttle, clock, 2) == [7, 0]


async def test_with_little_left_requests_are_spread_over_the_rest_of_the_window() -> None:
    clock = ManualClock()
    throttle = Throttle(OCP, clock)
    throttle.learn(headers(100, 10, 5))
    assert await waits(throttle, clock, 4) == [0, 0.5, 0.5, 0.5]


async def test_with_plenty_left_nobody_waits() -> None:
    clock = ManualClock()
    throttle = Throttle(OCP, clock)
    throttle.learn(headers(100, 10, 5))
    throttle.learn(headers(100, 99, 10))
    assert await waits(throttle, clock, 3) == [0, 0, 0]


async def test_a_window_of_a_day_is_not_spread_over_the_day() -> None:
    """Reading seldom for hours is worse than reading until it is used up."""
    clock = ManualClock()
    throttle = Throttle(OCP, clock)
    throttle.learn(headers(1000, 10, 40_000))
    assert await waits(throttle, clock, 3) == [0, 0, 0]


async def test_a_wait_too_long_to_sit_through_is_refused_at_once_and_remembered() -> None:
    clock = ManualClock()
    throttle = Throttle(OCP, clock)
    assert throttle.hold(timedelta(minutes=5)) == timedelta(minutes=5)
    clock.advance(timedelta(minutes=4))
    with pytest.raises(SourceBusy) as caught:
        await throttle.admit()
    assert caught.value.retry_after == timedelta(minutes=1)
    clock.advance(timedelta(seconds=50))
    assert await waits(throttle, clock, 1) == [10]


async def test_a_429_that_says_nothing_holds_for_the_shortest_window() -> None:
    clock = ManualClock()
    throttle = Throttle(OCP, clock)
    assert throttle.hold(None) == timedelta(seconds=10)
    assert await waits(throttle, clock, 1) == [10]
    assert timedelta(seconds=10) <= LONGEST_WAIT


class FastClock(ManualClock):
    """A world at sixty times the speed of life: ``monotonic`` stays real."""

    speed = 60.0

    def monotonic(self) -> float:
        return super().monotonic() / self.speed


async def test_ocps_seconds_are_the_clocks_and_not_the_machines() -> None:
    clock = FastClock()
    throttle = Throttle(OCP, clock)
    throttle.hold(timedelta(seconds=12))
    await throttle.admit()
    assert clock.now() - START == timedelta(seconds=12)


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        ({"RateLimit-Reset": "8"}, 8),
        ({"RateLimit-Reset": "8", "Retry-After": "30"}, 8),
        ({"Retry-After": "30"}, 30),
        ({"RateLimit-Reset": "8;w=10"}, 8),
        ({"RateLimit-Reset": "0", "Retry-After": "3"}, 3),
        ({"Retry-After": "Wed, 04 Mar 2026 12:00:20 GMT"}, 20),
        ({"Retry-After": "Wed, 04 Mar 2026 12:00:20 GMT", "Date": "Wed, 04 Mar 2026 12:00:15 GMT"}, 5),
        ({"Retry-After": "Wed, 04 Mar 2026 11:00:00 GMT"}, None),
        ({"RateLimit-Reset": "1772625600"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-4"}, None),
        ({"RateLimit-Reset": "9" * 400}, None),
        ({"RateLimit-Reset": "٣"}, None),
        ({}, None),
    ],
)
def test_how_long_a_429_asks_to_wait(sent: dict[str, str], seconds: int | None) -> None:
    wait = asked_wait(sent, START)
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "text", [None, "", "yesterday", "Wed, 04 Mar 2026 12:00:20", "Wed, 99 Mar 2026 12:00:20 GMT"]
)
def test_a_date_header_that_is_none(text: str | None) -> None:
    assert header_date(text) is None


def test_a_date_header_is_aware() -> None:
    assert header_date("Wed, 04 Mar 2026 12:00:20 GMT") == datetime(2026, 3, 4, 12, 0, 20, tzinfo=UTC)
