"""The incidents of a source and the messages that speak of them, as they lie at hand between polls."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.grouping import Group
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.muting import Mute
from bot.domain.posts import Channel, MessageKey, Post
from bot.domain.task import SourceName
from bot.operations.store_port import Store

REOPENABLE = timedelta(hours=1)
"""A resolved incident is kept at hand this long; it is read from the store where it is needed later."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies at hand; made anew by each poll, never changed in place by one that fails.

    ``incidents`` has the latest incident by subject, ``known`` all by number, those that a message speaks of
    among them; ``written_at`` when each was last kept. ``mutes`` is what kept each quiet at the last look.
    ``is_fresh`` is False until the first look after a start: then everything is shown anew.
    """

    incidents: dict[str, Incident] = field(default_factory=dict)
    known: dict[IncidentNumber, Incident] = field(default_factory=dict)
    written_at: dict[IncidentNumber, datetime] = field(default_factory=dict)
    posts: dict[tuple[MessageKey, Channel], Post] = field(default_factory=dict)
    groups: dict[IncidentNumber, Group] = field(default_factory=dict)
    mutes: Mapping[IncidentNumber, Mute] = field(default_factory=dict)
    is_fresh: bool = False

    def copy(self) -> "Desk":
        """Copy it, so that a transaction that fails leaves no trace."""
        return Desk(
            dict(self.incidents),
            dict(self.known),
            dict(self.written_at),
            dict(self.posts),
            dict(self.groups),
            self.mutes,
            self.is_fresh,
        )

    def put(self, incident: Incident) -> None:
        """Lay out an incident; of a subject the one with the highest number is the present one."""
        self.known[incident.number] = incident
        present = self.incidents.get(incident.subject.key)
        if present is None or present.number <= incident.number:
            self.incidents[incident.subject.key] = incident

    def take_away(self, incident: Incident) -> None:
        """Take away an incident that never was."""
        self.known.pop(incident.number, None)
        self.incidents.pop(incident.subject.key, None)

    def groups_of(self) -> dict[IncidentNumber, list[IncidentNumber]]:
        """Give the groups that each incident is a member of."""
        found: dict[IncidentNumber, list[IncidentNumber]] = {}
        for post in self.posts.values():
            if post.group is not None:
                for number in post.members:
                    found.setdefault(number, []).append(post.group)
        return found


async def load_desk(source: SourceName, store: Store) -> Desk:
    """Lay out what is open of a source, with the messages that speak of it."""
    desk = Desk()
    await lay_out(desk, await store.open_incidents(source), store)
    return desk


async def lay_out(desk: Desk, incidents: Sequence[Incident], store: Store) -> None:
    """Lay out more incidents, with their messages, those that share one with them, and the groups."""
    for incident in incidents:
        desk.put(incident)
    for post in await store.posts_of([incident.number for incident in incidents]):
        desk.posts[post.place] = post
    missing = {number for post in desk.posts.values() for number in post.members} - desk.known.keys()
    for incident in await store.incidents_by_number(sorted(missing)):
        desk.known[incident.number] = incident
    groups = {post.group for post in desk.posts.values() if post.group is not None}
    joined = {post.joined for post in desk.posts.values() if post.joined is not None}
    for group in await store.groups(sorted((groups | joined) - desk.groups.keys())):
        desk.groups[group.number] = group


async def refreshed(
    desk: Desk, source: SourceName, store: Store, *, following: bool = False
) -> tuple[Desk, frozenset[IncidentNumber]]:
    """Take in what people or another replica have changed meanwhile; tell which incidents those are.

    With ``following`` it is another replica that opens incidents.
    """
    if not desk.known and not desk.groups and not following:
        return desk, frozenset()
    revisions = await store.revisions(source)
    stale = [
        number
        for number, incident in desk.known.items()
        if (incident.is_open or number in revisions) and revisions.get(number) != incident.revision
    ]
    groups = await store.groups([number for number, group in desk.groups.items() if group.is_open])
    changed = [group for group in groups if desk.groups[group.number].revision != group.revision]
    unknown = [number for number in revisions if number not in desk.known]
    if not (stale or changed or unknown):
        return desk, frozenset()
    after = desk.copy()
    for incident in await store.incidents_by_number(stale):
        after.put(incident)
    if unknown:
        await lay_out(after, await store.incidents_by_number(unknown), store)
    for group in changed:
        after.groups[group.number] = group
    members = {number for group in changed for number in _members(after, group.number)}
    return after, frozenset({*stale, *unknown, *members})


def _members(desk: Desk, number: IncidentNumber) -> Iterable[IncidentNumber]:
    return (member for post in desk.posts.values() if post.group == number for member in post.members[:1])


def without_the_resolved(desk: Desk, now: datetime) -> Desk:
    """Drop what has been resolved for so long that it is unlikely to be reopened, with its messages."""

    def is_over(incident: Incident | None) -> bool:
        at = None if incident is None else incident.resolved_at
        return incident is None or (at is not None and now - at >= REOPENABLE)

    over = {number for number, incident in desk.known.items() if is_over(incident)}
    if not over:
        return desk
    posts = {
        place: post
        for place, post in desk.posts.items()
        if not (post.members and all(number in over or number not in desk.known for number in post.members))
    }
    kept = {number for post in posts.values() for number in post.members}
    known = {number: one for number, one in desk.known.items() if number in kept or number not in over}
    spoken = {post.group for post in posts.values()} | {post.joined for post in posts.values()}
    return Desk(
        incidents={key: one for key, one in desk.incidents.items() if one.number not in over},
        known=known,
        written_at={number: at for number, at in desk.written_at.items() if number in known},
        posts=posts,
        groups={number: group for number, group in desk.groups.items() if number in spoken},
        mutes=desk.mutes,
        is_fresh=desk.is_fresh,
    )
