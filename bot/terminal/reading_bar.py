"""How far a long file, or a long time, has been read: on standard error, only where somebody watches."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TimeRemainingColumn

LONG = 8 * 1024 * 1024
"""A file of fewer bytes is read before a bar would be understood."""
_STEP = 1024 * 1024
MANY = 2000
"""Fewer readings are read before a bar would be understood."""


@contextmanager
def reading_bar(
    size: int | None, done: Callable[[], int], console: Console | None = None
) -> Iterator[Callable[[], None]]:
    """Give what is to be called after each step.

    ``done`` tells how many of ``size`` bytes have been read; with None nobody knows how many there are.
    """
    console = console or Console(stderr=True)
    if not console.is_terminal or console.quiet or (size is not None and size < LONG):
        yield lambda: None
        return
    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    ) as bar:
        task = bar.add_task("reading", total=size)
        drawn = 0

        def step() -> None:
            nonlocal drawn
            read = done()
            if read - drawn >= _STEP:
                drawn = read
                bar.update(task, completed=read)

        yield step


@contextmanager
def time_bar(
    start: datetime | None, end: datetime, console: Console | None = None
) -> Iterator[Callable[[datetime], None]]:
    """Give what is to be called with the moment of each reading, between ``start`` and ``end``.

    With None for ``start`` the first reading is the start. The bar begins when there are many.
    """
    console = console or Console(stderr=True)
    readings, begun = 0, start
    with ExitStack() as stack:
        bar: Progress | None = None

        def step(at: datetime) -> None:
            nonlocal readings, begun, bar
            readings, begun = readings + 1, begun or at
            if readings % MANY or console.quiet or not console.is_terminal:
                return
            if bar is None:
                bar = stack.enter_context(_time_progress(console))
                bar.add_task("reading", total=max((end - begun).total_seconds(), 1.0))
            bar.update(bar.task_ids[0], completed=(at - begun).total_seconds())

        yield step


def _time_progress(console: Console) -> Progress:
    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
