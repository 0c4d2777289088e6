"""The small facts, and what of Slack's payloads was acted on already."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import chunks, insert, upsert
from bot.storage.tables import facts, payloads

REMEMBERED = timedelta(days=1)
"""Slack sends a payload again within an hour; after so long it does not any more."""


async def keep(connection: AsyncConnection, name: str, value: str) -> None:
    """Keep one small fact."""
    await connection.execute(upsert(connection, facts).values(name=name, value=value))


async def one(connection: AsyncConnection, name: str) -> str | None:
    """Read one small fact."""
    value: str | None = await connection.scalar(select(facts.c.value).where(facts.c.name == name))
    return value


async def beginning(connection: AsyncConnection, prefix: str) -> dict[str, str]:
    """Read the facts whose names begin so, by name; SQLite alone would take ``Prod`` for ``prod``."""
    query = select(facts.c.name, facts.c.value).where(facts.c.name.startswith(prefix, autoescape=True))
    rows = await connection.execute(query.order_by(facts.c.name))
    return {row.name: row.value for row in rows if row.name.startswith(prefix)}


async def forget(connection: AsyncConnection, names: Sequence[str]) -> None:
    """Forget facts, those of these names that there are."""
    for some in chunks(names):
        await connection.execute(delete(facts).where(facts.c.name.in_(some)))


async def remember_payload(connection: AsyncConnection, key: str, now: datetime) -> bool:
    """Remember a payload; False where it is remembered already."""
    statement = insert(connection, payloads).values(key=key, at=now).on_conflict_do_nothing()
    return await connection.scalar(statement.returning(payloads.c.key)) is not None


async def prune_payloads(connection: AsyncConnection, now: datetime) -> None:
    """Forget the payloads that will not come again."""
    await connection.execute(delete(payloads).where(payloads.c.at < now - REMEMBERED))
