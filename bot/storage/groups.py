"""Groups by number and state."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.grouping import Group
from bot.domain.incident import IncidentNumber, Lifecycle
from bot.operations.store_port import RevisionConflict
from bot.storage import numbers
from bot.storage.codec import GROUP
from bot.storage.statements import chunks
from bot.storage.tables import groups

_is_open = groups.c.lifecycle != literal_column(f"'{Lifecycle.RESOLVED.value}'")
"""Spelled out: the index of what is open is of no use to a parameter."""


async def keep(connection: AsyncConnection, group: Group) -> Group:
    """Insert a new group, or update the one that has this revision."""
    kept = replace(group, revision=group.revision + 1)
    if group.revision == 0:
        (number,) = await numbers.give(connection, 1, "group")
        kept = replace(kept, number=number)
        await connection.execute(groups.insert().values(number=number, **_values(kept)))
        return kept
    known = groups.c.number == group.number, groups.c.revision == group.revision
    result = await connection.execute(update(groups).where(*known).values(**_values(kept)))
    if result.rowcount != 1:
        raise RevisionConflict(f"group {group.number} was changed meanwhile")
    return kept


def _values(group: Group) -> dict[str, object]:
    return {
        "source": group.trait.source,
        "lifecycle": group.lifecycle.value,
        "resolved_at": None if group.is_open else group.resolved_at or group.changed_at,
        "revision": group.revision,
        "body": GROUP.encode(group),
    }


async def read(
    connection: AsyncConnection, wanted: Sequence[IncidentNumber], *, still_open: bool
) -> tuple[Group, ...]:
    """Read these groups, or all that are open, by number."""
    query = select(groups.c.body).order_by(groups.c.number)
    if still_open:
        query = query.where(_is_open)
    if still_open and not wanted:
        return tuple(GROUP.decode(body) for body in await connection.scalars(query))
    found: list[Group] = []
    for some in chunks(sorted(set(wanted))):
        rows = await connection.scalars(query.where(groups.c.number.in_(some)))
        found += [GROUP.decode(body) for body in rows]
    return tuple(found)
