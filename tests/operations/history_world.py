"""A small world for random histories: two clusters, three people, a Slack, a database, all of which fail."""

import random
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from bot.domain.incident import Transition
from bot.domain.notification import Channel, Notification, OutboxId
from bot.domain.problem import Severity
from bot.domain.routing import Mention, Reminders, Route, Selector
from bot.domain.task import Task
from bot.errors import SlackError, SlackPermanent, SlackTemporary, SourceTimeout, StorageError
from bot.operations.tend_silences import tend_silences
from bot.operations.watch_tasks import poll, tend
from bot.views.announcement import announcement
from bot.views.blocks import Message
from tests.fakes.listed_source import PAY, SHOP, Rows, task, teeth
from tests.fakes.memory_store import MemoryStore
from tests.operations.answering_stage import ANA, Talk
from tests.operations.operations_stage import ALERTS, ID, POLL, Stage

ONCALL, ONCALL_ID = Channel("oncall"), Channel("C00000002")
TEAM_ID = Channel("C00000003")
VAULT = "oss://vault/archive?host=oss.example.com"
MOUNT = "file:///obbackup/"
TASKS = {
    "pay/a": MOUNT,
    "pay/b": MOUNT,
    "pay/c": VAULT,
    "pay/d": VAULT,
    "shop/a": VAULT,
    "shop/b": VAULT,
    "shop/c": MOUNT,
    "shop/d": MOUNT,
}
"""The tasks by their names, each with its destination."""
CLUSTERS = {"pay": PAY, "shop": SHOP}
WAYS = ("FAILED", "INTERRUPTED", "behind", "stopped", "gone")
FULL = "The disk is full."
LAST_POLLS = 200


class Killed(BaseException):
    """The process is no more."""


class UnsteadyStore(MemoryStore):
    """Refuses one use of it, the ``refuse_in``-th from now on."""

    def __init__(self) -> None:
        super().__init__()
        self.refuse_in = 0

    def refuse_if_told(self) -> None:
        super().refuse_if_told()
        if self.refuse_in:
            self.refuse_in -= 1
            if not self.refuse_in:
                raise StorageError(FULL)


class UnsteadySlack:
    """How Slack is at the moment: ``share`` of the calls fail in one of these ``ways``."""

    def __init__(self) -> None:
        self.luck = random.Random(0)
        self.share = 0.0
        self.archived: set[Channel] = set()
        self.kills = False

    def before(self, method: str, channel: Channel) -> SlackError | None:
        if channel in self.archived and method in ("post", "edit"):
            return SlackPermanent("The channel is archived.", code="is_archived")
        if self.luck.random() >= self.share:
            return None
        if method in ("post", "edit") and self.luck.random() < 0.15:
            return SlackPermanent("No.", code="invalid_blocks")
        pause = timedelta(seconds=self.luck.randint(0, 40))
        return self.luck.choice(
            [
                SlackTemporary("Away.", code="unreachable"),
                SlackTemporary("Slow down.", code="ratelimited", retry_after=pause),
                SlackTemporary("Broken.", code="internal_error", outcome_unknown=True),
            ]
        )

    def after(self, method: str, _channel: Channel) -> SlackError | None:
        if self.kills and method == "post":
            self.kills = False
            raise Killed
        if method in ("post", "edit") and self.luck.random() < self.share:
            return SlackTemporary("No answer.", code="no_answer", outcome_unknown=True)
        return None


