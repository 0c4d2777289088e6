"""One look at the incidents of a source and at what stands in Slack about them."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nsmallest

from bot.domain.evidence import NotWatched
from bot.domain.grouping import Group
from bot.domain.incident import Incident, IncidentNumber, Lifecycle, Transition, task_key_of
from bot.domain.instants import shifted
from bot.domain.muting import Mute, inhibitors
from bot.domain.notification import (
    Channel,
    Counts,
    GreetingContent,
    GroupContent,
    IncidentContent,
    MessageKey,
    Others,
    OutboxId,
)
from bot.domain.posts import Post
from bot.domain.problem import Problem
from bot.domain.routing import Reminders, Routing, Way
from bot.domain.silence import Silence, silencing

WORST_TOLD = 10
"""So many members a message tells one by one; the rest is counted."""

NewId = Callable[[], OutboxId]
SilenceOf = Callable[[IncidentNumber], Silence | None]
"""Gives the silence that mutes an incident."""
GreetingFor = Callable[[MessageKey, tuple[Incident, ...], Counts], GreetingContent]

_MINUTE = 60
_NO_REMINDERS = Reminders(warning=None, critical=None)


class Routes:
    """A routing that remembers where incidents of one kind are told: it is asked for each at every look."""

    def __init__(self, routing: Routing) -> None:
        self.routing = routing
        self._ways: dict[tuple[object, ...], tuple[Way, ...]] = {}

    def ways(self, incident: Incident) -> tuple[Way, ...]:
        """Give the channels that an incident is told in."""
        kind = (incident.subject, incident.problem, incident.worst_severity)
        found = self._ways.get(kind)
        if found is None:
            found = self._ways[kind] = self.routing.ways(incident)
        return found

    def way_to(self, channel: Channel, incidents: Iterable[Incident]) -> Way:
        """Give how these incidents are told in a channel; quietly, where the routes no longer name it."""
        for incident in incidents:
            for way in self.ways(incident):
                if way.channel == channel:
                    return way
        return Way(channel, reminders=_NO_REMINDERS, broadcast=False)


@dataclass(frozen=True, slots=True)
class Look:
    """What is known at this moment (``now``, our clock) of the incidents of one source.

    ``incidents`` are all at hand, those that are over among them where a message speaks of them. ``mutes``
    has what keeps an open one quiet. ``transitions`` are those of this look; ``touched`` are the incidents
    that are to be shown anew, ``by_person`` those that somebody changed. ``lately`` are silences that ended.
    """

    now: datetime
    interval: timedelta
    routes: Routes
    incidents: Mapping[IncidentNumber, Incident]
    groups: Mapping[IncidentNumber, Group]
    mutes: Mapping[IncidentNumber, Mute]
    new_id: NewId
    greeting_for: GreetingFor
    transitions: Mapping[IncidentNumber, Transition] = field(default_factory=dict)
    touched: frozenset[IncidentNumber] = frozenset()
    by_person: frozenset[IncidentNumber] = frozenset()
    lately: tuple[Silence, ...] = ()

    def members(self, post: Post) -> list[Incident]:
        """Give the incidents that a message speaks of."""
        return [self.incidents[number] for number in post.members if number in self.incidents]

    def silence_of(self, number: IncidentNumber) -> Silence | None:
        """Give the silence that mutes an incident."""
        mute = self.mutes.get(number)
        return mute if isinstance(mute, Silence) else None

    def is_quiet(self, incident: Incident) -> bool:
        """Whether nothing is said of an incident."""
        return incident.number in self.mutes

    def silence_over(self, incidents: Iterable[Incident], groups: Collection[IncidentNumber] = ()) -> bool:
        """Whether a silence that muted one of these has just ended."""
        return any(one.matcher.matches(incident, groups) for incident in incidents for one in self.lately)

    def group_speaking(self, post: Post) -> Group | None:
        """Give the open group that speaks for an incident whose message has joined it."""
        group = None if post.joined is None else self.groups.get(post.joined)
        return group if group is not None and group.is_open else None


def mutes_of(
    incidents: Iterable[Incident],
    silences: Sequence[Silence],
    groups_of: Mapping[IncidentNumber, Collection[IncidentNumber]],
    now: datetime,
) -> dict[IncidentNumber, Mute]:
    """Find what keeps each firing incident quiet: of both a silence counts, for people made it."""
    firing = [one for one in incidents if is_firing(one)]
    explaining = inhibitors(firing)
    active = [one for one in silences if one.is_active(now)]
    found: dict[IncidentNumber, Mute] = {}
    for incident in firing:
        mute: Mute | None = None
        if active:
            mute = silencing(active, incident, now, groups_of.get(incident.number, ()))
        mute = mute or explaining.of(incident)
        if mute is not None:
            found[incident.number] = mute
    return found


def is_firing(incident: Incident) -> bool:
    """Whether an incident is open and no longer pending."""
    return incident.lifecycle is Lifecycle.FIRING


def worst_first(incident: Incident) -> tuple[bool, bool, bool, int, int, float, int]:
    """Give the key that sorts incidents from the worst.

    What burns comes first, then what is well again, then what is over; of each what has lost log first, then
    by severity, by problem (what has failed mends least by itself), and by how much is lost or not shipped.
    Whoever sorts the same incidents gets the same order, whenever the figures of each were kept.
    """
    return (
        not incident.is_open,
        incident.recovers,
        incident.gap is None,
        -incident.severity,
        -incident.problem.gravity,
        _reaches_back(incident),
        incident.number,
    )


def _reaches_back(incident: Incident) -> float:
    """Give how far back what is not shipped reaches, the least first.

    Of two delays that were read at different times the later one looks longer, so moments are compared, in
    whole minutes: nobody tells nearer ones apart. Of what is over it counts how bad it was.
    """
    if not incident.is_open:
        return -incident.extent(incident.worst_delay).total_seconds()
    extent = incident.extent(incident.delay)
    return (incident.read_at.timestamp() - extent.total_seconds()) // _MINUTE if extent else math.inf


def worst_then(incident: Incident) -> tuple[bool, int, int, float, int]:
    """Give the key that sorts what is over by how bad it was: what has lost log for good comes first."""
    extent = incident.extent(incident.worst_delay).total_seconds()
    return (
        incident.gap is None,
        -incident.worst_severity,
        -incident.problem.gravity,
        -extent,
        incident.number,
    )


def worst_of(incidents: Iterable[Incident], most: int = WORST_TOLD) -> tuple[Incident, ...]:
    """Give the worst of these incidents, the worst first."""
    return tuple(nsmallest(most, incidents, key=worst_first))


def shipped_until(incident: Incident, read_at: datetime) -> datetime | None:
    """Give up to when everything is backed up; None where that was never read."""
    return incident.checkpoint if incident.delay is None else shifted(read_at, -incident.delay)


def shipped_by_all(members: Iterable[Incident], read_at: datetime) -> datetime | None:
    """Give up to when all members that are open, can be read and have lost nothing are backed up."""
    still = (one for one in members if one.is_open and one.gap is None)
    read = (one for one in still if one.problem is not Problem.UNREACHABLE)
    return min((at for one in read if (at := shipped_until(one, read_at)) is not None), default=None)


def counts_of(members: Iterable[Incident], silence_of: SilenceOf, spoken_by: Silence | None = None) -> Counts:
    """Count members by how they are; those that ``spoken_by`` mutes all together are not counted as muted."""
    still = over = silenced = unwatched = recovering = 0
    problems: dict[Problem, int] = {}
    for one in members:
        if not one.is_open:
            over += 1
            unwatched += isinstance(one.because, NotWatched)
            continue
        still += 1
        if one.good_polls:
            recovering += 1
        else:
            problems[one.problem] = problems.get(one.problem, 0) + 1
        mute = silence_of(one.number)
        silenced += mute is not None and mute != spoken_by
    ordered = sorted(problems.items(), key=lambda item: -item[0].gravity)
    return Counts(still, over, silenced, unwatched, tuple(ordered), recovering)


def incident_content(look: Look, incident: Incident, post: Post, way: Way) -> IncidentContent:
    """Make what a message about one incident says, from the incident alone."""
    snapshot = incident.snapshot
    return IncidentContent(
        incident=incident,
        read_at=look.now if snapshot is None else snapshot.read_at,
        status=None if snapshot is None else snapshot.status,
        error=None if snapshot is None else snapshot.error,
        offset=timedelta(0) if snapshot is None else snapshot.offset,
        silence=look.silence_of(incident.number),
        group=look.group_speaking(post),
        instead_of=way.instead_of,
        others=others_of(look, incident),
    )


def others_of(look: Look, incident: Incident) -> Others | None:
    """Give what else burns of an OCP or a cluster that gives no answer or gave none; None of all else."""
    subject = incident.subject
    if incident.problem is not Problem.UNREACHABLE or task_key_of(subject) is not None:
        return None
    burning = [
        one
        for one in look.incidents.values()
        if is_firing(one) and not one.good_polls and one.problem is not Problem.UNREACHABLE
        if subject.cluster is None or one.subject.cluster == subject.cluster
    ]
    return Others(len(burning), min(burning, key=worst_first, default=None))


def group_content(look: Look, group: Group, members: Sequence[Incident], way: Way) -> GroupContent:
    """Make what the message of a group says: the worst of its members, and how many there are."""
    silence = group_silence(look, members)
    return GroupContent(
        group=group,
        worst=worst_of(members),
        counts=counts_of(members, look.silence_of, silence),
        read_at=look.now,
        shipped_until=shipped_by_all(members, look.now),
        silence=silence,
        instead_of=way.instead_of,
    )


def group_silence(look: Look, members: Iterable[Incident]) -> Silence | None:
    """Give the silence that mutes all members that are open: of several the one that ends first."""
    found: list[Silence] = []
    for one in members:
        if not one.is_open:
            continue
        silence = look.silence_of(one.number)
        if silence is None:
            return None
        found.append(silence)
    ending = (one for one in found if one.ends_at is not None)
    return min(ending, key=lambda one: one.ends_at or look.now, default=found[0] if found else None)
