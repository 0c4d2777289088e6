"""What must hold of every history, whatever happened in it."""

import re
from collections import Counter
from datetime import datetime

from bot.domain.incident import Change, Incident, IncidentNumber, Lifecycle
from bot.domain.look import is_firing
from bot.domain.muting import inhibitors
from bot.domain.notification import (
    Action,
    ChangeContent,
    GreetingContent,
    GroupContent,
    IncidentContent,
    MeanwhileContent,
    Notification,
    ReminderContent,
)
from bot.domain.posts import Post
from bot.domain.silence import Silence, silencing
from tests.fakes.listed_messenger import Posted
from tests.fakes.memory_tables import Row, Tables
from tests.operations.history_world import HistoryWorld
from tests.operations.operations_stage import shown

CHANGES = {change.value: change.value[0].upper() for change in Change if change is not Change.REOPENED}
CHANGES[Change.REOPENED.value] = "A"
LIFE = re.compile(r"O[WE]*(R(A[WE]*R)*(A[WE]*)?)?")
"""Opened, worse and better, resolved, open again and so on."""


class Checks:
    """The checks, with what they saw last."""

    def __init__(self, world: HistoryWorld) -> None:
        self.world = world
        self.seen = 0
        self.looked_at = Counter[str]()

    @property
    def tables(self) -> Tables:
        return self.world.store.tables

    def after_each_step(self) -> None:
        """Check what must hold at any moment, and what must once a poll was kept."""
        self.each_transition_is_in_the_trail_once()
        self.nothing_is_announced_twice()
        self.replies_are_in_order_under_what_was_announced()
        self.what_is_silenced_is_not_spoken_of()
        self.groups_hide_no_member()
        if self.world.fresh:
            self.what_burns_is_visible()
            if not self.tables.owed():
                self.nothing_stale_is_shown()

    def at_the_end(self) -> None:
        """Check what must hold once everything is mended."""
        self.after_each_step()
        assert not self.tables.owed(), self.tables.owed()
        assert [one for one in self.tables.incidents.values() if one.is_open] == []
        self.nothing_stale_is_shown(everything=True)
        assert self._faults() <= {"message refused"}, self._faults()
        told = {number for post in self.tables.posts.values() if post.ts for number in post.members}
        told |= {one.number for row in self.tables.outbox.values() for one in _meanwhile(row)}
        self.looked_at["incidents"] += len(self.tables.incidents)
        self.looked_at["never spoken of, silenced or explained by others"] += len(
            self.tables.incidents.keys() - told
        )
        self.looked_at["groups"] += len(self.tables.groups)
        self.looked_at["silences"] += len(self.tables.silences)
        self.looked_at["messages"] += len(self.world.stage.messenger.accepted)
        self.looked_at["transitions"] += len(self.world.told)

    def _faults(self) -> set[str]:
        return {event for level, event, _ in self.world.stage.journal.events if level == "error"}

    def each_transition_is_in_the_trail_once(self) -> None:
        """Check that a change is kept with its incident or not at all, and that what ends had begun."""
        by_bot = [one for one in self.tables.audit if one.actor is None and one.what in CHANGES]
        told = [(one.after.number, one.change.value, one.at) for one in self.world.told]
        assert [(one.incident, one.what, one.at) for one in by_bot] == told
        lives: dict[IncidentNumber, str] = dict.fromkeys(self.tables.incidents, "")
        for entry in self.tables.audit:
            if entry.incident in lives:
                lives[entry.incident] += CHANGES.get(entry.what, "")
        for number, life in lives.items():
            incident = self.tables.incidents[number]
            if incident.lifecycle is Lifecycle.PENDING and not life:
                continue
            assert LIFE.fullmatch(life), (number, life)
            assert life.endswith("R") == (not incident.is_open), (number, life, incident)

    def nothing_is_announced_twice(self) -> None:
        """Check that Slack has accepted each message once, and each that is recorded as delivered.

        A reply whose answer was lost, and whose parent was deleted and posted anew before it was tried again,
        is not looked for in the thread that is gone.
        """
        accepted = Counter(self.world.stage.messenger.accepted)
        gone = Counter(self.world.deleted.values())
        anew = {id_.partition(" after ")[0] for id_ in accepted if " after " in id_}
        for id_, times in accepted.items():
            row = self.tables.outbox.get(id_)
            moved = row is not None and row.action is Action.REPLY and row.notification.message in anew
            assert times <= 1 + gone[id_] or moved, row
        for id_, row in self.tables.outbox.items():
            if row.state == "delivered" and row.action is not Action.EDIT:
                assert id_ in accepted or row.notification.message in anew, row
        alerts = Counter(row.place for row in self._rows(Action.POST) if row.notification.id in accepted)
        assert all(times == 1 for times in alerts.values()), alerts

    def _rows(self, action: Action) -> list[Row]:
        return [row for row in self.tables.outbox.values() if row.action is action]

    def replies_are_in_order_under_what_was_announced(self) -> None:
        """Check that each thread is in the order of birth; none is without its parent message."""
        for channel, posted in self.world.stage.messenger.channels.items():
            parents = {one.ts for one in posted if one.thread_ts is None}
            threads: dict[str, list[int]] = {}
            for one in posted:
                if one.thread_ts is not None:
                    assert one.thread_ts in parents | self.world.deleted.keys(), (channel, one)
                    threads.setdefault(one.thread_ts, []).append(self.tables.outbox[one.id].position)
            for order in threads.values():
                assert order == sorted(order), (channel, order)

    def what_is_silenced_is_not_spoken_of(self) -> None:
        """Check that no alert, worsening or reminder is owed of what a silence mutes at that moment."""
        new = [row for row in self.tables.outbox.values() if row.position > self.seen]
        self.seen = max((row.position for row in new), default=self.seen)
        for row in new:
            owed = row.notification
            if owed.action is Action.EDIT:
                continue
            for incident in _spoken_of(owed):
                silence = self.silence_over(incident, owed.created_at)
                assert silence is None or not is_firing(incident), (owed, silence)

    def silence_over(self, incident: Incident, at: datetime) -> Silence | None:
        groups = [
            post.group
            for post in self.tables.posts.values()
            if post.group is not None and incident.number in post.members
        ]
        return silencing(self.tables.silences.values(), incident, at, groups)

    def groups_hide_no_member(self) -> None:
        """Check that each member is there, and that its trail says that it is in the group."""
        joined = {one.incident for one in self.tables.audit if one.what == "broke together"}
        for post in self.tables.posts.values():
            if post.group is not None:
                assert post.group in self.tables.groups
                assert len(set(post.members)) == len(post.members) > 0
                assert set(post.members) <= self.tables.incidents.keys()
                assert set(post.members) <= joined
        assert {post.group for post in self.tables.posts.values()} >= self.tables.groups.keys()

    def what_burns_is_visible(self) -> None:
        """Check that a message speaks of it wherever it is to be told, or is owed there."""
        told_by = self.world.stage.state.told_by
        assert told_by is not None
        now = self.world.stage.state.desk
        firing = [one for one in self.tables.incidents.values() if is_firing(one)]
        explained = inhibitors(firing)
        owed = {row.place for row in self.tables.owed() if row.action is Action.POST}
        for incident in firing:
            if incident.number in now.mutes or explained.of(incident) is not None:
                continue
            for way in told_by.routes.ways(incident):
                speaking = [
                    post
                    for post in self.tables.posts.values()
                    if post.channel == way.channel and incident.number in post.members
                ]
                assert any(post.ts is not None or post.place in owed for post in speaking), (incident, way)

    def nothing_stale_is_shown(self, *, everything: bool = False) -> None:
        """Check that what stands was last edited to the present state."""
        standing = {
            (posted.ts, channel): posted
            for channel, all_posted in self.world.stage.messenger.channels.items()
            for posted in all_posted
        }
        at_hand = self.world.stage.state.desk.posts
        for post in self.tables.posts.values():
            if post.ts is None or not post.members or (post.place not in at_hand and not everything):
                continue
            channel = self.world.stage.messenger.names.get(post.channel, post.channel)
            posted = standing.get((post.ts, channel))
            if posted is None:
                assert post.ts in self.world.deleted, post
            else:
                self._is_present(post, posted)

    def _is_present(self, post: Post, posted: Posted) -> None:
        spoken = self.world.spoken.get(shown(posted))
        if spoken is None:
            return
        content = spoken.content
        members = [self.tables.incidents[number] for number in post.members]
        if isinstance(content, IncidentContent):
            (incident,) = members
            assert _state(content.incident) == _state(incident), (post, content)
            mute = self.world.stage.state.desk.mutes.get(incident.number)
            muting = mute.number if isinstance(mute, Silence) else None
            said = None if content.silence is None else content.silence.number
            assert said == (muting if is_firing(incident) else None), (post, content)
        elif isinstance(content, GroupContent):
            assert post.group is not None
            group = self.tables.groups[post.group]
            assert content.group.lifecycle is group.lifecycle, (post, content)
            assert content.group.handling == group.handling, (post, content)
            self._counts_are_present(content.counts.open, members)
        elif isinstance(content, GreetingContent):
            assert content.more is not None
            self._counts_are_present(content.more.open, members)

    @staticmethod
    def _counts_are_present(still: int, members: list[Incident]) -> None:
        assert still == sum(one.is_open for one in members), (still, members)


def _state(incident: Incident) -> tuple[object, ...]:
    return incident.lifecycle, incident.severity, incident.problem, incident.handling


def _spoken_of(owed: Notification) -> list[Incident]:
    content = owed.content
    if isinstance(content, ReminderContent):
        content = content.about
    match content:
        case IncidentContent(incident=incident) | ChangeContent(after=incident):
            return [incident]
        case _:
            return []


def _meanwhile(row: Row) -> tuple[Incident, ...]:
    content = row.notification.content
    return content.incidents if isinstance(content, MeanwhileContent) else ()
