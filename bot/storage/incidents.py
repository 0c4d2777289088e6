"""Incidents by number, subject and state."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, case, delete, exists, func, literal_column, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import Incident, IncidentNumber, Lifecycle
from bot.domain.notification import Reason
from bot.domain.task import SourceName
from bot.operations.store_port import IncidentWrite, RevisionConflict
from bot.storage import numbers, trail
from bot.storage.codec import INCIDENT
from bot.storage.statements import chunks
from bot.storage.tables import incidents
from bot.storage.tables import trail as trail_of

FEW = 2000
"""More subjects than these are looked for by reading every subject's latest number instead."""
_GAP = '"gap":{'
"""What only the body of one that has lost log holds."""
_columns = (incidents.c.number, incidents.c.revision, incidents.c.body)
_is_open = incidents.c.lifecycle != literal_column(f"'{Lifecycle.RESOLVED.value}'")
"""Spelled out: the indexes of what is open are of no use to a parameter."""


async def keep(connection: AsyncConnection, writes: Sequence[IncidentWrite]) -> tuple[Incident, ...]:
    """Insert what is new, update what has the expected revision; all of it or, by an error, nothing."""
    await _check_revisions(connection, [write for write in writes if write.expected_revision is not None])
    new = sum(write.expected_revision is None for write in writes)
    given = iter(await numbers.give(connection, new, "incident"))
    kept = tuple(
        replace(write.incident, number=next(given), revision=1)
        if write.expected_revision is None
        else replace(write.incident, revision=write.expected_revision + 1)
        for write in writes
    )
    pairs = list(zip(writes, kept, strict=True))
    changed = [incident for write, incident in pairs if write.expected_revision is not None]
    opened = [incident for write, incident in pairs if write.expected_revision is None]
    try:
        for some in chunks(changed):
            rows = [{"which": incident.number, **_values(incident)} for incident in some]
            await connection.execute(_changing, rows)
        for some in chunks(opened):
            rows = [{"number": incident.number, **_values(incident)} for incident in some]
            await connection.execute(incidents.insert(), rows)
    except IntegrityError as error:
        raise RevisionConflict("an incident of the same subject is open already") from error
    return kept


_changing = (
    update(incidents)
    .where(incidents.c.number == bindparam("which"))
    .values({column.name: bindparam(column.name) for column in incidents.c if column.name != "number"})
)


async def _check_revisions(connection: AsyncConnection, writes: Sequence[IncidentWrite]) -> None:
    """Make sure that nobody was first; the rows stay as they are until this transaction is over."""
    expected = {write.incident.number: write.expected_revision for write in writes}
    if len(expected) < len(writes):
        raise RevisionConflict("an incident was changed twice at once")
    for some in chunks(sorted(expected)):
        query = select(incidents.c.number, incidents.c.revision).where(incidents.c.number.in_(some))
        rows = await connection.execute(query.order_by(incidents.c.number).with_for_update())
        present = {row.number: row.revision for row in rows}
        for number in some:
            if present.get(number) != expected[number]:
                raise RevisionConflict(f"incident {number} was changed meanwhile")


def _values(incident: Incident) -> dict[str, object]:
    return {
        "subject_key": incident.subject.key,
        "source": incident.subject.source,
        "lifecycle": incident.lifecycle.value,
        "revision": incident.revision,
        "body": INCIDENT.encode(incident),
        "resolved_at": None if incident.is_open else incident.resolved_at or incident.changed_at,
    }


async def forget(connection: AsyncConnection, incident: Incident) -> None:
    """Delete an incident that is pending still, if nobody changed it."""
    statement = delete(incidents).where(
        incidents.c.number == incident.number,
        incidents.c.revision == incident.revision,
        incidents.c.lifecycle == Lifecycle.PENDING.value,
    )
    result = await connection.execute(statement)
    if result.rowcount != 1:
        raise RevisionConflict(f"incident {incident.number} was changed meanwhile")
    await trail.forget(connection, [incident.number])


