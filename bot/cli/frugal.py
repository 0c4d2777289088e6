"""How a process that runs for months keeps its pauses short and its memory small."""

import gc

RARELY = (10_000, 500, 1000)
"""When Python looks for garbage: a poll of a large fleet makes a hundred thousand things that are none.

Each look at all of them costs more than it finds, and one look at ten thousand takes eight milliseconds, in
which nobody is answered.
"""
_ARENA_MAX = -8
"""glibc's own number of it, from malloc.h: M_ARENA_MAX."""


def look_rarely() -> None:
    """Let Python look for garbage rarely from now on, as early as can be."""
    gc.set_threshold(*RARELY)


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
