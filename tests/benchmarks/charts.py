"""What a chart costs: the import, time to draw, the worker's memory, and how long the event loop is held up.

``python tests/benchmarks/charts.py [tasks] [hours]`` stores a cluster of so many tasks polled every 30 s,
reads the history of one of them, and draws it ten times.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.charts.charts import Charts
from bot.domain.delay_history import DelayLimits
from bot.storage.database import open_database
from bot.views.chart_sentence import alternative_text
from bot.views.delay_chart import ChartSpec, delay_chart
from tests.benchmarks.storage import INTERVAL, START, SimulatedFleet


@asynccontextmanager
async def watched(what: str) -> AsyncIterator[None]:
    """Print how long something takes, and the longest the event loop was held up."""
    gap = 0.0

    async def watch() -> None:
        nonlocal gap
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            gap = max(gap, time.perf_counter() - before)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.01)
    gap, started = 0.0, time.perf_counter()
    yield
    took = time.perf_counter() - started
    await asyncio.sleep(0.005)
    watching.cancel()
    print(f"  {what:<28} {took * 1000:6.0f} ms, event loop held up {gap * 1000:.0f} ms at most")


IMPORT = """
import time
from pathlib import Path
import numpy
def memory():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
before, began = memory(), time.perf_counter()
import bot.charts.drawing
print(f"  importing matplotlib takes {time.perf_counter() - began:.2f} s and {memory() - before:.0f} MB")
"""


def worker_memory(charts: Charts) -> float:
    """Read the resident memory of the worker, in MB."""
    assert charts._pool is not None
    (pid,) = charts._pool._processes
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def measure(tasks: int, hours: int) -> None:
    """Store, read, draw, and print."""
    fleet, charts = SimulatedFleet(tasks, 1), Charts()
    until = START + timedelta(hours=hours)
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(
            f"sqlite:///{Path(folder) / 'bot.sqlite3'}", retention=timedelta(days=99)
        )
        for number in range(timedelta(hours=hours) // INTERVAL):
            readings = list(fleet.poll(number))
            async with database.writing() as session:
                await session.append_observations(readings[0])
        await database.tidy(START)
        key = readings[0].tasks[tasks // 2].key
        print(f"a cluster of {tasks} tasks, {hours} h of polls every 30 s")
        async with watched("reading one task's history"):
            history = await database.delays(key, START, until)
        await database.close()
    limits = DelayLimits(timedelta(minutes=10), timedelta(minutes=30), timedelta(minutes=2))
    async with watched("making the chart"):
        spec = delay_chart(history, title="pay/orders", by_ids="1 / 2", now=until, limits=limits)
    assert isinstance(spec, ChartSpec)
    async with watched("saying it in words"):
        alternative_text(spec)
    async with watched("the first chart"):
        await charts.draw(spec)
    for _ in range(3):
        async with watched("a chart"):
            await charts.draw(spec)
    async with watched("eight charts at once"):
        await asyncio.gather(*(charts.draw(spec) for _ in range(8)))
    print(f"  the worker takes {worker_memory(charts):.0f} MB")
    async with watched("ending the worker"):
        await charts.close()


if __name__ == "__main__":
    subprocess.run([sys.executable, "-c", IMPORT], check=True)  # noqa: S603 - our own words
    arguments = [int(argument) for argument in sys.argv[1:]]
    asyncio.run(measure(*(arguments + [100, 24][len(arguments) :])))
