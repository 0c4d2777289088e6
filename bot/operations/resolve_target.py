"""Finds which incident or group somebody means: by number, by name, or by the thread it was said in."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.commands import Target
from bot.commands.filters import scope_words
from bot.commands.words import joined
from bot.domain.fleet import FleetSnapshot
from bot.domain.grouping import Group
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.look import is_firing, worst_first, worst_of
from bot.domain.naming import Ambiguous, NotFound, Scope, find
from bot.domain.posts import Channel, Post, group_message
from bot.domain.selection import wanted
from bot.errors import UserMistake
from bot.operations.answer_ports import Means
from bot.operations.answering import Asked
from bot.operations.store_port import Store
from bot.views.incident_buttons import scope_of_trait, subject_scope

OFFERED = 4
"""So many of what may be meant are offered as buttons."""
TOLD = 10
"""So many of what may be meant are told by name."""
Again = Callable[[Target], str]
"""The text of the same command about another target."""

_CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{5,}")


@dataclass(frozen=True, slots=True)
class Meant:
    """What is meant: incidents, or a group with the incidents that it has."""

    incidents: tuple[Incident, ...]
    group: Group | None = None

    @property
    def open(self) -> tuple[Incident, ...]:
        """Those that are not over."""
        return tuple(one for one in self.incidents if one.is_open)

    @property
    def numbers(self) -> tuple[IncidentNumber, ...]:
        """The number of the group, else those of the incidents."""
        return (self.group.number,) if self.group is not None else tuple(one.number for one in self.incidents)


async def find_meant(means: Means, asked: Asked, target: Target, again: Again) -> Meant:
    """Find what a target means, as the store has it now. Raises UserMistake with what could be meant instead.

    What is numbered may be over; what is named is open.
    """
    if target.number is not None:
        return await by_number(means.store, target.number)
    if target.scope is not None:
        return await _by_name(means, target.scope, again)
    post = await post_of_thread(means.store, asked)
    if post is None:
        raise UserMistake(
            "Say which one: its number, or a name. In the thread of an incident it is that one.",
            ("incidents",),
        )
    return await of_post(means.store, post, again)


async def find_one(means: Means, asked: Asked, target: Target, again: Again) -> Meant:
    """Find the one incident or group that a target means. Raises UserMistake where there are several."""
    meant = await find_meant(means, asked, target, again)
    if meant.group is None and len(meant.incidents) > 1:
        raise several(meant.incidents, again)
    return meant


async def by_number(store: Store, number: IncidentNumber) -> Meant:
    """Find the incident or group of a number. Raises UserMistake where there is none."""
    incident = await store.incident(number)
    if incident is not None:
        return Meant((incident,))
    group = await store.group(number)
    if group is None:
        raise UserMistake(f"There is no incident {number}.", ("incidents",))
    return Meant(await members_of(store, group), group)


async def members_of(store: Store, group: Group) -> tuple[Incident, ...]:
    """Give the incidents of a group, the worst first."""
    post = await store.post(group_message(group.number), group.channel)
    members = () if post is None else await store.incidents_by_number(post.members)
    return tuple(sorted(members, key=worst_first))


async def post_of_thread(store: Store, asked: Asked) -> Post | None:
    """Give the message of the bot's in whose thread something was said."""
    if asked.thread is None:
        return None
    for post in await store.posts_at(asked.thread):
        if await channel_id(store, post.channel) == asked.channel:
            return post
    return None


async def channel_id(store: Store, channel: Channel) -> Channel:
    """Give the id of a channel that may be configured by its name; a name not known yet stays."""
    if _CHANNEL_ID.fullmatch(channel):
        return channel
    return Channel(await store.fact(f"channel/{channel}") or channel)


async def of_post(store: Store, post: Post, again: Again) -> Meant:
    """Find what a message is about. Raises UserMistake where it is about several, or none that is open."""
    if post.group is not None:
        return await by_number(store, post.group)
    members = await store.incidents_by_number(post.members)
    if len(members) == 1:
        return Meant(tuple(members))
    still = sorted((one for one in members if is_firing(one)), key=worst_first)
    if len(still) == 1:
        return Meant(tuple(still))
    if not still:
        raise UserMistake("Nothing of what this thread is about is open.", ("incidents",))
    raise several(tuple(still), again)


