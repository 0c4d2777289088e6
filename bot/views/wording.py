"""How lengths, moments, numbers and reasons are said, in the same words everywhere."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import assert_never

from bot.domain.evidence import (
    BehindLimit,
    CatchingUp,
    Evidence,
    Grows,
    NewRhythm,
    NoTasks,
    NotListed,
    NotRead,
    NotWatched,
    PausedFor,
    StatusBroken,
    StoodStill,
    StuckIn,
    Unclear,
    Well,
)
from bot.domain.instants import shifted
from bot.domain.status import read_status
from bot.domain.task import UNNAMED_SOURCE
from bot.views.blocks import escape, literal
from bot.views.outcome import becomes
from bot.views.refused_login import TRIED, is_refused_login

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_SECONDS_MATTER = timedelta(minutes=10)
_HOURS_MATTER = timedelta(days=14)
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_DROPPED = frozenset(
    "\u200b\u200e\u200f\u2060\ufeff\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
NAME_LENGTH = 60
ERROR_LENGTH = 500


def duration(span: timedelta) -> str:
    """Say a length of time, never rounded up: ``58 s``, ``1 min 40 s``, ``26 min``, ``2 h 10 min``."""
    span = max(span, timedelta(0))
    seconds = int(span / timedelta(seconds=1))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if span < _MINUTE:
        return f"{seconds} s"
    if span < _SECONDS_MATTER:
        return _two(minutes, "min", seconds % 60, "s")
    if span < _HOUR:
        return f"{minutes} min"
    if span < _DAY:
        return _two(hours, "h", minutes % 60, "min")
    if span < _HOURS_MATTER:
        return _two(days, "d", hours % 24, "h")
    return f"{days:,} d"


def up_to(span: timedelta) -> str:
    """Say a length of time that something stays under, never rounded down: ``2 min``, ``26 min``."""
    unit = _MINUTE if span >= _SECONDS_MATTER else timedelta(seconds=1)
    return duration(-(-span // unit) * unit)


def _two(large: int, unit: str, small: int, small_unit: str) -> str:
    return f"{large} {unit} {small} {small_unit}" if small else f"{large} {unit}"


def lasting(span: timedelta) -> str:
    """Say for how long something has lasted, with its comma: ``, for 26 min``; nothing of what just began."""
    return f", for {duration(span)}" if span >= timedelta(seconds=1) else ""


def took(span: timedelta) -> str:
    """Say how long a request took, where tenths of a second matter: ``0.4 s``."""
    return f"{max(span, timedelta(0)) / timedelta(seconds=1):.1f} s" if span < _MINUTE else duration(span)


def ago(instant: datetime, now: datetime) -> str:
    """Say how long ago something was: ``12 s ago``; what is not yet over is ``just now``."""
    span = now - instant
    return "just now" if span < timedelta(seconds=1) else f"{duration(span)} ago"


def plain_time(instant: datetime, zone: tzinfo = UTC) -> str:
    """Say a moment where Slack cannot show the reader's own zone, with the zone it is said in."""
    try:
        local = instant.astimezone(zone)
    except OverflowError:
        local = instant
    return f"{local.year:04}-{local:%m-%d %H:%M} {getattr(zone, 'key', None) or local.tzname()}"


def slack_time(instant: datetime, zone: tzinfo = UTC) -> str:
    """Say a moment in Slack, which shows each reader their own zone; already escaped."""
    fallback = escape(plain_time(instant, zone)).replace("|", " ")
    timestamp = int(instant.timestamp())
    if timestamp <= 0:
        return fallback
    return f"<!date^{timestamp}^{{date_short_pretty}} {{time}}|{fallback}>"


def count(number: int, one: str, many: str | None = None) -> str:
    """Say how many: ``1 task``, ``48 tasks``, ``10,000 tasks``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def clean(text: str, limit: int = NAME_LENGTH) -> str:
    """Make a foreign text fit for one line: no control or direction characters, at most ``limit`` long.

    What was cut ends in ``…``; a text that runs from right to left keeps to its own place.
    """
    kept = text[: limit * 4]
    if not (kept.isascii() and kept.isprintable()):
        kept = "".join(map(_printable, kept))
    line = " ".join(kept.split())
    if len(line) > limit or len(text) > limit * 4:
        line = line[: limit - 1].rstrip() + "…"
    if not line:
        return "(blank)"
    if not line.isascii() and any(unicodedata.bidirectional(one) in _RIGHT_TO_LEFT for one in line):
        return f"{_ISOLATE}{line}{_END_ISOLATE}"
    return line


def _printable(character: str) -> str:
    if character in _DROPPED:
        return ""
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cs" | "Co" | "Cn":
            return "\ufffd"
        case _:
            return character


def cut(text: str, limit: int) -> str:
    """Cut a long text to ``limit`` characters and say so."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()} … (the first {limit:,} of {len(text):,} characters)"


def ocp_name(source: str, limit: int = NAME_LENGTH) -> str:
    """Name a source in plain text: ``OCP prod``, and ``OCP`` alone where the settings give it no name."""
    return "OCP" if source == UNNAMED_SOURCE else f"OCP {clean(source, limit)}"


def name(text: str, limit: int = NAME_LENGTH) -> str:
    """Say a foreign name in Slack's markup: clean, short and taken as it stands."""
    return literal(clean(text, limit))


@dataclass(frozen=True, slots=True)
class Voice:
    """How a sentence says foreign text and moments: escaped for Slack, or plain for a terminal or a file.

    ``moment`` is for instants of OCP's clock, ``ours`` for those of our own.
    """

    foreign: Callable[[str], str]
    moment: Callable[[datetime], str]
    ours: Callable[[datetime], str]


