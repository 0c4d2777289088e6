"""Lives through a day of the bot in an hour, and watches its memory, its disk and its queue.

``python tests/benchmarks/soak.py [TASKS] [CLUSTERS] [--hours 24] [--speed 20] [--retention-days 14]``

The bot runs on a clock that is ``speed`` times as fast as life, in a process of its own, polled every 30 s of
that clock; what it keeps, for how long and how often it tidies follow the same clock. A few tasks at a time
fail and recover all along. With a retention shorter than the run the file must stop growing. 24 hours at 20
take 72 minutes of real time; Slack's limits stay real. Every simulated hour one line is printed.
"""

import argparse
import asyncio
import os
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]
    from bot.cli.frugal import begin

    begin()

from bot import logs
from bot.app import running as bot_running
from bot.cli.frugal import keep_wide, settle
from bot.clock import ScaledClock, SystemClock
from bot.settings import EVERYTHING, load
from bot.storage.migrating import migrate_apart
from tests.benchmarks.bot_process import free_port, our_slack, settings, until_ready
from tests.benchmarks.processes import FleetControl, Process, cheap_ocp, machine, running

INTERVAL = 30
BREAK_AT_ONCE = 5


async def live(start: float, speed: float) -> None:
    """Be the bot: run on a fast clock until told to stop. This is the other process."""
    settle()
    given = load(dict(os.environ), os.environ.get("BOT_CONFIG"), needs=EVERYTHING).settings
    journal = logs.configure(format="json", level="warning", secrets=given.secrets())
    clock = ScaledClock(datetime.fromtimestamp(start, UTC), speed)
    await migrate_apart(given.database_url.get_secret_value())
    async with bot_running(given, journal, clock=clock):
        await keep_wide(SystemClock().sleep)


def file_size(folder: Path) -> float:
    """Tell how large the database is, with its journal, in MB."""
    return sum(path.stat().st_size for path in folder.glob("bot.sqlite3*")) / 1e6


def owed(folder: Path) -> int:
    """Count what waits in the outbox."""
    with closing(sqlite3.connect(f"file:{folder / 'bot.sqlite3'}?mode=ro", uri=True, timeout=30)) as database:
        waiting = "SELECT count(*) FROM outbox WHERE state = 'owed'"
        found: int = database.execute(waiting).fetchone()[0]
    return found


async def trouble(ocp: FleetControl, tasks: int, hour: float) -> None:
    """Let a few tasks fail and recover without end; ``hour`` is an hour of the clock in real seconds."""
    luck = random.Random(7)
    while True:
        rows = ",".join(str(luck.randrange(tasks)) for _ in range(BREAK_AT_ONCE))
        await ocp.break_(rows)
        await asyncio.sleep(hour * luck.uniform(0.1, 0.4))
        await ocp.mend(rows)
        await asyncio.sleep(hour * luck.uniform(0.1, 0.4))


async def watch(
    process: Process, ocp: FleetControl, folder: Path, args: argparse.Namespace, hour: float
) -> list[tuple[float, float, int]]:
    """Print a line every simulated hour; return memory, disk and queue."""
    found = []
    before, polls = process.cpu(), 0
    for number in range(args.hours):
        await asyncio.sleep(hour)
        if not process.runs:
            raise SystemExit(f"the bot ended: {process.written()[-2000:]}")
        now, asked = process.cpu(), len(await ocp.asked()) // args.clusters
        polls += asked
        found.append((process.resident(), file_size(folder), owed(folder)))
        memory, disk, queue = found[-1]
        print(
            f"  hour {number + 1:3}  {memory:6.0f} MB resident  {disk:7.1f} MB on disk  {queue:4} owed  "
            f"{asked:4} polls  {now - before:6.1f} CPU s",
            flush=True,
        )
        before = now
    print(f"{polls} polls in {args.hours} h, of {args.hours * 3600 // INTERVAL} that were due")
    return found


async def measure(args: argparse.Namespace) -> None:
    """Run for so many simulated hours."""
    start, hour = time.time(), 3600 / args.speed
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        enter = stack.enter_async_context
        options = ("--speed", str(args.speed), "--start", str(start), "--origin", str(time.monotonic()))
        ocp = await enter(cheap_ocp(args.tasks, args.clusters, *options))
        slack, port = await enter(our_slack()), free_port()
        given = settings(ocp.url, slack, folder, f"{INTERVAL}s", port=port)
        (folder / "bot.yml").write_text(f"retention: {args.retention_days}d\n")
        command = (sys.executable, __file__, "--live", str(start), "--speed", str(args.speed))
        process = await enter(
            running("bot", command, folder, {**given, "BOT_CONFIG": str(folder / "bot.yml")})
        )
        try:
            await until_ready(port, 120)
        except TimeoutError:
            raise SystemExit(f"the bot is not ready: {process.written()[-2000:]}") from None
        troubling = asyncio.create_task(trouble(ocp, args.tasks, hour))
        stack.callback(troubling.cancel)
        found = await watch(process, ocp, folder, args, hour)
    half = found[len(found) // 2 :]
    memory, disk, queue = ([one[place] for one in half] for place in range(3))
    print(
        f"second half: {min(memory):.0f} to {max(memory):.0f} MB resident, "
        f"{disk[0]:.1f} to {disk[-1]:.1f} MB on disk, at most {max(queue)} owed"
    )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", type=int, nargs="?", default=10_000)
    parser.add_argument("clusters", type=int, nargs="?", default=100)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--speed", type=float, default=20.0)
    parser.add_argument("--retention-days", type=int, default=14)
    parser.add_argument("--live", type=float, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.live is not None:
        asyncio.run(live(args.live, args.speed))
        return
    print(machine())
    print(
        f"{args.tasks} tasks in {args.clusters} clusters, {args.hours} simulated hours, "
        f"{args.speed:g} times as fast as life, history kept for {args.retention_days} d"
    )
    asyncio.run(measure(args))


if __name__ == "__main__":
    main()
