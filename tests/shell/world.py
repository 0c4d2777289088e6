"""A simulated OCP and Slack in a thread of their own, and the program run against them in this one."""

import asyncio
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar

import pytest

from bot.cli.program import run_program
from bot.clock import SystemClock
from bot.sandbox.fleet import Fleet, Rhythm, SimulatedCluster, SimulatedTask
from bot.sandbox.ocp import SimulatedOcp
from bot.sandbox.slack import SimulatedSlack

T = TypeVar("T")
PAY = SimulatedCluster(1000005, "pay", 5)
SHOP = SimulatedCluster(1000006, "shop", 6)
KEY = "SK-never-to-be-shown"
BUCKET = f"oss://bucket/pay?host=oss.example.com&access_id=AKID&access_key={KEY}"
TENANTS = ((PAY, "orders"), (PAY, "ledger"), (SHOP, "cart"), (SHOP, "users"))
ALERTS = "alerts"
OURS = ("SLACK_", "OCP_", "BOT_")


def fleet_of(*tenants: tuple[SimulatedCluster, str | None], quick: bool = True) -> Fleet:
    """Make a fleet of these tenants, all healthy."""
    clusters = tuple(dict.fromkeys(cluster for cluster, _ in tenants))
    tasks = [
        SimulatedTask(
            cluster,
            BUCKET if cluster is PAY else "file:///obbackup/",
            Rhythm(period=3.0 if quick else 60.0, floor=1.0, seed=seed),
            tenant=tenant,
            tenant_id=100 + seed,
            ob_tenant_id=1000 + seed,
        )
        for seed, (cluster, tenant) in enumerate(tenants)
    ]
    return Fleet(clusters, tasks, start=SystemClock().now() - timedelta(hours=1))


class Elsewhere:
    """A thread with an event loop, where the simulations live while the program runs in this one."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()

    def do(self, work: Awaitable[T]) -> T:
        """Wait for something over there."""

        async def doing() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(doing(), self.loop).result(20)

    def call(self, act: Callable[[], T]) -> T:
        """Do something over there, where the simulations' own loop runs."""

        async def doing() -> T:
            return act()

        return self.do(doing())


@dataclass
class Town:
    """The world of a test, and what a person would set to reach it."""

    elsewhere: Elsewhere
    fleet: Fleet
    ocp: SimulatedOcp
    slack: SimulatedSlack
    environment: dict[str, str]

    def now(self) -> datetime:
        return SystemClock().now()


@contextmanager
def town(folder: Path, fleet: Fleet | None = None, **ocp_options: Any) -> Iterator[Town]:
    """Set up the world."""
    clock = SystemClock()
    fleet = fleet or fleet_of(*TENANTS)
    with Elsewhere() as elsewhere:
        ocp = SimulatedOcp(fleet, clock, **ocp_options)
        slack = SimulatedSlack(clock=clock, pacing_clock=clock)
        elsewhere.do(ocp.start())
        elsewhere.do(slack.start())
        slack.add_channel(ALERTS)
        elsewhere.call(lambda: slack.invite_bot(ALERTS))
        environment = {
            "OCP_URL": ocp.url,
            "OCP_USER": ocp.account.user,
            "OCP_PASSWORD": ocp.account.password,
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "BOT_ALERT_CHANNEL": ALERTS,
            "BOT_DATABASE_URL": f"sqlite:///{folder / 'bot.sqlite3'}",
            "BOT_HTTP_PORT": "0",
        }
        try:
            yield Town(elsewhere, fleet, ocp, slack, environment)
        finally:
            elsewhere.do(slack.stop())
            elsewhere.do(ocp.stop())


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str


Shell = Callable[..., Outcome]
"""``shell("tasks", "pay", OCP_URL=...)``: runs a command with these settings and no others."""


def make_shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Make what runs a command in this process."""

    def shell(*words: str, **settings: str) -> Outcome:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            for name in list(os.environ):
                if name.startswith(OURS):
                    patch.delenv(name)
            for name, value in settings.items():
                if value:
                    patch.setenv(name, value)
            patch.setattr(sys, "argv", ["logbackup-bot", *words])
            with pytest.raises(SystemExit) as ended:
                run_program()
        said = capsys.readouterr()
        code = ended.value.code
        return Outcome(code if isinstance(code, int) else 0, said.out, said.err)

    return shell


def plain_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Give a process these settings and no others, and none of the measuring of this one."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith((*OURS, "COV_", "COVERAGE", "_LOGBACKUP"))
    }
    return kept | dict(settings)


def command_line(*words: str) -> list[str]:
    return [sys.executable, "-m", "bot", *words]


def on_a_terminal(words: Sequence[str], settings: dict[str, str], stop_at: bytes | None = None) -> str:
    """Run a command on a terminal of its own and return what it showed.

    Ctrl-C is pressed once ``stop_at`` is shown.
    """
    ours, theirs = pty.openpty()
    with subprocess.Popen(  # noqa: S603 - as above
        command_line(*words), env=plain_environment(settings), stdin=theirs, stdout=theirs, stderr=theirs
    ) as program:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # Linux says EIO where the other side has gone
                break
            if not piece:
                break
            shown += piece
            if stop_at is not None and stop_at in shown:
                program.send_signal(signal.SIGINT)
                stop_at = None
        os.close(ours)
        program.wait(20)
    return shown.decode()
