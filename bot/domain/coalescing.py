"""Which of the messages that are owed is needless once another is born: people get the present state.

Nothing is dropped that may have been sent, or is being sent now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never

from bot.domain.incident import Incident, IncidentNumber
from bot.domain.look import worst_then
from bot.domain.notification import (
    ActContent,
    Action,
    ChangesContent,
    Channel,
    GroupContent,
    IncidentContent,
    MeanwhileContent,
    MessageKey,
    Notification,
    OutboxId,
    Reason,
)
from bot.domain.routing import Mention

STALE = timedelta(minutes=2)
"""A reply that has waited for longer than this is needless once a newer one tells how things stand."""
TOLD = 10
"""Of what began and ended meanwhile the worst are kept; the rest is counted."""

LINE = "meanwhile/"
"""What the key of such a line of a channel begins with."""

_OVER = frozenset({Reason.RECOVERED, Reason.NOT_WATCHED, Reason.RESOLVED_BY_HAND})
_STATE = frozenset(
    {
        Reason.GOT_WORSE,
        Reason.EASED,
        Reason.CAME_BACK,
        Reason.STILL_FIRING,
        Reason.NOT_ACKNOWLEDGED,
        Reason.SILENCE_OVER,
    }
)
"""Replies that tell how things stand; what people said and did is never dropped."""

Ended = IncidentContent | GroupContent


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is owed. ``may_stand`` is whether an attempt may have been accepted or is under way.

    ``taken_back`` is a post that was dropped before anybody saw it, and whose message has no other.
    """

    notification: Notification
    may_stand: bool
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Coalesced:
    """What becomes of the messages that wait when another is born.

    ``added`` is the new one where it is owed by itself. ``replaced`` puts something newer into a waiting one,
    which keeps its id and its turn; one that was taken back is owed again. Then the ``dropped`` are taken
    away. ``meanwhile`` began and ended untold.
    """

    added: Notification | None = None
    replaced: tuple[tuple[OutboxId, Notification], ...] = ()
    dropped: tuple[OutboxId, ...] = ()
    meanwhile: Ended | None = None


def may_stand(action: Action, *, under_way: bool, outcome_unknown: bool) -> bool:
    """Whether a message that waits may be there already; an edit may, for it can be made twice."""
    return under_way or (outcome_unknown and action is not Action.EDIT)


def coalesce(waiting: Sequence[Waiting], new: Notification, *, stands: bool = False) -> Coalesced:
    """Decide what a new message makes of those that wait for the same parent in the same channel.

    ``waiting`` is in the order of birth; ``stands`` is whether people have the parent message already.
    """
    posts = [one for one in waiting if one.notification.action is Action.POST and not one.may_stand]
    untold = None if stands or not posts else posts[0]
    match new.action:
        case Action.POST:
            return Coalesced(new)
        case Action.EDIT if untold is not None:
            return _edit_untold(waiting, untold, new)
        case Action.EDIT:
            return _edit(waiting, new)
        case Action.REPLY if untold is not None:
            return _reply_untold(untold, new)
        case Action.REPLY:
            return _reply(waiting, new)
        case _:
            assert_never(new.action)


def _edit_untold(waiting: Sequence[Waiting], untold: Waiting, new: Notification) -> Coalesced:
    """Let a post tell the present state; what is over before anybody was told gets no message of its own.

    Where somebody has said something about it, it has one all the same: their words need a thread.
    """
    post = untold.notification
    newest = ((post.id, replace(post, content=new.content)),)
    over = _ended(new)
    if over is None:
        return Coalesced(replaced=newest)
    if untold.taken_back:
        return Coalesced()
    if any(_is_said(one.notification) for one in waiting):
        return Coalesced(replaced=newest)
    dropped = tuple(one.notification.id for one in waiting if not one.may_stand)
    return Coalesced(replaced=newest, dropped=dropped, meanwhile=over)


def _edit(waiting: Sequence[Waiting], new: Notification) -> Coalesced:
    """Put an edit into the place of the one that waits."""
    edits = [one for one in waiting if one.notification.action is Action.EDIT and not one.may_stand]
    if not edits:
        return Coalesced(new)
    first = edits[0].notification
    in_place = replace(
        new,
        id=first.id,
        created_at=first.created_at,
        by_person=new.by_person or any(one.notification.by_person for one in edits),
    )
    return Coalesced(
        replaced=((first.id, in_place),), dropped=tuple(one.notification.id for one in edits[1:])
    )


