"""Looks at the database: whether it can be used, its version, and how much room is left."""

from collections.abc import Sequence

from bot.errors import StorageError
from bot.settings import Settings
from bot.storage.inspection import Condition, inspect
from bot.terminal.checkup import Examined, failed, in_use, ok, warning

SCARCE = 1024**3
"""Less free room than this is worth a warning: a large fleet fills it within the two weeks that are kept."""
GONE = 64 * 1024**2


async def examine_database(part: str, settings: Settings) -> Sequence[Examined]:
    """Look at the database of the settings; nothing is changed or made."""
    try:
        found = await inspect(settings.database_url.get_secret_value())
    except StorageError as error:
        return [failed(part, error.sentence)]
    return tell(part, found)


def tell(part: str, found: Condition) -> list[Examined]:
    """Say how a database is, and whether there is room for it."""
    return [_state(part, found), *_room(part, found)]


def _state(part: str, found: Condition) -> Examined:
    if found.server is not None:
        tables = "" if found.version else ", still without tables: the first `run` makes them"
        name = found.name.replace("+asyncpg", "", 1)
        return ok(part, f"{name} answers, {found.server}{tables}{_update(found)}.")
    if found.size_bytes is None:
        return ok(part, f"{found.name} will be made by the first `run`.")
    size = f"{size_words(found.size_bytes)}{_update(found)}"
    if found.is_locked:
        return in_use(part, f"{found.name} is used by a bot that runs already, {size}.")
    return ok(part, f"{found.name} can be used, {size}.")


def _update(found: Condition) -> str:
    if not found.is_outdated:
        return ""
    return "; it is of an older version, and the next `run` brings it up to date"


def _room(part: str, found: Condition) -> Sequence[Examined]:
    if found.free_bytes is None:
        return []
    free = size_words(found.free_bytes)
    if found.free_bytes < GONE:
        return [
            failed(part, f"Only {free} are free on its disk: make room, or the bot cannot keep anything.")
        ]
    if found.free_bytes < SCARCE:
        return [warning(part, f"Only {free} are free on its disk: make room before it is full.")]
    return [ok(part, f"{free} are free on its disk.")]


def size_words(size: int) -> str:
    """Say a number of bytes: ``12 kB``, ``3.4 GB``."""
    if size < 1000**2:
        return f"{max(size // 1000, 1)} kB"
    if size < 1000**3:
        return f"{size // 1000**2} MB"
    return f"{size / 1000**3:.1f} GB"
