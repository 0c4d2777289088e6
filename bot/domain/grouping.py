"""Groups of incidents that share what explains them, and what tasks may share at all."""

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
from bot.domain.task import SourceName, Task

LEAST_MEMBERS = 3

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
            since=min(_broke(one) for one in forming.incidents),
            opened_at=now,
            changed_at=now,
            total=forming.total,
            worst_severity=max(one.worst_severity for one in forming.incidents),
        ),
        forming.incidents,
        now,
    )


def _broke(incident: Incident) -> datetime:
    """Give when an incident broke; of one that came back, when it did."""
    return incident.changed_at if incident.reopened else incident.since


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
        since=min((group.since, *(one.since for one in members if not one.reopened))),
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
