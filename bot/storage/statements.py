"""The two statements that SQLite and PostgreSQL have alike and SQLAlchemy spells for each."""

from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")
Insert = sqlite.Insert | postgresql.Insert
CHUNK = 1000
"""So many values go into one ``IN``; both databases take more."""


def insert(connection: AsyncConnection, table: Table) -> Insert:
    """Make an INSERT that knows ON CONFLICT, in the connection's dialect."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def upsert(connection: AsyncConnection, table: Table, *, following: Collection[str] = ()) -> Insert:
    """Make an INSERT that overwrites the row of the same primary key.

    The columns that follow from the key are left as they are, and so are their indexes.
    """
    statement = insert(connection, table)
    keys = [column.name for column in table.primary_key.columns]
    rest = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in keys and column.name not in following
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces that fit one statement, or are of this size."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
