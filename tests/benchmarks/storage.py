"""What storing a large fleet costs: bytes a day, time for each poll, time to read it back.

``python tests/benchmarks/storage.py [tasks] [clusters] [hours]`` polls a simulated fleet every 30 s: teeth
of about two minutes, each of another length, checkpoints with milliseconds, delays with four decimals.
"""

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.detection import evaluate
from bot.domain.reading import Reading
from bot.domain.roster import KnownTask
from bot.domain.status import read_status
from bot.domain.task import Cluster, ClusterId, ObClusterId, SourceName, Task, TaskKey
from bot.domain.thresholds import Thresholds
from bot.operations.store_port import TaskRecord
from bot.storage.database import Database, open_database

START = datetime(2026, 1, 1, tzinfo=UTC)
PROD = SourceName("prod")
INTERVAL = timedelta(seconds=30)
RUNNING = read_status("RUNNING")
POLLS_A_DAY = timedelta(days=1) // INTERVAL
SAVE_EVERY = 10
"""The watch keeps every task with what the rules remember once in so many polls."""


@dataclass
class SimulatedTask:
    """A healthy task: its checkpoint moves once in a tooth, to a little before that moment."""

    key: TaskKey
    created_at: datetime
    moves_at: float
    checkpoint: datetime = START - timedelta(seconds=60)


class SimulatedFleet:
    """Tasks spread over clusters, with luck of their own."""

    def __init__(self, tasks: int, clusters: int) -> None:
        self._luck = random.Random(20260101)
        self.clusters = [
            Cluster(
                PROD, ClusterId(1000 + n), f"cluster_{n}", ObClusterId(n), "4.2.1.8", "PRIMARY", "RUNNING"
            )
            for n in range(clusters)
        ]
        self._tasks = {
            cluster: [
                SimulatedTask(
                    TaskKey(PROD, cluster.id, str(1004 + n), "file:///obbackup/archive/"),
                    START
                    - timedelta(days=self._luck.randrange(400), milliseconds=self._luck.randrange(10**6)),
                    self._luck.uniform(0, 120),
                )
                for n in range(tasks // clusters)
            ]
            for cluster in self.clusters
        }

    def poll(self, number: int) -> Iterator[Reading]:
        """Read every cluster once."""
        for cluster in self.clusters:
            at = START + number * INTERVAL + timedelta(milliseconds=self._luck.randrange(900))
            elapsed = (at - START).total_seconds()
            tasks = tuple(self._row(task, cluster, at, elapsed) for task in self._tasks[cluster])
            trace = f"{self._luck.getrandbits(64):016x}"
            yield Reading(cluster, tasks, at, at + timedelta(milliseconds=40), trace_id=trace)

    def _row(self, task: SimulatedTask, cluster: Cluster, at: datetime, elapsed: float) -> Task:
        while task.moves_at <= elapsed:
            shipped = task.moves_at - self._luck.uniform(3, 8)
            task.checkpoint = START + timedelta(milliseconds=round(shipped * 1000))
            task.moves_at += self._luck.gauss(120, 5)
        took = timedelta(microseconds=100 * self._luck.randrange(900, 1500))
        return Task(
            key=task.key,
            status=RUNNING,
            cluster_name=cluster.name,
            tenant_name=f"tenant_{task.key.tenant}",
            ob_cluster_id=cluster.ob_cluster_id,
            ob_tenant_id=int(task.key.tenant or 0),
            cluster_type="PRIMARY",
            checkpoint=task.checkpoint,
            delay=at - task.checkpoint - took,
            mode="PHYSICAL_BACKUP",
            created_at=task.created_at,
            agent_server="10.0.0.1",
        )


def judge(readings: Iterable[Reading], known: dict[TaskKey, KnownTask]) -> None:
    """Judge every task of some readings, and remember it in ``known``."""
    limits = Thresholds()
    for reading in readings:
        for task in reading.tasks:
            before = known.get(task.key)
            memory, said = evaluate(None if before is None else before.memory, task, reading.at, limits)
            known[task.key] = KnownTask(task, reading.at, 0, memory, said)


@dataclass
class Costs:
    """What the polls took, in milliseconds, and the largest gap of the event loop."""

    plain: list[float]
    saving: list[float]
    tidying: list[float]
    loop_gap: float = 0.0


async def _watch_loop(costs: Costs) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        costs.loop_gap = max(costs.loop_gap, (time.perf_counter() - before) * 1000)


async def _one_poll(database: Database, fleet: SimulatedFleet, number: int, costs: Costs) -> None:
    readings = list(fleet.poll(number))
    saving = number % SAVE_EVERY == 0
    memory = os.urandom(800)
    records = [TaskRecord(task, reading.at, memory=memory) for reading in readings for task in reading.tasks]
    await asyncio.sleep(0)
    costs.loop_gap = costs.loop_gap if number > 1 else 0.0
    watching = asyncio.create_task(_watch_loop(costs))
    await asyncio.sleep(0)
    started = time.perf_counter()
    async with database.writing() as session:
        for reading in readings:
            await session.append_observations(reading)
        if saving:
            await session.keep_clusters(PROD, fleet.clusters)
            await session.keep_tasks(records)
    took = (time.perf_counter() - started) * 1000
    watching.cancel()
    if number:
        (costs.saving if saving else costs.plain).append(took)


async def measure(tasks: int, clusters: int, hours: int) -> None:
    """Run the fleet and print what it cost."""
    fleet, costs = SimulatedFleet(tasks, clusters), Costs([], [], [])
    polls_an_hour = POLLS_A_DAY // 24
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.sqlite3"
        database = await open_database(f"sqlite:///{path}")
        sizes: list[int] = []
        for number in range(hours * polls_an_hour):
            await _one_poll(database, fleet, number, costs)
            if (number + 1) % polls_an_hour == 0:
                started = time.perf_counter()
                await database.tidy(START)
                costs.tidying.append((time.perf_counter() - started) * 1000)
                sizes.append(await _bytes_of_blocks(database))
        started, rows = time.perf_counter(), 0
        async for reading in database.observations(PROD):
            rows += len(reading.tasks)
        took = time.perf_counter() - started
        await database.close()
        per_hour = sizes[-1] / hours
        print(f"{tasks} tasks in {clusters} clusters, {hours} h of polls every 30 s")
        print(f"  history        {per_hour * 24 / 1e6:8.1f} MB a day, pages included")
        print(f"                 {per_hour * hours / rows:8.2f} bytes an observation")
        print(f"  file           {path.stat().st_size / 1e6:8.1f} MB after all this")
        _print("a poll", costs.plain)
        _print("a poll, saving", costs.saving)
        _print("an hour's blocks", costs.tidying)
        print(f"  longest gap of the event loop {costs.loop_gap:.0f} ms")
        print(f"  reading back   {rows / took:,.0f} observations a second")


def _print(what: str, values: list[float]) -> None:
    print(f"  {what:<16} {statistics.median(values):6.0f} ms, at most {max(values):.0f} ms")


async def _bytes_of_blocks(database: Database) -> int:
    async with database._reading() as connection:
        rows = await connection.exec_driver_sql("SELECT length(body) FROM blocks")
        lengths = [length for (length,) in rows]
    page, on_leaf = 4096, 4096 - 35
    return sum(
        length + 100 if length < on_leaf else -(-(length + 100) // (page - 4)) * page for length in lengths
    )


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    asyncio.run(measure(*(arguments + [10_000, 100, 2][len(arguments) :])))
