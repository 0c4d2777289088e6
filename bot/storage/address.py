"""Where the database is: ``sqlite:///path`` or ``postgresql://...``, and the engines that reach it."""

import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import StorageError

READERS = 4
READER_CACHE_KIB = 512
"""What a reading connection keeps of the file, in place of SQLite's 2 MB each: the system keeps it anyway."""
SQLITE = "sqlite:///"
BUSY_TIMEOUT_MS = 10_000
ANSWER_WITHIN = timedelta(seconds=8)
"""A PostgreSQL that does not answer is given up: with the time to connect again it is less than a lease."""
CONNECT_WITHIN = timedelta(seconds=4)
PATIENCE = timedelta(minutes=10)
"""What migrations and tidying up may take, statement by statement."""
WAL_LIMIT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Address:
    """A database's address; ``path`` is set where it is an SQLite file."""

    url: URL
    path: Path | None

    @property
    def name(self) -> str:
        """What people are told; never with a password."""
        return str(self.path) if self.path else self.url.render_as_string(hide_password=True)

    def seen_from(self, machine: str) -> str:
        """Say where it is, and the machine of the bot; never with a user or a password."""
        if self.path:
            return f"{self.path.absolute()} on {machine}"
        return f"{self.url.host or 'PostgreSQL'}, used from {machine}"


def read_address(text: str) -> Address:
    """Read BOT_DATABASE_URL. Raises StorageError where it is neither SQLite nor PostgreSQL."""
    wrong = StorageError(
        "BOT_DATABASE_URL must be sqlite:///path or postgresql://user:password@host/name."
        " A path from the root has four slashes: sqlite:////data/bot.sqlite3."
    )
    path = text.removeprefix(SQLITE)
    if path not in (text, "", ":memory:"):
        return Address(URL.create("sqlite", database=path), Path(path))
    try:
        url = make_url(text)
        kind = url.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise wrong from error
    if kind in ("postgresql", "postgres"):
        query = {"ssl" if name == "sslmode" else name: value for name, value in url.query.items()}
        return Address(url.set(drivername="postgresql+asyncpg", query=query), None)
    raise wrong


def writer_engine(address: Address) -> AsyncEngine:
    """Make the engine that writes; an SQLite file has exactly one connection for it."""
    if address.path is None:
        return _postgres(address)
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(address.path)),
        pool_size=1,
        max_overflow=0,
        connect_args={"factory": _LettingGo},
    )
    event.listen(engine.sync_engine, "connect", _prepare_writer)
    event.listen(engine.sync_engine, "begin", _begin_writing)
    return engine


def reader_engine(address: Address) -> AsyncEngine:
    """Make the engine that reads: in SQLite on connections of its own, which never wait for the writer."""
    if address.path is None:
        return _postgres(address)
    uri = f"file:{quote(str(address.path.resolve()))}?mode=ro"
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=uri, query={"uri": "true"}),
        pool_size=READERS,
        max_overflow=0,
    )
    event.listen(engine.sync_engine, "connect", _prepare_reader)
    event.listen(engine.sync_engine, "begin", _begin_reading)
    return engine


def patient_engine(address: Address) -> AsyncEngine:
    """Make PostgreSQL's engine for work that may take long: migrations, and tidying up."""
    return _postgres(address, PATIENCE)


def _postgres(address: Address, within: timedelta = ANSWER_WITHIN) -> AsyncEngine:
    """Make an engine whose server may be gone or hang: whoever waits is told ``within`` that time.

    A transaction that stands still is ended by the server: of a bot that was stopped or cut off in the midst
    of one, others would wait for the rows that it holds.
    """
    arguments = {"timeout": CONNECT_WITHIN.total_seconds(), "command_timeout": within.total_seconds()}
    try:
        engine = create_async_engine(
            address.url,
            pool_size=READERS,
            pool_timeout=within.total_seconds(),
            pool_pre_ping=True,
            connect_args=arguments,
        )
    except ModuleNotFoundError as error:
        raise StorageError(
            "PostgreSQL needs one more library: pip install 'logbackup-bot[postgres]'."
        ) from error
    event.listen(engine.sync_engine, "connect", partial(_prepare_postgres, within))
    return engine


def _prepare_postgres(within: timedelta, connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Tell the server how long it may take, too; in plain SQL, which a pooler between lets pass."""
    limits = {
        "statement_timeout": within,
        "idle_in_transaction_session_timeout": ANSWER_WITHIN,
        "tcp_keepalives_idle": ANSWER_WITHIN,
        "tcp_keepalives_interval": CONNECT_WITHIN,
    }
    cursor = connection.cursor()
    for name, limit in limits.items():
        unit = "" if name.startswith("tcp_") else "s"
        cursor.execute(f"SET {name} = '{round(limit.total_seconds())}{unit}'")
    cursor.close()
    connection.commit()


def _pragmas(connection: DBAPIConnection, pragmas: dict[str, Any]) -> None:
    cursor = connection.cursor()
    for name, value in pragmas.items():
        cursor.execute(f"PRAGMA {name}={value}")
    cursor.close()


def _prepare_writer(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Prepare the one writing connection.

    ``synchronous=FULL`` keeps what was committed through a power cut too; ``kill -9`` would be safe
    without it. The driver's own transactions are switched off: ours begin with BEGIN IMMEDIATE.
    """
    connection.isolation_level = None
    _stop_once(connection)
    _pragmas(
        connection,
        {
            "busy_timeout": BUSY_TIMEOUT_MS,
            "journal_mode": "WAL",
            "synchronous": "FULL",
            "foreign_keys": "ON",
            "journal_size_limit": WAL_LIMIT_BYTES,
        },
    )


def _prepare_reader(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    _stop_once(connection)
    _pragmas(
        connection, {"busy_timeout": BUSY_TIMEOUT_MS, "query_only": "ON", "cache_size": -READER_CACHE_KIB}
    )


class _LettingGo(sqlite3.Connection):
    """A connection that gives its lock back when it is closed, whatever is still at work on it.

    A statement that was cut short keeps a closed connection alive, and its transaction with it, until Python
    looks for garbage; every other writer waits for that.
    """

    def close(self) -> None:
        try:
            self.rollback()
        finally:
            super().close()


def _stop_once(connection: DBAPIConnection) -> None:
    """Let the driver's thread be told to stop a single time.

    A close that is cut short stops the thread at once, and then once more: aiosqlite waits for ever for the
    answer to the second, which nobody is left to give, and the process never ends.
    """
    driver: Any = connection.driver_connection
    stop = driver.stop

    def once() -> object:
        driver.stop = lambda: None
        return stop()

    driver.stop = once


def _begin_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def back_up(source: Path, target: Path) -> None:
    """Copy an SQLite database whole, its write-ahead log included, and put it in place only when done."""
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    origin = sqlite3.connect(source)
    copy = sqlite3.connect(partial)
    try:
        origin.backup(copy)
    finally:
        copy.close()
        origin.close()
    partial.replace(target)
