"""Incidents by number, subject and state, with their audit trail."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, Select, case, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import Incident, IncidentNumber, Lifecycle
from bot.domain.task import SourceName
from bot.operations.store_port import AuditEntry, IncidentWrite, RevisionConflict
from bot.storage.codec import INCIDENT
from bot.storage.statements import chunks, insert
from bot.storage.tables import audit, incidents

FEW = 2000
"""More subjects than these are looked for by reading every subject's latest number instead."""
_columns = (incidents.c.number, incidents.c.revision, incidents.c.body)


async def keep(connection: AsyncConnection, write: IncidentWrite) -> Incident:
    """Insert a new incident, or update the one that has the expected revision."""
    if write.expected_revision is None:
        return await _open(connection, replace(write.incident, revision=1))
    kept = replace(write.incident, revision=write.expected_revision + 1)
    statement = (
        update(incidents)
        .where(incidents.c.number == kept.number, incidents.c.revision == write.expected_revision)
        .values(_values(kept))
    )
    try:
        result = await connection.execute(statement)
    except IntegrityError as error:
        raise RevisionConflict(f"another incident of {kept.subject.name} is open") from error
    if result.rowcount != 1:
        raise RevisionConflict(f"incident {kept.number} was changed meanwhile")
    return kept


async def _open(connection: AsyncConnection, incident: Incident) -> Incident:
    statement = insert(connection, incidents).values(_values(incident)).on_conflict_do_nothing()
    number = await connection.scalar(statement.returning(incidents.c.number))
    if number is None:
        raise RevisionConflict(f"an incident of {incident.subject.name} is open already")
    return replace(incident, number=IncidentNumber(number))


def _values(incident: Incident) -> dict[str, object]:
    return {
        "subject_key": incident.subject.key,
        "source": incident.subject.source,
        "lifecycle": incident.lifecycle.value,
        "revision": incident.revision,
        "body": INCIDENT.encode(incident),
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


async def open_ones(connection: AsyncConnection, source: SourceName | None) -> tuple[Incident, ...]:
    """Read what is pending or firing."""
    query = select(*_columns).where(incidents.c.lifecycle != Lifecycle.RESOLVED.value)
    if source is not None:
        query = query.where(incidents.c.source == source)
    return await _read(connection, query.order_by(incidents.c.number))


async def by_number(connection: AsyncConnection, number: IncidentNumber) -> Incident | None:
    """Read one."""
    found = await _read(connection, select(*_columns).where(incidents.c.number == number))
    return found[0] if found else None


async def latest(connection: AsyncConnection, limit: int) -> tuple[Incident, ...]:
    """Read the latest, open ones first."""
    resolved = case((incidents.c.lifecycle == Lifecycle.RESOLVED.value, 1), else_=0)
    query = select(*_columns).order_by(resolved, incidents.c.number.desc()).limit(limit)
    return await _read(connection, query)


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


async def append_audit(connection: AsyncConnection, entry: AuditEntry) -> None:
    """Append to an incident's trail."""
    await connection.execute(
        insert(connection, audit).values(
            incident=entry.incident, at=entry.at, what=entry.what, sentence=entry.sentence, actor=entry.actor
        )
    )


async def audit_of(connection: AsyncConnection, number: IncidentNumber) -> tuple[AuditEntry, ...]:
    """Read an incident's trail, oldest first."""
    query = select(audit).where(audit.c.incident == number).order_by(audit.c.id)
    return tuple(
        AuditEntry(IncidentNumber(row.incident), row.at, row.what, row.sentence, row.actor)
        for row in await connection.execute(query)
    )
