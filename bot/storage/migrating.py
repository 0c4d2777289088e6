"""Brings a database to the newest version in a process of its own, which takes with it what migrates."""

import asyncio
import sys
from contextlib import suppress

from bot.errors import StorageError
from bot.storage.database import is_up_to_date, open_database


async def migrate_apart(url: str) -> None:
    """Migrate a database, if need be, by another process: Alembic takes 8 MB, and would keep them for months.

    Whatever goes wrong here goes wrong again where the database is opened, and is told there. The other
    process ends what it began also where this one dies; no signal of a terminal reaches it.
    """
    with suppress(StorageError, OSError):
        if not sys.executable or await is_up_to_date(url):
            return
        apart = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            __name__,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        await apart.communicate(url.encode())


async def _migrate(url: str) -> None:
    await (await open_database(url)).close()


if __name__ == "__main__":
    with suppress(StorageError):
        asyncio.run(_migrate(sys.stdin.read()))
