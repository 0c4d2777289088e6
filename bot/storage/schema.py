"""Brings a database to the newest version of its tables; refuses one that is too new for this program."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table, text

from bot.errors import StorageError
from bot.storage.address import Address, back_up
from bot.storage.tables import oldest_version

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION = table("alembic_version", column("version_num"))
"""Where Alembic notes which version a database has."""
_LOCK = 7_205_759_403
"""An arbitrary number that this program's migrations lock in PostgreSQL, so that two starts take turns."""


def migrate(connection: Connection, address: Address) -> None:
    """Bring the database to the newest version, inside the caller's transaction.

    An SQLite file that has an older version is copied beside itself first. One that is newer, but may still
    be used, is left as it is. Raises StorageError where the database is too new for this program.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if _is_newest(connection):
        return
    scripts = _scripts()
    present = _version(connection, scripts, address)
    if present is not None and not is_older(present, scripts.get_current_head()):
        return
    if present is not None and address.path is not None:
        back_up(address.path, address.path.with_name(f"{address.path.name}.{present}.backup"))
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _is_newest(connection: Connection) -> bool:
    """Whether nothing is to be done, as with most starts; a fifth of a second of imports is then spared."""
    return _noted(connection) == [_newest()]


def is_new_enough(connection: Connection) -> bool:
    """Whether a database has the version that this program knows, or a newer one."""
    return any(not is_older(version, _newest()) for version in _noted(connection))


def _noted(connection: Connection) -> list[str]:
    if not inspect(connection).has_table(_VERSION.name):
        return []
    return list(connection.scalars(select(_VERSION.c.version_num)))


def _newest() -> str:
    return max(path.stem[1:5] for path in (MIGRATIONS / "versions").glob("v*_*.py"))


def check_version(connection: Connection, address: Address) -> None:
    """Raise StorageError where the database, opened only for reading, is older or too new."""
    if _is_newest(connection):
        return
    scripts = _scripts()
    present = _version(connection, scripts, address)
    if present is None or is_older(present, scripts.get_current_head()):
        raise StorageError(
            f"The database {address.name} was made by an older version."
            " Start `logbackup-bot run` once: it brings the database up to date."
        )


def versions(connection: Connection, address: Address) -> tuple[str | None, str | None]:
    """Give the version that a database has (None: no tables yet) and the newest.

    Raises StorageError where the database is too new for this program.
    """
    scripts = _scripts()
    return _version(connection, scripts, address), scripts.get_current_head()


def is_older(version: str, newest: str | None) -> bool:
    """Whether a version is older than another; versions are numbers of four digits."""
    return newest is not None and version < newest


def _version(connection: Connection, scripts: "ScriptDirectory", address: Address) -> str | None:
    """Give the database's version. Raises StorageError where this program is too old for it."""
    from alembic.runtime.migration import MigrationContext

    present = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if present is None or present in known:
        return present
    oldest = None
    if inspect(connection).has_table(oldest_version.name):
        oldest = connection.scalar(select(oldest_version.c.version))
    if oldest is None or is_older(scripts.get_current_head() or "", oldest):
        raise StorageError(
            f"The database {address.name} was written by a newer version of logbackup-bot."
            " Install that version again, or name another database in BOT_DATABASE_URL."
        )
    return present


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config())
