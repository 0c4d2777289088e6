"""One change of an incident as a reply in its thread, which may be read alone: what is new, and how bad."""

from datetime import UTC, tzinfo

from bot.domain.evidence import NewRhythm, NotWatched
from bot.domain.incident import Incident
from bot.domain.notification import ChangeContent, Reason
from bot.domain.problem import Problem
from bot.views.blocks import Message, literal, message, sections
from bot.views.incident_card import gap_lines, restorable_lines, worst
from bot.views.trouble import incident_mark, what, whom
from bot.views.wording import because, duration, lasting, slack_time, slack_voice


def change_message(content: ChangeContent, zone: tzinfo = UTC) -> Message:
    """Say what changed and how bad it is now, or how long it lasted and how bad it was at worst."""
    incident = content.after
    mark, said = incident_mark(incident), literal(change_sentence(content))
    number = f"incident {incident.number}"
    if incident.is_open:
        since = f"Since {slack_time(incident.since, zone)}{lasting(content.at - incident.since)}."
        lines = [f"{since} {because(incident.because, slack_voice(zone, content.offset))}"]
        lines += [] if content.reason is Reason.EASED else restorable_lines(incident, content.at, zone)
        number = f"{incident.severity.word}, {number}"
    else:
        why = isinstance(incident.because, NotWatched | NewRhythm)
        lines = [because(incident.because)] if why else []
        lines.append(f"{_lasted(incident)} At worst {worst(incident)}.")
        lines += gap_lines(incident, zone)
    first = f"{mark} {said} ({number})"
    return message("\n".join([first, *lines]), sections([f"{mark} *{said}*  {number}", *lines]))


def _lasted(incident: Incident) -> str:
    ended = incident.resolved_at or incident.changed_at
    until = " until then" if isinstance(incident.because, NotWatched) else ""
    return f"It lasted {duration(ended - incident.since)}{until}."


def change_sentence(content: ChangeContent) -> str:
    """Say what changed in one line; plain text, without a mark."""
    incident = content.after
    who = whom(incident)
    if content.reason is Reason.RECOVERED:
        good = " is read again" if incident.problem is Problem.UNREACHABLE else ", log backup is well again"
        return f"Over: {who}{good}"
    if content.reason in _ENDED:
        return _ENDED[content.reason].replace("{who}", who)
    opening = _OPENING.get(content.reason, "")
    return f"{opening}{who}{_subject(incident)}{what(incident)}"


_OPENING = {Reason.GOT_WORSE: "Worse: ", Reason.EASED: "Better: ", Reason.CAME_BACK: "Back again: "}
_ENDED = {
    Reason.NOT_WATCHED: "No longer watched: {who}",
    Reason.RESOLVED_BY_HAND: "Over: {who}, called over by hand",
    Reason.NEW_NORMAL: "Over: {who}, this is normal now",
}


def _subject(incident: Incident) -> str:
    return " " if incident.problem is Problem.UNREACHABLE else ", log backup "
