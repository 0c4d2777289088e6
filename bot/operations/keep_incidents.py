"""Keeps what a poll did to incidents, with the messages it owes, in the poll's one transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.alerting import (
    NewId,
    Placement,
    first_alert,
    greeting,
    incident_message,
    moved_on,
    news,
    shown,
    worth_an_edit,
)
from bot.domain.incident import UNNUMBERED, Change, Incident, IncidentNumber, Step, Transition
from bot.domain.notification import Channel, GreetingContent, IncidentContent, MessageKey
from bot.domain.task import ClusterId, Task
from bot.operations.store_port import AuditEntry, IncidentWrite, PostedMessage, WriteSession
from bot.views.wording import because

KEEP_AT_LEAST = timedelta(minutes=1)
"""An open incident whose figures move is written this often; what is lost by a crash is that old."""

ChannelsFor = Callable[[Incident], tuple[Channel, ...]]
GreetingFor = Callable[[MessageKey, tuple[Incident, ...]], GreetingContent]


@dataclass(frozen=True, slots=True)
class Advanced:
    """One subject's incident before and after an assessment, and its task, if it has one.

    ``offset`` is how far our clock is ahead of OCP's.
    """

    before: Incident | None
    step: Step
    task: Task | None
    offset: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Desk:
    """The incidents of a source and where they stand; made anew by each poll, never changed in place.

    ``incidents`` has the latest incident by subject; ``written_at`` when each was last kept;
    ``messages`` the parent messages by incident; ``members`` those of each greeting, at their present state.
    """

    incidents: dict[str, Incident] = field(default_factory=dict)
    written_at: dict[str, datetime] = field(default_factory=dict)
    messages: dict[IncidentNumber, tuple[PostedMessage, ...]] = field(default_factory=dict)
    members: dict[MessageKey, tuple[Incident, ...]] = field(default_factory=dict)

    def copy(self) -> "Desk":
        """Copy it, so that a transaction that fails leaves no trace."""
        return Desk(dict(self.incidents), dict(self.written_at), dict(self.messages), dict(self.members))


@dataclass(frozen=True, slots=True)
class Announcing:
    """What keeping needs to know of this poll. ``newcomers`` are the clusters read for the first time.

    ``greet`` is the message of the first poll of all, None once the source was greeted; ``newcomer_message``
    names the one that a newcomer's incidents share, by the first of them.
    """

    now: datetime
    channels_for: ChannelsFor
    default_channels: tuple[Channel, ...]
    new_id: NewId
    greeting_for: GreetingFor
    greet: MessageKey | None
    newcomers: frozenset[ClusterId]
    newcomer_message: Callable[[Incident], MessageKey]


async def keep_incidents(
    session: WriteSession, desk: Desk, advanced: Sequence[Advanced], announcing: Announcing
) -> tuple[Desk, tuple[Transition, ...]]:
    """Keep every incident that changed, and enqueue what people are to be told.

    Returns the desk as it is once the transaction is committed, and the transitions with their numbers.
    """
    after = desk.copy()
    opened: list[_Kept] = []
    transitions: list[Transition] = []
    touched: set[tuple[MessageKey, Channel]] = set()
    for one in advanced:
        kept = await _keep(session, after, one, announcing.now)
        if kept is None:
            continue
        if kept.transition is not None:
            transitions.append(kept.transition)
        if kept.transition is not None and kept.transition.change is Change.OPENED:
            opened.append(kept)
        else:
            await _tell(session, after, kept, announcing, touched)
    await _tell_opened(session, after, opened, announcing)
    await _edit_greetings(session, after, touched, announcing)
    return after, tuple(transitions)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An incident that was written, and of which people are to be told."""

    incident: Incident
    transition: Transition | None
    task: Task | None
    offset: timedelta


async def _keep(session: WriteSession, desk: Desk, one: Advanced, now: datetime) -> _Kept | None:
    """Write one incident if it is due; None where there is nothing to tell of it."""
    incident, transition, before = one.step.incident, one.step.transition, one.before
    if incident is None:
        if before is not None:
            await session.forget_incident(before)
            desk.incidents.pop(before.subject.key, None)
        return None
    if incident == before:
        return None
    key = incident.subject.key
    telling = transition is not None or worth_an_edit(before, incident)
    if not telling and not _due(before, incident, desk.written_at.get(key), now):
        desk.incidents[key] = incident
        return None
    if telling:
        incident = shown(incident)
    expected = None if incident.number == UNNUMBERED else incident.revision
    kept = await session.keep_incident(IncidentWrite(incident, expected))
    desk.incidents[key] = kept
    desk.written_at[key] = now
    if transition is None:
        return _Kept(kept, None, one.task, one.offset) if telling else None
    transition = replace(transition, after=kept)
    sentence = because(transition.because)
    await session.append_audit(
        AuditEntry(incident=kept.number, at=transition.at, what=transition.change.value, sentence=sentence)
    )
    return _Kept(kept, transition, one.task, one.offset)


