"""Measures how late the event loop is: by how much a short sleep outlasts itself."""

from collections import deque
from datetime import timedelta

from bot.domain.measures import LoopLag
from bot.operations.ports import Clock

LOOK_EVERY = timedelta(milliseconds=500)
REMEMBERED = timedelta(minutes=1)
"""The worst of this long is told, so that it is seen however rarely somebody looks."""


class LoopWatch:
    """Looks every half second while it runs. ``clock`` is real time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._late: deque[tuple[float, float]] = deque(maxlen=int(REMEMBERED / LOOK_EVERY) + 1)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()

    async def look(self) -> None:
        """Sleep once, and note how much longer it took."""
        before = self._clock.monotonic()
        await self._clock.sleep(LOOK_EVERY)
        now = self._clock.monotonic()
        self._late.append((now, max(now - before - LOOK_EVERY.total_seconds(), 0.0)))

    @property
    def lag(self) -> LoopLag | None:
        """How late it was; None before the first look."""
        if not self._late:
            return None
        since = self._clock.monotonic() - REMEMBERED.total_seconds()
        latest = self._late[-1][1]
        worst = max((late for at, late in self._late if at >= since), default=latest)
        return LoopLag(timedelta(seconds=latest), timedelta(seconds=worst))
