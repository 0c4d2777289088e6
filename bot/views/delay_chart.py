"""What a chart of one task's delay shows, in the reader's words; ``charts`` draws it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from bot.domain.delay_history import DelayHistory, DelayLimits, DelayPoint, Run, Stretch
from bot.domain.incident import Change
from bot.views.chart_axes import Scale, TimeTick, days, delay_scale, time_ticks, zone_words
from bot.views.wording import clean, duration, plain_time

COLUMNS = 700
"""So many places side by side are drawn: about two for each point of a phone's screen."""
_FAR = 6
"""A limit this many times the longest delay is told beside the picture instead of drawn in it."""
_NAME = 60
_LIVE = timedelta(minutes=1)
_SHORTEST = timedelta(minutes=5)
MOMENT_WORDS = {
    Change.OPENED: "opened",
    Change.WORSENED: "worse",
    Change.EASED: "better",
    Change.RESOLVED: "over",
    Change.REOPENED: "back",
}


class LevelKind(StrEnum):
    """What a line across the chart stands for."""

    NORMAL = "normal"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Level:
    """A line across the chart: a limit, or what is normal. ``over`` is when the delay was beyond it."""

    kind: LevelKind
    at: timedelta
    over: tuple[Stretch, ...] = ()

    @property
    def words(self) -> str:
        """What stands at the line."""
        return f"{self.kind}, {duration(self.at)}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment at which the incident changed, and the word for it."""

    at: datetime
    word: str


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """One chart: everything that is on it, and nothing about how it is drawn.

    ``by_ids`` names the task where a font lacks the letters of ``title``. ``levels`` are drawn as lines,
    ``beyond`` are too far up to be drawn. ``now`` is None for a chart that ended earlier.
    """

    title: str
    by_ids: str
    present: str
    since: datetime
    until: datetime
    now: datetime | None
    zone: tzinfo
    runs: tuple[Run, ...]
    gaps: tuple[Stretch, ...]
    silenced: tuple[Stretch, ...]
    moments: tuple[Moment, ...]
    levels: tuple[Level, ...]
    beyond: tuple[Level, ...]
    scale: Scale
    ticks: tuple[TimeTick, ...]
    worst: DelayPoint

    @property
    def measure(self) -> str:
        """What the delay's axis counts."""
        return f"{self.scale.word} behind"

    @property
    def dates(self) -> tuple[str, ...]:
        """Say which days these are and by whose clocks, at length and shorter."""
        clocks = zone_words(self.zone, self.until)
        span = days(self.since, self.until, self.zone)
        return (
            f"{span} {self.until.astimezone(self.zone).year}, {clocks}",
            f"{span}, {clocks}",
        )


@dataclass(frozen=True, slots=True)
class NoChart:
    """There is nothing to draw; the sentence says so."""

    sentence: str


def delay_chart(
    history: DelayHistory,
    *,
    title: str,
    by_ids: str,
    now: datetime,
    zone: tzinfo = UTC,
    limits: DelayLimits = DelayLimits(),  # noqa: B008 - a frozen value
    changes: Iterable[tuple[datetime, Change]] = (),
    silenced: Iterable[Stretch] = (),
) -> ChartSpec | NoChart:
    """Make the chart of a history; instants are our clock."""
    name = clean(title, _NAME)
    if history.worst is None or history.worst.delay is None or history.last is None:
        span = f"from {plain_time(history.since, zone)} to {plain_time(history.until, zone)}"
        return NoChart(f"There is nothing to draw: no reading {span} tells how far {name} was behind.")
    since, until = min(history.known_since, history.until - _SHORTEST), history.until
    is_live = abs(now - until) <= _LIVE
    levels = _levels(limits, history)
    shown = tuple(level for level in levels if level.at <= _FAR * history.worst.delay)
    return ChartSpec(
        title=name,
        by_ids=by_ids,
        present=_present(history, history.last, zone, is_live=is_live),
        since=since,
        until=until,
        now=until if is_live else None,
        zone=zone,
        runs=history.runs(COLUMNS),
        gaps=history.gaps,
        silenced=tuple(_within(silenced, since, until)),
        moments=tuple(
            Moment(at, MOMENT_WORDS[change]) for at, change in sorted(changes) if since <= at <= until
        ),
        levels=shown,
        beyond=tuple(level for level in levels if level not in shown),
        scale=delay_scale(history.worst.delay, [level.at for level in shown]),
        ticks=time_ticks(since, until, zone, until if is_live else None),
        worst=history.worst,
    )


def _levels(limits: DelayLimits, history: DelayHistory) -> tuple[Level, ...]:
    known = (
        (LevelKind.NORMAL, limits.normal),
        (LevelKind.WARNING, limits.warning),
        (LevelKind.CRITICAL, limits.critical),
    )
    return tuple(Level(kind, at, history.over(at)) for kind, at in known if at is not None)


def _within(stretches: Iterable[Stretch], since: datetime, until: datetime) -> Iterable[Stretch]:
    for one in stretches:
        start, end = max(one.start, since), min(one.end, until)
        if start < end:
            yield Stretch(start, end)


def _present(history: DelayHistory, last: DelayPoint, zone: tzinfo, *, is_live: bool) -> str:
    behind = duration(last.delay or timedelta(0))
    if is_live and history.is_current:
        return f"{behind} now"
    return f"{behind} at {last.at.astimezone(zone):%H:%M}"
