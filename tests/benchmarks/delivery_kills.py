"""Kills the bot at random moments under failures, resets and 429s, and counts what is lost or doubled.

``python tests/benchmarks/delivery_kills.py [--runs 300] [--at-once 3] [--no-history] [--seed 1] [--verbose]``

Each run is a world of its own: a simulated OCP, a simulated Slack, the real program with its database. Tasks
fail and recover; Slack resets connections before and after accepting, answers 500 and 429; the program is
killed with SIGKILL up to three times and started again at once. Then the faults end, and when everything has
settled the channel is judged from the outside, against what OCP was made to say.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

from bot.sandbox.slack import SimulatedSlack, Trouble
from tests.benchmarks.bot_process import ALERTS, our_slack, settings
from tests.benchmarks.channel_judge import Verdict, judge, tasks_in
from tests.benchmarks.processes import FleetControl, Process, cheap_ocp, machine, started, until

TASKS, CLUSTERS = 40, 10
HISTORY = ("channels:history", "groups:history")
FAULTS = (
    Trouble.RESET_BEFORE,
    Trouble.RESET_AFTER,
    Trouble.ERROR_BEFORE,
    Trouble.ERROR_AFTER,
    Trouble.RATE_LIMITED,
)
SETTLES_WITHIN = 45.0
QUIET = 1.5
"""So long the channel is watched after it has settled: a double comes late."""


@dataclass
class World:
    """One run's world, and what was done to it."""

    ocp: FleetControl
    slack: SimulatedSlack
    luck: random.Random
    folder: Path
    process: Process | None = None
    burning: set[str] = field(default_factory=set)
    mended: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    kills: int = 0
    faults: int = 0
    took: float = 0.0

    async def start(self) -> None:
        """Start the program."""
        given = settings(self.ocp.url, self.slack, self.folder, "1s", sockets=False)
        command = (sys.executable, "-m", "bot", "run")
        self.process = await started("bot", command, self.folder / "bot.log", given)

    async def announced(self, task: str, within: float) -> bool:
        """Wait until a message speaks of a task."""

        def told(slack: SimulatedSlack) -> bool:
            return any(task in tasks_in(one) for one in slack.channel(ALERTS).messages)

        try:
            return await self.slack.until(told, timeout=within)
        except TimeoutError:
            return False

    async def befall(self, row: int) -> None:
        """Let a task fail, and perhaps recover: once announced, or so soon that nobody may notice."""
        task = f"t{row:06}"
        await asyncio.sleep(self.luck.uniform(0, 2.5))
        story = self.luck.choice(("burns", "burns", "recovers", "recovers", "blinks"))
        await self.ocp.break_(str(row))
        if story == "burns":
            self.burning.add(task)
        elif story == "recovers":
            self.burning.add(task)
            if await self.announced(task, SETTLES_WITHIN):
                await asyncio.sleep(self.luck.uniform(0, 1.5))
                await self.ocp.mend(str(row))
                self.burning.discard(task)
                self.mended.add(task)
        else:
            self.seen.add(task)
            await asyncio.sleep(self.luck.uniform(0.3, 2))
            await self.ocp.mend(str(row))

    async def trouble(self) -> None:
        """Let one call after another come to grief, until cancelled; the next once the last has struck."""
        while True:
            await asyncio.sleep(self.luck.uniform(0.1, 0.7))
            if self.slack.trouble.rules:
                continue
            method = self.luck.choice(("chat.postMessage", "chat.postMessage", "chat.update", "*"))
            self.slack.trouble.add(method, self.luck.choice(FAULTS), times=1)
            self.faults += 1

    async def kill(self) -> None:
        """Kill the program up to three times, each time at a random moment, and start it again at once."""
        for _ in range(self.luck.choice((1, 1, 2, 3))):
            await asyncio.sleep(self.luck.uniform(0, 3.5))
            assert self.process is not None
            await self.process.kill()
            self.kills += 1
            await self.start()

    def verdict(self) -> Verdict:
        """Judge the channel as it stands."""
        sets = (frozenset(one) for one in (self.burning, self.mended, self.seen))
        return judge(self.slack.channel(ALERTS), *sets)


async def live(world: World) -> Verdict:
    """Live through one run; return what was wrong in the end."""
    await world.start()
    channel = world.slack.channel(ALERTS)
    await world.slack.until(lambda _: channel.messages, timeout=60)
    rows = range(0, TASKS, TASKS // CLUSTERS)
    chosen = world.luck.sample(rows, 5)
    troubling = asyncio.create_task(world.trouble())
    try:
        await asyncio.gather(world.kill(), *(world.befall(row) for row in chosen))
    finally:
        troubling.cancel()
    world.slack.trouble.clear()

    async def settled() -> bool:
        return world.verdict().settled

    deadline = time.monotonic() + SETTLES_WITHIN
    while time.monotonic() < deadline:
        try:
            await until("the channel to settle", settled, deadline - time.monotonic(), 0.1)
        except TimeoutError:
            break
        await asyncio.sleep(QUIET)
        if world.verdict().settled:
            break
    world.took = time.monotonic() - deadline + SETTLES_WITHIN
    return world.verdict()


async def run(number: int, seed: int, *, history: bool) -> tuple[Verdict, World, str]:
    """Do one run; return its verdict, what was done, and what the program logged."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ocp = await stack.enter_async_context(
            cheap_ocp(TASKS, CLUSTERS, "--tooth", "2", "--destinations", "40")
        )
        slack = await stack.enter_async_context(our_slack(without=() if history else HISTORY))
        world = World(ocp, slack, random.Random(f"{seed}/{number}"), folder)
        try:
            verdict = await live(world)
        finally:
            if world.process is not None:
                await world.process.kill()
        log = (folder / "bot.log").read_text()
    return verdict, world, log


async def measure(args: argparse.Namespace) -> bool:
    """Do all runs and print the sums; return whether nothing was lost or doubled that need not be."""
    sums: Counter[str] = Counter()
    turn, settling = asyncio.Semaphore(args.at_once), [0.0]
    began = time.monotonic()

    async def one(number: int) -> None:
        async with turn:
            verdict, world, log = await run(number, args.seed, history=not args.no_history)
        sums.update(
            runs=1,
            kills=world.kills,
            faults=world.faults,
            failures=len(world.burning | world.mended | world.seen),
            lost=len(verdict.lost),
            doubled=len(verdict.doubled),
            threads=len(verdict.threads),
        )
        settling.append(world.took)
        if verdict.lost or verdict.threads or (verdict.doubled and (args.verbose or not args.no_history)):
            print(f"run {number}: {verdict}", flush=True)
            if args.verbose:
                print(log[-6000:])

    await asyncio.gather(*(one(number) for number in range(args.runs)))
    print(
        f"{sums['runs']} runs in {time.monotonic() - began:.0f} s: {sums['kills']} times kill -9, "
        f"{sums['faults']} faults of Slack, {sums['failures']} failures of tasks"
    )
    print(f"  settled at most {max(settling):.0f} s after the faults had ended")
    print(
        f"  lost {sums['lost']}, doubled {sums['doubled']}, threads not as they should be {sums['threads']}"
    )
    return not (sums["lost"] or sums["threads"] or (sums["doubled"] and not args.no_history))


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--at-once", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-history", action="store_true", help="without the scope that reads a channel")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    print(machine())
    print("without the history scope" if args.no_history else "with the history scope")
    sys.exit(0 if asyncio.run(measure(args)) else 1)


if __name__ == "__main__":
    main()
