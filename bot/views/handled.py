"""Who has an incident, and what keeps it quiet: in one sentence each."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, tzinfo

from bot.domain.handling import Handling
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.naming import Scope
from bot.domain.problem import Problem, Severity
from bot.domain.silence import Ending, Matcher, Silence
from bot.views.blocks import literal
from bot.views.mentions import named
from bot.views.trouble import short_problem
from bot.views.wording import clean, name, slack_time

REASON_LENGTH = 200

Silenced = Mapping[IncidentNumber, Silence]
"""What mutes each incident or group that is silenced, by its number."""

NOT_SILENCED: Silenced = {}


def who_has_it(handling: Handling, zone: tzinfo = UTC, it: str = "it", *, asks: bool = False) -> str:
    """Say who has ``it`` since when, or that nobody has, and, where it ``asks``, what taking it does; markup.

    Whoever takes it may still be reminded, where the settings say so: everybody no more.
    """
    given, seen = handling.assigned, handling.acknowledged
    if given is not None:
        said = f"{named(given.to)} has {it} since {slack_time(given.at, zone)}"
        if given.by.id != given.to.id:
            said += f", given by {named(given.by)}"
        if seen is not None and seen.by.id != given.to.id:
            said += f"; {named(seen.by)} acknowledged it"
        return f"{said}."
    if seen is not None:
        return f"{named(seen.by)} has {it} since {slack_time(seen.at, zone)}."
    return f"Nobody has taken {it} yet{': Acknowledge stops reminding everybody' if asks else ''}."


def holder(handling: Handling) -> str | None:
    """Name whoever has it, in markup; None: nobody."""
    if handling.assigned is not None:
        return named(handling.assigned.to)
    return None if handling.acknowledged is None else named(handling.acknowledged.by)


def until(silence: Silence, zone: tzinfo = UTC) -> str:
    """Say until when a silence lasts: ``until 16:00`` or ``until it is over``; in markup."""
    return "until it is over" if silence.ends_at is None else f"until {slack_time(silence.ends_at, zone)}"


def by_whom(silence: Silence) -> str:
    """Say who made a silence; in markup."""
    if silence.author is not None:
        return f"by {named(silence.author)}"
    return f"by the maintenance window {name(silence.window)}" if silence.window else "by the settings"


def why(silence: Silence) -> str:
    """Give the reason of a silence after its colon, or a full stop; in markup."""
    return f": {literal(clean(silence.reason, REASON_LENGTH))}" if silence.reason else "."


def silenced_line(silence: Silence, zone: tzinfo = UTC) -> str:
    """Say until when, by whom and why something is silenced; in markup."""
    return f"Silenced {until(silence, zone)} {by_whom(silence)}{why(silence)}"


def marks(
    incident: Incident, silenced: Silenced = NOT_SILENCED, zone: tzinfo = UTC, *, group: int | None = None
) -> str:
    """Say in a list what people did about an open incident, each part after a dot; in markup."""
    parts = []
    who = holder(incident.handling)
    if who is not None:
        parts.append(f"{who} has it")
    silence = silenced.get(incident.number)
    if silence is not None:
        parts.append(f"silenced {until(silence, zone)}")
    if group is not None:
        parts.append(f"in group {group}")
    return "".join(f" · {part}" for part in parts)


_ENDINGS = {
    Ending.EXPIRED: "Its time is up",
    Ending.BY_HAND: "It was ended by hand",
    Ending.NOTHING_LEFT: "There is nothing left to mute",
    Ending.RESOLVED: "All that it muted is over",
}


def ending_words(silence: Silence) -> str:
    """Say why a silence has ended: a sentence without its stop."""
    return _ENDINGS[silence.ending or Ending.EXPIRED]


def scope_words(scope: Scope) -> str:
    """Say what a scope means, in words; in markup."""
    return literal(_scope_text(scope))


def _scope_text(scope: Scope) -> str:
    whole = scope.name is None or not scope.name.strip("*/ ")
    parts = [] if scope.name is None or whole else [clean(scope.name)]
    told = (("cluster", scope.cluster), ("tenant", scope.tenant), ("OCP", scope.source))
    parts += [f"{word} {clean(text)}" for word, text in told if text is not None]
    if scope.path is not None:
        parts.append(f"what writes to {clean(scope.path, REASON_LENGTH)}")
    return ", ".join(parts) or "everything"


def matcher_words(matcher: Matcher) -> str:
    """Say what a matcher means, in words; in markup."""
    return literal(matcher_text(matcher))


def matcher_text(matcher: Matcher) -> str:
    """Say what a matcher means, in words; plain text."""
    if matcher.numbers:
        return numbers_words(matcher.numbers, "group" if matcher.is_group else "incident")
    only = only_words(matcher.severities, matcher.problems)
    said = _scope_text(matcher.scope or Scope())
    return f"{said} (only what is {only})" if only else said


def only_words(severities: Collection[Severity], problems: Collection[Problem]) -> str:
    """Say to what something is narrowed down: ``critical, and failed or stopped``; empty where it is not."""
    words = ([one.word for one in severities], [short_problem(one) for one in problems])
    joint = ", and " if max(map(len, words)) > 1 else " and "
    return joint.join(" or ".join(alternatives) for alternatives in words if alternatives)


def until_then(matcher: Matcher) -> str:
    """Say that nothing is told of what a silence mutes, not even a worsening, and what shows it."""
    only = only_words(matcher.severities, matcher.problems)
    if only:
        return f"Nothing is told while it is {only}; what turns into something else is. Lists still show it."
    return "Nothing of it is told while it is silent, even if it gets worse. Lists still show it."


_NUMBERS = 10


def numbers_words(numbers: Collection[IncidentNumber], what: str = "incident") -> str:
    """Name incidents or groups by their numbers."""
    kept = [str(number) for number in list(numbers)[:_NUMBERS]]
    more = f" and {len(numbers) - _NUMBERS:,} more" if len(numbers) > _NUMBERS else ""
    return f"{what if len(numbers) == 1 else f'{what}s'} {', '.join(kept)}{more}"


def moment_marks(now: datetime, silence: Silence) -> str:
    """Say whether a silence mutes now, will, or has ended."""
    if silence.is_active(now):
        return "silent now"
    return "over" if silence.is_over(now) else "planned"
