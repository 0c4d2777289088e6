"""When a message goes out: tried again after a failure, an edit not too often, each at its pace."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.notification import Notification

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(seconds=30)
"""After an outage of Slack, however long, people have the present state within a minute."""
JITTER = 0.25
EDIT_EVERY = timedelta(seconds=5)
"""One message is edited at most this often, but for what a person did."""


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after ``wait``."""

    wait: timedelta


def next_attempt(attempts: int, retry_after: timedelta | None, chance: float) -> Again:
    """Decide when a temporary failure is tried again: there is no end to it.

    ``attempts`` counts those that failed, this one included. What Slack asks for (``retry_after``) is the
    least; otherwise the wait doubles from 1 s to 30 s. ``chance`` in [0, 1) spreads it by a quarter.
    """
    doubled = FIRST_WAIT * 2 ** min(attempts - 1, 16)
    wait = min(doubled, LONGEST_WAIT) if retry_after is None else max(retry_after, FIRST_WAIT)
    return Again(wait * (1 + JITTER * chance))


def edit_due(edit: Notification, last: datetime | None) -> datetime | None:
    """Decide when an edit may go out, ``last`` being when its message was last edited; None is at once.

    What a person did is shown at once; the figures of one message move at most every few seconds.
    """
    if last is None or edit.by_person or edit.created_at >= last + EDIT_EVERY:
        return None
    return last + EDIT_EVERY


@dataclass(frozen=True, slots=True)
class Pace:
    """A steady pace with a small burst: at most ``burst`` at once, then one every ``interval``.

    ``due`` is when the next one would be due without any burst; the arithmetic is the generic cell rate
    algorithm's.
    """

    interval: timedelta
    burst: int
    due: datetime | None = None

    def wait(self, now: datetime) -> timedelta:
        """Tell how long the next one has to wait."""
        if self.due is None:
            return timedelta(0)
        return max(self.due - self.interval * (self.burst - 1) - now, timedelta(0))

    def taken(self, now: datetime) -> "Pace":
        """Count one more that went out at ``now``."""
        start = now if self.due is None else max(self.due, now)
        return Pace(self.interval, self.burst, start + self.interval)


POSTS = Pace(timedelta(seconds=1), burst=3)
"""In one channel. Source: Slack allows about one message a second, with short bursts."""
EDITS = Pace(timedelta(seconds=1.25), burst=5)
"""In a workspace. Source: chat.update is allowed about 50 times a minute."""
