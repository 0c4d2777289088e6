"""Tells people of the incidents of one source: what is owed goes into the same transaction."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.announcing import NONE_NEW, Newcomers, Plan, TaskOf, plan
from bot.domain.following import follow, greeting_content
from bot.domain.forming import Widened
from bot.domain.grouping import Crowd, Forming, Group, opened_group
from bot.domain.incident import Incident, IncidentNumber, Transition
from bot.domain.look import (
    GreetingFor,
    Look,
    NewId,
    Routes,
    group_content,
    incident_content,
    is_firing,
    mutes_of,
)
from bot.domain.muting import Mute
from bot.domain.notification import Action, Notification, Reason
from bot.domain.owing import called, edited, highest, posted
from bot.domain.posts import Channel, MessageKey, Post, group_message, incident_message, said_aloud
from bot.domain.silence import Silence
from bot.operations.desk import Desk
from bot.operations.group_trail import grouped, joined, more_joined, turned
from bot.operations.in_slices import SLICE
from bot.operations.store_port import AuditEntry, IncidentWrite, WriteSession

_Place = tuple[MessageKey, Channel]


@dataclass(frozen=True, slots=True)
class Board:
    """What holds for all sources alike: where things are told, and the silences, those lately over too."""

    routes: Routes
    silences: tuple[Silence, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """What telling needs to know of one source beside its incidents.

    ``task_of`` gives the task of an incident, ``crowd`` how many tasks share what; it is counted only where
    a group may form.
    """

    now: datetime
    interval: timedelta
    board: Board
    new_id: NewId
    greeting_for: GreetingFor
    task_of: TaskOf
    crowd: Callable[[], Crowd]
    newcomers: Newcomers = NONE_NEW
    transitions: tuple[Transition, ...] = ()
    touched: frozenset[IncidentNumber] = frozenset()
    by_person: frozenset[IncidentNumber] = frozenset()


@dataclass(slots=True)
class _Owing:
    """What one look owes, in the order in which it is to be put down."""

    news: list[Notification] = field(default_factory=list)
    edits: list[Notification] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    def add(self, owed: Sequence[Notification]) -> None:
        for one in owed:
            (self.edits if one.action is Action.EDIT else self.news).append(one)


async def tell(session: WriteSession, desk: Desk, telling: Telling) -> tuple[Desk, bool]:
    """Owe what people are to be told now; ``desk`` is a copy and takes in what is kept.

    Returns the desk, and whether anything was owed or kept.
    """
    if not desk.known and telling.newcomers.greet is None:
        return replace(desk, mutes={}, is_fresh=True), False
    look = _look(desk, telling)
    owing = _Owing()
    await asyncio.sleep(0)
    planned = plan(look, desk.posts.values(), telling.newcomers, telling.task_of, telling.crowd)
    if planned.joined:
        look = replace(await _join(session, desk, planned, look), mutes=_mutes(desk, telling))
    new = await _announce(session, desk, planned, look, owing)
    grown = {
        (key, desk.groups[number].channel)
        for number, members in planned.joined.items()
        for key in (group_message(number), *map(incident_message, members))
    }
    groups = await _follow(session, desk, look, owing, new, grown)
    if owing.posts:
        await session.keep_posts(owing.posts)
    for notification in (*owing.news, *owing.edits):
        await session.enqueue(notification)
    return replace(desk, mutes=look.mutes, is_fresh=True), bool(
        owing.posts or owing.news or owing.edits or groups
    )


def _look(desk: Desk, telling: Telling) -> Look:
    mutes = _mutes(desk, telling)
    turned = {
        number for number in mutes.keys() | desk.mutes.keys() if mutes.get(number) != desk.mutes.get(number)
    }
    touched = telling.touched | turned
    if not desk.is_fresh:
        touched |= {one.number for one in desk.known.values() if is_firing(one)}
    return Look(
        now=telling.now,
        interval=telling.interval,
        routes=telling.board.routes,
        incidents=desk.known,
        groups=desk.groups,
        mutes=mutes,
        new_id=telling.new_id,
        greeting_for=telling.greeting_for,
        transitions={one.after.number: one for one in telling.transitions},
        touched=frozenset(touched),
        by_person=telling.by_person | turned,
        lately=tuple(one for one in telling.board.silences if one.is_over(telling.now)),
    )


def _mutes(desk: Desk, telling: Telling) -> dict[IncidentNumber, Mute]:
    """Find what keeps each incident quiet, be it as a member of a group."""
    active = tuple(one for one in telling.board.silences if not one.is_over(telling.now))
    return mutes_of(desk.incidents.values(), active, desk.groups_of() if active else {}, telling.now)


async def _join(session: WriteSession, desk: Desk, planned: Plan, look: Look) -> Look:
    """Let incidents join groups that are there; what was done to a group is done to them."""
    joining: list[Incident] = []
    audit: list[AuditEntry] = []
    for number, members in planned.joined.items():
        group = desk.groups[number]
        if number in planned.widened:
            group = await _widen(session, group, planned.widened[number], look, audit)
            desk.groups[number] = group
        else:
            audit.append(more_joined(group, len(members), look.now))
        place = group_message(number), group.channel
        desk.posts[place] = desk.posts[place].with_members(members)
        for member in members:
            incident = desk.known[member]
            audit.append(joined(incident, group, look.now))
            own = desk.posts.get((incident_message(member), group.channel))
            if own is not None:
                desk.posts[own.place] = replace(own, joined=number)
            if group.handling.is_taken and not incident.handling.is_taken:
                joining.append(replace(incident, handling=group.handling))
    await session.append_audit(audit)
    for kept in await session.keep_incidents([IncidentWrite(one, one.revision) for one in joining]):
        desk.put(kept)
    return replace(look, touched=look.touched | {one.incident for one in audit})


async def _widen(
    session: WriteSession, group: Group, wider: Widened, look: Look, audit: list[AuditEntry]
) -> Group:
    """Let a group have a larger cause; its trail tells."""
    kept = await session.keep_group(replace(group, trait=wider.trait, total=wider.total))
    audit.append(grouped(kept, f"{len(wider.incidents)} more broke.", look.now))
    return kept


async def _announce(
    session: WriteSession, desk: Desk, planned: Plan, look: Look, owing: _Owing
) -> set[_Place]:
    """Owe the messages that are new; tell which they are."""
    made: list[Post] = []
    made += [
        _greet(look, Post(key, channel).with_members(_numbers(incidents)), incidents, owing)
        for key, channel, incidents in planned.greetings
    ]
    made += [await _form(session, desk, forming, look, owing) for forming in planned.forming]
    made += [
        _alone(look, Post(incident_message(incident.number), channel), incident, owing)
        for channel, incident in planned.alone
    ]
    for post in made:
        if post.members:
            desk.posts[post.place] = post
    owing.posts += made
    return {post.place for post in made}


def _numbers(incidents: Sequence[Incident]) -> tuple[IncidentNumber, ...]:
    return tuple(one.number for one in incidents)


def _greet(look: Look, post: Post, incidents: tuple[Incident, ...], owing: _Owing) -> Post:
    way = look.routes.way_to(post.channel, incidents)
    mentions = called(way, highest(list(incidents))) if incidents else ()
    content = greeting_content(look, post, incidents)
    owing.news.append(posted(look, post, content, Reason.GREETING, mentions))
    return said_aloud(post, incidents, look.now)


async def _form(session: WriteSession, desk: Desk, forming: Forming, look: Look, owing: _Owing) -> Post:
    """Make a group, and let it speak for those of its members that had a message of their own."""
    group = await session.keep_group(opened_group(forming, IncidentNumber(0), look.now))
    desk.groups[group.number] = group
    members = forming.incidents
    for incident in members:
        own = desk.posts.get((incident_message(incident.number), forming.channel))
        if own is not None:
            own = replace(own, joined=group.number)
            desk.posts[own.place] = own
            owing.posts.append(own)
            way = look.routes.way_to(own.channel, (incident,))
            owing.edits.append(edited(look, own, incident_content(look, incident, own, way), Reason.GROUPED))
    await session.append_audit(
        [
            grouped(group, f"{len(members)} of {group.total} broke together.", look.now),
            *(joined(incident, group, look.now) for incident in members),
        ]
    )
    post = Post(group_message(group.number), forming.channel).with_members(_numbers(members))
    way = look.routes.way_to(post.channel, members)
    content = group_content(look, group, members, way)
    was_silenced = look.silence_over(members)
    content = replace(content, was_silenced=was_silenced)
    owing.news.append(posted(look, post, content, Reason.FIRST_SEEN, called(way, group.severity)))
    return said_aloud(post, members, look.now)


def _alone(look: Look, post: Post, incident: Incident, owing: _Owing) -> Post:
    post = post.with_members((incident.number,))
    way = look.routes.way_to(post.channel, (incident,))
    content = incident_content(look, incident, post, way)
    content = replace(content, was_silenced=look.silence_over((incident,)))
    owing.news.append(posted(look, post, content, Reason.FIRST_SEEN, called(way, incident.severity)))
    return said_aloud(post, (incident,), look.now)


async def _follow(
    session: WriteSession,
    desk: Desk,
    look: Look,
    owing: _Owing,
    new: set[_Place],
    grown: set[_Place],
) -> bool:
    """Owe what the messages that stand already owe; keep what changed of them and of their groups."""
    changed = False
    for place, post in list(desk.posts.items()):
        if place in new:
            continue
        if len(post.members) > SLICE:
            await asyncio.sleep(0)
        before = desk.groups.get(post.group) if post.group is not None else None
        followed = follow(look, post)
        group = followed.group
        if group is not None and group != before:
            kept = await session.keep_group(group)
            desk.groups[kept.number] = kept
            changed = True
            if before is not None and before.lifecycle is not group.lifecycle:
                await session.append_audit([turned(kept, look.now)])
        if followed.post != post or place in grown:
            desk.posts[place] = followed.post
            owing.posts.append(followed.post)
        owing.add(followed.owed)
    return changed
