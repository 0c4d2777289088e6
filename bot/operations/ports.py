"""What operations ask of the world, but for the database: a few Protocols that the edge and fakes fulfil."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.notification import Channel, OutboxId
from bot.domain.reading import Reading
from bot.domain.task import Cluster, SourceName
from bot.views.blocks import Message


class Clock(Protocol):
    """Time. ``speed`` is how many simulated seconds pass in a real one."""

    @property
    def speed(self) -> float:
        """How much faster than life this clock runs."""
        ...

    def now(self) -> datetime:
        """Return the present moment, aware UTC."""
        ...

    def monotonic(self) -> float:
        """Return real seconds that never go backwards."""
        ...

    async def sleep(self, span: timedelta) -> None:
        """Wait for ``span`` of this clock's time."""
        ...


class Journal(Protocol):
    """Where operations say what happened; the edge turns it into log lines."""

    def info(self, event: str, **facts: object) -> None:
        """Record an ordinary event."""
        ...

    def warning(self, event: str, **facts: object) -> None:
        """Record something that somebody may have to look at."""
        ...

    def error(self, event: str, **facts: object) -> None:
        """Record a failure of ours; inside an ``except`` the traceback goes with it."""
        ...


class Source(Protocol):
    """One OCP. Every method raises SourceError."""

    @property
    def name(self) -> SourceName:
        """The name the settings give it."""
        ...

    async def clusters(self) -> tuple[Cluster, ...]:
        """List the clusters to watch, in OCP's order, narrowed by the settings.

        Where the login may not list clusters, those whose ids the settings give are returned by id alone.
        """
        ...

    @property
    def unresolved_clusters(self) -> tuple[str, ...]:
        """A sentence for each cluster of the settings that the last list did not have."""
        ...

    def watches(self, cluster: Cluster) -> bool:
        """Whether the settings mean this cluster, be it listed or not."""
        ...

    async def log_backup_tasks(
        self,
        cluster: Cluster,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        urgent: bool = False,
    ) -> Reading:
        """Read all log backup tasks of one cluster, walking its pages.

        ``urgent`` is what a person waits for: it goes before all clusters that wait to be polled. ``start``
        and ``end`` are sent as startTime and endTime and never by polling: what they select is OCP's choice,
        and not documented.
        """
        ...

    async def delay_threshold(self, cluster: Cluster) -> timedelta | None:
        """Read the delay at which OCP's own alarm fires for a cluster; None where this OCP has none."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that Slack accepted: the channel's id, and the message's ``ts``."""

    channel: Channel
    ts: str


class Messenger(Protocol):
    """Slack's Web API, as far as delivery needs it. Every method raises SlackError."""

    async def post(
        self,
        channel: Channel,
        message: Message,
        *,
        outbox_id: OutboxId,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Sent:
        """Post a message, or a reply where ``thread_ts`` is given, carrying ``outbox_id`` in its metadata."""
        ...

    async def edit(self, channel: Channel, ts: str, message: Message, *, outbox_id: OutboxId) -> None:
        """Replace a message."""
        ...

    async def find(
        self, channel: Channel, outbox_id: OutboxId, *, since: datetime, thread_ts: str | None = None
    ) -> Sent | None:
        """Look for a message that carries ``outbox_id``, to learn whether an attempt was accepted."""
        ...

    async def resolve_channel(self, name: str) -> Channel:
        """Give the id of a channel named ``#alerts``, ``alerts`` or by its id."""
        ...
