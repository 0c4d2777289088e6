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


def joins(group: Group, candidate: Candidate) -> bool:
    """Whether an incident belongs to a group that is open.

    What shares a ``file:`` path joins by the same symptom alone: it may be of another cluster.
    """
    trait = group.trait
    if not group.is_open or trait.cause is Cause.COINCIDENCE:
        return False
    has = any(
        (one.cause, one.source, one.value) == (trait.cause, trait.source, trait.value)
        for one in candidate.traits
    )
    local = trait.cause is Cause.DESTINATION and trait.value.startswith("file:")
    symptom = trait.symptom or (group.problem if local else None)
    return has and (symptom is None or symptom is candidate.incident.problem)


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
            share = len(members) / total
            if share >= LEAST_SHARE:
                weight = _WEIGHT[trait.cause] * len(members) * share
                found.append(
                    (weight, Forming(channel, narrowed, tuple(one.incident for one in members), total))
                )
    if not found:
        return None
    return max(found, key=lambda one: one[0])[1]


def _by_symptom(trait: Trait, having: Sequence[Candidate]) -> list[tuple[list[Candidate], Trait]]:
    """Split what shares a ``file:`` path across clusters by its symptom; everything else stays together."""
    across = len({one.cluster for one in having}) > 1
    if trait.cause is not Cause.DESTINATION or not trait.value.startswith("file:") or not across:
        return [(list(having), trait)]
    by_problem: dict[Problem, list[Candidate]] = defaultdict(list)
    for one in having:
        by_problem[one.incident.problem].append(one)
    return [(members, replace(trait, symptom=problem)) for problem, members in by_problem.items()]


def together(channel: Channel, source: SourceName, incidents: Sequence[Incident]) -> Forming:
    """Put what broke at once without a common cause into one message, so that no channel is flooded."""
    trait = Trait(Cause.COINCIDENCE, source, "", source)
    return Forming(channel, trait, tuple(incidents), len(incidents))