async def open_ones(connection: AsyncConnection, source: SourceName | None) -> tuple[Incident, ...]:
    """Read what is pending or firing."""
    query = select(*_columns).where(_is_open)
    if source is not None:
        query = query.where(incidents.c.source == source)
    return await _read(connection, query.order_by(incidents.c.number))


async def by_number(connection: AsyncConnection, number: IncidentNumber) -> Incident | None:
    """Read one."""
    found = await _read(connection, select(*_columns).where(incidents.c.number == number))
    return found[0] if found else None


async def by_numbers(connection: AsyncConnection, wanted: Sequence[IncidentNumber]) -> tuple[Incident, ...]:
    """Read these, by number."""
    found: list[Incident] = []
    for some in chunks(sorted(set(wanted))):
        query = select(*_columns).where(incidents.c.number.in_(some)).order_by(incidents.c.number)
        found += await _read(connection, query)
    return tuple(found)


async def revisions(connection: AsyncConnection, source: SourceName) -> dict[IncidentNumber, int]:
    """Read the revisions of what is pending or firing; an index alone answers it."""
    query = select(incidents.c.number, incidents.c.revision).where(incidents.c.source == source, _is_open)
    return {IncidentNumber(number): revision for number, revision in await connection.execute(query)}


async def latest(connection: AsyncConnection, limit: int) -> tuple[Incident, ...]:
    """Read the latest, open ones first."""
    resolved = case((incidents.c.lifecycle == Lifecycle.RESOLVED.value, 1), else_=0)
    query = select(*_columns).order_by(resolved, incidents.c.number.desc()).limit(limit)
    return await _read(connection, query)


async def past(connection: AsyncConnection, limit: int, since: datetime | None) -> tuple[Incident, ...]:
    """Read those that are over, the last that ended first, as far back as ``since``."""
    query = select(*_columns).where(incidents.c.lifecycle == Lifecycle.RESOLVED.value)
    if since is not None:
        query = query.where(incidents.c.resolved_at >= since)
    order = (incidents.c.resolved_at.desc(), incidents.c.number.desc())
    return await _read(connection, query.order_by(*order).limit(limit))


async def lost(connection: AsyncConnection, since: datetime, limit: int) -> tuple[Incident, ...]:
    """Read those over since then that have lost log for good, where nobody has noted anything of it yet."""
    noted = exists().where(
        trail_of.c.incident == incidents.c.number,
        trail_of.c.what == Reason.NOTED.value,
        trail_of.c.at >= incidents.c.resolved_at,
    )
    query = select(*_columns).where(
        incidents.c.lifecycle == Lifecycle.RESOLVED.value,
        incidents.c.resolved_at >= since,
        incidents.c.body.contains(_GAP, autoescape=True),
        ~noted,
    )
    order = (incidents.c.resolved_at.desc(), incidents.c.number.desc())
    return await _read(connection, query.order_by(*order).limit(limit))


async def last_of(connection: AsyncConnection, subject_keys: Sequence[str]) -> dict[str, Incident]:
    """Read the latest incident of each subject that has one."""
    newest = select(func.max(incidents.c.number)).group_by(incidents.c.subject_key)
    found: list[Incident] = []
    if len(subject_keys) <= FEW:
        for some in chunks(subject_keys):
            numbers = newest.where(incidents.c.subject_key.in_(some))
            found += await _read(connection, select(*_columns).where(incidents.c.number.in_(numbers)))
        return {incident.subject.key: incident for incident in found}
    wanted = set(subject_keys)
    rows = await connection.execute(newest.add_columns(incidents.c.subject_key))
    numbers_wanted = [number for number, key in rows if key in wanted]
    for some_numbers in chunks(numbers_wanted):
        found += await _read(connection, select(*_columns).where(incidents.c.number.in_(some_numbers)))
    return {incident.subject.key: incident for incident in found}


async def _read(connection: AsyncConnection, query: Select[Any]) -> tuple[Incident, ...]:
    return tuple(_incident(row) for row in await connection.execute(query))


def _incident(row: Row[Any]) -> Incident:
    """Read the body; number and revision are the row's, which the body was written without."""
    return replace(INCIDENT.decode(row.body), number=IncidentNumber(row.number), revision=row.revision)
