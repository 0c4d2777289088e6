"""The Home tab: the same picture for one person, what is theirs first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from bot.commands import (
    ListIncidents,
    ListSilences,
    ListTasks,
    ShowDigest,
    ShowHealth,
    ShowHelp,
    ShowIncident,
    ShowStatus,
    to_text,
)
from bot.domain.fleet import FleetSnapshot
from bot.domain.grouping import Group
from bot.domain.handling import UserId
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.look import counts_of, worst_first, worst_of
from bot.domain.naming import Found
from bot.domain.silence import Silence
from bot.views.blocks import Block, Button, actions, beside, context, literal, numbered, section, sections
from bot.views.group_card import group_state, mark_of
from bot.views.group_words import broken
from bot.views.handled import Silenced, holder, marks
from bot.views.health_report import BotHealth, own_lines, own_troubles
from bot.views.incident_buttons import taking
from bot.views.lasted import lasted
from bot.views.losses import loss_buttons, loss_lines, losses_of
from bot.views.silence_list import silence_buttons, silence_line
from bot.views.sources import read_line, trouble_lines
from bot.views.status_report import cluster_lines, headline
from bot.views.trouble import how, incident_mark, lost_mark, number_words
from bot.views.twins import subjects
from bot.views.typed import typed
from bot.views.wording import count, lasting

THEIRS, OTHERS, SILENCES, CLUSTERS = 8, 12, 6, 12
"""So many of each are shown; the rest is counted."""
_TRY = (
    ("status pay", "one cluster in one look"),
    ("tasks delay>10m", "what is more than 10 minutes behind"),
    ("chart pay/orders 24h", "a day's delay as a picture"),
    ("silence pay 2h disk swap", "keep a cluster quiet"),
    ("subscribe pay", "be told here of what is wrong with pay"),
)


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What a Home tab shows: open incidents, silences that are not over, and what mutes what.

    ``groups`` has the open group of each incident that is a member of one.
    """

    fleet: FleetSnapshot
    still_open: Sequence[Incident]
    silences: Sequence[Silence]
    health: BotHealth
    silenced: Silenced = field(default_factory=dict)
    groups: Mapping[IncidentNumber, Group] = field(default_factory=dict)


def home_view(person: UserId, facts: HomeFacts, *, now: datetime, zone: tzinfo = UTC) -> list[Block]:
    """Draw the tab for one person: 100 blocks at most, each button with an id of its own."""
    ordered = sorted(facts.still_open, key=worst_first)
    theirs = [one for one in ordered if is_theirs(one, person)]
    others = [one for one in ordered if not is_theirs(one, person)]
    found = Found(facts.fleet.tasks, facts.fleet.clusters)
    losses = losses_of(found)
    blocks: list[Block] = sections(["*Lost for good*", *loss_lines(losses, zone)]) if losses else []
    blocks += actions(loss_buttons(losses))
    if theirs:
        blocks += _incidents("Yours", theirs, THEIRS, facts, now, zone)
    title = "Other open incidents" if theirs else "Open incidents"
    blocks += _incidents(title, others, OTHERS, facts, now, zone) if others else []
    if not ordered:
        blocks.append(section("*Nothing is open.*"))
    blocks.append({"type": "divider"})
    blocks += _fleet(facts.fleet, found, now)
    blocks.append({"type": "divider"})
    blocks += _silences(facts, now, zone)
    blocks.append({"type": "divider"})
    blocks += sections(["*The bot itself*", *own_troubles(facts.health), *own_lines(facts.health, now)])
    blocks += sections(["*Try*", *(f"{typed(text)}  {does}" for text, does in _TRY)])
    blocks += actions(
        [
            Button("Health", to_text(ShowHealth())),
            Button("Help", to_text(ShowHelp())),
        ]
    )
    return list(numbered(blocks))


def is_theirs(incident: Incident, person: UserId) -> bool:
    """Whether somebody has an incident: it was given to them, or they acknowledged it and nobody got it."""
    handling = incident.handling
    if handling.assigned is not None:
        return handling.assigned.to.id == person
    return handling.acknowledged is not None and handling.acknowledged.by.id == person


