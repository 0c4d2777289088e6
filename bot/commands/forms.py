"""What can be asked of the bot: each command as a value, whichever door it came through."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands.acts import (
    THIS_ONE,
    AcceptAsNormal,
    Acknowledge,
    AddNote,
    Assign,
    AssignDialog,
    DefaultEnd,
    Ends,
    EndsAt,
    EndSilence,
    EndSilenceOf,
    EndsWhenResolved,
    ExtendSilence,
    ListSilences,
    ListSubscriptions,
    Me,
    Named,
    Nobody,
    NoteDialog,
    Person,
    Resolve,
    Silence,
    SilenceDialog,
    SilenceFilter,
    Someone,
    Subscribe,
    Target,
    Unacknowledge,
    Unsubscribe,
)
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


@dataclass(frozen=True, slots=True)
class ShowThisIncident:
    """The incident or group of the thread in which it was said."""


@dataclass(frozen=True, slots=True)
class ShowChart:
    """The delay as a picture: the last ``span``, or a ``window``; both None: the answer chooses."""

    target: Target = THIS_ONE
    span: timedelta | None = None
    window: Window | None = None


DEFAULT_DAYS = 7


@dataclass(frozen=True, slots=True)
class ShowHistory:
    """The delay day by day."""

    target: Target = THIS_ONE
    days: int = DEFAULT_DAYS


@dataclass(frozen=True, slots=True)
class ShowTimeline:
    """Everything that happened to it, with times."""

    target: Target = THIS_ONE


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What happened as the draft of a report, as a file."""

    target: Target = THIS_ONE


@dataclass(frozen=True, slots=True)
class ShowDigest:
    """What is open, and what happened ``since`` then; None leaves the choice to the answer."""

    scope: Scope = EVERYTHING
    since: datetime | None = None


Reading = (
    ShowStatus
    | ListTasks
    | ShowTask
    | ListIncidents
    | ShowIncident
    | ShowThisIncident
    | ShowChart
    | ShowHistory
    | ShowTimeline
    | WriteReport
    | ShowDigest
    | ListSilences
    | ListSubscriptions
    | ShowHealth
    | ShowHelp
)
Doing = (
    Acknowledge
    | Unacknowledge
    | Assign
    | AssignDialog
    | AddNote
    | NoteDialog
    | Resolve
    | AcceptAsNormal
    | Silence
    | SilenceDialog
    | EndSilence
    | EndSilenceOf
    | ExtendSilence
    | Subscribe
    | Unsubscribe
)
Command = Reading | Doing

__all__ = [
    "DEFAULT_DAYS",
    "THIS_ONE",
    "AcceptAsNormal",
    "Acknowledge",
    "AddNote",
    "Assign",
    "AssignDialog",
    "Command",
    "DefaultEnd",
    "Doing",
    "EndSilence",
    "EndSilenceOf",
    "Ends",
    "EndsAt",
    "EndsWhenResolved",
    "ExtendSilence",
    "ListIncidents",
    "ListSilences",
    "ListSubscriptions",
    "ListTasks",
    "Me",
    "Named",
    "Nobody",
    "NoteDialog",
    "Person",
    "Reading",
    "Resolve",
    "ShowChart",
    "ShowDigest",
    "ShowHealth",
    "ShowHelp",
    "ShowHistory",
    "ShowIncident",
    "ShowStatus",
    "ShowTask",
    "ShowThisIncident",
    "ShowTimeline",
    "Silence",
    "SilenceDialog",
    "SilenceFilter",
    "Someone",
    "Subscribe",
    "Target",
    "Unacknowledge",
    "Unsubscribe",
    "WriteReport",
]
