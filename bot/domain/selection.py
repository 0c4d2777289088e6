"""Which tasks of a fleet somebody asked for, in which order, and which page of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from bot.domain.fleet import FleetSnapshot, TaskNow
from bot.domain.incident import Incident
from bot.domain.naming import Scope
from bot.domain.patterns import matches
from bot.domain.problem import Problem, Severity
from bot.domain.status import Status
from bot.domain.task import WHOLE_CLUSTER


class Order(StrEnum):
    """How a list is sorted."""

    WORST = "worst"
    DELAY = "delay"
    NAME = "name"
    CHECKPOINT = "checkpoint"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What a task must be to be listed; an empty tuple and None leave everything in.

    ``statuses`` are words as OCP reports them or as we say them (``running``), with ``*``.
    """

    statuses: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    problems: tuple[Problem, ...] = ()
    delay_over: timedelta | None = None

    def of_fleet(self, fleet: FleetSnapshot) -> Sequence[TaskNow]:
        """Give those of the whole fleet that are asked for, from the worst."""
        if self.delay_over is None:
            return self.admitted(fleet.worst_first)
        return replace(self, delay_over=None).admitted(fleet.ranked.over(self.delay_over))

    def admitted(self, tasks: Sequence[TaskNow]) -> Sequence[TaskNow]:
        """Give those that are asked for, in their order; the whole where everything is left in."""
        if self.delay_over is not None:
            over = self.delay_over
            tasks = [task for task in tasks if task.delay is not None and task.delay > over]
        if self.severities:
            tasks = [task for task in tasks if task.severity in self.severities]
        if self.problems:
            tasks = [task for task in tasks if task.problem in self.problems]
        if self.statuses:
            known = {task.task.status.reported: task.task.status for task in tasks}
            meant = {reported for reported, status in known.items() if _is_meant(status, self.statuses)}
            tasks = [task for task in tasks if task.task.status.reported in meant]
        return tasks


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time that OCP is asked about; None leaves that end open. Aware UTC."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: what is on it, its number, how many pages and how many in all."""

    tasks: tuple[TaskNow, ...]
    number: int
    pages: int
    total: int


def _is_meant(status: Status, words: tuple[str, ...]) -> bool:
    return any(matches(word, status.reported) or matches(word, status.meaning) for word in words)


def chosen(
    fleet: FleetSnapshot, tasks: Sequence[TaskNow], only: TaskFilter, order: Order
) -> Sequence[TaskNow]:
    """Give those of the tasks that are asked for, sorted; of the whole fleet the order is known already."""
    if tasks is not fleet.tasks:
        return ordered(only.admitted(tasks), order)
    admitted = only.of_fleet(fleet)
    return admitted if order is Order.WORST else ordered(admitted, order)


def ordered(tasks: Iterable[TaskNow], order: Order) -> list[TaskNow]:
    """Sort tasks; where the order asked for leaves a tie, the worst comes first."""
    by_worst = sorted(tasks, key=lambda task: task.worst_first)
    match order:
        case Order.WORST:
            return by_worst
        case Order.DELAY:
            return sorted(by_worst, key=lambda task: -(task.delay or timedelta(0)))
        case Order.NAME:
            return sorted(by_worst, key=lambda task: (task.name.casefold(), task.source))
        case Order.CHECKPOINT:
            return sorted(by_worst, key=_checkpoint)
        case Order.STATUS:
            return sorted(by_worst, key=lambda task: task.task.status.reported.casefold())
    assert_never(order)


def _checkpoint(task: TaskNow) -> float:
    return float("-inf") if task.checkpoint is None else task.checkpoint.timestamp()


def wanted(scope: Scope, incident: Incident) -> bool:
    """Whether an incident is about what a scope means; of a cluster's tasks all are."""
    subject = incident.subject
    cluster = subject.cluster_label or ("" if subject.cluster is None else str(subject.cluster))
    parts = (
        (scope.source, (subject.source,)),
        (scope.cluster, (cluster, str(subject.cluster))),
        (scope.tenant, (subject.tenant_label or WHOLE_CLUSTER, subject.tenant or "")),
        (scope.path, (subject.destination or "",)),
    )
    by_part = all(
        pattern is None or any(matches(pattern, spelling) for spelling in spellings)
        for pattern, spellings in parts
    )
    if scope.name is None or not by_part:
        return by_part
    full = [subject.source, cluster, *([subject.tenant_label] if subject.tenant_label else [])]
    names = ("/".join(full[1:]), "/".join(full), "/".join(full[:2]), cluster, subject.source)
    return any(matches(scope.name, spelling) for spelling in names if spelling)


def page_of(tasks: Sequence[TaskNow], number: int, size: int) -> Page:
    """Cut one page out of a list; a number past the end gives the last page."""
    pages = max(1, -(-len(tasks) // size))
    number = min(number, pages)
    start = (number - 1) * size
    return Page(tuple(tasks[start : start + size]), number, pages, len(tasks))
