"""How a process that runs for months keeps its pauses short and its memory small."""

import gc
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

RARELY = (10_000, 500, 1000)
"""When Python looks for garbage: a poll of a large fleet makes a hundred thousand things that are none.

Each look at all of them costs more than it finds, and one look at ten thousand takes eight milliseconds, in
which nobody is answered.
"""
_FOR_TERMINALS = ("httpx._main", "rich")
"""What httpx and structlog load, if it is there, for terminals of their own: 3.6 MB that a bot never uses."""
_WIDER_AFTER = timedelta(minutes=1)
_WIDER_EVERY = timedelta(minutes=10)
_MAPS = Path("/proc/self/maps")
_HUGEPAGE = 14
"""Linux's own number of it, from mman.h: MADV_HUGEPAGE."""
_COLLAPSE = 25
"""As above: MADV_COLLAPSE, of Linux 6.1; an older one makes the pages large by itself, some at a time."""
_LARGE = 2 << 20
_ARENA_MAX = -8
"""glibc's own number of it, from malloc.h: M_ARENA_MAX."""


def begin() -> None:
    """Let Python look for garbage rarely from now on, and load libraries without what is for terminals."""
    gc.set_threshold(*RARELY)
    unwanted = {name: None for name in _FOR_TERMINALS if name not in sys.modules}
    sys.modules.update(unwanted)  # type: ignore[arg-type] # None: not to be had, as importlib documents it
    import httpx  # noqa: F401 - loaded here, used elsewhere
    import structlog  # noqa: F401 - as httpx

    for name in unwanted:
        del sys.modules[name]


def settle() -> None:
    """Take what there is by now for the program itself: it is never looked through for garbage.

    And keep one heap: glibc would give each thread that waits for SQLite one of its own, and each has its
    holes (measured by ``tests/benchmarks/soak.py``: 4 of 203 MB).
    """
    import ctypes

    gc.freeze()
    limit = getattr(ctypes.CDLL(None), "mallopt", None)
    if limit is not None:
        limit(_ARENA_MAX, 1)


async def keep_wide(sleep: Callable[[timedelta], Awaitable[None]]) -> None:
    """Ask for large pages until cancelled: a minute after the start, and less and less often from then on.

    ``sleep`` takes real time. What is remembered comes with the first polls, and hardly moves any more.
    """
    import asyncio

    wait = _WIDER_AFTER
    while True:
        await sleep(wait)
        await asyncio.to_thread(widen)
        wait = min(2 * wait, _WIDER_EVERY)


def widen() -> None:
    """Ask Linux to hold what is remembered in pages of 2 MB, which many machines give only to who asks.

    A poll of a large fleet goes through a hundred megabytes of small things, and each page of 4 kB that it
    comes to has to be found first (measured by ``tests/benchmarks/large_pages.py``: a poll is judged in nine
    tenths of the time, for 1 MB).
    Where there are no such pages, or this is no Linux, nothing changes.
    """
    import ctypes

    with suppress(OSError, AttributeError, ValueError):
        advise = ctypes.CDLL(None).madvise
        for start, size in _heaps(_MAPS.read_text(errors="replace").splitlines()):
            where = ctypes.c_void_p(start), ctypes.c_size_t(size)
            advise(*where, _HUGEPAGE)
            advise(*where, _COLLAPSE)


def _heaps(maps: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield start and size of the memory that belongs to no file, can be written, and has room for a page."""
    for line in maps:
        span, rights, _, _, inode, *name = line.split(maxsplit=5)
        start, _, end = span.partition("-")
        size = int(end, 16) - int(start, 16)
        if rights == "rw-p" and inode == "0" and name in ([], ["[heap]"]) and size >= _LARGE:
            yield int(start, 16), size
