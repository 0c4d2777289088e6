"""What still burns, as a reply in the thread: for everybody, for whoever has it, or for somebody further."""

from datetime import UTC, datetime, tzinfo
from typing import assert_never

from bot.domain.handling import Handling
from bot.domain.incident import Incident
from bot.domain.notification import GreetingContent, GroupContent, IncidentContent, Reason, ReminderContent
from bot.views.blocks import Message, actions, literal, message, sections
from bot.views.greeting import counts_of, member_summary, open_members
from bot.views.group_card import group_words, member_lines
from bot.views.handled import who_has_it
from bot.views.incident_buttons import Row, every_member, reminder_row, silencing_button, taking
from bot.views.incident_card import delay_lines
from bot.views.mentions import pinged
from bot.views.trouble import group_mark, headline, incident_mark, severity_mark
from bot.views.wording import count, duration


def reminder_message(content: ReminderContent, zone: tzinfo = UTC) -> Message:
    """Say that something still burns, for how long, how bad it is, and who has it."""
    match content.about:
        case IncidentContent() as about:
            return _of_incident(content, about, zone)
        case GroupContent() as about:
            return _of_group(content, about, zone)
        case GreetingContent() as about:
            return _of_greeting(content, about)
    assert_never(content.about)


def _of_incident(content: ReminderContent, about: IncidentContent, zone: tzinfo) -> Message:
    incident = about.incident
    state = _state(content, incident.since, f"{incident.severity.word}, incident {incident.number}")
    lines = [*delay_lines(about, zone), *_whose(content, incident.handling, zone)]
    return _reply(
        incident_mark(incident),
        headline(incident),
        state,
        content,
        lines,
        reminder_row(incident, about.silence),
    )


def _of_group(content: ReminderContent, about: GroupContent, zone: tzinfo) -> Message:
    group = about.group
    state = _state(content, group.since, f"{group.severity.word}, group {group.number}")
    lines = member_lines(about.worst, about.counts.members, content.at, group)
    lines += _whose(content, group.handling, zone)
    row = [
        taking(group.handling, group.number),
        silencing_button(about.silence, group.number),
        every_member(group, about.counts.members),
    ]
    return _reply(group_mark(group), group_words(group, about.counts), state, content, lines, row)


def _of_greeting(content: ReminderContent, about: GreetingContent) -> Message:
    broken: list[Incident] = open_members(about)
    said = count(counts_of(about).open, "task or cluster needs you", "tasks or clusters need you")
    mark = severity_mark(max(one.severity for one in broken)) if broken else ""
    state = "broken when the watch began"
    return _reply(mark, said, state, content, member_summary(about, content.at), [])


def _state(content: ReminderContent, since: datetime, words: str) -> str:
    return f"for {duration(content.at - since)}, {words}"


def _reply(
    mark: str, plain: str, state: str, content: ReminderContent, lines: list[str], row: Row
) -> Message:
    """Put the reason in front of what is wrong; whoever it is for is called at the end of the first line."""
    said = f"{mark} {_OPENING.get(content.reason, 'Still:')}".strip()
    called = "" if content.to is None else f" {pinged(content.to)}"
    spoken = f"{said} {literal(plain)} ({state}){called}"
    shown = f"{said} *{literal(plain)}*  {state}{called}"
    return message("\n".join([spoken, *lines]), sections([shown, *lines]) + actions(row))


_OPENING = {
    Reason.NOT_ACKNOWLEDGED: "Nobody has taken it yet:",
    Reason.STILL_YOURS: "Still yours:",
    Reason.SILENCE_OVER: "The silence is over and it is still not well:",
}


def _whose(content: ReminderContent, handling: Handling, zone: tzinfo) -> list[str]:
    """Say who has it, where the first line does not."""
    return [] if content.reason is Reason.NOT_ACKNOWLEDGED else [who_has_it(handling, zone)]
