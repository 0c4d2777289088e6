"""How the file writes days of the week, times of the day and moments."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from bot.domain.weekday import EVERY_DAY, Weekday
from bot.settings.selecting import items_of

_FULL = {
    "monday": Weekday.MONDAY,
    "tuesday": Weekday.TUESDAY,
    "wednesday": Weekday.WEDNESDAY,
    "thursday": Weekday.THURSDAY,
    "friday": Weekday.FRIDAY,
    "saturday": Weekday.SATURDAY,
    "sunday": Weekday.SUNDAY,
}
_TOGETHER = {"daily": EVERY_DAY, "weekdays": EVERY_DAY[:5], "weekend": EVERY_DAY[5:]}
_DAYS_HINT = "write for example mon-fri, or [sat, sun], or daily"
_AT_HINT = 'write for example "09:00"'
_MOMENT_HINT = 'write for example "2027-03-28 22:00"'
_YEARS = range(2000, 2201)


def _day(word: str) -> Weekday:
    """Read one day: at least its first three letters."""
    for name, day in _FULL.items():
        if len(word) >= len(day) and name.startswith(word):
            return day
    raise ValueError(f"has a word that is no day: {_DAYS_HINT}")


def _days_of(word: str) -> Iterator[Weekday]:
    if word in _TOGETHER:
        yield from _TOGETHER[word]
        return
    first, dash, last = (part.strip() for part in word.partition("-"))
    begin = EVERY_DAY.index(_day(first))
    end = EVERY_DAY.index(_day(last)) if dash else begin
    for step in range((end - begin) % len(EVERY_DAY) + 1):
        yield EVERY_DAY[(begin + step) % len(EVERY_DAY)]


def _days(value: object) -> tuple[Weekday, ...]:
    words = [word.lower() for word in items_of(value, "[sat, sun]")]
    meant = {day for word in words for day in _days_of(word)}
    return tuple(day for day in EVERY_DAY if day in meant)


def _time_of_day(value: object) -> time:
    if isinstance(value, time):
        return value
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"is no time of day: {_AT_HINT}")
    return time(int(found[1]), int(found[2]))


def _moment(value: object) -> datetime:
    """Read a moment; without an offset it is one of the zone that goes with it."""
    if isinstance(value, datetime):
        return value
    try:
        moment = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.year not in _YEARS or _is_a_day(value):
        raise ValueError(f"is no moment: {_MOMENT_HINT}")
    return moment


def _is_a_day(value: object) -> bool:
    """Whether only a day was written: nobody can tell whether its begin or its end is meant."""
    try:
        date.fromisoformat(str(value).strip())
    except ValueError:
        return False
    return True


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """Give a moment in UTC; one without an offset is the zone's. Of a time shown twice the first counts."""
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)


def told(moment: datetime) -> str:
    """Write a moment as the file does: ``2027-03-28 22:00``, with its offset where it has one."""
    exact = moment.second or moment.microsecond
    return moment.isoformat(sep=" ", timespec="auto" if exact else "minutes")


_DAY_WORDS = {"type": "string", "examples": ["mon", "mon-fri", "daily"]}
Days = Annotated[
    tuple[Weekday, ...],
    BeforeValidator(_days),
    PlainSerializer(list, return_type=list[str]),
    WithJsonSchema({"anyOf": [{"type": "array", "items": _DAY_WORDS}, _DAY_WORDS]}),
]
"""Days of the week, each once and in their order: ``mon-fri``, ``[sat, sun]``, ``daily``."""

TimeOfDay = Annotated[
    time,
    BeforeValidator(_time_of_day),
    PlainSerializer(lambda at: f"{at:%H:%M}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}$", "examples": ["09:00"]}),
]

Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    PlainSerializer(told, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["2027-03-28 22:00", "2027-03-28T20:00Z"]}),
]

WEEK = timedelta(days=7)
