"""How long people wait for an answer while a large fleet is polled, and how long the loop is ever blocked.

``python tests/benchmarks/commands.py [TASKS] [CLUSTERS] [--a-second 20] [--seconds 30] [--interval 5]``

Commands are typed in a simulated Slack and travel over real sockets, by Socket Mode and then by signed HTTP;
an answer has come when Slack shows it. Polls are made more often than in life, so that many commands meet
one. How long the loop is blocked is measured from the outside: ``/healthz``, which does nothing, is asked
without end.
"""

import argparse
import asyncio
import math
import sys
import tempfile
import time
from contextlib import AsyncExitStack, suppress
from itertools import cycle
from pathlib import Path
from statistics import median

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

import httpx

from bot.sandbox.slack import Person, SimulatedSlack
from tests.benchmarks.bot_process import ALERTS, bot, free_port, our_slack, settings, until_ready
from tests.benchmarks.processes import cheap_ocp, machine, until

SAID = ("status", "tasks", "task cluster_0003/t000301", "incidents", "status cluster_0007", "tasks delay>1m")
PEOPLE = 60
"""So many people take turns, so that nobody asks again before the last answer has come."""
LONGEST = 10.0


def share(values: list[float], part: float) -> float:
    """Give the value that this part of all do not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * part) - 1)]


class Crowd:
    """People who type commands, each at most one at a time."""

    def __init__(self, slack: SimulatedSlack) -> None:
        self._slack = slack
        self._asked: dict[str, float] = {}
        self.took: list[float] = []
        self.lost = 0
        place = slack.channel(ALERTS)
        self._people = [Person(f"U{number:08}", f"p{number}", f"Person {number}") for number in range(PEOPLE)]
        for person in self._people:
            slack.add_person(person)
            place.members.add(person.id)

    async def listen(self) -> None:
        """Note when each answer is shown, until cancelled."""
        async for change in self._slack.changes():
            if change.kind == "ephemeral" and change.person in self._asked:
                self.took.append(time.monotonic() - self._asked.pop(change.person))

    async def ask(self, a_second: float, seconds: float) -> None:
        """Ask at this pace for so long, then wait for the last answers."""
        asking: set[asyncio.Task[object]] = set()
        began, words = time.monotonic(), cycle(SAID)
        for number, person in zip(range(int(a_second * seconds)), cycle(self._people), strict=False):
            await asyncio.sleep(max(0.0, began + number / a_second - time.monotonic()))
            if person.id in self._asked:
                self.lost += 1
            self._asked[person.id] = time.monotonic()
            command = self._slack.command(person.id, ALERTS, "/logbackup", next(words))
            asking.add(asyncio.create_task(command))
        await asyncio.wait(asking, timeout=LONGEST)

        async def all_answered() -> bool:
            return not self._asked

        with suppress(TimeoutError):
            await until("the last answers", all_answered, LONGEST)
        self.lost += len(self._asked)


async def watch_loop(port: int, gaps: list[float]) -> None:
    """Ask for the cheapest answer without end; note how long each took."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        while True:
            began = time.monotonic()
            await client.get(f"http://127.0.0.1:{port}/healthz")
            gaps.append(time.monotonic() - began)
            await asyncio.sleep(0.01)


async def told_lag(port: int) -> str:
    """Give what the bot itself says of its loop, where it serves metrics."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        answer = await client.get(f"http://127.0.0.1:{port}/metrics")
    lines = answer.text.splitlines() if answer.is_success else []
    return "; ".join(line for line in lines if "lag" in line and not line.startswith("#"))


async def measure(args: argparse.Namespace, *, sockets: bool) -> None:
    """Measure one of the two ways, and print."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        enter = stack.enter_async_context
        ocp, slack = await enter(cheap_ocp(args.tasks, args.clusters)), await enter(our_slack())
        port, crowd = free_port(), Crowd(slack)
        given = settings(ocp.url, slack, folder, f"{args.interval}s", port=port, sockets=sockets)
        process = await enter(bot(given, folder))
        await until_ready(port)
        if not sockets:
            await slack.verify_request_url(f"http://127.0.0.1:{port}/slack/events")
        await asyncio.sleep(2)
        await ocp.asked()
        gaps: list[float] = []
        beside = [asyncio.create_task(crowd.listen()), asyncio.create_task(watch_loop(port, gaps))]
        await crowd.ask(args.a_second, args.seconds)
        lag = await told_lag(port)
        for task in beside:
            task.cancel()
        polls = len(await ocp.asked()) / args.clusters
        took = crowd.took
        way = "Socket Mode" if sockets else "signed HTTP"
        print(f"{way}: {len(took)} commands, {polls:.0f} polls meanwhile")
        print(
            f"  median {median(took) * 1000:.0f} ms, 99 of 100 within {share(took, 0.99) * 1000:.0f} ms, "
            f"at most {max(took) * 1000:.0f} ms; {crowd.lost} without an answer"
        )
        print(
            f"  the loop answered in {median(gaps) * 1000:.0f} ms, 99 of 100 in "
            f"{share(gaps, 0.99) * 1000:.0f} ms, at most {max(gaps) * 1000:.0f} ms"
        )
        print(f"  {process.resident():.0f} MB")
        if lag:
            print(f"  the bot's own word: {lag}")


def main() -> None:
    """Read the arguments and measure both ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", type=int, nargs="?", default=10_000)
    parser.add_argument("clusters", type=int, nargs="?", default=100)
    parser.add_argument("--a-second", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--interval", type=int, default=5)
    args = parser.parse_args()
    print(machine())
    print(f"{args.tasks} tasks in {args.clusters} clusters, polled every {args.interval} s")
    for sockets in (True, False):
        asyncio.run(measure(args, sockets=sockets))


if __name__ == "__main__":
    main()
