"""The kinds of trace in which nothing is wrong that anybody should be woken for."""

from collections.abc import Callable

from tests.benchmarks.detection_traces import (
    HOUR,
    START,
    Luck,
    Observation,
    Trace,
    ramp,
)
from tests.benchmarks.detection_worlds import Maker, catching_up, healthy, some_world, stepping


def steady(rng: Luck, interval: float) -> Trace:
    """Make a trace: teeth of 5 s to 4 min, nothing else."""
    return healthy("steady", some_world(rng), interval)


def long_teeth(rng: Luck, interval: float) -> Trace:
    """Make a trace: teeth of 5 min to 25 min: known, and at boot, without an alarm."""
    world = some_world(rng, period=rng.choice((300.0, 420.0, 600.0, 900.0, 1100.0)))
    world.jitter = min(world.jitter, 0.05)
    return healthy("long teeth", world, interval)


def hour_teeth(rng: Luck, interval: float) -> Trace:
    """Make a trace: teeth of 20 min to 2 h over three days, judged after the first eight teeth."""
    period = rng.choice((1200.0, 1800.0, 3600.0, 7200.0))
    world = some_world(rng, period=period, hours=72.0)
    trace = healthy("hour teeth", world, max(interval, 60.0))
    trace.judged_from = trace.observations[0].at + 8 * period
    return trace


def drops(rng: Luck, interval: float) -> Trace:
    """Make a trace: one poll in four is lost, and now and then ten minutes of them."""
    world = some_world(rng)
    polls = world.polled(interval, dropped=0.25)
    for _ in range(4):
        hole = rng.uniform(0.5, 5.5) * HOUR + polls[0].at
        polls = [poll for poll in polls if not hole <= poll.at < hole + rng.uniform(300, 900)]
    return healthy("dropped polls", world, interval, polls=polls)


def pauses(rng: Luck, interval: float) -> Trace:
    """Make a trace: pauses of up to two and a half minutes, made good at once or fast."""
    world = some_world(rng)
    t = rng.uniform(0.3, 1.0) * HOUR
    while t < 5.8 * HOUR:
        length = rng.uniform(30, 150)
        world.silent.append((t, t + length))
        if rng.random() < 0.5:
            world.extra.append(catching_up(t, t + length, rng.uniform(1.0, 4.0)))
        t += rng.uniform(0.25, 1.5) * HOUR
    return healthy("pauses", world, interval)


def bumps(rng: Luck, interval: float) -> Trace:
    """Make a trace: load slows it for up to seven minutes, costs up to two minutes, then it catches up."""
    world = some_world(rng)
    t = rng.uniform(0.4, 1.2) * HOUR
    while t < 5.5 * HOUR:
        lasted = rng.uniform(60, 415)
        cost = min(rng.uniform(10, 117), 0.9 * lasted)
        bump, well = ramp(t, t + lasted, cost / lasted, rng.uniform(0.2, 2.0))
        world.extra.append(bump)
        t = well + rng.uniform(0.1, 1.5) * HOUR
    return healthy("load bumps", world, interval)


def steps(rng: Luck, interval: float) -> Trace:
    """Make a trace: once or twice a lasting step of up to two minutes in all, up or down."""
    world = some_world(rng)
    budget = rng.uniform(10, 115)
    at = rng.uniform(0.5, 4.0) * HOUR
    if rng.random() < 0.3:
        world.extra.append(stepping(at, budget / 2))
        world.extra.append(stepping(at + rng.uniform(1.2, 2.0) * HOUR, budget / 2))
    elif rng.random() < 0.3:
        world.lag += budget
        world.extra.append(stepping(at, -budget))
    else:
        world.extra.append(stepping(at, budget))
    return healthy("steps", world, interval)


def slow_steps(rng: Luck, interval: float) -> Trace:
    """Make a trace: a slowdown of up to seven minutes to a level under two minutes higher."""
    world = some_world(rng)
    at = rng.uniform(0.5, 4.0) * HOUR
    lasted = rng.uniform(30, 415)
    height = min(rng.uniform(10, 115), 0.9 * lasted)
    world.extra.append(lambda t: height * min(1.0, max(0.0, (t - at) / lasted)))
    return healthy("slow steps", world, interval)


def slower_rhythm(rng: Luck, interval: float) -> Trace:
    """Make a trace: from some time on the teeth reach up to 140 s further."""
    world = some_world(rng, period=rng.choice((5.0, 15.0, 30.0, 60.0, 120.0)))
    world.jitter = min(world.jitter, 0.05)
    at = rng.uniform(0.5, 4.0) * HOUR
    later = world.period + rng.uniform(20, 130)
    world.period_at = lambda t: world.period if t < at else later
    return healthy("slower rhythm", world, interval)


def fifteen_to_120(rng: Luck, interval: float) -> Trace:
    """Make a trace: the rhythm goes from 15 s to 120 s."""
    world = some_world(rng, period=15.0)
    at = rng.uniform(0.3, 4.0) * HOUR
    world.period_at = lambda t: 15.0 if t < at else 120.0
    return healthy("15 s to 120 s", world, interval)


def faster_rhythm(rng: Luck, interval: float) -> Trace:
    """Make a trace: the rhythm goes from slow to fast."""
    world = some_world(rng, period=rng.choice((60.0, 120.0, 240.0)))
    at = rng.uniform(0.5, 4.0) * HOUR
    later = rng.choice((5.0, 15.0, 28.5, 31.0))
    world.period_at = lambda t: world.period if t < at else later
    return healthy("faster rhythm", world, interval)


