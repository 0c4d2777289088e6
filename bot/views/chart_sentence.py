"""A chart of a delay in words: for whoever does not see it, and for where no picture can be."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.delay_history import Stretch
from bot.views.chart_axes import day, zone_name
from bot.views.delay_chart import ChartSpec, Level, LevelKind
from bot.views.wording import count, cut, duration

LONGEST = 1000
"""So long may the alternative text of a file be."""
_TOLD = 3


def alternative_text(spec: ChartSpec) -> str:
    """Say in one sentence what a chart shows; plain text, moments in the chart's zone."""
    when = _Clock(spec)
    worst = duration(spec.worst.delay or timedelta(0))
    span = f"from {when(spec.since)} to {when(spec.until)} ({zone_name(spec.zone, spec.until)})"
    parts = [f"Delay of {spec.title} {span}: {spec.present}, at worst {worst} at {when(spec.worst.at)}"]
    parts += [_passed(level, spec, when) for level in (*spec.levels, *spec.beyond)]
    if spec.moments:
        parts.append(
            "the incident: " + _listed([f"{one.word} at {when(one.at)}" for one in spec.moments], "change")
        )
    parts += _spans("silenced", spec.silenced, spec, when)
    parts += _spans("no data", spec.gaps, spec, when)
    return cut("; ".join(parts), LONGEST - 60) + "."


class _Clock:
    """Says moments of one chart, with the day where the chart has several."""

    def __init__(self, spec: ChartSpec) -> None:
        self._zone = spec.zone
        self._one_day = spec.since.astimezone(spec.zone).date() == spec.until.astimezone(spec.zone).date()

    def __call__(self, at: datetime) -> str:
        time = f"{at.astimezone(self._zone):%H:%M}"
        return time if self._one_day else f"{day(at, self._zone)} {time}"


def _passed(level: Level, spec: ChartSpec, when: _Clock) -> str:
    """Say what is normal, and when a limit was passed."""
    if level.kind is LevelKind.NORMAL:
        return f"normally at most {duration(level.at)}"
    what = f"over the {level.kind} limit of {duration(level.at)}"
    if not level.over:
        return f"never {what}"
    last = level.over[-1]
    lasts = spec.runs[-1][-1][1] > level.at
    span = f"since {when(last.start)}" if lasts else f"from {when(last.start)} to {when(last.end)}"
    if len(level.over) == 1:
        return f"{what} {span}"
    total = sum((one.length for one in level.over), timedelta(0))
    return f"{what} {count(len(level.over), 'time')}, {duration(total)} in all, the last {span}"


def _spans(word: str, spans: Sequence[Stretch], spec: ChartSpec, when: _Clock) -> list[str]:
    """Say when something was so; what lasts until now has not ended, the chart has."""
    said = [
        f"since {when(one.start)}" if one.end == spec.now else f"from {when(one.start)} to {when(one.end)}"
        for one in spans
    ]
    return [f"{word} {_listed(said, 'time')}"] if said else []


def _listed(said: list[str], one: str) -> str:
    more = f" and {count(len(said) - _TOLD, 'more ' + one)}" if len(said) > _TOLD else ""
    return ", ".join(said[:_TOLD]) + more
