"""Many tasks in an order, with how far each is behind as bare numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from typing import Generic, Protocol, TypeVar


class HasDelay(Protocol):
    """What may be behind."""

    @property
    def delay(self) -> timedelta | None:
        """How far; None where nobody knows."""


T = TypeVar("T", bound=HasDelay)


@dataclass(frozen=True, slots=True)
class Ranked(Generic[T]):
    """Tasks in their order, and how many seconds each is behind; -inf where nobody knows.

    The numbers of a hundred thousand tasks are gone through in a fraction of the time that the tasks take.
    """

    tasks: tuple[T, ...]
    behind: tuple[float, ...]

    def over(self, delay: timedelta) -> list[T]:
        """Give those that are further behind, in their order."""
        limit = delay.total_seconds()
        return [task for task, behind in zip(self.tasks, self.behind, strict=True) if behind > limit]


def ranked(tasks: Iterable[T]) -> Ranked[T]:
    """Take down how far each of these tasks is behind."""
    every = tuple(tasks)
    return Ranked(every, tuple([_seconds(task.delay) for task in every]))


def _seconds(delay: timedelta | None) -> float:
    return -inf if delay is None else delay.total_seconds()