def _incidents(
    title: str, incidents: Sequence[Incident], most: int, facts: HomeFacts, now: datetime, zone: tzinfo
) -> list[Block]:
    """Show incidents one by one, and groups as one, each with the thing to do about it."""
    blocks = [section(f"*{title}* ({len(incidents):,})")]
    entries = list(_entries(incidents, facts.groups).values())
    whose = subjects([members[0] for members in entries[:most]])
    for members in entries[:most]:
        one, group = members[0], facts.groups.get(members[0].number)
        if group is not None and _speaks_for(group, one):
            everyone = [each for each in facts.still_open if facts.groups.get(each.number) == group]
            counts = counts_of(everyone, facts.silenced.get)
            mark = mark_of(group, counts, everyone)
            about = f"*{literal(broken(group, counts, worst_of(everyone)))}*"
            number, handling, span = group.number, group.handling, lasting(now - group.since)
            silenced = facts.silenced if all(each.number in facts.silenced for each in members) else {}
            state = f"{group_state(group, counts)}{marks(one, silenced, zone)}"
        else:
            mark = incident_mark(one)
            about = f"*{literal(whose(one))}* {literal(how(one, now))}{lost_mark(one)}"
            number, handling, span = one.number, one.handling, lasted(one, now)
            state = f"{number_words(one)}{marks(one, facts.silenced, zone)}"
        button = _details(number) if handling.is_taken else taking(handling, number)
        blocks.append(beside(section(f"{mark} {about}{span} · {state}"), button))
    left = sum(map(len, entries[most:]))
    if left > 0:
        blocks.append(context(f"…and {left:,} more: {typed('incidents')}"))
    if title != "Yours":
        blocks += actions([Button("All incidents", to_text(ListIncidents()))])
    return blocks


def _entries(
    incidents: Sequence[Incident], groups: Mapping[IncidentNumber, Group]
) -> dict[IncidentNumber, list[Incident]]:
    """Put together what a group speaks for, where its worst member stands; by its number or an incident's."""
    entries: dict[IncidentNumber, list[Incident]] = {}
    for one in incidents:
        group = groups.get(one.number)
        told_by = group.number if group is not None and _speaks_for(group, one) else one.number
        entries.setdefault(told_by, []).append(one)
    return entries


def _speaks_for(group: Group, member: Incident) -> bool:
    """Whether a group's line says all of a member: not of one that somebody else has."""
    return holder(group.handling) == holder(member.handling)


def _details(number: IncidentNumber) -> Button:
    return Button("Details", to_text(ShowIncident(number)))


def _fleet(fleet: FleetSnapshot, found: Found, now: datetime) -> list[Block]:
    troubles = trouble_lines(fleet.sources, now)
    first = headline(found, complete=not troubles)
    lines = cluster_lines(fleet, found.clusters, now, CLUSTERS)
    read = read_line(fleet.sources, now)
    blocks = sections([*troubles, f"*{literal(first)}*", *lines])
    blocks += [context(read)] if read else []
    row = [
        Button("Status", to_text(ShowStatus())),
        Button("All tasks", to_text(ListTasks())),
        Button("Digest", to_text(ShowDigest())),
    ]
    return blocks + actions(row)


def _silences(facts: HomeFacts, now: datetime, zone: tzinfo) -> list[Block]:
    if not facts.silences:
        return [section("*Nothing is silenced.*")]
    muting = Counter(one.number for one in facts.silenced.values())
    blocks = [section(f"*{count(len(facts.silences), 'silence')}*")]
    for one in facts.silences[:SILENCES]:
        end, _extend = silence_buttons(one)
        blocks.append(beside(section(silence_line(one, now, muting, zone)), end))
    row = [Button("All silences", to_text(ListSilences()))]
    left = len(facts.silences) - SILENCES
    if left > 0:
        blocks.append(context(f"…and {left:,} more: {typed('silences')}"))
    return blocks + actions(row)
