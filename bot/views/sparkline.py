"""The trend of a delay as a line of small bars."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from bot.domain.delay_history import DelayHistory

BARS = "▁▂▃▄▅▆▇█"
GAP = "·"
"""Stands where nothing is known: Slack collapses it no more than a letter, and it is no bar."""
LEAST_WIDTH, WIDTH, MOST_WIDTH = 8, 16, 24
_NOTHING = timedelta(0)


def sparkline(
    delays: Sequence[timedelta | None], *, width: int = WIDTH, limit: timedelta | None = None
) -> str:
    """Draw delays, the oldest first, evenly spaced; None where nothing was read.

    Bars reach from zero to the longest delay, or to ``limit`` where that is longer: what is far from it
    looks low. More delays than ``width`` are drawn by the longest of neighbours; fewer make fewer bars.
    """
    slices = _slices(delays, max(LEAST_WIDTH, min(width, MOST_WIDTH)))
    top = max((one for one in (*slices, limit) if one is not None), default=_NOTHING)
    return "".join(GAP if one is None else _bar(one, top) for one in slices)


def history_sparkline(history: DelayHistory, *, width: int = WIDTH, limit: timedelta | None = None) -> str:
    """Draw a history, each bar the longest delay of an equal slice of its time."""
    return sparkline(history.peaks(max(LEAST_WIDTH, min(width, MOST_WIDTH))), width=width, limit=limit)


def _slices(delays: Sequence[timedelta | None], width: int) -> list[timedelta | None]:
    count = min(width, len(delays))
    edges = [number * len(delays) // count for number in range(count + 1)] if count else []
    parts = [delays[start:end] for start, end in pairwise(edges)]
    return [max((one for one in part if one is not None), default=None) for part in parts]


def _bar(delay: timedelta, top: timedelta) -> str:
    if top <= _NOTHING or delay <= _NOTHING:
        return BARS[0]
    return BARS[min(int(delay / top * len(BARS)), len(BARS) - 1)]
