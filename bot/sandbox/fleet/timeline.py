"""How far one task has shipped its logs at any moment, through all that befell it."""

from bisect import bisect_right
from dataclasses import dataclass, replace

from bot.sandbox.fleet.condition import WELL, Condition, Trouble
from bot.sandbox.fleet.rhythm import Rhythm

_FINE_STEP = 15.0
"""While it catches up, a task publishes at least this often, in seconds."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time under one condition, with what it started from; all figures are seconds since the epoch.

    ``backlog`` is what was waiting to be shipped at ``since``, ``checkpoint`` what had been published,
    ``published`` when, and ``round_since`` when the present round of archiving began.
    """

    since: float
    condition: Condition
    backlog: float
    checkpoint: float
    published: float
    round_since: float


@dataclass(frozen=True, slots=True)
class Position:
    """Where a task stands at one moment."""

    condition: Condition
    checkpoint: float
    published: float
    backlog: float
    round_since: float
    since: float


class Timeline:
    """The stretches of one task, oldest first; reading costs one search among at most ``keep`` of them."""

    def __init__(self, rhythm: Rhythm, born: float, *, catch_up: float = 10.0, keep: int = 1000) -> None:
        if catch_up <= 1:
            raise ValueError("catching up is faster than time")
        self._rhythm = rhythm
        self._catch_up = catch_up
        self._keep = keep
        published, lag = rhythm.last_publication(born)
        self._stretches = [Stretch(born, WELL, 0.0, published - lag, published, born)]

    def change(self, at: float, condition: Condition) -> None:
        """Begin another condition at ``at``; what was planned for later stays planned."""
        index = bisect_right(self._stretches, at, key=lambda stretch: stretch.since)
        later = [(stretch.since, stretch.condition) for stretch in self._stretches[index:]]
        del self._stretches[max(index, 1) :]
        for since, then in [(at, condition), *later]:
            self._append(max(since, self._stretches[0].since), then)
        del self._stretches[: max(len(self._stretches) - self._keep, 0)]

    def forget_plans(self, after: float) -> None:
        """Drop every change that was planned for later than ``after``."""
        index = bisect_right(self._stretches, after, key=lambda stretch: stretch.since)
        del self._stretches[max(index, 1) :]

    def stretches(self, since: float, until: float) -> list[Stretch]:
        """Return the stretches that begin after ``since`` and not after ``until``."""
        return [stretch for stretch in self._stretches if since < stretch.since <= until]

    def is_settled(self, at: float) -> bool:
        """Whether the task is well at ``at`` and nothing is planned for it."""
        last = self._stretches[-1]
        return last.condition.trouble is Trouble.NONE and last.since <= at and self.at(at).backlog <= 0

    def condition(self, moment: float) -> Condition:
        """Return what is the matter at ``moment``."""
        return self._stretch(moment).condition

    def at(self, moment: float) -> Position:
        """Return where the task stands at ``moment``."""
        stretch = self._stretch(moment)
        published, checkpoint = self._published(stretch, moment)
        return Position(
            condition=stretch.condition,
            checkpoint=checkpoint,
            published=published,
            backlog=self._backlog(stretch, moment),
            round_since=stretch.round_since,
            since=stretch.since,
        )

    def _stretch(self, moment: float) -> Stretch:
        last = self._stretches[-1]
        if last.since <= moment:
            return last
        index = bisect_right(self._stretches, moment, key=lambda stretch: stretch.since) - 1
        return self._stretches[max(index, 0)]

    def _append(self, since: float, condition: Condition) -> None:
        before = self.at(since)
        begun = Stretch(
            since, condition, before.backlog, before.checkpoint, before.published, before.round_since
        )
        if condition.starts_anew:
            begun = replace(begun, backlog=0.0, checkpoint=since, published=since, round_since=since)
        self._stretches.append(begun)

    def _backlog(self, stretch: Stretch, at: float) -> float:
        passed = max(at - stretch.since, 0.0)
        if stretch.condition.loss > 0:
            return stretch.backlog + stretch.condition.loss * passed
        return max(stretch.backlog - (self._catch_up - 1) * passed, 0.0)

    def _published(self, stretch: Stretch, at: float) -> tuple[float, float]:
        """Return when the checkpoint appeared that stands at ``at``, and the checkpoint."""
        best = (stretch.published, stretch.checkpoint)
        if stretch.condition.loss >= 1:
            return best
        moment, lag = self._rhythm.last_publication(at)
        if moment > stretch.since:
            best = self._later(best, moment, moment - self._backlog(stretch, moment) - lag)
        if stretch.condition.loss == 0 and stretch.backlog > 0:
            caught_up = stretch.since + stretch.backlog / (self._catch_up - 1)
            step = min(self._rhythm.period, _FINE_STEP)
            fine = stretch.since + (min(at, caught_up) - stretch.since) // step * step
            if fine > stretch.since:
                best = self._later(best, fine, fine - self._backlog(stretch, fine) - self._rhythm.floor)
        return best

    @staticmethod
    def _later(best: tuple[float, float], moment: float, checkpoint: float) -> tuple[float, float]:
        return (moment, checkpoint) if checkpoint > best[1] else best
