"""What a message that stands owes as its incidents go on: an edit, words in its thread, reminders."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.grouping import Group, renewed
from bot.domain.incident import Change, Incident, Transition
from bot.domain.look import (
    Look,
    counts_of,
    group_content,
    group_silence,
    incident_content,
    is_firing,
    shipped_by_all,
    worst_first,
    worst_of,
)
from bot.domain.notification import (
    ChangesContent,
    GreetingContent,
    GroupChangeContent,
    GroupContent,
    Notification,
    Reason,
    ReminderContent,
    Told,
)
from bot.domain.owing import LOUD, called, change_content, edited, highest, reason_of, replied
from bot.domain.posts import Post, said_aloud
from bot.domain.problem import Problem, Severity
from bot.domain.reminding import About, remind
from bot.domain.routing import Mention, Way

GREW_BY = 10
"""A group is worse, not the same with a few more, when so many joined it and it has doubled. Ours."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A message after one look, the group it is of (if any), and what is owed."""

    post: Post
    group: Group | None = None
    owed: tuple[Notification, ...] = ()


def follow(look: Look, post: Post) -> Followed:
    """Decide what a message that stands owes at this look."""
    members = look.members(post)
    number = post.group
    if number is not None:
        return _group(look, post, look.groups[number], members)
    return _greeting(look, post, members) if post.is_greeting else _incident(look, post, members[0])


def _transitions(look: Look, members: Sequence[Incident]) -> list[Transition]:
    if not look.transitions:
        return []
    return [look.transitions[one.number] for one in members if one.number in look.transitions]


def _is_touched(look: Look, post: Post) -> bool:
    return bool(look.touched) and not look.touched.isdisjoint(post.members)


def _by_person(look: Look, post: Post) -> bool:
    return bool(look.by_person) and not look.by_person.isdisjoint(post.members)


def _louder(post: Post, severity: Severity, way: Way) -> tuple[Mention, ...]:
    """Give whom a worsening calls: those of its severity, if it was not said before that it is so severe."""
    return called(way, severity) if post.told is None or severity > post.told else ()


def _incident(look: Look, post: Post, incident: Incident) -> Followed:
    way = look.routes.way_to(post.channel, (incident,))
    silence = look.silence_of(incident.number)
    quiet = look.is_quiet(incident) or look.group_speaking(post) is not None
    content = incident_content(look, incident, post, way)
    transition = look.transitions.get(incident.number)
    after, owed = replace(post, muted=silence is not None or (post.muted and quiet)), []
    if transition is not None and not quiet:
        after, reply = _changed(look, after, transition, way)
        owed.append(reply)
    elif post.muted and not quiet and is_firing(incident):
        after, reply = _silence_over(look, after, [incident], content, way)
        owed.append(reply)
    if is_firing(incident) and not quiet:
        after, reminders = remind(look, after, way, [incident], content)
        owed += reminders
    if _is_touched(look, post) or after.muted != post.muted:
        reason = Reason.MOVED_ON if transition is None else reason_of(transition)
        owed.append(edited(look, post, content, reason, by_person=_by_person(look, post)))
    return Followed(after, owed=tuple(owed))


def _changed(look: Look, post: Post, transition: Transition, way: Way) -> tuple[Post, Notification]:
    """Say one change of one incident in its thread."""
    incident, change = transition.after, transition.change
    loud = change in LOUD
    mentions: tuple[Mention, ...] = ()
    if change is Change.REOPENED:
        mentions = called(way, incident.severity)
    elif loud:
        mentions = _louder(post, incident.severity, way)
    reply = replied(
        look,
        post,
        change_content(look, transition),
        reason_of(transition),
        incident=incident.number,
        broadcast=loud and way.broadcast,
        mentions=mentions,
    )
    if loud:
        return said_aloud(post, (incident,), look.now), reply
    if change is Change.EASED and not post.is_greeting:
        return replace(post, told=incident.severity, gravity=incident.problem.gravity), reply
    return post, reply


def _silence_over(
    look: Look, post: Post, speaking: list[Incident], about: About, way: Way
) -> tuple[Post, Notification]:
    """Say that a silence is over and it still burns: a new alert, in its thread and in the channel.

    Nobody is called for what somebody has taken.
    """
    content = ReminderContent(about, Reason.SILENCE_OVER, look.now)
    untaken = [one for one in speaking if not one.handling.is_taken]
    mentions = called(way, highest(untaken)) if untaken else ()
    reply = replied(look, post, content, content.reason, broadcast=True, mentions=mentions)
    return said_aloud(post, tuple(speaking), look.now), reply


def _greeting(look: Look, post: Post, members: list[Incident]) -> Followed:
    way = look.routes.way_to(post.channel, members)
    speaking = [one for one in members if is_firing(one) and not look.is_quiet(one)]
    about = greeting_content(look, post, members)
    after, owed = replace(post, muted=_all_silenced(look, members)), []
    changes = [one for one in _transitions(look, members) if not look.is_quiet(one.after)]
    if changes:
        after, reply = _changes(look, after, changes, way)
        owed.append(reply)
    elif post.muted and not after.muted and speaking:
        after, reply = _silence_over(look, after, speaking, about, way)
        owed.append(reply)
    after, reminders = remind(look, after, way, speaking, about)
    owed += reminders
    if _is_touched(look, post) or after.muted != post.muted:
        owed.append(edited(look, post, about, by_person=_by_person(look, post)))
    return Followed(after, owed=tuple(owed))


