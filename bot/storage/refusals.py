"""What the database refuses, in sentences for people."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StorageError

_FULL = (
    "The disk that holds the database is full, so nothing more can be kept. Free some space there;"
    " the bot goes on by itself."
)
_SENTENCES = (
    (("disk is full", "no space left", "could not extend file"), _FULL),
    (
        ("is locked", "database table is locked"),
        "The database is in use by another program for too long. Stop that program, then try again.",
    ),
    (
        ("readonly database", "read-only", "permission denied"),
        "The database may not be written. Give this user the right to write to the file and its folder.",
    ),
    (
        ("malformed", "not a database", "file is encrypted"),
        "The database file is damaged or no database at all. Restore a backup of it, or move it away.",
    ),
    (
        ("unable to open database file",),
        "The database file cannot be opened. Check that its folder exists and that this user may use it.",
    ),
    (
        ("password authentication failed", "no password supplied"),
        "PostgreSQL refused the login. Check user and password in BOT_DATABASE_URL.",
    ),
    (
        ("statement timeout", "timeouterror", "idle-in-transaction", "idle in transaction"),
        "PostgreSQL does not answer in time. Check that the server is well and can be reached.",
    ),
    (
        ("starting up", "shutting down", "recovery mode", "too many clients", "administrator command"),
        "PostgreSQL takes no connections at the moment; the bot tries again.",
    ),
    (
        (
            "connect call failed",
            "connection refused",
            "connection reset",
            "connection was closed",
            "name or service not known",
        ),
        "PostgreSQL cannot be reached. Check the address in BOT_DATABASE_URL, and that the server runs.",
    ),
)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn whatever the database raises into a StorageError with its sentence."""
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError, OverflowError) as error:
        raise StorageError(sentence_of(error)) from error


def sentence_of(error: Exception) -> str:
    """Say what the database refused and what to do."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    text = " ".join(str(cause).split()) or type(cause).__name__
    known = text.lower()
    for words, sentence in _SENTENCES:
        if any(word in known for word in words):
            return sentence
    return f"The database refused to work: {text[:200]}. See the log for the details."
