"""The verbs that look back: the delay as a picture and by days, what happened, and its summaries."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.commands import filters
from bot.commands.acts import Target
from bot.commands.filters import WHOM, Arguments
from bot.commands.forms import DEFAULT_DAYS, ShowChart, ShowDigest, ShowHistory, ShowTimeline, WriteReport
from bot.commands.spoken import TARGET, THIS_ONE_SAID, Spoken, target_reader, target_words, write_target
from bot.commands.times import span
from bot.commands.values import length_text, shown, whole_number
from bot.commands.verb import Example, Verb
from bot.errors import UserMistake

_DAY = timedelta(days=1)
_MOST_DAYS = 366
_SPAN_BEGINS = ("last", "past", "for", "the")


def _read_chart(arguments: Arguments) -> ShowChart:
    spoken = Spoken(arguments, arguments.known)
    target, length = _target_and_span(spoken)
    spoken.finish()
    window = filters.the_window(Arguments(arguments.now, arguments.zone, words=spoken.filters))
    if length is not None and window is not None:
        raise UserMistake("A length and since:, from: or to: both say what to draw. Leave one of them out.")
    return ShowChart(target, length, window)


def _target_and_span(spoken: Spoken) -> tuple[Target, timedelta | None]:
    """Take what is meant and a length of the past, in either order, and the filters around them."""
    spoken.take_filters()
    length = _take_span(spoken)
    spoken.take_filters()
    number, name = spoken.take_target()
    spoken.take_filters()
    if length is None:
        length = _take_span(spoken)
        spoken.take_filters()
    return spoken.target(number, name), length


def _take_span(spoken: Spoken) -> timedelta | None:
    """Take a length, as in ``24h`` or ``last 7 days``; None where none comes next."""
    ahead = 0
    while spoken.says(*_SPAN_BEGINS, ahead=ahead):
        ahead += 1
    for phrase, count in spoken.phrases(ahead):
        if (found := span(phrase)) is not None:
            spoken.take(ahead + count)
            return found
    return None


def _write_chart(command: ShowChart) -> Sequence[str]:
    length = [] if command.span is None else [length_text(command.span)]
    return [*target_words(command.target), *length, *filters.window_words(command.window)]


def _read_history(arguments: Arguments) -> ShowHistory:
    spoken = Spoken(arguments, arguments.known)
    target, length = _target_and_span(spoken)
    days = DEFAULT_DAYS
    if length is not None:
        days, rest = divmod(length, _DAY)
        if rest:
            raise UserMistake("The history is told by whole days. Write history pay 14d.")
    elif spoken.left:
        days = whole_number(spoken.left[0].value, "a number of days")
        spoken.take()
    spoken.finish()
    if days > _MOST_DAYS:
        raise UserMistake(f"{shown(f'{days} days')} is too long: a year at most.")
    return ShowHistory(target, days)


def _write_history(command: ShowHistory) -> Sequence[str]:
    days = [] if command.days == DEFAULT_DAYS else [f"{command.days}d"]
    return [*target_words(command.target), *days]


def _read_digest(arguments: Arguments) -> ShowDigest:
    return ShowDigest(filters.the_scope(arguments), filters.the_since(arguments))


def _write_digest(command: ShowDigest) -> Sequence[str]:
    since = [] if command.since is None else [filters.since_word(command.since)]
    return [*filters.scope_words(command.scope), *since]


BEFORE: tuple[Verb[Any], ...] = (
    Verb(
        name="chart",
        summary="The delay as a picture",
        arguments=f"{TARGET} [length, or since: from: to:]",
        details=(
            "Minutes behind, with the limits, what happened when, and what was silenced.",
            THIS_ONE_SAID,
        ),
        examples=(
            Example("chart 24h", "this one over the last 24 hours, in its thread"),
            Example("chart pay/orders 7d", "the tenant orders of pay over the last week"),
            Example("chart 42", "the task of incident 42"),
            Example("chart pay from:14:00 to:15:00", "an hour of the day"),
        ),
        form=ShowChart,
        read=_read_chart,
        write=_write_chart,
        filters=(*WHOM, "since", "from", "to"),
        free=True,
    ),
    Verb(
        name="history",
        summary="The delay day by day",
        arguments=f"{TARGET} [days]",
        details=(f"{DEFAULT_DAYS} days, unless you say how many.", THIS_ONE_SAID),
        examples=(
            Example("history", "this one, in its thread"),
            Example("history pay/orders 14d", "the tenant orders of pay over two weeks"),
        ),
        form=ShowHistory,
        read=_read_history,
        write=_write_history,
        filters=WHOM,
        free=True,
    ),
    Verb(
        name="timeline",
        summary="Everything that happened, with times",
        arguments=TARGET,
        details=(THIS_ONE_SAID,),
        examples=(
            Example("timeline", "of this one, in its thread"),
            Example("timeline 42", "of incident 42, or of group 42"),
        ),
        form=ShowTimeline,
        read=target_reader(ShowTimeline),
        write=write_target,
        filters=WHOM,
        free=True,
    ),
    Verb(
        name="report",
        summary="What happened, as the draft of a report",
        arguments=TARGET,
        details=("A file in Markdown: what, when, who, how bad, and what cannot be restored.", THIS_ONE_SAID),
        examples=(
            Example("report", "about this one, in its thread"),
            Example("report 42", "about incident 42, or group 42"),
        ),
        form=WriteReport,
        read=target_reader(WriteReport),
        write=write_target,
        filters=WHOM,
        free=True,
    ),
    Verb(
        name="digest",
        summary="What is open and what happened lately, in one message",
        arguments="[name] [since:]",
        details=(
            "With what is silenced, the longest delays, what gets slowly worse, and how the bot itself is.",
        ),
        examples=(
            Example("digest", "of everything"),
            Example("digest pay since:1d", "of pay, over the last day"),
        ),
        form=ShowDigest,
        read=_read_digest,
        write=_write_digest,
        takes="name",
        filters=(*WHOM, "since"),
    ),
)
