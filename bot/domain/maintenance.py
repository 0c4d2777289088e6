"""Planned work: when it is expected, and the silence that it brings along."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.posts import Channel
from bot.domain.silence import UNNUMBERED_SILENCE, Matcher, Silence
from bot.domain.weekday import Weekday

AHEAD = timedelta(days=8)
"""A weekly window has its next occurrence within this time, whatever the clocks do."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One time that a window is open: aware UTC, the end not included."""

    starts_at: datetime
    ends_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether it is open at this moment."""
        return self.starts_at <= now < self.ends_at


@dataclass(frozen=True, slots=True)
class Once:
    """A window that opens once. Aware UTC."""

    starts_at: datetime
    ends_at: datetime

    def between(self, earliest: datetime, latest: datetime) -> Iterator[Occurrence]:
        """Give the occurrence, where it ends after ``earliest`` and starts by ``latest``."""
        if self.ends_at > earliest and self.starts_at <= latest:
            yield Occurrence(self.starts_at, self.ends_at)


@dataclass(frozen=True, slots=True)
class Weekly:
    """A window that opens on some days of every week, at a time of the zone's clock.

    It lasts so long in real time, also where the clocks change meanwhile. A time that the clock skips
    counts as that much later; of a time that it shows twice the first counts.
    """

    days: tuple[Weekday, ...]
    at: time
    lasts: timedelta
    zone: ZoneInfo

    def between(self, earliest: datetime, latest: datetime) -> Iterator[Occurrence]:
        """Give the occurrences that end after ``earliest`` and start by ``latest``, in their order."""
        day = (earliest - self.lasts).astimezone(self.zone).date() - _DAY
        last = latest.astimezone(self.zone).date()
        weekdays = {list(Weekday).index(one) for one in self.days}
        while day <= last:
            if day.weekday() in weekdays:
                starts_at = datetime.combine(day, self.at, self.zone).astimezone(UTC)
                if starts_at <= latest and starts_at + self.lasts > earliest:
                    yield Occurrence(starts_at, starts_at + self.lasts)
            day += _DAY


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """Planned work of the settings: its name, what it mutes, when, why, and where it is announced.

    Without channels it is announced in the default one. A window's name and the start of an occurrence
    together tell an occurrence from every other.
    """

    name: str
    matcher: Matcher
    when: Once | Weekly
    reason: str = ""
    channels: tuple[Channel, ...] = ()

    def occurrence(self, now: datetime, within: timedelta = AHEAD) -> Occurrence | None:
        """Give the present occurrence, else the next one that starts within a time; None: there is none.

        Of several that are open at once it is the one that ends last.
        """
        upcoming: Occurrence | None = None
        present: Occurrence | None = None
        for one in self.when.between(now, now + within):
            if one.is_open(now):
                present = one
            elif upcoming is None:
                upcoming = one
        return present or upcoming


def silence_of(window: MaintenanceWindow, occurrence: Occurrence, now: datetime) -> Silence:
    """Make the silence of one occurrence: its ``window`` and ``starts_at`` are its own alone."""
    return Silence(
        number=UNNUMBERED_SILENCE,
        matcher=window.matcher,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        created_at=now,
        reason=window.reason,
        window=window.name,
        channel=window.channels[0] if window.channels else None,
    )


def unmade(
    windows: Iterable[MaintenanceWindow],
    silences: Iterable[Silence],
    now: datetime,
    within: timedelta = timedelta(0),
) -> tuple[Silence, ...]:
    """Give the silences of all that is open now, or opens within a time, and that are not there yet.

    ``silences`` are those that are kept, the ended ones of present windows among them: a window that somebody
    ended by hand stays ended.
    """
    there = {(one.window, one.starts_at) for one in silences}
    made = []
    for window in windows:
        occurrence = window.occurrence(now, within)
        if occurrence is not None and (window.name, occurrence.starts_at) not in there:
            made.append(silence_of(window, occurrence, now))
    return tuple(made)
