"""A log backup task, as one reading of OCP shows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NewType

from bot.domain.status import Status
from bot.domain.values import key, set_aside, value

SourceName = NewType("SourceName", str)
UNNAMED_SOURCE = SourceName("ocp")
"""The name of a source that the settings give none."""
ClusterId = NewType("ClusterId", int)
"""OCP's id of a cluster, the ``{id}`` of every path; never ``obClusterId``."""
ObClusterId = NewType("ObClusterId", int)

WHOLE_CLUSTER = "whole cluster"
_NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as OCP's cluster list has it; ``name`` is None where only its id is known."""

    source: SourceName
    id: ClusterId
    name: str | None = None
    ob_cluster_id: ObClusterId | None = None
    version: str | None = None
    type: str | None = None
    status: str | None = None

    @property
    def label(self) -> str:
        """What people call it: its name, else OCP's id."""
        return self.name or str(self.id)


_constants = attrgetter(
    "cluster_name",
    "tenant_name",
    "ob_cluster_id",
    "tenant_id",
    "ob_tenant_id",
    "cluster_type",
    "mode",
    "agent_server",
    "dimension",
)
"""Gives what is the same in all readings of a task, status and start aside."""


@key(frozen=True, slots=True)
class TaskKey:
    """What makes a task the same task at the next reading.

    OCP gives tasks no id. ``tenant`` is the tenant's obTenantId as text (else its OCP id, else its
    name), or None for a task of the whole cluster; ``destination`` is the backup path without its
    credentials. A task with two destinations is two tasks.
    """

    source: SourceName
    cluster: ClusterId
    tenant: str | None = None
    destination: str | None = None

    @property
    def text(self) -> str:
        """The key as one text, for columns and button values; equal keys have equal texts."""
        tenant = "*" if self.tenant is None else self.tenant.replace("%", "%25").replace("/", "%2F")
        return f"{self.source}/{self.cluster}/{tenant}/{self.destination or ''}"


class _Hashed:
    """Has a place for a hash of a part of it: a poll asks for that of each task four times."""

    __slots__ = ("_hash",)
    _hash: int


@value(frozen=True, slots=True)
class Task(_Hashed):
    """One row of the list of log backup tasks.

    All times are aware UTC and in OCP's clock. ``delay`` is what OCP reported; ``checkpoint`` is the
    moment up to which everything has been shipped. ``other`` has every field that OCP sent and the
    document does not know, as (name, text), in the order in which it came.
    """

    key: TaskKey
    status: Status
    cluster_name: str | None = None
    tenant_name: str | None = None
    ob_cluster_id: ObClusterId | None = None
    tenant_id: int | None = None
    ob_tenant_id: int | None = None
    cluster_type: str | None = None
    error: str | None = None
    checkpoint: datetime | None = None
    delay: timedelta | None = None
    mode: str | None = None
    created_at: datetime | None = None
    modified_at: datetime | None = None
    agent_server: str | None = None
    dimension: str | None = None
    other: tuple[tuple[str, str], ...] = ()

    def read_as(
        self,
        status: Status,
        error: str | None,
        checkpoint: datetime | None,
        delay: timedelta | None,
        modified_at: datetime | None,
        other: tuple[tuple[str, str], ...],
    ) -> "Task":
        """Give the task with what changes from reading to reading; the rest is the same."""
        task = Task(
            self.key,
            status,
            self.cluster_name,
            self.tenant_name,
            self.ob_cluster_id,
            self.tenant_id,
            self.ob_tenant_id,
            self.cluster_type,
            error,
            checkpoint,
            delay,
            self.mode,
            self.created_at,
            modified_at,
            self.agent_server,
            self.dimension,
            other,
        )
        set_aside(task, "_hash", self.constant)
        return task

    @property
    def constant(self) -> int:
        """A hash of 64 bits of its constants: made once, handed on by ``read_as``, of this process alone."""
        try:
            return self._hash
        except AttributeError:
            set_aside(self, "_hash", hash(_constants(self)))
            return self._hash

    def says_the_same(self, other: "Task") -> bool:
        """Whether nothing differs but times, delay and ``other``."""
        return (
            (self.status is other.status or self.status.reported == other.status.reported)
            and self.error == other.error
            and self.constant == other.constant
        )

    @property
    def cluster_label(self) -> str:
        """The cluster's name, else OCP's id of it."""
        return self.cluster_name or str(self.key.cluster)

    @property
    def tenant_label(self) -> str | None:
        """The tenant's name, else its id; None for a task of the whole cluster."""
        return self.tenant_name or self.key.tenant

    @property
    def is_standby(self) -> bool:
        """Whether it belongs to a STANDBY cluster."""
        return (self.cluster_type or "").upper() == "STANDBY"

    def behind(self, at: datetime) -> timedelta | None:
        """How far the task is behind at ``at`` (OCP's clock): ``at`` minus the checkpoint.

        OCP's own delay is this figure at the start of the request (reference sample: 77.792 s less
        0.112 s of request, reported as 77.6421); it serves where no checkpoint was sent. Never negative.
        """
        behind = self.delay if self.checkpoint is None else at - self.checkpoint
        return _NO_TIME if behind is not None and behind < _NO_TIME else behind


def newer_of(known: Task, found: Task) -> Task:
    """Of two rows with one key, give the one that was created later, else the one that was read later."""
    if known.created_at and found.created_at and known.created_at > found.created_at:
        return known
    return found
