"""When a healthy task publishes checkpoints, as a pure function of time."""

import math
from dataclasses import dataclass

_MASK = (1 << 64) - 1
_DAY = 86_400.0
_MOST_JITTER = 0.9


def chance(seed: int, draw: int) -> float:
    """Return the number from 0 up to 1 that belongs to this seed and this draw, always the same."""
    mixed = (seed * 0x9E3779B97F4A7C15 + draw * 0xD1B54A32D192ED03 + 0x632BE59BD9B4E019) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((mixed ^ (mixed >> 31)) >> 11) / (1 << 53)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The teeth of one task, in seconds: a checkpoint every ``period``, ``floor`` behind when it appears.

    ``jitter`` is the share of the period, below 0.9, by which a publication may wander; ``seed`` decides
    how. ``piece_pause`` is how long publishing pauses once a day, when a new piece begins.
    """

    period: float = 120.0
    floor: float = 4.0
    jitter: float = 0.1
    seed: int = 0
    piece_pause: float = 0.0

    def __post_init__(self) -> None:
        """Refuse teeth that could overtake each other."""
        if self.period <= 0 or not 0 <= self.jitter < _MOST_JITTER or self.floor < 0:
            raise ValueError(
                "a rhythm has a period above zero, a floor of at least zero and jitter below 0.9"
            )
        if self.piece_pause and self.piece_pause < self.floor:
            raise ValueError("a rhythm's pause for a new piece is longer than its floor")

    def last_publication(self, at: float) -> tuple[float, float]:
        """Return when the latest checkpoint appeared, at ``at`` or before, and how far behind it was then."""
        number = self._number_at(at)
        moment = self._moment(number)
        if self.piece_pause > 0:
            switch = self._piece_switch_before(at)
            resumed = switch + self.piece_pause
            if moment < resumed <= at:
                return resumed, self.floor + 0.5 * self._reach
            if switch <= moment < resumed:
                number = self._number_at(switch - 1e-6)
                moment = self._moment(number)
        return moment, self._lag(number)

    def _number_at(self, at: float) -> int:
        number = math.floor(at / self.period - chance(self.seed, -1)) + 1
        while self._moment(number) > at:
            number -= 1
        return number

    def _moment(self, number: int) -> float:
        wander = self.jitter * (chance(self.seed, 2 * number) - 0.5) if self.jitter else 0.0
        return (number + chance(self.seed, -1) + wander) * self.period

    def _lag(self, number: int) -> float:
        return self.floor + self._reach * (chance(self.seed, 2 * number + 1) - 0.5)

    @property
    def _reach(self) -> float:
        """How far the lags of two publications differ at most: never so far that one overtakes another."""
        return 0.5 * min(self.floor, (1 - self.jitter) * self.period) if self.jitter else 0.0

    def _piece_switch_before(self, at: float) -> float:
        of_day = chance(self.seed, -2) * _DAY
        return math.floor((at - of_day) / _DAY) * _DAY + of_day
