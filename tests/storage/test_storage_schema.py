"""The database's versions: applied at start, backed up before, refused where newer."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.domain.incident import Incident, IncidentNumber, Lifecycle
from bot.domain.notification import MessageKey
from bot.domain.posts import Post
from bot.errors import StorageError
from bot.operations.store_port import AuditEntry
from bot.storage import schema
from bot.storage.address import read_address, writer_engine
from bot.storage.codec import INCIDENT, NOTIFICATION
from bot.storage.database import Database, open_database
from bot.storage.inspection import inspect
from bot.storage.tables import metadata
from tests.storage.storage_samples import ALERTS, T0, AnyStore, claimed, incident, kept, notification

PRESENT = schema.MIGRATIONS
NEXT = '''"""A version of the future, for this test."""

from alembic import op
from sqlalchemy import Column, String

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("facts", Column("more", String))
'''
NO_LONGER = """    op.execute("UPDATE oldest_version SET version = '0003'")
"""


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_the_migrations_lead_to_the_tables_of_the_code(store: AnyStore) -> None:
    if isinstance(store, Database):
        async with store._reading() as connection:
            assert await connection.run_sync(differences) == []


def migrations_in(folder: Path, pattern: str = "v*.py") -> Path:
    """Copy the migrations, of the versions those that fit the pattern."""
    versions = folder / "versions"
    versions.mkdir(parents=True)
    for script in [*PRESENT.glob("*.py"), PRESENT / "versions" / "__init__.py"]:
        (folder / script.relative_to(PRESENT)).write_text(script.read_text())
    for script in (PRESENT / "versions").glob(pattern):
        (versions / script.name).write_text(script.read_text())
    return folder


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], object]:
    """Let the program be one version further; whoever asks may let its migration do more."""
    future = migrations_in(tmp_path / "migrations")
    script = future / "versions" / "v0003_more.py"
    script.write_text(NEXT)
    monkeypatch.setattr(schema, "MIGRATIONS", future)
    return lambda more: script.write_text(NEXT + more)


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
    assert columns_of_facts(f"{path}.0002.backup") == ["name", "value"]
    with closing(sqlite3.connect(f"{path}.0002.backup")) as copy:
        assert copy.execute("SELECT count(*) FROM incidents").fetchone() == (1,)


async def test_a_database_that_is_up_to_date_is_not_copied(sqlite_url: str, tmp_path: Path) -> None:
    await a_database_of_this_version(sqlite_url)
    await (await open_database(sqlite_url)).close()
    assert not files_in(tmp_path, "*.backup")


async def test_a_database_that_is_too_new_is_refused_and_left_alone(
    url: str, next_version: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    next_version(NO_LONGER)
    await a_database_of_this_version(url)
    monkeypatch.setattr(schema, "MIGRATIONS", PRESENT)
    for read_only in (False, True):
        with pytest.raises(StorageError, match="written by a newer version"):
            await open_database(url, read_only=read_only)
    with pytest.raises(StorageError, match="written by a newer version"):
        await inspect(url)


async def test_a_newer_database_is_used_as_long_as_it_says_that_it_may_be(
    url: str, next_version: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replicas are brought up to date one after the other, while the others go on."""
    next_version("")
    newer = await open_database(url)
    await kept(newer, incident("by the newer one"))
    await newer.close()
    monkeypatch.setattr(schema, "MIGRATIONS", PRESENT)
    older = await open_database(url)
    await kept(older, incident("by the older one"))
    await older.close()
    reader = await open_database(url, read_only=True)
    assert len(await reader.incidents()) == 2
    await reader.close()
    found = await inspect(url)
    assert (found.version, found.newest, found.is_outdated) == ("0003", "0002", False)


