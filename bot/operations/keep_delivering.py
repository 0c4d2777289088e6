"""Delivers without end: at once when something is owed, every second while something waits."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta

from bot.domain.notification import Action
from bot.errors import StorageError
from bot.operations.deliver_messages import deliver_due
from bot.operations.send_message import Delivering

IDLE = timedelta(seconds=1)
"""While something is owed, what is due is looked for this often."""


class Bell:
    """Rung when something is owed; whoever waits goes on at once."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake the delivery."""
        self._event.set()

    async def heard(self, within: timedelta) -> None:
        """Wait until it is rung, at most this long (real time)."""
        try:
            async with asyncio.timeout(within.total_seconds()):
                await self._event.wait()
        except TimeoutError:
            return
        finally:
            self._event.clear()


async def keep_delivering(
    delivering: Delivering,
    actions: Collection[Action],
    bell: Bell,
    *,
    rest: timedelta,
    idle: timedelta = IDLE,
) -> None:
    """Deliver one lane until cancelled. Raises StorageError where the outbox cannot be used.

    While nothing is owed, that is asked every ``rest``: only another replica could owe something without
    ringing here, and it delivers itself.

    What is in flight when it is cancelled is brought to its end, so that nobody has to guess how it went;
    cancelled again, it is left to be looked for by the next start.
    """
    while True:
        if not await delivering.store.outbox_depth():
            await bell.heard(rest)
            continue
        delivery = asyncio.ensure_future(deliver_due(delivering, actions))
        try:
            claimed = await asyncio.shield(delivery)
        except asyncio.CancelledError:
            with suppress(StorageError):
                await delivery
            raise
        if claimed == 0:
            await bell.heard(idle)
