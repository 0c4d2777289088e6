"""One change of an incident as a reply in its thread, which may be read alone: what is new, and how bad."""

from datetime import UTC, datetime, tzinfo

from bot.domain.evidence import NewRhythm, NotWatched
from bot.domain.grouping import Group
from bot.domain.incident import Incident
from bot.domain.notification import ChangeContent, Reason
from bot.domain.problem import Problem
from bot.views.blocks import Message, literal, message, sections
from bot.views.handled import who_has_it
from bot.views.incident_card import left_to, worst
from bot.views.lasted import begun, broke_again, length
from bot.views.no_longer_watched import unwatched_lines
from bot.views.others import others_lines
from bot.views.outcome import asks_nobody
from bot.views.restorable import LOSS, gap_lines, restorable_lines, title
from bot.views.trouble import headline, incident_mark, short_problem, what, whom_said
from bot.views.wording import because, duration, lasting, slack_time, slack_voice


def change_message(content: ChangeContent, zone: tzinfo = UTC) -> Message:
    """Say what changed and how bad it is now, or how long it lasted and how bad it was at worst."""
    incident = content.after
    mark, said = incident_mark(incident), change_sentence(content)
    number = f"incident {incident.number}"
    if incident.is_open:
        since = since_line(incident, content.reason, content.at, zone)
        lines = [f"{since} {because(incident.because, slack_voice(zone, content.offset))}"]
        if content.reason is Reason.GOT_WORSE:
            lines += [f"Before: {_before(content.before)}."] if content.before is not None else []
        if content.reason is not Reason.EASED:
            worse = content.reason is Reason.GOT_WORSE
            lines += restorable_lines(incident, content.at, zone, grave=worse)
            lines += others_lines(incident, content.others)
            if incident.handling.is_taken or not asks_nobody(incident):
                lines.append(who_has_it(incident.handling, zone))
        number = f"{incident.severity.word}, {number}"
    else:
        lines = unwatched_lines(incident)
        lines += [because(incident.because)] if isinstance(incident.because, NewRhythm) else []
        lines += [*gap_lines(incident, zone), *others_lines(incident, content.others)]
        lines.append(f"{_lasted(incident)} At worst {worst(incident)}.")
        if incident.gap is not None:
            lines += left_to(incident.handling, zone, is_done=False)
        number = f"{ending(content)}{number}"
    first = f"{mark} {said} ({number})"
    return message("\n".join([first, *lines]), sections([f"{mark} *{said}*  {number}", *lines]))


def since_line(about: Incident | Group, reason: Reason, at: datetime, zone: tzinfo) -> str:
    """Say since when; of what came back since when it is so again, and when it was there first."""
    if reason is Reason.CAME_BACK:
        first, back = slack_time(about.since, zone), about.changed_at
        return f"Again since {slack_time(back, zone)}{lasting(at - back)}; it first began at {first}."
    if isinstance(about, Incident) and about.reopened:
        return f"It first began {'' if about.already else 'at '}{begun(about, zone)}{broke_again(about)}."
    return f"Since {begun(about, zone)}{length(about, at)}."


def _before(incident: Incident) -> str:
    """Say how it was before it got worse: ``falling behind, 12 min behind (warning)``."""
    behind = "" if incident.delay is None else f"{duration(incident.delay)} behind"
    short = "" if behind and incident.problem is Problem.LAGGING else short_problem(incident.problem)
    return f"{', '.join(part for part in (short, behind) if part)} ({incident.severity.word})"


def _lasted(incident: Incident) -> str:
    ended = incident.resolved_at or incident.changed_at
    until = " until then" if isinstance(incident.because, NotWatched) else ""
    return f"It lasted {duration(ended - incident.since)}{until}."


def change_sentence(content: ChangeContent) -> str:
    """Say what changed in one line; in markup, without a mark."""
    incident = content.after
    if not incident.is_open and incident.gap is not None:
        return literal(title(incident))
    who = whom_said(incident)
    if content.reason is Reason.RECOVERED:
        is_source = incident.problem is Problem.UNREACHABLE
        return literal(f"Over: {headline(incident) if is_source else f'{who}, log backup is well again'}")
    if content.reason in _ENDED:
        return literal(_ENDED[content.reason].replace("{who}", who))
    opening = _OPENING.get(content.reason, "")
    lost = "" if incident.gap is None else f", and {LOSS}"
    return literal(f"{opening}{who}{_subject(incident)}{what(incident)}{lost}")


def ending(content: ChangeContent) -> str:
    """Say how what left a loss ended, before its number: its sentence does not say it."""
    if content.after.is_open or content.after.gap is None:
        return ""
    return _ENDING.get(content.reason, "")


_ENDING = {
    Reason.RECOVERED: "well again, ",
    Reason.RESOLVED_BY_HAND: "called over by hand, ",
    Reason.NEW_NORMAL: "this is normal now, ",
}


_OPENING = {Reason.GOT_WORSE: "Worse: ", Reason.EASED: "Better: ", Reason.CAME_BACK: "Trouble again: "}
_ENDED = {
    Reason.NOT_WATCHED: "No longer watched: {who}",
    Reason.RESOLVED_BY_HAND: "Over: {who}, called over by hand",
    Reason.NEW_NORMAL: "Over: {who}, this is normal now",
}


def _subject(incident: Incident) -> str:
    return " " if incident.problem is Problem.UNREACHABLE else ", log backup "
