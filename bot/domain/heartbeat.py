"""Whether the bot does what it is there for, so that it may say so to whoever listens for its heartbeat."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.task import SourceName

INTERVALS = 3
"""A source that was not polled for so many intervals is not watched any more ..."""
LEAST = timedelta(minutes=2)
"""... but a poll that runs into every timeout may take this long."""
OVERDUE = timedelta(minutes=10)
"""What is tried again every minute at least and is still owed after this long is not being delivered."""


class Withheld(StrEnum):
    """Why there is no heartbeat."""

    NOTHING_WATCHED = "nothing watched"
    NOT_POLLED = "not polled"
    NOTHING_READ = "nothing read"
    NOT_DELIVERED = "not delivered"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Pulse:
    """When one source was last polled, whatever came of it, and when a poll last brought something."""

    source: SourceName
    interval: timedelta
    polled_at: datetime | None
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the decision rests on: the sources this replica watches, and the oldest news that is owed.

    News are posts and replies; edits notify nobody. ``database`` is False where it could not be asked.
    """

    pulses: tuple[Pulse, ...]
    oldest_news: datetime | None = None
    database: bool = True


@dataclass(frozen=True, slots=True)
class Silent:
    """There is no heartbeat: why, of which source, and since when (None: since the start)."""

    why: Withheld
    source: SourceName | None = None
    since: datetime | None = None


def withheld(vitals: Vitals, now: datetime) -> Silent | None:
    """Decide whether the heart beats; None: it does.

    Every source has to be polled, and one at least to answer. A single OCP that does not answer is told of in
    Slack: that is the bot at work. Where none answers it may be the bot that cannot reach anything. News
    that stay owed are not being delivered, whoever is to blame: nobody reads of them in Slack.
    """
    if not vitals.pulses:
        return Silent(Withheld.NOTHING_WATCHED)
    for pulse in vitals.pulses:
        if not _fresh(pulse.polled_at, pulse.interval, now):
            return Silent(Withheld.NOT_POLLED, pulse.source, pulse.polled_at)
    if not any(_fresh(pulse.read_at, pulse.interval, now) for pulse in vitals.pulses):
        read = [pulse.read_at for pulse in vitals.pulses if pulse.read_at is not None]
        return Silent(Withheld.NOTHING_READ, since=max(read, default=None))
    if not vitals.database:
        return Silent(Withheld.DATABASE)
    if vitals.oldest_news is not None and now - vitals.oldest_news > OVERDUE:
        return Silent(Withheld.NOT_DELIVERED, since=vitals.oldest_news)
    return None


def _fresh(at: datetime | None, interval: timedelta, now: datetime) -> bool:
    return at is not None and now - at <= max(INTERVALS * interval, LEAST)
