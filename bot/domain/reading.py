"""What one poll learnt of one cluster, or why it learnt nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.task import Cluster, ClusterId, SourceName, Task


@dataclass(frozen=True, slots=True)
class Reading:
    """All tasks of one cluster as OCP listed them at one moment.

    ``at`` is the envelope's timestamp of the last page, in OCP's clock; ``received_at`` is when the
    answer arrived, in ours. Both are aware UTC. ``complete`` is False where the list could not be
    walked to its end: what is absent then proves nothing. ``skipped`` counts rows that could not be
    understood; ``trace_id`` is OCP's, of the last page.
    """

    cluster: Cluster
    tasks: tuple[Task, ...]
    at: datetime
    received_at: datetime
    complete: bool = True
    skipped: int = 0
    trace_id: str | None = None

    @property
    def clock_offset(self) -> timedelta:
        """How far our clock is ahead of OCP's, as this reading shows it (transport time included)."""
        return self.received_at - self.at


@dataclass(frozen=True, slots=True)
class FailedReading:
    """A source (``cluster`` None) or one of its clusters that could not be read at ``at`` (our clock).

    ``reason`` is the error's short stable word, ``sentence`` what people are told.
    """

    source: SourceName
    cluster: ClusterId | None
    at: datetime
    reason: str
    sentence: str
    trace_id: str | None = None


@dataclass(frozen=True, slots=True)
class PollFailure:
    """Why something could not be read, since when (our clock), and in how many polls in a row."""

    since: datetime
    sentence: str
    reason: str = "error"
    polls: int = 1
    trace_id: str | None = None
