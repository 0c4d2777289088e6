"""A guided story: its steps, which of them have happened, and what the present one waits for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands: the id of its channel, and its ts."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a guided story: press ``lever`` or send ``text``, and watch.

    ``in_thread`` is whether the text is for the thread that is open, ``in_fleet`` whether what there is to
    watch is the fleet beside the messages, ``is_done`` whether it has really happened; a step that was done
    once stays so. ``message`` is where the message stands that it speaks of, as soon as it is there, and
    stays once the step is done; a step ``to_read`` is not done before somebody was shown that. ``waits`` is
    whether it waits for the world now, and not for a person.
    """

    title: str
    watch: str
    lever: str | None = None
    text: str | None = None
    in_thread: bool = False
    in_fleet: bool = False
    is_done: Callable[[], bool] | None = None
    message: Callable[[], Place | None] = lambda: None
    to_read: bool = False
    waits: Callable[[], bool] = lambda: False


class Story:
    """The steps, and which of them have happened.

    Nothing of it happens until it is ``told``; ``begin`` is the lever that begins it, ``after`` the one that
    leads on from its end.
    """

    def __init__(
        self,
        steps: Sequence[Step] = (),
        *,
        told: bool = True,
        begin: str | None = None,
        after: str | None = None,
    ) -> None:
        self.steps = tuple(steps)
        self.told = told
        self.begin = begin
        self.after = after
        self._done: set[int] = set()
        self._told_of: dict[int, Place] = {}
        self._shown: set[int] = set()

    def look(self) -> list[bool]:
        """Look which steps have happened by now."""
        for index, step in enumerate(self.steps if self.told else ()):
            if index in self._done or step.is_done is None:
                continue
            unread = step.to_read and index not in self._shown and step.message() is not None
            if not unread and step.is_done():
                self._done.add(index)
                if (place := step.message()) is not None:
                    self._told_of[index] = place
        return [index in self._done for index in range(len(self.steps))]

    def show(self, index: int) -> None:
        """Take note that somebody was shown the message that a step speaks of."""
        self._shown.add(index)

    @property
    def waits(self) -> bool:
        """Whether it waits for the world, so that time may hurry; else it waits for a person."""
        return self.told and any(
            index not in self._done and step.waits() for index, step in enumerate(self.steps)
        )

    def fixed(self) -> dict[str, Any]:
        """Draw what does not change while it lasts."""
        return {
            "story": [
                {
                    "title": step.title,
                    "watch": step.watch,
                    "lever": step.lever,
                    "text": step.text,
                    "in_thread": step.in_thread,
                    "in_fleet": step.in_fleet,
                    "to_read": step.to_read,
                }
                for step in self.steps
            ],
            "told": self.told,
            "begin": self.begin,
            "after": self.after,
        }

    def present(self) -> dict[str, Any]:
        """Draw how far it has come: what has happened, where its messages stand, what it waits for."""
        done = self.look()
        places = [
            self._told_of.get(index) or (step.message() if self.told else None)
            for index, step in enumerate(self.steps)
        ]
        return {
            "done": done,
            "waits": self.waits,
            "places": [None if one is None else {"channel": one.channel, "ts": one.ts} for one in places],
        }
