"""The verb that makes a silence. What is said stands in this order: target, filters, time, reason."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.commands import filters
from bot.commands.acts import (
    DefaultEnd,
    Ends,
    Silence,
    SilenceDialog,
    SilenceFilter,
)
from bot.commands.ends import end_words, take_end, take_end_filter, take_start, time_at_the_end
from bot.commands.filters import WHOM, Arguments
from bot.commands.free_text import heard, text_word
from bot.commands.spoken import ASK, EVERYTHING, TARGET, Spoken, target_words
from bot.commands.values import moment_text, shown
from bot.commands.verb import ON_A_MESSAGE, Example, Verb
from bot.commands.words import filter_text, joined, quoted
from bot.domain.incident import IncidentNumber
from bot.domain.permission import Permission
from bot.errors import UserMistake


@dataclass(slots=True)
class _Front:
    """What was said of a silence before the reason, so far."""

    number: IncidentNumber | None = None
    name: str | None = None
    starts: datetime | None = None
    ends: Ends = field(default_factory=DefaultEnd)

    @property
    def has_target(self) -> bool:
        """Whether a number or a name was said."""
        return self.number is not None or self.name is not None

    @property
    def has_end(self) -> bool:
        """Whether it was said how long."""
        return not isinstance(self.ends, DefaultEnd)


_LIKE_A_LENGTH = re.compile(r"(\d{1,4})(?!(?:st|nd|rd|th)\b)[a-z]{1,8}", re.ASCII | re.IGNORECASE)
"""A number with letters behind it, but for "3rd": it would silently become the reason."""


def _read_silence(arguments: Arguments) -> Silence | SilenceDialog:
    spoken, front = Spoken(arguments, arguments.known, prose=True), _Front()
    while spoken.left and _take_one(spoken, front):
        pass
    target = spoken.target(front.number, front.name)
    only = _silence_filter(spoken)
    if spoken.says(ASK) and spoken.is_last() and not front.has_end and front.starts is None:
        return SilenceDialog(target, only)
    if spoken.left and spoken.left[0].key == "reason":
        reason = heard(spoken.rest(spoken.left[0]))
    else:
        _check_reason(spoken, front)
        reason = heard(spoken.rest())
    return Silence(target, only, front.ends, front.starts, reason)


def _silence_filter(spoken: Spoken) -> SilenceFilter:
    said = Arguments(spoken.arguments.now, spoken.arguments.zone, words=spoken.filters)
    return SilenceFilter(filters.the_problems(said), filters.the_severities(said))


def _take_one(spoken: Spoken, front: _Front) -> bool:
    """Take whatever comes next; False where the reason begins."""
    key = spoken.filter_ahead()
    if key is not None:
        return key != "reason" and _take_filter(spoken, front, key)
    if front.has_end:
        return False
    ends = take_end(spoken, front.starts or spoken.arguments.now)
    if ends is not None:
        front.ends = ends
        return False
    if spoken.says("from") and front.starts is None:
        return _take_start(spoken, front)
    if not front.has_target:
        _check_all(spoken)
    if front.has_target or not _is_target(spoken):
        return False
    front.number, front.name = spoken.take_target()
    return True


def _check_all(spoken: Spoken) -> None:
    """Refuse the plain word for everything, where it is no name: it would be looked for, or be the reason."""
    word = spoken.left[0]
    if (
        spoken.says(*EVERYTHING)
        and not word.quoted
        and not spoken.is_a_name()
        and _is_followed(spoken.behind(1))
    ):
        said = [one.raw for one in spoken.arguments.said]
        meant = joined([spoken.arguments.verb, *said[: spoken.at], "*", *said[spoken.at + 1 :]])
        raise UserMistake(f"{shown(word.raw)} is no name here: * means all that is watched.", (meant,))


def _take_filter(spoken: Spoken, front: _Front, key: str) -> bool:
    word = spoken.left[0]
    if key == "from":
        if front.starts is not None or front.has_end:
            raise UserMistake("from: is there once, before the end. Leave one out, or swap them.")
        return _take_start(spoken, front)
    if key in ("to", "until"):
        if front.has_end:
            raise UserMistake(f"{shown(word.raw)} is a second end. Leave one of them out.")
        front.ends = take_end_filter(spoken, front.starts or spoken.arguments.now)
        return True
    spoken.filters.setdefault(key, []).append(word)
    spoken.take()
    return True


def _take_start(spoken: Spoken, front: _Front) -> bool:
    starts = take_start(spoken)
    if starts is None:
        return False
    front.starts = None if starts == spoken.arguments.now else starts
    return True


def _is_target(spoken: Spoken) -> bool:
    """Whether the next word says what is muted, and is not the first of the reason."""
    in_thread, numbered = spoken.arguments.in_thread, spoken.number_ahead()
    if numbered is not None:
        behind = spoken.behind(numbered[1])
        return numbered[2] or not in_thread or (bool(behind.left) and _is_followed(behind))
    if spoken.left[0].key is not None or (spoken.says(ASK) and spoken.is_last()):
        return False
    if spoken.looks_like_a_name():
        return True
    if spoken.is_last():
        return not in_thread or spoken.is_a_name()
    return _is_followed(spoken.behind(1)) or (not in_thread and spoken.is_a_name())


def _is_followed(spoken: Spoken) -> bool:
    """Whether nothing comes next, or what only follows a target: a time, a filter, the word for a dialog."""
    if not spoken.left or (spoken.says(ASK) and spoken.is_last()) or spoken.filter_ahead() is not None:
        return True
    if spoken.says("from"):
        return take_start(spoken) is not None
    return take_end(spoken, spoken.arguments.now) is not None


def _check_reason(spoken: Spoken, front: _Front) -> None:
    """Refuse a reason that begins with what belongs before it, or ends with the time that comes first."""
    if not spoken.left:
        return
    verb, place = spoken.arguments.verb, spoken.at
    words = [word.raw for word in spoken.arguments.said]
    as_reason = joined([verb, *words[:place], f"reason:{joined(words[place:])}"])
    first = shown(words[place])
    if not front.has_end:
        _check_unit(spoken, words[:place], as_reason)
        count = time_at_the_end(spoken)
        if count:
            end = len(words) - count
            moved = joined([verb, *words[:place], *words[end:], *words[place:end]])
            raise UserMistake("The time comes before the reason.", (moved, as_reason))
    elif spoken.filter_ahead() is not None:
        moved = joined([verb, words[place], *words[:place], *words[place + 1 :]])
        raise UserMistake(f"{first} is a filter: it comes before the time.", (moved, as_reason))
    elif not spoken.says(ASK) and _is_a_time(spoken, as_reason):
        raise UserMistake(f"{first} begins a second time. Say one, and then the reason.", (as_reason,))


def _is_a_time(spoken: Spoken, as_reason: str) -> bool:
    """Whether a time comes next; a mistake in one may be the reason, and can be said so."""
    try:
        return _is_followed(spoken.behind(0))
    except UserMistake as mistake:
        raise UserMistake(mistake.sentence, (as_reason,)) from mistake


def _check_unit(spoken: Spoken, before: Sequence[str], as_reason: str) -> None:
    """Refuse a number alone where a length is to be, 30 of what, and what looks like a length and is none."""
    ahead = 1 if spoken.says("for") else 0
    number = spoken.said(ahead)
    if spoken.is_last(ahead) and number.isdecimal():
        meant = tuple(joined([spoken.arguments.verb, *before, f"{number}{unit}"]) for unit in "mh")
        raise UserMistake(f"{number} minutes or hours? Write {number}m or {number}h.", meant)
    like = _LIKE_A_LENGTH.fullmatch(number)
    if like is not None:
        meant = (joined([spoken.arguments.verb, *before, f"{like[1]}m"]), as_reason)
        raise UserMistake(f"{shown(number)} is no length of time. Write 45m, 2h30m or 1d.", meant)


def _write_silence(command: Silence | SilenceDialog) -> Sequence[str]:
    words = target_words(command.target)
    words += filters.problem_words(command.only.problems) + filters.severity_words(command.only.severities)
    if isinstance(command, SilenceDialog):
        return [*words, ASK]
    if command.starts is not None:
        words.append(filter_text("from", moment_text(command.starts)))
    words += end_words(command.ends)
    if command.reason:
        words.append(f"reason:{text_word(command.reason)}")
    scope, number = command.target.scope, command.target.number
    if len(words) == 1 and scope is not None and scope.name is not None:
        return [quoted(scope.name)]
    return [f"#{number}"] if len(words) == 1 and number is not None else words


SILENCE: Verb[Any] = Verb(
    name="silence",
    summary="Keep something quiet for a while",
    arguments=f"{TARGET} [filters] [time] [reason]",
    details=(
        (
            "Nothing of it is told meanwhile, even if it gets worse; lists still show it. With problem: or "
            "severity: what turns into something else is told."
        ),
        "First what, then how long, then why.",
        (
            "What: a number is an incident's or a group's, a name is a cluster or a tenant, * is everything. "
            "In the thread of an incident it is that one, unless you say another."
        ),
        (
            "How long: a length (45m, 2h30m, 1d), or until and a moment (until 18:00, until monday, until "
            "tomorrow 9, until 2026-01-31 14:00), or until resolved. A day alone is its beginning. Without "
            "a time it lasts as long as is usual here. from: lets it begin later."
        ),
        (
            "Times are in your own zone. One that the clocks skip is as much later; of one that comes twice "
            "the first counts."
        ),
        (
            "Why: all that stands behind the time. Without a time, reason: says where the reason begins. In "
            "a thread, plain words are the reason; what you mean has # in front, / or * in it, or quotes."
        ),
        f"With {ASK} at the end, a dialog asks for how long and why.",
    ),
    examples=(
        Example("silence 2h storage team is on it", "this one, in its thread, for two hours"),
        Example("silence 42 45m", "incident or group 42 for 45 minutes"),
        Example("silence pay/* 2h30m disk swap", "all tenants of pay"),
        Example("silence pay until monday", "pay, until monday begins"),
        Example("silence 42 until resolved", "incident 42 until it is over"),
        Example("silence cluster:pay problem:lagging 1d planned load", "only what lags there"),
        Example("silence pay from:22:00 2h planned work", "pay, from 22:00 to midnight"),
    ),
    form=Silence,
    read=_read_silence,
    write=_write_silence,
    filters=(*WHOM, "problem", "severity", "from", "to", "until", "reason"),
    doors=ON_A_MESSAGE,
    needs=Permission.SILENCE,
    changes=True,
    free=True,
    other_forms=(SilenceDialog,),
    synonyms=("mute", "snooze"),
)
