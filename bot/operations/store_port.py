"""What operations ask of the database, beside writing to it."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.grouping import Group
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.notification import Action, Channel, MessageKey, Notification, OutboxId
from bot.domain.posts import Post
from bot.domain.reading import Reading
from bot.domain.routing import Subscription
from bot.domain.silence import Silence, SilenceNumber
from bot.domain.task import SourceName
from bot.operations.write_port import (
    AuditEntry,
    Backlog,
    ClusterRecord,
    IncidentWrite,
    LeaseLost,
    RevisionConflict,
    TaskRecord,
    WriteSession,
)

__all__ = [
    "AuditEntry",
    "Backlog",
    "ClusterRecord",
    "IncidentWrite",
    "LeaseLost",
    "OwedNotification",
    "RevisionConflict",
    "Store",
    "TaskRecord",
    "WriteSession",
]


class OwedNotification(Protocol):
    """A claimed row of the outbox."""

    @property
    def notification(self) -> Notification:
        """What is owed."""
        ...

    @property
    def attempts(self) -> int:
        """How often it has been tried before."""
        ...

    @property
    def outcome_unknown(self) -> bool:
        """Whether an earlier attempt may have been accepted by Slack."""
        ...


class Store(Protocol):
    """The database. Every method raises StorageError where the database cannot be used."""

    def writing(self) -> AbstractAsyncContextManager[WriteSession]:
        """Open one transaction: ``async with store.writing() as session``; an exception keeps nothing."""
        ...

    async def open_incidents(self, source: SourceName | None = None) -> tuple[Incident, ...]:
        """Read the incidents that are pending or firing, of one source or all, by number."""
        ...

    async def last_incidents(self, subject_keys: Sequence[str]) -> dict[str, Incident]:
        """Read the latest incident of each of these subjects that has one, by subject key."""
        ...

    async def incident(self, number: IncidentNumber) -> Incident | None:
        """Read one incident by its number."""
        ...

    async def incidents(self, *, limit: int = 100) -> tuple[Incident, ...]:
        """Read the latest incidents, open first, then by number from the newest."""
        ...

    async def past_incidents(
        self, *, limit: int = 100, since: datetime | None = None
    ) -> tuple[Incident, ...]:
        """Read the incidents that are over, those that ended last first, as far back as ``since``."""
        ...

    async def losses(self, *, since: datetime, limit: int) -> tuple[Incident, ...]:
        """Read what is over, as far back as ``since``, and has lost log for good, the latest first.

        What somebody has noted anything about since it was over is left out.
        """
        ...

    async def audit(self, number: IncidentNumber) -> tuple[AuditEntry, ...]:
        """Read the audit trail of an incident or a group, oldest first."""
        ...

    async def incidents_by_number(self, numbers: Sequence[IncidentNumber]) -> tuple[Incident, ...]:
        """Read these incidents, those that there are, by number."""
        ...

    async def revisions(self, source: SourceName) -> Mapping[IncidentNumber, int]:
        """Read the revisions of all incidents of a source that are pending or firing: cheap, each poll."""
        ...

    async def posts_of(self, numbers: Sequence[IncidentNumber]) -> tuple[Post, ...]:
        """Read the parent messages that speak of any of these incidents, each once, with all members."""
        ...

    async def post(self, key: MessageKey, channel: Channel) -> Post | None:
        """Read one parent message's record."""
        ...

    async def posts_at(self, ts: str) -> tuple[Post, ...]:
        """Read the parent messages that stand at this ``ts``, in whatever channel."""
        ...

    async def group(self, number: IncidentNumber) -> Group | None:
        """Read one group by its number."""
        ...

    async def groups(
        self, numbers: Sequence[IncidentNumber] = (), *, still_open: bool = False
    ) -> tuple[Group, ...]:
        """Read these groups, or all that are ``still_open``, by number."""
        ...

    async def silences(self, *, ended_since: datetime | None = None) -> tuple[Silence, ...]:
        """Read the silences that have not ended, and those that ended since then, by number."""
        ...

    async def silence(self, number: SilenceNumber) -> Silence | None:
        """Read one silence by its number."""
        ...

    async def subscriptions(self) -> tuple[Subscription, ...]:
        """Read all subscriptions, by number."""
        ...

    async def take_lease(self, name: str, *, owner: str, now: datetime, length: timedelta) -> int | None:
        """Take a lease, or renew one's own; None while another owner holds it.

        Returns its token, which grows whenever the lease goes to another owner (``check_lease``).
        """
        ...

    async def live_leases(self, prefix: str, now: datetime) -> tuple[str, ...]:
        """Name the leases that begin so and that somebody holds, by name."""
        ...

    async def give_lease(self, name: str, *, owner: str) -> None:
        """Give a lease back, so that another may take it at once."""
        ...

    async def clusters(self, source: SourceName) -> tuple[ClusterRecord, ...]:
        """Read what is remembered of a source's clusters and tasks."""
        ...

    async def fact(self, name: str) -> str | None:
        """Read one small fact."""
        ...

    async def facts(self, prefix: str) -> Mapping[str, str]:
        """Read the small facts whose names begin so, by name."""
        ...

    async def claim(
        self,
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        actions: Collection[Action] = tuple(Action),
    ) -> tuple[OwedNotification, ...]:
        """Take due notifications of these actions for ``lease``, at most ``limit``, most urgent first.

        A reply or an edit is never given out before its parent message stands, nor a reply before an
        earlier reply of the same message in the same channel. New alerts go before edits.
        """
        ...

    async def delivered(self, id_: OutboxId, *, owner: str, ts: str | None, now: datetime) -> bool:
        """Record a delivery; for a POST ``ts`` becomes its parent message's. False: the lease was lost."""
        ...

    async def postpone(
        self,
        id_: OutboxId,
        *,
        owner: str,
        until: datetime,
        error: str,
        outcome_unknown: bool,
        refused: bool = False,
    ) -> bool:
        """Give a notification back to be tried at ``until``. False: the lease was lost.

        ``refused`` is whether it fails for good until somebody changes something.
        """
        ...

    async def renew(self, id_: OutboxId, *, owner: str, now: datetime) -> bool:
        """Let the edit that waits for a message that surely does not stand take the place of its post.

        The post is owed anew and tells the present state; where that is the end, it is dropped for the line
        that tells what began and ended meanwhile. False: no edit waits, or the lease was lost.
        """
        ...

    async def give_up(self, id_: OutboxId, *, owner: str, error: str, now: datetime) -> bool:
        """Record that a notification can never be delivered, and why. False: the lease was lost."""
        ...

    async def refused(self) -> Mapping[Channel, str]:
        """Give the channels of which something owed was last refused for good, with the sentence."""
        ...

    async def outbox_depth(self) -> int:
        """Count the notifications that are owed."""
        ...

    async def outbox_backlog(self) -> tuple[Backlog, ...]:
        """Tell what is owed of each action of which anything is owed."""
        ...

    def observations(self, source: SourceName, *, since: datetime | None = None) -> AsyncIterator[Reading]:
        """Read the stored readings of a source, oldest first."""
        ...

    async def close(self) -> None:
        """Close the database."""
        ...
