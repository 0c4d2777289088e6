"""How fast the database grows, and that it stops growing once the oldest is dropped.

``python tests/benchmarks/database.py [TASKS] [CLUSTERS] [HOURS] [--retention-hours 336]`` really stores every
poll of so many hours, one each 30 s, and tidies every ten minutes of the simulated clock, as the bot does.
The growth a day is taken from the second half of the hours before anything is dropped; it is extrapolated
unless there were 24 of them. ``300 6 16 --retention-hours 4`` shows the bound.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

from bot.operations.store_port import TaskRecord
from bot.storage.database import Database, open_database
from tests.benchmarks.processes import machine
from tests.benchmarks.storage import INTERVAL, PROD, SAVE_EVERY, START, SimulatedFleet

TIDY_EVERY = timedelta(minutes=10) // INTERVAL
AN_HOUR = timedelta(hours=1) // INTERVAL


async def store(database: Database, fleet: SimulatedFleet, number: int) -> None:
    """Store one poll; every tenth with all that is known of the tasks, as the watch does."""
    readings = list(fleet.poll(number))
    async with database.writing() as session:
        for reading in readings:
            await session.append_observations(reading)
        if number % SAVE_EVERY == 0:
            await session.keep_clusters(PROD, fleet.clusters)
            records = [
                TaskRecord(task, reading.at, memory=os.urandom(800))
                for reading in readings
                for task in reading.tasks
            ]
            await session.keep_tasks(records)
    if number % TIDY_EVERY == TIDY_EVERY - 1:
        await database.tidy(START + number * INTERVAL)


def size(folder: Path) -> float:
    """Tell how much of the disk the database takes, its journal included, in MB."""
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6


async def measure(tasks: int, clusters: int, hours: int, retention: timedelta) -> None:
    """Store the polls and print how large the file is."""
    fleet, sizes = SimulatedFleet(tasks, clusters), []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = await open_database(f"sqlite:///{folder / 'bot.sqlite3'}", retention=retention)
        for hour in range(hours):
            for number in range(hour * AN_HOUR, (hour + 1) * AN_HOUR):
                await store(database, fleet, number)
            sizes.append(size(folder))
            print(f"  after {hour + 1:3} h  {sizes[-1]:8.1f} MB", flush=True)
        await database.close()
    growing = sizes[: max(2, retention // timedelta(hours=1))]
    middle = len(growing) // 2
    if len(growing) > middle:
        rate = (growing[-1] - growing[middle - 1]) / max(1, len(growing) - middle)
        how = "measured" if len(growing) >= 24 else f"extrapolated from {len(growing) - middle} h"
        print(f"growth {24 * rate:.1f} MB a day, {how}")
    kept = sizes[len(growing) :]
    if kept:
        print(f"once the oldest is dropped: {min(kept):.1f} to {max(kept):.1f} MB in {len(kept)} h")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", type=int, nargs="?", default=10_000)
    parser.add_argument("clusters", type=int, nargs="?", default=100)
    parser.add_argument("hours", type=int, nargs="?", default=4)
    parser.add_argument("--retention-hours", type=int, default=14 * 24)
    given = parser.parse_args()
    print(machine())
    print(f"{given.tasks} tasks in {given.clusters} clusters, kept for {given.retention_hours} h")
    retention = timedelta(hours=given.retention_hours)
    asyncio.run(measure(given.tasks, given.clusters, given.hours, retention))


if __name__ == "__main__":
    main()
