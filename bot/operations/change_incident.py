"""What people do about incidents and groups: who has seen them, who has them, and what is noted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from bot.commands import (
    Acknowledge,
    AddNote,
    Assign,
    Command,
    Me,
    Named,
    Nobody,
    Someone,
    Target,
    Unacknowledge,
    to_text,
)
from bot.domain.handling import Actor, Handling
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.notification import ActContent, Reason
from bot.domain.task import SourceName
from bot.operations.answer_ports import Means, actor_of
from bot.operations.answering import Answer, Asked
from bot.operations.carry_out import Decided, Plan, carry_out
from bot.operations.in_slices import in_slices
from bot.operations.reply_in_threads import MANY, reply, threads_of
from bot.operations.resolve_target import Meant, find_meant, several
from bot.operations.store_port import AuditEntry, IncidentWrite, WriteSession
from bot.views.act_answer import acted_message, already_message, over_message

Handled = Acknowledge | Unacknowledge | Assign


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does: its reason, its sentence for the trail, and what becomes of the handling."""

    reason: Reason
    sentence: str
    apply: Callable[[Handling], Handling]
    to: Actor | None = None
    undo: Command | None = None


async def handle(means: Means, asked: Asked, command: Handled) -> Answer:
    """Acknowledge, take that back, or give it to somebody."""
    by, now = await actor_of(means, asked), means.clock.now()
    to = await _person(means, command, by) if isinstance(command, Assign) else None

    async def decide() -> Decided:
        meant = await find_meant(means, asked, command.target, _again(command))
        target = _exactly(meant, command.target)
        return await _handling(means, asked, meant, _deed(command, target, by, to, now), by)

    return await carry_out(means, asked, decide)


def _again(command: Handled | AddNote) -> Callable[[Target], str]:
    return lambda target: to_text(replace(command, target=target))


def _exactly(meant: Meant, target: Target) -> Target:
    """Give the target that means the same without a thread, for a button."""
    return Target(meant.numbers[0]) if len(meant.numbers) == 1 else target


async def _person(means: Means, command: Assign, by: Actor) -> Actor | None:
    match command.person:
        case Me():
            return by
        case Someone(user_id):
            return await means.people.person(user_id)
        case Named(name):
            return await means.people.named(name)
        case Nobody():
            return None
    assert_never(command.person)


def _deed(command: Handled, target: Target, by: Actor, to: Actor | None, now: datetime) -> Deed:
    match command:
        case Acknowledge():
            undo = Unacknowledge(target)
            return Deed(
                Reason.ACKNOWLEDGED, "acknowledged it", lambda one: one.acknowledge(by, now), None, undo
            )
        case Unacknowledge():
            sentence, back = "took the acknowledgement back", Acknowledge(target)
            return Deed(Reason.UNACKNOWLEDGED, sentence, Handling.unacknowledge, None, back)
        case Assign() if to is None:
            return Deed(Reason.UNASSIGNED, "gave it to nobody", Handling.unassign)
        case Assign():
            sentence = "took it" if to.id == by.id else f"gave it to {to.name or to.id}"
            return Deed(Reason.ASSIGNED, sentence, _given(to, by, now), to, Assign(target, Nobody()))
    assert_never(command)


def _given(to: Actor, by: Actor, now: datetime) -> Callable[[Handling], Handling]:
    def given(handling: Handling) -> Handling:
        before = handling.assigned
        return handling if before is not None and before.to.id == to.id else handling.assign(to, by, now)

    return given


async def _handling(means: Means, asked: Asked, meant: Meant, deed: Deed, by: Actor) -> Decided:
    group = meant.group if meant.group is not None and meant.group.is_open else None
    if not meant.open and group is None:
        return Answer(over_message(meant.incidents, meant.group, means.zone_of(asked)), may_be_shared=False)
    changed = [one for one in meant.open if deed.apply(one.handling) != one.handling]
    group_changes = group is not None and deed.apply(group.handling) != group.handling
    if not changed and not group_changes:
        handling = (group or meant.open[0]).handling
        return Answer(already_message(deed.reason, handling, by, means.zone_of(asked)), may_be_shared=False)
    told = meant if group is not None else Meant(tuple(changed))
    threads = await threads_of(means, asked, told)
    now = means.clock.now()
    pings = deed.to is not None and deed.to.id != by.id
    content = ActContent(deed.reason, by, now, to=deed.to, pings=pings)

    async def write(session: WriteSession) -> Answer:
        async for some in in_slices(changed):
            await session.keep_incidents(
                [IncidentWrite(replace(one, handling=deed.apply(one.handling)), one.revision) for one in some]
            )
            await session.append_audit([entry(one, deed.reason, deed.sentence, by, now) for one in some])
        if group is not None and group_changes:
            await session.keep_group(replace(group, handling=deed.apply(group.handling)))
            await session.append_audit([group_entry(group.number, deed.reason, deed.sentence, by, now)])
        await reply(means, session, threads, content)
        message = acted_message(content, told.incidents, group, undo=deed.undo)
        return Answer(message, done=threads.here)

    return Plan(write, sources_of(meant))


def sources_of(meant: Meant) -> frozenset[SourceName]:
    """Give the sources whose watch is to look again."""
    sources = {one.subject.source for one in meant.incidents}
    return frozenset(sources if meant.group is None else {*sources, meant.group.trait.source})


def entry(incident: Incident, what: str, sentence: str, by: Actor, now: datetime) -> AuditEntry:
    """Write down what somebody did to an incident, with its numbers of the moment."""
    return AuditEntry(
        incident.number,
        now,
        what,
        sentence,
        actor=by.id,
        name=by.name,
        problem=incident.problem,
        severity=incident.severity,
        delay=incident.delay,
    )


def group_entry(number: IncidentNumber, what: str, sentence: str, by: Actor, now: datetime) -> AuditEntry:
    """Write down what somebody did to a group."""
    return AuditEntry(number, now, what, sentence, actor=by.id, name=by.name)


async def note(means: Means, asked: Asked, command: AddNote) -> Answer:
    """Keep what somebody says about an incident or a group; of one that is over, too."""
    by, now = await actor_of(means, asked), means.clock.now()

    async def decide() -> Decided:
        meant = await find_meant(means, asked, command.target, _again(command))
        if meant.group is None and len(meant.incidents) > MANY:
            raise several(meant.incidents, _again(command))
        threads = await threads_of(means, asked, meant)
        content = ActContent(Reason.NOTED, by, now, words=command.text)

        async def write(session: WriteSession) -> Answer:
            entries = [entry(one, Reason.NOTED, command.text, by, now) for one in meant.incidents]
            if meant.group is not None:
                entries.append(group_entry(meant.group.number, Reason.NOTED, command.text, by, now))
            await session.append_audit(entries)
            await reply(means, session, threads, content)
            return Answer(acted_message(content, meant.incidents, meant.group), done=threads.here)

        return Plan(write)

    return await carry_out(means, asked, decide)
