"""How long a value takes to make, frozen to the type checker alone and guarding itself.

Run it with ``python tests/benchmarks/values.py``; it prints a line for each class that polls make most of.
"""

import sys
import timeit
from dataclasses import fields, make_dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

from bot.domain.detection.memory import Block
from bot.domain.evidence import Well
from bot.domain.finding import Assessment
from bot.domain.roster import KnownTask
from bot.domain.task import Task

MADE = 20_000
ROUNDS = 15


def microseconds(kind: Any, values: tuple[int, ...]) -> float:
    """Return the best of many rounds: what one takes to make when nothing disturbs it."""
    return min(timeit.repeat(lambda: kind(*values), number=MADE, repeat=ROUNDS)) / MADE * 1e6


def main() -> None:
    """Measure and print."""
    for kind in (Task, KnownTask, Assessment, Block, Well):
        names = [field.name for field in fields(kind)]
        guarded = make_dataclass(kind.__name__, names, frozen=True, slots=True)
        values = tuple(range(len(names)))
        quick, slow = microseconds(kind, values), microseconds(guarded, values)
        print(
            f"{kind.__name__:10}  {len(names):2} fields  {quick:.2f} us, guarding itself {slow:.2f} us "
            f"= {slow / quick:.1f} x"
        )


if __name__ == "__main__":
    main()
