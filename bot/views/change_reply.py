"""One change of an incident as a reply in its thread: what is new, in two lines."""

from datetime import UTC, tzinfo

from bot.domain.evidence import NewRhythm, NotWatched
from bot.domain.incident import Incident
from bot.domain.notification import ChangeContent, Reason
from bot.domain.problem import Problem
from bot.views.blocks import Message, literal, message, sections
from bot.views.incident_card import restorable_lines, worst
from bot.views.trouble import incident_mark, what, whom
from bot.views.wording import because, duration, slack_voice


def change_message(content: ChangeContent, zone: tzinfo = UTC) -> Message:
    """Say what changed and how bad it is now, or how long it lasted and how bad it was at worst."""
    incident = content.after
    said = literal(change_sentence(content))
    first = f"{incident_mark(incident)} *{said}*"
    lines = [first]
    if incident.is_open:
        lines.append(because(incident.because, slack_voice(zone, content.offset)))
        lines += (
            restorable_lines(incident, content.at, zone)[:1] if content.reason is not Reason.EASED else []
        )
    else:
        if isinstance(incident.because, NotWatched | NewRhythm):
            lines.append(because(incident.because))
        lines.append(f"{_lasted(incident)} At worst it was {worst(incident)}.")
    return message("\n".join([f"{incident_mark(incident)} {said}", *lines[1:]]), sections(lines))


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
    return f"{opening}{who}{_subject(incident)}{what(incident)} ({incident.severity.word})"


_OPENING = {Reason.GOT_WORSE: "Worse: ", Reason.EASED: "Better: ", Reason.CAME_BACK: "Back again: "}
_ENDED = {
    Reason.NOT_WATCHED: "No longer watched: {who}",
    Reason.RESOLVED_BY_HAND: "Over: {who}, called over by hand",
    Reason.NEW_NORMAL: "Over: {who}, this is normal now",
}


def _subject(incident: Incident) -> str:
    return " " if incident.problem is Problem.UNREACHABLE else ", log backup "
