"""``run`` and ``demo`` as processes: how they start, what they say, and how they end."""

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli import frugal
from bot.errors import StorageError
from bot.storage.database import is_up_to_date, open_database
from bot.storage.migrating import migrate_apart
from tests.shell.world import ALERTS, Outcome, Shell, Town, plain_environment


@contextmanager
def process(*words: str, settings: Mapping[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """Run the program as a process of its own; it is gone afterwards whatever happened."""
    with subprocess.Popen(  # noqa: S603 - the program itself
        [sys.executable, "-m", "bot", *words],
        env=plain_environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        try:
            yield started
        finally:
            if started.poll() is None:
                started.kill()


def ended(running: "subprocess.Popen[str]", *, within: float = 15) -> Outcome:
    out, err = running.communicate(timeout=within)
    return Outcome(running.returncode, out, err)


def lines_until(running: "subprocess.Popen[str]", last: str) -> list[str]:
    assert running.stdout is not None
    lines = [running.stdout.readline()]
    while lines[-1] and lines[-1] != last:
        lines.append(running.stdout.readline())
    return lines


@pytest.fixture(scope="module")
def taken() -> Iterator[int]:
    """Give a port that somebody else listens on."""
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        plug.listen(1)
        yield int(plug.getsockname()[1])


def test_run_without_settings_tells_every_one_that_is_missing(shell: Shell) -> None:
    said = shell("run")
    assert (said.code, said.out) == (2, "")
    missing = [line.partition(" is missing")[0] for line in said.err.splitlines()]
    assert missing == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "BOT_ALERT_CHANNEL",
        "OCP_URL",
        "The login for OCP",
    ]


def test_run_says_in_one_sentence_that_its_port_is_taken(shell: Shell, world: Town, taken: int) -> None:
    said = shell("run", **{**world.environment, "BOT_HTTP_PORT": str(taken)})
    assert (said.code, said.out) == (1, "")
    sentence = (
        f"Cannot listen on 127.0.0.1:{taken}: address already in use. Stop what uses it, or set"
        " BOT_HTTP_HOST and BOT_HTTP_PORT."
    )
    assert [line for line in said.err.splitlines() if not line.startswith("{")] == [sentence]
    both = shell("run", **world.environment, BOT_METRICS_PORT=str(taken))
    assert both.code == 1
    assert f"Cannot listen on 127.0.0.1:0 or 127.0.0.1:{taken}: address already in use." in both.err
    assert "or BOT_METRICS_HOST and BOT_METRICS_PORT." in both.err


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_run_starts_answers_and_ends_when_it_is_told(shell: Shell, world: Town, told: signal.Signals) -> None:
    """With a second bot on the same database refused meanwhile, and the doctor undisturbing."""
    with process("run", settings={**world.environment, "BOT_LOG_FORMAT": "json"}) as running:
        assert running.stderr is not None
        logged = [json.loads(running.stderr.readline())]
        while logged[-1]["event"] != "started":
            logged.append(json.loads(running.stderr.readline()))
        address = logged[-1]["address"]
        with urllib.request.urlopen(f"{address}/healthz", timeout=30) as answer:  # noqa: S310 - http, ours
            assert json.load(answer) == {"status": "alive"}
        refused = shell("run", **world.environment)
        assert (refused.code, refused.out) == (1, "")
        assert "runs on the database" in refused.err.splitlines()[-1]
        port = address.rpartition(":")[2]
        said = shell("check", **{**world.environment, "BOT_HTTP_PORT": port})
        assert said.code == 0, said.out
        assert f"127.0.0.1:{port} is used by a bot that runs already" in said.out
        elsewhere = shell("check", **world.environment)
        assert "bot.sqlite3 is used by a bot that runs already, " in elsewhere.out
        for one in (said, elsewhere):
            assert one.out.endswith(
                "\nAll is well, and a bot runs already: `logbackup-bot run` starts no other beside it.\n"
            )
        world.elsewhere.do(world.slack.until(lambda slack: slack.channel(ALERTS).messages, timeout=30))
        running.send_signal(told)
        end = ended(running)
        assert end.code == 0
        logged = [json.loads(line) for line in end.err.splitlines()]
        assert "stopping" in [one["event"] for one in logged]
        assert (logged[-1]["event"], logged[-1]["owed"]) == ("stopped", 0), logged


def test_the_demo_starts_without_any_setting_serves_its_page_and_ends_with_ctrl_c() -> None:
    with process("demo", "--port", "0", settings={}) as running:
        line, *told = lines_until(running, "Press Ctrl-C to stop.\n")
        match = re.fullmatch(r"The demo runs\. Open (http://127\.0\.0\.1:\d+/\S*) in a browser\.\n", line)
        assert match is not None, line
        with urllib.request.urlopen(match[1], timeout=30) as page:  # noqa: S310 - http, ours
            assert page.status == 200
            assert "<html" in page.read().decode().lower()
        running.send_signal(signal.SIGINT)
        said = ended(running, within=10)
    assert said == Outcome(0, "Stopped.\n", "")
    assert "Everything is simulated: OCP, Slack, and the dates (60 times as fast as life)." in "".join(told)
    assert "within 1 min a task fails and is announced" in "".join(told)


def test_the_demo_says_in_one_sentence_that_its_port_is_taken(shell: Shell, taken: int) -> None:
    said = shell("demo", "--port", str(taken))
    assert (said.code, said.out) == (1, "")
    assert said.err.count("\n") == 1
    assert said.err.startswith(f"Cannot listen on port {taken}: ")
    assert said.err.endswith("Choose another with --port, or 0 for any.\n")


def words_of(program: str) -> list[str]:
    """Run a program of a few lines, and give the words that it prints."""
    said = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    return said.stdout.split()


def test_what_runs_for_months_loads_nothing_for_terminals_and_can_still_draw() -> None:
    """It would take memory that nobody uses; a command that draws tables loads it later."""
    program = (
        "import gc, sys\n"
        "from bot.cli.frugal import begin, settle\n"
        "begin()\n"
        "import bot.app\n"
        "settle()\n"
        "print('rich' in sys.modules, gc.get_freeze_count() > 100_000)\n"
        "from bot.terminal import screen\n"
        "import rich.console\n"
        "print(rich.console.Console.__name__)\n"
    )
    assert words_of(program) == ["False", "True", "Console"]


@pytest.mark.skipif(
    not Path("/sys/kernel/mm/transparent_hugepage").exists(),
    reason="this kernel has no large pages",
)
def test_what_is_remembered_is_asked_to_lie_in_large_pages_and_stays_as_it_was() -> None:
    """Whether the kernel has any is its own affair; that it was asked stands in the flags of the memory."""
    program = (
        "from bot.cli.frugal import widen\n"
        "held = [[number, str(number)] for number in range(200_000)]\n"
        "def asked():\n"
        "    return sum('hg' in line.split() for line in open('/proc/self/smaps') if line[:7] == 'VmFlags')\n"
        "before = asked()\n"
        "widen()\n"
        "widen()\n"
        "print(asked() > before, held == [[number, str(number)] for number in range(200_000)])\n"
    )
    assert words_of(program) == ["True", "True"]


@pytest.mark.parametrize("maps", ["gone", ".", "odd"], ids=["none", "not to be read", "odd"])
def test_where_memory_cannot_be_looked_at_nothing_changes(
    maps: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "odd").write_bytes(b"\xff\n")
    monkeypatch.setattr(frugal, "_MAPS", tmp_path / maps)
    frugal.widen()


async def test_large_pages_are_asked_for_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[timedelta] = []
    waited: list[timedelta] = []

    async def sleep(span: timedelta) -> None:
        if len(waited) == 6:
            raise asyncio.CancelledError
        waited.append(span)

    monkeypatch.setattr(frugal, "widen", lambda: asked.append(waited[-1]))
    with pytest.raises(asyncio.CancelledError):
        await frugal.keep_wide(sleep)
    assert waited == asked == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 10, 10)]


