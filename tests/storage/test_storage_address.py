"""Where the database may be, and what is said where it cannot be used."""

import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from bot.errors import StorageError
from bot.storage.address import read_address
from bot.storage.database import open_database
from bot.storage.refusals import refusals, sentence_of


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///bot.sqlite3", "bot.sqlite3"),
        ("sqlite:////data/bot.sqlite3", "/data/bot.sqlite3"),
        ("sqlite:////data/a b%20c.sqlite3", "/data/a b%20c.sqlite3"),
    ],
)
def test_an_sqlite_address_is_a_path(url: str, path: str) -> None:
    assert read_address(url).path == Path(path)
    assert read_address(url).name == path


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg2"])
def test_a_postgresql_address_uses_the_driver_we_ship(scheme: str) -> None:
    address = read_address(f"{scheme}://bot:secret@db.example.com/bot?sslmode=require")
    assert address.path is None
    assert address.url.drivername == "postgresql+asyncpg"
    assert dict(address.url.query) == {"ssl": "require"}


def test_a_password_is_never_part_of_a_name() -> None:
    assert "secret" not in read_address("postgresql://bot:secret@db.example.com/bot").name


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:////data/bot.sqlite3", "/data/bot.sqlite3 on bot-1"),
        ("postgresql://bot:secret@db.example.com/bot", "db.example.com, used from bot-1"),
        ("postgresql:///bot?host=/run/secret", "PostgreSQL, used from bot-1"),
    ],
)
def test_people_are_told_where_a_database_is_and_no_more(url: str, said: str) -> None:
    assert read_address(url).seen_from("bot-1") == said


@pytest.mark.parametrize(
    "url",
    [
        "",
        "bot.sqlite3",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "mysql://host/bot",
        "http://[",
        "://",
    ],
)
async def test_any_other_address_is_refused_with_what_is_possible(url: str) -> None:
    with pytest.raises(StorageError, match="BOT_DATABASE_URL must be sqlite:///path or postgresql://"):
        await open_database(url)


async def test_a_server_that_does_not_answer_is_told_in_a_sentence() -> None:
    with pytest.raises(StorageError, match="PostgreSQL cannot be reached") as refused:
        await open_database("postgresql://bot:secret@127.0.0.1:1/bot")
    assert "secret" not in refused.value.sentence


async def test_a_missing_driver_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(StorageError, match=r"pip install 'logbackup-bot\[postgres\]'"):
        await open_database("postgresql://bot@127.0.0.1:1/bot")


async def test_a_database_that_is_not_there_is_told_in_a_sentence(empty_postgres: str) -> None:
    url = empty_postgres.replace("/postgres?", "/nowhere?")
    assert url != empty_postgres
    with pytest.raises(StorageError, match="nowhere"):
        await open_database(url)


def test_what_nobody_foresaw_is_told_in_the_databases_words() -> None:
    error = DBAPIError("SELECT 1", None, Exception("a  cosmic\nray"))
    assert sentence_of(error) == "The database refused to work: a cosmic ray. See the log for the details."
    assert "RuntimeError" in sentence_of(RuntimeError())


def test_a_mistake_in_the_program_is_not_dressed_up_as_a_refusal() -> None:
    with pytest.raises(LookupError), refusals():
        raise LookupError
