"""What the bot measures of itself at one moment, for whoever watches the watcher."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.notification import Action
from bot.domain.problem import Problem, Severity
from bot.domain.task import ClusterId, SourceName

ABSENT = "absent"
"""The state of a task that OCP listed before and does not list now; beside the words of Meaning."""


@dataclass(frozen=True, slots=True)
class TaskDelay:
    """How far one task was behind when it was last read; ``tenant`` is None for the whole cluster."""

    cluster: str
    cluster_id: ClusterId
    tenant: str | None
    destination: str | None
    delay: timedelta


@dataclass(frozen=True, slots=True)
class TaskMeasures:
    """The tasks of one source: how many are in each state, and how far they are behind.

    ``worst`` leaves out those that were paused or stopped on purpose. ``delays`` is empty unless it was
    asked for, the longest first; ``left_out`` counts those beyond the most that are told.
    """

    states: Mapping[str, int] = field(default_factory=dict)
    worst: timedelta | None = None
    delays: tuple[TaskDelay, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class IncidentKind:
    """What open incidents are counted by."""

    problem: Problem
    severity: Severity
    acknowledged: bool = False
    silenced: bool = False


@dataclass(frozen=True, slots=True)
class SourceMeasures:
    """One source. Instants are our clock's.

    ``held`` is whether this replica is the one that watches it: of one that it does not watch nothing else
    is known for sure. ``polled_at`` is when the last poll ended, whatever it brought, ``read_at`` when one
    last brought something; ``offset`` is how far our clock is ahead of OCP's.
    """

    source: SourceName
    interval: timedelta
    held: bool = True
    polled_at: datetime | None = None
    read_at: datetime | None = None
    readable: bool = False
    offset: timedelta | None = None
    clusters: int = 0
    clusters_unread: int = 0
    rows_skipped: int = 0
    tasks: TaskMeasures = field(default_factory=TaskMeasures)
    incidents: Mapping[IncidentKind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwedMeasures:
    """What is owed to Slack of one kind: how many messages, and how old the oldest is."""

    action: Action
    messages: int
    oldest_age: timedelta


@dataclass(frozen=True, slots=True)
class LoopLag:
    """How late the event loop was: at the last look, and at worst in the last minute."""

    recent: timedelta
    worst: timedelta


@dataclass(frozen=True, slots=True)
class BotMeasures:
    """The bot at one moment.

    ``owed`` is None while the database cannot be asked. ``slack_connections`` has the age of each that
    hears Slack, None where Slack comes over HTTP. ``channels_refusing`` counts the channels that take no
    message until somebody changes something. ``heartbeat_at`` is when a heartbeat was last accepted.
    """

    version: str
    sources: tuple[SourceMeasures, ...] = ()
    owed: tuple[OwedMeasures, ...] | None = ()
    channels_refusing: int = 0
    slack_connections: tuple[timedelta, ...] | None = None
    loop_lag: LoopLag | None = None
    heartbeat_at: datetime | None = None
