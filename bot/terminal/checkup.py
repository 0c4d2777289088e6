"""What the doctor found, a line each: ok, warning or failed, and the cure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.terminal.screen import is_bounded
from bot.views.wording import clean, count

_SENTENCE = 2000
_PART = 24
_NARROW = 60


class State(StrEnum):
    """How a part is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at: which part of the whole, how it is, and what to do where it is not ok.

    ``runs`` is whether a bot that runs already has it.
    """

    part: str
    state: State
    says: str
    runs: bool = False


def ok(part: str, says: str) -> Examined:
    """Say that something is as it should be."""
    return Examined(part, State.OK, says)


def in_use(part: str, says: str) -> Examined:
    """Say that something is as it should be, and that a bot which runs already has it."""
    return Examined(part, State.OK, says, runs=True)


def warning(part: str, says: str) -> Examined:
    """Say that something works and should be looked at all the same."""
    return Examined(part, State.WARNING, says)


def failed(part: str, says: str) -> Examined:
    """Say that something does not work, and what to do."""
    return Examined(part, State.FAILED, says)


_MARKS = {State.OK: "✓", State.WARNING: "!", State.FAILED: "✗"}
_STYLES = {State.OK: "green", State.WARNING: "yellow", State.FAILED: "bold red"}


def show_line(console: Console, found: Examined, *, widest: int) -> None:
    """Draw one line; ``widest`` is the length of the longest part's name."""
    mark = Text(f"{_MARKS[found.state]} {found.state}", _STYLES[found.state])
    part, says = Text(clean(found.part, _PART), "bold"), Text(clean(found.says, _SENTENCE))
    if console.width < _NARROW:
        part, says = Text(""), Text.assemble(part, ": ", says)
        widest = 0
    if not is_bounded(console):
        mark.pad_right(_WORD - len(mark.plain))
        part.pad_right(max(widest - len(part.plain), 0))
        console.print(Text("  ").join([mark, part, says]), soft_wrap=True)
        return
    line = Table.grid(padding=(0, 2, 0, 0))
    line.add_column(width=_WORD, no_wrap=True)
    if widest:
        line.add_column(width=min(widest, _PART), no_wrap=True)
    line.add_column(overflow="fold")
    line.add_row(*([mark, part, says] if widest else [mark, says]))
    console.print(line)


_WORD = max(len(f"{_MARKS[state]} {state}") for state in State)


def verdict(found: Iterable[Examined]) -> str:
    """Sum up what was found."""
    found = tuple(found)
    states = [one.state for one in found]
    bad, doubtful = states.count(State.FAILED), states.count(State.WARNING)
    if bad:
        warnings = f", {count(doubtful, 'warning')}" if doubtful else ""
        return f"{bad} failed{warnings}. Mend what failed, then run `logbackup-bot check` again."
    first = f"Nothing failed, {count(doubtful, 'warning')}" if doubtful else "All is well"
    if any(one.runs for one in found):
        return f"{first}, and a bot runs already: `logbackup-bot run` starts no other beside it."
    return f"{first}: `logbackup-bot run` starts the bot."
