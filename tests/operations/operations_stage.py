"""A watch, an outbox and a channel on one clock, driven step by step."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count

from bot.domain.detection import encode
from bot.domain.incident import Change, Incident, IncidentNumber, Transition
from bot.domain.maintenance import MaintenanceWindow
from bot.domain.notification import Channel, Notification, OutboxId
from bot.domain.problem import Severity
from bot.domain.routing import Mention, Reminders, Route, Routing, Subscription
from bot.domain.task import Cluster, ClusterId, SourceName, Task
from bot.domain.thresholds import Thresholds
from bot.operations.deliver_messages import EDITING, NEWS, deliver_due
from bot.operations.send_message import Delivering
from bot.operations.source_state import SourceState, restore
from bot.operations.store_port import Store
from bot.operations.tend_silences import Tending, tend_silences
from bot.operations.watch_tasks import Watching, poll, tend
from bot.views.announcement import announcement
from bot.views.blocks import Message
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.listed_messenger import ListedMessenger, Posted
from tests.fakes.listed_source import PAY, PROD, ListedSource, Rows, task, teeth
from tests.fakes.manual_clock import ManualClock
from tests.fakes.memory_store import MemoryStore

ALERTS = Channel("alerts")
ID = Channel("C00000001")
POLL = timedelta(seconds=30)


def well(*tenants: str, cluster: Cluster = PAY) -> Rows:
    """Give rows of healthy tasks."""
    return lambda at: [task(tenant, cluster=cluster, checkpoint=teeth(at)) for tenant in tenants]


def behind(delay: timedelta, tenant: str = "orders") -> Rows:
    """Give a task that runs, always this far behind."""
    return lambda at: [task(tenant, checkpoint=at - delay)]


def broken(
    *tenants: str,
    since: datetime,
    status: str = "FAILED",
    error: str | None = None,
    cluster: Cluster = PAY,
) -> Rows:
    """Give rows of tasks that broke at a moment: the checkpoint stands still from then on."""
    return lambda _: [
        task(tenant, cluster=cluster, status=status, error=error, checkpoint=since) for tenant in tenants
    ]


def both(*parts: Rows) -> Rows:
    """Give the rows of several."""

    def rows(at: datetime) -> list[Task]:
        return [row for part in parts for row in part(at)]

    return rows


class Stage:
    """The world of a scenario. ``restart`` forgets everything but the store, OCP and Slack."""

    def __init__(self, store: Store | None = None) -> None:
        self.clock = ManualClock()
        self.store: Store = store or MemoryStore()
        self.source = ListedSource(self.clock)
        self.messenger = ListedMessenger()
        self.journal = ListedJournal()
        self.limits = Thresholds(lagging_is_literal=True)
        self.default: Channel | None = ALERTS
        self.routes: tuple[Route, ...] = ()
        self.mentions: Mapping[Severity, tuple[Mention, ...]] = {}
        self.reminders = Reminders(warning=None, critical=None)
        self.windows: tuple[MaintenanceWindow, ...] = ()
        self.render: Callable[[Notification], Message] = announcement
        self.rung = 0
        ids = count(1)
        self.new_id = lambda: OutboxId(f"n{next(ids)}")
        self.state = SourceState(PROD, POLL)
        self.restarts = 0
        self.delivering = self._delivering()

    @property
    def memory(self) -> MemoryStore:
        """The store, which is one in memory."""
        assert isinstance(self.store, MemoryStore)
        return self.store

    def thresholds_for(
        self, _source: SourceName, _id: ClusterId | None, _cluster: str | None, _tenant: str | None
    ) -> Thresholds:
        return self.limits

    @property
    def watching(self) -> Watching:
        return Watching(
            source=self.source,
            store=self.store,
            clock=self.clock,
            journal=self.journal,
            thresholds_for=self.thresholds_for,
            routing_for=self._routing,
            new_id=self.new_id,
            owed=self._ring,
        )

    def _routing(
        self, subscriptions: Sequence[Subscription] = (), refusing: Mapping[Channel, str] | None = None
    ) -> Routing:
        return Routing(
            self.default, self.routes, tuple(subscriptions), self.reminders, self.mentions, refusing or {}
        )

    @property
    def tending(self) -> Tending:
        """What silences are tended with."""
        return Tending(
            store=self.store,
            clock=self.clock,
            journal=self.journal,
            windows=lambda: self.windows,
            default=lambda: self.default,
            new_id=self.new_id,
            changed=self._ring,
        )

    def _rendered(self, notification: Notification) -> Message:
        return self.render(notification)

    def _ring(self) -> None:
        self.rung += 1

    def _delivering(self) -> Delivering:
        return Delivering(
            store=self.store,
            messenger=self.messenger,
            clock=self.clock,
            journal=self.journal,
            owner=f"bot{self.restarts}",
            render=self._rendered,
            chance=lambda: 0.0,
        )

    async def restart(self) -> None:
        """Start the bot anew on the same database."""
        self.restarts += 1
        self.state = await restore(PROD, POLL, self.store, self.thresholds_for)
        self.delivering = self._delivering()

    @property
    def remembered(self) -> dict[str, bytes]:
        """What the rules remember of each task, as it is kept."""
        known = self.state.tasks_known
        return {one.task.key.text: encode(one.memory) for one in known if one.memory is not None}

    async def poll(self, times: int = 1, every: timedelta = POLL) -> list[Transition]:
        """Poll so many times, delivering after each, the clock moving on before all but the first of all."""
        transitions: list[Transition] = []
        for _ in range(times):
            if self.source.listed:
                self.clock.advance(every)
            transitions += await poll(self.state, self.watching)
            await self.deliver()
        return transitions

    async def tend(self) -> bool:
        """Tend silences, then tell what that and people made due, and deliver it."""
        turned = await tend_silences(self.tending)
        told = await tend(self.state, self.watching)
        await self.deliver()
        return bool(turned) or told

    async def changes(self, times: int = 1, every: timedelta = POLL) -> list[tuple[str, Change]]:
        """Poll, and give what changed: whose incident, and how."""
        return [(one.after.subject.name, one.change) for one in await self.poll(times, every)]

    async def deliver(self) -> None:
        """Deliver until nothing more is due."""
        while await deliver_due(self.delivering, NEWS) + await deliver_due(self.delivering, EDITING):
            pass

    def everything(self, channel: Channel = ID) -> list[Posted]:
        """Give all that stands in a channel, replies too."""
        return self.messenger.channels.get(channel, [])

    def parents(self, channel: Channel = ID) -> list[Posted]:
        """Give the messages of a channel that are no replies."""
        return [one for one in self.everything(channel) if one.thread_ts is None]

    def replies(self, parent: Posted, channel: Channel = ID) -> list[Posted]:
        """Give the replies in a thread."""
        return [one for one in self.everything(channel) if one.thread_ts == parent.ts]

    async def incident(self, number: int) -> Incident:
        found = await self.store.incident(IncidentNumber(number))
        assert found is not None
        return found


def shown(posted: Posted) -> str:
    """Give the words of a message as it stands now."""
    message = posted.edits[-1] if posted.edits else posted.message
    return message.text
