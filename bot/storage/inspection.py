"""Looks at a database without changing anything: whether a bot could work with it."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from bot.errors import StorageError
from bot.storage.address import Address, read_address, reader_engine
from bot.storage.lock import is_locked
from bot.storage.refusals import refusals
from bot.storage.schema import is_older, versions


@dataclass(frozen=True, slots=True)
class Condition:
    """How a database is: ``version`` None has no tables yet, ``free_bytes`` None is not known from here.

    ``server`` is what a database server says of itself; ``size_bytes`` is that of an SQLite file, and
    ``is_locked`` whether a bot runs on it.
    """

    name: str
    version: str | None
    newest: str | None
    free_bytes: int | None = None
    size_bytes: int | None = None
    server: str | None = None
    is_locked: bool = False

    @property
    def is_outdated(self) -> bool:
        """Whether the next ``run`` brings it up to date."""
        return self.version is not None and is_older(self.version, self.newest)


async def inspect(url: str) -> Condition:
    """Look at a database. Raises StorageError where a bot could not work with it."""
    address = read_address(url)
    if address.path is None:
        return await _inspect(address)
    with refusals():
        folder = _existing(address.path.parent)
        free = shutil.disk_usage(folder).free
        exists = address.path.exists()
        _check_rights(address.path, folder, exists=exists)
        size = address.path.stat().st_size if exists else None
    if not exists:
        return Condition(address.name, None, None, free)
    found = await _inspect(address)
    locked = is_locked(address.path)
    return Condition(found.name, found.version, found.newest, free, size, is_locked=locked)


def _existing(folder: Path) -> Path:
    """Give the folder, or the nearest one above it that is there already."""
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.exists())


def _check_rights(path: Path, folder: Path, *, exists: bool) -> None:
    if not folder.is_dir():
        raise StorageError(f"The database cannot be at {path}: {folder} is no folder.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StorageError(
            f"This user may not write in the folder {folder}, where the database is to be."
            " Give it the right, or name another place in BOT_DATABASE_URL."
        )
    if exists and not path.is_file():
        raise StorageError(f"The database {path} is no file. Name another one in BOT_DATABASE_URL.")
    if exists and not os.access(path, os.R_OK | os.W_OK):
        raise StorageError(f"This user may not read and write the database {path}. Give it the right to.")


async def _inspect(address: Address) -> Condition:
    engine = reader_engine(address)
    try:
        with refusals():
            async with engine.connect() as connection:
                present, newest = await connection.run_sync(versions, address)
                server = None if address.path is not None else await connection.run_sync(_server)
    finally:
        await engine.dispose()
    return Condition(address.name, present, newest, server=server)


def _server(connection: Connection) -> str:
    """Give the server's version. Raises StorageError where this login may not make tables."""
    may_create = connection.scalar(text("SELECT has_schema_privilege(current_schema(), 'CREATE')"))
    if not may_create:
        raise StorageError(
            "This login of PostgreSQL may not make tables. Give it CREATE on the schema, or another database."
        )
    return f"PostgreSQL {connection.scalar(text('SHOW server_version'))}"
