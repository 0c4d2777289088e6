"""How long the program takes to say its help, and to be ready on a large fleet that it knows already.

``python tests/benchmarks/start_up.py [TASKS] [CLUSTERS] [--runs 5]``. The bot first watches the fleet for
some polls and is stopped in order; then it is started anew on the same database, so many times. Ready is when
``/readyz`` says so: what was known is restored, no reading of OCP has failed, Slack is connected. The program
is compiled beforehand, as pip does when it installs one.
"""

import argparse
import asyncio
import compileall
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

import httpx

from tests.benchmarks.bot_process import bot, free_port, our_slack, settings, until_ready
from tests.benchmarks.processes import ROOT, cheap_ocp, machine, until

POLLS = 4


def help_times(runs: int) -> list[float]:
    """Say the help so many times; return the seconds."""
    found = []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bot", "--help"], cwd=ROOT, check=True, capture_output=True)
        found.append(time.perf_counter() - began)
    return found


async def until_alive(port: int) -> None:
    """Wait until the bot answers at all."""
    async with httpx.AsyncClient(trust_env=False) as client:

        async def alive() -> bool:
            try:
                return (await client.get(f"http://127.0.0.1:{port}/healthz")).is_success
            except httpx.HTTPError:
                return False

        await until("the bot to be alive", alive, 60, 0.01)


async def ready_times(tasks: int, clusters: int, runs: int) -> tuple[list[float], list[float]]:
    """Start the bot so many times on a fleet it knows; return the seconds until alive and until ready."""
    alive, ready = [], []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ocp = await stack.enter_async_context(cheap_ocp(tasks, clusters))
        slack = await stack.enter_async_context(our_slack())
        async with bot(settings(ocp.url, slack, folder, "5s"), folder):
            asked = 0
            while asked < POLLS * clusters:
                await asyncio.sleep(1)
                asked += len(await ocp.asked())
        for _ in range(runs):
            port = free_port()
            began = time.perf_counter()
            async with bot(settings(ocp.url, slack, folder, "30s", port=port), folder):
                await until_alive(port)
                alive.append(time.perf_counter() - began)
                await until_ready(port)
                ready.append(time.perf_counter() - began)
    return alive, ready


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", type=int, nargs="?", default=10_000)
    parser.add_argument("clusters", type=int, nargs="?", default=100)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    print(machine())
    compileall.compile_dir(ROOT / "bot", quiet=1)
    help_times(1)
    told = help_times(2 * given.runs)
    print(f"--help   median {median(told):.3f} s, at most {max(told):.3f} s, of {len(told)}")
    alive, ready = asyncio.run(ready_times(given.tasks, given.clusters, given.runs))
    print(f"run      on {given.tasks} known tasks in {given.clusters} clusters, {given.runs} starts")
    print(f"         serves after {median(alive):.2f} s, at most {max(alive):.2f} s")
    print(f"         ready after  {median(ready):.2f} s, at most {max(ready):.2f} s")


if __name__ == "__main__":
    main()
