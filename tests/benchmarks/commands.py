"""How long people wait for an answer while a large fleet is polled, and how long the loop is ever held up.

``python tests/benchmarks/commands.py [TASKS] [CLUSTERS] [--a-second 20] [--seconds 30] [--interval 5]``

Commands are typed in a simulated Slack and travel over real sockets, by Socket Mode and then by signed HTTP;
an answer has come when Slack shows it. Beside them one more person asks for a chart every three seconds
(``--charts``), and it has come when its file stands in Slack. Polls are made more often than in life, so that
many commands meet one. How long the loop is held up is measured twice: within it, a look each millisecond,
and from the outside, where ``/healthz``, which does nothing, is asked without end.
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
from tests.benchmarks.probed_bot import holds
from tests.benchmarks.processes import cheap_ocp, machine, until

SAID = ("status", "tasks", "task cluster_0003/t000301", "incidents", "status cluster_0007", "tasks delay>1m")
PEOPLE = 60
"""So many people take turns, so that nobody asks again before the last answer has come."""
LONGEST = 10.0
CHART = "chart cluster_0003/t000301"


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


class ChartAsker:
    """One more person, who asks for a chart again and again."""

    def __init__(self, slack: SimulatedSlack) -> None:
        self._slack = slack
        self._person = Person("UCHARTS", "charts", "Chart Asker")
        slack.add_person(self._person)
        slack.channel(ALERTS).members.add(self._person.id)
        self._asked: float | None = None
        self.took: list[float] = []

    async def listen(self) -> None:
        """Note when each chart has come, until cancelled."""
        async for change in self._slack.changes():
            if change.kind == "file" and self._asked is not None:
                self.took.append(time.monotonic() - self._asked)
                self._asked = None

    async def ask(self, every: float) -> None:
        """Ask at this interval, where the last one has come, until cancelled."""
        while True:
            if self._asked is None:
                self._asked = time.monotonic()
                await self._slack.command(self._person.id, ALERTS, "/logbackup", CHART)
            await asyncio.sleep(every)


async def watch_loop(port: int, gaps: list[float]) -> None:
    """Ask for the cheapest answer without end; note how long each took."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        while True:
            began = time.monotonic()
            await client.get(f"http://127.0.0.1:{port}/healthz")
            gaps.append(time.monotonic() - began)
            await asyncio.sleep(0.01)


def worst(noted: Path, since: float) -> str:
    """Tell the longest times in which the loop was held up."""
    found = holds(noted, since)
    computing = max((one.computed for one in found), default=0.0)
    longest = ", ".join(
        f"{one.lasted * 1000:.0f} ms ({one.computed * 1000:.0f} computing)" for one in found[:3]
    )
    return f"held up for {longest or 'no time'} at most; {computing * 1000:.0f} ms of computing at most"


async def measure(args: argparse.Namespace, *, sockets: bool) -> None:
    """Measure one of the two ways, and print."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        enter = stack.enter_async_context
        ocp, slack = await enter(cheap_ocp(args.tasks, args.clusters)), await enter(our_slack())
        port, crowd, charts = free_port(), Crowd(slack), ChartAsker(slack)
        given = settings(ocp.url, slack, folder, f"{args.interval}s", port=port, sockets=sockets)
        noted = folder / "holds"
        process = await enter(bot(given, folder, noted))
        await until_ready(port)
        if not sockets:
            await slack.verify_request_url(f"http://127.0.0.1:{port}/slack/events")
        await asyncio.sleep(2)
        await ocp.asked()
        gaps: list[float] = []
        began = time.monotonic()
        always = [crowd.listen(), watch_loop(port, gaps), charts.listen()]
        if args.charts:
            always.append(charts.ask(args.charts))
        beside = [asyncio.create_task(one) for one in always]
        await crowd.ask(args.a_second, args.seconds)
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
        if charts.took:
            print(
                f"  {len(charts.took)} charts: median {median(charts.took) * 1000:.0f} ms, "
                f"at most {max(charts.took) * 1000:.0f} ms"
            )
        print(f"  the loop, from within: {worst(noted, began)}")
        print(
            f"  the loop answered in {median(gaps) * 1000:.0f} ms, 99 of 100 in "
            f"{share(gaps, 0.99) * 1000:.0f} ms, at most {max(gaps) * 1000:.0f} ms"
        )
        print(f"  {process.resident():.0f} MB")


def main() -> None:
    """Read the arguments and measure both ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", type=int, nargs="?", default=10_000)
    parser.add_argument("clusters", type=int, nargs="?", default=100)
    parser.add_argument("--a-second", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--interval", type=int, default=5)
    parser.add_argument("--charts", type=float, default=3, help="seconds between charts; 0 asks for none")
    args = parser.parse_args()
    print(machine())
    print(f"{args.tasks} tasks in {args.clusters} clusters, polled every {args.interval} s")
    for sockets in (True, False):
        asyncio.run(measure(args, sockets=sockets))


if __name__ == "__main__":
    main()
