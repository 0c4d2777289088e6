"""The parent message of a group: what its members share, the worst of them, and how many the rest are."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from bot.domain.fleet import Standing
from bot.domain.grouping import Cause, Group
from bot.domain.incident import Incident
from bot.domain.notification import Counts, GroupChangeContent, GroupContent
from bot.domain.problem import Severity
from bot.views.blocks import Block, Message, actions, context, literal, message, sections
from bot.views.error_text import error_quotation
from bot.views.group_words import all_over, broken, kinds_words, look_at, look_first
from bot.views.handled import NOT_SILENCED, Silenced, holder, marks, silenced_line, who_has_it
from bot.views.incident_buttons import group_rows
from bot.views.incident_card import instead_lines, who_had_it, worst
from bot.views.links import NO_LINKS, Links, runbook_lines
from bot.views.restorable import at_risk, gap_lines_of, lost_words
from bot.views.trouble import MARKS, group_mark, how, incident_mark
from bot.views.twins import subjects
from bot.views.wording import count, duration, lasting, ocp_name, slack_time

TOLD = 5
"""So many members are told one by one, the worst; the rest is counted."""


def group_message(content: GroupContent, zone: tzinfo = UTC, *, links: Links = NO_LINKS) -> Message:
    """Show one group as it stood when this message was born."""
    group = content.group
    counts = content.counts
    spoken = f"{mark_of(group, counts, content.worst)} {group_headline(content, zone)} ({group_state(group)})"
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


def mark_of(group: Group, counts: Counts, worst: Sequence[Incident]) -> str:
    """Give the mark of a group; one that left a loss, or that nobody watches any more, is not all well."""
    if not group.is_open and any(one.gap is not None for one in worst):
        return MARKS[Standing.WARNING]
    if not group.is_open and counts.unwatched >= counts.members:
        return MARKS[Standing.UNKNOWN]
    return group_mark(group)


def group_words(group: Group, counts: Counts, worst: Sequence[Incident], zone: tzinfo) -> str:
    """Say a group in a few words: how many of how many are how, or that they are well again; in markup.

    What is over says first what it has cost for good.
    """
    if group.is_open:
        return literal(broken(group, counts))
    lost = lost_words(worst, counts.members, zone)
    over = literal(all_over(group, counts))
    return f"Lost for good: {lost}. {over}" if lost else over


def group_headline(content: GroupContent, zone: tzinfo) -> str:
    """Say a group in one line: how many of how many, since when, and where to look first; in markup."""
    group, said = content.group, group_words(content.group, content.counts, content.worst, zone)
    if not group.is_open:
        return said
    since = f"{said} since {slack_time(group.since, zone)}"
    return f"{since}: {look_first(group)}"


def group_state(group: Group) -> str:
    """Say how severe a group is, and its number."""
    return f"{group.severity.word if group.is_open else 'over'}, group {group.number}"


def group_lines(content: GroupContent, zone: tzinfo, *, members: bool = True) -> list[str]:
    """Say how a group stands: its headline, who has it, and, with ``members``, the worst of them."""
    group, counts = content.group, content.counts
    top = f"{mark_of(group, counts, content.worst)} *{group_headline(content, zone)}*  {group_state(group)}"
    if not group.is_open:
        return [top, *over_lines(content, zone)]
    lines = [top, literal(look_at(group)), *count_lines(counts)]
    lines += risk_lines(content, content.read_at, zone)
    lines.append(who_has_group(group, content.worst, zone))
    if content.silence is not None:
        lines.append(silenced_line(content.silence, zone))
    if content.was_silenced:
        lines.append("It was silenced until now and is still not over.")
    if members:
        lines += member_lines(content.worst, counts, content.read_at, group)
    return lines + instead_lines(content.instead_of)


def who_has_group(group: Group, worst: Sequence[Incident], zone: tzinfo) -> str:
    """Say who has a group; where nobody has, whether somebody has a part of it."""
    if not group.handling.is_taken and any(one.handling.is_taken for one in worst):
        return "Nobody has taken all of it yet."
    return who_has_it(group.handling, zone)


def risk_lines(
    content: GroupContent | GroupChangeContent, at: datetime, zone: tzinfo, *, grave: bool = False
) -> list[str]:
    """Say what of a group cannot be restored; where it is ``grave`` what that comes to."""
    return at_risk(
        content.worst,
        content.shipped_until,
        at,
        zone,
        number=content.counts.open,
        grave=grave or content.group.severity is Severity.CRITICAL,
    )


def count_lines(counts: Counts) -> list[str]:
    """Count the members that are in trouble, by what is wrong and silenced; then those that are over."""
    said = []
    silenced = f"{counts.silenced:,} of them silenced one by one" if counts.silenced else ""
    kinds = kinds_words(counts.problems) if len(counts.problems) > 1 else ""
    if kinds:
        said.append(f"{counts.open:,} in trouble: {'; '.join(part for part in (kinds, silenced) if part)}.")
    elif silenced:
        said.append(f"{silenced}.")
    well = counts.over - counts.unwatched
    ended = [f"{well:,} {'is' if well == 1 else 'are'} well again"] if well else []
    if counts.unwatched:
        ended.append(f"{counts.unwatched:,} {'is' if counts.unwatched == 1 else 'are'} no longer watched")
    return [" ".join([*said, *([f"{', '.join(ended)}."] if ended else [])])] if said or ended else []


def member_lines(
    worst: Sequence[Incident],
    counts: Counts,
    now: datetime,
    group: Group | None = None,
    silenced: Silenced = NOT_SILENCED,
    *,
    most: int = TOLD,
) -> list[str]:
    """Tell the worst members one by one, and count the rest: of those in trouble, else of those over."""
    told = worst[:most]
    whose = subjects(worst)
    lines = [_member_line(incident, whose(incident), now, group, silenced) for incident in told]
    still = counts.open - sum(one.is_open for one in told)
    if still > 0:
        return [*lines, f"…and {still:,} more in trouble."]
    left = counts.members - len(told)
    return [*lines, f"…and {left:,} more that {'is' if left == 1 else 'are'} over."] if left > 0 else lines


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
