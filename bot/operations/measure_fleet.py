"""Measures what every watch knows at this moment, and what is owed to Slack."""

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.incident import Incident, Lifecycle
from bot.domain.measures import (
    ABSENT,
    IncidentKind,
    OwedMeasures,
    SourceMeasures,
    TaskDelay,
    TaskMeasures,
)
from bot.domain.roster import KnownCluster
from bot.domain.status import Meaning
from bot.domain.task import SourceName
from bot.errors import StorageError
from bot.operations.source_state import SourceState
from bot.operations.write_port import Backlog

MOST_DELAYS = 10_000
"""So many tasks of a source are told of one by one, those with the longest delay."""
_ON_PURPOSE = frozenset({Meaning.PAUSED, Meaning.STOPPED, Meaning.STOPPING})
KindOf = Callable[[Incident], IncidentKind]
"""What an incident is counted as; who has it and what mutes it is not all its own."""
Holds = Callable[[SourceName], bool]
"""Whether this replica is the one that watches a source."""


class Outbox(Protocol):
    """What of the database has to be known here."""

    async def outbox_backlog(self) -> tuple[Backlog, ...]:
        """Tell what is owed of each action of which anything is owed. Raises StorageError."""
        ...


class FleetMeasuring:
    """Measures the sources; their tasks are counted anew only where a poll has changed them.

    ``delays`` is whether every task's own delay is told, at most ``most`` of a source. It may change.
    """

    def __init__(
        self,
        states: Sequence[SourceState],
        kind_of: KindOf,
        holds: Holds,
        *,
        delays: bool = False,
        most: int = MOST_DELAYS,
    ) -> None:
        self._states = states
        self._kind_of = kind_of
        self._holds = holds
        self._most = most
        self._delays = delays
        self._counted: dict[SourceName, tuple[int, TaskMeasures]] = {}

    @property
    def delays(self) -> bool:
        """Whether every task's own delay is told."""
        return self._delays

    @delays.setter
    def delays(self, told: bool) -> None:
        self._delays = told
        self._counted.clear()

    def now(self) -> tuple[SourceMeasures, ...]:
        """Measure every source."""
        return tuple(self._source(state) for state in self._states)

    def _source(self, state: SourceState) -> SourceMeasures:
        if not self._holds(state.source):
            self._counted.pop(state.source, None)
            return SourceMeasures(state.source, state.interval, held=False)
        clusters = state.clusters.values()
        offsets = [cluster.clock_offset for cluster in clusters if cluster.received_at is not None]
        return SourceMeasures(
            source=state.source,
            interval=state.interval,
            polled_at=polled_at(state),
            read_at=state.last_read_at,
            readable=state.unread is None and state.last_read_at is not None,
            offset=min(offsets, default=None),
            clusters=len(clusters),
            clusters_unread=len(clusters) if state.unread is not None else _unread(state),
            rows_skipped=sum(cluster.skipped for cluster in clusters),
            tasks=self._tasks(state),
            incidents=Counter(
                self._kind_of(incident)
                for incident in state.desk.incidents.values()
                if incident.lifecycle is Lifecycle.FIRING
            ),
        )

    def _tasks(self, state: SourceState) -> TaskMeasures:
        counted = self._counted.get(state.source)
        if counted is None or counted[0] != state.changes:
            counted = (
                state.changes,
                measure_tasks(list(state.clusters.values()), self._most if self._delays else 0),
            )
            self._counted[state.source] = counted
        return counted[1]


def polled_at(state: SourceState) -> datetime | None:
    """Tell when the last poll of a source ended, whether it brought anything or not."""
    ends = [state.last_read_at, None if state.unread is None else state.unread.last.at]
    return max((end for end in ends if end is not None), default=None)


def _unread(state: SourceState) -> int:
    return sum(cluster.unread is not None for cluster in state.clusters.values())


def measure_tasks(clusters: Sequence[KnownCluster], most_delays: int = 0) -> TaskMeasures:
    """Count the tasks of some clusters by state, find the worst delay, list the ``most_delays`` longest."""
    states: Counter[str] = Counter({meaning.value: 0 for meaning in Meaning})
    states[ABSENT] = 0
    worst: timedelta | None = None
    delays: list[TaskDelay] = []
    for cluster in clusters:
        for known in cluster.tasks.values():
            task, meaning = known.task, known.task.status.meaning
            if known.absent_polls:
                states[ABSENT] += 1
                continue
            states[meaning.value] += 1
            delay = task.behind(known.listed_at)
            if delay is None:
                continue
            if meaning not in _ON_PURPOSE and (worst is None or delay > worst):
                worst = delay
            if most_delays:
                name = cluster.cluster.name or task.cluster_label
                key = task.key
                delays.append(TaskDelay(name, key.cluster, task.tenant_label, key.destination, delay))
    longest = heapq.nlargest(most_delays, delays, key=_delay)
    return TaskMeasures(dict(states), worst, tuple(longest), len(delays) - len(longest))


def _delay(one: TaskDelay) -> timedelta:
    return one.delay


async def measure_owed(store: Outbox, now: datetime) -> tuple[OwedMeasures, ...] | None:
    """Measure what is owed to Slack; None where the database cannot be asked."""
    try:
        backlogs = await store.outbox_backlog()
    except StorageError:
        return None
    return tuple(
        OwedMeasures(backlog.action, backlog.messages, max(now - backlog.oldest, timedelta(0)))
        for backlog in backlogs
    )
