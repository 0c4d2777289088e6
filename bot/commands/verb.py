"""A verb: what it is for, how it is written and read, who may say it, and where."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from bot.commands.filters import Arguments
from bot.domain.permission import Permission

C = TypeVar("C")


class Door(StrEnum):
    """Where a command can come from."""

    SLASH = "slash command"
    MENTION = "mention"
    DIRECT = "direct message"
    BUTTON = "button"
    TERMINAL = "terminal"
    SHORTCUT = "message shortcut"


IN_SLACK = frozenset({Door.SLASH, Door.MENTION, Door.DIRECT, Door.BUTTON})
EVERYWHERE = IN_SLACK | {Door.TERMINAL}
ON_A_MESSAGE = IN_SLACK | {Door.SHORTCUT}


@dataclass(frozen=True, slots=True)
class Example:
    """One text that works, and what it does."""

    text: str
    does: str


@dataclass(frozen=True, slots=True)
class Verb(Generic[C]):
    """One verb. ``summary`` is its line in the overview, ``details`` are the paragraphs of its own help.

    ``read`` makes the command of the words after the verb; ``write`` gives those words back, so that
    reading them makes the same command: a ``form``, or one of ``other_forms``. ``synonyms`` are understood
    as well. A ``free`` verb sorts its words itself, as they may be prose. ``changes`` is False for what only
    reads. ``needs`` is the least permission; a wide silence takes more, which is decided where it is made.
    """

    name: str
    summary: str
    examples: tuple[Example, ...]
    form: type[C]
    read: Callable[[Arguments], C]
    write: Callable[[C], Sequence[str]]
    arguments: str = ""
    details: tuple[str, ...] = ()
    takes: str | None = None
    filters: tuple[str, ...] = ()
    doors: frozenset[Door] = IN_SLACK
    needs: Permission = Permission.READ
    changes: bool = False
    free: bool = False
    other_forms: tuple[type[C], ...] = ()
    synonyms: tuple[str, ...] = ()
