"""The tasks as a table, the worst first, as many columns as the terminal is wide."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import partial

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.commands import ListTasks, to_text
from bot.domain.fleet import FleetSnapshot, TaskNow
from bot.domain.naming import Found
from bot.domain.selection import Page, Window, chosen, page_of
from bot.domain.task import WHOLE_CLUSTER
from bot.terminal.mistakes import shell_line
from bot.terminal.screen import show_rows, show_table, standing_text
from bot.terminal.sources import read_words
from bot.views.task_list import headline
from bot.views.trouble import status_words
from bot.views.twins import namer
from bot.views.wording import clean, duration, plain_time

SCREENFUL = 50
"""Rows of a page in a terminal; where no terminal is, everything is one page."""
_GAP = 2
_PATH = 300
_NAME = 128


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``least`` is how narrow it may be folded, ``rank`` 0 is never left out."""

    title: str
    cells: tuple[Text, ...]
    rank: int
    least: int = 0
    right: bool = False

    @property
    def natural(self) -> int:
        """How wide its widest cell is."""
        return max((cell_len(text.plain) for text in (Text(self.title), *self.cells)), default=0)

    @property
    def narrowest(self) -> int:
        """How narrow it may be."""
        return min(self.natural, self.least) if self.least else self.natural


def page_of_tasks(command: ListTasks, fleet: FleetSnapshot, found: Found, *, paged: bool) -> Page:
    """Give the tasks that a command asks for: a page of them, or all."""
    rows = chosen(fleet, found.tasks, command.only, command.order)
    return page_of(rows, command.page if paged else 1, SCREENFUL if paged else max(len(rows), 1))


def show_tasks(
    console: Console, command: ListTasks, fleet: FleetSnapshot, found: Found, zone: tzinfo, *, paged: bool
) -> None:
    """Draw the tasks that a command asks for."""
    page = page_of_tasks(command, fleet, found, paged=paged)
    console.print(Text(headline(command, page, len(found.tasks)), "bold"))
    if small := _small(command.window, fleet, zone):
        console.print(Text(small, "dim"))
    if not page.tasks:
        return
    left_out = _draw(console, _columns(fleet, page.tasks, zone))
    left = page.total - page.number * SCREENFUL if page.pages > 1 else 0
    if left > 0 or left_out:
        console.print()
    if left > 0:
        following = shell_line(to_text(replace(command, page=page.number + 1)))
        console.print(Text(f"…and {left:,} more: {following}"), soft_wrap=True)
    if left_out:
        console.print(Text(f"Not shown for want of room: {', '.join(left_out)}.", "dim"))


def _small(window: Window | None, fleet: FleetSnapshot, zone: tzinfo) -> str:
    if window is None:
        return read_words(fleet, zone)
    since = "" if window.start is None else f" from {plain_time(window.start, zone)}"
    until = "" if window.end is None else f" until {plain_time(window.end, zone)}"
    return (
        f"OCP was asked just now for tasks{since}{until} and chose these rows itself; "
        "what it goes by is not documented."
    )


def _columns(fleet: FleetSnapshot, tasks: Sequence[TaskNow], zone: tzinfo) -> list[Column]:
    named = namer(tasks, partial(_name, fleet))
    names = [named(task) for task in tasks]
    modes = [clean(task.task.mode, 24) if task.task.mode else "" for task in tasks]
    paths = [clean(task.task.key.destination or " ", _PATH) for task in tasks]
    delays = ["" if task.delay is None else duration(task.delay) for task in tasks]
    return [
        Column("", tuple(standing_text(task.standing) for task in tasks), 0),
        Column("task", _plain(names), 0, least=16),
        Column("status", _plain([status_words(task) for task in tasks]), 0, least=11),
        Column("delay", _plain(delays), 0, right=True),
        Column("checkpoint", _plain([checkpoint_words(task.checkpoint, zone) for task in tasks]), 1),
        Column("mode", _plain(modes), 3),
        Column("path", _plain(["" if path == "(blank)" else path for path in paths]), 2, least=24),
    ]


def _name(fleet: FleetSnapshot, task: TaskNow) -> str:
    """Name a task whole: a name that was cut cannot be typed."""
    tenant = task.tenant_label
    cluster = clean(task.cluster_label, _NAME)
    name = f"{cluster} ({WHOLE_CLUSTER})" if tenant is None else f"{cluster}/{clean(tenant, _NAME)}"
    return f"{clean(task.source, _NAME)}/{name}" if fleet.several else name


def _plain(words: Sequence[str]) -> tuple[Text, ...]:
    return tuple(map(Text, words))


def checkpoint_words(checkpoint: datetime | None, zone: tzinfo) -> str:
    """Say a checkpoint to the minute with its zone, short: ``2026-09-23 14:33 CEST``."""
    if checkpoint is None:
        return ""
    try:
        local = checkpoint.astimezone(zone)
    except OverflowError:
        local = checkpoint
    return f"{local.year:04}-{local:%m-%d %H:%M} {local.tzname()}"


def _draw(console: Console, columns: list[Column]) -> list[str]:
    """Draw what fits, and tell the titles of what does not."""
    columns = [column for column in columns if not column.rank or any(text.plain for text in column.cells)]
    kept = _fitting(columns, console.width)
    if _width(kept) > console.width:
        rows = zip(*(column.cells for column in kept), strict=True)
        show_rows(
            console, [(row[0], Text(" · ").join(text for text in row[1:] if text.plain)) for row in rows]
        )
        return [column.title for column in columns if column not in kept]
    console.print()
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
    for column in kept:
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=not column.least,
            overflow="fold",
            min_width=column.narrowest,
        )
    for row in zip(*(column.cells for column in kept), strict=True):
        table.add_row(*row)
    show_table(console, table)
    return [column.title for column in columns if column not in kept]


def _fitting(columns: list[Column], width: int) -> list[Column]:
    """Leave columns out, those of the highest rank first, until the rest fits."""
    kept = list(columns)
    while _width(kept) > width:
        expendable = max(kept, key=lambda column: column.rank)
        if not expendable.rank:
            break
        kept.remove(expendable)
    return kept


def _width(columns: Sequence[Column]) -> int:
    """Say how narrow columns may be together."""
    return sum(column.narrowest + _GAP for column in columns) - _GAP
