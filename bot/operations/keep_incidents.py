"""Keeps what a poll did to incidents, with their audit trail, in the poll's one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.incident import UNNUMBERED, Incident, IncidentNumber, Snapshot, Step, Transition
from bot.domain.look import worst_of
from bot.domain.moving_on import shown, worth_an_edit
from bot.domain.posts import Post
from bot.operations.desk import Desk
from bot.operations.in_slices import in_slices
from bot.operations.store_port import AuditEntry, IncidentWrite, WriteSession
from bot.views.wording import because

KEEP_AT_LEAST = timedelta(minutes=1)
"""An open incident whose figures move is written this often; what is lost by a crash is that old."""
MANY = 500
"""Of more incidents than these the figures are written only where some message shows them."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """One subject's incident before and after an assessment, and what was read of its task, if it has one."""

    before: Incident | None
    step: Step
    snapshot: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept: the transitions with their numbers, and the incidents that are to be shown anew."""

    transitions: tuple[Transition, ...]
    touched: frozenset[IncidentNumber]


async def keep_incidents(
    session: WriteSession, desk: Desk, advanced: Sequence[Advanced], now: datetime
) -> Kept:
    """Keep every incident that changed; the desk, which is a copy, takes in what was kept."""
    sorted_out = _SortedOut(desk, _told_one_by_one(desk.posts.values(), desk), len(advanced) <= MANY, now)
    async for some in in_slices(advanced):
        for one in some:
            sorted_out.add(one)
    for incident in sorted_out.never_were:
        await session.forget_incident(incident)
        desk.take_away(incident)
    kept = await session.keep_incidents([_write(incident) for _, incident in sorted_out.writing])
    transitions: list[Transition] = []
    for (one, _), incident in zip(sorted_out.writing, kept, strict=True):
        desk.put(incident)
        desk.written_at[incident.number] = now
        if one.step.transition is not None:
            transitions.append(replace(one.step.transition, after=incident))
            sorted_out.touched.add(incident.number)
    if transitions:
        await session.append_audit([audit_of(transition) for transition in transitions])
    return Kept(tuple(transitions), frozenset(sorted_out.touched) - {UNNUMBERED})


@dataclass(slots=True)
class _SortedOut:
    """What is to be written, shown anew or taken away; what only moved on is put on the desk at once."""

    desk: Desk
    told_one_by_one: frozenset[IncidentNumber]
    few: bool
    now: datetime
    writing: list[tuple[Advanced, Incident]] = field(default_factory=list)
    touched: set[IncidentNumber] = field(default_factory=set)
    never_were: list[Incident] = field(default_factory=list)

    def add(self, one: Advanced) -> None:
        incident, before = one.step.incident, one.before
        if incident is None:
            self.never_were += [] if before is None else [before]
            return
        if one.snapshot is not None and incident.is_open:
            incident = replace(incident, snapshot=one.snapshot)
        if _same(incident, before):
            return
        moved = incident.number in self.told_one_by_one and worth_an_edit(before, incident)
        if one.step.transition is not None or moved:
            self.touched.add(incident.number)
            self.writing.append((one, shown(incident)))
        elif before is None or (self.few and _due(before, incident, self.desk.written_at, self.now)):
            self.writing.append((one, incident))
        else:
            self.desk.put(incident)


def _told_one_by_one(posts: Collection[Post], desk: Desk) -> frozenset[IncidentNumber]:
    """Give the incidents whose figures some message tells: of many members only the worst."""
    found: set[IncidentNumber] = set()
    for post in posts:
        members = (desk.known[number] for number in post.members if number in desk.known)
        found |= {one.number for one in worst_of(members)}
    return frozenset(found)


def _write(incident: Incident) -> IncidentWrite:
    return IncidentWrite(incident, None if incident.number == UNNUMBERED else incident.revision)


def _same(incident: Incident, before: Incident | None) -> bool:
    """Whether nothing is new but when it was read."""
    if before is None or before.snapshot is None or incident.snapshot is None:
        return incident == before
    at = before.snapshot.read_at
    return replace(incident, snapshot=replace(incident.snapshot, read_at=at)) == before


def _due(
    before: Incident, incident: Incident, written_at: Mapping[IncidentNumber, datetime], now: datetime
) -> bool:
    """Whether figures that moved are to be written now: not with every poll, but before they are old."""
    written = written_at.get(incident.number)
    if written is None or before.good_polls != incident.good_polls:
        return True
    return now - written >= KEEP_AT_LEAST


def audit_of(transition: Transition) -> AuditEntry:
    """Make the entry of the audit trail that a change of an incident is kept as."""
    after = transition.after
    return AuditEntry(
        incident=after.number,
        at=transition.at,
        what=transition.change.value,
        sentence=because(transition.because),
        problem=after.problem,
        severity=after.severity,
        delay=after.delay,
    )
