"""What began and ended while nothing could be told: said once, afterwards."""

from datetime import UTC, tzinfo

from bot.commands import ListIncidents, to_text
from bot.domain.incident import Incident
from bot.domain.notification import MeanwhileContent
from bot.domain.standing import Standing
from bot.views.blocks import Button, Message, actions, literal, message, sections
from bot.views.incident_card import ended_at, worst
from bot.views.restorable import gap_lines_of, left_lost
from bot.views.timeline import title
from bot.views.trouble import MARKS, incident_mark, lost_mark, short_problem
from bot.views.twins import subjects
from bot.views.wording import count, duration, slack_time

TOLD = 8


def meanwhile_message(content: MeanwhileContent, zone: tzinfo = UTC) -> Message:
    """Say first what is lost for good, then tell the worst with their times, and count the rest."""
    told = content.incidents[:TOLD]
    lost = left_lost(told, content.total)
    said = count(content.total, "incident", "incidents")
    first = f"While the bot could not post here, {said} began and {_were(content.total)} over again"
    first = f"{literal(lost)}. {first}" if lost else first
    lines = gap_lines_of(told, zone)
    lines += [
        f"{literal(title(group))}, from {slack_time(group.since, zone)}" for group in content.groups[:TOLD]
    ]
    whose = subjects(told)
    lines += [_line(incident, whose(incident), zone) for incident in told]
    left = content.total - min(len(content.incidents), TOLD)
    if left > 0:
        lines.append(f"…and {left:,} more.")
    row = [Button("Incidents", to_text(ListIncidents()))]
    mark = incident_mark(told[0]) if told else MARKS[Standing.WELL]
    return message(
        "\n".join([f"{mark} {first}", *lines]), sections([f"{mark} *{first}*", *lines]) + actions(row)
    )


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _line(incident: Incident, whose: str, zone: tzinfo) -> str:
    span = f"from {slack_time(incident.since, zone)}, for {duration(ended_at(incident) - incident.since)}"
    head = f"{incident_mark(incident)} *{literal(whose)}* {short_problem(incident.problem)} {span}"
    return f"{head}, at worst {worst(incident)}{lost_mark(incident)} · incident {incident.number}"
