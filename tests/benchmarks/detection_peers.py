"""The rules that people use today, and the least possible: what our rules are compared with."""

from collections import deque
from collections.abc import Callable
from itertools import pairwise

from tests.benchmarks.detection_judge import Detector, Edges
from tests.benchmarks.detection_traces import Observation, Trace

CLEARS_AFTER = 300.0
"""OCP and Alertmanager take an alarm back after it has not held for five minutes."""

Rule = Callable[[deque[tuple[float, float]], Observation], bool]
"""From the last observations, as (at, delay), and the present one: does it hold?"""


def detector(make: Callable[[], Rule], *, patience: float = 0.0) -> Detector:
    """Make a detector of a rule that must hold for ``patience`` seconds, and is over after five minutes."""

    def run(trace: Trace) -> Edges:
        rule = make()
        past: deque[tuple[float, float]] = deque(maxlen=400)
        edges: Edges = []
        since: float | None = None
        held_at = 0.0
        raised = False
        for observation in trace.observations:
            at = observation.at
            if past and at <= past[-1][0]:
                continue
            past.append((at, at - observation.checkpoint))
            if observation.status == "FAILED" or rule(past, observation):
                since = at if since is None else since
                held_at = at
                if not raised and (at - since >= patience or observation.status == "FAILED"):
                    raised = True
                    edges.append((at, True))
            else:
                since = None
                if raised and at - held_at >= CLEARS_AFTER:
                    raised = False
                    edges.append((at, False))
        return edges

    return run


def level(limit: float) -> Callable[[], Rule]:
    """Fire while the delay is over a limit (OCP's inc_backup_delay, TiDB's alerts)."""
    return lambda: lambda past, _now: past[-1][1] > limit


def deriv(minutes: float, slope: float = 0.1) -> Callable[[], Rule]:
    """Fire like Prometheus' deriv over a window: its slope by least squares is over ``slope``."""

    def rule(past: deque[tuple[float, float]], _now: Observation) -> bool:
        start = past[-1][0] - minutes * 60.0
        window = [(at, delay) for at, delay in past if at >= start]
        if len(window) < 3 or window[-1][0] - window[0][0] < minutes * 30.0:
            return False
        mean_at = sum(at for at, _ in window) / len(window)
        mean = sum(delay for _, delay in window) / len(window)
        up = sum((at - mean_at) * (delay - mean) for at, delay in window)
        return up / sum((at - mean_at) ** 2 for at, _ in window) > slope

    return lambda: rule


def rising(polls: int) -> Callable[[], Rule]:
    """Fire when the delay rose at each of the last n polls."""

    def rule(past: deque[tuple[float, float]], _now: Observation) -> bool:
        last = list(past)[-polls - 1 :]
        return len(last) > polls and all(one[1] < two[1] for one, two in pairwise(last))

    return lambda: rule


def burrow(window: int) -> Callable[[], Rule]:
    """Apply Burrow's rules over a window of observations.

    The checkpoint is its committed offset and the delay its lag: stalled where the offset stood still and
    lag never fell, a warning where lag never decreased from one to the next over the whole window.
    """

    def make() -> Rule:
        seen: deque[tuple[float, float]] = deque(maxlen=window)

        def rule(past: deque[tuple[float, float]], now: Observation) -> bool:
            seen.append((now.checkpoint, past[-1][1]))
            if len(seen) < window or any(lag <= 0.0 for _, lag in seen):
                return False
            entries = list(seen)
            pairs = list(pairwise(entries))
            if all(one[0] == two[0] for one, two in pairs):
                return True
            return all(two[1] >= one[1] for one, two in pairs)

        return rule

    return make


PEERS: dict[str, Detector] = {
    "level 300 s": detector(level(300.0)),
    "level 300 s for 5 min": detector(level(300.0), patience=300.0),
    "level 600 s": detector(level(600.0)),
    "level 600 s for 5 min": detector(level(600.0), patience=300.0),
    "deriv 10 min": detector(deriv(10.0), patience=300.0),
    "deriv 15 min": detector(deriv(15.0), patience=300.0),
    "deriv 30 min": detector(deriv(30.0), patience=600.0),
    "5 rising polls": detector(rising(5)),
    "10 rising polls": detector(rising(10)),
    "Burrow, 10": detector(burrow(10)),
    "Burrow, 20": detector(burrow(20)),
}


def least_possible(trace: Trace) -> float | None:
    """Give the time that a detector needs which knows lag, period, onset and loss; None where unknown.

    A stall is only certain once patience and most of a tooth are over; a growth once it is dear or has
    lasted: the longer of neither, plus half a tooth and half a poll.
    """
    half_poll = 0.5 * trace.interval
    if trace.kind in {"stall", "early stall"}:
        return 150.0 + 0.7 * trace.period + half_poll
    if trace.loss is not None:
        return min(420.0, 120.0 / trace.loss) + 0.5 * trace.period + half_poll
    return None
