"""Lets every task of a large fleet fail in one poll, three destinations being the cause, and all recover.

``python tests/benchmarks/storm.py [TASKS] [CLUSTERS] [--destinations 3] [--interval 10]``

Counted from the outside, in the simulated Slack, which refuses whatever goes beyond the documented pace: new
messages, the time until the first and until everything is told, 429s, and whether each task can be found by
asking for it. Then all are mended, and the edits and replies that this costs are counted.
"""

import argparse
import asyncio
import re
import sys
import tempfile
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

from bot.sandbox.slack import SimulatedSlack
from tests.benchmarks.bot_process import ALERTS, bot, free_port, our_slack, settings, until_ready
from tests.benchmarks.channel_judge import is_over
from tests.benchmarks.processes import FleetControl, Process, cheap_ocp, machine, until

QUIET = 20.0
"""After so long without a word in the channel everything has been said."""
ASKED = 100
"""So many of the tasks are looked for by name, spread over the fleet."""


@dataclass
class Told:
    """What reached the channel, by the monotonic clock."""

    posts: list[float] = field(default_factory=list)
    replies: list[float] = field(default_factory=list)
    edits: list[float] = field(default_factory=list)

    @property
    def last(self) -> float:
        """When the last word came."""
        return max(*self.posts, *self.replies, *self.edits, 0.0, 0.0)


async def listen(slack: SimulatedSlack, told: list[Told]) -> None:
    """Note what reaches the channel in the last of ``told``, until cancelled."""
    place = slack.channel(ALERTS)
    async for change in slack.changes():
        if change.channel != place.id or change.ts is None:
            continue
        message = place.message(change.ts)
        if message is None or not message.by_bot or message.ephemeral_to:
            continue
        if change.kind == "edit":
            told[-1].edits.append(time.monotonic())
        elif change.kind in {"message", "post"}:
            (told[-1].replies if message.is_reply else told[-1].posts).append(time.monotonic())


async def quiet(told: Told, within: float) -> None:
    """Wait until there has been a word and then none for a while."""

    async def silent() -> bool:
        return told.last > 0 and time.monotonic() - told.last > QUIET

    await until("the channel to fall silent", silent, within, 0.5)


def refusals(slack: SimulatedSlack) -> int:
    """Count the calls that were refused for being too many."""
    return sum("ratelimited" in str(call) for call in slack.calls)


async def findable(slack: SimulatedSlack, tasks: int, clusters: int) -> int:
    """Ask for tasks by name; count those whose answer says that they failed."""
    found = 0
    for row in range(0, tasks, max(1, tasks // ASKED)):
        cluster = row * clusters // tasks
        before = len(slack.ephemerals("anna"))
        await slack.command("anna", ALERTS, "/logbackup", f"task cluster_{cluster:04}/t{row:06}")

        def answered(there: SimulatedSlack, before: int = before) -> bool:
            return len(there.ephemerals("anna")) > before

        with suppress(TimeoutError):
            await slack.until(answered, timeout=10)
            said = slack.ephemerals("anna")[-1]
            found += bool(re.search(r"failed", said.text + str(said.blocks), re.IGNORECASE))
    return found


async def between_polls(ocp: FleetControl) -> None:
    """Wait until a poll has just ended, so that what happens now is met by one poll as a whole."""
    await ocp.asked()
    last: list[float] = []

    async def just_ended() -> bool:
        last[:] = (await ocp.asked())[-1:] or last
        return bool(last) and time.monotonic() - last[0] > 1

    await until("a poll to end", just_ended, 120, 0.2)


def report(what: str, began: float, told: Told, process: Process) -> None:
    """Print what one half of the storm brought."""
    print(f"{what}: {len(told.posts)} new messages, {len(told.replies)} replies, {len(told.edits)} edits")
    if told.posts or told.edits or told.replies:
        first = min([*told.posts, *told.replies, *told.edits])
        print(f"  the first after {first - began:.1f} s, the last after {told.last - began:.1f} s")
    if told.posts:
        print(f"  all new messages within {max(told.posts) - began:.1f} s")
    print(f"  {process.resident():.0f} MB, at most {process.peak():.0f} MB")


async def measure(tasks: int, clusters: int, destinations: int, interval: int, within: float) -> None:
    """Let the storm come and go."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        enter = stack.enter_async_context
        ocp = await enter(cheap_ocp(tasks, clusters, "--destinations", str(destinations), "--tooth", "10"))
        slack, port = await enter(our_slack()), free_port()
        process = await enter(bot(settings(ocp.url, slack, folder, f"{interval}s", port=port), folder))
        await until_ready(port)
        await slack.until(lambda there: there.channel(ALERTS).messages, timeout=60)
        told = [Told()]
        listening = asyncio.create_task(listen(slack, told))
        stack.callback(listening.cancel)
        await asyncio.sleep(2 * interval)
        for what, act in (("all fail", ocp.break_), ("all recover", ocp.mend)):
            await between_polls(ocp)
            told.append(Told())
            before = refusals(slack)
            began = await act(f"0-{tasks - 1}")
            with suppress(TimeoutError):
                await quiet(told[-1], within)
            report(what, began, told[-1], process)
            print(f"  {refusals(slack) - before} times 429")
            if act == ocp.break_:
                looked = len(range(0, tasks, max(1, tasks // ASKED)))
                print(f"  {await findable(slack, tasks, clusters)} of {looked} found when asked for")
        parents = [one for one in slack.channel(ALERTS).messages if one.by_bot][1:]
        print(f"in the end {sum(map(is_over, parents))} of {len(parents)} messages say that it is over")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", type=int, nargs="?", default=10_000)
    parser.add_argument("clusters", type=int, nargs="?", default=100)
    parser.add_argument("--destinations", type=int, default=3)
    parser.add_argument("--interval", type=int, default=10)
    parser.add_argument("--within", type=float, default=240, help="seconds to wait for silence, at most")
    given = parser.parse_args()
    print(machine())
    print(f"{given.tasks} tasks in {given.clusters} clusters, polled every {given.interval} s")
    asyncio.run(measure(given.tasks, given.clusters, given.destinations, given.interval, given.within))


if __name__ == "__main__":
    main()
