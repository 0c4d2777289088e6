"""A fleet of simulated tasks: what OCP would list of it at any moment, and levers to break and mend it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.sandbox.fleet.condition import (
    INTERRUPTED,
    PAUSED,
    STARTING,
    STOPPED,
    STORAGE_FULL,
    STORAGE_UNREACHABLE,
    STUCK,
    VANISHED,
    WELL,
    Condition,
    Trouble,
    failed,
    odd,
    slowed,
)
from bot.sandbox.fleet.task import SimulatedCluster, SimulatedTask, TaskRow
from bot.sandbox.fleet.timeline import Position, Timeline

_STARTUP = timedelta(seconds=45)
"""How long a task that is started anew says STARTING."""
_AGE = timedelta(days=14)
"""How long the fleet has existed when its story begins."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that befell one task: the page's log of the simulation is made of these."""

    at: datetime
    task: SimulatedTask
    condition: Condition


@dataclass(frozen=True, slots=True)
class Event:
    """One planned change: ``after`` the beginning of its chapter, for the task at ``index``."""

    after: timedelta
    index: int
    condition: Condition


class Story(Protocol):
    """What befalls a fleet, chapter after chapter, for ever."""

    @property
    def chapter(self) -> timedelta:
        """How long a chapter lasts."""
        ...

    def plan(self, number: int, tasks: Sequence[SimulatedTask], free: Sequence[int]) -> Iterable[Event]:
        """Plan a chapter, using only the tasks whose indexes are ``free``."""
        ...


