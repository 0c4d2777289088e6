"""What it costs to save what the rules remember of a large fleet: as packs, beside the rows of the tasks.

``python tests/benchmarks/saving.py [tasks] [clusters] [polls]`` watches a simulated fleet for so many polls,
then saves what is remembered both ways, several times, into a database of its own. CPU is that of the
process, all its threads.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

from bot.domain.roster import KnownTask
from bot.domain.task import TaskKey
from bot.operations.packed_tasks import Packs, pack_name
from bot.operations.save_memories import keep_packs, keep_rows
from bot.operations.store_port import WriteSession
from bot.storage.database import Database, open_database
from tests.benchmarks.processes import machine
from tests.benchmarks.storage import PROD, SimulatedFleet, judge

TIMES = 9
ROWS = "the rows"


def watched(tasks: int, clusters: int, polls: int) -> list[KnownTask]:
    """Watch a fleet for so many polls."""
    fleet, known = SimulatedFleet(tasks, clusters), dict[TaskKey, KnownTask]()
    for number in range(polls):
        judge(fleet.poll(number), known)
    return [*known.values()]


async def least(database: Database, save: Callable[[WriteSession], Awaitable[object]]) -> float:
    """Give the least CPU seconds that a transaction with this save took."""
    costs = []
    for _ in range(TIMES):
        began = time.process_time()
        async with database.writing() as session:
            await save(session)
        costs.append(time.process_time() - began)
    return min(costs[1:])


async def measure(tasks: int, clusters: int, polls: int) -> None:
    """Save both ways and print what that cost."""
    known = watched(tasks, clusters, polls)
    at = min(one.listed_at for one in known)
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(f"sqlite:///{Path(folder) / 'bot.sqlite3'}")
        rows = await least(database, lambda session: keep_rows(session, known))
        packs = await least(database, lambda session: keep_packs(session, PROD, known, at, ROWS))
        texts = await database.facts(pack_name(PROD))
        began = time.process_time()
        assert Packs(PROD, texts, ROWS).at == at
        read = time.process_time() - began
        await database.close()
    print(machine())
    print(f"{tasks} tasks in {clusters} clusters, watched for {polls} polls")
    print(f"  rows   {rows:6.3f} CPU s")
    print(
        f"  packs  {packs:6.3f} CPU s, {sum(map(len, texts.values())) / 1e6:.1f} MB; read in {read:.3f} CPU s"
    )
    print(f"         {packs / rows:6.2f} x the rows")


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    asyncio.run(measure(*(arguments + [10_000, 100, 300][len(arguments) :])))
