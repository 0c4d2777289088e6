"""The parent message of an incident: its present state at a glance, and what matters once it is over."""

from datetime import UTC, datetime, timedelta, tzinfo

from bot.domain.evidence import (
    BehindLimit,
    CatchingUp,
    Grows,
    NotRead,
    NotWatched,
    PausedFor,
    StatusBroken,
    StoodStill,
    StuckIn,
)
from bot.domain.fleet import shifted
from bot.domain.grouping import Group
from bot.domain.handling import Handling
from bot.domain.incident import Incident, task_key_of, trend_span
from bot.domain.notification import Channel, IncidentContent
from bot.domain.problem import Problem, Severity
from bot.views.blocks import Block, Message, actions, context, literal, message, sections
from bot.views.error_text import error_quotation
from bot.views.group_words import likely
from bot.views.handled import holder, silenced_line, who_has_it
from bot.views.hints import hint, seen_in_incident
from bot.views.incident_buttons import PATH_KEPT, incident_rows
from bot.views.links import NO_LINKS, Links, api_address, ocp_address, runbook_lines
from bot.views.restorable import gap_lines, restorable_lines, title
from bot.views.sparkline import sparkline
from bot.views.trouble import incident_mark
from bot.views.wording import (
    ERROR_LENGTH,
    because,
    clean,
    count,
    duration,
    lasting,
    name,
    ocp_name,
    slack_time,
    slack_voice,
    up_to,
)

_SENTENCE = 250
_SAME = timedelta(minutes=1)
"""Two lengths of time that differ by less are one to whoever reads them."""
_REFUSALS = 3


def incident_message(content: IncidentContent, zone: tzinfo = UTC, *, links: Links = NO_LINKS) -> Message:
    """Show one incident as it stood when this message was born; ``links`` lead to OCP and to runbooks."""
    incident = content.incident
    mark, first = incident_mark(incident), title(incident, zone)
    blocks: list[Block] = sections([*state_lines(content, zone), *_card_lines(content, links)])
    if incident.is_open and content.error:
        blocks.append(error_quotation(content.error))
    blocks.append(context(_small(content, zone)))
    group = None if content.group is None else content.group.number
    for row in incident_rows(incident, content.silence, group=group, ocp_url=ocp_address(links, incident)):
        blocks += actions(row)
    return message(f"{mark} {first} ({_state(incident)})", blocks)


def state_lines(content: IncidentContent, zone: tzinfo) -> list[str]:
    """Say how an incident stands: its headline, then since when, why and what cannot be restored."""
    incident = content.incident
    top = f"{incident_mark(incident)} *{title(incident, zone)}*  {_state(incident)}"
    return [top, *(_open_lines(content, zone) if incident.is_open else _over_lines(incident, zone))]


def _state(incident: Incident) -> str:
    word = incident.severity.word if incident.is_open else "over"
    return f"{'closing' if _closes(incident) else word}, incident {incident.number}"


def _closes(incident: Incident) -> bool:
    """Whether it is well again and waits until that has lasted."""
    return incident.is_open and incident.good_polls > 0


def _open_lines(content: IncidentContent, zone: tzinfo) -> list[str]:
    incident = content.incident
    since = f"Since {slack_time(incident.since, zone)}{lasting(content.read_at - incident.since)}."
    if _closes(incident):
        since = f"It began at {slack_time(incident.since, zone)}."
    if incident.reopened:
        times = "" if incident.reopened == 1 else f" {incident.reopened} times"
        since += f" It was over and came back{times}."
    if _closes(incident):
        lines = [_closing_words(content, zone), since]
    else:
        lines = [f"{since} {_happened(content, zone)}".rstrip()]
    lines += delay_lines(content, zone)
    lines += restorable_lines(incident, content.read_at, zone)
    if content.group is not None:
        words = literal(likely(content.group.trait))
        lines.append(
            f"Part of group {content.group.number}: updates and reminders come there; "
            f"the buttons here act on this incident alone. {words}".rstrip()
        )
    if incident.handling.is_taken or not _closes(incident):
        lines.append(who_has_it(incident.handling, zone))
    if content.silence is not None:
        lines.append(silenced_line(content.silence, zone))
    return lines


