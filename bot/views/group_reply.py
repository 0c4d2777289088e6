"""One change of a group, or several changes at once, as a reply in the thread."""

from bot.domain.incident import Incident
from bot.domain.notification import ChangeContent, ChangesContent, GroupChangeContent, Reason
from bot.views.blocks import Message, literal, message, sections
from bot.views.change_reply import change_sentence
from bot.views.group_card import group_words, mark_of, member_lines, worst_of
from bot.views.handled import numbers_words
from bot.views.trouble import incident_mark
from bot.views.wording import count, duration

TOLD = 5
"""So many changes are told one by one; the rest is counted."""

_OPENING = {
    Reason.FIRST_SEEN: "",
    Reason.GOT_WORSE: "Worse: ",
    Reason.EASED: "Better: ",
    Reason.CAME_BACK: "Back again: ",
    Reason.GROUPED: "Broke together: ",
}


def group_change_message(content: GroupChangeContent) -> Message:
    """Say what changed about a group and how bad it is now, or how long it lasted."""
    group, mark = content.group, mark_of(content.group, content.counts)
    opening = _OPENING.get(content.reason, "") if group.is_open else ""
    state = f"{group.severity.word}, group {group.number}" if group.is_open else f"group {group.number}"
    plain = literal(f"{opening}{group_words(group, content.counts)}")
    lines = []
    if content.reason is Reason.GROUPED:
        lines.append(f"From now on group {group.number} speaks for {_numbers(content.worst)}.")
    if group.is_open:
        lines += member_lines(content.worst, content.counts.members, content.at, group)
    else:
        ended = group.resolved_at or group.changed_at
        lines.append(f"It lasted {duration(ended - group.since)}. At worst it was {worst_of(group)}.")
    text = [f"{mark} {plain} ({state})", *lines]
    return message("\n".join(text), sections([f"{mark} *{plain}*  {state}", *lines]))


def _numbers(incidents: tuple[Incident, ...]) -> str:
    return numbers_words([one.number for one in incidents])


_CHANGED = {
    Reason.FIRST_SEEN: "began",
    Reason.GOT_WORSE: "got worse",
    Reason.EASED: "got better",
    Reason.CAME_BACK: "came back",
    Reason.RECOVERED: "are over",
    Reason.NOT_WATCHED: "are no longer watched",
    Reason.RESOLVED_BY_HAND: "were called over",
}
"""What happened to several; of one alone ``are`` and ``were`` are put right."""


def changes_message(content: ChangesContent) -> Message:
    """Say several changes at once: how many of each, then the gravest one by one."""
    first = ", ".join(_counted(reason, number) for reason, number in content.counts)
    mark = incident_mark(content.changes[0].after) if content.changes else ""
    lines = [_line(change) for change in content.changes[:TOLD]]
    left = sum(number for _, number in content.counts) - len(lines)
    if left > 0:
        lines.append(f"…and {left:,} more.")
    first = f"{mark} {first[:1].upper()}{first[1:]}".strip()
    return message("\n".join([first, *lines]), sections([f"*{first}*", *lines]))


def _counted(reason: Reason, number: int) -> str:
    did = _CHANGED.get(reason, reason.value)
    if number == 1:
        did = did.replace("are ", "is ", 1).replace("were ", "was ", 1)
    return f"{count(number, 'incident')} {did}"


def _line(change: ChangeContent) -> str:
    return (
        f"{incident_mark(change.after)} {literal(change_sentence(change))} · incident {change.after.number}"
    )