class Fleet:
    """Clusters and their tasks, from ``start`` on.

    Rows are a pure function of time, of the story and of the levers that were pulled. Raises ValueError
    where two tasks could not be told apart.
    """

    def __init__(
        self,
        clusters: Sequence[SimulatedCluster],
        tasks: Sequence[SimulatedTask],
        *,
        start: datetime,
        story: Story | None = None,
        resting: bool = False,
    ) -> None:
        self.clusters = tuple(clusters)
        self.tasks = tuple(tasks)
        self.start = start
        self._story = story
        self._chapters = 0
        self.resting = resting
        self._by_hand: set[int] = set()
        born = (start - _AGE).timestamp()
        self._timelines = [Timeline(task.rhythm, born, catch_up=task.catch_up) for task in self.tasks]
        self._of_cluster: dict[int, list[int]] = {cluster.id: [] for cluster in self.clusters}
        self._of_name: dict[str, list[int]] = {}
        for index, task in enumerate(self.tasks):
            self._of_cluster[task.cluster.id].append(index)
            self._of_name.setdefault(task.name.lower(), []).append(index)
        if len({(task.name.lower(), task.storage) for task in self.tasks}) < len(self.tasks):
            raise ValueError("two tasks of a fleet share cluster, tenant and destination")
        self._tell(start)

    def cluster(self, cluster_id: int) -> SimulatedCluster | None:
        """Return the cluster with this id of OCP's."""
        return next((cluster for cluster in self.clusters if cluster.id == cluster_id), None)

    def rows(self, at: datetime, cluster_id: int | None = None, *, unlisted: bool = False) -> list[TaskRow]:
        """Return the rows of one cluster, or of all, at ``at``; ``unlisted`` adds what has vanished."""
        return [self.row(index, at) for index in self.indexes(at, cluster_id, unlisted=unlisted)]

    def indexes(self, at: datetime, cluster_id: int | None = None, *, unlisted: bool = False) -> list[int]:
        """Return which tasks are listed at ``at``, so that a page can be cut before its rows are made."""
        self._tell(at)
        chosen = range(len(self.tasks)) if cluster_id is None else self._of_cluster.get(cluster_id, [])
        moment = at.timestamp()
        return [i for i in chosen if unlisted or self._timelines[i].condition(moment).listed]

    def row(self, index: int, at: datetime) -> TaskRow:
        """Return the row of the task at ``index``."""
        self._tell(at)
        row = _row(self.tasks[index], self._timelines[index].at(at.timestamp()), at)
        return replace(row, by_hand=index in self._by_hand)

    def changes(self, since: datetime, until: datetime) -> list[Change]:
        """Return what befell the fleet after ``since`` and not after ``until``, oldest first."""
        self._tell(until)
        found = [
            Change(datetime.fromtimestamp(stretch.since, UTC), task, stretch.condition)
            for task, timeline in zip(self.tasks, self._timelines, strict=True)
            for stretch in timeline.stretches(since.timestamp(), until.timestamp())
        ]
        return sorted(found, key=lambda change: change.at)

    @property
    def storages(self) -> tuple[str, ...]:
        """The destinations of the fleet, without their queries, the most used first."""
        counted: dict[str, int] = {}
        for task in self.tasks:
            counted[task.storage] = counted.get(task.storage, 0) + 1
        return tuple(sorted(counted, key=lambda storage: -counted[storage]))

    def plan(self, index: int, at: datetime, condition: Condition) -> None:
        """Let a condition begin at ``at``, beside whatever else is planned."""
        self._timelines[index].change(at.timestamp(), condition)

    # The levers. A name is ``cluster/tenant`` or ``cluster``; every lever raises KeyError for an unknown one.

    def fill_storage(self, storage: str, at: datetime) -> int:
        """Let a destination be full from ``at`` on; returns how many tasks that hits."""
        return self._break_storage(storage, at, STORAGE_FULL)

    def cut_network(self, storage: str, at: datetime) -> int:
        """Cut the network to a destination; returns how many tasks that hits."""
        return self._break_storage(storage, at, STORAGE_UNREACHABLE)

    def interrupt(self, name: str, at: datetime) -> None:
        """Let a task be INTERRUPTED, without any error message."""
        self._pull(self._named(name), at, lambda _: INTERRUPTED)

    def fail(self, name: str, at: datetime, error: str | None = "Log archive failed.") -> None:
        """Let a task be FAILED with this message."""
        self._pull(self._named(name), at, lambda _: failed(error))

    def slow(self, name: str, at: datetime, loss: float = 0.5) -> None:
        """Let a task lose ``loss`` of real time."""
        self._pull(self._named(name), at, lambda _: slowed(loss))

    def pause(self, name: str, at: datetime) -> None:
        """Suspend a task on purpose; while its storage is broken the stop hangs in STOPPING."""
        self._pull(self._named(name), at, lambda now: STUCK if _storage_is_broken(now) else PAUSED)

    def stop(self, name: str, at: datetime) -> None:
        """Stop a task on purpose; while its storage is broken the stop hangs in STOPPING."""
        self._pull(self._named(name), at, lambda now: STUCK if _storage_is_broken(now) else STOPPED)

    def hang_in_stopping(self, name: str, at: datetime) -> None:
        """Let a task hang in STOPPING."""
        self._pull(self._named(name), at, lambda _: STUCK)

    def vanish(self, name: str, at: datetime) -> None:
        """Drop a task from OCP's list."""
        self._pull(self._named(name), at, lambda _: VANISHED)

    def report(self, name: str, at: datetime, status: str) -> None:
        """Let a task that works say any status at all."""
        self._pull(self._named(name), at, lambda _: odd(status))

    def mend(self, name: str, at: datetime) -> None:
        """Mend a task: it catches up, or starts anew where it cannot go on as it is."""
        self._mend(self._named(name), at)

    def mend_storage(self, storage: str, at: datetime) -> int:
        """Mend a destination; tasks that broke for another reason stay broken."""
        self._tell(at)
        hit = [
            index
            for index in self._on_storage(storage)
            if self._trouble(index, at) in {Trouble.STORAGE_FULL, Trouble.STORAGE_UNREACHABLE}
        ]
        self._mend(hit, at)
        return len(hit)

    def mend_all(self, at: datetime) -> int:
        """Mend everything that is broken at ``at``; returns how many tasks that were."""
        self._tell(at)
        hit = [index for index in range(len(self.tasks)) if self._trouble(index, at) is not Trouble.NONE]
        self._mend(hit, at)
        return len(hit)

    def rest(self, at: datetime) -> int:
        """Let the story rest: nothing breaks by itself, and what it broke is mended; returns how much."""
        self._tell(at)
        self.resting = True
        moment = at.timestamp()
        told = [i for i in range(len(self.tasks)) if i not in self._by_hand]
        for index in told:
            self._timelines[index].forget_plans(moment)
        broken = [index for index in told if self._trouble(index, at) is not Trouble.NONE]
        self._mend(broken, at)
        return len(broken)

    def go_on(self, at: datetime) -> None:
        """Let the story go on with its next chapter."""
        self._tell(at)
        self.resting = False

    def _tell(self, until: datetime) -> None:
        """Plan the chapters that have begun by ``until``; while the story rests nothing is in them."""
        if self._story is None:
            return
        while (begins := self.start + self._story.chapter * self._chapters) <= until:
            number, self._chapters = self._chapters, self._chapters + 1
            if self.resting:
                continue
            moment = begins.timestamp()
            free = [
                index
                for index, timeline in enumerate(self._timelines)
                if index not in self._by_hand and timeline.is_settled(moment)
            ]
            for event in self._story.plan(number, self.tasks, free):
                self.plan(event.index, begins + event.after, event.condition)

    def _trouble(self, index: int, at: datetime) -> Trouble:
        return self._timelines[index].condition(at.timestamp()).trouble

    def _named(self, name: str) -> list[int]:
        return self._of_name[name.strip().lower()]

    def _on_storage(self, storage: str) -> list[int]:
        hit = [index for index, task in enumerate(self.tasks) if task.storage == storage.partition("?")[0]]
        if not hit:
            raise KeyError(storage)
        return hit

    def _break_storage(self, storage: str, at: datetime, condition: Condition) -> int:
        self._tell(at)
        gone = {Trouble.INTERRUPTED, Trouble.FAILED, Trouble.STOPPED, Trouble.PAUSED, Trouble.VANISHED}
        hit = [index for index in self._on_storage(storage) if self._trouble(index, at) not in gone]
        self._pull(hit, at, lambda _: condition)
        return len(hit)

    def _pull(self, indexes: Sequence[int], at: datetime, choose: Callable[[Condition], Condition]) -> None:
        self._tell(at)
        moment = at.timestamp()
        for index in indexes:
            timeline = self._timelines[index]
            condition = choose(timeline.condition(moment))
            timeline.forget_plans(moment)
            timeline.change(moment, condition)
            self._by_hand.add(index)

    def _mend(self, indexes: Sequence[int], at: datetime) -> None:
        self._tell(at)
        moment = at.timestamp()
        for index in indexes:
            timeline = self._timelines[index]
            anew = timeline.condition(moment).broken_for_good
            timeline.forget_plans(moment)
            if anew:
                timeline.change(moment, STARTING)
                timeline.change((at + _STARTUP).timestamp(), WELL)
            else:
                timeline.change(moment, WELL)
            self._by_hand.discard(index)


def _storage_is_broken(condition: Condition) -> bool:
    return condition.trouble in {Trouble.STORAGE_FULL, Trouble.STORAGE_UNREACHABLE}


def _row(task: SimulatedTask, position: Position, at: datetime) -> TaskRow:
    checkpoint = datetime.fromtimestamp(position.checkpoint, UTC)
    return TaskRow(
        task=task,
        status=position.condition.status,
        error=position.condition.error,
        checkpoint=checkpoint,
        delay=max(at - checkpoint, timedelta(0)),
        created_at=datetime.fromtimestamp(position.round_since, UTC),
        modified_at=datetime.fromtimestamp(max(position.published, position.since), UTC),
        trouble=position.condition.trouble,
        trouble_since=datetime.fromtimestamp(position.since, UTC),
        listed=position.condition.listed,
    )