def _card_lines(content: IncidentContent, links: Links) -> list[str]:
    """Say what only the card tells: where to look, and what is odd about this message itself."""
    if not content.incident.is_open:
        return instead_lines(content.instead_of)
    lines = []
    heals = isinstance(content.incident.because, CatchingUp) and content.incident.because.left is not None
    if content.group is None and not content.incident.good_polls and not heals:
        address = api_address(links, content.incident)
        look = hint(seen_in_incident(content.incident, content.status, content.error, address))
        asks_people = content.incident.problem in (Problem.PAUSED, Problem.MISSING)
        how = "" if asks_people or not look.steps else " (Details has what to run, ready to copy)"
        lines.append(f"Look at: {literal(clean(look.look_at, _SENTENCE))}{how}")
    lines += runbook_lines(links, content.incident)
    if content.was_silenced:
        lines.append("It was silenced until now and is still not over.")
    return lines + instead_lines(content.instead_of)


def instead_lines(instead_of: tuple[tuple[Channel, str], ...]) -> list[str]:
    """Say for which channels a message was meant that take none."""
    lines = [
        f"Meant for {literal(clean(channel))}, which takes no messages: {literal(clean(why, _SENTENCE))}"
        for channel, why in instead_of[:_REFUSALS]
    ]
    if len(instead_of) > _REFUSALS:
        lines.append(f"Meant for {len(instead_of) - _REFUSALS:,} more channels that take no messages.")
    return lines


def _happened(  # noqa: C901, PLR0911 - one case for each kind of evidence
    content: IncidentContent, zone: tzinfo
) -> str:
    """Say what it rests on; what the line of the delay tells, and the error message below, are left out."""
    reason = content.incident.because
    match reason:
        case StatusBroken() if content.error:
            return f"OCP reports {name(reason.reported)}, with the error message below."
        case StoodStill(stood, usual):
            normally = "" if usual is None else f"; normally something is every {duration(usual)}"
            same = abs(content.read_at - content.incident.since - stood) < _SAME
            lasted = "since then" if same else f"for {duration(stood)}"
            return f"Nothing has been shipped {lasted}{normally}."
        case Grows():
            pace = "" if reason.pace is None else f"It ships about {reason.pace:.0%} of what is written: "
            said = f"{pace}{duration(reason.gained)} further behind in {duration(reason.lasted)}."
            return said[0].upper() + said[1:]
        case BehindLimit(learned=True):
            return ""
        case BehindLimit():
            return "What is normal for this task is not known yet, so the limit is a wide one."
        case CatchingUp(left=left):
            if left is None:
                return "It runs and is catching up."
            then = slack_time(content.read_at + left, zone)
            return f"It catches up at about {then}; there is nothing to do unless that slips."
        case StuckIn(reported):
            return f"{name(reported)} usually passes within minutes."
        case PausedFor(reported) if content.incident.severity is Severity.WARNING:
            return f"Paused on purpose ({name(reported)}), so this is only a warning."
        case PausedFor(reported):
            return f"Paused on purpose ({name(reported)})."
        case NotRead(polls, sentence=sentence):
            return f"{name(sentence, ERROR_LENGTH)} {count(polls, 'poll')} in a row failed."
        case _:
            return because(reason, slack_voice(zone, content.offset))


def _closing_words(content: IncidentContent, zone: tzinfo) -> str:
    """Say since when it is well again, and when it closes if that lasts."""
    incident = content.incident
    begun = incident.good_since
    since = "" if begun is None else f" since {slack_time(shifted(begun, content.offset), zone)}"
    closes = content.read_at if begun is None else shifted(begun, content.offset) + incident.closing_hold
    when = f"at about {slack_time(closes, zone)}" if closes > content.read_at else "within a few polls"
    to_do = "" if incident.gap is not None else " There is nothing to do."
    return f"It has been well{since}; this closes {when} if that lasts.{to_do}"


