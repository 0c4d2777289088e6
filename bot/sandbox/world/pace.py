"""How fast time passes while a story is told: it hurries where there is only to wait."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.page import Story


@dataclass(slots=True)
class Pace:
    """Lets time hurry while a told story waits for the world, and pass as in life while for a person.

    What somebody chooses meanwhile stands until the story waits for the other.
    """

    story: Story
    hurry: float
    go_at: Callable[[float], None]
    _wanted: float | None = None

    def keep(self) -> None:
        """Change the speed where the story wants another than it did."""
        if not self.story.told:
            return
        wanted = self.hurry if self.story.waits else 1.0
        if wanted != self._wanted:
            self._wanted = wanted
            self.go_at(wanted)
