"""Lengths and moments to come, as people write them, each with one meaning.

A time of day or a weekday is its next occurrence; a day alone is its first moment, ``midnight`` and ``end of
day`` the last. A wall time that the clocks skip is as much later as they skip; of one that comes twice the
first counts, or the second where the first is over. dateutil reads days and clocks; what it would guess at
is kept from it.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from bot.commands.values import length, shown
from bot.commands.words import as_said
from bot.errors import UserMistake

LONGEST = timedelta(days=366)
"""How long anything lasts at most, and how far ahead it begins."""
MOST_WORDS = 8
"""So many words make a time at most."""

_LONGEST_TEXT = 60
_UNIT = r"(?:seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w)"
_PART = rf"\d+(?:\.\d+)?\s?{_UNIT}"
_LENGTH = re.compile(rf"{_PART}(?:(?:\s?,\s?(?:and\s)?|\sand\s|\s)?{_PART})*")
_BETWEEN = re.compile(r"\s?,\s?(?:and\s)?|\sand\s")
_HALF_SAID = re.compile(r"(\d+)h([0-5]?\d)")
_ONE = re.compile(rf"(?:an?|one) ({_UNIT})")
_VAGUE = re.compile(r"\d+(?:\.\d+)?\s?(?:mo|mons?|mths?|months?|y|yrs?|years?)|an? (?:month|year)")

_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_SHORT_DAYS = "mon|tues?|wed|thurs?|thu|fri|sat|sun"
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
)
_CLOCK = (
    r"(?:(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:\s?[ap]\.?m\.?)?|24:00|(?:1[0-2]|0?[1-9])\s?[ap]\.?m\.?"
    r"|noon|midnight|(?:the )?end of (?:the )?day|eod)"
)
_HOUR = r"(?:[01]?\d|2[0-3])"
_DATE = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_FAR_DATE = (
    rf"\d{{1,2}}\.\d{{1,2}}\.\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{_MONTHS})\.?(?: \d{{4}})?"
    rf"|(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?"
)


def _patterns(days: str, alone: str) -> tuple[re.Pattern[str], ...]:
    """Make the ways to write a moment of these days; those in ``alone`` need no time of day."""
    day = rf"(?:on |this )?(?P<day>{days})"
    return (
        re.compile(rf"(?:at )?(?P<clock>{_CLOCK})"),
        re.compile(rf"(?:on |this )?(?P<day>{alone})"),
        re.compile(rf"{day}(?:,? (?:at )?| ?t)(?P<clock>{_CLOCK}|{_HOUR})"),
        re.compile(rf"(?:at )?(?P<clock>{_CLOCK}),? {day}"),
    )


_CERTAIN = _patterns(rf"today|tonight|tomorrow|{_WEEKDAYS}|{_DATE}", rf"tomorrow|{_WEEKDAYS}|{_DATE}")
"""What is a moment wherever it stands."""
_LIKELY = (
    *_patterns(
        rf"today|tonight|tomorrow|{_WEEKDAYS}|{_SHORT_DAYS}|{_DATE}|{_FAR_DATE}",
        rf"tomorrow|{_WEEKDAYS}|{_SHORT_DAYS}|{_DATE}|{_FAR_DATE}",
    ),
    re.compile(rf"(?:at )?(?P<clock>{_HOUR})"),
)
"""What is a moment where one has to be."""

_EXACT = re.compile(
    r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?P<zone>z|[+-]\d\d:?\d\d)?", re.IGNORECASE
)
_END_OF_DAY = re.compile(r"24:00|midnight|(?:the )?end of (?:the )?day|eod")
_DAY_OF_A_YEAR = re.compile(r"(?!to)(?!.*\d{4}).*[a-z].*")
_NAMES_OF_DAYS = re.compile(rf"{_WEEKDAYS}|{_SHORT_DAYS}")
_WORDS_OF_TIME = frozenset(
    f"{_WEEKDAYS}|{_SHORT_DAYS}|{_MONTHS}|today|tonight|tomorrow|noon|midnight|end|eod|at|on|this|the|a|an|one"
    "|half|tue|tues|thur|thurs|sep|sept".split("|")
)


def begins_a_time(word: str) -> bool:
    """Whether a word is one that times are written with, be it the whole of one or not."""
    folded = as_said(word)
    return folded in _WORDS_OF_TIME or folded[:1].isdigit()


def span(text: str) -> timedelta | None:
    """Read a length to come: ``2h30m``, ``90 min``, ``2 hours and 30 minutes``; None where it is none.

    Raises UserMistake for one that has no fixed length, is none at all, or is too long.
    """
    folded = " ".join(as_said(text).split())
    if len(folded) > _LONGEST_TEXT or not folded.isascii():
        return None
    if _VAGUE.fullmatch(folded):
        raise UserMistake(f"{shown(text)} has no fixed length. Write days or weeks: 30d or 6w.")
    if folded == "half an hour":
        folded = "30m"
    folded = _HALF_SAID.sub(r"\1h\2m", folded) if _HALF_SAID.fullmatch(folded) else folded
    folded = _ONE.sub(r"1 \1", folded) if _ONE.fullmatch(folded) else folded
    if not _LENGTH.fullmatch(folded):
        return None
    found = length(_BETWEEN.sub(" ", folded))
    if not found:
        raise UserMistake(f"{shown(text)} is no time at all. Write 45m, 2h30m or 1d.")
    if found > LONGEST:
        raise too_far(text)
    return found


def moment_to_come(text: str, after: datetime, zone: tzinfo, *, expected: bool = False) -> datetime | None:
    """Read a moment after another, in a zone; None where it is none. Aware UTC.

    Where a moment is ``expected``, ``9``, ``sat`` and ``25 nov`` are moments too. Raises UserMistake for one
    that is over, or too far ahead.
    """
    folded = " ".join(as_said(text).split())
    if len(folded) > _LONGEST_TEXT or not folded.isascii():
        return None
    try:
        found = _read(folded, after, zone, expected=expected)
        if found is not None and found - after > LONGEST:
            raise too_far(text)
    except (ValueError, OverflowError):
        return None
    if found is not None and found <= after:
        raise UserMistake(f"{shown(text)} is over. Write a time to come: 2h, 18:00 or tomorrow 9:00.")
    return found


def too_far(text: str) -> UserMistake:
    """Say that a time is too far away."""
    return UserMistake(f"{shown(text)} is too long: a year at most.")


def _read(text: str, after: datetime, zone: tzinfo, *, expected: bool) -> datetime | None:
    if exact := _EXACT.fullmatch(text):
        found = datetime.fromisoformat(text.upper())
        return found.astimezone(UTC) if exact["zone"] else _instant(found, zone, after)
    for pattern in _LIKELY if expected else _CERTAIN:
        if match := pattern.fullmatch(text):
            found_in = match.groupdict()
            return _next(found_in.get("day") or "", found_in.get("clock") or "", after, zone)
    return None


def _next(day: str, clock: str, after: datetime, zone: tzinfo) -> datetime | None:
    """Find the next moment that is such a day and such a time of day, either of them maybe empty."""
    local = after.astimezone(zone).replace(tzinfo=None)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if day == "tomorrow":
        midnight += timedelta(days=1)
    wall = _wall(day if day not in ("today", "tonight", "tomorrow") else "", clock, midnight)
    found = _instant(wall, zone, after)
    if found > after:
        return found
    if not day:
        return _instant(wall + timedelta(days=1), zone, after)
    if _NAMES_OF_DAYS.fullmatch(day):
        return _instant(wall + timedelta(days=7), zone, after)
    if _DAY_OF_A_YEAR.fullmatch(day):
        return _instant(wall.replace(year=wall.year + 1), zone, after)
    return found


def _wall(day: str, clock: str, midnight: datetime) -> datetime:
    """Give the wall time that a day and a time of day mean, on the day of ``midnight`` where none is said."""
    from dateutil import parser

    ends_the_day = _END_OF_DAY.fullmatch(clock) is not None
    time = "12:00" if clock == "noon" else "" if ends_the_day else clock.replace(".", "")
    time = f"{time}:00" if time.isdigit() else time
    written = f"{day.replace(' of ', ' ').replace(',', '')} {time}".strip()
    wall: datetime = midnight
    if written:
        wall = parser.parse(written, default=midnight, dayfirst="." in day)
    return wall + timedelta(days=1) if ends_the_day else wall


def _instant(wall: datetime, zone: tzinfo, after: datetime) -> datetime:
    """Give the instant of a wall time: of two the first, or the second where the first is over."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first > after:
        return first
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return max(first, second)
