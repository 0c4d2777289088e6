"""Chooses the threads in which an act is told, and makes the replies that are owed to them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.incident import Incident, IncidentNumber
from bot.domain.notification import ActContent, Action, Notification
from bot.domain.posts import Post, group_message, incident_message
from bot.operations.answer_ports import Means
from bot.operations.answering import Asked
from bot.operations.resolve_target import Meant, post_of_thread
from bot.operations.store_port import Store, WriteSession

MANY = 10
"""An act on more incidents than these is told nowhere by itself: their messages show it all the same."""


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread that is told: its parent message, whom it is about there, and what number it goes under.

    ``about`` is set where the message speaks of others too.
    """

    post: Post
    number: IncidentNumber | None
    about: Incident | None = None


@dataclass(frozen=True, slots=True)
class Threads:
    """The threads that are told of an act, and whether the one in which it was said is among them."""

    told: tuple[Thread, ...]
    here: bool


async def threads_of(means: Means, asked: Asked, meant: Meant) -> Threads:
    """Choose the threads: in each channel that of the message about it alone, else of one about more."""
    said_in = await post_of_thread(means.store, asked)
    if meant.group is not None:
        post = await means.store.post(group_message(meant.group.number), meant.group.channel)
        told = [] if post is None else [Thread(post, meant.group.number)]
    elif len(meant.incidents) > MANY:
        told = []
    else:
        told = await _of_incidents(means.store, meant.incidents, said_in)
    return Threads(tuple(told), said_in is not None and any(one.post.place == said_in.place for one in told))


async def threads_of_named(means: Means, asked: Asked, incidents: Sequence[Incident]) -> Threads:
    """Choose the thread in which it was said and, of a few incidents, those about them: each of them once.

    What is said names what it is about, so that a thread about several needs it no more than once.
    """
    said_in = await post_of_thread(means.store, asked)
    told = {} if said_in is None else {said_in.place: Thread(said_in, None)}
    if len(incidents) <= MANY:
        for one in await _of_incidents(means.store, incidents, said_in):
            number = one.number if one.about is None else None
            told.setdefault(one.post.place, Thread(one.post, number))
    return Threads(tuple(told.values()), said_in is not None)


async def _of_incidents(store: Store, incidents: Sequence[Incident], said_in: Post | None) -> list[Thread]:
    posts = await store.posts_of([one.number for one in incidents])
    told: list[Thread] = []
    for incident in incidents:
        speaking = [post for post in posts if incident.number in post.members]
        own = [post for post in speaking if post.key == incident_message(incident.number)]
        best = {post.channel: post for post in (*speaking, *own)}
        places = {post.place for post in best.values()} | {said_in.place if said_in is not None else None}
        told += [_thread(post, incident) for post in speaking if post.place in places]
    return told


def _thread(post: Post, incident: Incident) -> Thread:
    alone = post.key == incident_message(incident.number) or len(post.members) == 1
    return Thread(post, incident.number, None if alone else incident)


async def reply(means: Means, session: WriteSession, threads: Threads, content: ActContent) -> None:
    """Owe a reply to each of the threads; whoever is notified is notified once."""
    for place, thread in enumerate(threads.told):
        said = replace(content, about=thread.about, pings=content.pings and place == 0)
        await session.enqueue(
            Notification(
                id=means.new_id(),
                message=thread.post.key,
                channel=thread.post.channel,
                action=Action.REPLY,
                reason=content.reason,
                content=said,
                created_at=content.at,
                incident=thread.number,
                by_person=True,
            )
        )
