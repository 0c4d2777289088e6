"""The parent message of a group: what its members share, the worst of them, and how many the rest are."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from bot.domain.evidence import NotWatched
from bot.domain.grouping import Cause, Group
from bot.domain.incident import Incident
from bot.domain.notification import Counts, GroupChangeContent, GroupContent
from bot.domain.problem import Problem
from bot.domain.standing import Standing
from bot.views.blocks import Block, Message, actions, context, literal, message, sections
from bot.views.error_text import error_quotation
from bot.views.group_words import all_over, broken, error_of, look_at, look_first
from bot.views.handled import NOT_SILENCED, Silenced, holder, marks, silenced_line, who_has_it
from bot.views.incident_buttons import group_rows
from bot.views.incident_card import ASKS_WHO, instead_lines, left_to, worst
from bot.views.links import NO_LINKS, Links, runbook_lines
from bot.views.restorable import at_risk, gap_lines_of, is_grave, left_lost, still_lost
from bot.views.trouble import MARKS, group_mark, how, incident_mark, lost_mark
from bot.views.twins import subjects
from bot.views.wording import count, duration, lasting, ocp_name, slack_time

TOLD = 5
"""So many members are told one by one, the worst; the rest is counted."""
_HOLDERS = 2


def group_message(content: GroupContent, zone: tzinfo = UTC, *, links: Links = NO_LINKS) -> Message:
    """Show one group as it stood when this message was born."""
    group = content.group
    counts = content.counts
    spoken = f"{mark_of(group, counts, content.worst)} {group_headline(content, zone)} ({group_state(group)})"
    lines = group_lines(content, zone)
    if group.is_open and content.worst:
        lines += runbook_lines(links, content.worst[0])
    blocks: list[Block] = sections(lines[:1])
    if group.is_open and group.trait.cause is Cause.ERROR:
        blocks.append(error_quotation(error_of(content.worst) or group.trait.label.replace("#", "…")))
        blocks += sections(lines[1:])
    else:
        blocks = sections(lines)
    blocks.append(context(_small(content, zone)))
    asks = has_lost(content.worst)
    for row in group_rows(group, content.counts.members, content.silence, asks=asks):
        blocks += actions(row)
    return message(spoken, blocks)


def _small(content: GroupContent, zone: tzinfo) -> str:
    """Say when it was read; of what gives no answer, when it was asked."""
    group, moment = content.group, slack_time(content.read_at, zone)
    if group.is_open and group.problem is Problem.UNREACHABLE:
        return f"As of {moment}"
    return f"{literal(ocp_name(group.trait.source))} read {moment}"


def mark_of(group: Group, counts: Counts, worst: Sequence[Incident]) -> str:
    """Give the mark of a group; one that left a loss, or that nobody watches any more, is not all well."""
    if not group.is_open and has_lost(worst):
        return MARKS[Standing.WARNING]
    if not group.is_open and counts.unwatched >= counts.members:
        return MARKS[Standing.UNKNOWN]
    return group_mark(group)


def group_words(group: Group, counts: Counts, worst: Sequence[Incident]) -> str:
    """Say a group in a few words: how many of how many are how, or that they are well again; in markup.

    What it has cost for good is said too; of what is over, first.
    """
    if group.is_open:
        parts = (broken(group, counts, worst), still_lost(worst, counts.members))
        return literal("; ".join(part for part in parts if part))
    parts = (left_lost(worst, counts.members), all_over(group, counts))
    return literal(". ".join(part for part in parts if part))


def group_headline(content: GroupContent, zone: tzinfo) -> str:
    """Say a group in one line: how many of how many, since when, what is lost, where to look; in markup."""
    group, counts, worst = content.group, content.counts, content.worst
    if not group.is_open:
        return group_words(group, counts, worst)
    said = f"{literal(broken(group, counts, worst))} since {slack_time(group.since, zone)}"
    lost, first = still_lost(worst, counts.members), look_first(group, worst)
    said += f"; {literal(lost)}" if lost else ""
    return f"{said}: {literal(first)}" if first else said


def group_state(group: Group) -> str:
    """Say how severe a group is, and its number."""
    return f"{group.severity.word if group.is_open else 'over'}, group {group.number}"


def group_lines(content: GroupContent, zone: tzinfo, *, members: bool = True) -> list[str]:
    """Say how a group stands: its headline, who has it, and, with ``members``, the worst of them."""
    group, counts = content.group, content.counts
    top = f"{mark_of(group, counts, content.worst)} *{group_headline(content, zone)}*  {group_state(group)}"
    if not group.is_open:
        return [top, *over_lines(content, zone)]
    lines = [top, literal(look_at(group, content.worst))]
    lines += count_lines(counts, silence_ended=content.was_silenced)
    lines += risk_lines(content, content.read_at, zone)
    lines.append(who_has_group(content, zone))
    if content.silence is not None:
        lines.append(silenced_line(content.silence, zone))
    if members:
        lines += member_lines(content.worst, counts, content.read_at, group)
    return lines + instead_lines(content.instead_of)


def who_has_group(content: GroupContent | GroupChangeContent, zone: tzinfo) -> str:
    """Say who has a group; where nobody has, who has how many of it."""
    group, worst = content.group, content.worst
    asking = [one for one in worst if one.is_open or one.gap is not None]
    holders = Counter(holder(one.handling) for one in asking if one.handling.is_taken)
    if group.handling.is_taken or not holders:
        return who_has_it(group.handling, zone)
    least = "at least " if content.counts.members > len(worst) else ""
    named = [f"{who} has {least}{number:,} of them" for who, number in holders.most_common(_HOLDERS)]
    more = len(holders) - len(named)
    named += [f"{more:,} {'other has' if more == 1 else 'others have'} some, too"] if more else []
    return f"Nobody has the group; {', '.join(named)}."


def risk_lines(
    content: GroupContent | GroupChangeContent, at: datetime, zone: tzinfo, *, grave: bool = False
) -> list[str]:
    """Say what of a group cannot be restored; where it is ``grave`` what that comes to."""
    grave = grave or is_grave(content.group.severity, content.group.problem)
    return at_risk(
        content.worst,
        content.shipped_until,
        at,
        zone,
        number=content.counts.open,
        grave=grave,
    )


def count_lines(counts: Counts, *, silence_ended: bool = False) -> list[str]:
    """Count the members that are silenced alone, and those that are over."""
    silenced = f"{counts.silenced:,} of them {'is' if counts.silenced == 1 else 'are'}"
    said = [f"{silenced} silenced one by one."] if counts.silenced else []
    if silence_ended:
        rest = (
            f"; {silenced} still silenced one by one." if counts.silenced else ", and it is still not over."
        )
        said = [f"The silence of the group has ended{rest}"]
    well = counts.over - counts.unwatched
    ended = [f"{well:,} {'is' if well == 1 else 'are'} well again"] if well else []
    if counts.unwatched:
        ended.append(f"{counts.unwatched:,} {'is' if counts.unwatched == 1 else 'are'} no longer watched")
    if ended:
        said.append(f"Of the {count(counts.members, 'incident')} here, {' and '.join(ended)}.")
    return [" ".join(said)] if said else []


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
        unread = counts.problems and all(one is Problem.UNREACHABLE for one, _ in counts.problems)
        return [*lines, f"…and {still:,} more {'of which nothing is known' if unread else 'in trouble'}."]
    left = counts.members - len(told)
    return [*lines, f"…and {left:,} more that {'is' if left == 1 else 'are'} over."] if left > 0 else lines


def _member_line(
    incident: Incident, whose: str, now: datetime, group: Group | None, silenced: Silenced
) -> str:
    who = f"{incident_mark(incident)} *{literal(whose)}*"
    lost = lost_mark(incident)
    if not incident.is_open:
        ended = "is no longer watched" if isinstance(incident.because, NotWatched) else "is over"
        return f"{who} {ended}{lost} · incident {incident.number}"
    same = group is not None and holder(group.handling) == holder(incident.handling)
    people = "" if same else marks(incident, silenced)
    state = f"{literal(how(incident))}{lasting(now - incident.since)}"
    return f"{who} {state}{lost} · incident {incident.number}{people}"


def over_lines(content: GroupContent, zone: tzinfo) -> list[str]:
    """Say what matters of a group that is over."""
    group, counts = content.group, content.counts
    ended = group.resolved_at or group.changed_at
    span = f"from {slack_time(group.since, zone)} to {slack_time(ended, zone)}"
    lines = gap_lines_of(content.worst, zone)
    lines.append(f"It lasted {duration(ended - group.since)}, {span}. At worst {worst(group)}.")
    if counts.unwatched:
        lines.append(_unwatched(counts))
    return lines + left_to_whom(content, zone)


def _unwatched(counts: Counts) -> str:
    """Say of how many nobody knows any more how they are."""
    they = "It" if counts.unwatched == 1 else "They"
    if counts.unwatched >= counts.members:
        return f"{they} may still be broken."
    are = count(counts.unwatched, "of them is", "of them are")
    return f"{are} no longer watched and may still be broken."


def left_to_whom(content: GroupContent | GroupChangeContent, zone: tzinfo) -> list[str]:
    """Say who had a group that is over, or who has what it left to be done."""
    handling = content.group.handling
    if handling.is_taken or not has_lost(content.worst):
        return left_to(handling, zone, is_done=not has_lost(content.worst))
    return [f"{who_has_group(content, zone)} {ASKS_WHO}"]


def has_lost(incidents: Sequence[Incident]) -> bool:
    """Whether any of these has lost log for good."""
    return any(one.gap is not None for one in incidents)
