"""The answer to ``history``: how far one task was behind, day by day, the newest on top."""

from datetime import UTC, datetime, time, timedelta, tzinfo

from bot.commands import ShowChart, ShowHistory, Target, to_text
from bot.domain.delay_history import DelayHistory, DelayLimits
from bot.views.blocks import (
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
    table,
)
from bot.views.chart_axes import day, zone_words
from bot.views.chart_reply import Among, among_line
from bot.views.sparkline import history_sparkline
from bot.views.wording import clean, duration, up_to

MOST_DAYS = 31
_WIDTH = 12
_NAME = 60
_NO_LIMITS = DelayLimits()
_SLOWER = 1.5
"""A week is called slower where its later half is usually behind by so many times the earlier one."""


def history_message(
    command: ShowHistory,
    history: DelayHistory,
    *,
    title: str,
    among: Among | None = None,
    limits: DelayLimits = _NO_LIMITS,
    zone: tzinfo = UTC,
    shareable: bool = True,
) -> Message:
    """Show the usual and the longest delay of each day of a history; ``title`` names the task.

    ``among`` is set where it was chosen of several.
    """
    who = literal(clean(title, _NAME))
    days = [part for part in days_of(history, zone) if not part.is_empty]
    chosen = [] if among is None else [among_line(among, ShowHistory(Target(scope=among.other)), zone)]
    if not days:
        first = f"Nothing is known of the delay of {who} in this time."
        return message("\n".join([first, *chosen]), sections([first, *chosen]))
    first = f"Delay of {who}, day by day"
    rows = [[cell(title) for title in ("Day", "Usual", "Worst", "at", "Trend")]]
    lines = []
    longest = None if history.worst is None else history.worst.delay
    for part in days:
        rows.append(_row(part, longest, zone))
        lines.append(_line(part, zone))
    small = [_normal(limits), f"Days and times in {zone_words(zone, history.until)}"]
    if len(days) < command.days:
        small.append("Days without a reading are left out")
    blocks: list[Block] = [
        *sections([f"*{first}*", *chosen]),
        section(_drift(days)),
        table(rows, right_aligned=(1, 2, 3)),
    ]
    blocks.append(context(" · ".join(part for part in small if part)))
    row = [Button("Chart", to_text(ShowChart(command.target, timedelta(days=min(command.days, MOST_DAYS)))))]
    if shareable:
        row.append(Button("Share", to_text(command), shared=True))
    return message("\n".join([first, *chosen, _drift(days), *lines]), blocks + actions(row))


def days_of(history: DelayHistory, zone: tzinfo) -> list[DelayHistory]:
    """Cut a history at the midnights of a zone, the newest day first, ``MOST_DAYS`` of them at most."""
    date = history.until.astimezone(zone).date()
    found: list[DelayHistory] = []
    end = history.until + timedelta(microseconds=1)
    while end > history.since and len(found) < MOST_DAYS:
        midnight = datetime.combine(date, time(), zone).astimezone(UTC)
        start = max(midnight, history.since)
        found.append(history.between(start, end))
        end = start
        date -= timedelta(days=1)
    return found


def _row(part: DelayHistory, longest: timedelta | None, zone: tzinfo) -> list[Block]:
    usual, worst, at = _figures(part, zone)
    return [
        cell(day(part.since, zone)),
        cell(usual),
        cell(worst),
        cell(at),
        cell(history_sparkline(part, width=_WIDTH, limit=longest)),
    ]


def _line(part: DelayHistory, zone: tzinfo) -> str:
    usual, worst, at = _figures(part, zone)
    return f"{day(part.since, zone)}: usually {usual}, at worst {worst} at {at}"


def _figures(part: DelayHistory, zone: tzinfo) -> tuple[str, str, str]:
    worst, nothing = part.worst, timedelta(0)
    at = "" if worst is None else f"{worst.at.astimezone(zone):%H:%M}"
    longest = nothing if worst is None else worst.delay or nothing
    return duration(part.typical or nothing), duration(longest), at


def _drift(days: list[DelayHistory]) -> str:
    """Say whether it gets slower from day to day, by what is usual in the later and the earlier half."""
    half = len(days) // 2
    if not half:
        return "One day alone shows no trend."
    later, earlier = (_usual(part) for part in (days[:half], days[-half:]))
    if later > earlier * _SLOWER and later - earlier > timedelta(seconds=10):
        return f"It gets slower: usually {duration(later)} behind of late, {duration(earlier)} before."
    if earlier > later * _SLOWER and earlier - later > timedelta(seconds=10):
        return f"It gets faster: usually {duration(later)} behind of late, {duration(earlier)} before."
    return f"It stays about the same: usually {duration(later)} behind."


def _usual(days: list[DelayHistory]) -> timedelta:
    typical = sorted(one.typical for one in days if one.typical is not None)
    return typical[len(typical) // 2]


def _normal(limits: DelayLimits) -> str:
    parts = [] if limits.normal is None else [f"normally up to {up_to(limits.normal)}"]
    parts += [] if limits.warning is None else [f"warning at {duration(limits.warning)}"]
    parts += [] if limits.critical is None else [f"critical at {duration(limits.critical)}"]
    said = ", ".join(parts)
    return said[:1].upper() + said[1:]
