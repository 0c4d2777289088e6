"""What the side panel shows: the simulated fleet, the levers that break it, a story, what to try."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.sandbox.page.story import Story
from bot.sandbox.slack import CannotDo


class Standing(StrEnum):
    """How a simulated task is, as the panel colours it."""

    WELL = "well"
    BEHIND = "behind"
    BROKEN = "broken"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class WorldRow:
    """One task of the simulated fleet as it really is; ``trouble`` says what is the matter, in few words.

    ``told`` is what the bot makes of that. ``key`` names it to the levers of single tasks; ``storage`` is
    where it writes.
    """

    task: str
    status: str
    delay: timedelta
    checkpoint: datetime
    standing: Standing = Standing.WELL
    trouble: str = ""
    told: str = ""
    key: str = ""
    storage: str = ""


@dataclass(frozen=True, slots=True)
class Lever:
    """A button that changes the simulated world; what ``pull`` returns is shown to who pressed it.

    A lever with ``is_on`` is a switch: ``label`` says what a press does while it is off, ``on_label`` while
    it is on, and ``state`` what is the matter meanwhile. One without ``on_label`` is one of several choices.
    """

    label: str
    pull: Callable[[], Awaitable[str | None]]
    group: str = ""
    about: str = ""
    is_on: Callable[[], bool] | None = None
    on_label: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class TaskLever:
    """What can be done to any one task of the fleet; ``pull`` takes the ``key`` of its row."""

    label: str
    pull: Callable[[str], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Hint:
    """Something to write to the bot, and what one sees then."""

    text: str
    does: str


World = Callable[[], Sequence[WorldRow]]
Recording = Callable[[], Path | None]

HINTS = (
    Hint("/logbackup status", "how everything stands in one look"),
    Hint("/logbackup tasks", "all tasks as a table, the worst first"),
    Hint("/logbackup tasks delay>10m", "only what is far behind"),
    Hint("/logbackup task pay/orders", "everything known about one task"),
    Hint("/logbackup incidents", "what is wrong now, and what was"),
    Hint("/logbackup chart pay/orders", "its delay as a picture"),
    Hint("/logbackup silence pay 2h the disk is being replaced", "no noise for a while; the incidents stay"),
    Hint("/logbackup health", "how the bot itself is"),
    Hint("@logbackup status", "the same by a mention, in a thread too"),
    Hint("/logbackup help", "all that you can say"),
)


def drawn_row(row: WorldRow) -> dict[str, Any]:
    """Make a row ready for the page."""
    return {
        "task": row.task,
        "key": row.key,
        "status": row.status,
        "delay": round(row.delay.total_seconds(), 1),
        "checkpoint": row.checkpoint.timestamp(),
        "standing": row.standing,
        "trouble": row.trouble,
        "told": row.told,
        "storage": row.storage,
    }


def drawn_lever(name: str, lever: Lever) -> dict[str, Any]:
    """Make a lever ready for the page."""
    on = lever.is_on is not None and lever.is_on()
    return {
        "name": name,
        "label": lever.on_label if on and lever.on_label else lever.label,
        "group": lever.group,
        "about": lever.about,
        "state": lever.state if on else "",
        "pressed": None if lever.is_on is None or lever.on_label else on,
    }


@dataclass(frozen=True, slots=True)
class Panel:
    """The side panel: what stands in it for good, and what is present in it at a moment."""

    world: World | None = None
    levers: Mapping[str, Lever] = field(default_factory=dict)
    task_levers: Mapping[str, TaskLever] = field(default_factory=dict)
    hints: Sequence[Hint] = HINTS
    story: Story = field(default_factory=Story)
    recording: Recording = lambda: None

    def fixed(self) -> dict[str, Any]:
        """Draw what does not change: hints, the steps of the story, what can be done to a task."""
        return {
            "hints": [{"text": hint.text, "does": hint.does} for hint in self.hints],
            **self.story.fixed(),
            "task_levers": [{"name": name, "label": lever.label} for name, lever in self.task_levers.items()],
        }

    def present(self) -> dict[str, Any]:
        """Draw the fleet, the levers and the story as they are now."""
        recording = self.recording()
        return {
            "world": None if self.world is None else [drawn_row(row) for row in self.world()],
            "levers": [drawn_lever(name, lever) for name, lever in self.levers.items()],
            **self.story.present(),
            "recorded": None if recording is None else recording.stat().st_size,
        }

    async def pull(self, name: str, task: str | None = None) -> str | None:
        """Pull a lever, for one task where it is named; returns its sentence."""
        if task is not None:
            if name not in self.task_levers:
                raise CannotDo("this lever is not there any more")
            return await self.task_levers[name].pull(task)
        if name not in self.levers:
            raise CannotDo("this lever is not there any more")
        return await self.levers[name].pull()
