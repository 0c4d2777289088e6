"""How far one task was behind over time: what every reading told, and where there was nothing to read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]
Codes = NDArray[np.int64]

MISSED_POLLS = 3
"""Longer than so many intervals without a reading is a gap."""
NEIGHBOURS = 5
"""What is a long wait is judged by so many intervals before and after it: polling may have been slower."""
LONE_INTERVAL = 60.0
"""The interval, in seconds, that is assumed where a single reading shows none."""
NOT_LISTED = -1
_SECOND = timedelta(seconds=1)


class DelayPoint(NamedTuple):
    """One reading: when (our clock), how far behind (None: not told), and the status as OCP reported it.

    ``status`` is None where OCP did not list the task.
    """

    at: datetime
    delay: timedelta | None
    status: str | None = "RUNNING"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasted."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class DelayLimits:
    """The limits of a task's delay, and ``normal``: what its teeth reach when healthy. None: not known."""

    warning: timedelta | None = None
    critical: timedelta | None = None
    normal: timedelta | None = None


Run = tuple[tuple[datetime, timedelta], ...]
"""Readings without a gap between them: moments and delays."""


@dataclass(frozen=True, eq=False)
class DelayHistory:
    """All readings of one task from ``since`` to ``until``, oldest first, as columns: there may be a million.

    ``at`` are seconds since 1970 (our clock), ``behind`` seconds, NaN where no delay was told; ``status``
    counts in ``words``, NOT_LISTED where OCP did not list the task. ``since`` and ``until`` are our clock.
    """

    since: datetime
    until: datetime
    at: Seconds
    behind: Seconds
    status: Codes
    words: tuple[str, ...]

    @classmethod
    def of(cls, points: Iterable[DelayPoint], *, since: datetime, until: datetime) -> "DelayHistory":
        """Make the history of these readings, the oldest first."""
        words: dict[str, int] = {}
        at, behind, status = [], [], []
        for point in points:
            at.append(point.at.timestamp())
            behind.append(np.nan if point.delay is None else point.delay / _SECOND)
            code = NOT_LISTED if point.status is None else words.setdefault(point.status, len(words))
            status.append(code)
        return cls(
            since,
            until,
            np.array(at, dtype=np.float64),
            np.array(behind, dtype=np.float64),
            np.array(status, dtype=np.int64),
            tuple(words),
        )

    def points(self) -> Iterator[DelayPoint]:
        """Give every reading as a value."""
        for place in range(len(self.at)):
            yield self._point(place)

    def _point(self, place: int) -> DelayPoint:
        behind, code = float(self.behind[place]), int(self.status[place])
        return DelayPoint(
            _instant(self.at[place]),
            None if np.isnan(behind) else timedelta(seconds=behind),
            None if code == NOT_LISTED else self.words[code],
        )

    @cached_property
    def _told(self) -> Codes:
        """The places of the readings that told a delay."""
        return np.flatnonzero(~np.isnan(self.behind))

    @property
    def is_empty(self) -> bool:
        """Whether no reading told a delay."""
        return not len(self._told)

    @cached_property
    def first(self) -> DelayPoint | None:
        """The first reading that told a delay."""
        return None if self.is_empty else self._point(int(self._told[0]))

    @cached_property
    def last(self) -> DelayPoint | None:
        """The last reading that told a delay."""
        return None if self.is_empty else self._point(int(self._told[-1]))

    @cached_property
    def worst(self) -> DelayPoint | None:
        """The reading that was furthest behind, the first of equals."""
        return None if self.is_empty else self._point(int(self._told[np.argmax(self.behind[self._told])]))

    @cached_property
    def typical(self) -> timedelta | None:
        """The delay that half of the readings stayed under."""
        return None if self.is_empty else timedelta(seconds=float(np.median(self.behind[self._told])))

    @cached_property
    def _interval(self) -> float:
        """The usual time between two readings, in seconds."""
        return float(np.median(np.diff(self.at))) if len(self.at) > 1 else LONE_INTERVAL

    @cached_property
    def _breaks(self) -> Codes:
        """After which of the told readings, counted among themselves, a gap follows."""
        waits = np.diff(self.at[self._told])
        long = np.flatnonzero(waits > MISSED_POLLS * self._interval)
        usual = [
            float(np.median(waits[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]))
            for place in long.tolist()
        ]
        return long[waits[long] > MISSED_POLLS * np.array(usual, dtype=np.float64)]

    @cached_property
    def gaps(self) -> tuple[Stretch, ...]:
        """Where nothing was told for longer than a few intervals, the time before the first reading apart."""
        if self.last is None:
            return ()
        at = self.at[self._told]
        found = [Stretch(_instant(at[place]), _instant(at[place + 1])) for place in self._breaks.tolist()]
        recent = float(np.median(np.diff(at[-2 * NEIGHBOURS :]))) if len(at) > 1 else self._interval
        if (self.until - self.last.at) / _SECOND > MISSED_POLLS * max(recent, self._interval):
            found.append(Stretch(self.last.at, self.until))
        return tuple(found)

    @property
    def known_since(self) -> datetime:
        """From when on it is known: ``since``, or the first reading where that came much later."""
        if self.first is None or (self.first.at - self.since) / _SECOND <= MISSED_POLLS * self._interval:
            return self.since
        return self.first.at

    @property
    def is_current(self) -> bool:
        """Whether the last reading is as late as it should be at ``until``."""
        return not self.is_empty and not (self.gaps and self.gaps[-1].end == self.until)

    def between(self, start: datetime, end: datetime) -> "DelayHistory":
        """Give the part from ``start`` until before ``end``."""
        first, last = np.searchsorted(self.at, [start.timestamp(), end.timestamp()])
        part = slice(int(first), int(last))
        return DelayHistory(start, end, self.at[part], self.behind[part], self.status[part], self.words)

    def over(self, limit: timedelta) -> tuple[Stretch, ...]:
        """Give the stretches in which the delay was over a limit, each until it was first seen under it."""
        at, above = self.at[self._told], self.behind[self._told] > limit / _SECOND
        turns = np.flatnonzero(np.diff(above, prepend=False))
        ends = [*turns.tolist(), len(at) - 1]
        return tuple(
            Stretch(_instant(at[start]), _instant(at[end]))
            for start, end in zip(ends[::2], ends[1::2], strict=False)
        )

    def peaks(self, count: int) -> tuple[timedelta | None, ...]:
        """Cut the time into equal slices and give the longest delay of each; None where nothing was told.

        A slice between two readings, with no gap there, has the delay of the one before.
        """
        if self.is_empty or self.until <= self.since:
            return (None,) * count
        at, behind = self.at[self._told], self.behind[self._told]
        edges = np.linspace(self.since.timestamp(), self.until.timestamp(), count + 1)
        places = np.searchsorted(at, edges)
        gaps = [(gap.start.timestamp(), gap.end.timestamp()) for gap in self.gaps]
        found: list[timedelta | None] = []
        for number, (start, end) in enumerate(pairwise(places.tolist())):
            middle = (edges[number] + edges[number + 1]) / 2
            if start < end:
                found.append(timedelta(seconds=float(behind[start:end].max())))
            elif start == 0 or any(begun <= middle < ended for begun, ended in gaps):
                found.append(None)
            else:
                found.append(timedelta(seconds=float(behind[start - 1])))
        return tuple(found)

    def runs(self, columns: int) -> tuple[Run, ...]:
        """Give the readings for a picture so many columns wide, cut where there are gaps.

        Of each column its least and its longest delay are kept, in their order, and the ends of each run: no
        peak is lost, and teeth stay teeth.
        """
        if self.is_empty:
            return ()
        at, behind = self.at[self._told], self.behind[self._told]
        width = max(at[-1] - at[0], 1.0) / columns
        column = ((at - at[0]) / width).astype(np.int64)
        starts = [0, *(self._breaks + 1).tolist(), len(at)]
        return tuple(
            tuple(
                (_instant(at[place]), timedelta(seconds=float(behind[place])))
                for place in _kept(column[start:end], behind[start:end], start)
            )
            for start, end in pairwise(starts)
        )


def _kept(column: Codes, behind: Seconds, offset: int) -> Sequence[int]:
    """Choose the places of one run that are drawn."""
    edges = [0, *(np.flatnonzero(np.diff(column)) + 1).tolist(), len(column)]
    kept = {0, len(column) - 1}
    for start, end in pairwise(edges):
        kept |= {start + int(behind[start:end].argmin()), start + int(behind[start:end].argmax())}
    return [offset + place for place in sorted(kept)]


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
