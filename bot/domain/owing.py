"""Notifications as they are born: a parent message, its edit, a reply."""

from bot.domain.evidence import NotWatched
from bot.domain.incident import Change, Incident, IncidentNumber, Transition
from bot.domain.look import Look, others_of
from bot.domain.notification import (
    Action,
    ChangeContent,
    Content,
    Notification,
    Reason,
)
from bot.domain.posts import Post
from bot.domain.problem import Severity
from bot.domain.routing import Mention, Way

REASONS = {
    Change.OPENED: Reason.FIRST_SEEN,
    Change.WORSENED: Reason.GOT_WORSE,
    Change.EASED: Reason.EASED,
    Change.RESOLVED: Reason.RECOVERED,
    Change.REOPENED: Reason.CAME_BACK,
}
LOUD = frozenset({Change.WORSENED, Change.REOPENED})
"""Changes that the channel hears of too: an edit notifies nobody."""


def reason_of(transition: Transition) -> Reason:
    """Give the reason of the messages that a change owes."""
    return Reason.NOT_WATCHED if isinstance(transition.because, NotWatched) else REASONS[transition.change]


def posted(
    look: Look, post: Post, content: Content, reason: Reason, mentions: tuple[Mention, ...] = ()
) -> Notification:
    """Owe a parent message."""
    return Notification(
        id=look.new_id(),
        message=post.key,
        channel=post.channel,
        action=Action.POST,
        reason=reason,
        content=content,
        created_at=look.now,
        incident=_only(post),
        mentions=mentions,
    )


def edited(
    look: Look, post: Post, content: Content, reason: Reason = Reason.MOVED_ON, *, by_person: bool = False
) -> Notification:
    """Owe the edit that brings a parent message to its present state."""
    return Notification(
        id=look.new_id(),
        message=post.key,
        channel=post.channel,
        action=Action.EDIT,
        reason=reason,
        content=content,
        created_at=look.now,
        incident=_only(post),
        by_person=by_person,
    )


def replied(
    look: Look,
    post: Post,
    content: Content,
    reason: Reason,
    *,
    incident: IncidentNumber | None = None,
    broadcast: bool = False,
    mentions: tuple[Mention, ...] = (),
) -> Notification:
    """Owe a reply in the thread; with ``broadcast`` the channel sees it too."""
    return Notification(
        id=look.new_id(),
        message=post.key,
        channel=post.channel,
        action=Action.REPLY,
        reason=reason,
        content=content,
        created_at=look.now,
        broadcast=broadcast,
        incident=_only(post) if incident is None else incident,
        mentions=mentions,
    )


def change_content(look: Look, transition: Transition) -> ChangeContent:
    """Make what a reply says of one change."""
    before, after = transition.before, transition.after
    offset = {} if after.snapshot is None else {"offset": after.snapshot.offset}
    others = others_of(look, after)
    return ChangeContent(before, after, reason_of(transition), transition.at, **offset, others=others)


def called(way: Way, severity: Severity) -> tuple[Mention, ...]:
    """Give whom a message of this severity calls."""
    return tuple(way.mentions.get(severity, ()))


def highest(incidents: list[Incident]) -> Severity:
    """Give the highest severity. Raises ValueError where there is no incident."""
    return max(one.severity for one in incidents)


def _only(post: Post) -> IncidentNumber | None:
    """Give the incident that a message speaks of, where it is one alone; the number of a group."""
    if post.is_greeting:
        return None
    return post.group if post.group is not None else post.members[0]
