"""The parent message of a group: what its members share, the worst of them, and how many the rest are."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from bot.domain.fleet import Standing
from bot.domain.grouping import Cause, Group
from bot.domain.incident import Incident
from bot.domain.look import shipped_until
from bot.domain.notification import Counts, GroupContent
from bot.domain.problem import Problem
from bot.views.blocks import Block, Message, actions, context, literal, message, sections
from bot.views.error_text import error_quotation
from bot.views.group_words import all_over, broken, kinds_words, likely, look_first
from bot.views.handled import NOT_SILENCED, Silenced, holder, marks, silenced_line, who_has_it
from bot.views.incident_buttons import group_rows
from bot.views.incident_card import FULL_BACKUP, NOT_KNOWN, gap_words, instead_lines, who_had_it, worst
from bot.views.links import NO_LINKS, Links, runbook_lines
from bot.views.trouble import MARKS, group_mark, how, incident_mark
from bot.views.twins import subjects
from bot.views.wording import count, duration, lasting, ocp_name, slack_time

TOLD = 5
"""So many members are told one by one, the worst; the rest is counted."""
_GAPS = 5


def group_message(content: GroupContent, zone: tzinfo = UTC, *, links: Links = NO_LINKS) -> Message:
    """Show one group as it stood when this message was born."""
    group = content.group
    counts = content.counts
    spoken = f"{mark_of(group, counts)} {group_headline(group, counts, zone)} ({group_state(group)})"
    lines = group_lines(content, zone)
    if group.is_open and content.worst:
        lines += runbook_lines(links, content.worst[0])
    blocks: list[Block] = sections(lines)
    if group.is_open and group.trait.cause is Cause.ERROR:
        blocks.append(error_quotation(group.trait.label))
    source = literal(ocp_name(group.trait.source))
    blocks.append(context(f"{source} read {slack_time(content.read_at, zone)}"))
    for row in group_rows(group, content.counts.members, content.silence):
        blocks += actions(row)
    return message(spoken, blocks)


def mark_of(group: Group, counts: Counts) -> str:
    """Give the mark of a group; one that nobody watches any more is not known to be well."""
    if not group.is_open and counts.unwatched >= counts.members:
        return MARKS[Standing.UNKNOWN]
    return group_mark(group)


def group_words(group: Group, counts: Counts) -> str:
    """Say a group in a few words: how many of how many are how, or that they are well again; plain text."""
    return broken(group, counts) if group.is_open else all_over(group, counts)


def group_headline(group: Group, counts: Counts, zone: tzinfo) -> str:
    """Say a group in one line: how many of how many, since when, and where to look first; in markup."""
    if not group.is_open:
        return literal(group_words(group, counts))
    since = f"{literal(group_words(group, counts))} since {slack_time(group.since, zone)}"
    return f"{since}: {look_first(group)}"


def group_state(group: Group) -> str:
    """Say how severe a group is, and its number."""
    return f"{group.severity.word if group.is_open else 'over'}, group {group.number}"


def group_lines(content: GroupContent, zone: tzinfo, *, members: bool = True) -> list[str]:
    """Say how a group stands: its headline, who has it, and, with ``members``, the worst of them."""
    group, counts = content.group, content.counts
    top = f"{mark_of(group, counts)} *{group_headline(group, counts, zone)}*  {group_state(group)}"
    if not group.is_open:
        return [top, *over_lines(content, zone)]
    lines = [top, literal(likely(group.trait)), *count_lines(counts)]
    lines += at_risk(content.worst, content.shipped_until, content.read_at, zone)
    lines.append(who_has_group(group, content.worst, zone))
    if content.silence is not None:
        lines.append(silenced_line(content.silence, zone))
    if content.was_silenced:
        lines.append("It was silenced until now and is still not over.")
    if members:
        lines += member_lines(content.worst, counts.members, content.read_at, group)
    return lines + instead_lines(content.instead_of)


def who_has_group(group: Group, worst: Sequence[Incident], zone: tzinfo) -> str:
    """Say who has a group; where nobody has, whether somebody has a part of it."""
    if not group.handling.is_taken and any(one.handling.is_taken for one in worst):
        return "Nobody has taken all of it yet."
    return who_has_it(group.handling, zone)


def at_risk(
    worst: Sequence[Incident], shipped_by: datetime | None, read_at: datetime, zone: tzinfo
) -> list[str]:
    """Say what cannot be restored: by the member that is the furthest behind, be it told or not; and gaps."""
    still = [one for one in worst if one.is_open]
    reached = [one for one in still if one.problem is not Problem.UNREACHABLE]
    if still and not reached:
        return [NOT_KNOWN]
    shipped = [at for one in reached if (at := shipped_until(one, read_at)) is not None]
    if shipped_by is not None:
        shipped.append(shipped_by)
    lines = gap_lines_of(worst, zone)
    if shipped:
        lines.append(f"What was written there since {slack_time(min(shipped), zone)} cannot be restored yet.")
    return lines


def gap_lines_of(incidents: Sequence[Incident], zone: tzinfo) -> list[str]:
    """Say of whom which stretch of time can never be restored, and once what to do."""
    left = [(one, one.gap) for one in incidents if one.gap is not None]
    whose = subjects(incidents)
    lines = [f"{literal(whose(one))}: *{gap_words(gap, zone)}*" for one, gap in left[:_GAPS]]
    if len(left) > _GAPS:
        lines.append(f"…and {len(left) - _GAPS:,} more have such a gap.")
    return [*lines, FULL_BACKUP] if left else []


def count_lines(counts: Counts) -> list[str]:
    """Count the members by what is wrong with them, and those that are over or silenced."""
    parts = [kinds_words(counts.problems)] if len(counts.problems) > 1 else []
    well = counts.over - counts.unwatched
    if well:
        parts.append(f"{well:,} well again")
    if counts.unwatched:
        parts.append(f"{counts.unwatched:,} no longer watched")
    if counts.silenced:
        parts.append(f"{counts.silenced:,} silenced one by one")
    return [f"{', '.join(parts)}."] if parts else []


def member_lines(
    worst: Sequence[Incident],
    members: int,
    now: datetime,
    group: Group | None = None,
    silenced: Silenced = NOT_SILENCED,
    *,
    most: int = TOLD,
) -> list[str]:
    """Tell the worst members one by one, and count the rest."""
    whose = subjects(worst)
    lines = [_member_line(incident, whose(incident), now, group, silenced) for incident in worst[:most]]
    left = members - len(lines)
    return [*lines, f"…and {left:,} more."] if left > 0 else lines


def _member_line(
    incident: Incident, whose: str, now: datetime, group: Group | None, silenced: Silenced
) -> str:
    who = f"{incident_mark(incident)} *{literal(whose)}*"
    if not incident.is_open:
        return f"{who} is over · incident {incident.number}"
    same = group is not None and holder(group.handling) == holder(incident.handling)
    people = "" if same else marks(incident, silenced)
    state = f"{literal(how(incident))}{lasting(now - incident.since)}"
    return f"{who} {state} · incident {incident.number}{people}"


def over_lines(content: GroupContent, zone: tzinfo) -> list[str]:
    """Say what matters of a group that is over."""
    group, counts = content.group, content.counts
    ended = group.resolved_at or group.changed_at
    span = f"from {slack_time(group.since, zone)} to {slack_time(ended, zone)}"
    lines = [f"It lasted {duration(ended - group.since)}, {span}. At worst {worst(group)}."]
    if 0 < counts.unwatched < counts.members:
        lines.append(f"{count(counts.unwatched, 'of them is', 'of them are')} no longer watched.")
    lines += gap_lines_of(content.worst, zone)
    if group.handling.is_taken:
        lines.append(who_had_it(group.handling))
    return lines
