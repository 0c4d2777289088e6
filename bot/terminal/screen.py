"""The terminal that is written to: its width, its colours, and how standings look in it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.domain.standing import Standing
from bot.views.trouble import standing_word

UNBOUNDED = 100_000
"""How wide a line may be where no terminal is: as long as it is, for whoever cuts it apart."""
NARROW = 64
"""Below this width what stands in columns elsewhere is told in one piece."""
SPINNER = "dots"

STYLES = {
    Standing.CRITICAL: "bold red",
    Standing.WARNING: "yellow",
    Standing.UNKNOWN: "magenta",
    Standing.QUIET: "dim",
    Standing.WELL: "green",
}


def screen(out: TextIO | None = None, *, width: int | None = None) -> Console:
    """Make what is drawn on: in colours and within its width where ``out`` is a terminal, else as it is.

    NO_COLOR and FORCE_COLOR are obeyed. Nothing that is drawn is taken for markup.
    """
    file = sys.stdout if out is None else out
    if width is None and not file.isatty():
        width = UNBOUNDED
    return Console(file=file, width=width, highlight=False, markup=False, emoji=False)


def is_bounded(console: Console) -> bool:
    """Whether lines have to fit a width."""
    return console.width < UNBOUNDED


def standing_text(standing: Standing) -> Text:
    """Show a standing as a mark and its word, for whoever does not see the colour."""
    mark = "○" if standing in {Standing.UNKNOWN, Standing.QUIET} else "●"
    return Text(f"{mark} {standing_word(standing)}", STYLES[standing])


def show_table(console: Console, table: Table) -> None:
    """Draw a table; where no terminal is, lines end with their last word."""
    if is_bounded(console):
        console.print(table, crop=False)
        return
    with console.capture() as drawn:
        console.print(table, crop=False)
    for line in drawn.get().splitlines():
        console.out(line.rstrip(), highlight=False)


def show_rows(console: Console, rows: Sequence[tuple[Text, ...]]) -> None:
    """Draw rows in columns, the last of which is folded; where it is narrow, all behind the first in one."""
    if not rows:
        return
    if console.width < NARROW:
        rows = [(row[0], Text(" · ").join(part for part in row[1:] if part.plain)) for row in rows]
    console.print()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for index in range(len(rows[0])):
        table.add_column(no_wrap=index < len(rows[0]) - 1, overflow="fold")
    for row in rows:
        table.add_row(*row)
    show_table(console, table)


def watched(*, quiet: bool = False) -> Console:
    """Make what progress is drawn on, on standard error; quiet where nobody watches.

    FORCE_COLOR makes no watcher: a pipe gets no moving picture.
    """
    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    console.quiet = quiet or console.is_dumb_terminal or not sys.stderr.isatty()
    return console


@contextmanager
def waiting(for_what: str, console: Console | None = None) -> Iterator[Callable[[str], None]]:
    """Show that something is under way, only where somebody watches; give what says something newer."""
    console = console or watched()
    if console.quiet:
        yield lambda _: None
        return
    with console.status("") as status:

        def say(what: str) -> None:
            # With the spinner given anew it is drawn at once; else it waits for a frame, and may be missed.
            status.update(Text(what), spinner=SPINNER)

        say(for_what)
        yield say
