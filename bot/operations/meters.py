"""What operations tell of as it happens, so that it can be counted; all else is read when it is asked for."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.notification import Action
from bot.domain.task import SourceName
from bot.operations.read_source import PollResult


class PollOutcome(StrEnum):
    """How a poll ended."""

    READ = "read"
    PARTLY_READ = "partly read"
    NOT_READ = "not read"
    NOT_KEPT = "not kept"
    """It was read, and the database would not take it."""
    FAULT = "fault"
    """A fault of the bot's own."""


class DeliveryOutcome(StrEnum):
    """How one attempt to deliver a message ended."""

    DELIVERED = "delivered"
    FOUND = "found already there"
    POSTPONED = "postponed"
    REFUSED = "refused"
    """Slack will not take it until somebody changes something."""
    FAULT = "fault"
    """A fault of the bot's own."""


class Meters(Protocol):
    """Where operations tell of what happened. Telling never fails and never waits."""

    def polled(
        self,
        source: SourceName,
        outcome: PollOutcome,
        took: timedelta | None = None,
        errors: Iterable[str] = (),
    ) -> None:
        """Count a poll; ``took`` is real time, ``errors`` a short word for each thing that was not read."""
        ...

    def delivered(self, action: Action, outcome: DeliveryOutcome) -> None:
        """Count one attempt to deliver a message."""
        ...

    def restarted(self, work: str) -> None:
        """Count background work that ended and is started again."""
        ...


class Unmetered:
    """Counts nothing: for commands that end, and for replay."""

    def polled(
        self,
        source: SourceName,
        outcome: PollOutcome,
        took: timedelta | None = None,
        errors: Iterable[str] = (),
    ) -> None:
        """Let it pass."""

    def delivered(self, action: Action, outcome: DeliveryOutcome) -> None:
        """Let it pass."""

    def restarted(self, work: str) -> None:
        """Let it pass."""


UNMETERED = Unmetered()


def outcome_of(result: PollResult) -> PollOutcome:
    """Tell how the reading of a poll went."""
    if result.failure is not None:
        return PollOutcome.NOT_READ
    return PollOutcome.PARTLY_READ if result.failing else PollOutcome.READ


def errors_of(result: PollResult) -> list[str]:
    """Give the word of each thing that a poll could not read: the source, its list, or single clusters."""
    return [failure.reason for failure in result.failing.values()]
