"""One row of the outbox while it is coalesced with others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.domain.coalescing import Waiting, may_stand
from bot.domain.notification import Action, Notification
from bot.domain.urgency import urgency
from bot.storage.claimable import OWED
from bot.storage.codec import NOTIFICATION
from bot.storage.outbox import SUPERSEDED

Place = tuple[str, str]
"""A parent message's key and its channel."""


@dataclass(slots=True)
class OwedRow:
    """What is owed, and what has become of it; ``position`` is None until it is in the outbox."""

    notification: Notification
    urgency: int
    position: int | None = None
    state: str = OWED
    attempts: int = 0
    outcome_unknown: bool = False
    next_attempt_at: datetime | None = None
    owner: str | None = None
    under_way: bool = False
    settled_at: datetime | None = None
    is_changed: bool = False

    @property
    def action(self) -> Action:
        """What is to be done to the parent message."""
        return self.notification.action

    @property
    def is_post(self) -> bool:
        """Whether it is the parent message itself."""
        return self.action is Action.POST

    def as_waiting(self) -> Waiting:
        """Say of it what coalescing asks."""
        unknown = self.outcome_unknown or self.owner is not None
        stands = may_stand(self.action, under_way=self.under_way, outcome_unknown=unknown)
        return Waiting(self.notification, may_stand=stands, taken_back=self.state == SUPERSEDED)

    def renew(self, newest: Notification, due: datetime | None) -> None:
        """Put something newer into it; it keeps its turn and is never less urgent than it was.

        An edit is tried anew; a post that failed waits as long as it had to.
        """
        self.notification = newest
        self.urgency = min(self.urgency, urgency(newest))
        self.state, self.settled_at, self.is_changed = OWED, None, True
        if self.action is Action.EDIT:
            self.attempts, self.owner, self.outcome_unknown = 0, None, False
            self.next_attempt_at = due

    def drop(self, now: datetime) -> None:
        """Take it away: something newer has made it needless."""
        self.state, self.settled_at, self.owner, self.is_changed = SUPERSEDED, now, None, True


def loaded(row: Row[Any]) -> OwedRow:
    """Read a row of the outbox."""
    return OwedRow(
        notification=NOTIFICATION.decode(row.body),
        urgency=row.urgency,
        position=row.position,
        state=row.state,
        attempts=row.attempts,
        outcome_unknown=bool(row.outcome_unknown),
        next_attempt_at=row.next_attempt_at,
        owner=row.owner,
        under_way=row.leased_until is not None,
        settled_at=row.settled_at,
    )
