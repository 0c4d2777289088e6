"""How long a value takes to make and to be looked through for garbage, beside a plain frozen dataclass.

Run it with ``python tests/benchmarks/values.py``; it prints a line for each class that polls make most of.
"""

import gc
import sys
import time
import timeit
from dataclasses import fields, make_dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

from bot.domain.detection.memory import Block, TaskMemory
from bot.domain.evidence import Well
from bot.domain.finding import Assessment
from bot.domain.roster import KnownTask
from bot.domain.task import Task

MADE = 20_000
ROUNDS = 15


def microseconds(kind: Any, values: tuple[list[int], ...]) -> float:
    """Return the best of many rounds: what one takes to make when nothing disturbs it."""
    return min(timeit.repeat(lambda: kind(*values), number=MADE, repeat=ROUNDS)) / MADE * 1e6


def looked_through(kind: Any, values: tuple[list[int], ...]) -> float:
    """Return what one costs Python's collector when it looks for garbage, in microseconds, best of some."""
    best = float("inf")
    gc.disable()
    gc.collect()
    gc.freeze()
    for _ in range(5):
        kept = [kind(*values) for _ in range(MADE)]
        began = time.perf_counter()
        gc.collect(0)
        best = min(best, time.perf_counter() - began)
        del kept
        gc.collect()
    gc.enable()
    return best / MADE * 1e6


def main() -> None:
    """Measure and print."""
    for kind in (Task, KnownTask, TaskMemory, Assessment, Block, Well):
        names = [field.name for field in fields(kind)]
        plain = make_dataclass(kind.__name__, names, frozen=True, slots=True)
        values: tuple[list[int], ...] = tuple([] for _ in names)
        quick, slow = microseconds(kind, values), microseconds(plain, values)
        print(
            f"{kind.__name__:10}  {len(names):2} fields  {quick:.2f} us, as a dataclass {slow:.2f} us "
            f"= {slow / quick:.1f} x; looked through in {looked_through(kind, values):.3f} us, "
            f"as a dataclass in {looked_through(plain, values):.3f} us"
        )


if __name__ == "__main__":
    main()
