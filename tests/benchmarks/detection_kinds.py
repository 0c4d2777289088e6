"""The kinds of trace the bench judges by: what is healthy, what is an incident, and the hold-out of both."""

from collections.abc import Callable

from benchmarks.detection_traces import (
    HOUR,
    LOSSES,
    PERIODS,
    Luck,
    Observation,
    Span,
    Trace,
    World,
    ramp,
)

Maker = Callable[[Luck, float], Trace]
"""A kind: from luck and the poll interval to one trace."""


def _world(rng: Luck, *, period: float | None = None, hours: float = 6.0) -> World:
    return World(
        rng=rng,
        period=period if period is not None else PERIODS[rng.number % len(PERIODS)],
        lag=rng.choice((2.0, 5.0, 10.0, 20.0, 40.0)) * rng.uniform(0.8, 1.2),
        hours=hours,
        jitter=rng.choice((0.0, 0.02, 0.05, 0.1, 0.2)),
        lag_jitter=rng.choice((0.0, 0.02, 0.1)),
        rounding=rng.choice((0.001, 0.001, 1.0)),
    )


def _healthy(
    kind: str,
    world: World,
    interval: float,
    *,
    dropped: float | None = None,
    polls: list[Observation] | None = None,
) -> Trace:
    share = world.rng.choice((0.0, 0.01, 0.05)) if dropped is None else dropped
    seen = polls if polls is not None else world.polled(interval, dropped=share)
    return Trace(kind, world.period, interval, seen)


def _incident(kind: str, world: World, interval: float, onset: float, over: float) -> Trace:
    trace = _healthy(kind, world, interval)
    start = trace.observations[0].at
    trace.onset = max(start, onset + 1_767_225_600.0)
    trace.over = over + 1_767_225_600.0
    return trace


def steady(rng: Luck, interval: float) -> Trace:
    """Make a trace: teeth of 5 s to 4 min, nothing else."""
    return _healthy("steady", _world(rng), interval)


def long_teeth(rng: Luck, interval: float) -> Trace:
    """Make a trace: teeth of 5 min to 25 min: known, and at boot, without an alarm."""
    world = _world(rng, period=rng.choice((300.0, 420.0, 600.0, 900.0, 1100.0)))
    world.jitter = min(world.jitter, 0.05)
    return _healthy("long teeth", world, interval)


def hour_teeth(rng: Luck, interval: float) -> Trace:
    """Make a trace: teeth of 20 min to 2 h over three days, judged after the first eight teeth."""
    period = rng.choice((1200.0, 1800.0, 3600.0, 7200.0))
    world = _world(rng, period=period, hours=72.0)
    trace = _healthy("hour teeth", world, max(interval, 60.0))
    trace.judged_from = trace.observations[0].at + 8 * period
    return trace


def drops(rng: Luck, interval: float) -> Trace:
    """Make a trace: one poll in four is lost, and now and then ten minutes of them."""
    world = _world(rng)
    polls = world.polled(interval, dropped=0.25)
    for _ in range(4):
        hole = rng.uniform(0.5, 5.5) * HOUR + polls[0].at
        polls = [poll for poll in polls if not hole <= poll.at < hole + rng.uniform(300, 900)]
    return _healthy("dropped polls", world, interval, polls=polls)


def pauses(rng: Luck, interval: float) -> Trace:
    """Make a trace: pauses of up to two and a half minutes, made good at once or fast."""
    world = _world(rng)
    t = rng.uniform(0.3, 1.0) * HOUR
    while t < 5.8 * HOUR:
        length = rng.uniform(30, 150)
        world.silent.append((t, t + length))
        if rng.random() < 0.5:
            world.extra.append(_recovery(t, t + length, rng.uniform(1.0, 4.0)))
        t += rng.uniform(0.25, 1.5) * HOUR
    return _healthy("pauses", world, interval)


def _recovery(start: float, stop: float, speed: float) -> Callable[[float], float]:
    def extra(t: float) -> float:
        return max(0.0, (stop - start) - speed * (t - stop)) if t >= stop else 0.0

    return extra


def bumps(rng: Luck, interval: float) -> Trace:
    """Make a trace: load slows it for up to seven minutes, costs up to two minutes, then it catches up."""
    world = _world(rng)
    t = rng.uniform(0.4, 1.2) * HOUR
    while t < 5.5 * HOUR:
        lasted = rng.uniform(60, 415)
        cost = min(rng.uniform(10, 117), 0.9 * lasted)
        bump, well = ramp(t, t + lasted, cost / lasted, rng.uniform(0.2, 2.0))
        world.extra.append(bump)
        t = well + rng.uniform(0.1, 1.5) * HOUR
    return _healthy("load bumps", world, interval)


def steps(rng: Luck, interval: float) -> Trace:
    """Make a trace: once or twice a lasting step of up to two minutes in all, up or down."""
    world = _world(rng)
    budget = rng.uniform(10, 115)
    at = rng.uniform(0.5, 4.0) * HOUR
    if rng.random() < 0.3:
        world.extra.append(_step(at, budget / 2))
        world.extra.append(_step(at + rng.uniform(1.2, 2.0) * HOUR, budget / 2))
    elif rng.random() < 0.3:
        world.lag += budget
        world.extra.append(_step(at, -budget))
    else:
        world.extra.append(_step(at, budget))
    return _healthy("steps", world, interval)


