"""What is to be told anew in each channel: who joins a group, which groups form, and what stands alone."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.forming import (
    MANY_AT_ONCE,
    WIDENS_WITHIN,
    Candidate,
    Widened,
    form,
    joins,
    near,
    together,
    widen,
)
from bot.domain.grouping import LEAST_MEMBERS, Cause, Crowd, Forming, Trait, traits_of
from bot.domain.incident import Change, Incident, IncidentNumber
from bot.domain.look import Look, is_firing
from bot.domain.notification import Channel, MessageKey
from bot.domain.posts import Post, incident_message
from bot.domain.task import ClusterId, Task

TaskOf = Callable[[Incident], Task | None]

CLUSTERS = "clusters"
"""What stands for the trait of being a cluster of a source."""


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Where what was broken when the watch began is told: of a whole source, or of clusters that came later.

    ``greet`` is the key of the source's greeting at its first poll, else None; it goes to ``default`` too
    where nothing is broken. ``clusters`` were read for the first time; ``message`` names what they share.
    """

    greet: MessageKey | None
    default: Channel | None
    clusters: frozenset[ClusterId]
    message: Callable[[Incident], MessageKey]


NONE_NEW = Newcomers(None, None, frozenset(), lambda incident: MessageKey(f"greeting/{incident.number}"))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be told anew. ``joined`` are the groups' messages with their new members, by number.

    ``widened`` are those of them that turned out to have a larger cause.

    ``greetings`` are new messages that several share, ``forming`` groups, ``alone`` messages of one incident.
    """

    joined: Mapping[IncidentNumber, tuple[IncidentNumber, ...]]
    widened: Mapping[IncidentNumber, Widened]
    greetings: tuple[tuple[MessageKey, Channel, tuple[Incident, ...]], ...]
    forming: tuple[Forming, ...]
    alone: tuple[tuple[Channel, Incident], ...]


def plan(
    look: Look,
    posts: Collection[Post],
    newcomers: Newcomers,
    task_of: TaskOf,
    crowd: Callable[[], Crowd],
) -> Plan:
    """Find every firing incident that no message speaks of in a channel where it is to be told.

    It does not matter why: it may be new, its silence or what explained it may be over, a route or a
    subscription new, or the channel it was meant for may refuse. What comes back while a group is open that
    it belongs to joins it, too.
    """
    spoken = {(number, post.channel) for post in posts for number in post.members}
    unspoken: dict[Channel, list[Incident]] = {}
    for incident in look.incidents.values():
        if is_firing(incident):
            for way in look.routes.ways(incident):
                if (incident.number, way.channel) not in spoken:
                    unspoken.setdefault(way.channel, []).append(incident)
    joined: dict[IncidentNumber, list[IncidentNumber]] = {}
    larger: dict[IncidentNumber, Widened] = {}
    greetings: list[tuple[MessageKey, Channel, tuple[Incident, ...]]] = []
    forming: list[Forming] = []
    alone: list[tuple[Channel, Incident]] = []
    if newcomers.greet is not None and newcomers.default is not None:
        unspoken.setdefault(newcomers.default, [])
    back = _came_back(look, posts)
    members = _members(look, posts) if back or unspoken else {}
    for channel, incidents in back.items():
        _joining(look, channel, incidents, task_of, members, joined)
    for channel, incidents in unspoken.items():
        left = _joining(look, channel, incidents, task_of, members, joined)
        left = [one for one in left if not look.is_quiet(one)]
        left = _greeted(channel, left, newcomers, greetings)
        before = _announced(look, channel, posts, task_of, joined) if left else []
        new = [one for one in (_candidate(incident, task_of) for incident in left) if one is not None]
        wider_here = _widening(look, channel, [*new, *before], task_of, crowd, members)
        larger.update(wider_here)
        for group, wider in wider_here.items():
            joined.setdefault(group, []).extend(one.number for one in wider.incidents)
        taken = {one.number for wider in wider_here.values() for one in wider.incidents}
        left = [one for one in left if one.number not in taken]
        candidates = [one for one in [*new, *before] if one.incident.number not in taken]
        groups, rest = _formed(look, channel, left, candidates, crowd)
        forming += groups
        alone += [(channel, one) for one in rest]
    return Plan(
        {number: tuple(numbers) for number, numbers in joined.items()},
        larger,
        tuple(greetings),
        tuple(forming),
        tuple(alone),
    )


def _came_back(look: Look, posts: Collection[Post]) -> dict[Channel, list[Incident]]:
    """Find what has just come back and has a message of its own, by the channels where no group tells it."""
    back = [one.after for one in look.transitions.values() if one.change is Change.REOPENED]
    if not back:
        return {}
    found: dict[Channel, list[Incident]] = {}
    grouped = {
        (number, post.channel)
        for post in posts
        if post.group is not None and look.groups[post.group].is_open
        for number in post.members
    }
    own = {post.place for post in posts}
    for incident in back:
        for way in look.routes.ways(incident):
            told = (incident_message(incident.number), way.channel) in own
            if told and (incident.number, way.channel) not in grouped:
                found.setdefault(way.channel, []).append(incident)
    return found


def _candidate(incident: Incident, task_of: TaskOf, *, is_new: bool = True) -> Candidate | None:
    """Give what an incident may share with others.

    None for one about a whole source, and about a task that nobody knows any more.
    """
    subject = incident.subject
    if subject.cluster is not None and not subject.key.startswith("task:"):
        return Candidate(incident, (_cluster_trait(incident),), subject.cluster, is_new=is_new)
    task = task_of(incident)
    if task is None or subject.cluster is None:
        return None
    error = None if incident.snapshot is None else incident.snapshot.error
    traits = traits_of(task, incident.problem, error)
    return Candidate(incident, traits, subject.cluster, is_new=is_new)


def _cluster_trait(incident: Incident) -> Trait:
    source = incident.subject.source
    return Trait(Cause.SOURCE, source, CLUSTERS, source, incident.problem)


def _joining(
    look: Look,
    channel: Channel,
    incidents: Iterable[Incident],
    task_of: TaskOf,
    members: Mapping[IncidentNumber, Sequence[Incident]],
    joined: dict[IncidentNumber, list[IncidentNumber]],
) -> list[Incident]:
    """Let incidents join the open groups of a channel; give those that do not."""
    groups = [one for one in look.groups.values() if one.channel == channel and one.is_open]
    left = []
    for incident in incidents:
        candidate = _candidate(incident, task_of) if groups else None
        group = None
        if candidate is not None:
            group = next((one for one in groups if joins(one, candidate, members.get(one.number, ()))), None)
        if group is None:
            left.append(incident)
        else:
            joined.setdefault(group.number, []).append(incident.number)
    return left


def _members(look: Look, posts: Iterable[Post]) -> Mapping[IncidentNumber, Sequence[Incident]]:
    """Give the open incidents of each open group."""
    return {
        post.group: [one for one in look.members(post) if one.is_open]
        for post in posts
        if post.group is not None and post.group in look.groups and look.groups[post.group].is_open
    }


def _widening(
    look: Look,
    channel: Channel,
    beside: Sequence[Candidate],
    task_of: TaskOf,
    crowd: Callable[[], Crowd],
    members: Mapping[IncidentNumber, Sequence[Incident]],
) -> dict[IncidentNumber, Widened]:
    """Find the groups that were formed lately and have a larger cause, with what broke beside them."""
    found: dict[IncidentNumber, Widened] = {}
    for group in look.groups.values():
        is_young = group.is_open and look.now - group.opened_at <= WIDENS_WITHIN
        if group.channel != channel or not is_young or not any(one.is_new for one in beside):
            continue
        has = [_candidate(one, task_of, is_new=False) for one in members.get(group.number, ())]
        wider = widen(group, [one for one in has if one is not None], beside, crowd())
        if wider is not None:
            found[group.number] = wider
            taken = {one.number for one in wider.incidents}
            beside = [one for one in beside if one.incident.number not in taken]
    return found


def _greeted(
    channel: Channel,
    incidents: list[Incident],
    newcomers: Newcomers,
    greetings: list[tuple[MessageKey, Channel, tuple[Incident, ...]]],
) -> list[Incident]:
    """Put what was broken when the watch began into one message; give the rest."""
    if newcomers.greet is not None:
        if incidents or channel == newcomers.default:
            greetings.append((newcomers.greet, channel, tuple(incidents)))
        return []
    by_cluster: dict[ClusterId, list[Incident]] = {}
    left = []
    for incident in incidents:
        cluster = incident.subject.cluster
        if cluster is not None and cluster in newcomers.clusters:
            by_cluster.setdefault(cluster, []).append(incident)
        else:
            left.append(incident)
    greetings += [(newcomers.message(members[0]), channel, tuple(members)) for members in by_cluster.values()]
    return left


def _formed(
    look: Look,
    channel: Channel,
    incidents: list[Incident],
    candidates: Sequence[Candidate],
    crowd: Callable[[], Crowd],
) -> tuple[list[Forming], list[Incident]]:
    """Form groups of what is to be told, with what was told just before; give what stays alone."""
    if not incidents:
        return [], []
    close = near(candidates, look.interval)
    formed = form(channel, close, crowd()) if len(close) >= LEAST_MEMBERS else []
    taken = {one.number for forming in formed for one in forming.incidents}
    left = [one for one in incidents if one.number not in taken]
    if len(left) > MANY_AT_ONCE:
        return [*formed, together(channel, left[0].subject.source, left)], []
    return formed, left


def _announced(
    look: Look,
    channel: Channel,
    posts: Iterable[Post],
    task_of: TaskOf,
    joined: Mapping[IncidentNumber, Sequence[IncidentNumber]],
) -> Sequence[Candidate]:
    """Give what stands alone in a channel and may yet turn out to belong together with others."""
    found: list[Candidate] = []
    here = (numbers for group, numbers in joined.items() if look.groups[group].channel == channel)
    joining = {number for numbers in here for number in numbers}
    for post in posts:
        if post.channel != channel or post.group is not None or post.is_greeting or post.joined is not None:
            continue
        for incident in look.members(post):
            if is_firing(incident) and not look.is_quiet(incident) and incident.number not in joining:
                candidate = _candidate(incident, task_of, is_new=False)
                found += [] if candidate is None else [candidate]
    return found


def with_clusters(crowd: Crowd, clusters: int) -> Crowd:
    """Count the clusters of a source among what may be shared."""
    return replace(crowd, counts={**crowd.counts, (Cause.SOURCE, CLUSTERS): clusters})
