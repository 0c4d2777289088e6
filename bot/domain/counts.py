"""How many members of a message are how, now and when that was last told."""

from dataclasses import dataclass

from bot.domain.problem import Problem, Severity


@dataclass(frozen=True, slots=True)
class Counts:
    """How many members of a message are open, over, muted, no longer watched.

    ``recovering`` of the open are well again for now; ``problems`` are those of the others.
    """

    open: int = 0
    over: int = 0
    silenced: int = 0
    unwatched: int = 0
    problems: tuple[tuple[Problem, int], ...] = ()
    recovering: int = 0

    @property
    def members(self) -> int:
        """All of them."""
        return self.open + self.over

    @property
    def burning(self) -> int:
        """Those that are open and not well again."""
        return self.open - self.recovering


@dataclass(frozen=True, slots=True)
class Told:
    """What was last said aloud of a group: how many were broken, how gravely and how severely."""

    broken: int
    problem: Problem
    severity: Severity
