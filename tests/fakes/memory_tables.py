"""What a store in memory keeps."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.incident import Incident, IncidentNumber
from bot.domain.notification import (
    Action,
    ChangeContent,
    Channel,
    GreetingContent,
    MessageKey,
    Notification,
    OutboxId,
    Reason,
)
from bot.domain.problem import Severity
from bot.domain.reading import Reading
from bot.domain.task import Cluster, SourceName
from bot.operations.store_port import AuditEntry, PostedMessage, TaskRecord

Place = tuple[MessageKey, Channel]


@dataclass(frozen=True)
class Row:
    """One row of the outbox; ``state`` is owed, delivered, superseded or given up."""

    position: int
    notification: Notification
    state: str = "owed"
    attempts: int = 0
    outcome_unknown: bool = False
    next_attempt_at: datetime | None = None
    owner: str | None = None
    leased_until: datetime | None = None
    error: str | None = None
    rank: tuple[int, int] | None = None

    @property
    def place(self) -> Place:
        return self.notification.message, self.notification.channel

    @property
    def action(self) -> Action:
        return self.notification.action

    def free(self, now: datetime) -> bool:
        return self.leased_until is None or self.leased_until <= now


@dataclass(frozen=True)
class Claimed:
    """What a claim gives out."""

    notification: Notification
    attempts: int
    outcome_unknown: bool


@dataclass
class Tables:
    """Everything kept; its values are immutable, so a shallow copy is a snapshot."""

    numbers: int = 0
    incidents: dict[IncidentNumber, Incident] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    messages: dict[Place, PostedMessage] = field(default_factory=dict)
    outbox: dict[OutboxId, Row] = field(default_factory=dict)
    tasks: dict[str, TaskRecord] = field(default_factory=dict)
    clusters: dict[SourceName, tuple[Cluster, ...]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)

    def copy(self) -> "Tables":
        return Tables(
            self.numbers,
            dict(self.incidents),
            list(self.audit),
            dict(self.messages),
            dict(self.outbox),
            dict(self.tasks),
            dict(self.clusters),
            dict(self.facts),
            list(self.readings),
        )


def last_of(incidents: Iterable[Incident], subject_key: str) -> Incident | None:
    """Give a subject's latest incident."""
    found = [incident for incident in incidents if incident.subject.key == subject_key]
    return max(found, key=lambda incident: incident.number, default=None)


def stands(tables: Tables, place: Place) -> bool:
    """Whether a parent message was posted."""
    message = tables.messages.get(place)
    return message is not None and message.ts is not None


def severity_of(notification: Notification) -> Severity:
    """Tell how severe it is what a notification speaks of."""
    content = notification.content
    if isinstance(content, GreetingContent):
        return max((incident.severity for incident in content.incidents), default=Severity.WARNING)
    return content.after.severity if isinstance(content, ChangeContent) else content.incident.severity


def urgency(row: Row) -> tuple[int, int, int]:
    """Rank a row: new messages before replies before edits, the more severe first."""
    return *(row.rank or rank(row.notification)), row.position


def rank(notification: Notification) -> tuple[int, int]:
    """Rank a notification; an edit whose figures have only moved on goes last."""
    order = (Action.POST, Action.REPLY, Action.EDIT).index(notification.action)
    return 3 if notification.reason is Reason.MOVED_ON else order, -severity_of(notification)


def take_place(tables: Tables, edit: Notification) -> bool:
    """Put an edit into the place of an older one of its message that waits, if there is one."""
    waiting = [
        row
        for row in tables.outbox.values()
        if row.place == (edit.message, edit.channel) and row.action is Action.EDIT and row.state == "owed"
        if row.leased_until is None
    ]
    if not waiting:
        return False
    old = min(waiting, key=lambda row: row.position)
    del tables.outbox[old.notification.id]
    better = min(old.rank or rank(old.notification), rank(edit))
    tables.outbox[edit.id] = Row(old.position, edit, rank=better)
    return True