class HistoryWorld:
    """Everything there is. ``fresh`` is whether the last thing that happened was a poll that was kept.

    ``told`` are all transitions that polls have kept, in order. ``spoken`` has what was rendered, by
    its text; ``deleted`` with which id each message was posted that somebody deleted, by its ``ts``.
    """

    def __init__(self, *, pending: bool, routed: bool) -> None:
        self.store = UnsteadyStore()
        self.stage = stage = Stage(self.store)
        self.slack = UnsteadySlack()
        stage.messenger.failing, stage.messenger.after = self.slack.before, self.slack.after
        stage.messenger.names |= {ONCALL: ONCALL_ID, ID: ID, TEAM_ID: TEAM_ID}
        stage.limits = replace(stage.limits, pending=timedelta(seconds=60 if pending else 0))
        stage.mentions = {Severity.CRITICAL: (Mention("here"),)}
        hour = timedelta(hours=1)
        stage.reminders = Reminders(
            4 * hour, hour, hour / 2, (Mention("S0DBA"),), acknowledger_after=2 * hour
        )
        if routed:
            selector = Selector(severities=(Severity.CRITICAL,))
            stage.routes = (Route(ONCALL, selector, continues=True), Route(ALERTS))
        stage.render = self._rendered
        self.spoken: dict[str, Notification] = {}
        self.talk = Talk(stage)
        self.ways = dict.fromkeys(TASKS, "well")
        self.stopped: dict[str, datetime] = {}
        self.told: list[Transition] = []
        self.deleted: dict[str, OutboxId] = {}
        self.keys = count(1)
        self.fresh = False
        self.mend_ocp()

    def _rendered(self, owed: Notification) -> Message:
        """Render a message, and note what it says by its words."""
        message = announcement(owed)
        self.spoken[message.text] = owed
        return message

    def _rows(self, cluster: str) -> Rows:
        def rows(at: datetime) -> list[Task]:
            return [
                self._row(name, way, at)
                for name, way in self.ways.items()
                if name.startswith(cluster) and way != "gone"
            ]

        return rows

    def _row(self, name: str, way: str, at: datetime) -> Task:
        cluster, _, tenant = name.partition("/")
        if way == "well":
            checkpoint = teeth(at)
        elif way == "behind":
            checkpoint = at - timedelta(minutes=12)
        else:
            checkpoint = self.stopped[name]
        return task(
            tenant,
            cluster=CLUSTERS[cluster],
            status=way if way.isupper() else "RUNNING",
            checkpoint=checkpoint,
            destination=TASKS[name],
            error=f"ErrorCode 4179 on server {tenant}" if way == "FAILED" else None,
        )

    def becomes(self, name: str, way: str, ago: int = 0) -> None:
        """Let something become of a task, as of so many seconds ago."""
        self.ways[name] = way
        self.stopped[name] = self.stage.clock.now() - timedelta(seconds=ago + 5)

    def mend_ocp(self) -> None:
        """Let everything be read again."""
        self.stage.source.listing = None
        for name, cluster in CLUSTERS.items():
            self.stage.source.rows[cluster] = self._rows(name)

    def break_ocp(self, cluster: str | None) -> None:
        """Let one cluster not be read any more, or the whole source."""
        away = SourceTimeout("Away.")
        self.stage.source.listing = away if cluster is None else None
        for name in CLUSTERS if cluster is None else (cluster,):
            self.stage.source.rows[CLUSTERS[name]] = away

    async def poll(self) -> None:
        """Poll, half a minute later, and deliver."""
        self.stage.clock.advance(POLL)
        await self.kept(tend_silences(self.stage.tending))
        self.fresh = await self.kept(self._poll())
        await self.deliver()

    async def _poll(self) -> None:
        self.told += await poll(self.stage.state, self.stage.watching)

    async def look(self) -> None:
        """Tell what people did."""
        await self.kept(tend(self.stage.state, self.stage.watching))
        await self.deliver()

    async def deliver(self) -> None:
        """Deliver what is due; a process that is killed meanwhile is started anew."""
        try:
            await self.kept(self.stage.deliver())
        except Killed:
            await self.restart()

    async def restart(self) -> None:
        """Start anew on what is stored."""
        self.slack.kills, self.store.refuse_in = False, 0
        await self.stage.restart()
        self.talk = Talk(self.stage)
        self.fresh = False

    async def say(self, text: str, who: str, *, thread: str | None = None, twice: bool = False) -> None:
        """Let somebody say something, and the watch tell of it; what Slack sends twice is done once."""
        self.fresh = False
        key = f"said {next(self.keys)}"
        asked = self.talk.asked(text, by=who, thread=thread, channel=ID, key=key)
        for _ in range(2 if twice else 1):
            acted, trail = key in self.store.tables.payloads, len(self.store.tables.audit)
            await self.kept(self.talk.answering.answer(asked))
            assert not acted or len(self.store.tables.audit) == trail, "a redelivered payload acts once"
        while self.talk.changed:
            self.talk.changed.clear()
            await self.look()
        await self.deliver()

    def delete(self, which: int) -> None:
        """Delete one of the messages that stand, and note with which id it was posted."""
        messenger = self.stage.messenger
        parents = [
            (channel, one.ts)
            for channel, posted in messenger.channels.items()
            for one in posted
            if one.thread_ts is None
        ]
        if parents:
            channel, ts = parents[which % len(parents)]
            messenger.delete(channel, ts)
            self.deleted[ts] = messenger.accepted[int(float(ts)) - 1]

    async def kept(self, work: Awaitable[object]) -> bool:
        """Do something; tell whether the database took it."""
        try:
            await work
        except StorageError:
            return False
        return True

    async def good_end(self) -> None:
        """Mend everything, end every silence, and give it time until all is over and told."""
        self.slack.share, self.slack.kills, self.store.refuse_in = 0.0, False, 0
        self.slack.archived.clear()
        self.mend_ocp()
        for name in TASKS:
            self.becomes(name, "well")
        for silence in await self.store.silences():
            await self.say(f"unsilence {silence.number}", ANA)
        for _ in range(LAST_POLLS):
            await self.poll()
            if not await self.store.open_incidents() and not await self.store.outbox_depth():
                break
        await self.poll()
        self.stage.clock.advance(timedelta(minutes=2))
        await self.deliver()
