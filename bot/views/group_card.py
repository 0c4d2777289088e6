"""The parent message of a group: what its members share, the worst of them, and how many the rest are."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from bot.domain.evidence import NotWatched
from bot.domain.grouping import Cause, Group
from bot.domain.incident import Incident
from bot.domain.look import shipped_until
from bot.domain.notification import Counts, GroupChangeContent, GroupContent
from bot.domain.problem import Problem
from bot.domain.standing import Standing
from bot.views.blocks import Block, Message, actions, context, literal, message, sections
from bot.views.error_text import error_quotation
from bot.views.group_words import all_over, broken, catching_up, error_of, look_first, where_to_look
from bot.views.handled import NOT_SILENCED, Silenced, holder, marks, silenced_line, who_has_it
from bot.views.incident_buttons import group_rows
from bot.views.incident_card import ASKS_WHO, instead_lines, left_to, worst
from bot.views.lasted import lasted
from bot.views.links import NO_LINKS, Links, runbook_lines
from bot.views.restorable import at_risk, blind_words, gap_lines_of, is_grave, left_lost, still_lost
from bot.views.trouble import MARKS, group_mark, how, incident_mark, lost_mark
from bot.views.twins import subjects
from bot.views.wording import count, duration, ocp_name, slack_time

TOLD = 5
"""So many members are told one by one, the worst; the rest is counted."""
_HOLDERS = 2
_SAME = timedelta(minutes=1)
"""Moments that are nearer than this are one to whoever reads them."""


def group_message(content: GroupContent, zone: tzinfo = UTC, *, links: Links = NO_LINKS) -> Message:
    """Show one group as it stood when this message was born."""
    group = content.group
    counts = content.counts
    mark, state = mark_of(group, counts, content.worst), group_state(group, counts)
    spoken = f"{mark} {group_headline(content, zone)} ({state})"
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
    """Give the mark of a group; one that left a loss, or that nobody watches any more, is not all well.

    One of which all is well again and nothing lost looks so before it is over.
    """
    if group.is_open and counts.burning:
        return group_mark(group)
    if has_lost(worst):
        return MARKS[Standing.WARNING]
    unwatched = not group.is_open and counts.unwatched >= counts.members
    return MARKS[Standing.UNKNOWN if unwatched else Standing.WELL]


def group_words(group: Group, counts: Counts, worst: Sequence[Incident]) -> str:
    """Say a group in a few words: how many of how many are how, or that they are well again; in markup.

    What it has cost for good comes first: a phone shows no more than the beginning.
    """
    if group.is_open:
        return f"{_loss(worst, counts)}{literal(broken(group, counts, worst))}"
    parts = (left_lost(worst, counts.members), all_over(group, counts))
    return literal(". ".join(part for part in parts if part))


def group_headline(content: GroupContent, zone: tzinfo) -> str:
    """Say a group in one line: what is lost, how many of how many, since when, where to look; in markup."""
    group, counts, worst = content.group, content.counts, content.worst
    said = group_words(group, counts, worst)
    if not group.is_open or not counts.burning:
        return said
    if group.problem is Problem.UNREACHABLE and len(counts.problems) <= 1:
        return f"{said}: {blind_words(group.since, zone)}"
    if catching_up(counts, worst):
        return f"{said}; trouble since {slack_time(group.since, zone)}"
    first = look_first(group, worst)
    said += f" since {slack_time(group.since, zone)}"
    return f"{said}: {literal(first)}" if first else said


def _loss(worst: Sequence[Incident], counts: Counts) -> str:
    """Say what is lost for good, before what is wrong; in markup."""
    lost = still_lost(worst, counts.members)
    return f"{literal(lost[0].upper() + lost[1:])}; " if lost else ""


def group_state(group: Group, counts: Counts) -> str:
    """Say how severe a group is while any of it is broken, or that it is over, and its number."""
    number = f"group {group.number}"
    if group.is_open:
        return f"{group.severity.word}, {number}" if counts.burning else number
    return number if counts.unwatched >= counts.members else f"over, {number}"


def group_lines(content: GroupContent, zone: tzinfo, *, members: bool = True) -> list[str]:
    """Say how a group stands: its headline, who has it, and, with ``members``, the worst of them."""
    group, counts = content.group, content.counts
    mark, state = mark_of(group, counts, content.worst), group_state(group, counts)
    top = f"{mark} *{group_headline(content, zone)}*  {state}"
    if not group.is_open:
        return [top, *over_lines(content, zone)]
    lines = [top, *look_lines(group, counts, content.worst)]
    lines += count_lines(counts, silence_ended=content.was_silenced)
    lines += risk_lines(content, content.read_at, zone)
    if counts.burning or group.handling.is_taken or has_lost(content.worst):
        lines.append(who_has_group(content, zone, asks=content.silence is None))
    else:
        lines.append("It closes if that lasts; there is nothing to do.")
    if content.silence is not None:
        lines.append(silenced_line(content.silence, zone))
    if members:
        lines += member_lines(content.worst, counts, content.read_at, group)
    return lines + instead_lines(content.instead_of)


def look_lines(group: Group, counts: Counts, worst: Sequence[Incident]) -> list[str]:
    """Say what to look at, while any of it is broken; in markup."""
    return [literal(where_to_look(group, counts, worst))] if counts.burning else []


def who_has_group(content: GroupContent | GroupChangeContent, zone: tzinfo, *, asks: bool = False) -> str:
    """Say who has a group; where nobody has, who has how many of it, or what taking it does."""
    group, worst = content.group, content.worst
    asking = [one for one in worst if one.is_open or one.gap is not None]
    holders = Counter(holder(one.handling) for one in asking if one.handling.is_taken)
    if group.handling.is_taken or not holders:
        return who_has_it(group.handling, zone, asks=asks)
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
    grave = grave and not catching_up(content.counts, content.worst)
    return at_risk(
        content.worst,
        content.shipped_until,
        at,
        zone,
        number=content.counts.burning,
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
    told = (
        (counts.recovering if counts.burning else 0, "recovering"),
        (well, "well again"),
        (counts.unwatched, "no longer watched"),
    )
    ended = [f"{number:,} {'is' if number == 1 else 'are'} {how_}" for number, how_ in told if number]
    if ended:
        said.append(f"Of the {count(counts.members, 'incident')} here, {_listed(ended)}.")
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
    if not told:
        return []
    whose = subjects(worst)
    lines = [_member_line(incident, whose(incident), now, group, silenced) for incident in told]
    still = counts.open - sum(one.is_open for one in told)
    if still > 0:
        return [*lines, f"…and {_rest(told, counts, still)}."]
    left = counts.members - len(told)
    return [*lines, f"…and {left:,} more that {'is' if left == 1 else 'are'} over."] if left > 0 else lines


def _rest(told: Sequence[Incident], counts: Counts, still: int) -> str:
    """Count those that are open and not told: in trouble, of which nothing is known, recovering."""
    well = min(still, counts.recovering - sum(one.recovers for one in told))
    unread = counts.problems and all(one is Problem.UNREACHABLE for one, _ in counts.problems)
    how_ = "of which nothing is known" if unread else "in trouble"
    if not well:
        return f"{still:,} more {how_}"
    if still == well:
        return f"{well:,} more recovering"
    return f"{still - well:,} more {how_}, {well:,} recovering"


def _listed(parts: Sequence[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]


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
    state = f"{literal(how(incident, now))}{lasted(incident, now)}"
    return f"{who} {state}{lost} · incident {incident.number}{people}"


def over_lines(content: GroupContent, zone: tzinfo) -> list[str]:
    """Say what matters of a group that is over."""
    group, counts = content.group, content.counts
    ended = group.resolved_at or group.changed_at
    span = f"from {slack_time(group.since, zone)} to {slack_time(ended, zone)}"
    lines = gap_lines_of(content.worst, zone)
    if counts.unwatched:
        lines += unwatched_lines(content, zone)
    then = " until then" if counts.unwatched >= counts.members else ""
    lines.append(f"It lasted {duration(ended - group.since)}{then}, {span}. At worst {worst(group)}.")
    return lines + left_to_whom(content, zone)


def unwatched_lines(content: GroupContent | GroupChangeContent, zone: tzinfo) -> list[str]:
    """Say of what nobody watches any more up to when it was backed up, why that is so, and whom to ask."""
    counts, gone = content.counts, [one for one in content.worst if isinstance(one.because, NotWatched)]
    lines = []
    if counts.unwatched < counts.members:
        are = count(counts.unwatched, "of them is", "of them are")
        lines.append(f"{are} no longer watched and may still be broken.")
    reached = [at for one in gone if (at := _last_shipped(one)) is not None]
    if reached:
        alike = counts.unwatched == len(reached) and max(reached) - min(reached) < _SAME
        some = "" if alike else "some were only "
        lines.append(f"When last seen, {some}backed up until {slack_time(min(reached), zone)}.")
    if any(isinstance(one.because, NotWatched) and one.because.unlisted_for is not None for one in gone):
        they = "it was" if counts.unwatched == 1 else "they were"
        lines.append(f"Ask whether {they} removed on purpose.")
    return [" ".join(lines)] if lines else []


def _last_shipped(incident: Incident) -> datetime | None:
    """Give up to when it was backed up when it was last read."""
    snapshot = incident.snapshot
    return incident.checkpoint if snapshot is None else shipped_until(incident, snapshot.read_at)


def left_to_whom(content: GroupContent | GroupChangeContent, zone: tzinfo) -> list[str]:
    """Say who had a group that is over, or who has what it left to be done."""
    handling = content.group.handling
    if handling.is_taken or not has_lost(content.worst):
        return left_to(handling, zone, is_done=not has_lost(content.worst))
    return [f"{who_has_group(content, zone)} {ASKS_WHO}"]


def has_lost(incidents: Sequence[Incident]) -> bool:
    """Whether any of these has lost log for good."""
    return any(one.gap is not None for one in incidents)
