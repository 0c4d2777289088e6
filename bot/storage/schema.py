"""Brings a database to the newest version of its tables, and refuses one that is newer than the program."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.errors import StorageError
from bot.storage.address import Address, back_up

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_205_759_403
"""An arbitrary number that this program's migrations lock in PostgreSQL, so that two starts take turns."""


def migrate(connection: Connection, address: Address) -> None:
    """Bring the database to the newest version, inside the caller's transaction.

    An SQLite file that has an older version is copied beside itself first. Raises StorageError where the
    database is newer than this program.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    scripts = _scripts()
    present = _version(connection, scripts, address)
    if present == scripts.get_current_head():
        return
    if present is not None and address.path is not None:
        back_up(address.path, address.path.with_name(f"{address.path.name}.{present}.backup"))
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def check_version(connection: Connection, address: Address) -> None:
    """Raise StorageError where the database, opened only for reading, has not this program's version."""
    scripts = _scripts()
    if _version(connection, scripts, address) != scripts.get_current_head():
        raise StorageError(
            f"The database {address.name} was made by an older version."
            " Start `logbackup-bot run` once: it brings the database up to date."
        )


def versions(connection: Connection, address: Address) -> tuple[str | None, str | None]:
    """Give the version that a database has (None: no tables yet) and the newest.

    Raises StorageError where the database is newer than this program.
    """
    scripts = _scripts()
    return _version(connection, scripts, address), scripts.get_current_head()


def _version(connection: Connection, scripts: ScriptDirectory, address: Address) -> str | None:
    present = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if present is not None and present not in known:
        raise StorageError(
            f"The database {address.name} was written by a newer version of logbackup-bot."
            " Install that version again, or name another database in BOT_DATABASE_URL."
        )
    return present


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
