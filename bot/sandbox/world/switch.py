"""A switch: one lever that turns something on, and off again."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.page import Lever


@dataclass(frozen=True, slots=True)
class Switch:
    """What a switch says and does.

    ``label`` says what a press does while it is off, ``on_label`` while it is on, ``state`` what is the
    matter meanwhile; ``on`` and ``off`` return the sentence that is shown.
    """

    label: str
    on_label: str
    state: str
    group: str
    is_on: Callable[[], bool]
    on: Callable[[], str]
    off: Callable[[], str]
    about: str = ""

    def lever(self) -> Lever:
        """Make the lever."""

        async def pulled() -> str:
            return self.off() if self.is_on() else self.on()

        return Lever(self.label, pulled, self.group, self.about, self.is_on, self.on_label, self.state)
