"""The one reader of the clock: real time, or one scaled clock for the demo's whole world."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta


class SystemClock:
    """Time as it is."""

    speed = 1.0

    def now(self) -> datetime:
        """Return the present moment, aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go backwards, for measuring how long something took."""
        return time.monotonic()

    async def sleep(self, span: timedelta) -> None:
        """Wait for ``span``; zero or less yields once."""
        await asyncio.sleep(max(span.total_seconds(), 0.0))


class ScaledClock:
    """A clock that starts at ``start`` and runs ``speed`` times as fast as life.

    ``monotonic`` stays real: what the machine takes is not sped up. Raises ValueError where ``speed``
    is not above zero.
    """

    def __init__(self, start: datetime, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("the speed of a clock is above zero")
        self._start = start
        self._origin = time.monotonic()
        self._changed = asyncio.Event()
        self.speed = speed

    def now(self) -> datetime:
        """Return the simulated moment, aware UTC."""
        return self._start + timedelta(seconds=(time.monotonic() - self._origin) * self.speed)

    def monotonic(self) -> float:
        """Return real seconds that never go backwards."""
        return time.monotonic()

    async def sleep(self, span: timedelta) -> None:
        """Wait for ``span`` of simulated time, whatever becomes of the speed meanwhile."""
        until = self.now() + span
        await asyncio.sleep(0)
        while (left := until - self.now()) > timedelta(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left.total_seconds() / self.speed)

    def set_speed(self, speed: float) -> None:
        """Go on from the present simulated moment at another speed; who sleeps wakes in due time."""
        if speed <= 0:
            raise ValueError("the speed of a clock is above zero")
        self._start, self._origin, self.speed = self.now(), time.monotonic(), speed
        self._changed.set()
        self._changed = asyncio.Event()
