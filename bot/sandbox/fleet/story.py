"""What befalls the demo's fleet: a chapter of 48 simulated minutes, never twice the same, for ever."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import ClassVar

from bot.sandbox.fleet.condition import (
    INTERRUPTED,
    PAUSED,
    STARTING,
    STORAGE_FULL,
    STORAGE_UNREACHABLE,
    STUCK,
    VANISHED,
    WELL,
    Condition,
    failed,
    odd,
    slowed,
)
from bot.sandbox.fleet.fleet import Event
from bot.sandbox.fleet.task import SimulatedTask

_ERRORS = (
    "Write file:///obbackup/pay/clog/1/27 failed: No space left on device (errno 28)",
    "Put oss://pay-archive/1/88?host=oss.example.com&access_id=made-up&access_key=never-shown: 403 Forbidden",
    "Log puller stopped: <!channel> & <@U000000> appear in table name, parser gave up at position 40211",
    "SEND LOG TO ARCHIVE_DEST ERROR: ret=-4392, log_id=18446744073709551615, agent restarted 3 times",
)


_MOST_OF_A_STORAGE = 5
"""A storage with more tasks than this is spared: the channel should not hold one thing alone."""


def _minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


class _Chapter:
    """One chapter while it is planned: no task appears twice in it."""

    def __init__(self, luck: Random, tasks: Sequence[SimulatedTask], free: Sequence[int]) -> None:
        self.luck = luck
        self.tasks = tasks
        self.free = [index for index in free if tasks[index].cluster.type == "PRIMARY"]
        self.events: list[Event] = []

    def wander(self, minute: float, by: float = 1.0) -> float:
        """Return a minute near ``minute``."""
        return minute + self.luck.uniform(-by, by)

    def pick(self, fits: Callable[[SimulatedTask], bool], prefer: str | None = None) -> list[int]:
        """Take one free task that fits, the preferred one if it is free; none where none is."""
        fitting = [index for index in self.free if fits(self.tasks[index])]
        if not fitting:
            return []
        named = [index for index in fitting if self.tasks[index].name == prefer]
        chosen = named[0] if named else self.luck.choice(fitting)
        self.free.remove(chosen)
        return [chosen]

    def break_from(self, indexes: Sequence[int], begin: float, end: float, condition: Condition) -> None:
        """Let these tasks be in a condition from one minute to another, then mend them."""
        for index in indexes:
            self.events.append(Event(_minutes(begin), index, condition))
            if condition.broken_for_good:
                self.events.append(Event(_minutes(end), index, STARTING))
                self.events.append(Event(_minutes(end + 0.75), index, WELL))
            else:
                self.events.append(Event(_minutes(end), index, WELL))

    def take_storage(self, least: int = 3, prefer: str | None = None) -> list[int]:
        """Take every free task of a destination that has at least ``least`` of them."""
        shared: dict[str, list[int]] = {}
        for index in self.free:
            shared.setdefault(self.tasks[index].storage, []).append(index)
        fitting = {
            storage: indexes
            for storage, indexes in shared.items()
            if least <= len(indexes) <= _MOST_OF_A_STORAGE
        }
        if not fitting:
            return []
        storage = self.luck.choice(list(fitting))
        chosen = fitting.get(prefer or storage, fitting[storage])
        self.free = [index for index in self.free if index not in chosen]
        return chosen


class DemoStory:
    """The demo's story, by seed.

    At sixty times life a chapter takes 48 s: whenever somebody begins to watch, within a minute a task
    fails and another recovers.
    """

    chapter: ClassVar[timedelta] = _minutes(48)
    standby_slow_for: ClassVar[timedelta] = timedelta(hours=5)
    broken_for: ClassVar[timedelta] = _minutes(40)

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def plan(self, number: int, tasks: Sequence[SimulatedTask], free: Sequence[int]) -> Iterator[Event]:
        """Plan a chapter; the first one has things broken already when it opens."""
        chapter = _Chapter(Random(f"story/{self._seed}/{number}"), tasks, free)
        if number == 0:
            self._prologue(chapter)
        self._always(chapter, number)
        self._sometimes(chapter, number)
        yield from chapter.events

    def _prologue(self, chapter: _Chapter) -> None:
        tickets = chapter.pick(_is_physical, prefer="crm/tickets")
        chapter.break_from(tickets, -self.broken_for / _minutes(1), 11, INTERRUPTED)
        ledger = chapter.pick(_is_logical, prefer="pay/ledger")
        chapter.break_from(ledger, -58, 21, slowed(0.7))

    def _always(self, chapter: _Chapter, number: int) -> None:
        first = number == 0
        fails = chapter.pick(_is_logical, prefer="pay/orders" if first else None)
        error = _ERRORS[number % len(_ERRORS)]
        chapter.break_from(fails, chapter.wander(16), chapter.wander(30), failed(error))
        interrupted = chapter.pick(_is_physical, prefer="shop/cart" if first else None)
        chapter.break_from(interrupted, chapter.wander(27), chapter.wander(45), INTERRUPTED)
        slow = chapter.pick(_is_physical, prefer="shop/search" if first else None)
        loss = chapter.luck.choice((0.25, 0.35, 0.5))
        chapter.break_from(slow, chapter.wander(5), chapter.wander(41), slowed(loss))
        fault = STORAGE_FULL if number % 2 == 0 else STORAGE_UNREACHABLE
        storage = chapter.take_storage(prefer="file:///data/nfs-b/archive" if first else None)
        chapter.break_from(storage, chapter.wander(22), chapter.wander(34), fault)

    def _sometimes(self, chapter: _Chapter, number: int) -> None:
        if (number + 2) % 3 == 0:
            chapter.break_from(chapter.pick(_is_physical), chapter.wander(8), chapter.wander(20), VANISHED)
        if (number + 2) % 4 == 0:
            chapter.break_from(chapter.pick(_is_physical), chapter.wander(3), chapter.wander(38), STUCK)
        if (number + 2) % 5 == 0:
            chapter.break_from(chapter.pick(_is_physical), chapter.wander(10), 170.0, PAUSED)
        if (number + 2) % 6 == 0:
            chapter.break_from(chapter.pick(_is_physical), chapter.wander(12), 32.0, odd("REBALANCING"))


def _is_logical(task: SimulatedTask) -> bool:
    return task.mode == "LOGICAL_BACKUP"


def _is_physical(task: SimulatedTask) -> bool:
    return task.mode == "PHYSICAL_BACKUP" and task.tenant is not None
