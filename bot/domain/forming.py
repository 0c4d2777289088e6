"""Grouping by cause: incidents that break together share a message when they share what explains it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.grouping import LEAST_MEMBERS, Cause, Crowd, Forming, Group, Trait
from bot.domain.incident import Incident
from bot.domain.posts import Channel
from bot.domain.problem import Problem
from bot.domain.task import ClusterId, SourceName

LEAST_SHARE = 0.5
POLLS_APART = 2
WIDENS_WITHIN = timedelta(minutes=20)
"""So long after it was formed a group may turn out to have a larger cause: a task with a slow rhythm is
known to have stopped only that much later than one with a quick one."""
MANY_AT_ONCE = 10
"""More new alerts than these at once in a channel share a message, be there a common cause or not."""
_WEIGHT = {Cause.DESTINATION: 4.0, Cause.AGENT: 3.0, Cause.ERROR: 1.2, Cause.CLUSTER: 1.0, Cause.SOURCE: 1.0}
"""How much likelier one cause is than another that explains as much. Ours: storage is the commonest cause
of log backup that stops (full, unreachable, refused), a whole OCP the rarest. Several storages that fill up
have the same error text in common, too: where each of them explains its own, they are told apart."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An incident of a task that may join others, with what it may share. ``is_new`` is not announced yet."""

    incident: Incident
    traits: tuple[Trait, ...]
    cluster: ClusterId
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Widened:
    """A group of which a larger cause explains more: its new trait, how many have that, and who joins."""

    trait: Trait
    total: int
    incidents: tuple[Incident, ...]


def joins(group: Group, candidate: Candidate, members: Sequence[Incident]) -> bool:
    """Whether an incident belongs to a group that is open; ``members`` are those it has.

    What shares a ``file:`` path with tasks of another cluster joins by the same symptom alone.
    """
    trait = group.trait
    if not group.is_open or trait.cause is Cause.COINCIDENCE:
        return False
    has = any(
        (one.cause, one.source, one.value) == (trait.cause, trait.source, trait.value)
        for one in candidate.traits
    )
    if not has or not _is_local(trait):
        return has and trait.symptom in (None, candidate.incident.problem)
    if {one.subject.cluster for one in members} == {candidate.cluster}:
        return True
    symptoms = {one.problem for one in members} if trait.symptom is None else {trait.symptom}
    return candidate.incident.problem in symptoms


def _is_local(trait: Trait) -> bool:
    """Whether it is the same words on every machine, and need not be the same thing."""
    return trait.cause is Cause.DESTINATION and trait.value.startswith("file:")


def near(candidates: Sequence[Candidate], interval: timedelta) -> list[Candidate]:
    """Leave out what was announced before and broke too long before, or after, anything that is new."""
    apart = interval * POLLS_APART
    new = [one.incident for one in candidates if one.is_new]
    opened = sorted(_broke_at(one) for one in new)
    began = sorted(one.since for one in new)
    return [
        one
        for one in candidates
        if one.is_new
        or _within(_broke_at(one.incident), opened, apart)
        or _within(one.incident.since, began, apart)
    ]


def _broke_at(incident: Incident) -> datetime:
    """Give when an incident was found; of one that came back, when it changed last."""
    return incident.changed_at if incident.reopened else incident.opened_at


def _within(moment: datetime, moments: Sequence[datetime], apart: timedelta) -> bool:
    return bool(moments) and moments[0] - apart <= moment <= moments[-1] + apart


def form(channel: Channel, candidates: Sequence[Candidate], crowd: Crowd) -> list[Forming]:
    """Form the groups that explain most; what no group explains stays alone.

    Greedy: of all traits that three candidates share, and half of the tasks that have it, the one that tells
    most (how many, times their share of all that have it, times how likely such a cause is) is taken first;
    then again among the rest. A group of incidents that were all announced before is none.
    """
    left = list(candidates)
    formed: list[Forming] = []
    while True:
        best = _best(channel, left, crowd)
        if best is None:
            return formed
        formed.append(best)
        taken = {incident.number for incident in best.incidents}
        left = [one for one in left if one.incident.number not in taken]


def _best(channel: Channel, candidates: Sequence[Candidate], crowd: Crowd) -> Forming | None:
    sharing: dict[Trait, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        for trait in candidate.traits:
            sharing[trait].append(candidate)
    found: list[tuple[float, Forming]] = []
    for trait, having in sharing.items():
        for members, narrowed in _by_symptom(trait, having):
            if len(members) < LEAST_MEMBERS or not any(one.is_new for one in members):
                continue
            total = max(len(members), crowd.of(trait))
            if len(members) / total >= LEAST_SHARE:
                formed = Forming(channel, narrowed, tuple(one.incident for one in members), total)
                found.append((_explains(trait, len(members), total), formed))
    if not found:
        return None
    return max(found, key=lambda one: one[0])[1]


def _explains(trait: Trait, members: int, total: int) -> float:
    """Tell how much a cause explains: how many, times their share of all that have it, times its weight."""
    return _WEIGHT.get(trait.cause, 0.0) * members * members / max(members, total)


def widen(
    group: Group, members: Sequence[Candidate], others: Sequence[Candidate], crowd: Crowd
) -> Widened | None:
    """Find the larger cause that explains a group and what breaks beside it better than its own does.

    The first four tasks of a full storage may be those of one server: once others break that have only the
    storage in common with them, it is the storage. All ``members`` must have it, and half of those that do.
    """
    own = (group.trait.cause, group.trait.value)
    best: tuple[float, Widened] | None = None
    least = _explains(group.trait, len(members), crowd.of(group.trait))
    known = {one.incident.number for one in members}
    for trait in members[0].traits if members else ():
        if (trait.cause, trait.value) == own or not all(trait in one.traits for one in members):
            continue
        having = [*members, *(one for one in others if trait in one.traits)]
        for sharing, narrowed in _by_symptom(trait, having):
            joining = [one for one in sharing if one.incident.number not in known]
            if len(sharing) - len(joining) < len(members) or not any(one.is_new for one in joining):
                continue
            total = max(len(sharing), crowd.of(trait))
            explained = _explains(trait, len(sharing), total)
            if len(sharing) / total >= LEAST_SHARE and explained > max(least, best[0] if best else 0.0):
                best = explained, Widened(narrowed, total, tuple(one.incident for one in joining))
    return None if best is None else best[1]


def _by_symptom(trait: Trait, having: Sequence[Candidate]) -> list[tuple[list[Candidate], Trait]]:
    """Split what shares a ``file:`` path across clusters by its symptom; everything else stays together."""
    across = len({one.cluster for one in having}) > 1
    if not _is_local(trait) or not across:
        return [(list(having), trait)]
    by_problem: dict[Problem, list[Candidate]] = defaultdict(list)
    for one in having:
        by_problem[one.incident.problem].append(one)
    return [(members, replace(trait, symptom=problem)) for problem, members in by_problem.items()]


def together(channel: Channel, source: SourceName, incidents: Sequence[Incident]) -> Forming:
    """Put what broke at once without a common cause into one message, so that no channel is flooded."""
    trait = Trait(Cause.COINCIDENCE, source, "", source)
    return Forming(channel, trait, tuple(incidents), len(incidents))
