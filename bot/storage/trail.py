"""The audit trail of incidents and groups."""

from collections.abc import Sequence
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import IncidentNumber
from bot.domain.problem import Problem, Severity
from bot.operations.store_port import AuditEntry
from bot.storage.tables import trail

E = TypeVar("E", bound=Enum)


async def append(connection: AsyncConnection, entries: Sequence[AuditEntry]) -> None:
    """Append to the trails, in this order."""
    rows = [
        {
            "incident": entry.incident,
            "at": entry.at,
            "what": entry.what,
            "sentence": entry.sentence,
            "actor": entry.actor,
            "name": entry.name,
            "problem": None if entry.problem is None else entry.problem.value,
            "severity": None if entry.severity is None else entry.severity.value,
            "delay": entry.delay,
        }
        for entry in entries
    ]
    if rows:
        await connection.execute(trail.insert(), rows)


async def of(connection: AsyncConnection, number: IncidentNumber) -> tuple[AuditEntry, ...]:
    """Read one trail, oldest first."""
    query = select(trail).where(trail.c.incident == number).order_by(trail.c.id)
    return tuple(_entry(row) for row in await connection.execute(query))


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        incident=IncidentNumber(row.incident),
        at=row.at,
        what=row.what,
        sentence=row.sentence,
        actor=row.actor,
        name=row.name,
        problem=_known(Problem, row.problem),
        severity=_known(Severity, row.severity),
        delay=row.delay,
    )


def _known(kind: type[E], value: str | int | None) -> E | None:
    """Read a word; one that a newer version wrote is none to this one."""
    return next((one for one in kind if one.value == value), None)


async def forget(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Delete the trails of these incidents or groups."""
    await connection.execute(delete(trail).where(trail.c.incident.in_(numbers)))
