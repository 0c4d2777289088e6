"""Keeping to OCP's limits: what its RateLimit headers said, and how long to hold the next request."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.domain.task import SourceName
from bot.ocp.refusals import busy
from bot.operations.ports import Clock

LONGEST_WAIT = timedelta(seconds=15)
"""What a request waits at most; where OCP asks for more, the poll fails at once and says so."""
_LONGEST_BELIEVED = timedelta(days=2)
_UNSAID = timedelta(seconds=10)
"""The shortest window of OCP's, assumed where it throttles without saying for how long."""
_LOW_SHARE = 0.25
_SPREAD_WINDOW = timedelta(hours=1)
"""What is left of a day is not spread over it: seldom for hours is worse than until it is used up."""
_LONGEST_GAP = timedelta(seconds=5)


def seconds_of(value: str | None) -> timedelta | None:
    """Read a header's number of seconds, within reason."""
    number = _number_of(value)
    if number is None:
        return None
    return timedelta(seconds=number) if number <= _LONGEST_BELIEVED.total_seconds() else None


def _number_of(value: str | None) -> int | None:
    match = re.match(r"\s*(\d{1,12})(?!\d)", value or "", re.ASCII)
    return None if match is None else int(match.group(1))


def asked_wait(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Read how long a 429 asks to wait: RateLimit-Reset, else Retry-After in seconds or as a date.

    A date is taken from the answer's own Date where there is one, else from ``now``.
    """
    wait = seconds_of(headers.get("RateLimit-Reset")) or seconds_of(headers.get("Retry-After"))
    if wait is not None:
        return wait
    until = header_date(headers.get("Retry-After"))
    if until is None:
        return None
    wait = until - (header_date(headers.get("Date")) or now)
    return wait if timedelta(0) < wait <= _LONGEST_BELIEVED else None


def header_date(value: str | None) -> datetime | None:
    """Read a date header; None where it is none, or has no zone."""
    try:
        moment = parsedate_to_datetime(value or "")
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None


class Throttle:
    """Remembers the limits of one OCP, and holds requests until they would be welcome.

    While less than a quarter of a window is left, requests are spread over the rest of it. After
    a 429, or with nothing left, all wait for the reset; a wait too long to sit through is a SourceBusy
    at once, without a request. OCP's seconds are the clock's, so they scale with its speed.
    """

    def __init__(self, source: SourceName, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._held_until = 0.0
        self._next_slot = 0.0
        self._gap = 0.0
        self.limit: int | None = None
        self.remaining: int | None = None

    def _real(self, span: timedelta) -> float:
        return span.total_seconds() / self._clock.speed

    async def admit(self) -> None:
        """Wait for this request's turn. Raises SourceBusy where that would take too long."""
        present = self._clock.monotonic()
        turn = max(self._held_until, self._next_slot if self._gap else 0.0, present)
        wait = timedelta(seconds=(turn - present) * self._clock.speed)
        if wait > LONGEST_WAIT:
            raise busy(self._source, retry_after=wait)
        self._next_slot = turn + self._gap
        if wait > timedelta(0):
            await self._clock.sleep(wait)

    def hold(self, wait: timedelta | None) -> timedelta:
        """Hold all requests after a 429. Returns how long: as asked, else the shortest window."""
        wait = wait or _UNSAID
        self._held_until = max(self._held_until, self._clock.monotonic() + self._real(wait))
        return wait

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take note of what an answer says about the limits."""
        self.limit = _number_of(headers.get("RateLimit-Limit"))
        self.remaining = _number_of(headers.get("RateLimit-Remaining"))
        reset = seconds_of(headers.get("RateLimit-Reset"))
        self._gap = 0.0
        if self.remaining is None or reset is None:
            return
        if self.remaining == 0:
            self.hold(reset)
        elif self.limit and self.remaining < self.limit * _LOW_SHARE and reset <= _SPREAD_WINDOW:
            self._gap = self._real(min(reset / self.remaining, _LONGEST_GAP))
