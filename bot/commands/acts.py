"""What can be done through the bot: each act as a value, and what it is about."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incident import IncidentNumber
from bot.domain.naming import EVERYTHING, Scope
from bot.domain.problem import Problem, Severity
from bot.domain.silence import SilenceNumber


@dataclass(frozen=True, slots=True)
class Target:
    """What an act is about: the number of an incident or a group, or what is named.

    Both None: the incident or group of the thread in which it was said.
    """

    number: IncidentNumber | None = None
    scope: Scope | None = None

    @property
    def is_this_one(self) -> bool:
        """Whether nothing was named: the thread says what is meant."""
        return self.number is None and self.scope is None


THIS_ONE = Target()


@dataclass(frozen=True, slots=True)
class Me:
    """Whoever says it."""


@dataclass(frozen=True, slots=True)
class Someone:
    """A person whom Slack's client named by their id."""

    user_id: str


@dataclass(frozen=True, slots=True)
class Named:
    """A person named in plain letters, without the @."""

    name: str


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody any more."""


Person = Me | Someone | Named | Nobody


@dataclass(frozen=True, slots=True)
class SilenceFilter:
    """What of the target is muted; empty tuples narrow nothing."""

    problems: tuple[Problem, ...] = ()
    severities: tuple[Severity, ...] = ()


NO_SILENCE_FILTER = SilenceFilter()


@dataclass(frozen=True, slots=True)
class EndsAt:
    """It ends at a moment, aware UTC."""

    at: datetime


@dataclass(frozen=True, slots=True)
class EndsWhenResolved:
    """It ends when what it mutes is over."""


@dataclass(frozen=True, slots=True)
class DefaultEnd:
    """Nothing was said: it lasts as long as silences do by default."""


Ends = EndsAt | EndsWhenResolved | DefaultEnd


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Somebody has seen it."""

    target: Target = THIS_ONE


@dataclass(frozen=True, slots=True)
class Unacknowledge:
    """Take the acknowledgement back."""

    target: Target = THIS_ONE


@dataclass(frozen=True, slots=True)
class Assign:
    """Give it to somebody, or to nobody."""

    target: Target
    person: Person


@dataclass(frozen=True, slots=True)
class AssignDialog:
    """Ask to whom to give it."""

    target: Target = THIS_ONE


@dataclass(frozen=True, slots=True)
class AddNote:
    """Keep what somebody says about it."""

    target: Target
    text: str


@dataclass(frozen=True, slots=True)
class NoteDialog:
    """Ask for a note."""

    target: Target = THIS_ONE


@dataclass(frozen=True, slots=True)
class Resolve:
    """Call it over by hand."""

    target: Target = THIS_ONE


@dataclass(frozen=True, slots=True)
class AcceptAsNormal:
    """Learn that what is seen now is normal for this task."""

    target: Target = THIS_ONE


@dataclass(frozen=True, slots=True)
class Silence:
    """Say nothing of it until it ends. ``starts`` is None for at once; moments are aware UTC."""

    target: Target = THIS_ONE
    only: SilenceFilter = NO_SILENCE_FILTER
    ends: Ends = DefaultEnd()
    starts: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SilenceDialog:
    """Ask for how long and why."""

    target: Target = THIS_ONE
    only: SilenceFilter = NO_SILENCE_FILTER


@dataclass(frozen=True, slots=True)
class ListSilences:
    """The silences there are, those that end first on top."""

    scope: Scope = EVERYTHING
    page: int = 1


@dataclass(frozen=True, slots=True)
class EndSilence:
    """End a silence now."""

    number: SilenceNumber


@dataclass(frozen=True, slots=True)
class EndSilenceOf:
    """End the one silence of what is named."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class ExtendSilence:
    """Let a silence end at another time; a length counts from now."""

    number: SilenceNumber
    ends: Ends


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Tell whoever asks, or the channel where it is asked, of what is named."""

    scope: Scope = EVERYTHING
    severities: tuple[Severity, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """End a subscription by its number, or those to what is named; both None means all that are here."""

    number: int | None = None
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class ListSubscriptions:
    """The subscriptions that there are here."""
