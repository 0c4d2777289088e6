"""What is under way: each payload's work once, however often Slack delivers it, and when its act was over."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from bot.errors import BotError
from bot.operations.answering import Answer, Mistaken
from bot.operations.ports import Journal

REMEMBERED = 5000
ACT_WITHIN = timedelta(seconds=2.5)
"""So long an act may take before Slack's three seconds to acknowledge are nearly over."""


@dataclass(slots=True, eq=False)
class Run:
    """The work for one payload. ``acted`` is set when the act is over, though its answer may be on its way.

    ``outcome`` is what came of it; None where it failed in a way that has no words. ``is_late`` is whether
    somebody was told meanwhile that it takes long.
    """

    acted: asyncio.Event = field(default_factory=asyncio.Event)
    outcome: Answer | Mistaken | BotError | None = None
    is_late: bool = False

    def is_over(self, outcome: Answer | Mistaken | BotError) -> None:
        """Note what came of the act."""
        self.outcome = outcome
        self.acted.set()

    async def in_time(self, within: timedelta | None = None) -> bool:
        """Wait for the act nearly as long as Slack waits for us; False where that was too short."""
        try:
            async with asyncio.timeout((within or ACT_WITHIN).total_seconds()):
                await self.acted.wait()
        except TimeoutError:
            return False
        return True


Work = Callable[[Run], Coroutine[Any, Any, None]]
About = Callable[[str], AbstractContextManager[None]]


def unmarked(_payload: str) -> AbstractContextManager[None]:
    """Mark nothing."""
    return nullcontext()


class UnderWay:
    """Starts work as tasks of their own, and remembers by Slack's ids what was started.

    The log's lines about one piece of work are those written inside ``about(payload)``. The name has a number
    of ours: Slack's own ids open dialogs for a while, and have no business in a log.
    """

    def __init__(self, journal: Journal, about: About = unmarked) -> None:
        self._about = about
        self._numbers = count(1)
        self.tasks: set[asyncio.Task[None]] = set()
        self._journal = journal
        self._seen: OrderedDict[str, Run] = OrderedDict()

    def begin(self, key: str, door: str, work: Work) -> Run:
        """Start the work that a payload asks for; where it was here before, that run is given."""
        known = self._seen.get(key) if key else None
        if known is not None:
            return known
        run = Run()
        self._remember(key, run)
        task = asyncio.create_task(self._guarded(run, door, work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return run

    def is_known(self, key: str) -> bool:
        """Whether this was here before; from now on it was."""
        if key in self._seen:
            return True
        self._remember(key, Run())
        return False

    def forget(self, key: str) -> None:
        """Let what failed be tried again."""
        self._seen.pop(key, None)

    async def close(self, within: timedelta) -> None:
        """Let the work under way end, for so long; the rest is dropped."""
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=within.total_seconds())
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _guarded(self, run: Run, door: str, work: Work) -> None:
        """Whatever happens to one payload is no other's trouble; what is cancelled was not acted on."""
        with self._about(f"{door}/{next(self._numbers)}"):
            try:
                await work(run)
            except Exception:  # noqa: BLE001 - one Slack payload's boundary
                self._journal.error("payload not handled", door=door)
        run.acted.set()

    def _remember(self, key: str, run: Run) -> None:
        if not key:
            return
        self._seen[key] = run
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
