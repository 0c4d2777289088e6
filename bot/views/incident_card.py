"""The parent message of an incident: its present state at a glance, and what matters once it is over."""

from datetime import UTC, datetime, tzinfo

from bot.domain.evidence import NotWatched
from bot.domain.grouping import Cause, Group
from bot.domain.handling import Handling
from bot.domain.incident import Incident, task_key_of
from bot.domain.instants import shifted
from bot.domain.notification import Channel, IncidentContent
from bot.domain.problem import Problem
from bot.views.blocks import Block, Message, actions, context, literal, message, sections
from bot.views.error_text import error_quotation
from bot.views.full_backup import backup_steps
from bot.views.group_words import error_of, likely, look_at
from bot.views.handled import holder, silenced_line, who_has_it
from bot.views.happened import begun_line, delay_lines, happened_line
from bot.views.hint_blocks import look_line
from bot.views.hints import seen_in_incident
from bot.views.incident_buttons import PATH_KEPT, incident_rows
from bot.views.links import NO_LINKS, Links, api_address, ocp_address, runbook_lines
from bot.views.no_longer_watched import unwatched_lines
from bot.views.others import others_lines
from bot.views.outcome import asks_nobody
from bot.views.restorable import blind_words, gap_lines, if_it_lasts, restorable_lines, title, unread_since
from bot.views.trouble import incident_mark, number_words
from bot.views.wording import clean, duration, name, ocp_name, slack_time

_SENTENCE = 250
_REFUSALS = 3
ASKS_WHO = "Add a note that says who takes the full backup."
"""What is asked of people where a loss is left and nobody has it: what is over can only be noted."""


def incident_message(content: IncidentContent, zone: tzinfo = UTC, *, links: Links = NO_LINKS) -> Message:
    """Show one incident as it stood when this message was born; ``links`` lead to OCP and to runbooks."""
    incident = content.incident
    mark, first = incident_mark(incident), literal(title(incident))
    if incident.burns and incident.problem is Problem.UNREACHABLE:
        first += f": {blind_words(unread_since(incident), zone)}"
    blocks: list[Block] = sections(state_lines(content, zone))
    if incident.is_open and content.error:
        blocks.append(error_quotation(content.error))
    blocks += sections(_card_lines(content, links))
    blocks.append(context(_small(content, zone)))
    group = None if content.group is None else content.group.number
    for row in incident_rows(incident, content.silence, group=group, ocp_url=ocp_address(links, incident)):
        blocks += actions(row)
    member = "" if group is None else f" of group {group}"
    return message(f"{mark} {first} ({_state(incident)}{member})", blocks)


def state_lines(content: IncidentContent, zone: tzinfo) -> list[str]:
    """Say how an incident stands: its headline, then since when, why and what cannot be restored."""
    incident = content.incident
    top = f"{incident_mark(incident)} *{literal(title(incident))}*  {_state(incident)}"
    return [top, *(_open_lines(content, zone) if incident.is_open else _over_lines(content, zone))]


def _state(incident: Incident) -> str:
    if isinstance(incident.because, NotWatched):
        return f"incident {incident.number}"
    if incident.recovers:
        return f"recovering, incident {incident.number}"
    ended = "over" if incident.gap is None else "well again"
    return number_words(incident) if incident.is_open else f"{ended}, incident {incident.number}"


def _open_lines(content: IncidentContent, zone: tzinfo) -> list[str]:
    incident = content.incident
    if incident.recovers:
        lines = [_closing_words(content, zone), begun_line(content, zone, closes=True)]
    else:
        lines = [happened_line(content, zone)]
    lines += delay_lines(content, zone)
    kept = restorable_lines(incident, content.read_at, zone, facts_only=True)
    lines = lines + kept if incident.gap is None else kept + lines
    lines += others_lines(incident, content.others)
    if content.group is not None:
        words = literal(likely(content.group.trait))
        lines.append(
            f"Part of group {content.group.number}: updates and reminders come there; "
            f"the buttons here act on this incident alone. {words}".rstrip()
        )
    if incident.handling.is_taken or not asks_nobody(incident):
        lines.append(_who_has(content, zone))
    if content.silence is not None:
        lines.append(silenced_line(content.silence, zone))
    return lines


def _who_has(content: IncidentContent, zone: tzinfo) -> str:
    """Say who has it; where nobody has, who has the group that speaks for it."""
    group, handling = content.group, content.incident.handling
    if group is None or handling.is_taken:
        return who_has_it(handling, zone, asks=content.silence is None)
    if group.handling.is_taken:
        return who_has_it(group.handling, zone, "the group")
    return "Nobody has taken it, or the group, yet."


