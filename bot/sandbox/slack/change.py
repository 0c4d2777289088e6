"""The feed of everything that changes in the simulated Slack, for its page and for tests."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed.

    ``kind`` is one of ``message``, ``edit``, ``delete``, ``ephemeral``, ``reaction``, ``channel``, ``view``,
    ``home``, ``file``, ``call``, ``socket``, ``delivery``, ``person``, ``trouble``.
    """

    kind: str
    channel: str | None = None
    person: str | None = None
    ts: str | None = None
    detail: str | None = None


class ChangeFeed:
    """Tells every listener of every change, in order."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Change | None]] = set()
        self._closed = False

    def tell(self, change: Change) -> None:
        """Tell of one change."""
        for queue in self._queues:
            queue.put_nowait(change)

    @contextmanager
    def listening(self) -> Iterator["asyncio.Queue[Change | None]"]:
        """Open a queue of the changes from now on; None ends it."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        if self._closed:
            queue.put_nowait(None)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    async def changes(self) -> AsyncIterator[Change]:
        """Yield the changes from now on, until the simulated Slack stops."""
        with self.listening() as queue:
            while (change := await queue.get()) is not None:
                yield change

    def close(self) -> None:
        """End every listener's wait."""
        self._closed = True
        for queue in self._queues:
            queue.put_nowait(None)