async def _by_name(means: Means, scope: Scope, again: Again) -> Meant:
    fleet = means.fleet.now()
    numbers = [one.number for one in open_of(fleet, scope, again)]
    found = await means.store.incidents_by_number(numbers)
    still = tuple(sorted((one for one in found if is_firing(one)), key=worst_first))
    if not still:
        raise UserMistake(f"Nothing is open for {said(scope)}.", (joined(["status", *scope_words(scope)]),))
    return Meant(still)


def open_of(fleet: FleetSnapshot, scope: Scope, again: Again) -> list[Incident]:
    """Give the open incidents of what a scope means, as last seen.

    Raises UserMistake where it means nothing, or several things of which more than one has any.
    """
    found = find(fleet, scope)
    if isinstance(found, Ambiguous):
        troubled = [(one, matching(fleet, one.scope)) for one in found.choices]
        troubled = [(choice, incidents) for choice, incidents in troubled if incidents]
        if len(troubled) > 1:
            texts = tuple(again(Target(scope=choice.scope)) for choice, _ in troubled)
            raise UserMistake(f"{said(scope)} means {found.total} things. Which one?", texts)
        return troubled[0][1] if troubled else []
    incidents = matching(fleet, scope)
    if isinstance(found, NotFound):
        if not incidents:
            raise unknown_name(found, again)
        return incidents
    known = {one.number for one in incidents}
    of_tasks = (task.incident for task in found.tasks)
    of_clusters = (cluster.incident for cluster in found.clusters)
    for incident in (*of_tasks, *of_clusters):
        if incident is not None and is_firing(incident) and incident.number not in known:
            incidents.append(incident)
            known.add(incident.number)
    return incidents


def known_scope(fleet: FleetSnapshot, scope: Scope, again: Again) -> Scope:
    """Make sure that a name means something, and one thing alone; a glob may mean what is yet to come.

    Raises UserMistake with what could be meant instead.
    """
    found = find(fleet, scope)
    if isinstance(found, Ambiguous):
        texts = tuple(again(Target(scope=one.scope)) for one in found.choices)
        raise UserMistake(f"{said(scope)} means {found.total} things. Which one?", texts)
    if isinstance(found, NotFound) and "*" not in found.what and not matching(fleet, scope):
        raise unknown_name(found, again)
    return scope


def matching(fleet: FleetSnapshot, scope: Scope) -> list[Incident]:
    """Give the open incidents that a scope selects, as last seen."""
    return [one for one in fleet.incidents if is_firing(one) and wanted(scope, one)]


def unknown_name(found: NotFound, again: Again) -> UserMistake:
    """Say that nothing is called so, and offer what is called nearly so."""
    near = tuple(again(Target(scope=Scope(name=one))) for one in found.nearest)
    return UserMistake(f"Nothing that is watched is called {quoted(found.what)}.", near or ("status",))


def several(incidents: tuple[Incident, ...], again: Again) -> UserMistake:
    """Ask which of several incidents is meant, the worst first."""
    named = [f"{one.number} {one.subject.name} ({one.problem})" for one in incidents[:TOLD]]
    left = len(incidents) - len(named)
    more = f", and {left:,} more" if left else ""
    texts = tuple(again(Target(one.number)) for one in incidents[:OFFERED])
    return UserMistake(
        f"That may be any of {len(incidents):,} incidents: {', '.join(named)}{more}. Say its number.", texts
    )


def said(scope: Scope) -> str:
    """Write what somebody named, in quotes; everything where nothing was narrowed down."""
    return "everything" if scope.is_everything else quoted(joined(scope_words(scope)))


def quoted(text: str) -> str:
    """Put a name in quotes."""
    return f"“{text}”"


def scope_of(meant: Meant) -> Scope:
    """Give the scope of an incident, or of what the members of a group share."""
    if meant.group is not None:
        return scope_of_trait(meant.group.trait)
    return subject_scope(meant.incidents[0])


def worst_member(meant: Meant) -> Incident | None:
    """Give the worst of the incidents; None for a group of which none is known."""
    found = worst_of(meant.incidents, 1)
    return found[0] if found else None
