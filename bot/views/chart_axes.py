"""The two axes of a chart: moments in the reader's zone, and delays in a unit that suits them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

MOST_TICKS = 5
"""So many moments can be read on a picture that is shown as wide as a phone."""
MOST_LEVELS = 4
_NEAR = 0.15
"""A moment so near to the present, as a part of the whole, makes room for the word ``now``."""
_EDGE = 0.05
"""A moment so near to the beginning would stand on the other axis' figures."""
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_STEPS = (
    *(number * _MINUTE for number in (1, 2, 5, 10, 15, 30)),
    *(number * _HOUR for number in (1, 2, 3, 4, 6, 8, 12)),
    *(number * _DAY for number in (1, 2, 3, 4, 7, 14, 28, 56, 112, 365, 730, 1825, 18250)),
)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall-clock time is counted from here
_HEADROOM = 1.1
_WORDS_ROOM = 1.2
"""Above the uppermost line there is room for its words."""


@dataclass(frozen=True, slots=True)
class TimeTick:
    """A moment on the axis, and what stands there."""

    at: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The axis of the delay: one unit of it, the word for it, where it ends and what is marked, in units."""

    unit: timedelta
    word: str
    top: float
    ticks: tuple[float, ...]


_SCALES = (
    (3 * _MINUTE, timedelta(seconds=1), "seconds", (5, 10, 15, 30, 60)),
    (3 * _HOUR, _MINUTE, "minutes", (1, 2, 5, 10, 15, 20, 30, 60)),
    (3 * _DAY, _HOUR, "hours", (1, 2, 3, 4, 6, 12, 24)),
    (timedelta.max, _DAY, "days", (1, 2, 5, 10, 20, 50, 100, 200, 500)),
)
_LEAST = timedelta(seconds=10)


def delay_scale(worst: timedelta, lines: Sequence[timedelta] = ()) -> Scale:
    """Choose the axis for delays up to the worst, and lines across them that have words above them."""
    longest = max(worst, *lines, _LEAST)
    unit, word, steps = next((one, word, steps) for most, one, word, steps in _SCALES if longest <= most)
    top = max(worst * _HEADROOM, *(line * _WORDS_ROOM for line in lines), _LEAST) / unit
    step = next((step for step in steps if top / step <= MOST_LEVELS), top / MOST_LEVELS)
    return Scale(unit, word, top, tuple(float(number * step) for number in range(int(top / step) + 1)))


def time_ticks(
    since: datetime, until: datetime, zone: tzinfo, now: datetime | None = None
) -> tuple[TimeTick, ...]:
    """Choose round moments of the zone's wall clocks, few enough to be read; ``now`` is said as a word."""
    span = until - since
    step = next((step for step in _STEPS if span / step <= MOST_TICKS), _STEPS[-1])
    ticks = [TimeTick(at, _label(at, zone, step)) for at in _round_moments(since, until, zone, step)]
    ticks = [tick for tick in ticks if tick.at - since >= _EDGE * span]
    if now is None:
        return tuple(ticks)
    return (*(tick for tick in ticks if abs(now - tick.at) > _NEAR * span), TimeTick(now, "now"))


def _round_moments(since: datetime, until: datetime, zone: tzinfo, step: timedelta) -> Iterator[datetime]:
    """Step along the wall clock, which in some nights leaves an hour out."""
    wall = since.astimezone(zone).replace(tzinfo=None)
    wall -= (wall - _EPOCH) % step
    while (at := wall.replace(tzinfo=zone).astimezone(UTC)) <= until:
        if at >= since and at.astimezone(zone).replace(tzinfo=None) == wall:
            yield at
        wall += step


def _label(at: datetime, zone: tzinfo, step: timedelta) -> str:
    local = at.astimezone(zone)
    return day(at, zone) if step >= _DAY or (local.hour, local.minute) == (0, 0) else f"{local:%H:%M}"


def day(at: datetime, zone: tzinfo) -> str:
    """Say a day: ``4 Mar``."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b}"


def days(since: datetime, until: datetime, zone: tzinfo) -> str:
    """Say from which day to which: ``4 Mar``, ``3 – 4 Mar``, ``18 Feb – 4 Mar``."""
    first, last = since.astimezone(zone), until.astimezone(zone)
    if first.date() == last.date():
        return day(until, zone)
    start = str(first.day) if (first.year, first.month) == (last.year, last.month) else day(since, zone)
    return f"{start} – {day(until, zone)}"


def zone_name(zone: tzinfo, at: datetime) -> str:
    """Name a zone: ``Asia/Shanghai``, ``UTC``."""
    return str(getattr(zone, "key", None) or at.astimezone(zone).tzname())


def zone_words(zone: tzinfo, at: datetime) -> str:
    """Say by whose clocks times are told: ``Shanghai time``, ``UTC``."""
    region, _, city = zone_name(zone, at).rpartition("/")
    return city if region in {"", "Etc"} else f"{city.replace('_', ' ')} time"
