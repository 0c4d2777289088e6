"""How a process that runs for months keeps its pauses short and its memory small."""

import gc
import sys

RARELY = (10_000, 500, 1000)
"""When Python looks for garbage: a poll of a large fleet makes a hundred thousand things that are none.

Each look at all of them costs more than it finds, and one look at ten thousand takes eight milliseconds, in
which nobody is answered.
"""
_FOR_TERMINALS = ("httpx._main", "rich")
"""What httpx and structlog load, if it is there, for terminals of their own: 3.6 MB that a bot never uses."""
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
