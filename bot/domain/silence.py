"""A silence: for how long, and about what, nothing is said. What it mutes is unspoken, never lost."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.handling import Actor
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.naming import Scope
from bot.domain.posts import Channel
from bot.domain.problem import Problem, Severity
from bot.domain.selection import wanted

SilenceNumber = NewType("SilenceNumber", int)
"""The number people say: ``unsilence 7``."""
UNNUMBERED_SILENCE = SilenceNumber(0)

NOTHING_LEFT_AFTER = timedelta(minutes=15)
"""A silence whose incidents have all been over for so long has nothing left to mute and ends early.

It is the time in which an incident that comes back is the old one."""


class Ending(StrEnum):
    """Why a silence ended."""

    EXPIRED = "its time was up"
    BY_HAND = "ended by hand"
    NOTHING_LEFT = "nothing left to mute"
    RESOLVED = "all it muted is over"


@dataclass(frozen=True, slots=True)
class Matcher:
    """What is muted: what a scope means, narrowed by problem and severity; or numbered incidents or groups.

    Empty tuples narrow nothing. With ``numbers`` nothing else counts; ``is_group`` is whether they are a
    group's.
    """

    scope: Scope | None = None
    problems: tuple[Problem, ...] = ()
    severities: tuple[Severity, ...] = ()
    numbers: tuple[IncidentNumber, ...] = ()
    is_group: bool = False

    def matches(self, incident: Incident, groups: Collection[IncidentNumber] = ()) -> bool:
        """Whether an incident is meant, itself or as a member of one of these groups."""
        if self.numbers:
            return incident.number in self.numbers or any(number in self.numbers for number in groups)
        return (
            (self.scope is None or wanted(self.scope, incident))
            and (not self.problems or incident.problem in self.problems)
            and (not self.severities or incident.severity in self.severities)
        )


@dataclass(frozen=True, slots=True)
class Silence:
    """One silence. Instants are our clock, aware UTC.

    ``ends_at`` is None for one that lasts until what it mutes is over. ``author`` is None for a maintenance
    window of the settings, whose name is in ``window``. ``channel`` is where it was made, and where its end
    is told. ``muted_at`` is when it last had something to mute.
    """

    number: SilenceNumber
    matcher: Matcher
    starts_at: datetime
    ends_at: datetime | None
    created_at: datetime
    author: Actor | None = None
    reason: str = ""
    window: str | None = None
    channel: Channel | None = None
    muted_at: datetime | None = None
    started: bool = False
    """Whether its start has been taken up, and told where it was planned ahead."""
    ended_at: datetime | None = None
    ending: Ending | None = None
    revision: int = 0

    def is_active(self, now: datetime) -> bool:
        """Whether it mutes at this moment."""
        return (
            self.ended_at is None and self.starts_at <= now and (self.ends_at is None or now < self.ends_at)
        )

    def is_over(self, now: datetime) -> bool:
        """Whether it will never mute again."""
        return self.ended_at is not None or (self.ends_at is not None and now >= self.ends_at)

    def ended(self, why: Ending, now: datetime) -> "Silence":
        """End it; one that has ended stays as it is."""
        return self if self.ended_at is not None else replace(self, ended_at=now, ending=why)


def silencing(
    silences: Iterable[Silence],
    incident: Incident,
    now: datetime,
    groups: Collection[IncidentNumber] = (),
) -> Silence | None:
    """Give the silence that mutes an incident now: of several the one that lasts longest."""
    active = [one for one in silences if one.is_active(now) and one.matcher.matches(incident, groups)]
    if not active:
        return None
    return max(active, key=lambda one: (one.ends_at is None, one.ends_at or one.created_at, one.number))


def tended(silence: Silence, *, mutes_something: bool, now: datetime) -> Silence:
    """Bring a silence to this moment: taken up when its time comes, ended when it is over or needless.

    A maintenance window and a silence made for a time to come stay until their end, be there something
    to mute or not.
    """
    if silence.ended_at is not None or now < silence.starts_at:
        return silence
    after = silence if silence.started else replace(silence, started=True)
    if after.ends_at is not None and now >= after.ends_at:
        return after.ended(Ending.EXPIRED, now)
    if mutes_something:
        return replace(after, muted_at=now)
    if after.muted_at is None or after.window is not None:
        return after
    if now - after.muted_at < NOTHING_LEFT_AFTER:
        return after
    return after.ended(Ending.RESOLVED if after.ends_at is None else Ending.NOTHING_LEFT, now)
