"""The database's versions: applied at start, backed up before, refused where newer."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import StorageError
from bot.storage import schema
from bot.storage.database import Database, open_database
from bot.storage.tables import metadata
from tests.storage.storage_samples import AnyStore, incident, kept

NEXT = '''"""A version of the future, for this test."""

from alembic import op
from sqlalchemy import Column, String

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("facts", Column("more", String))
'''


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_the_migrations_lead_to_the_tables_of_the_code(store: AnyStore) -> None:
    if isinstance(store, Database):
        async with store._reading() as connection:
            assert await connection.run_sync(differences) == []


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program be one version further."""
    future = tmp_path / "migrations"
    versions = future / "versions"
    versions.mkdir(parents=True)
    for script in [*schema.MIGRATIONS.glob("*.py"), *schema.MIGRATIONS.glob("versions/*.py")]:
        (future / script.relative_to(schema.MIGRATIONS)).write_text(script.read_text())
    (versions / "v0002_more.py").write_text(NEXT)
    monkeypatch.setattr(schema, "MIGRATIONS", future)


async def a_database_of_this_version(url: str) -> None:
    database = await open_database(url)
    await kept(database, incident())
    await database.close()


def files_in(folder: Path, pattern: str) -> list[Path]:
    return list(folder.glob(pattern))


def columns_of_facts(path: str) -> list[str]:
    with closing(sqlite3.connect(path)) as file:
        return [row[1] for row in file.execute("PRAGMA table_info(facts)")]


async def test_an_older_database_is_copied_then_brought_up_to_date(
    sqlite_url: str, request: pytest.FixtureRequest
) -> None:
    await a_database_of_this_version(sqlite_url)
    request.getfixturevalue("next_version")
    database = await open_database(sqlite_url)
    assert len(await database.incidents()) == 1
    await database.close()
    path = sqlite_url.removeprefix("sqlite:///")
    assert columns_of_facts(path) == ["name", "value", "more"]
    assert columns_of_facts(f"{path}.0001.backup") == ["name", "value"]
    with closing(sqlite3.connect(f"{path}.0001.backup")) as copy:
        assert copy.execute("SELECT count(*) FROM incidents").fetchone() == (1,)


async def test_a_database_that_is_up_to_date_is_not_copied(sqlite_url: str, tmp_path: Path) -> None:
    await a_database_of_this_version(sqlite_url)
    await (await open_database(sqlite_url)).close()
    assert not files_in(tmp_path, "*.backup")


async def test_a_newer_database_is_refused_and_left_alone(
    sqlite_url: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = schema.MIGRATIONS
    request.getfixturevalue("next_version")
    await a_database_of_this_version(sqlite_url)
    monkeypatch.setattr(schema, "MIGRATIONS", present)
    for read_only in (False, True):
        with pytest.raises(StorageError, match="written by a newer version"):
            await open_database(sqlite_url, read_only=read_only)


async def test_an_older_database_is_not_read_before_it_is_up_to_date(
    sqlite_url: str, request: pytest.FixtureRequest
) -> None:
    await a_database_of_this_version(sqlite_url)
    request.getfixturevalue("next_version")
    with pytest.raises(StorageError, match=r"older version.*Start `logbackup-bot run` once"):
        await open_database(sqlite_url, read_only=True)


async def test_a_migration_that_fails_leaves_the_database_as_it_was(
    sqlite_url: str, request: pytest.FixtureRequest
) -> None:
    await a_database_of_this_version(sqlite_url)
    request.getfixturevalue("next_version")
    broken = schema.MIGRATIONS / "versions" / "v0002_more.py"
    broken.write_text(NEXT + '    op.drop_table("nowhere")\n')
    with pytest.raises(StorageError):
        await open_database(sqlite_url)
    assert columns_of_facts(sqlite_url.removeprefix("sqlite:///")) == ["name", "value"]


def test_there_is_one_way_forward() -> None:
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    assert len(scripts.get_heads()) == 1
    assert scripts.get_bases() == ["0001"]


async def test_two_starts_at_the_same_moment_make_one_schema(empty_postgres: str) -> None:
    first, second = await asyncio.gather(open_database(empty_postgres), open_database(empty_postgres))
    assert (await kept(first, incident())).number == 1
    assert len(await second.incidents()) == 1
    await first.close()
    await second.close()
