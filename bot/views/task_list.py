"""The answer to ``tasks``: a table, the worst first, a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from bot.commands import ListTasks, ShowStatus, to_text
from bot.domain.fleet import FleetSnapshot, TaskNow
from bot.domain.naming import Found, find
from bot.domain.selection import Order, Page, Window, chosen, page_of
from bot.views.blocks import (
    PAYLOAD,
    Block,
    Button,
    Message,
    actions,
    cell,
    context,
    literal,
    message,
    section,
    sections,
    size,
    table,
    time_cell,
)
from bot.views.mistake import unnamed_message
from bot.views.sources import read_line, trouble_lines
from bot.views.trouble import MARKS, phrase, status_words, task_name
from bot.views.twins import namer
from bot.views.typed import typed
from bot.views.wording import clean, count, duration, plain_time, slack_time

PAGE = 20
"""Rows on a page: as many as fit Slack's limits with names of any ordinary length."""
_NOTICE = 200
_CELLS = (60, 40, 24, 12, 6)
"""How long a cell may be: the first that makes the table fit."""
_DELAY_COLUMN = 2


def task_list_message(
    command: ListTasks, fleet: FleetSnapshot, *, now: datetime, zone: tzinfo = UTC, shareable: bool = True
) -> Message:
    """Show one page of the tasks asked for.

    With a window, ``fleet`` is what OCP just answered for it, and the answer says that OCP chose the rows.
    """
    found = find(fleet, command.scope)
    if not isinstance(found, Found):
        return unnamed_message(command, found, fleet, now)
    page = page_of(chosen(fleet, found.tasks, command.only, command.order), command.page, PAGE)
    first = headline(command, page, len(found.tasks))
    troubles = trouble_lines(fleet.sources, now)
    small = _source_line(command.window, fleet, now, zone)
    blocks: list[Block] = [*sections(troubles), section(f"*{first}*"), *([context(small)] if small else [])]
    end = _end(command, page) + actions(_buttons(command, page, shareable=shareable))
    rows, number = _fitting_table(fleet, page.tasks, PAYLOAD - size(blocks + end) - _NOTICE, zone)
    blocks += rows
    if number < len(page.tasks):
        blocks.append(
            context(
                f"{len(page.tasks) - number} of this page do not fit: name fewer with cluster: or tenant:"
            )
        )
    blocks += end
    named = _namer(fleet, page.tasks)
    lines = [literal(f"{named(task)}: {phrase(task, now)}") for task in page.tasks]
    return message("\n".join([first, *troubles, *lines]), blocks)


def _end(command: ListTasks, page: Page) -> list[Block]:
    left = page.total - page.number * PAGE
    if left <= 0:
        return []
    return [context(f"…and {left:,} more: {typed(replace(command, page=page.number + 1))}")]


def headline(command: ListTasks, page: Page, among: int) -> str:
    """Say how many tasks are listed, of how many, and in which order; plain text."""
    if not page.total:
        return "OCP lists no log backup task" if not among else f"None of {count(among, 'task')} matches"
    of = f" of {among:,}" if page.total < among else ""
    which = "" if page.pages == 1 else f", page {page.number:,} of {page.pages:,}"
    by = "the worst first" if command.order is Order.WORST else f"sorted by {command.order}"
    return f"{page.total:,}{of} {'task' if max(among, page.total) == 1 else 'tasks'}, {by}{which}"


def _source_line(window: Window | None, fleet: FleetSnapshot, now: datetime, zone: tzinfo) -> str:
    """Say when this was read, or that OCP was asked just now and chose the rows itself."""
    if window is None:
        return read_line(fleet.sources, now)
    since = "" if window.start is None else f" from {slack_time(window.start, zone)}"
    until = "" if window.end is None else f" until {slack_time(window.end, zone)}"
    return (
        f"OCP was asked just now for tasks{since}{until} and chose these rows itself; "
        "what it goes by is not documented."
    )


def _namer(fleet: FleetSnapshot, tasks: Sequence[TaskNow]) -> Callable[[TaskNow], str]:
    """Give what names the tasks of a page, with their source where there are several."""

    def label(task: TaskNow) -> str:
        return f"{clean(task.source, 30)}/{task_name(task)}" if fleet.several else task_name(task)

    return namer(tasks, label)


def _fitting_table(
    fleet: FleetSnapshot, tasks: Sequence[TaskNow], room: int, zone: tzinfo
) -> tuple[list[Block], int]:
    """Make the table with the longest cells, then the most rows, that ``room`` holds; and count its rows."""
    rows = len(tasks)
    if not rows:
        return [], 0
    attempts = [(length, rows) for length in _CELLS] + [
        (_CELLS[-1], fewer) for fewer in range(rows - 1, 0, -1)
    ]
    named = _namer(fleet, tasks)
    for length, number in attempts:
        made = [_HEADER, *(_row(named(task), task, length, zone) for task in tasks[:number])]
        block = table(made, right_aligned=(_DELAY_COLUMN,))
        if size([block]) <= room:
            return [block], number
    return [], 0


_HEADER = [cell(title) for title in ("Task", "Status", "Delay", "Checkpoint", "Mode", "Path")]


def _row(name: str, task: TaskNow, length: int, zone: tzinfo) -> list[Block]:
    """Make a task's row; the path is cut in front, where paths are alike."""
    shown = task.task
    return [
        cell(clean(name, length)),
        cell(f"{MARKS[task.standing]} {clean(status_words(task), length)}"),
        cell("" if task.delay is None else duration(task.delay)),
        _checkpoint(task.checkpoint, zone),
        cell(clean(shown.mode, min(length, 24)) if shown.mode else ""),
        cell(_path(shown.key.destination, length)),
    ]


def _checkpoint(checkpoint: datetime | None, zone: tzinfo) -> Block:
    if checkpoint is None:
        return cell("")
    timestamp = int(checkpoint.timestamp())
    fallback = plain_time(checkpoint, zone)
    return time_cell(timestamp, fallback) if timestamp > 0 else cell(fallback)


def _path(destination: str | None, length: int) -> str:
    if not destination:
        return ""
    kept = destination if len(destination) <= length else "…" + destination[1 - length :]
    return clean(kept, length)


def _buttons(command: ListTasks, page: Page, *, shareable: bool) -> list[Button]:
    buttons = []
    if page.number > 1:
        buttons.append(Button("Previous", to_text(replace(command, page=page.number - 1))))
    if page.number < page.pages:
        buttons.append(Button("Next", to_text(replace(command, page=page.number + 1))))
    buttons.append(Button("Status", to_text(ShowStatus(command.scope))))
    if shareable:
        buttons.append(Button("Share", to_text(replace(command, page=page.number)), shared=True))
    return buttons
