"""Tells which incidents are silenced now, and which groups they are in."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.grouping import Group
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.posts import group_message
from bot.domain.silence import Silence, silencing
from bot.operations.in_slices import in_slices
from bot.operations.resolve_target import members_of
from bot.operations.store_port import Store


async def silenced_now(
    store: Store, incidents: Sequence[Incident], now: datetime
) -> Mapping[IncidentNumber, Silence]:
    """Find out what mutes each of these incidents that is open and silenced."""
    active = [one for one in await store.silences() if one.is_active(now)]
    if not active:
        return {}
    groups = await _groups_in(store, active)
    found: dict[IncidentNumber, Silence] = {}
    async for some in in_slices(incidents):
        for incident in some:
            silence = silencing(active, incident, now, groups.get(incident.number, ()))
            if silence is not None and incident.is_open:
                found[incident.number] = silence
    return found


async def _groups_in(
    store: Store, silences: Sequence[Silence]
) -> Mapping[IncidentNumber, Sequence[IncidentNumber]]:
    """Give the groups that silences name, by their members."""
    numbered = sorted({number for one in silences for number in one.matcher.numbers})
    groups: dict[IncidentNumber, list[IncidentNumber]] = {}
    for group in await store.groups(numbered) if numbered else ():
        for member in await members_of(store, group):
            groups.setdefault(member.number, []).append(group.number)
    return groups


async def open_groups(store: Store) -> Mapping[IncidentNumber, Group]:
    """Give the open group of each incident that is a member of one."""
    found: dict[IncidentNumber, Group] = {}
    for group in await store.groups(still_open=True):
        post = await store.post(group_message(group.number), group.channel)
        found.update(dict.fromkeys(() if post is None else post.members, group))
    return found


async def groups_of(store: Store, incident: Incident) -> tuple[IncidentNumber, ...]:
    """Give the groups that an incident is a member of."""
    posts = await store.posts_of((incident.number,))
    return tuple(post.group for post in posts if post.group is not None)