async def test_a_newer_database_that_says_nothing_of_older_programs_is_refused(
    sqlite_url: str, next_version: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    next_version('    op.drop_table("oldest_version")\n')
    await a_database_of_this_version(sqlite_url)
    monkeypatch.setattr(schema, "MIGRATIONS", PRESENT)
    with pytest.raises(StorageError, match="written by a newer version"):
        await open_database(sqlite_url)


OLD_INCIDENTS = "INSERT INTO incidents (subject_key, source, lifecycle, revision, body) VALUES "
OLD_ROWS = (
    (
        "INSERT INTO audit (incident, at, what, sentence, actor) VALUES"
        " (1, 1772625600000000, 'opened', 'It failed.', NULL),"
        " (2, 1772625600000000, 'resolved', 'Over.', 'U1')"
    ),
    (
        "INSERT INTO messages (key, channel, ts) VALUES"
        " ('greeting/prod', 'C1', '1.5'), ('incident/2', 'C1', NULL)"
    ),
    (
        "INSERT INTO members (key, channel, position, incident) VALUES"
        " ('greeting/prod', 'C1', 0, 2), ('greeting/prod', 'C1', 1, 1), ('incident/2', 'C1', 0, 2)"
    ),
    "INSERT INTO facts (name, value) VALUES ('greeted/prod', 'yes')",
)


OLD_OWED = text(
    "INSERT INTO outbox (id, message, channel, action, urgency, body, state, attempts, outcome_unknown)"
    " VALUES ('n', 'incident/2', 'C1', 'post', 8, :body, 'owed', 0, false)"
)


def old_incident(one: Incident) -> str:
    """Write an incident as the first version did."""
    body = json.loads(INCIDENT.encode(one))
    for name in ("handling", "snapshot"):
        del body[name]
    values = (one.subject.key, "prod", one.lifecycle.value, "3", json.dumps(body))
    return ", ".join(f"'{value}'" for value in values)


async def an_old_database(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a database of the first version: two incidents and their messages, one more that is forgotten."""
    monkeypatch.setattr(schema, "MIGRATIONS", migrations_in(folder / "first", "v0001*.py"))
    over = replace(incident("a"), lifecycle=Lifecycle.RESOLVED, resolved_at=T0)
    address = read_address(url)
    engine = writer_engine(address)
    async with engine.begin() as connection:
        await connection.run_sync(schema.migrate, address)
        for one in (incident("b"), over, incident("c")):
            await connection.exec_driver_sql(f"{OLD_INCIDENTS} ({old_incident(one)})")
        await connection.exec_driver_sql("DELETE FROM incidents WHERE number = 3")
        for statement in OLD_ROWS:
            await connection.exec_driver_sql(statement)
        await connection.execute(OLD_OWED, {"body": NOTIFICATION.encode(notification("n"))})
    await engine.dispose()
    monkeypatch.setattr(schema, "MIGRATIONS", PRESENT)


async def test_what_the_first_version_kept_is_all_there(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_old_database(url, tmp_path, monkeypatch)
    database = await open_database(url)
    one, over = IncidentNumber(1), IncidentNumber(2)
    assert [found.number for found in await database.incidents()] == [one, over]
    assert await database.open_incidents() == (replace(incident("b"), number=one, revision=3),)
    assert await database.audit(one) == (AuditEntry(one, T0, "opened", "It failed."),)
    assert await database.audit(over) == (AuditEntry(over, T0, "resolved", "Over.", "U1"),)
    greeting = Post(MessageKey("greeting/prod"), ALERTS, "1.5", (over, one))
    own = Post(MessageKey("incident/2"), ALERTS, None, (over,))
    assert await database.posts_of([one, over]) == (greeting, own)
    assert await database.fact("greeted/prod") == "yes"
    assert await claimed(database) == ["n"]
    await database.close()


async def test_numbers_go_on_after_the_highest_that_was_ever_given(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_old_database(url, tmp_path, monkeypatch)
    database = await open_database(url)
    assert (await kept(database, incident("new"))).number == 4
    async with database.writing() as session:
        await session.keep_posts([Post(MessageKey("incident/4"), ALERTS, None, (IncidentNumber(4),))])
        await session.append_audit([AuditEntry(IncidentNumber(4), T0, "opened", "It failed.")])
    await database.close()


async def test_what_was_over_long_before_the_upgrade_goes_in_time(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_old_database(url, tmp_path, monkeypatch)
    database = await open_database(url, history=timedelta(days=30))
    await database.tidy(T0 + timedelta(days=31))
    assert [found.number for found in await database.incidents()] == [1]
    await database.close()


async def test_the_first_version_is_copied_before_it_is_changed(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_old_database(sqlite_url, tmp_path, monkeypatch)
    await (await open_database(sqlite_url)).close()
    with closing(sqlite3.connect(f"{sqlite_url.removeprefix('sqlite:///')}.0001.backup")) as copy:
        assert copy.execute("SELECT count(*) FROM audit").fetchone() == (2,)
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


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
    broken = schema.MIGRATIONS / "versions" / "v0003_more.py"
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


async def test_a_start_asks_alembic_nothing_where_the_schema_is_up_to_date(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_database_of_this_version(sqlite_url)

    def asked() -> ScriptDirectory:
        raise AssertionError

    monkeypatch.setattr(schema, "_scripts", asked)
    await (await open_database(sqlite_url)).close()
    await (await open_database(sqlite_url, read_only=True)).close()