def _card_lines(content: IncidentContent, links: Links) -> list[str]:
    """Say what only the card tells: where to look, and what is odd about this message itself."""
    incident = content.incident
    lines = []
    if incident.is_open:
        look = _look(content, links)
        lines += [*([look] if look else []), *runbook_lines(links, incident)]
        lines += if_it_lasts(incident, content.read_at)
        lines += ["It was silenced until now and is still not over."] if content.was_silenced else []
    if incident.gap is not None and not incident.burns and backup_steps(seen_in_incident(incident)):
        lines.append("Details has what to run for a full backup, ready to copy.")
    return lines + instead_lines(content.instead_of)


def _look(content: IncidentContent, links: Links) -> str:
    """Say where to look first: where the group does, if it says what its members share."""
    incident, group = content.incident, content.group
    facts = {"status": content.status, "error": content.error}
    own = look_line(incident, "Details", **facts, address=api_address(links, incident))
    if not own or group is None or group.trait.cause is Cause.COINCIDENCE:
        return own
    says_nothing = group.trait.cause is Cause.ERROR and error_of([incident]) is None
    return own if says_nothing else literal(look_at(group, [incident]))


def instead_lines(instead_of: tuple[tuple[Channel, str], ...]) -> list[str]:
    """Say for which channels a message was meant that take none."""
    lines = [
        f"Meant for {literal(clean(channel))}, which takes no messages: {literal(clean(why, _SENTENCE))}"
        for channel, why in instead_of[:_REFUSALS]
    ]
    if len(instead_of) > _REFUSALS:
        lines.append(f"Meant for {len(instead_of) - _REFUSALS:,} more channels that take no messages.")
    return lines


def _closing_words(content: IncidentContent, zone: tzinfo) -> str:
    """Say since when it is well again, and when it closes if that lasts."""
    incident = content.incident
    begun = incident.good_since
    since = "" if begun is None else f" since {slack_time(shifted(begun, content.offset), zone)}"
    well = "answered" if incident.problem is Problem.UNREACHABLE else "been well"
    closes = content.read_at if begun is None else shifted(begun, content.offset) + incident.closing_hold
    when = f"at about {slack_time(closes, zone)}" if closes > content.read_at else "within a few polls"
    burns = incident.gap is not None or (content.others is not None and content.others.burning > 0)
    to_do = "" if burns else " There is nothing to do."
    return f"It has {well}{since}; this closes {when} if that lasts.{to_do}"


def _over_lines(content: IncidentContent, zone: tzinfo) -> list[str]:
    """Say what matters of an incident that is over: how long it lasted, how bad it was, what is left."""
    incident, ended = content.incident, ended_at(content.incident)
    span = f"from {slack_time(incident.since, zone)} to {slack_time(ended, zone)}"
    unwatched = isinstance(incident.because, NotWatched)
    lines = [*unwatched_lines(incident), *gap_lines(incident, zone)]
    lines += others_lines(incident, content.others)
    until = " until then" if unwatched else ""
    lines += [f"It lasted {duration(ended - incident.since)}{until}, {span}. At worst {worst(incident)}."]
    if not incident.gap and task_key_of(incident.subject) is not None and not unwatched:
        lines += ["No stretch of time is known to be missing from the backup."]
    return lines + left_to(incident.handling, zone, is_done=incident.gap is None)


def left_to(handling: Handling, zone: tzinfo, *, is_done: bool) -> list[str]:
    """Say who had what is over; where it left something to be done, who has that, or that nobody has."""
    if is_done:
        return [f"{holder(handling)} had it."] if handling.is_taken else []
    asked = "" if handling.is_taken else f" {ASKS_WHO}"
    return [f"{who_has_it(handling, zone)}{asked}"]


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
            parts.insert(0, f"{_says(content.incident)} {name(content.status)}{_no_error(content)}")
        if subject.destination:
            parts.append(f"writes to {name(subject.destination, PATH_KEPT)}")
    return " · ".join(parts)


def _says(incident: Incident) -> str:
    """Say before a status whose it is: what has stopped calls itself running."""
    if incident.problem is Problem.STALLED and not incident.good_polls:
        return "OCP still says"
    return "Status when last listed:" if incident.problem is Problem.MISSING else "Status"


def _no_error(content: IncidentContent) -> str:
    return "" if content.error else ", no error message"
