"""When something begins and ends: at a moment, after a length, or when it is over."""

import re
from datetime import datetime

from bot.commands.acts import Ends, EndsAt, EndsWhenResolved
from bot.commands.spoken import Spoken
from bot.commands.times import moment_to_come, span
from bot.commands.values import moment_text, shown
from bot.errors import UserMistake

_UNTIL = ("until", "till", "til")
_RESOLVED = frozenset(
    f"{who}{what}"
    for who in ("", "it ", "it's ", "it is ")
    for what in ("resolved", "resolves", "over", "recovered", "recovers", "fixed")
)
_FOR_EVER = ("forever", "indefinitely")
_FROM_NOW = re.compile("today|tonight|tomorrow")
_PARTS_OF_DAY = ("morning", "afternoon", "evening", "night")
_WAYS = "Write 2h, until 18:00, until tomorrow 9:00, until monday, until 2026-01-31 14:00 or until resolved."


def take_end(spoken: Spoken, after: datetime) -> Ends | None:
    """Take the words that say when it ends, counted from ``after``; None where none come next.

    Raises UserMistake for ``until`` with something that is no moment, and for a time that cannot be.
    """
    if spoken.says(*_FOR_EVER) or (spoken.says("for") and spoken.says("ever", ahead=1)):
        raise UserMistake("A silence ends some day. Write until resolved, or a length: 30d.")
    if spoken.says(*_UNTIL):
        return _take_until(spoken, after)
    ahead = 1 if spoken.says("for") else 0
    for phrase, count in spoken.phrases(ahead):
        found = _after(phrase, after)
        if found is None and not ahead:
            found = _at(phrase, after, spoken, expected=False)
        if found is not None:
            spoken.take(ahead + count)
            return found
    return None


def _take_until(spoken: Spoken, after: datetime) -> Ends:
    for phrase, count in spoken.phrases(1):
        if (found := _until(phrase, after, spoken)) is not None:
            spoken.take(1 + count)
            _check_part_of_day(spoken, phrase)
            return found
    word = spoken.left[1].raw if len(spoken.left) > 1 else spoken.left[0].raw
    raise UserMistake(f"{shown(word)} is not a time to come. {_WAYS}")


def _check_part_of_day(spoken: Spoken, phrase: str) -> None:
    """Refuse ``until monday morning``: nobody can say when that is."""
    if spoken.says(*_PARTS_OF_DAY):
        raise UserMistake(f"{shown(f'{phrase} {spoken.said()}')} has no hour. Write until {phrase} 9:00.")


def take_end_filter(spoken: Spoken, after: datetime) -> Ends:
    """Take ``to:`` or ``until:`` and as many words as its time has."""
    for phrase, count in spoken.value_phrases():
        if (found := _until(phrase, after, spoken)) is not None:
            spoken.take(count)
            return found
    raise UserMistake(f"{shown(spoken.left[0].value)} is not a time to come. {_WAYS}")


def take_start(spoken: Spoken) -> datetime | None:
    """Take ``from`` and the moment behind it; None where none follows, which after a colon is a mistake."""
    arguments, word = spoken.arguments, spoken.left[0]
    ahead = 0 if word.key else 1
    for phrase, count in spoken.phrases(1) if ahead else spoken.value_phrases():
        found = arguments.now
        if phrase != "now":
            later = moment_to_come(phrase, arguments.now, arguments.zone, expected=True)
            if later is None:
                continue
            found = later
        spoken.take(ahead + count)
        return found
    if word.key is None:
        return None
    raise UserMistake(
        f"{shown(word.value)} is not a time to come. "
        "Write from:22:00, from:tomorrow 9:00 or from:2026-01-31 14:00."
    )


def time_at_the_end(spoken: Spoken) -> int:
    """Count the words at the end that say how long, or until when, behind others; 0 where there are none."""
    words, after = spoken.left, spoken.arguments.now
    for place in range(max(1, len(words) - 8), len(words)):
        tail = Spoken(spoken.arguments, ())
        tail.take(spoken.at + place)
        if (
            not tail.says(*_UNTIL, "for")
            and _after(tail.phrases()[0][0] if tail.phrases() else "", after) is None
        ):
            continue
        try:
            found = take_end(tail, after)
        except UserMistake:
            continue
        if found is not None and not tail.left:
            return len(words) - place
    return 0


def _after(phrase: str, after: datetime) -> Ends | None:
    found = span(phrase)
    return None if found is None else EndsAt(after + found)


def _at(phrase: str, after: datetime, spoken: Spoken, *, expected: bool) -> Ends | None:
    """Read a moment after another one. ``tomorrow`` is counted from now, whatever was said before."""
    now, zone = spoken.arguments.now, spoken.arguments.zone
    try:
        base = now if _FROM_NOW.search(phrase) else after
        found = moment_to_come(phrase, base, zone, expected=expected)
    except UserMistake:
        if after > now:
            found = moment_to_come(phrase, now, zone, expected=expected)
        else:
            raise
    if found is not None and found <= after:
        raise UserMistake(f"{shown(phrase)} is before it begins. Write a later end, or a length: 2h.")
    return None if found is None else EndsAt(found)


def _until(phrase: str, after: datetime, spoken: Spoken) -> Ends | None:
    if phrase in _RESOLVED:
        return EndsWhenResolved()
    return _at(phrase, after, spoken, expected=True)


def end_words(ends: Ends) -> list[str]:
    """Write when something ends."""
    match ends:
        case EndsAt():
            return ["until", moment_text(ends.at)]
        case EndsWhenResolved():
            return ["until", "resolved"]
        case _:
            return []
