"""How long it takes from "FAILED can be read at OCP" to "Slack has accepted the alert", beside the peer.

``python tests/benchmarks/time_to_alert.py [--tasks 100 10000] [--interval 5] [--samples 20]``

Both sides read the same simulated OCP every 5 s. The peer is tuned as far as it goes: scraped and evaluated
every 5 s, no group_wait; a webhook stands in for Slack, which costs it less than Slack would. Tasks fail one
by one, at moments that have nothing to do with anybody's interval. The floor is half the interval.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from aiohttp import web

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

from bot.sandbox.slack import SimulatedSlack
from tests.benchmarks.bot_process import ALERTS, bot, free_port, our_slack, settings, until_ready
from tests.benchmarks.peer import ABSENT, is_there, peer
from tests.benchmarks.processes import FleetControl, cheap_ocp, machine, until

WITHIN = 90.0
"""An alert that has not come by then is lost."""


@dataclass
class Webhook:
    """What Alertmanager calls instead of Slack: notes when it was told of each tenant first."""

    url: str = ""
    told: dict[str, float] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        """Take one notification."""
        for alert in (await request.json())["alerts"]:
            self.told.setdefault(alert["labels"].get("tenant", ""), time.monotonic())
        return web.Response()


@asynccontextmanager
async def webhook() -> AsyncIterator[Webhook]:
    """Run the webhook."""
    hook = Webhook()
    application = web.Application(client_max_size=2**26)
    application.add_routes([web.post("/", hook.take)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        yield hook
    finally:
        await runner.cleanup()


class Heard:
    """Notes when the simulated Slack accepted the first message that speaks of each tenant."""

    def __init__(self, slack: SimulatedSlack) -> None:
        self._slack = slack
        self.told: dict[str, float] = {}

    async def listen(self) -> None:
        """Listen until cancelled."""
        async for change in self._slack.changes():
            if change.ts is None or change.channel is None:
                continue
            message = self._slack.channel(change.channel).message(change.ts)
            if message is None:
                continue
            said = message.text + json.dumps(message.blocks)
            for word in said.replace("/", " ").replace("*", " ").replace('"', " ").split():
                if word.startswith("t0") and word[:7][1:].isdigit():
                    self.told.setdefault(word[:7], time.monotonic())


async def samples(
    ocp: FleetControl, tasks: int, count: int, interval: int, *told: dict[str, float]
) -> list[list[float]]:
    """Break so many tasks, one after the other; return for each listener how long it took each time."""
    luck = random.Random(tasks)
    found: list[list[float]] = [[] for _ in told]
    for row in luck.sample(range(tasks), count):
        await asyncio.sleep(interval * luck.uniform(2.2, 3.2))
        name = f"t{row:06}"
        began = await ocp.break_(str(row))

        async def everybody_knows(name: str = name) -> bool:
            return all(name in one for one in told)

        try:
            await until(f"the alert of {name}", everybody_knows, WITHIN, 0.05)
        except TimeoutError as error:
            print(error)
        for one, spans in zip(told, found, strict=True):
            spans.append(one.get(name, float("inf")) - began)
    return found


async def measure(tasks: int, clusters: int, interval: int, count: int, *, with_peer: bool) -> None:
    """Run both sides on one fleet and print what it took."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        enter = stack.enter_async_context
        ocp, slack = await enter(cheap_ocp(tasks, clusters)), await enter(our_slack(ALERTS))
        port, heard = free_port(), Heard(slack)
        listening = asyncio.create_task(heard.listen())
        stack.callback(listening.cancel)
        await enter(bot(settings(ocp.url, slack, folder, f"{interval}s", port=port), folder))
        await until_ready(port)
        told, names = [heard.told], ["ours"]
        if with_peer:
            hook = await enter(webhook())
            other = await enter(peer(ocp.url, folder, interval, hook.url))
            await other.until_scraped(tasks)
            told.append(hook.told)
            names.append("peer")
        found = await samples(ocp, tasks, count, interval, *told)
    print(f"{tasks} tasks in {clusters} clusters, read every {interval} s, {count} failures")
    for name, spans in zip(names, found, strict=True):
        print(f"  {name}  median {median(spans):5.2f} s, from {min(spans):.2f} to {max(spans):.2f} s")
    if with_peer:
        print(
            f"  ours is {median(found[0]) / median(found[1]):.2f} x the peer; the floor is {interval / 2:g} s"
        )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, nargs="+", default=[100, 10_000])
    parser.add_argument("--interval", type=int, default=5)
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--without-peer", action="store_true")
    given = parser.parse_args()
    with_peer = not given.without_peer and is_there()
    if not given.without_peer and not with_peer:
        print(ABSENT)
    print(machine())
    for tasks in given.tasks:
        clusters = max(1, tasks // 100)
        asyncio.run(measure(tasks, clusters, given.interval, given.samples, with_peer=with_peer))


if __name__ == "__main__":
    main()