def _step(at: float, height: float) -> Callable[[float], float]:
    return lambda t: height if t >= at else 0.0


def slow_steps(rng: Luck, interval: float) -> Trace:
    """Make a trace: a slowdown of up to seven minutes to a level under two minutes higher."""
    world = _world(rng)
    at = rng.uniform(0.5, 4.0) * HOUR
    lasted = rng.uniform(30, 415)
    height = min(rng.uniform(10, 115), 0.9 * lasted)
    world.extra.append(lambda t: height * min(1.0, max(0.0, (t - at) / lasted)))
    return _healthy("slow steps", world, interval)


def slower_rhythm(rng: Luck, interval: float) -> Trace:
    """Make a trace: from some time on the teeth reach up to 140 s further."""
    world = _world(rng, period=rng.choice((5.0, 15.0, 30.0, 60.0, 120.0)))
    world.jitter = min(world.jitter, 0.05)
    at = rng.uniform(0.5, 4.0) * HOUR
    later = world.period + rng.uniform(20, 130)
    world.period_at = lambda t: world.period if t < at else later
    return _healthy("slower rhythm", world, interval)


def fifteen_to_120(rng: Luck, interval: float) -> Trace:
    """Make a trace: the rhythm goes from 15 s to 120 s."""
    world = _world(rng, period=15.0)
    at = rng.uniform(0.3, 4.0) * HOUR
    world.period_at = lambda t: 15.0 if t < at else 120.0
    return _healthy("15 s to 120 s", world, interval)


def faster_rhythm(rng: Luck, interval: float) -> Trace:
    """Make a trace: the rhythm goes from slow to fast."""
    world = _world(rng, period=rng.choice((60.0, 120.0, 240.0)))
    at = rng.uniform(0.5, 4.0) * HOUR
    later = rng.choice((5.0, 15.0, 28.5, 31.0))
    world.period_at = lambda t: world.period if t < at else later
    return _healthy("faster rhythm", world, interval)


def piece_switches(rng: Luck, interval: float) -> Trace:
    """Make a trace: once a day a piece is switched: a pause of a minute or two, made good quickly."""
    world = _world(rng, hours=26.0)
    at = rng.uniform(0.5, 1.5) * HOUR
    for day in range(2):
        start = at + day * 24 * HOUR
        length = rng.uniform(40, 140)
        world.silent.append((start, start + length))
        world.extra.append(_recovery(start, start + length, 3.0))
    return _healthy("piece switches", world, interval)


def clock_skew(rng: Luck, interval: float) -> Trace:
    """Make a trace: OCP's clock is off and is set right by up to a minute, or jumps by an hour for good."""
    world = _world(rng)
    at = rng.uniform(0.6, 5.0) * HOUR
    jump = rng.choice((-50.0, -20.0, 20.0, 50.0, 3600.0))
    base = rng.uniform(-30, 30)
    world.skew_at = lambda t: base + (jump if t >= at else 0.0)
    return _healthy("clock skew", world, interval)


def beats(rng: Luck, interval: float) -> Trace:
    """Make a trace: teeth as regular as the polls, a little off their interval: the phase creeps."""
    near = interval if interval <= 60 else 60.0
    period = rng.choice(
        (near * 0.95, near * 1.05, near * 0.997, near / 2 * 1.004, near * 2 * 0.99, near * 4 * 1.003)
    )
    world = _world(rng, period=period)
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
        polls.append(Observation(1_767_225_600.0 + t, 1_767_225_600.0 + shown))
    return _healthy("beats", world, interval, polls=polls)


def restarts(rng: Luck, interval: float) -> Trace:
    """Make a trace: the bot restarts every half hour or so, with a gap of up to twenty minutes."""
    world = _world(rng)
    polls = world.polled(interval, dropped=0.01)
    stops: list[float] = []
    t = polls[0].at + rng.uniform(300, 1800)
    while t < polls[-1].at:
        length = rng.choice((20.0, 60.0, 400.0, 1200.0))
        polls = [poll for poll in polls if not t <= poll.at < t + length]
        stops.append(t)
        t += rng.uniform(600, 3600)
    trace = _healthy("restarts", world, interval, polls=polls)
    trace.restarts = stops
    return trace


def mixed(rng: Luck, interval: float) -> Trace:
    """Make a trace: a bad but tolerable day: bumps, pauses and a step in one trace."""
    world = _world(rng)
    world.extra.append(_step(rng.uniform(1, 5) * HOUR, rng.uniform(5, 40)))
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
    return _healthy("mixed", world, interval)


def heavy_tails(rng: Luck, interval: float) -> Trace:
    """Make a trace: gaps between publications that vary by half, and lags that vary by a third."""
    world = _world(rng)
    world.jitter = 0.5
    world.lag_jitter = 0.33
    return _healthy("heavy jitter", world, interval)


