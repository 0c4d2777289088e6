"""What the side panel shows: the simulated fleet, the levers that break it, what to try."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.sandbox.slack import CannotDo


class Standing(StrEnum):
    """How a simulated task is, as the panel colours it."""

    WELL = "well"
    BEHIND = "behind"
    BROKEN = "broken"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class WorldRow:
    """One task of the simulated fleet as it really is; ``trouble`` says what is the matter, in few words."""

    task: str
    status: str
    delay: timedelta
    checkpoint: datetime
    standing: Standing = Standing.WELL
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Lever:
    """A button that changes the simulated world; what ``pull`` returns is shown to who pressed it."""

    label: str
    pull: Callable[[], Awaitable[str | None]]
    group: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """Something to write to the bot, and what one sees then."""

    text: str
    does: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a guided story: press ``lever`` or send ``text``, and watch."""

    title: str
    watch: str
    lever: str | None = None
    text: str | None = None


World = Callable[[], Sequence[WorldRow]]

HINTS = (
    Hint("/logbackup status", "how everything stands in one look"),
    Hint("/logbackup tasks", "all tasks as a table, the worst first"),
    Hint("/logbackup tasks delay>10m", "only what is far behind"),
    Hint("/logbackup task pay/orders", "everything known about one task"),
    Hint("/logbackup incidents", "what is wrong now, and what was"),
    Hint("@logbackup status", "the same by a mention, in a thread too"),
    Hint("/logbackup help", "all that you can say"),
)


def drawn_row(row: WorldRow) -> dict[str, Any]:
    """Make a row ready for the page."""
    return {
        "task": row.task,
        "status": row.status,
        "delay": round(row.delay.total_seconds(), 1),
        "checkpoint": row.checkpoint.timestamp(),
        "standing": row.standing,
        "trouble": row.trouble,
    }


def drawn_levers(levers: Mapping[str, Lever]) -> list[dict[str, str]]:
    """Make the levers ready for the page."""
    return [
        {"name": name, "label": lever.label, "group": lever.group, "about": lever.about}
        for name, lever in levers.items()
    ]


@dataclass(frozen=True, slots=True)
class Panel:
    """The side panel: what stands in it for good, and what is present in it at a moment."""

    world: World | None = None
    levers: Mapping[str, Lever] = field(default_factory=dict)
    hints: Sequence[Hint] = HINTS
    story: Sequence[Step] = ()
    verbs: Sequence[Hint] = ()

    def fixed(self) -> dict[str, Any]:
        """Draw what does not change: hints, story, and the verbs that the message box completes."""
        return {
            "hints": [{"text": hint.text, "does": hint.does} for hint in self.hints],
            "story": [
                {"title": step.title, "watch": step.watch, "lever": step.lever, "text": step.text}
                for step in self.story
            ],
            "verbs": [{"text": verb.text, "does": verb.does} for verb in self.verbs],
        }

    def present(self) -> dict[str, Any]:
        """Draw the fleet and the levers as they are now."""
        return {
            "world": None if self.world is None else [drawn_row(row) for row in self.world()],
            "levers": drawn_levers(self.levers),
        }

    async def pull(self, name: str) -> str | None:
        """Pull a lever; returns its sentence."""
        lever = self.levers.get(name)
        if lever is None:
            raise CannotDo("this lever is not there any more")
        return await lever.pull()