def _changes(look: Look, post: Post, changes: list[Transition], way: Way) -> tuple[Post, Notification]:
    """Say what changed among several in one reply, the gravest first."""
    if len(changes) == 1:
        return _changed(look, post, changes[0], way)
    ordered = sorted(changes, key=lambda one: (one.change not in LOUD, worst_first(one.after)))
    counts: dict[Reason, int] = {}
    for one in ordered:
        counts[reason_of(one)] = counts.get(reason_of(one), 0) + 1
    content = ChangesContent(
        tuple(change_content(look, one) for one in ordered[:3]), tuple(counts.items()), look.now
    )
    loud = [one.after for one in ordered if one.change in LOUD]
    mentions = _louder(post, highest(loud), way) if loud else ()
    reply = replied(
        look, post, content, reason_of(ordered[0]), broadcast=bool(loud) and way.broadcast, mentions=mentions
    )
    return (said_aloud(post, tuple(loud), look.now) if loud else post), reply


def greeting_content(look: Look, post: Post, members: Sequence[Incident]) -> GreetingContent:
    """Make what a greeting says: the worst of its members, and how many there are."""
    greeting = look.greeting_for(post.key, worst_of(members), counts_of(members, look.silence_of))
    return replace(greeting, shipped_until=shipped_by_all(members, look.now))


def _all_silenced(look: Look, members: Sequence[Incident]) -> bool:
    return group_silence(look, members) is not None


def _group(look: Look, post: Post, group: Group, members: list[Incident]) -> Followed:
    way = look.routes.way_to(post.channel, members)
    now_group = renewed(group, members, look.now)
    silence = group_silence(look, members)
    after, owed = replace(post, muted=silence is not None), []
    touched = _is_touched(look, post) or after.muted != post.muted
    if not touched and now_group == group and not _reminders_may_be_due(look, post, way):
        return Followed(post, group)
    content = group_content(look, now_group, members, way)
    speaking = [one for one in members if is_firing(one) and not look.is_quiet(one)]
    reason = _group_word(group, now_group, post, speaking, content)
    if post.muted and silence is None and speaking:
        after, reply = _silence_over(look, after, speaking, content, way)
        owed.append(reply)
    elif reason is not None and (speaking or (not now_group.is_open and not post.muted)):
        after, reply = _group_said(look, after, now_group, speaking, content, reason, way)
        owed.append(reply)
    after, reminders = remind(look, after, way, speaking, content)
    owed += reminders
    if touched or replace(now_group, worst_delay=group.worst_delay) != group:
        owed.append(edited(look, post, content, reason or Reason.MOVED_ON, by_person=_by_person(look, post)))
    return Followed(after, now_group, tuple(owed))


def _reminders_may_be_due(look: Look, post: Post, way: Way) -> bool:
    """Whether time alone may owe a word: asked before the members of a large group are gone through."""
    reminders = way.reminders
    waits = (reminders.warning, reminders.critical, reminders.escalate_after, reminders.acknowledger_after)
    least = min((wait for wait in waits if wait is not None), default=None)
    return least is not None and post.spoken_at is not None and look.now - post.spoken_at >= least


def _group_word(
    before: Group, after: Group, post: Post, speaking: list[Incident], content: GroupContent
) -> Reason | None:
    """Say whether a change of a group is worth a word: its end, its return, and a real worsening alone."""
    if not after.is_open:
        unwatched = content.counts.unwatched >= content.counts.members
        ended = Reason.NOT_WATCHED if unwatched else Reason.RECOVERED
        return ended if before.is_open else None
    if not before.is_open:
        return Reason.CAME_BACK
    if not speaking:
        return None
    graver = post.gravity is None or max(one.problem.gravity for one in speaking) > post.gravity
    severer = post.told is None or highest(speaking) > post.told
    many = len(speaking) >= 2 * post.told_open and len(speaking) - post.told_open >= GREW_BY
    return Reason.GOT_WORSE if graver or severer or many else None


def _group_said(
    look: Look,
    post: Post,
    group: Group,
    speaking: list[Incident],
    content: GroupContent,
    reason: Reason,
    way: Way,
) -> tuple[Post, Notification]:
    loud = reason in (Reason.GOT_WORSE, Reason.CAME_BACK)
    change = GroupChangeContent(
        group, content.worst, content.counts, reason, look.now, content.shipped_until, _told(post)
    )
    mentions = _louder(post, highest(speaking), way) if loud else ()
    reply = replied(look, post, change, reason, broadcast=loud and way.broadcast, mentions=mentions)
    return (said_aloud(post, tuple(speaking), look.now) if loud else post), reply


def _told(post: Post) -> Told | None:
    """Give what was last said aloud of a group."""
    problem = next((one for one in Problem if one.gravity == post.gravity), None)
    return None if post.told is None or problem is None else Told(post.told_open, problem, post.told)