def stall(rng: Luck, interval: float) -> Trace:
    """Make a trace: full stop of 20 to 60 minutes, then caught up at two to ten times real time."""
    world = _world(rng)
    onset = rng.uniform(1.0, 4.0) * HOUR
    stop = onset + rng.uniform(1200, 3600)
    speed = rng.uniform(1.0, 9.0)
    world.silent.append((onset, stop))
    world.extra.append(_recovery(onset, stop, speed))
    return _incident("stall", world, interval, onset, stop + (stop - onset) / speed)


def stall_at_once(rng: Luck, interval: float) -> Trace:
    """Make a trace: a stall begins within the first ten minutes of watching."""
    world = _world(rng)
    onset = rng.uniform(60, 600)
    world.silent.append((onset, onset + 3600))
    world.extra.append(_recovery(onset, onset + 3600, 5.0))
    return _incident("early stall", world, interval, onset, onset + 3600 * 1.2)


def stalled_from_the_first(rng: Luck, interval: float) -> Trace:
    """Make a trace: it stands still from the very first poll."""
    world = _world(rng)
    world.silent.append((-1.0, 4000.0))
    world.extra.append(_recovery(-1.0, 4000.0, 5.0))
    return _incident("stall from poll 1", world, interval, 0.0, 4800.0)


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
    world = _world(rng)
    onset = rng.uniform(1.0, 3.0) * HOUR
    over = onset + rng.uniform(0.7, 1.5) * HOUR
    extra, well = ramp(onset, over, rng.choice((0.1, 0.2, 0.4)), rng.uniform(0.5, 3.0))
    world.extra.append(extra)
    t = onset + rng.uniform(100, 900)
    while t < over:
        world.silent.append((t, t + rng.uniform(30, 120)))
        t += rng.uniform(400, 1200)
    return _incident("growth and pauses", world, interval, onset, well)


def _growth(
    kind: str, rng: Luck, interval: float, period: float, loss: float, *, lasted: float | None = None
) -> Trace:
    world = _world(rng, period=period)
    onset = rng.uniform(1.0, 2.0 if lasted else 3.0) * HOUR
    over = onset + (lasted or rng.uniform(0.8, 1.6) * HOUR)
    extra, well = ramp(onset, over, loss, rng.uniform(0.5, 5.0))
    world.extra.append(extra)
    trace = _incident(kind, world, interval, onset, well)
    trace.loss = loss
    return trace


def staircase(rng: Luck, interval: float) -> Trace:
    """Make a trace: steps of 30 to 90 s every ten to twenty minutes, each of which stays."""
    world = _world(rng)
    onset = rng.uniform(1.0, 2.0) * HOUR
    height, every = rng.uniform(30, 90), rng.uniform(600, 1200)
    over = onset + 2 * HOUR

    def extra(t: float) -> float:
        if t < onset:
            return 0.0
        climbed = height * (1 + int((min(t, over) - onset) / every))
        return climbed if t < over else max(0.0, climbed - 2.0 * (t - over))

    world.extra.append(extra)
    return _incident("staircase", world, interval, onset, over + extra(over - 1) / 2.0)


def flapping(rng: Luck, interval: float) -> Trace:
    """Make a trace: FAILED and RUNNING in turn, two to five minutes each, for half an hour."""
    world = _world(rng)
    onset = rng.uniform(1.0, 4.0) * HOUR
    edges = [onset]
    while edges[-1] < onset + 1800:
        edges.append(edges[-1] + rng.uniform(120, 300))
    if len(edges) % 2:
        edges.pop()
    failed: list[Span] = list(zip(edges[::2], edges[1::2], strict=True))
    world.silent.extend(failed)
    world.status_at = lambda t: "FAILED" if any(a <= t < b for a, b in failed) else "RUNNING"
    return _incident("FAILED flapping", world, interval, onset, edges[-1])


HEALTHY: dict[str, Maker] = {
    "steady": steady,
    "dropped polls": drops,
    "pauses": pauses,
    "load bumps": bumps,
    "steps": steps,
    "slower rhythm": slower_rhythm,
    "piece switches": piece_switches,
    "clock skew": clock_skew,
    "restarts": restarts,
    "long teeth": long_teeth,
}
HEALTHY_HELD_OUT: dict[str, Maker] = {
    "hour teeth": hour_teeth,
    "slow steps": slow_steps,
    "15 s to 120 s": fifteen_to_120,
    "faster rhythm": faster_rhythm,
    "beats": beats,
    "mixed": mixed,
    "heavy jitter": heavy_tails,
}
INCIDENTS: dict[str, Maker] = {
    "stall": stall,
    "growth": growth,
    "growth under 5 min": growth_long_period,
    "crawl": crawl,
    "staircase": staircase,
    "FAILED flapping": flapping,
    "early stall": stall_at_once,
}
INCIDENTS_HELD_OUT: dict[str, Maker] = {
    "growth at 2 %": slow_growth,
    "growth and pauses": noisy_growth,
    "stall from poll 1": stalled_from_the_first,
}
