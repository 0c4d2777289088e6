"""What large pages save: a poll of a remembered fleet judged before and after they were asked for.

``python tests/benchmarks/large_pages.py [tasks] [clusters] [polls]`` prints CPU and resident memory. Where
Linux has no large pages to give, or gives them to everybody, both are the same.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

from bot.cli.frugal import widen
from bot.domain.roster import KnownTask
from bot.domain.task import TaskKey
from tests.benchmarks.processes import PAGE, machine
from tests.benchmarks.storage import SimulatedFleet, judge

WHOLE = Path("/sys/kernel/mm/transparent_hugepage/enabled")
EACH = 12


def polls(fleet: SimulatedFleet, known: dict[TaskKey, KnownTask], numbers: range) -> Iterator[float]:
    """Judge polls, what was known being followed by what is; yield the CPU seconds of each."""
    for number in numbers:
        readings = list(fleet.poll(number))
        began = time.process_time()
        judge(readings, known)
        yield time.process_time() - began


def resident() -> float:
    """Tell the resident memory of this process in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


def main() -> None:
    """Measure and print."""
    given = [int(argument) for argument in sys.argv[1:]]
    tasks, clusters, before = given + [10_000, 100, 40][len(given) :]
    fleet, known = SimulatedFleet(tasks, clusters), dict[TaskKey, KnownTask]()
    list(polls(fleet, known, range(before)))
    small, held = median(polls(fleet, known, range(before, before + EACH))), resident()
    widen()
    large = median(polls(fleet, known, range(before + EACH, before + 2 * EACH)))
    print(machine())
    print(f"{tasks} tasks in {clusters} clusters; large pages here: {WHOLE.read_text().strip()}")
    print(f"  small pages {small * 1000:6.1f} ms of CPU to judge a poll, {held:.0f} MB")
    print(f"  large pages {large * 1000:6.1f} ms, {resident():.0f} MB: {large / small:.2f} x")


if __name__ == "__main__":
    main()