def _due(before: Incident | None, incident: Incident, written: datetime | None, now: datetime) -> bool:
    """Whether figures that moved are to be written now: not with every poll, but before they are old."""
    if before is None or written is None or before.good_polls != incident.good_polls:
        return True
    return now - written >= KEEP_AT_LEAST


async def _tell_opened(
    session: WriteSession, desk: Desk, opened: Sequence[_Kept], announcing: Announcing
) -> None:
    """Announce new incidents: those of a source or cluster read for the first time share one message."""
    if announcing.greet is not None:
        incidents = [kept.incident for kept in opened]
        await _tell_together(session, desk, announcing.greet, incidents, announcing)
        return
    newcomers: dict[ClusterId, list[Incident]] = {}
    for kept in opened:
        cluster = kept.incident.subject.cluster
        if cluster is not None and cluster in announcing.newcomers:
            newcomers.setdefault(cluster, []).append(kept.incident)
        else:
            await _tell_alone(session, desk, kept, announcing)
    for incidents in newcomers.values():
        message = announcing.newcomer_message(incidents[0])
        await _tell_together(session, desk, message, incidents, announcing)


async def _tell_alone(session: WriteSession, desk: Desk, kept: _Kept, announcing: Announcing) -> None:
    """Owe a message of its own in every channel that the incident is routed to."""
    incident = kept.incident
    content = _content(kept, announcing.now)
    for channel in announcing.channels_for(incident):
        await _place(session, desk, incident_message(incident.number), channel, (incident,))
        await session.enqueue(first_alert(content, channel, announcing.now, announcing.new_id))


async def _tell_together(
    session: WriteSession,
    desk: Desk,
    message: MessageKey,
    incidents: Iterable[Incident],
    announcing: Announcing,
) -> None:
    """Owe one message a channel; the greeting of a source goes out even where nothing is broken."""
    by_channel: dict[Channel, list[Incident]] = {}
    if message == announcing.greet:
        by_channel = {channel: [] for channel in announcing.default_channels}
    for incident in incidents:
        for channel in announcing.channels_for(incident):
            by_channel.setdefault(channel, []).append(incident)
    for channel, members in by_channel.items():
        await _place(session, desk, message, channel, tuple(members))
        _renew_members(desk, message, members)
        content = announcing.greeting_for(message, tuple(members))
        await session.enqueue(greeting(content, message, channel, announcing.new_id))


async def _place(
    session: WriteSession, desk: Desk, key: MessageKey, channel: Channel, incidents: tuple[Incident, ...]
) -> None:
    """Record that a message in a channel speaks of these incidents."""
    numbers = tuple(incident.number for incident in incidents)
    posted = PostedMessage(key=key, channel=channel, ts=None, members=numbers)
    await session.keep_message(posted)
    for number in numbers:
        desk.messages[number] = (*desk.messages.get(number, ()), posted)


async def _tell(
    session: WriteSession,
    desk: Desk,
    kept: _Kept,
    announcing: Announcing,
    touched: set[tuple[MessageKey, Channel]],
) -> None:
    """Owe what a change, or a delay that moved on, makes in every message that speaks of the incident."""
    incident = kept.incident
    for posted in desk.messages.get(incident.number, ()):
        placement = Placement(posted.key, posted.channel, _content(kept, announcing.now))
        if kept.transition is None:
            edit = moved_on(placement, announcing.now, announcing.new_id, incident=incident.number)
        else:
            edit, reply = news(kept.transition, placement, announcing.new_id, offset=kept.offset)
            await session.enqueue(reply)
        if posted.key == incident_message(incident.number):
            await session.enqueue(edit)
        else:
            _renew_members(desk, posted.key, (incident,))
            touched.add((posted.key, posted.channel))


def _renew_members(desk: Desk, key: MessageKey, incidents: Iterable[Incident]) -> None:
    """Put the present state of these incidents into the greeting that speaks of them."""
    by_number = {incident.number: incident for incident in desk.members.get(key, ())}
    by_number.update({incident.number: incident for incident in incidents})
    desk.members[key] = tuple(by_number.values())


async def _edit_greetings(
    session: WriteSession, desk: Desk, touched: set[tuple[MessageKey, Channel]], announcing: Announcing
) -> None:
    """Bring each touched greeting to the present state of its members, once."""
    for key, channel in sorted(touched):
        members = tuple(
            member
            for member in desk.members[key]
            if any((posted.key, posted.channel) == (key, channel) for posted in desk.messages[member.number])
        )
        placement = Placement(key, channel, announcing.greeting_for(key, members))
        await session.enqueue(moved_on(placement, announcing.now, announcing.new_id))


def _content(kept: _Kept, now: datetime) -> IncidentContent:
    task = kept.task
    return IncidentContent(
        incident=kept.incident,
        read_at=now,
        status=None if task is None else task.status.reported,
        error=None if task is None else task.error,
        offset=kept.offset,
    )
