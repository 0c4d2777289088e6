"""Labelled traces of one log backup task, as polls of OCP would see it: healthy kinds and incidents.

The world behind a trace: the task publishes a checkpoint at moments of its own rhythm; what it publishes
is ``lag`` behind that moment, plus what load, an incident or a step adds. Polls see the last published one.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

START = 1_767_225_600.0
HOUR = 3600.0
PERIODS = (5.0, 15.0, 30.0, 60.0, 120.0, 240.0)
LOSSES = (0.05, 0.10, 0.20, 0.35, 0.50, 0.70)


class Luck(random.Random):
    """Seeded luck; ``number`` is which of its kind the trace is: periods and losses come in equal shares."""

    def __init__(self, seed: str, number: int = 0) -> None:
        super().__init__(seed)
        self.number = number


@dataclass(slots=True)
class Observation:
    """One poll: OCP's time of it, the checkpoint then, and the status."""

    at: float
    checkpoint: float
    status: str = "RUNNING"


@dataclass(slots=True)
class Trace:
    """What polls saw, and the truth: from ``onset`` to ``over`` (None: nothing was ever wrong)."""

    kind: str
    period: float
    interval: float
    observations: list[Observation]
    onset: float | None = None
    over: float | None = None
    loss: float | None = None
    restarts: list[float] = field(default_factory=list)
    judged_from: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it was watched."""
        return self.observations[-1].at - self.observations[0].at


Extra = Callable[[float], float]
Span = tuple[float, float]


@dataclass(slots=True)
class World:
    """The task behind a trace. ``extra`` is added to the lag, ``silent`` spans publish nothing."""

    rng: Luck
    period: float
    lag: float
    hours: float = 6.0
    jitter: float = 0.05
    lag_jitter: float = 0.02
    rounding: float = 0.001
    period_at: Callable[[float], float] | None = None
    extra: list[Extra] = field(default_factory=list)
    silent: list[Span] = field(default_factory=list)
    skew_at: Callable[[float], float] | None = None
    status_at: Callable[[float], str] | None = None

    def publications(self) -> list[tuple[float, float]]:
        """Give (moment, checkpoint) of everything published from before the start to the end."""
        rng = self.rng
        out: list[tuple[float, float]] = []
        reached = float("-inf")
        t = -3 * self.period * rng.uniform(0.7, 1.3)
        end = self.hours * HOUR
        spans = sorted(self.silent)
        while t < end:
            at = t
            for start, stop in spans:
                if start <= at < stop:
                    at = stop
            lag = self.lag * (1 + rng.uniform(-self.lag_jitter, self.lag_jitter))
            lag += sum(extra(at) for extra in self.extra)
            mark = at - lag
            mark -= mark % self.rounding
            if mark > reached:
                reached = mark
                out.append((at, mark))
            period = self.period_at(t) if self.period_at else self.period
            t = max(at, t + period * (1 + rng.uniform(-self.jitter, self.jitter)))
            if t <= at:
                t = at + period * 0.5
        return out

    def polled(self, interval: float, *, dropped: float = 0.0) -> list[Observation]:
        """Give what polls every ``interval`` seconds, with a little jitter and some dropped, see."""
        rng = self.rng
        published = self.publications()
        out: list[Observation] = []
        index = 0
        shown = published[0][1]
        t = rng.uniform(0, interval)
        end = self.hours * HOUR
        while t < end:
            while index < len(published) and published[index][0] <= t:
                shown = published[index][1]
                index += 1
            if rng.random() >= dropped:
                skew = self.skew_at(t) if self.skew_at else 0.0
                status = self.status_at(t) if self.status_at else "RUNNING"
                out.append(Observation(START + t + skew, START + shown, status))
            t += interval * (1 + rng.uniform(-0.03, 0.03)) if rng.random() < 0.98 else interval * 1.2
        return out


def ramp(onset: float, over: float, loss: float, catch_up: float) -> tuple[Extra, float]:
    """Make a growth of ``loss`` seconds a second, then caught up, and give when that ends."""
    top = loss * (over - onset)
    well = over + top / catch_up

    def extra(t: float) -> float:
        if t <= onset:
            return 0.0
        return loss * (t - onset) if t <= over else max(0.0, top - catch_up * (t - over))

    return extra, well