def delay_lines(content: IncidentContent, zone: tzinfo) -> list[str]:
    """Say how far it is behind, how that went, when which limit is reached, and what is normal."""
    incident, snapshot = content.incident, content.incident.snapshot
    if incident.delay is None or incident.problem is Problem.UNREACHABLE:
        return []
    parts = [f"Delay *{duration(incident.delay)}*"]
    if snapshot is not None and snapshot.trend:
        trend = [None if seconds is None else timedelta(seconds=seconds) for seconds in snapshot.trend]
        span = trend_span(incident.since, content.read_at)
        parts[0] += f" {sparkline(trend)} (last {duration(span)})"
    limit = _limit(content, zone)
    if limit:
        parts.append(limit)
    if snapshot is not None and snapshot.normal is not None:
        parts.append(f"normally up to {up_to(snapshot.normal)}")
    return [" · ".join(parts)]


def _limit(content: IncidentContent, zone: tzinfo) -> str:
    incident = content.incident
    match incident.because:
        case _ if incident.good_polls:
            return ""
        case StoodStill(limit=limit, limit_at=at) | Grows(limit=limit, limit_at=at) if at is not None:
            moment = slack_time(shifted(at, content.offset), zone)
            return f"reaches {duration(limit)} ({_severity_at(incident, limit).word}) at about {moment}"
        case StoodStill(delay=delay, limit=limit) | Grows(delay=delay, limit=limit) if delay > limit:
            return f"over the limit of {duration(limit)} ({_severity_at(incident, limit).word})"
        case BehindLimit(limit=limit):
            return f"over the limit of {duration(limit)} ({_severity_at(incident, limit).word})"
        case _:
            return ""


def _severity_at(incident: Incident, limit: timedelta) -> Severity:
    """Say which severity a limit is of: a lagging task's own, else that of the critical one."""
    if isinstance(incident.because, BehindLimit):
        return incident.severity
    snapshot = incident.snapshot
    warns = snapshot is not None and snapshot.warning == limit != snapshot.critical
    return Severity.WARNING if warns else Severity.CRITICAL


def _over_lines(incident: Incident, zone: tzinfo) -> list[str]:
    """Say what matters of an incident that is over: how long it lasted, and how bad it was."""
    ended = ended_at(incident)
    span = f"from {slack_time(incident.since, zone)} to {slack_time(ended, zone)}"
    lines = [f"It lasted {duration(ended - incident.since)}, {span}. At worst {worst(incident)}."]
    lines += gap_lines(incident, zone)
    if (
        not incident.gap
        and task_key_of(incident.subject) is not None
        and not isinstance(incident.because, NotWatched)
    ):
        lines += ["No stretch of time is known to be missing from the backup."]
    if incident.handling.is_taken:
        lines.append(who_had_it(incident.handling))
    return lines


def who_had_it(handling: Handling) -> str:
    """Say who had what is over."""
    return f"{holder(handling)} had it."


def ended_at(incident: Incident) -> datetime:
    """Give when an incident was over."""
    return incident.resolved_at or incident.changed_at


def worst(about: Incident | Group) -> str:
    """Say how bad an incident or a group was, after ``at worst``: ``41 min behind (critical)``."""
    word = about.worst_severity.word
    return word if about.worst_delay is None else f"{duration(about.worst_delay)} behind ({word})"


def _small(content: IncidentContent, zone: tzinfo) -> str:
    subject = content.incident.subject
    read_at = slack_time(content.read_at, zone)
    if content.incident.is_open and content.incident.problem is Problem.UNREACHABLE:
        return f"As of {read_at}"
    parts = [f"{literal(ocp_name(subject.source))} read {read_at}"]
    if content.incident.is_open:
        if content.status is not None:
            error = "" if content.error else ", no error message"
            then = " when last listed:" if content.incident.problem is Problem.MISSING else ""
            parts.insert(0, f"Status{then} {name(content.status)}{error}")
        if subject.destination:
            parts.append(f"writes to {name(subject.destination, PATH_KEPT)}")
    return " · ".join(parts)
