"""Never lock an account: one request tries a login before the others follow; none do after a refusal."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from bot.errors import LoginRefused, SourceTimeout, SourceUnreachable
from bot.operations.ports import Clock

REST = timedelta(hours=1)
"""How long a refused login is left alone."""
TRUSTED_S = 0.1
"""How long, in real seconds, an accepted login vouches for the next requests.

Less than between polls, however fast the clock of a simulated world goes.
"""

_Answer = TypeVar("_Answer")


class LoginGate:
    """Lets requests pass: side by side while the login is known to work, else one at a time.

    OCP counts wrong logins and then disables the account, and a password can change at any moment. So
    after every idle moment one request goes ahead, and the others wait for what becomes of it. A
    refusal closes the gate for an hour; those who waited are refused without a word to OCP. Where the
    one that went ahead found nobody there, those who waited share that failure.
    """

    def __init__(self, clock: Clock, *, concurrency: int) -> None:
        self._clock = clock
        self._slots = asyncio.Semaphore(concurrency)
        self._ahead = asyncio.Lock()
        self._trusted_until: float | None = None
        self._refused_at: datetime | None = None
        self._refusal: LoginRefused | None = None
        self._outages = 0
        self._outage: tuple[type[SourceUnreachable | SourceTimeout], str] | None = None

    @property
    def refused_until(self) -> datetime | None:
        """When a refused login may be tried again, by our clock; None while it is not refused."""
        if self._refused_at is None:
            return None
        until = self._refused_at + REST
        return until if self._refused_at <= self._clock.now() < until else None

    @property
    def refusal(self) -> LoginRefused | None:
        """How OCP refused the login, until it accepts it."""
        return self._refusal

    def accepted(self) -> None:
        """Record that OCP has just accepted the login."""
        self._trusted_until = self._clock.monotonic() + TRUSTED_S
        self._refused_at = self._refusal = None

    def refused(self, refusal: LoginRefused) -> None:
        """Close the gate for an hour."""
        self._trusted_until = None
        self._refused_at, self._refusal = self._clock.now(), _again(refusal)

    def _check(self) -> None:
        if self._refusal is not None and self.refused_until is not None:
            raise _again(self._refusal)

    def _is_trusted(self) -> bool:
        return self._trusted_until is not None and self._clock.monotonic() < self._trusted_until

    async def run(self, send: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """Send in turn. Raises LoginRefused, without sending, while the gate is closed."""
        while True:
            self._check()
            if self._is_trusted():
                async with self._slots:
                    self._check()
                    if self._is_trusted():
                        return await self._send(send)
                continue
            outages = self._outages
            async with self._ahead:
                self._check()
                if self._is_trusted():
                    continue
                if self._outages != outages and self._outage is not None:
                    kind, sentence = self._outage
                    raise kind(sentence)
                async with self._slots:
                    return await self._send(send)

    async def _send(self, send: Callable[[], Awaitable[_Answer]]) -> _Answer:
        try:
            return await send()
        except LoginRefused as refusal:
            self.refused(refusal)
            raise
        except (SourceUnreachable, SourceTimeout) as outage:
            self._trusted_until = None
            self._outages += 1
            self._outage = type(outage), outage.sentence
            raise


def _again(refusal: LoginRefused) -> LoginRefused:
    """Make the same failure anew, without the first one's traceback and what its frames hold."""
    return LoginRefused(
        refusal.sentence,
        trace_id=refusal.trace_id,
        http_status=refusal.http_status,
        says=refusal.says,
    )
