"""Which of the messages that are owed is needless once another is born: people get the present state.

Nothing is dropped that may have been sent, or is being sent now.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.incident import Incident
from bot.domain.notification import (
    Action,
    GroupContent,
    IncidentContent,
    MeanwhileContent,
    Notification,
    OutboxId,
    Reason,
)

STALE = timedelta(minutes=2)
"""A reply that has waited for longer than this is needless once a newer one tells how things stand."""
TOLD = 10
"""Of what began and ended meanwhile the worst are kept; the rest is counted."""

_STATE = frozenset(
    {
        Reason.GOT_WORSE,
        Reason.EASED,
        Reason.CAME_BACK,
        Reason.RECOVERED,
        Reason.NOT_WATCHED,
        Reason.STILL_FIRING,
        Reason.NOT_ACKNOWLEDGED,
        Reason.SILENCE_OVER,
    }
)
"""Replies that tell how things stand; what people said and did is never dropped."""
_OVER = frozenset({Reason.RECOVERED, Reason.NOT_WATCHED, Reason.RESOLVED_BY_HAND})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is owed. ``may_stand`` is whether an attempt may have been accepted or is under way."""

    notification: Notification
    may_stand: bool


@dataclass(frozen=True, slots=True)
class Coalesced:
    """What becomes of the messages that wait when another is born.

    ``added`` is whether the new one is owed by itself; ``replaced`` puts a content into a waiting one, which
    keeps its id and its turn; ``dropped`` are needless. ``meanwhile`` began and ended untold.
    """

    added: bool
    replaced: tuple[tuple[OutboxId, Notification], ...] = ()
    dropped: tuple[OutboxId, ...] = ()
    meanwhile: IncidentContent | GroupContent | None = None


def coalesce(waiting: Sequence[Waiting], new: Notification) -> Coalesced:
    """Decide what a new message makes of those that wait for the same parent in the same channel.

    ``waiting`` is in the order of birth.
    """
    untold = next(
        (one.notification for one in waiting if one.notification.action is Action.POST and not one.may_stand),
        None,
    )
    match new.action:
        case Action.POST:
            return Coalesced(added=True)
        case Action.EDIT:
            return _edit(waiting, untold, new)
        case Action.REPLY:
            return _reply(waiting, untold, new)


def _edit(waiting: Sequence[Waiting], untold: Notification | None, new: Notification) -> Coalesced:
    if untold is not None:
        if isinstance(new.content, IncidentContent | GroupContent) and _is_over(new.content):
            dropped = tuple(one.notification.id for one in waiting if not one.may_stand)
            return Coalesced(added=False, dropped=dropped, meanwhile=new.content)
        newest = replace(untold, content=new.content)
        return Coalesced(added=False, replaced=((untold.id, newest),))
    edits = [one for one in waiting if one.notification.action is Action.EDIT and not one.may_stand]
    if not edits:
        return Coalesced(added=True)
    first, rest = edits[0].notification, edits[1:]
    prompt = new.by_person or first.by_person
    in_place = replace(new, created_at=first.created_at, by_person=prompt)
    return Coalesced(
        added=False,
        replaced=((first.id, in_place),),
        dropped=tuple(one.notification.id for one in rest),
    )


def _reply(waiting: Sequence[Waiting], untold: Notification | None, new: Notification) -> Coalesced:
    if new.reason not in _STATE and new.reason not in _OVER:
        return Coalesced(added=True)
    if untold is not None:
        return Coalesced(added=False)
    needless = tuple(
        one.notification.id for one in waiting if not one.may_stand and _is_needless(one.notification, new)
    )
    return Coalesced(added=True, dropped=needless)


def _is_needless(old: Notification, new: Notification) -> bool:
    if old.action is not Action.REPLY or old.reason not in _STATE or old.incident != new.incident:
        return False
    return new.reason in _OVER or new.created_at - old.created_at >= STALE


def _is_over(content: IncidentContent | GroupContent) -> bool:
    if isinstance(content, IncidentContent):
        return not content.incident.is_open
    return not content.group.is_open


def meanwhile(known: MeanwhileContent | None, ended: IncidentContent | GroupContent) -> MeanwhileContent:
    """Add what began and ended untold to the one line that tells of it."""
    before = known or MeanwhileContent((), 0)
    if isinstance(ended, GroupContent):
        groups = (*before.groups, ended.group)
        return replace(before, groups=groups, total=before.total + ended.counts.members)
    kept = sorted((*before.incidents, ended.incident), key=_worst_first)[:TOLD]
    return replace(before, incidents=tuple(kept), total=before.total + 1)


def _worst_first(incident: Incident) -> tuple[int, int, int]:
    return -incident.worst_severity, -incident.problem.gravity, incident.number
