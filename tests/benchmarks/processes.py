"""Processes of a benchmark: started, measured from the outside as Linux accounts for them, and stopped."""

import asyncio
import os
import platform
import signal
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import httpx

ROOT = Path(__file__).parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
OURS = ("SLACK_", "OCP_", "BOT_", "COV_", "COVERAGE")
T = TypeVar("T")


class Process:
    """A program that runs beside the benchmark; what it writes goes into a file."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process

    @property
    def id(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it still runs."""
        return self._process.returncode is None

    def cpu(self) -> float:
        """Tell the CPU seconds, user and system, that it has used with all its threads."""
        fields = Path(f"/proc/{self.id}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident(self) -> float:
        """Tell the resident memory in MB (10^6 bytes)."""
        return int(Path(f"/proc/{self.id}/statm").read_text().split()[1]) * PAGE / 1e6

    def peak(self) -> float:
        """Tell the most resident memory it ever had, in MB."""
        lines = Path(f"/proc/{self.id}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6

    def written(self) -> str:
        """Give what it wrote."""
        return self.log.read_text(errors="replace")

    async def kill(self) -> None:
        """End it without a word, as ``kill -9`` does."""
        if self.runs:
            self._process.kill()
        await self._process.wait()

    async def stop(self, within: float = 15) -> float:
        """Ask it to stop; return the seconds that took. Kills what does not listen."""
        began = time.monotonic()
        if self.runs:
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), within)
            except TimeoutError:
                await self.kill()
        return time.monotonic() - began


async def started(
    name: str, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Process:
    """Start a program, with nothing of ours in its environment but what is given."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    path = os.pathsep.join(filter(None, (str(ROOT), inherited.get("PYTHONPATH"))))
    everything = {**inherited, "PYTHONPATH": path, **(environment or {})}
    with log.open("ab") as file:
        process = await asyncio.create_subprocess_exec(*command, stdout=file, stderr=file, env=everything)
    return Process(name, process, log)


@asynccontextmanager
async def running(
    name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Process]:
    """Run a program for as long as the context is entered."""
    process = await started(name, command, folder / f"{name}.log", environment)
    try:
        yield process
    finally:
        await process.stop()


class FleetControl:
    """The cheap simulated OCP in its own process: where it is, and the hands that break and mend it."""

    def __init__(self, port: int, client: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._client = client
        self._process = process

    async def break_(self, rows: str) -> float:
        """Let tasks fail, by number; return when, by the monotonic clock: from now on OCP says so."""
        await self._client.get(f"{self.url}/control/break", params={"rows": rows})
        return time.monotonic()

    async def mend(self, rows: str) -> float:
        """Let tasks be well again; return when."""
        await self._client.get(f"{self.url}/control/mend", params={"rows": rows})
        return time.monotonic()

    async def asked(self) -> list[float]:
        """Tell when pages were asked for, by the monotonic clock, since the last time."""
        answer = await self._client.get(f"{self.url}/control/asked")
        found: list[float] = answer.json()
        return found


@asynccontextmanager
async def cheap_ocp(tasks: int, clusters: int, *options: str) -> AsyncIterator[FleetControl]:
    """Run a cheap simulated OCP."""
    script = Path(__file__).with_name("fleet_server.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), str(tasks), str(clusters), *options, stdout=PIPE
    )
    assert process.stdout is not None
    try:
        port = int(await asyncio.wait_for(process.stdout.readline(), 30))
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            yield FleetControl(port, client, process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def until(what: str, asked: Callable[[], Awaitable[T]], within: float, every: float = 0.05) -> T:
    """Ask until the answer is true; return it. Raises TimeoutError that says what was waited for."""
    deadline = time.monotonic() + within
    while True:
        found = await asked()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {within:g} s for {what}")
        await asyncio.sleep(every)


def machine() -> str:
    """Describe this machine and the day: a figure means little without them."""
    memory = os.sysconf("SC_PHYS_PAGES") * PAGE / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} CPUs ({platform.machine()}), {memory:.0f} GiB, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )
