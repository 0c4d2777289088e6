"""The problems that a task can have, from the gravest, and how severe each is."""

from enum import IntEnum, StrEnum


class Problem(StrEnum):
    """What is wrong; the order of definition is the order of gravity, the gravest first."""

    FAILED = "failed"
    STALLED = "stalled"
    GROWING = "growing"
    LAGGING = "lagging"
    STUCK = "stuck"
    MISSING = "missing"
    PAUSED = "paused"
    UNREACHABLE = "unreachable"

    @property
    def gravity(self) -> int:
        """Higher is graver."""
        return _GRAVITY[self]


_GRAVITY = {problem: -rank for rank, problem in enumerate(Problem)}


class Severity(IntEnum):
    """How bad it is; compares and sorts."""

    WARNING = 1
    CRITICAL = 2

    @property
    def word(self) -> str:
        """The word people read."""
        return self.name.lower()
