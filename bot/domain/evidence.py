"""The instants and numbers that a finding rests on; ``views.wording`` puts them into sentences.

All instants are in OCP's clock unless a field says otherwise.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.values import value


@dataclass(frozen=True, slots=True)
class StatusBroken:
    """OCP reports a broken status. ``error`` is its errorMsg, which INTERRUPTED never has."""

    reported: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class StoodStill:
    """The checkpoint has not moved for ``stood``; healthy, it moves every ``usual`` (None: not known yet).

    ``limit`` is the delay that will be reached at ``limit_at`` if nothing changes, or None once passed.
    """

    stood: timedelta
    usual: timedelta | None
    delay: timedelta
    limit: timedelta
    limit_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grows:
    """The delay has gained ``gained`` in ``lasted``, beyond what this task does when healthy.

    ``usual`` is the delay its teeth reach when healthy; ``limit`` and ``limit_at`` as in StoodStill.
    """

    gained: timedelta
    lasted: timedelta
    usual: timedelta
    delay: timedelta
    limit: timedelta
    limit_at: datetime | None = None
    pace: float | None = None
    """How much of real time the checkpoint made good meanwhile: 0.7 is seven minutes in ten."""


@dataclass(frozen=True, slots=True)
class BehindLimit:
    """The delay is over ``limit``. ``learned`` is False while the task's rhythm is not known yet."""

    delay: timedelta
    limit: timedelta
    learned: bool = True


@dataclass(frozen=True, slots=True)
class CatchingUp:
    """It runs but is still behind; ``left`` is about how long it needs at this pace, None if not known."""

    delay: timedelta
    left: timedelta | None = None


@dataclass(frozen=True, slots=True)
class StuckIn:
    """A transitional status has been reported for ``lasted``."""

    reported: str
    lasted: timedelta


@dataclass(frozen=True, slots=True)
class PausedFor:
    """Suspended or stopped on purpose for ``lasted``; critical after ``limit``."""

    reported: str
    lasted: timedelta
    limit: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NotListed:
    """Listed before, absent from ``polls`` complete polls; ``last_listed_at`` is when it was last there."""

    polls: int
    last_listed_at: datetime


@dataclass(frozen=True, slots=True)
class NoTasks:
    """A known cluster has no task at all, in ``polls`` complete polls; None if it never had one."""

    polls: int
    last_listed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotRead:
    """A source or cluster could not be read in ``polls`` polls in a row, since ``since`` (our clock).

    ``sentence`` is what people are told about the last failure.
    """

    polls: int
    since: datetime
    reason: str
    sentence: str
    trace_id: str | None = None


@value(frozen=True, slots=True)
class Well:
    """Nothing is wrong; ``delay`` is the present one.

    ``learned`` is False while the task's rhythm is not known yet, ``judged`` where no delay is too long.
    """

    delay: timedelta | None = None
    learned: bool = True
    judged: bool = True


@dataclass(frozen=True, slots=True)
class NewRhythm:
    """The task does something else than before, steadily, and that is its normal from now on.

    ``every`` and ``every_before`` are how often the checkpoint moves, ``reach`` and ``reach_before`` the
    delay that its teeth reach; ``at`` is when it was proved, by ``teeth`` whole teeth that each returned to
    the old floor, or, where ``by_hand``, when somebody said so.
    """

    every: timedelta
    every_before: timedelta
    reach: timedelta
    reach_before: timedelta
    at: datetime
    teeth: int = 3
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class NotWatched:
    """It is no longer watched: the settings leave it out, or OCP has not listed it for ``unlisted_for``."""

    unlisted_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nothing can be said from this observation; ``why`` is a short clause."""

    why: str


Evidence = (
    StatusBroken
    | StoodStill
    | Grows
    | BehindLimit
    | CatchingUp
    | StuckIn
    | PausedFor
    | NotListed
    | NoTasks
    | NotRead
    | Well
    | NewRhythm
    | NotWatched
    | Unclear
)
