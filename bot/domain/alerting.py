"""Which messages a change of an incident owes, in which channel, and why."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.evidence import (
    Evidence,
    NotRead,
    NotWatched,
    PausedFor,
    StatusBroken,
    StuckIn,
)
from bot.domain.incident import Change, Incident, IncidentNumber, Lifecycle, Transition
from bot.domain.notification import (
    Action,
    ChangeContent,
    Channel,
    Content,
    GreetingContent,
    IncidentContent,
    MessageKey,
    Notification,
    OutboxId,
    Reason,
)

NewId = Callable[[], OutboxId]

LEAST_NEWS = timedelta(minutes=1)
"""A delay that moved by less than this, or by less than a tenth, is no reason to edit a message."""
NEWS_SHARE = 0.1

REASONS = {
    Change.OPENED: Reason.FIRST_SEEN,
    Change.WORSENED: Reason.GOT_WORSE,
    Change.EASED: Reason.EASED,
    Change.RESOLVED: Reason.RECOVERED,
    Change.REOPENED: Reason.CAME_BACK,
}


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a message about an incident stands: its own message, or a greeting it is a member of.

    ``content`` is the message's present content, for an edit.
    """

    message: MessageKey
    channel: Channel
    content: Content


def incident_message(number: IncidentNumber) -> MessageKey:
    """Give the key of an incident's own parent message."""
    return MessageKey(f"incident/{number}")


def worth_an_edit(before: Incident | None, incident: Incident) -> bool:
    """Whether people should see it anew: its reason or its gap is another, or its delay has moved far."""
    if incident.lifecycle is not Lifecycle.FIRING:
        return False
    if before is not None and (
        before.gap != incident.gap or _facts(before.because) != _facts(incident.because)
    ):
        return True
    if incident.delay is None:
        return False
    if incident.shown_delay is None:
        return True
    moved = abs(incident.delay - incident.shown_delay)
    return moved >= max(LEAST_NEWS, incident.shown_delay * NEWS_SHARE)


def _facts(evidence: Evidence) -> tuple[object, ...]:
    """Give what of a reason is news when it changes: not the figures, which always move."""
    match evidence:
        case StatusBroken(reported, error):
            return StatusBroken, reported, error
        case StuckIn(reported) | PausedFor(reported):
            return type(evidence), reported
        case NotRead(reason=reason):
            return NotRead, reason
        case _:
            return (type(evidence),)


def shown(incident: Incident) -> Incident:
    """Note that people are now shown its present delay."""
    return replace(incident, shown_delay=incident.delay)


def first_alert(content: IncidentContent, channel: Channel, now: datetime, new_id: NewId) -> Notification:
    """Owe the parent message of an incident that has just opened."""
    number = content.incident.number
    return Notification(
        id=new_id(),
        message=incident_message(number),
        channel=channel,
        action=Action.POST,
        reason=Reason.FIRST_SEEN,
        content=content,
        created_at=now,
        incident=number,
    )


def greeting(content: GreetingContent, message: MessageKey, channel: Channel, new_id: NewId) -> Notification:
    """Owe the first message about a source, which also tells what was broken when the watch began."""
    return Notification(
        id=new_id(),
        message=message,
        channel=channel,
        action=Action.POST,
        reason=Reason.GREETING,
        content=content,
        created_at=content.read_at,
    )


def news(
    transition: Transition,
    placement: Placement,
    new_id: NewId,
    *,
    offset: timedelta = timedelta(0),
) -> tuple[Notification, Notification]:
    """Owe the edit and the reply that a change of an announced incident makes.

    ``offset`` is how far our clock is ahead of OCP's. An edit notifies nobody, so a worsening and a return
    are shown in the channel too.
    """
    ended = isinstance(transition.because, NotWatched)
    reason = Reason.NOT_WATCHED if ended else REASONS[transition.change]
    edit = moved_on(placement, transition.at, new_id, incident=transition.after.number, reason=reason)
    reply = Notification(
        id=new_id(),
        message=placement.message,
        channel=placement.channel,
        action=Action.REPLY,
        reason=reason,
        content=ChangeContent(
            before=transition.before,
            after=transition.after,
            reason=reason,
            at=transition.at,
            offset=offset,
        ),
        created_at=transition.at,
        broadcast=transition.change in (Change.WORSENED, Change.REOPENED),
        incident=transition.after.number,
    )
    return edit, reply


def moved_on(
    placement: Placement,
    now: datetime,
    new_id: NewId,
    *,
    incident: IncidentNumber | None = None,
    reason: Reason = Reason.MOVED_ON,
) -> Notification:
    """Owe the edit that brings a message to its present content, be it of one ``incident`` alone."""
    return Notification(
        id=new_id(),
        message=placement.message,
        channel=placement.channel,
        action=Action.EDIT,
        reason=reason,
        content=placement.content,
        created_at=now,
        incident=incident,
    )
