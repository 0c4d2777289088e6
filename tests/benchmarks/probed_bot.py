"""Runs the bot as ``python -m bot`` does, and notes how long its event loop was ever held up.

``python tests/benchmarks/probed_bot.py FILE ARGUMENTS...``: a look each millisecond, from within the loop
itself; what comes later than ``WORTH_NOTING`` is a line in FILE: when (by the monotonic clock), for how long,
and for how much of that the loop's own thread computed (the rest it waited for one of the cores, or for
another thread to let go of the interpreter).
"""

import asyncio
import sys
import time
from pathlib import Path
from typing import NamedTuple, TextIO

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

from bot.cli import main

EVERY = 0.001
WORTH_NOTING = 0.005


class Hold(NamedTuple):
    """A time in which the loop did nothing else, in seconds."""

    at: float
    lasted: float
    computed: float


def holds(file: Path, since: float) -> list[Hold]:
    """Read what was noted from this moment of the monotonic clock on, the longest first."""
    found = [Hold(*map(float, line.split())) for line in file.read_text().splitlines()]
    return sorted((one for one in found if one.at >= since), key=lambda one: -one.lasted)


class Probe:
    """Looks at the loop from within, again and again."""

    def __init__(self, loop: asyncio.AbstractEventLoop, file: TextIO) -> None:
        self._loop, self._file = loop, file
        self._at, self._used = time.monotonic(), time.thread_time()
        loop.call_soon(self._look)

    def _look(self) -> None:
        at, used = time.monotonic(), time.thread_time()
        lasted = at - self._at - EVERY
        if lasted > WORTH_NOTING:
            self._file.write(f"{at} {lasted} {used - self._used}\n")
            self._file.flush()
        self._at, self._used = time.monotonic(), time.thread_time()
        self._loop.call_later(EVERY, self._look)


class Probed(asyncio.DefaultEventLoopPolicy):
    """Makes loops that are looked at."""

    def __init__(self, file: TextIO) -> None:
        super().__init__()
        self._file = file

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """Make a loop with a probe in it."""
        loop = super().new_event_loop()
        Probe(loop, self._file)
        return loop


if __name__ == "__main__":
    with Path(sys.argv.pop(1)).open("a") as noted:
        asyncio.set_event_loop_policy(Probed(noted))
        main()
