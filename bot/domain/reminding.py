"""When people are reminded of what still burns: everybody, somebody further, or whoever has it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.handling import Actor, Handling
from bot.domain.incident import Incident
from bot.domain.look import Look
from bot.domain.notification import (
    GreetingContent,
    GroupContent,
    IncidentContent,
    Notification,
    Reason,
    ReminderContent,
)
from bot.domain.owing import highest, replied
from bot.domain.posts import Post
from bot.domain.routing import Way

About = IncidentContent | GroupContent | GreetingContent


def remind(
    look: Look, post: Post, way: Way, spoken_of: Sequence[Incident], about: About
) -> tuple[Post, tuple[Notification, ...]]:
    """Decide whether a message that has been said once is to be said again.

    ``spoken_of`` are its members that fire and that nothing keeps quiet. While nobody has one of them it is
    called to mind every so often, and after a time somebody further is called, once; when all are taken it is
    quiet, but for a word to whoever has them.
    """
    if not spoken_of or post.spoken_at is None:
        return post, ()
    untaken = [one for one in spoken_of if not one.handling.is_taken]
    if untaken:
        return _nobody(look, post, way, untaken, about)
    return _somebody(look, post, way, spoken_of, about)


def _nobody(
    look: Look, post: Post, way: Way, untaken: list[Incident], about: About
) -> tuple[Post, tuple[Notification, ...]]:
    reminders, now = way.reminders, look.now
    alerted_at = min(one.opened_at for one in untaken)
    if (
        reminders.escalate_after is not None
        and post.escalated_at is None
        and now - alerted_at >= reminders.escalate_after
    ):
        content = ReminderContent(about, Reason.NOT_ACKNOWLEDGED, now)
        further = replied(look, post, content, content.reason, broadcast=True, mentions=reminders.escalate_to)
        return replace(post, escalated_at=now, spoken_at=now), (further,)
    every = reminders.every(highest(untaken))
    if every is None or post.spoken_at is None or now - post.spoken_at < every:
        return post, ()
    content = ReminderContent(about, Reason.STILL_FIRING, now)
    again = replied(look, post, content, content.reason, broadcast=reminders.broadcast)
    return replace(post, spoken_at=now), (again,)


def _somebody(
    look: Look, post: Post, way: Way, taken: Sequence[Incident], about: About
) -> tuple[Post, tuple[Notification, ...]]:
    after = way.reminders.acknowledger_after
    if after is None:
        return post, ()
    holders = [holder for one in taken if (holder := _since(one.handling)) is not None]
    who, taken_at = max(holders, key=lambda holder: holder[1])
    last = taken_at if post.handler_reminded_at is None else max(taken_at, post.handler_reminded_at)
    if look.now - last < after:
        return post, ()
    content = ReminderContent(about, Reason.STILL_YOURS, look.now, to=who)
    return replace(post, handler_reminded_at=look.now), (replied(look, post, content, content.reason),)


def _since(handling: Handling) -> tuple[Actor, datetime] | None:
    """Give who has it, and since when; None where nobody has."""
    if handling.assigned is not None:
        return handling.assigned.to, handling.assigned.at
    seen = handling.acknowledged
    return None if seen is None else (seen.by, seen.at)
