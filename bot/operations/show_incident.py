"""Shows incidents and groups: one as it stands with what happened to it, and lists of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.commands import ListIncidents, ShowTimeline, Target, to_text
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.look import counts_of, shipped_by_all, worst_of
from bot.domain.losses import MOST, TOLD
from bot.domain.notification import GroupContent, IncidentContent
from bot.domain.silence import Silence
from bot.errors import StorageError
from bot.operations.answer_ports import Means
from bot.operations.answering import Answer, Asked
from bot.operations.resolve_target import Meant, by_number, find_one
from bot.operations.show_silenced import open_groups, silenced_now
from bot.views.incident_buttons import MEMBERS
from bot.views.incident_detail import (
    group_detail_message,
    incident_detail_message,
    unknown_incident_message,
)
from bot.views.incident_list import incident_list_message
from bot.views.timeline import timeline_message

UNREAD = (
    "The database cannot be read just now. This is what is at hand: what is open, as it was last read;"
    " not what happened before, and not what is silenced."
)
PAST = 1000
"""So many of those that are over are looked through for a list; all that are open are."""


async def show(means: Means, asked: Asked, number: IncidentNumber, *, shareable: bool) -> Answer:
    """Show an incident or a group, and what happened to it."""
    try:
        if await means.store.incident(number) is None and await means.store.group(number) is None:
            return Answer(unknown_incident_message(number), may_be_shared=False)
    except StorageError as error:
        return _from_memory(means, asked, number, error, shareable=shareable)
    meant = await by_number(means.store, number)
    now, zone, links = means.clock.now(), means.zone_of(asked), means.links()
    trail = await means.store.audit(number)
    silenced = await silenced_now(means.store, meant.incidents, now)
    if meant.group is None:
        group = (await open_groups(means.store)).get(number)
        content = replace(incident_content(means, meant.incidents[0], silenced), group=group)
        message = incident_detail_message(content, trail, zone=zone, links=links, shareable=shareable)
    else:
        silence = silence_of(meant, silenced)
        content_of_group = GroupContent(
            group=meant.group,
            worst=worst_of(meant.incidents, MEMBERS),
            counts=counts_of(meant.incidents, silenced.get, silence),
            read_at=now,
            shipped_until=shipped_by_all(meant.incidents, now),
            silence=silence,
        )
        message = group_detail_message(
            content_of_group, trail, silenced=silenced, zone=zone, links=links, shareable=shareable
        )
    return Answer(message)


def _from_memory(
    means: Means, asked: Asked, number: IncidentNumber, error: StorageError, *, shareable: bool
) -> Answer:
    """Show an open incident as last seen. Raises ``error`` where there is none of that number."""
    known = next((one for one in means.fleet.now().incidents if one.number == number), None)
    if known is None:
        raise error
    content = incident_content(means, known, {})
    return Answer(
        incident_detail_message(
            content, zone=means.zone_of(asked), links=means.links(), unread=UNREAD, shareable=shareable
        )
    )


async def show_this(means: Means, asked: Asked, *, shareable: bool) -> Answer:
    """Show the incident or group of the thread in which it was said."""
    meant = await find_one(means, asked, Target(), lambda target: f"incident {target.number}")
    return await show(means, asked, meant.numbers[0], shareable=shareable)


def incident_content(
    means: Means, incident: Incident, silenced: Mapping[IncidentNumber, Silence]
) -> IncidentContent:
    """Make what is shown of one incident, as the last reading left it."""
    seen = incident.snapshot
    return IncidentContent(
        incident=incident,
        read_at=means.clock.now() if seen is None else seen.read_at,
        status=None if seen is None else seen.status,
        error=None if seen is None else seen.error,
        offset=timedelta(0) if seen is None else seen.offset,
        silence=silenced.get(incident.number),
    )


def silence_of(meant: Meant, silenced: Mapping[IncidentNumber, Silence]) -> Silence | None:
    """Give the silence that mutes all of a group that is open, if one does."""
    found = [silenced.get(one.number) for one in meant.open]
    return found[0] if found and all(one is not None and one == found[0] for one in found) else None


async def list_incidents(means: Means, asked: Asked, command: ListIncidents, *, shareable: bool) -> Answer:
    """List incidents: what is open is at hand, what is over is read."""
    still_open, now = means.fleet.now().incidents, means.clock.now()
    unread = ""
    try:
        over = await means.store.past_incidents(limit=PAST, since=command.since)
        losses = await means.store.losses(since=now - TOLD, limit=MOST)
        silenced = await silenced_now(means.store, still_open, now)
        groups = await open_groups(means.store)
    except StorageError:
        over, losses, silenced, groups, unread = (), (), {}, {}, UNREAD
    message = incident_list_message(
        command,
        [*still_open, *over],
        now=now,
        losses=losses,
        silenced=silenced,
        groups={number: group.number for number, group in groups.items()},
        zone=means.zone_of(asked),
        unread=unread,
        shareable=shareable,
    )
    return Answer(message)


async def timeline(means: Means, asked: Asked, command: ShowTimeline, *, shareable: bool) -> Answer:
    """Tell everything that happened to an incident or a group."""
    meant = await find_one(means, asked, command.target, lambda target: to_text(ShowTimeline(target)))
    about = meant.group or meant.incidents[0]
    trail = await means.store.audit(about.number)
    return Answer(timeline_message(about, trail, zone=means.zone_of(asked), shareable=shareable))
