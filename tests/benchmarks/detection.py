"""The bench of detection: one table of our rules, the rules people use today, and the least possible.

``python tests/benchmarks/detection.py`` runs the report's traces: 40 of each kind at 30 s polls, fewer at
the other intervals. ``--traces N``, ``--interval S``, ``--kinds a,b`` narrow it, ``--tuning`` takes the seeds
that parameters were chosen on instead, ``--peers no`` leaves the others out.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from statistics import median

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from bot.domain.detection import TaskMemory, evaluate
from bot.domain.thresholds import Thresholds
from tests.benchmarks.detection_healthy import HEALTHY, HEALTHY_HELD_OUT
from tests.benchmarks.detection_incidents import INCIDENTS, INCIDENTS_HELD_OUT
from tests.benchmarks.detection_judge import Score, as_task, ours
from tests.benchmarks.detection_peers import PEERS, least_possible
from tests.benchmarks.detection_traces import Luck
from tests.benchmarks.detection_worlds import Maker

OURS = "ours"
KINDS: dict[str, Maker] = {**HEALTHY, **HEALTHY_HELD_OUT, **INCIDENTS, **INCIDENTS_HELD_OUT}
HELD_OUT = frozenset({*HEALTHY_HELD_OUT, *INCIDENTS_HELD_OUT})
INTERVALS = (30.0, 10.0, 60.0, 300.0)

Cell = tuple[float, str, str]
"""Poll interval, kind, rule."""


def seed(kind: str, interval: float, number: int, *, tuning: bool) -> str:
    """Name the luck of one trace: those of the report are apart from those that were tuned on."""
    return f"tune/{kind}/{number}" if tuning else f"report/a/{kind}/{interval:g}/{number}"


def judge(kind: str, interval: float, numbers: range, *, tuning: bool, peers: bool) -> dict[Cell, Score]:
    """Run all rules over these traces of one kind."""
    rules = {OURS: ours, **(PEERS if peers else {})}
    scores = {(interval, kind, rule): Score() for rule in rules}
    least = scores[interval, kind, "least possible"] = Score()
    for number in numbers:
        trace = KINDS[kind](Luck(seed(kind, interval, number, tuning=tuning), number), interval)
        for rule, detect in rules.items():
            scores[interval, kind, rule].add(trace, detect(trace))
        possible = least_possible(trace)
        if possible is not None:
            least.delays.append(possible)
            least.incidents += 1
    return scores


def run(
    kinds: list[str],
    intervals: dict[float, int],
    *,
    tuning: bool = False,
    peers: bool = True,
    workers: int = 2,
) -> dict[Cell, Score]:
    """Run the bench on several processes, and put the parts together."""
    merged: dict[Cell, Score] = {}
    with ProcessPoolExecutor(workers) as pool:
        parts = [
            pool.submit(
                judge, kind, interval, range(start, min(start + 20, traces)), tuning=tuning, peers=peers
            )
            for interval, traces in intervals.items()
            for kind in kinds
            for start in range(0, traces, 20)
        ]
        for part in parts:
            for cell, score in part.result().items():
                merged[cell] = merged.setdefault(cell, Score()).merge([score])
    return merged


HEADER = (
    f"{'polls':>5}  {'kind':<19} {'rule':<22} {'false/week':>10} {'missed':>9} {'twice':>5} "
    f"{'early':>5} {'open+50':>7} {'median s':>8} {'95 % s':>7}"
)


def lines(scores: dict[Cell, Score]) -> Iterator[str]:
    """Draw the table: one line for each rule on each kind, and what is quiet about all healthy kinds."""
    yield HEADER
    for (interval, kind), cells in groupby(scores.items(), key=lambda item: item[0][:2]):
        for (_, _, rule), score in cells:
            if score.incidents or score.seconds:
                name = f"{kind} *" if kind in HELD_OUT else kind
                yield line(interval, name, rule, score)
    for interval in dict.fromkeys(cell[0] for cell in scores):
        yield ""
        for rule in dict.fromkeys(cell[2] for cell in scores):
            quiet = Score().merge(
                score
                for (at, kind, by), score in scores.items()
                if at == interval and by == rule and kind in {**HEALTHY, **HEALTHY_HELD_OUT}
            )
            if quiet.seconds:
                yield line(interval, "all healthy kinds", rule, quiet)
    yield "\n* held out: nothing was chosen on traces of this kind."


def line(interval: float, kind: str, rule: str, score: Score) -> str:
    """Draw one line of the table."""
    shown = f"{score.missed}/{score.incidents}" if score.incidents else ""
    times = f"{score.median:8.0f} {score.high:7.0f}" if score.delays else ""
    false = f"{score.per_week:.1f}" if score.seconds else ""
    return (
        f"{interval:5.0f}  {kind:<19} {rule:<22} {false:>10} {shown:>9} {score.twice or '':>5} "
        f"{score.early or '':>5} {score.late_open or '':>7} {times}"
    ).rstrip()


def reach(scores: dict[Cell, Score]) -> Iterator[str]:
    """Draw what is to be reached at 30 s polls, and what was."""
    for kind, goal_median, goal_high in (
        ("stall", 250, 430),
        ("growth", 600, 1500),
        ("growth under 5 min", 900, None),
        ("crawl", 230, None),
    ):
        score = scores.get((30.0, kind, OURS))
        if score is not None and score.delays:
            least = scores[30.0, kind, "least possible"].delays
            high = f", 95th percentile {score.high:.0f} s of {goal_high} s" if goal_high else ""
            yield (
                f"{kind}: median {score.median:.0f} s of {goal_median} s{high}; "
                f"who knows everything needs {median(least):.0f} s"
            )


def cost(traces: int = 20, rounds: int = 5) -> float:
    """Give the microseconds that a healthy observation takes, at best of some rounds."""
    steady = [KINDS["steady"](Luck(f"cost/{number}", number), 30.0) for number in range(traces)]
    polls = [
        [(datetime.fromtimestamp(one.at, UTC), as_task(one)) for one in trace.observations]
        for trace in steady
    ]
    best, thresholds = float("inf"), Thresholds()
    for _ in range(rounds):
        began = time.process_time()
        for trace in polls:
            memory: TaskMemory | None = None
            for at, task in trace:
                memory, _ = evaluate(memory, task, at, thresholds)
        best = min(best, time.process_time() - began)
    return best / sum(map(len, polls)) * 1e6


def main(arguments: list[str] | None = None) -> int:
    """Run the report and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=int, default=40)
    parser.add_argument("--interval", type=float, action="append")
    parser.add_argument("--kinds", default="")
    parser.add_argument("--tuning", action="store_true")
    parser.add_argument("--peers", choices=("yes", "no"), default="yes")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args(arguments)
    kinds = [kind.strip() for kind in chosen.kinds.split(",") if kind.strip()] or list(KINDS)
    intervals = {
        interval: chosen.traces if interval == 30.0 or chosen.interval else max(1, chosen.traces // 2)
        for interval in chosen.interval or INTERVALS
    }
    began = time.perf_counter()
    scores = run(kinds, intervals, tuning=chosen.tuning, peers=chosen.peers == "yes", workers=chosen.workers)
    print("\n".join(lines(scores)))
    print("\n".join(reach(scores)))
    print(f"{cost():.1f} microseconds an observation")
    print(f"{time.perf_counter() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
