"""Grouping by cause: incidents that break together share a message when they share what explains it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from bot.domain.handling import UNTOUCHED, Handling
from bot.domain.incident import Incident, IncidentNumber, Lifecycle
from bot.domain.posts import Channel
from bot.domain.problem import Problem, Severity
from bot.domain.task import ClusterId, SourceName, Task

LEAST_MEMBERS = 3
LEAST_SHARE = 0.5
POLLS_APART = 2
MANY_AT_ONCE = 10
"""More new alerts than these at once in a channel share a message, be there a common cause or not."""

_NUMBERS = re.compile(r"0x[0-9a-fA-F]+|\d+(?:\.\d+)*")
_BLANKS = re.compile(r"\s+")
_ERROR_KEPT = 200


class Cause(StrEnum):
    """What tasks that broke together have in common, the likeliest first."""

    DESTINATION = "destination"
    AGENT = "agent server"
    ERROR = "error"
    CLUSTER = "cluster"
    SOURCE = "source"
    COINCIDENCE = "none found"


_WEIGHT = {Cause.DESTINATION: 4.0, Cause.AGENT: 3.0, Cause.ERROR: 3.0, Cause.CLUSTER: 1.0, Cause.SOURCE: 1.0}
"""How much likelier one cause is than another that explains as much. Ours: storage is the commonest cause
of log backup that stops (full, unreachable, refused), a whole OCP the rarest."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that tasks may share. ``label`` is what people call it; ``symptom`` narrows it to a problem.

    A ``file:`` path is the same words on every machine and need not be the same disk: across clusters it
    counts only where the symptom is the same.
    """

    cause: Cause
    source: SourceName
    value: str
    label: str
    symptom: Problem | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Incidents of one source that share a message in one channel. Instants are our clock.

    ``total`` is how many watched tasks have the trait. ``since`` is when the first of them broke. What is
    done to it is done to its members, present and later: ``handling``. ``revision`` grows with every write.
    """

    number: IncidentNumber
    channel: Channel
    trait: Trait
    lifecycle: Lifecycle
    severity: Severity
    problem: Problem
    since: datetime
    opened_at: datetime
    changed_at: datetime
    total: int
    worst_severity: Severity
    worst_delay: timedelta | None = None
    resolved_at: datetime | None = None
    handling: Handling = UNTOUCHED
    revision: int = 0

    @property
    def is_open(self) -> bool:
        """Whether any member is."""
        return self.lifecycle is not Lifecycle.RESOLVED


@dataclass(frozen=True, slots=True)
class Forming:
    """A group that is to be formed in a channel of these incidents; ``total`` tasks have the trait."""

    channel: Channel
    trait: Trait
    incidents: tuple[Incident, ...]
    total: int


def storage_of(destination: str) -> str | None:
    """Give the storage that a path is on: scheme, host, and bucket or mount; None where it cannot be told.

    ``file:///obbackup/pay/log`` is on ``file:///obbackup``, ``oss://bucket/a?host=h`` on ``oss://bucket?host=h``.
    """
    try:
        parts = urlsplit(destination)
    except ValueError:
        return None
    first = parts.path.lstrip("/").partition("/")[0]
    if parts.scheme == "file" or not parts.netloc:
        return f"{parts.scheme or 'file'}:///{first}" if first else None
    return f"{parts.scheme}://{parts.netloc}" + (f"?{parts.query}" if parts.query else "")


def plain_error(error: str) -> str:
    """Give an error text with its numbers taken out, so that two of the same kind are the same."""
    return _BLANKS.sub(" ", _NUMBERS.sub("#", error)).strip()[:_ERROR_KEPT]


def traits_of(task: Task, problem: Problem | None = None, error: str | None = None) -> tuple[Trait, ...]:
    """Give what a task may share with others. ``problem`` and ``error`` are those of its incident, if any."""
    key, found = task.key, []
    storage = None if key.destination is None else storage_of(key.destination)
    if storage is not None:
        found.append(Trait(Cause.DESTINATION, key.source, storage, storage))
    if task.agent_server:
        found.append(Trait(Cause.AGENT, key.source, task.agent_server, task.agent_server))
    if error and problem is not None:
        plain = plain_error(error)
        found.append(Trait(Cause.ERROR, key.source, plain, plain))
    found.append(Trait(Cause.CLUSTER, key.source, str(key.cluster), task.cluster_label))
    found.append(Trait(Cause.SOURCE, key.source, "", key.source))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many watched tasks of a source have each trait, by (cause, value)."""

    counts: Mapping[tuple[Cause, str], int]

    def of(self, trait: Trait) -> int:
        """Count the watched tasks that have a trait."""
        return self.counts.get((trait.cause, trait.value), 0)


def crowd_of(tasks: Iterable[Task]) -> Crowd:
    """Count how many tasks have each trait; error texts are shared only by what is broken."""
    counts: dict[tuple[Cause, str], int] = defaultdict(int)
    for task in tasks:
        for trait in traits_of(task):
            counts[trait.cause, trait.value] += 1
    return Crowd(counts)


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
    opened = sorted(one.opened_at for one in new)
    began = sorted(one.since for one in new)
    return [
        one
        for one in candidates
        if one.is_new
        or _within(one.incident.opened_at, opened, apart)
        or _within(one.incident.since, began, apart)
    ]


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


def opened_group(forming: Forming, number: IncidentNumber, now: datetime) -> Group:
    """Make the group of what is to be formed."""
    return renewed(
        Group(
            number=number,
            channel=forming.channel,
            trait=forming.trait,
            lifecycle=Lifecycle.FIRING,
            severity=max(one.severity for one in forming.incidents),
            problem=gravest(forming.incidents),
            since=min(one.since for one in forming.incidents),
            opened_at=now,
            changed_at=now,
            total=forming.total,
            worst_severity=max(one.worst_severity for one in forming.incidents),
        ),
        forming.incidents,
        now,
    )


def gravest(incidents: Sequence[Incident]) -> Problem:
    """Give the gravest problem of these incidents."""
    return max((one.problem for one in incidents), key=lambda problem: problem.gravity)


def renewed(group: Group, members: Sequence[Incident], now: datetime, total: int | None = None) -> Group:
    """Bring a group to the present state of its members; it is over when all of them are."""
    still = [one for one in members if one.is_open]
    worst = max((one.worst_delay for one in members if one.worst_delay is not None), default=None)
    after = replace(
        group,
        lifecycle=Lifecycle.FIRING if still else Lifecycle.RESOLVED,
        resolved_at=None if still else group.resolved_at or now,
        severity=max((one.severity for one in still), default=group.severity),
        problem=gravest(still) if still else group.problem,
        since=min((one.since for one in members), default=group.since),
        total=max(group.total, len(members)) if total is None else max(total, len(members)),
        worst_severity=max((one.worst_severity for one in members), default=group.worst_severity),
        worst_delay=worst,
    )
    changed = (after.lifecycle, after.severity, after.problem) != (
        group.lifecycle,
        group.severity,
        group.problem,
    )
    return replace(after, changed_at=now) if changed else after
