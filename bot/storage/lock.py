"""The lock that lets only one bot write to an SQLite file; the operating system drops it on any end."""

import fcntl
import os
from pathlib import Path

from bot.errors import StorageError

_held: set[Path] = set()


def is_locked(database: Path) -> bool:
    """Whether a bot runs on this database; nothing is made, changed or kept."""
    path = _beside(database)
    if path in _held:
        return True
    try:
        with path.open("rb") as file:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _beside(database: Path) -> Path:
    return database.with_name(f"{database.name}.lock").resolve()


class FileLock:
    """Holds ``<database>.lock`` from ``take`` to ``release``, or until this process ends.

    A record lock: unlike ``flock`` it is not inherited by worker processes, so one that outlives a killed
    bot does not keep the next from starting. It does not exclude its own process, hence ``_held``.
    """

    def __init__(self, database: Path) -> None:
        self._path = _beside(database)
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the lock. Raises StorageError where another bot has it."""
        if self._path in _held:
            raise self._taken(os.getpid())
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageError(
                f"The database's lock file {self._path} cannot be opened ({error.strerror})."
                " Check that its folder exists and that this user may write to it."
            ) from error
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.read(descriptor, 20).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise self._taken(int(owner) if owner.isdecimal() else None) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        _held.add(self._path)

    def release(self) -> None:
        """Give the lock back; the file stays, empty of meaning."""
        if self._descriptor is not None:
            _held.discard(self._path)
            os.close(self._descriptor)
            self._descriptor = None

    def _taken(self, owner: int | None) -> StorageError:
        who = "Another logbackup-bot" if owner is None else f"Another logbackup-bot (process {owner})"
        return StorageError(
            f"{who} runs on the database {self._path.with_suffix('')} already."
            " Stop it first, or give this one a database of its own with BOT_DATABASE_URL."
        )
