"""Three replicas on one PostgreSQL, killed, stopped and cut off: counts what is lost or doubled.

``python tests/benchmarks/replicas.py [--minutes 5] [--seed 1] [--keep FOLDER]``

A simulated OCP, a simulated Slack, a real PostgreSQL, three times the real program, each with a line of its
own to the database. One disturbance after another, of whoever watches as often as not: ``kill -9`` and a new
start, SIGSTOP and SIGCONT, a line that lets nothing through, a PostgreSQL that crashes and comes back.
How long a takeover takes is from the disturbance to the first poll that another replica has kept.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

from tests.benchmarks.channel_judge import Verdict
from tests.benchmarks.processes import machine
from tests.benchmarks.replicas_world import RUN, TASKS_OF_A_CLUSTER, World, world_of

WAYS = ("kill", "stop", "cut", "database")
SETTLES_WITHIN = 120.0
CLUSTERS, FAILING = 30, 4
"""So few of a cluster's tasks fail that they never share a message."""


async def disturb(world: World, luck: random.Random, until: float) -> None:
    """Disturb one replica after another, or the database, until the time is over."""
    while time.monotonic() < until:
        await asyncio.sleep(luck.uniform(2, 6))
        replica = await world.watching() if luck.random() < 0.6 else None
        replica = replica or luck.choice(world.replicas)
        way = luck.choices(WAYS, (3, 3, 3, 2))[0]
        length = luck.choice((luck.uniform(1, 10), luck.uniform(22, 35)))
        await world.disturb(way, replica, length)


async def fail(world: World, luck: random.Random, until: float) -> None:
    """Let one task after another fail; some recover."""
    chosen = [
        cluster * TASKS_OF_A_CLUSTER + task for task in range(FAILING) for cluster in range(world.clusters)
    ]
    async with asyncio.TaskGroup() as stories:
        for row in chosen:
            if time.monotonic() > until:
                break
            stories.create_task(world.befall(row, recovers=luck.random() < 0.4))
            await asyncio.sleep(luck.uniform(2, 4))


async def live(world: World, seconds: float, seed: int) -> Verdict:
    """Live through it; return what was wrong when everything had been whole again for a while."""
    until = time.monotonic() + seconds
    await asyncio.gather(
        disturb(world, random.Random(f"{seed} disturbs"), until), fail(world, random.Random(seed), until)
    )
    return await world.settled(SETTLES_WITHIN)


async def measure(minutes: float, seed: int, folder: Path) -> bool:
    """Print the figures; return whether nothing was lost or doubled and all takeovers were in time."""
    async with world_of(folder, RUN, clusters=CLUSTERS) as world:
        verdict = await live(world, minutes * 60, seed)
    takeovers = sorted(world.takeovers)
    print(f"  {minutes:g} minutes: " + ", ".join(f"{n} x {way}" for way, n in sorted(world.done.items())))
    print(f"  {len(world.burning | world.mended)} failures of tasks")
    print(f"  lost {len(verdict.lost)}, doubled {len(verdict.doubled)}, threads {len(verdict.threads)}")
    spread = (
        f"median {takeovers[len(takeovers) // 2]:.1f} s, longest {takeovers[-1]:.1f} s" if takeovers else ""
    )
    print(f"  {len(takeovers)} takeovers, {spread}")
    if not verdict.clean:
        print(f"  {verdict}")
    return verdict.clean and all(took < 30 for took in takeovers)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where the logs are left")
    args = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        kept = args.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        sys.exit(0 if asyncio.run(measure(args.minutes, args.seed, kept)) else 1)


if __name__ == "__main__":
    main()
