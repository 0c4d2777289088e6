"""How far a long file has been read, on standard error and only where somebody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

LONG = 8 * 1024 * 1024
"""A file of fewer bytes is read before a bar would be understood."""
_STEP = 1024 * 1024


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
