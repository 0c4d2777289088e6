"""One change of a group, or several changes at once, as a reply that tells all to whoever reads it alone."""

from datetime import UTC, tzinfo

from bot.domain.notification import ChangeContent, ChangesContent, GroupChangeContent, Reason
from bot.views.blocks import Message, literal, message, sections
from bot.views.change_reply import change_sentence, ending, since_line
from bot.views.group_card import (
    group_state,
    group_words,
    has_lost,
    left_to_whom,
    look_lines,
    mark_of,
    member_lines,
    risk_lines,
    unwatched_lines,
    who_has_group,
)
from bot.views.incident_card import worst
from bot.views.lasted import lasted
from bot.views.restorable import gap_lines_of, still_lost
from bot.views.trouble import incident_mark, short_problem
from bot.views.wording import count, duration

TOLD = 5
"""So many changes are told one by one; the rest is counted."""

_OPENING = {Reason.GOT_WORSE: "Worse: ", Reason.CAME_BACK: "Trouble again: "}


def group_change_message(content: GroupChangeContent, zone: tzinfo = UTC) -> Message:
    """Say what changed about a group, since when and how bad it is now, or how long it lasted."""
    group, mark = content.group, mark_of(content.group, content.counts, content.worst)
    opening = _OPENING.get(content.reason, "") if group.is_open else ""
    state = group_state(group, content.counts) if group.is_open else f"group {group.number}"
    plain = f"{opening}{group_words(group, content.counts, content.worst)}"
    lines = []
    if group.is_open:
        lines.append(f"{since_line(group, content.reason, content.at, zone)}{_before(content)}")
        lines += look_lines(group, content.counts, content.worst)
        lines += risk_lines(content, content.at, zone, grave=content.reason is Reason.GOT_WORSE)
        lines.append(who_has_group(content, zone))
        lines += member_lines(content.worst, content.counts, content.at, group)
    else:
        ended = group.resolved_at or group.changed_at
        lines += gap_lines_of(content.worst, zone)
        lines += unwatched_lines(content, zone) if content.counts.unwatched else []
        lines.append(f"It lasted {duration(ended - group.since)}. At worst {worst(group)}.")
        lines += left_to_whom(content, zone) if has_lost(content.worst) else []
    text = [f"{mark} {plain} ({state})", *lines]
    return message("\n".join(text), sections([f"{mark} *{plain}*  {state}", *lines]))


def _before(content: GroupChangeContent) -> str:
    """Say how it was when it was last told, where it got worse since then."""
    before = content.before
    if before is None or content.reason is not Reason.GOT_WORSE:
        return ""
    how = f"{short_problem(before.problem)} ({before.severity.word})"
    return f" Before: {before.broken:,} broken, at worst {how}."


_CHANGED = {
    Reason.FIRST_SEEN: "began",
    Reason.GOT_WORSE: "got worse",
    Reason.EASED: "got better",
    Reason.CAME_BACK: "began again",
    Reason.RECOVERED: "are over",
    Reason.NOT_WATCHED: "are no longer watched",
    Reason.RESOLVED_BY_HAND: "were called over",
}
"""What happened to several; of one alone ``are`` and ``were`` are put right."""


def changes_message(content: ChangesContent, zone: tzinfo = UTC) -> Message:
    """Say several changes at once: how many of each, then the gravest one by one."""
    first = ", ".join(_counted(reason, number) for reason, number in content.counts)
    mark = incident_mark(content.changes[0].after) if content.changes else ""
    told = content.changes[:TOLD]
    lines = [_line(change) for change in told]
    left = sum(number for _, number in content.counts) - len(lines)
    if left > 0:
        lines.append(f"…and {left:,} more.")
    after = [change.after for change in told]
    lines += gap_lines_of(after, zone)
    lost = still_lost(after, len(after) + max(left, 0))
    first += f"; {literal(lost)}" if lost else ""
    first = f"{mark} {first[:1].upper()}{first[1:]}".strip()
    return message("\n".join([first, *lines]), sections([f"*{first}*", *lines]))


def _counted(reason: Reason, number: int) -> str:
    did = _CHANGED.get(reason, reason.value)
    if number == 1:
        did = did.replace("are ", "is ", 1).replace("were ", "was ", 1)
    return f"{count(number, 'incident')} {did}"


def _line(change: ChangeContent) -> str:
    after = change.after
    state = (
        f"{lasted(after, change.at)} · {after.severity.word},"
        if after.is_open
        else f" · {ending(change)}".rstrip()
    )
    return f"{incident_mark(after)} {change_sentence(change)}{state} incident {after.number}"
