"""Tells which incidents are silenced now, and which groups they are in."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from bot.domain.incident import Incident, IncidentNumber
from bot.domain.silence import Silence, silencing
from bot.operations.resolve_target import members_of
from bot.operations.store_port import Store


class SilencedNow(Mapping[IncidentNumber, Silence]):
    """What mutes each incident, found out when it is asked for."""

    def __init__(
        self,
        silences: Collection[Silence],
        incidents: Iterable[Incident],
        groups: Mapping[IncidentNumber, Collection[IncidentNumber]],
        now: datetime,
    ) -> None:
        self._active = [one for one in silences if one.is_active(now)]
        self._incidents = {one.number: one for one in incidents if one.is_open} if self._active else {}
        self._groups = groups
        self._now = now

    def __getitem__(self, number: IncidentNumber) -> Silence:
        incident = self._incidents.get(number)
        found = None
        if incident is not None:
            found = silencing(self._active, incident, self._now, self._groups.get(number, ()))
        if found is None:
            raise KeyError(number)
        return found

    def __iter__(self) -> Iterator[IncidentNumber]:
        return (number for number in self._incidents if number in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


async def silenced_now(store: Store, incidents: Iterable[Incident], now: datetime) -> SilencedNow:
    """Find out what is silenced of these incidents."""
    silences = [one for one in await store.silences() if one.is_active(now)]
    numbered = {number for one in silences for number in one.matcher.numbers}
    groups: dict[IncidentNumber, list[IncidentNumber]] = {}
    for group in await store.groups(sorted(numbered)) if numbered else ():
        for member in await members_of(store, group):
            groups.setdefault(member.number, []).append(group.number)
    return SilencedNow(silences, incidents, groups, now)


async def groups_of(store: Store, incident: Incident) -> tuple[IncidentNumber, ...]:
    """Give the groups that an incident is a member of."""
    posts = await store.posts_of((incident.number,))
    return tuple(post.group for post in posts if post.group is not None)
