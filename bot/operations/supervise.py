"""Keeps background work going: what dies is told and started again."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.errors import BotError
from bot.operations.meters import UNMETERED, Meters
from bot.operations.ports import Clock, Journal

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(seconds=30)
STEADY = timedelta(minutes=1)
"""Work that lasted this long before it died is started again after the first wait."""


async def supervise(
    name: str,
    work: Callable[[], Awaitable[None]],
    clock: Clock,
    journal: Journal,
    meters: Meters = UNMETERED,
) -> None:
    """Run ``work`` for ever; it ends only when it is cancelled. Every new start is counted."""
    wait = FIRST_WAIT
    while True:
        started = clock.monotonic()
        try:
            await work()
            journal.warning("background work ended", work=name)
        except BotError as error:
            journal.warning("background work stopped", work=name, because=error.sentence)
        except Exception:  # noqa: BLE001 - the supervisor's boundary
            journal.error("background work failed", work=name)
        if clock.monotonic() - started >= STEADY.total_seconds():
            wait = FIRST_WAIT
        meters.restarted(name)
        await clock.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)
