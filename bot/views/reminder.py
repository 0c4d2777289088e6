"""What still burns, as a reply in the thread: for everybody, for whoever has it, or for somebody further."""

from datetime import UTC, datetime, tzinfo
from typing import assert_never

from bot.commands import ListIncidents, to_text
from bot.domain.notification import GreetingContent, GroupContent, IncidentContent, Reason, ReminderContent
from bot.views import greeting
from bot.views.blocks import Button, Message, actions, literal, message, sections
from bot.views.greeting import scope_of, still_open, taking_all, worst_mark
from bot.views.group_card import (
    group_state,
    group_words,
    look_lines,
    mark_of,
    member_lines,
    risk_lines,
    who_has_group,
)
from bot.views.handled import who_has_it
from bot.views.happened import delay_lines
from bot.views.hint_blocks import look_line
from bot.views.incident_buttons import Row, every_member, reminder_row, silencing_button, taking
from bot.views.mentions import pinged
from bot.views.restorable import restorable_lines, title
from bot.views.trouble import incident_mark
from bot.views.wording import duration


def reminder_message(content: ReminderContent, zone: tzinfo = UTC) -> Message:
    """Say that something still burns, for how long, how bad it is, and who has it."""
    match content.about:
        case IncidentContent() as about:
            return _of_incident(content, about, zone)
        case GroupContent() as about:
            return _of_group(content, about, zone)
        case GreetingContent() as about:
            return _of_greeting(content, about, zone)
    assert_never(content.about)


def _of_incident(content: ReminderContent, about: IncidentContent, zone: tzinfo) -> Message:
    incident = about.incident
    state = _state(content, incident.since, f"{incident.severity.word}, incident {incident.number}")
    lines = [*delay_lines(about, zone), *restorable_lines(incident, about.read_at, zone, grave=True)]
    look = look_line(incident, "Details", status=about.status, error=about.error)
    lines += [look] if look else []
    lines += [] if content.reason is Reason.NOT_ACKNOWLEDGED else [who_has_it(incident.handling, zone)]
    return _reply(
        incident_mark(incident),
        literal(title(incident)),
        state,
        content,
        lines,
        reminder_row(incident, about.silence),
    )


def _of_group(content: ReminderContent, about: GroupContent, zone: tzinfo) -> Message:
    group = about.group
    state = _state(content, group.since, group_state(group, about.counts))
    lines = look_lines(group, about.counts, about.worst)
    lines += risk_lines(about, about.read_at, zone, grave=True)
    lines += [] if content.reason is Reason.NOT_ACKNOWLEDGED else [who_has_group(about, zone)]
    lines += member_lines(about.worst, about.counts, content.at, group)
    row = [
        taking(group.handling, group.number),
        silencing_button(about.silence, group.number),
        every_member(group, about.counts.members),
    ]
    said = group_words(group, about.counts, about.worst)
    return _reply(mark_of(group, about.counts, about.worst), said, state, content, lines, row)


def _of_greeting(content: ReminderContent, about: GreetingContent, zone: tzinfo) -> Message:
    state = "broken since before the watch began"
    spoken, shown = _first(worst_mark(about), still_open(about), state, content)
    row = [*taking_all(about), Button("Incidents", to_text(ListIncidents(scope_of(about))))]
    lines = greeting.risk_lines(about, zone)
    lines += [] if content.reason is Reason.NOT_ACKNOWLEDGED else greeting.untaken_lines(about)
    blocks = [*sections([shown, *lines]), *greeting.member_blocks(about, content.at, zone), *actions(row)]
    return message("\n".join([spoken, *lines, *greeting.member_lines(about, content.at, zone)]), blocks)


def _state(content: ReminderContent, since: datetime, words: str) -> str:
    return f"for {duration(content.at - since)}, {words}"


def _reply(
    mark: str, plain: str, state: str, content: ReminderContent, lines: list[str], row: Row
) -> Message:
    spoken, shown = _first(mark, plain, state, content)
    return message("\n".join([spoken, *lines]), sections([shown, *lines]) + actions(row))


def _first(mark: str, plain: str, state: str, content: ReminderContent) -> tuple[str, str]:
    """Put the reason in front of what is wrong; whoever it is for is called at the end of the first line.

    Once as a notification says it, once as it is shown.
    """
    said = f"{mark} {_opening(content)}".strip()
    called = "" if content.to is None else f" {pinged(content.to)}"
    return f"{said} {plain} ({state}){called}", f"{said} *{plain}*  {state}{called}"


def _opening(content: ReminderContent) -> str:
    match content.reason:
        case Reason.NOT_ACKNOWLEDGED if isinstance(content.about, GroupContent):
            return who_has_group(content.about, UTC).removesuffix(".") + ":"
        case Reason.NOT_ACKNOWLEDGED if isinstance(content.about, GreetingContent):
            return "Not all are taken yet:"
        case Reason.NOT_ACKNOWLEDGED:
            return "Nobody has taken it yet:"
        case Reason.STILL_YOURS:
            return "Still yours:"
        case Reason.SILENCE_OVER:
            return "The silence is over and it is still not well:"
        case _:
            return "Still:"
