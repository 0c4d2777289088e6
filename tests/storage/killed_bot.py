"""A bot that is killed: it keeps some things, says so, begins a transaction, and waits to die."""

import asyncio
import sys
from datetime import timedelta

from bot.operations.store_port import IncidentWrite
from bot.storage.database import open_database
from tests.storage.storage_samples import LEASE, T0, incident, kept, notification, owe


async def main(url: str) -> None:
    """Keep, claim, begin, wait."""
    database = await open_database(url)
    await kept(database, incident("committed"))
    await owe(database, notification("claimed"))
    await database.claim(owner="killed", now=T0, lease=LEASE, limit=5)
    async with database.writing() as session:
        await session.keep_incidents([IncidentWrite(incident("never committed"), None)])
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.sleep(timedelta(minutes=1).total_seconds())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
