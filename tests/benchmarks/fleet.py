"""What polling a large fleet costs, beside the least that must be done and beside what people would build.

``python tests/benchmarks/fleet.py [TASKS] [CLUSTERS] [--interval 30] [--polls 20] [--without-peer]``

Three do the same at the same time, each in processes of its own, against a simulated OCP whose CPU is on
nobody's account: the floor (bare httpx and validation), the bot (fetch, parse, evaluate, store, everything),
and the peer (exporter, Prometheus, Alertmanager). CPU is what Linux accounts to the processes, divided by the
number of intervals. The start is not counted: it is over when OCP's own limits have been read, a minute and a
half after it. That comes again every hour. What the rules remember is saved every five minutes, and as rows
every half hour; what is full is taken into blocks every hour, looked for every ten minutes: ``--polls 120``
holds every piece of work that there is, the default two saves and one look.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

from bot.jobs import SETTLED
from tests.benchmarks.bot_process import bot, free_port, our_slack, settings, until_ready
from tests.benchmarks.peer import ABSENT, Peer, is_there, peer
from tests.benchmarks.processes import FleetControl, Process, cheap_ocp, machine, running, until


@asynccontextmanager
async def floor(ocp: FleetControl, folder: Path, interval: int) -> AsyncIterator[Process]:
    """Run the floor until it has polled once."""
    script = str(Path(__file__).with_name("floor.py"))
    async with running("floor", (sys.executable, script, ocp.url, str(interval)), folder) as process:

        async def polled() -> bool:
            return "rows in" in process.written()

        await until("the floor's first poll", polled, 120, 0.2)
        yield process


async def polled_once(process: Process) -> None:
    """Wait until the bot has stored a poll."""

    async def stored() -> bool:
        return '"event": "poll"' in process.written()

    await until("the bot's first poll", stored, 180, 0.2)


def fetching(process: Process) -> list[float]:
    """Give the seconds that the bot says its polls took to fetch."""
    lines = [line for line in process.written().splitlines() if '"event": "poll"' in line]
    return [float(json.loads(line)["seconds"]) for line in lines]


def floor_walls(process: Process) -> list[float]:
    """Give the seconds that the floor's polls took."""
    return [float(line.split()[-2]) for line in process.written().splitlines() if "rows in" in line]


async def measure(tasks: int, clusters: int, interval: int, polls: int, *, with_peer: bool) -> None:
    """Run all three at once and print what they cost."""
    print(machine())
    print(f"{tasks} tasks in {clusters} clusters, {polls} polls every {interval} s")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        enter = stack.enter_async_context
        ocp, slack = await enter(cheap_ocp(tasks, clusters)), await enter(our_slack())
        floor_process = await enter(floor(ocp, folder, interval))
        port, began = free_port(), time.monotonic()
        ours = await enter(bot(settings(ocp.url, slack, folder, f"{interval}s", port=port), folder))
        await until_ready(port, 180)
        await polled_once(ours)
        others: Peer | None = None
        if with_peer:
            others = await enter(peer(ocp.url, folder, interval, "http://127.0.0.1:9/"))
            await others.until_scraped(tasks)
        await asyncio.sleep(max(interval, SETTLED.total_seconds() + interval + began - time.monotonic()))
        before = [one.cpu() for one in (floor_process, ours, others) if one is not None]
        await asyncio.sleep(interval * polls)
        after = [one.cpu() for one in (floor_process, ours, others) if one is not None]
        costs = [(end - start) / polls for start, end in zip(before, after, strict=True)]
        print(
            f"floor  {costs[0]:6.3f} CPU s a poll, {floor_process.resident():5.0f} MB, "
            f"wall {median(floor_walls(floor_process)):.2f} s"
        )
        print(
            f"ours   {costs[1]:6.3f} CPU s a poll, {ours.resident():5.0f} MB (at most {ours.peak():.0f}), "
            f"wall of fetching {median(fetching(ours)):.2f} s, at most {max(fetching(ours)):.2f} s"
        )
        print(f"       {costs[1] / costs[0]:6.2f} x the floor")
        if others is not None:
            print(f"peer   {costs[2]:6.3f} CPU s an interval, {others.resident():5.0f} MB")
            print("       " + ", ".join(f"{one.name} {one.resident():.0f} MB" for one in others.processes))
            print(f"       ours is {costs[1] / costs[2]:.2f} x the peer")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", type=int, nargs="?", default=10_000)
    parser.add_argument("clusters", type=int, nargs="?", default=100)
    parser.add_argument("--interval", type=int, default=30)
    parser.add_argument("--polls", type=int, default=20)
    parser.add_argument("--without-peer", action="store_true")
    given = parser.parse_args()
    with_peer = not given.without_peer and is_there()
    if not given.without_peer and not with_peer:
        print(ABSENT)
    asyncio.run(measure(given.tasks, given.clusters, given.interval, given.polls, with_peer=with_peer))


if __name__ == "__main__":
    main()
