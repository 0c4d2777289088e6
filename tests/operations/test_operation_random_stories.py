"""Whatever breaks, fails and restarts in whatever order: in the end all is told, once and in order."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.incident import Incident
from bot.domain.notification import Action, Channel, MeanwhileContent
from bot.domain.task import Cluster, Task
from bot.errors import SlackError, SlackPermanent, SlackTemporary, SourceTimeout, StorageError
from tests.fakes.listed_source import PAY, SHOP, Rows, task, teeth
from tests.operations.operations_stage import POLL, Stage, shown

TENANTS = ("a", "b", "c", "d")
WAYS = ("well", "well", "FAILED", "INTERRUPTED", "behind", "gone")
STORIES = 24


class Story:
    """A world that breaks by the luck of one seed."""

    def __init__(self, seed: int) -> None:
        self.luck = random.Random(seed)
        self.stage = Stage()
        pending = timedelta(seconds=self.luck.choice([0, 0, 60]))
        self.stage.limits = replace(self.stage.limits, pending=pending)
        self.stage.messenger.failing = self._failing
        self.stage.messenger.after = self._after
        self.ways = {(cluster, tenant): "well" for cluster in (PAY, SHOP) for tenant in TENANTS}
        self.stopped: dict[tuple[Cluster, str], datetime] = {}
        self.faults = 0.0

    def _rows(self, cluster: Cluster) -> Rows:
        def rows(at: datetime) -> list[Task]:
            return [
                self._row(cluster, tenant, way, at)
                for (where, tenant), way in self.ways.items()
                if where == cluster and way != "gone"
            ]

        return rows

    def _row(self, cluster: Cluster, tenant: str, way: str, at: datetime) -> Task:
        if way == "well":
            return task(tenant, cluster=cluster, checkpoint=teeth(at))
        if way == "behind":
            return task(tenant, cluster=cluster, checkpoint=at - timedelta(minutes=12))
        return task(tenant, cluster=cluster, status=way, checkpoint=self.stopped[cluster, tenant])

    def _failing(self, method: str, _channel: Channel) -> SlackError | None:
        if self.luck.random() >= self.faults:
            return None
        if method in ("post", "edit") and self.luck.random() < 0.25:
            return SlackPermanent("No.", code="invalid_blocks")
        pause = timedelta(seconds=self.luck.randint(0, 40))
        return self.luck.choice(
            [
                SlackTemporary("Away.", code="unreachable"),
                SlackTemporary("Slow down.", code="ratelimited", retry_after=pause),
                SlackTemporary("Broken.", code="internal_error", outcome_unknown=True),
            ]
        )

    def _after(self, method: str, _channel: Channel) -> SlackError | None:
        if method in ("post", "edit") and self.luck.random() < self.faults:
            return SlackTemporary("No answer.", code="no_answer", outcome_unknown=True)
        return None

    async def chapter(self) -> None:
        """Let something happen, and poll."""
        luck, source = self.luck, self.stage.source
        for _ in range(luck.randint(0, 3)):
            whose = luck.choice(list(self.ways))
            self.ways[whose] = luck.choice(WAYS)
            self.stopped[whose] = self.stage.clock.now() - timedelta(seconds=luck.randint(0, 900))
        self.faults = luck.choice([0, 0, 0, 0.2, 0.6, 0.95])
        for cluster in (PAY, SHOP):
            source.rows[cluster] = SourceTimeout("Away.") if luck.random() < 0.15 else self._rows(cluster)
        source.listing = SourceTimeout("Away.") if luck.random() < 0.1 else None
        if luck.random() < 0.15:
            await self.stage.restart()
        if luck.random() < 0.05:
            self.stage.memory.broken = "The disk is full."
            with pytest.raises(StorageError):
                await self.stage.poll()
            self.stage.memory.broken = None
        await self.stage.poll(luck.randint(1, 4))

    async def good_end(self) -> None:
        """Mend everything, and give it time."""
        self.faults = 0
        self.stage.source.listing = None
        for whose in self.ways:
            self.ways[whose] = "well"
        for cluster in (PAY, SHOP):
            self.stage.source.rows[cluster] = self._rows(cluster)
        await self.stage.poll(200)
        self.stage.clock.advance(4 * POLL)
        await self.stage.deliver()


@pytest.mark.parametrize("seed", range(STORIES))
async def test_a_story_of_random_faults_ends_with_everything_told_once(seed: int) -> None:
    story = Story(seed)
    stage = story.stage
    for _ in range(story.luck.randint(20, 60)):
        await story.chapter()
    await story.good_end()
    tables = stage.memory.tables
    rows = [row for row in tables.outbox.values() if row.state == "delivered"]
    standing = {posted.ts: posted for posted in stage.parents()}
    assert await stage.store.outbox_depth() == 0
    told = {number for post in tables.posts.values() if post.ts for number in post.members}
    untold = {one.number for one in told_meanwhile(stage)}
    for incident in tables.incidents.values():
        assert not incident.is_open, incident
        assert incident.number in told | untold, "everything was told, be it when it was over"
        audit = [entry.what for entry in await stage.store.audit(incident.number)]
        assert (audit[0], audit[-1], audit.count("opened")) == ("opened", "resolved", 1)
    for post in tables.posts.values():
        if post.ts is not None and post.members:
            assert "again" in shown(standing[post.ts]), "the last state is the one that is shown"
    posts = [row.notification.id for row in rows if row.action is Action.POST]
    assert len(posts) == len(standing), "nothing was announced twice or never"
    replies = sorted(row.notification.id for row in rows if row.action is Action.REPLY)
    assert replies == sorted(one.id for one in stage.everything() if one.thread_ts)
    born = {row.notification.id: row.position for row in rows}
    for parent in standing.values():
        order = [born[reply.id] for reply in stage.replies(parent)]
        assert order == sorted(order)
    faults = {event for level, event, _ in stage.journal.events if level == "error"}
    assert faults <= {"message refused"}


def told_meanwhile(stage: Stage) -> list[Incident]:
    """Give the incidents that were told only when they were over, in one line with others."""
    contents = [row.notification.content for row in stage.memory.tables.outbox.values()]
    return [one for content in contents if isinstance(content, MeanwhileContent) for one in content.incidents]
