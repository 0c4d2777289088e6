"""What a store in memory keeps."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from bot.domain.coalescing import Waiting, may_stand
from bot.domain.grouping import Group
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.notification import Action, Channel, MessageKey, Notification, OutboxId
from bot.domain.posts import Post
from bot.domain.reading import Reading
from bot.domain.routing import Subscription, SubscriptionNumber
from bot.domain.silence import Silence, SilenceNumber
from bot.domain.task import Cluster, SourceName
from bot.operations.store_port import AuditEntry, TaskRecord

Place = tuple[MessageKey, Channel]


@dataclass(frozen=True)
class Row:
    """One row of the outbox; ``state`` is owed, delivered, superseded or given up."""

    position: int
    notification: Notification
    rank: int
    state: str = "owed"
    attempts: int = 0
    outcome_unknown: bool = False
    next_attempt_at: datetime | None = None
    owner: str | None = None
    leased_until: datetime | None = None
    error: str | None = None
    refused: bool = False

    @property
    def place(self) -> Place:
        return self.notification.message, self.notification.channel

    @property
    def action(self) -> Action:
        return self.notification.action

    def free(self, now: datetime) -> bool:
        return self.leased_until is None or self.leased_until <= now

    def as_waiting(self) -> Waiting:
        unknown = self.outcome_unknown or self.owner is not None
        under_way = self.leased_until is not None
        stands = may_stand(self.action, under_way=under_way, outcome_unknown=unknown)
        return Waiting(self.notification, may_stand=stands)


@dataclass(frozen=True)
class Claimed:
    """What a claim gives out."""

    notification: Notification
    attempts: int
    outcome_unknown: bool


@dataclass(frozen=True)
class Lease:
    """Who holds something; nobody does where ``owner`` is None."""

    owner: str | None
    until: datetime
    token: int


@dataclass
class Tables:
    """Everything kept; its values are immutable, so a shallow copy is a snapshot."""

    numbers: int = 0
    incidents: dict[IncidentNumber, Incident] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    posts: dict[Place, Post] = field(default_factory=dict)
    edited_at: dict[Place, datetime] = field(default_factory=dict)
    groups: dict[IncidentNumber, Group] = field(default_factory=dict)
    silences: dict[SilenceNumber, Silence] = field(default_factory=dict)
    subscription_numbers: int = 0
    subscriptions: dict[SubscriptionNumber, Subscription] = field(default_factory=dict)
    payloads: set[str] = field(default_factory=set)
    outbox: dict[OutboxId, Row] = field(default_factory=dict)
    tasks: dict[str, TaskRecord] = field(default_factory=dict)
    clusters: dict[SourceName, tuple[Cluster, ...]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)

    def copy(self) -> "Tables":
        values: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        copied: dict[str, Any] = {
            name: one if isinstance(one, int) else one.copy() for name, one in values.items()
        }
        return Tables(**copied)

    def number(self) -> IncidentNumber:
        self.numbers += 1
        return IncidentNumber(self.numbers)

    def owed(self) -> list[Row]:
        return [row for row in self.outbox.values() if row.state == "owed"]

    def stands(self, place: Place) -> bool:
        return place in self.posts and self.posts[place].ts is not None


def last_of(incidents: Iterable[Incident], subject_key: str) -> Incident | None:
    """Give a subject's latest incident."""
    found = [incident for incident in incidents if incident.subject.key == subject_key]
    return max(found, key=lambda incident: incident.number, default=None)
