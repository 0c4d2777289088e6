"""How a simulated OCP throttles: fixed windows for each user, on OCP's clock."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.ocp.refusal import RefusedError


@dataclass(frozen=True, slots=True)
class Window:
    """At most ``limit`` requests of one user in ``span``."""

    span: timedelta
    limit: int


DEFAULT_WINDOWS = (
    Window(timedelta(seconds=10), 1_000),
    Window(timedelta(minutes=1), 3_000),
    Window(timedelta(hours=1), 100_000),
    Window(timedelta(days=1), 1_000_000),
)
"""The windows are OCP's; their limits are ours, since no source states them: generous, not endless."""


@dataclass(slots=True)
class _Count:
    began: datetime
    used: int = 0


class Throttle:
    """Counts requests; ``windows`` may be changed while the server runs.

    ``says_retry_after`` adds Retry-After to the 429, ``says_reset`` is whether it carries RateLimit-Reset.
    """

    def __init__(
        self,
        windows: Sequence[Window] = DEFAULT_WINDOWS,
        *,
        says_reset: bool = True,
        says_retry_after: bool = False,
    ) -> None:
        self.windows = tuple(windows)
        self.says_reset = says_reset
        self.says_retry_after = says_retry_after
        self._counts: dict[tuple[str, Window], _Count] = {}
        self.refused = 0

    def take(self, user: str, now: datetime) -> dict[str, str]:
        """Count one request and return the headers that tell what is left. Raises RefusedError (429)."""
        counts = {window: self._count(user, window, now) for window in self.windows}
        full = [window for window, count in counts.items() if count.used >= window.limit]
        if full:
            self.refused += 1
            raise self._refusal(
                max(full, key=lambda window: _reset(window, counts[window], now)), counts, now
            )
        for count in counts.values():
            count.used += 1
        if not counts:
            return {}
        tightest = min(counts, key=lambda window: window.limit - counts[window].used)
        return self._headers(tightest, counts[tightest], now)

    def _count(self, user: str, window: Window, now: datetime) -> _Count:
        count = self._counts.get((user, window))
        if count is None or not timedelta(0) <= now - count.began < window.span:
            count = self._counts[user, window] = _Count(now)
        return count

    def _refusal(self, window: Window, counts: dict[Window, _Count], now: datetime) -> RefusedError:
        headers = self._headers(window, counts[window], now)
        if self.says_retry_after:
            headers["Retry-After"] = str(_reset(window, counts[window], now))
        if not self.says_reset:
            del headers["RateLimit-Reset"]
        return RefusedError(429, "COM10429", "Too many requests, try again later.", headers=headers)

    def _headers(self, window: Window, count: _Count, now: datetime) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(window.limit),
            "RateLimit-Remaining": str(max(window.limit - count.used, 0)),
            "RateLimit-Reset": str(_reset(window, count, now)),
        }


def _reset(window: Window, count: _Count, now: datetime) -> int:
    return max(math.ceil((count.began + window.span - now).total_seconds()), 0)