def plain_voice(zone: tzinfo = UTC, offset: timedelta = timedelta(0)) -> Voice:
    """Speak plain text; ``offset`` puts OCP's instants into our clock."""
    return Voice(
        lambda text: clean(text, ERROR_LENGTH),
        lambda instant: plain_time(shifted(instant, offset), zone),
        lambda instant: plain_time(instant, zone),
    )


def slack_voice(zone: tzinfo = UTC, offset: timedelta = timedelta(0)) -> Voice:
    """Speak Slack's markup; ``offset`` puts OCP's instants into our clock."""
    return Voice(
        lambda text: name(text, ERROR_LENGTH),
        lambda instant: slack_time(shifted(instant, offset), zone),
        lambda instant: slack_time(instant, zone),
    )


PLAIN = plain_voice()


def because(  # noqa: C901, PLR0911, PLR0912 - one case for each kind of evidence
    evidence: Evidence, voice: Voice = PLAIN
) -> str:
    """Say what a finding rests on, in a sentence with its numbers."""
    match evidence:
        case StatusBroken():
            return _broken(evidence, voice)
        case StoodStill(stood, usual, delay, limit, limit_at):
            normal = "" if usual is None else f"; this task normally moves every {duration(usual)}"
            return f"The checkpoint has stood still for {duration(stood)}{normal}. " + _ahead(
                delay, limit, limit_at, voice
            )
        case Grows():
            return _growing(evidence, voice)
        case BehindLimit(delay, limit, learned):
            limits = f"It is {duration(delay)} behind; the limit is {duration(limit)}"
            return limits + (
                "." if learned else ", a wide one, for what is normal for this task is not known yet."
            )
        case CatchingUp(delay, left):
            rest = "." if left is None else f", about {duration(left)} left."
            return f"It runs and is catching up: {duration(delay)} behind{rest}"
        case StuckIn(reported, lasted):
            stuck = f"It has been in {voice.foreign(reported)} for {duration(lasted)}"
            return f"{stuck}, a state that usually passes within minutes{becomes(reported)}."
        case PausedFor(reported, lasted):
            return f"It has been paused by a command ({voice.foreign(reported)}) for {duration(lasted)}."
        case NotListed(polls, last_listed_at):
            lists = "last list" if polls == 1 else f"last {polls:,} lists"
            return f"OCP left it out of its {lists}; it was last there at {voice.moment(last_listed_at)}."
        case NoTasks():
            return _no_tasks(evidence, voice)
        case NotRead(since=since, sentence=sentence) if is_refused_login(evidence):
            return f"{voice.foreign(sentence)} {TRIED}; nothing has been read since {voice.ours(since)}."
        case NotRead(polls, since, _, sentence):
            return (
                f"{voice.foreign(sentence)} The last {count(polls, 'poll')} failed, "
                f"the first of them at {voice.ours(since)}."
            )
        case Well():
            return _well(evidence)
        case NewRhythm():
            return _new_rhythm(evidence)
        case NotWatched(unlisted_for):
            why = (
                "the settings leave it out"
                if unlisted_for is None
                else f"OCP has not listed it for {duration(unlisted_for)}"
            )
            return f"It is no longer watched: {why}."
        case Unclear(why):
            return f"Nothing can be said: {voice.foreign(why)}."
    assert_never(evidence)


def _broken(broken: StatusBroken, voice: Voice) -> str:
    if not broken.error:
        alone = "; it will not go on by itself" if read_status(broken.reported).is_interrupted else ""
        return f"OCP reports {voice.foreign(broken.reported)} and gives no error message{alone}."
    return f"OCP reports {voice.foreign(broken.reported)}: {voice.foreign(broken.error)}"


def _no_tasks(absent: NoTasks, voice: Voice) -> str:
    lists = count(absent.polls, "list")
    if absent.last_listed_at is None:
        return f"OCP lists no log backup task of this cluster ({lists} in a row)."
    return (
        f"OCP no longer lists any log backup task of this cluster ({lists} in a row); "
        f"the last one was listed at {voice.moment(absent.last_listed_at)}."
    )


def _well(well: Well) -> str:
    behind = "" if well.delay is None else f", {duration(well.delay)} behind"
    return (
        f"It is well{behind}."
        if well.judged
        else f"It runs{behind}; it is a standby, whose delay may be long."
    )


def _ahead(delay: timedelta, limit: timedelta, limit_at: datetime | None, voice: Voice) -> str:
    """Say where the delay is going."""
    if limit_at is not None:
        return f"It will be {duration(limit)} behind at about {voice.moment(limit_at)}."
    if delay > limit:
        return f"It is {duration(delay)} behind; the limit is {duration(limit)}."
    return f"It is {duration(delay)} behind."


def _growing(grows: Grows, voice: Voice) -> str:
    pace = "" if grows.pace is None else f"; it ships about {grows.pace:.0%} of what is written"
    return (
        f"It has fallen {duration(grows.gained)} further behind in {duration(grows.lasted)}{pace}, "
        f"and is normally at most {duration(grows.usual)} behind. "
        + _ahead(grows.delay, grows.limit, grows.limit_at, voice)
    )


def _new_rhythm(rhythm: NewRhythm) -> str:
    new = (
        f"It now moves every {duration(rhythm.every)} (before: {duration(rhythm.every_before)}) "
        f"and is at most {duration(rhythm.reach)} behind (before: {duration(rhythm.reach_before)})"
    )
    if rhythm.by_hand:
        return f"{new}; somebody said that this is normal now."
    return f"{new}, {count(rhythm.teeth, 'time')} in a row: that is normal for it from now on."
