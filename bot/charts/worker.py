"""What runs in the worker process: it draws, gives way to the bot, and never outlives it."""

import os
import signal
from multiprocessing import parent_process
from multiprocessing.connection import wait
from threading import Thread

from bot.views.delay_chart import ChartSpec

_NICE = 10


def prepare(folder: str) -> None:
    """Make the process ready; ``folder`` is where matplotlib may keep what it knows of fonts."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    os.nice(_NICE)
    os.environ["MPLCONFIGDIR"] = folder
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the bot has: one that was killed cannot say goodbye."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def draw_within(spec: ChartSpec, seconds: float) -> bytes:
    """Draw a chart; a drawing that takes longer ends the process, whatever it is stuck in."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        import matplotlib as mpl

        mpl.rcdefaults()
        from bot.charts.drawing import draw

        return draw(spec)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
