"""The parent message of an incident: its present state at a glance, and what matters once it is over."""

from datetime import UTC, datetime, tzinfo

from bot.commands import ListTasks, ShowIncident, ShowTask, to_text
from bot.domain.evidence import StatusBroken
from bot.domain.fleet import shifted
from bot.domain.incident import Incident
from bot.domain.naming import Scope
from bot.domain.notification import IncidentContent
from bot.domain.problem import Problem
from bot.views.blocks import Block, Button, Message, actions, context, literal, message, sections
from bot.views.error_text import error_quotation
from bot.views.trouble import headline, incident_mark
from bot.views.wording import because, clean, duration, lasting, name, ocp_name, slack_time, slack_voice

_PATH_KEPT = 200


def incident_message(content: IncidentContent, zone: tzinfo = UTC) -> Message:
    """Show one incident as it stood when this message was born."""
    incident = content.incident
    mark, first = incident_mark(incident), literal(headline(incident))
    blocks: list[Block] = sections(state_lines(content, zone))
    if incident.is_open and content.error:
        blocks.append(error_quotation(content.error))
    blocks.append(context(_small(content, zone)))
    blocks += actions(incident_buttons(incident))
    return message(f"{mark} {first} ({_state(incident)})", blocks)


def state_lines(content: IncidentContent, zone: tzinfo) -> list[str]:
    """Say how an incident stands: its headline, then since when, why and what cannot be restored."""
    incident = content.incident
    top = f"{incident_mark(incident)} *{literal(headline(incident))}*  {_state(incident)}"
    return [top, *(_open_lines(content, zone) if incident.is_open else _over_lines(incident, zone))]


def _state(incident: Incident) -> str:
    return f"{incident.severity.word if incident.is_open else 'over'}, incident {incident.number}"


def _open_lines(content: IncidentContent, zone: tzinfo) -> list[str]:
    incident = content.incident
    lines = [f"Since {slack_time(incident.since, zone)}{lasting(content.read_at - incident.since)}."]
    if incident.reopened:
        lines[0] += (
            " It was over and came back."
            if incident.reopened == 1
            else (f" It was over and came back {incident.reopened} times.")
        )
    lines.append(_reason(content, zone))
    if incident.good_polls:
        lines.append("It is well again; this closes when that has lasted.")
    lines += restorable_lines(incident, content.read_at, zone)
    return lines


def _reason(content: IncidentContent, zone: tzinfo) -> str:
    """Say what it rests on; an error message has a box of its own below."""
    reason = content.incident.because
    if isinstance(reason, StatusBroken) and content.error:
        return f"OCP reports {name(reason.reported)}, with the error message below."
    return because(reason, slack_voice(zone, content.offset))


def restorable_lines(incident: Incident, read_at: datetime, zone: tzinfo) -> list[str]:
    """Say what cannot be restored, as far as it is known."""
    lines = []
    if incident.gap is not None:
        start, end = slack_time(incident.gap.start, zone), slack_time(incident.gap.end, zone)
        lines.append(f"Nothing written from {start} to {end} can be restored.")
    if incident.problem is Problem.UNREACHABLE:
        lines.append("Whether log backup works there is not known until it can be read again.")
        return lines
    shipped = incident.checkpoint if incident.delay is None else shifted(read_at, -incident.delay)
    if shipped is not None:
        behind = "" if incident.delay is None else f", {duration(incident.delay)} behind"
        lines.append(
            f"Shipped up to {slack_time(shipped, zone)}{behind}. "
            "What was written later cannot be restored yet."
        )
    return lines


def _over_lines(incident: Incident, zone: tzinfo) -> list[str]:
    """Say what matters of an incident that is over: how long it lasted, and how bad it was."""
    ended = incident.resolved_at or incident.changed_at
    span = f"from {slack_time(incident.since, zone)} to {slack_time(ended, zone)}"
    lines = [f"It lasted {duration(ended - incident.since)}, {span}. At worst it was {worst(incident)}."]
    if incident.gap is not None:
        start, end = slack_time(incident.gap.start, zone), slack_time(incident.gap.end, zone)
        lines.append(f"Nothing written from {start} to {end} can be restored.")
    return lines


def worst(incident: Incident) -> str:
    """Say how bad an incident was at worst."""
    delay = "" if incident.worst_delay is None else f" and {duration(incident.worst_delay)} behind"
    return f"{incident.worst_severity.word}{delay}"


def _small(content: IncidentContent, zone: tzinfo) -> str:
    subject = content.incident.subject
    parts = [f"{literal(ocp_name(subject.source))} read {slack_time(content.read_at, zone)}"]
    if content.incident.is_open:
        if content.status is not None:
            error = "" if content.error else ", no error message"
            parts.insert(0, f"Status {name(content.status)}{error}")
        if subject.destination:
            parts.append(f"writes to {name(subject.destination, _PATH_KEPT)}")
    return " · ".join(parts)


def subject_scope(incident: Incident) -> Scope:
    """Give the scope that means whom an incident is about."""
    subject = incident.subject
    cluster = None if subject.cluster is None else subject.cluster_label or str(subject.cluster)
    path = subject.destination or None
    if path is not None and len(path) > _PATH_KEPT:
        path = path[:_PATH_KEPT] + "*"
    return Scope(source=subject.source, cluster=cluster, tenant=subject.tenant_label, path=path)


def incident_buttons(incident: Incident) -> list[Button]:
    """Offer what helps to look further."""
    subject, scope = incident.subject, subject_scope(incident)
    buttons = [Button("What happened", to_text(ShowIncident(incident.number)))]
    if subject.key.startswith("task:"):
        buttons.insert(0, Button("Details", to_text(ShowTask(scope))))
    if subject.cluster is not None:
        cluster = Scope(source=scope.source, cluster=scope.cluster)
        label = clean(subject.cluster_label or str(subject.cluster), 40)
        buttons.append(Button(f"Tasks of {label}", to_text(ListTasks(cluster))))
    else:
        buttons.append(
            Button(f"Tasks of {clean(subject.source, 40)}", to_text(ListTasks(Scope(source=scope.source))))
        )
    return buttons
