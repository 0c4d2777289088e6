"""What can be asked of the bot: each command as a value, whichever door it came through."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incident import IncidentNumber
from bot.domain.naming import EVERYTHING, Scope
from bot.domain.problem import Problem, Severity
from bot.domain.selection import Order, TaskFilter, Window

_NO_FILTER = TaskFilter()


@dataclass(frozen=True, slots=True)
class ShowStatus:
    """The fleet, a cluster or a tenant in one look."""

    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True)
class ListTasks:
    """Tasks as a table. With a ``window`` OCP is asked at that moment, and chooses the rows."""

    scope: Scope = EVERYTHING
    only: TaskFilter = _NO_FILTER
    window: Window | None = None
    order: Order = Order.WORST
    page: int = 1


@dataclass(frozen=True, slots=True)
class ShowTask:
    """Everything known of one task."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class ListIncidents:
    """Incidents, the open ones first. ``since`` leaves out what ended before."""

    scope: Scope = EVERYTHING
    severities: tuple[Severity, ...] = ()
    problems: tuple[Problem, ...] = ()
    since: datetime | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class ShowIncident:
    """One incident and what happened to it."""

    number: IncidentNumber


@dataclass(frozen=True, slots=True)
class ShowHealth:
    """How the bot itself is: when each source was read, and what is queued."""


@dataclass(frozen=True, slots=True)
class ShowHelp:
    """What can be said, or how one verb is used."""

    verb: str | None = None


Command = ShowStatus | ListTasks | ShowTask | ListIncidents | ShowIncident | ShowHealth | ShowHelp