def piece_switches(rng: Luck, interval: float) -> Trace:
    """Make a trace: once a day a piece is switched: a pause of a minute or two, made good quickly."""
    world = some_world(rng, hours=26.0)
    at = rng.uniform(0.5, 1.5) * HOUR
    for day in range(2):
        start = at + day * 24 * HOUR
        length = rng.uniform(40, 140)
        world.silent.append((start, start + length))
        world.extra.append(catching_up(start, start + length, 3.0))
    return healthy("piece switches", world, interval)


def clock_skew(rng: Luck, interval: float) -> Trace:
    """Make a trace: OCP's clock is off and is set right by up to a minute, or jumps by an hour for good."""
    world = some_world(rng)
    at = rng.uniform(0.6, 5.0) * HOUR
    jump = rng.choice((-50.0, -20.0, 20.0, 50.0, 3600.0))
    base = rng.uniform(-30, 30)
    world.skew_at = lambda t: base + (jump if t >= at else 0.0)
    return healthy("clock skew", world, interval)


def beats(rng: Luck, interval: float) -> Trace:
    """Make a trace: teeth as regular as the polls, a little off their interval: the phase creeps."""
    near = interval if interval <= 60 else 60.0
    period = rng.choice(
        (near * 0.95, near * 1.05, near * 0.997, near / 2 * 1.004, near * 2 * 0.99, near * 4 * 1.003)
    )
    world = some_world(rng, period=period)
    world.jitter = rng.choice((0.0, 0.0, 0.01))
    world.lag_jitter = 0.0
    published = world.publications()
    polls: list[Observation] = []
    index, shown = 0, published[0][1]
    for k in range(int(6 * HOUR / interval)):
        t = 3.3 + k * interval
        while index < len(published) and published[index][0] <= t:
            shown = published[index][1]
            index += 1
        polls.append(Observation(START + t, START + shown))
    return healthy("beats", world, interval, polls=polls)


def restarts(rng: Luck, interval: float) -> Trace:
    """Make a trace: the bot restarts every half hour or so, with a gap of up to twenty minutes."""
    world = some_world(rng)
    polls = world.polled(interval, dropped=0.01)
    stops: list[float] = []
    t = polls[0].at + rng.uniform(300, 1800)
    while t < polls[-1].at:
        length = rng.choice((20.0, 60.0, 400.0, 1200.0))
        polls = [poll for poll in polls if not t <= poll.at < t + length]
        stops.append(t)
        t += rng.uniform(600, 3600)
    trace = healthy("restarts", world, interval, polls=polls)
    trace.restarts = stops
    return trace


def mixed(rng: Luck, interval: float) -> Trace:
    """Make a trace: a bad but tolerable day: bumps, pauses and a step in one trace."""
    world = some_world(rng)
    world.extra.append(stepping(rng.uniform(1, 5) * HOUR, rng.uniform(5, 40)))
    t = rng.uniform(0.4, 1.0) * HOUR
    while t < 5.5 * HOUR:
        if rng.random() < 0.5:
            length = rng.uniform(20, 110)
            world.silent.append((t, t + length))
            t += length + rng.uniform(0.2, 0.8) * HOUR
        else:
            lasted = rng.uniform(60, 400)
            bump, well = ramp(
                t, t + lasted, min(rng.uniform(10, 70), 0.8 * lasted) / lasted, rng.uniform(0.3, 2.0)
            )
            world.extra.append(bump)
            t = well + rng.uniform(0.2, 0.8) * HOUR
    return healthy("mixed", world, interval)


def heavy_tails(rng: Luck, interval: float) -> Trace:
    """Make a trace: gaps between publications that vary by half, and lags that vary by a third."""
    world = some_world(rng)
    world.jitter = 0.5
    world.lag_jitter = 0.33
    return healthy("heavy jitter", world, interval)


def slow_uploads(rng: Luck, interval: float) -> Trace:
    """Make a trace: one publication in a hundred took 20 to 80 s longer than the others."""
    world = some_world(rng)
    spots = [rng.uniform(0, 6) * HOUR for _ in range(30)]
    for spot in spots:
        height = rng.uniform(20, 80)
        world.extra.append(_bulge(spot, spot + max(world.period, 1.0), height))
    return healthy("slow uploads", world, interval)


def _bulge(start: float, stop: float, height: float) -> Callable[[float], float]:
    return lambda t: height if start <= t < stop else 0.0


def two_rhythms(rng: Luck, interval: float) -> Trace:
    """Make a trace: by turns of 20 to 90 minutes it publishes every 30 s and every 100 s."""
    world = some_world(rng, period=30.0)
    edges = [0.0]
    while edges[-1] < 6 * HOUR:
        edges.append(edges[-1] + rng.uniform(1200, 5400))
    world.period_at = lambda t: 30.0 if sum(edge <= t for edge in edges) % 2 else 100.0
    return healthy("two rhythms", world, interval)


HEALTHY: dict[str, Maker] = {
    "steady": steady,
    "dropped polls": drops,
    "pauses": pauses,
    "load bumps": bumps,
    "steps": steps,
    "slow steps": slow_steps,
    "slower rhythm": slower_rhythm,
    "15 s to 120 s": fifteen_to_120,
    "faster rhythm": faster_rhythm,
    "piece switches": piece_switches,
    "clock skew": clock_skew,
    "restarts": restarts,
    "long teeth": long_teeth,
    "hour teeth": hour_teeth,
    "beats": beats,
    "heavy jitter": heavy_tails,
    "mixed": mixed,
}
HEALTHY_HELD_OUT: dict[str, Maker] = {
    "slow uploads": slow_uploads,
    "two rhythms": two_rhythms,
}
