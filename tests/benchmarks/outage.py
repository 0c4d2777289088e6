"""Lets Slack throttle everything, then fail, then be gone, and measures how soon all is right again.

``python tests/benchmarks/outage.py [--minutes 10 10 60] [--interval 5]``

Forty messages stand open in ten channels. Slack then answers 429 to everything for ten minutes, 500 for ten,
and breaks every connection for an hour, all in real time, because its limits are; meanwhile half of what was
broken recovers, other tasks fail, and some fail and recover. What the channels show is compared from the
outside with what OCP says, from the moment Slack is back. Shorter spans (``--minutes 1 1 3``) show the same.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import yaml

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

from bot.sandbox.slack import Message, SimulatedSlack, Trouble
from tests.benchmarks.bot_process import ALERTS, bot, free_port, our_slack, settings, until_ready
from tests.benchmarks.channel_judge import is_over, tasks_in
from tests.benchmarks.processes import FleetControl, cheap_ocp, machine, until

CHANNELS, OPEN_EACH, TASKS_EACH = 10, 4, 30
AFTERWARDS = 180.0
QUIET = 20.0


def channel_of(cluster: int) -> str:
    """Name the channel in which a cluster's incidents are told."""
    return f"team-{cluster}"


@dataclass
class Town:
    """The world, and what OCP was made to say of the tasks."""

    ocp: FleetControl
    slack: SimulatedSlack
    interval: int
    open: dict[str, int] = field(default_factory=dict)
    mended: set[str] = field(default_factory=set)
    began: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)

    async def fail(self, place: int) -> dict[str, int]:
        """Let the task at this place fail in every cluster; return the tasks and their clusters."""
        rows = {cluster * TASKS_EACH + place: cluster for cluster in range(CHANNELS)}
        await self.ocp.break_(",".join(map(str, rows)))
        return {f"t{row:06}": cluster for row, cluster in rows.items()}

    async def mend(self, place: int) -> list[str]:
        """Let the task at this place be well in every cluster; return the tasks."""
        rows = [cluster * TASKS_EACH + place for cluster in range(CHANNELS)]
        await self.ocp.mend(",".join(map(str, rows)))
        return [f"t{row:06}" for row in rows]

    def parents(self, cluster: int) -> list[Message]:
        """Give what stands in a cluster's channel, replies left out."""
        channel = self.slack.channel(channel_of(cluster))
        return [one for one in channel.everything if one.by_bot and not one.is_reply]

    def standing(self) -> dict[str, Message]:
        """Give the message of each task, where there is one."""
        found = {}
        for cluster in range(CHANNELS):
            for parent in self.parents(cluster):
                found.update(dict.fromkeys(tasks_in(parent), parent))
        return found

    def wrong(self) -> list[str]:
        """Name the tasks of the forty whose message does not say how they are."""
        standing = self.standing()
        return [
            task
            for task in self.open
            if task not in standing or is_over(standing[task]) != (task in self.mended)
        ]

    def untold(self) -> list[str]:
        """Name the tasks that failed meanwhile, still do, and are told nowhere."""
        return sorted(self.began - frozenset(self.standing()))


async def open_forty(town: Town) -> None:
    """Let four tasks of every cluster fail, far enough apart that they have nothing to do with each other."""
    for place in range(OPEN_EACH):
        town.open.update(await town.fail(place))

        async def all_told() -> bool:
            return not town.wrong()

        await until("the forty to be told", all_told, 120, 0.2)
        await asyncio.sleep(4 * town.interval)


async def pass_time(town: Town, minutes: list[float]) -> None:
    """Let Slack be in trouble, one way after the other, and the world go on meanwhile."""
    phases = (Trouble.RATE_LIMITED, Trouble.ERROR_BEFORE, Trouble.RESET_BEFORE)
    for number, (trouble, span) in enumerate(zip(phases, minutes, strict=True)):
        town.slack.trouble.clear()
        town.slack.trouble.add("*", trouble, retry_after=30)
        print(f"  Slack: {trouble.value}, for {span:g} min", flush=True)
        until_then = time.monotonic() + span * 60
        town.mended.update(await town.mend(number) if number < OPEN_EACH // 2 else ())
        await asyncio.sleep(4 * town.interval)
        await town.fail(10 + number)
        await asyncio.sleep(4 * town.interval)
        town.passed.update(await town.mend(10 + number))
        await asyncio.sleep(max(0.0, until_then - time.monotonic() - 4 * town.interval))
        if number == len(phases) - 1:
            town.began.update(await town.fail(20))
        await asyncio.sleep(max(0.0, until_then - time.monotonic()))
    town.slack.trouble.clear()


async def afterwards(town: Town) -> None:
    """Watch how soon the channels are right, and count what was said."""
    began, before = time.monotonic(), len(town.slack.calls)
    spans: dict[str, float] = {}

    async def right() -> bool:
        if "forty" not in spans and not town.wrong():
            spans["forty"] = time.monotonic() - began
        if "new" not in spans and not town.untold():
            spans["new"] = time.monotonic() - began
        return len(spans) == 2

    try:
        await until("the channels to be right", right, AFTERWARDS, 0.1)
    except TimeoutError:
        print(f"  NOT RIGHT: {town.wrong()}, untold {town.untold()}")
    for what, span in spans.items():
        print(f"  {'the forty open messages' if what == 'forty' else 'what failed meanwhile'}: {span:.1f} s")
    await asyncio.sleep(QUIET)
    calls = list(town.slack.calls)[before:]
    posts = [call for call in calls if call.method == "chat.postMessage"]
    edits = [call for call in calls if call.method == "chat.update"]
    alone = [task for task, parent in town.standing().items() if task in town.passed and _alone(parent)]
    print(
        f"  {len(posts)} messages and replies, {len(edits)} edits; {len(town.passed)} failures had begun and "
        f"ended meanwhile, {len(alone)} of them have a message of their own"
    )
    print(f"  {sum('ratelimited' in str(call) for call in calls)} times 429 since Slack is back")


def _alone(parent: Message) -> bool:
    """Whether a message speaks of one task alone."""
    return len(tasks_in(parent)) == 1


async def measure(minutes: list[float], interval: int) -> None:
    """Set the stage, let the outage come and go."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        enter = stack.enter_async_context
        tasks, port = CHANNELS * TASKS_EACH, free_port()
        options = ("--destinations", str(tasks), "--tooth", str(interval))
        ocp = await enter(cheap_ocp(tasks, CHANNELS, *options))
        slack = await enter(our_slack(ALERTS, *map(channel_of, range(CHANNELS))))
        routes = [
            {"cluster": f"cluster_{number:04}", "channel": f"#{channel_of(number)}"}
            for number in range(CHANNELS)
        ]
        (folder / "bot.yml").write_text(yaml.safe_dump({"routes": routes}))
        given = settings(ocp.url, slack, folder, f"{interval}s", port=port, sockets=False)
        await enter(bot({**given, "BOT_CONFIG": str(folder / "bot.yml")}, folder))
        await until_ready(port)
        await asyncio.sleep(3 * interval)
        town = Town(ocp, slack, interval)
        await open_forty(town)
        print(f"{len(town.open)} messages open in {CHANNELS} channels, read every {interval} s")
        await pass_time(town, minutes)
        print("Slack is back; right again after:")
        await afterwards(town)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, nargs=3, default=[10.0, 10.0, 60.0])
    parser.add_argument("--interval", type=int, default=5)
    given = parser.parse_args()
    print(machine())
    asyncio.run(measure(given.minutes, given.interval))


if __name__ == "__main__":
    main()
