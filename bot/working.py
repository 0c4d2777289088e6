"""What goes on until the bot is told to stop, and how all of it ends in time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.condition import Running, count_owed
from bot.monitoring.counts import Counts
from bot.operations.ports import Clock, Journal
from bot.operations.supervise import supervise

Work = Callable[[], Awaitable[None]]

STOP_WITHIN = timedelta(seconds=5)
"""What is in flight when the bot is told to stop has this long to end; then it is given back."""
CUT_OFF_WITHIN = timedelta(seconds=1)
"""What is cut off has this long to close what it has open."""


@asynccontextmanager
async def working(
    now: Running,
    work: Mapping[str, Work],
    endings: Sequence[Work],
    clock: Clock,
    journal: Journal,
    counts: Counts,
) -> AsyncIterator[None]:
    """Keep the background work going; at the end it is told to stop and waited for, within a bound.

    ``endings`` are the bounded ends of what else goes on; all end at once, as there are ten seconds in all.
    """
    now.work = [
        asyncio.create_task(supervise(name, job, clock, journal, counts), name=name)
        for name, job in work.items()
    ]
    try:
        yield
    finally:
        for task in now.work:
            task.cancel()
        await asyncio.gather(_ended(now.work), *(ending() for ending in endings))
        await count_owed(now)


async def _ended(work: Sequence["asyncio.Task[None]"]) -> None:
    """Wait for what was told to stop; what takes too long is cut off, and looked for by the next start."""
    _, late = await asyncio.wait(work, timeout=STOP_WITHIN.total_seconds())
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=CUT_OFF_WITHIN.total_seconds())
