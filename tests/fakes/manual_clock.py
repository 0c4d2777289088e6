"""A clock that a test sets by hand."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


class ManualClock:
    """Time stands still until it is moved; sleeping moves it."""

    speed = 1.0

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._now = start

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start).total_seconds()

    async def sleep(self, span: timedelta) -> None:
        self.advance(max(span, timedelta(0)))

    def advance(self, span: timedelta) -> None:
        self._now += span
