"""What worlds the kinds of trace have in common."""

from collections.abc import Callable

from tests.benchmarks.detection_traces import PERIODS, START, Luck, Observation, Trace, World

Maker = Callable[[Luck, float], Trace]
"""A kind: from luck and the poll interval to one trace."""


def some_world(rng: Luck, *, period: float | None = None, hours: float = 6.0) -> World:
    """Make a task with a rhythm, lag, jitter and rounding of its own; periods come in equal shares."""
    return World(
        rng=rng,
        period=period if period is not None else PERIODS[rng.number % len(PERIODS)],
        lag=rng.choice((2.0, 5.0, 10.0, 20.0, 40.0)) * rng.uniform(0.8, 1.2),
        hours=hours,
        jitter=rng.choice((0.0, 0.02, 0.05, 0.1, 0.2)),
        lag_jitter=rng.choice((0.0, 0.02, 0.1)),
        rounding=rng.choice((0.001, 0.001, 1.0)),
    )


def healthy(
    kind: str,
    world: World,
    interval: float,
    *,
    dropped: float | None = None,
    polls: list[Observation] | None = None,
) -> Trace:
    """Poll a world in which nothing is wrong."""
    share = world.rng.choice((0.0, 0.01, 0.05)) if dropped is None else dropped
    seen = polls if polls is not None else world.polled(interval, dropped=share)
    return Trace(kind, world.period, interval, seen)


def incident(kind: str, world: World, interval: float, onset: float, over: float) -> Trace:
    """Poll a world in which something is wrong from ``onset`` to ``over``."""
    trace = healthy(kind, world, interval)
    start = trace.observations[0].at
    trace.onset = max(start, onset + START)
    trace.over = over + START
    return trace


def catching_up(start: float, stop: float, speed: float) -> Callable[[float], float]:
    """Give what is still missing after a silence that is made good at ``speed``."""

    def extra(t: float) -> float:
        return max(0.0, (stop - start) - speed * (t - stop)) if t >= stop else 0.0

    return extra


def stepping(at: float, height: float) -> Callable[[float], float]:
    """Give a step of this height that stays."""
    return lambda t: height if t >= at else 0.0