def _reply_untold(untold: Waiting, new: Notification) -> Coalesced:
    """Leave out what the post will tell by itself; whom the reply would have called, the post calls."""
    post = untold.notification
    if _is_said(new):
        return Coalesced(new, replaced=((post.id, post),) if untold.taken_back else ())
    if untold.taken_back or new.reason in _OVER:
        return Coalesced()
    if new.reason not in _STATE:
        return Coalesced(new)
    calling = replace(post, mentions=_all_mentions((post, new)))
    return Coalesced(replaced=((post.id, calling),) if calling != post else ())


def _reply(waiting: Sequence[Waiting], new: Notification) -> Coalesced:
    """Drop what a newer reply tells better; whom they would have called, it calls."""
    if new.reason not in _STATE | _OVER:
        return Coalesced(new)
    needless = [
        one.notification for one in waiting if not one.may_stand and _is_needless(one.notification, new)
    ]
    dropped = tuple(one.id for one in needless)
    if new.reason in _OVER:
        return Coalesced(new, dropped=dropped)
    mentions = _all_mentions((*needless, new))
    broadcast = new.broadcast or any(one.broadcast for one in needless)
    return Coalesced(replace(new, mentions=mentions, broadcast=broadcast), dropped=dropped)


def _is_said(notification: Notification) -> bool:
    """Whether it is a reply that tells what a person did."""
    return notification.action is Action.REPLY and isinstance(notification.content, ActContent)


def _is_needless(old: Notification, new: Notification) -> bool:
    tells_state = old.action is Action.REPLY and old.reason in _STATE | _OVER and not _is_said(old)
    if not tells_state or not _covers(new, old):
        return False
    return new.reason in _OVER or new.created_at - old.created_at >= STALE


def _covers(new: Notification, old: Notification) -> bool:
    """Whether a reply speaks of everything that another speaks of."""
    if not isinstance(new.content, ChangesContent) and not isinstance(old.content, ChangesContent):
        return old.incident == new.incident
    spoken = _spoken_of(old)
    return spoken is not None and spoken <= (_spoken_of(new) or frozenset())


def _spoken_of(notification: Notification) -> frozenset[IncidentNumber] | None:
    """Name the incidents that a reply speaks of; None where it does not name them all."""
    content = notification.content
    if isinstance(content, ChangesContent):
        if sum(count for _, count in content.counts) > len(content.changes):
            return None
        return frozenset(change.after.number for change in content.changes)
    return None if notification.incident is None else frozenset({notification.incident})


def _all_mentions(notifications: Iterable[Notification]) -> tuple[Mention, ...]:
    return tuple(dict.fromkeys(mention for one in notifications for mention in one.mentions))


def _ended(notification: Notification) -> Ended | None:
    """Give the content of what is over; None where it is not, or is no incident and no group."""
    content = notification.content
    if isinstance(content, IncidentContent):
        return None if content.incident.is_open else content
    if isinstance(content, GroupContent):
        return None if content.group.is_open else content
    return None


def meanwhile(known: MeanwhileContent | None, ended: Ended) -> MeanwhileContent:
    """Add what began and ended untold to the one line that tells of it; of a group, who has a gap by name."""
    before = known or MeanwhileContent((), 0)
    if isinstance(ended, GroupContent):
        lasting = [one for one in ended.worst if one.gap is not None]
        before = replace(before, groups=(*before.groups, ended.group))
        ending, total = lasting, before.total + ended.counts.members
    else:
        ending, total = [ended.incident], before.total + 1
    return replace(before, incidents=_kept((*before.incidents, *ending)), total=total)


def together(older: MeanwhileContent, newer: MeanwhileContent) -> MeanwhileContent:
    """Make one line of two."""
    return MeanwhileContent(
        incidents=_kept((*older.incidents, *newer.incidents)),
        total=older.total + newer.total,
        groups=(*older.groups, *newer.groups),
    )


def _kept(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    return tuple(sorted(incidents, key=worst_then)[:TOLD])


def meanwhile_told(content: MeanwhileContent, last: Notification, number: int) -> Notification:
    """Owe the line that tells what began and ended untold, of which ``last`` would have been the end.

    ``number`` tells it from the other such lines of its channel.
    """
    return Notification(
        id=OutboxId(f"meanwhile/{last.id}"),
        message=meanwhile_message(last.channel, number),
        channel=last.channel,
        action=Action.POST,
        reason=Reason.MEANWHILE,
        content=content,
        created_at=last.created_at,
    )


def meanwhile_message(channel: Channel, number: int) -> MessageKey:
    """Give the key of such a line."""
    return MessageKey(f"{LINE}{channel}/{number}")
