"""Slack's rate limits in real time: a message a second in a channel, so many calls a minute of a method."""

import math
from collections import deque

from bot.operations.ports import Clock

POSTS_BURST = 5
POSTS_PER_SECOND = 1.0
WINDOW_SECONDS = 60.0


class Pacer:
    """Counts the calls of one workspace."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._posts: dict[str, tuple[float, float]] = {}
        self._calls: dict[str, deque[float]] = {}

    def post(self, channel: str) -> int | None:
        """Count a message to a channel, or say after how many seconds it may be tried again."""
        now = self._clock.monotonic()
        tokens, at = self._posts.get(channel, (float(POSTS_BURST), now))
        tokens = min(POSTS_BURST, tokens + (now - at) * POSTS_PER_SECOND)
        if tokens < 1:
            self._posts[channel] = (tokens, now)
            return max(1, math.ceil((1 - tokens) / POSTS_PER_SECOND))
        self._posts[channel] = (tokens - 1, now)
        return None

    def call(self, method: str, per_minute: int) -> int | None:
        """Count a call of a method, or say after how many seconds it may be tried again."""
        now = self._clock.monotonic()
        calls = self._calls.setdefault(method, deque())
        while calls and calls[0] <= now - WINDOW_SECONDS:
            calls.popleft()
        if len(calls) >= per_minute:
            return max(1, math.ceil(calls[0] + WINDOW_SECONDS - now))
        calls.append(now)
        return None