def test_only_memory_of_no_file_that_has_room_for_a_large_page_is_meant() -> None:
    maps = """\
7f0000000000-7f0000400000 rw-p 00000000 00:00 0
7f0000400000-7f0000500000 rw-p 00000000 00:00 0
7f0001000000-7f0001400000 r--p 00000000 00:00 0
7f0002000000-7f0002400000 rw-p 00000000 fe:00 1234                       /usr/lib/a lib.so
7f0003000000-7f0003400000 rw-s 00000000 00:01 99                         /dev/zero (deleted)
55d000000000-55d000800000 rw-p 00000000 00:00 0                          [heap]
7ffd00000000-7ffd00400000 rw-p 00000000 00:00 0                          [stack]
"""
    assert list(frugal._heaps(maps.splitlines())) == [
        (0x7F0000000000, 4 << 20),
        (0x55D000000000, 8 << 20),
    ]


async def test_a_new_database_is_made_by_another_process(tmp_path: Path) -> None:
    """What migrates would stay in memory."""
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    assert not await is_up_to_date(url)
    await migrate_apart(url)
    assert await is_up_to_date(url)


@pytest.mark.parametrize("name", ["plain/bot.sqlite3", "x" * 300 + "/bot.sqlite3"], ids=["in a file", "long"])
async def test_a_path_that_cannot_be_is_told_where_the_database_is_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / "plain").write_text("a file, and no folder")
    url = f"sqlite:///{tmp_path / name}"
    await migrate_apart(url)
    with pytest.raises(StorageError):
        await open_database(url)
