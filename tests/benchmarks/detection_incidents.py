"""The kinds of trace in which something goes wrong, with when it began and when it was over."""

from tests.benchmarks.detection_traces import HOUR, LOSSES, PERIODS, START, Luck, Span, Trace, ramp
from tests.benchmarks.detection_worlds import Maker, catching_up, incident, some_world


def stall(rng: Luck, interval: float) -> Trace:
    """Make a trace: full stop of 20 to 60 minutes, then caught up at two to ten times real time."""
    world = some_world(rng)
    onset = rng.uniform(1.0, 4.0) * HOUR
    stop = onset + rng.uniform(1200, 3600)
    speed = rng.uniform(1.0, 9.0)
    world.silent.append((onset, stop))
    world.extra.append(catching_up(onset, stop, speed))
    return incident("stall", world, interval, onset, stop + (stop - onset) / speed)


def stall_at_once(rng: Luck, interval: float) -> Trace:
    """Make a trace: a stall begins within the first ten minutes of watching."""
    world = some_world(rng)
    onset = rng.uniform(60, 600)
    world.silent.append((onset, onset + 3600))
    world.extra.append(catching_up(onset, onset + 3600, 5.0))
    return incident("early stall", world, interval, onset, onset + 3600 * 1.2)


def stalled_from_the_first(rng: Luck, interval: float) -> Trace:
    """Make a trace: it stands still from the very first poll."""
    world = some_world(rng)
    world.silent.append((-1.0, 4000.0))
    world.extra.append(catching_up(-1.0, 4000.0, 5.0))
    return incident("stall from poll 1", world, interval, 0.0, 4800.0)


def growth(rng: Luck, interval: float) -> Trace:
    """Make a trace: it loses 5 to 70 % of real time, in equal shares."""
    loss = LOSSES[(rng.number + rng.number // len(PERIODS)) % len(LOSSES)]
    return _growth("growth", rng, interval, PERIODS[rng.number % len(PERIODS)], loss)


def growth_long_period(rng: Luck, interval: float) -> Trace:
    """Make a trace: it loses 10 or 30 % under teeth of five minutes."""
    return _growth("growth under 5 min", rng, interval, 300.0, (0.10, 0.30)[rng.number % 2])


def crawl(rng: Luck, interval: float) -> Trace:
    """Make a trace: it moves at 5 % of real time."""
    return _growth("crawl", rng, interval, PERIODS[rng.number % len(PERIODS)], 0.95)


def slow_growth(rng: Luck, interval: float) -> Trace:
    """Make a trace: it loses 2 % of real time, for hours."""
    return _growth(
        "growth at 2 %", rng, interval, PERIODS[rng.number % len(PERIODS)], 0.02, lasted=3.5 * HOUR
    )


def noisy_growth(rng: Luck, interval: float) -> Trace:
    """Make a trace: it loses 10 to 40 % of real time, between pauses."""
    world = some_world(rng)
    onset = rng.uniform(1.0, 3.0) * HOUR
    over = onset + rng.uniform(0.7, 1.5) * HOUR
    extra, well = ramp(onset, over, rng.choice((0.1, 0.2, 0.4)), rng.uniform(0.5, 3.0))
    world.extra.append(extra)
    t = onset + rng.uniform(100, 900)
    while t < over:
        world.silent.append((t, t + rng.uniform(30, 120)))
        t += rng.uniform(400, 1200)
    return incident("growth and pauses", world, interval, onset, well)


def _growth(
    kind: str, rng: Luck, interval: float, period: float, loss: float, *, lasted: float | None = None
) -> Trace:
    world = some_world(rng, period=period)
    onset = rng.uniform(1.0, 2.0 if lasted else 3.0) * HOUR
    over = onset + (lasted or rng.uniform(0.8, 1.6) * HOUR)
    extra, well = ramp(onset, over, loss, rng.uniform(0.5, 5.0))
    world.extra.append(extra)
    trace = incident(kind, world, interval, onset, well)
    trace.loss = loss
    return trace


def staircase(rng: Luck, interval: float) -> Trace:
    """Make a trace: steps of 30 to 90 s every ten to twenty minutes, each of which stays."""
    world = some_world(rng)
    onset = rng.uniform(1.0, 2.0) * HOUR
    height, every = rng.uniform(30, 90), rng.uniform(600, 1200)
    over = onset + 2 * HOUR

    def extra(t: float) -> float:
        if t < onset:
            return 0.0
        climbed = height * (1 + int((min(t, over) - onset) / every))
        return climbed if t < over else max(0.0, climbed - 2.0 * (t - over))

    world.extra.append(extra)
    return incident("staircase", world, interval, onset, over + extra(over - 1) / 2.0)


def flapping(rng: Luck, interval: float) -> Trace:
    """Make a trace: FAILED and RUNNING in turn, two to five minutes each, for half an hour."""
    world = some_world(rng)
    onset = rng.uniform(1.0, 4.0) * HOUR
    edges = [onset]
    while edges[-1] < onset + 1800:
        edges.append(edges[-1] + rng.uniform(120, 300))
    if len(edges) % 2:
        edges.pop()
    failed: list[Span] = list(zip(edges[::2], edges[1::2], strict=True))
    world.silent.extend(failed)
    world.status_at = lambda t: "FAILED" if any(a <= t < b for a, b in failed) else "RUNNING"
    return incident("FAILED flapping", world, interval, onset, edges[-1])


def accelerating(rng: Luck, interval: float) -> Trace:
    """Make a trace: within half an hour it goes from healthy to losing 60 % of real time."""
    world = some_world(rng)
    onset = rng.uniform(1.0, 3.0) * HOUR
    over = onset + 1.2 * HOUR
    top = 0.3 * 1800 + 0.6 * (over - onset - 1800)

    def extra(t: float) -> float:
        if t <= onset:
            return 0.0
        if t <= over:
            early = min(t - onset, 1800.0)
            return 0.6 * early * early / 3600.0 + 0.6 * max(0.0, t - onset - 1800.0)
        return max(0.0, top - 3.0 * (t - over))

    world.extra.append(extra)
    return incident("accelerating", world, interval, onset, over + top / 3.0)


def stall_in_a_gap(rng: Luck, interval: float) -> Trace:
    """Make a trace: it stalls while the bot is down for ten minutes."""
    world = some_world(rng)
    onset = rng.uniform(1.5, 4.0) * HOUR
    stop = onset + 3600.0
    world.silent.append((onset, stop))
    world.extra.append(catching_up(onset, stop, 4.0))
    trace = incident("stall in a gap", world, interval, onset, stop + 900.0)
    down = START + onset - 200.0
    trace.observations = [seen for seen in trace.observations if not down <= seen.at < down + 600.0]
    trace.restarts = [down]
    return trace


INCIDENTS: dict[str, Maker] = {
    "stall": stall,
    "growth": growth,
    "growth under 5 min": growth_long_period,
    "crawl": crawl,
    "staircase": staircase,
    "FAILED flapping": flapping,
    "early stall": stall_at_once,
    "stall from poll 1": stalled_from_the_first,
    "growth at 2 %": slow_growth,
    "growth and pauses": noisy_growth,
}
INCIDENTS_HELD_OUT: dict[str, Maker] = {
    "accelerating": accelerating,
    "stall in a gap": stall_in_a_gap,
}
