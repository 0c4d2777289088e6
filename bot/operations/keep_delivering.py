"""Delivers without end: at once when something is owed, and every second to try again what is due."""

import asyncio
from collections.abc import Collection
from datetime import timedelta

from bot.domain.notification import Action
from bot.operations.deliver_messages import Delivering, deliver_due

IDLE = timedelta(seconds=1)


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
    delivering: Delivering, actions: Collection[Action], bell: Bell, *, idle: timedelta = IDLE
) -> None:
    """Deliver one lane until cancelled. Raises StorageError where the outbox cannot be used."""
    while True:
        if await deliver_due(delivering, actions) == 0:
            await bell.heard(idle)
