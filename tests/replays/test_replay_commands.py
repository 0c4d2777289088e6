"""`record` and `replay` as people run them: what they print where, and their exit codes."""

import asyncio
import gzip
import json
import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from rich.console import Console

from bot.clock import SystemClock
from bot.domain.reading import Reading
from bot.storage.database import open_database
from bot.terminal import reading_bar as bar_module
from bot.terminal.reading_bar import reading_bar
from tests.replays.samples import MINUTE, POLL, T0, brief, encoded, line, readings, response, row
from tests.shell.world import KEY, PAY, Shell, Town, make_shell, plain_environment, town

FAILED = [
    line(response(T0, row("orders"))),
    line(response(T0 + POLL, row("orders", T0 + POLL, status="FAILED"))),
    line(response(T0 + 2 * POLL, row("orders", T0 + 2 * POLL, status="FAILED"))),
]


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """Run commands in this process; the logging that they set up ends with the test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield make_shell(monkeypatch, capsys)
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def recording(tmp_path: Path) -> str:
    path = tmp_path / "polls.jsonl"
    path.write_bytes(encoded(FAILED))
    return str(path)


def test_a_replay_tells_people_on_standard_output_and_needs_no_settings(shell: Shell, recording: str) -> None:
    done = shell("replay", recording)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("1 incident in 1 min, 1 of them critical; 1 alert, ")
    assert "critical failed" in done.out


def test_a_replay_tells_programs_one_object_a_line(shell: Shell, recording: str) -> None:
    done = shell("replay", "--json", recording)
    assert (done.code, done.err) == (0, "")
    assert brief(map(json.loads, done.out.splitlines())) == [(0.5, "pay/orders", "opened", "critical failed")]


@pytest.mark.parametrize("place", ["before", "after"])
def test_other_limits_are_tried_with_config(shell: Shell, recording: str, tmp_path: Path, place: str) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("thresholds:\n  pending: 10m\n")
    words = ["--config", str(other), "replay"] if place == "before" else ["replay", "--config", str(other)]
    done = shell(*words, "--json", recording)
    assert (done.code, done.out) == (0, "")


def test_damaged_lines_are_counted_told_and_skipped(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "polls.jsonl"
    path.write_bytes(encoded([FAILED[0], b"oops", b"", FAILED[1], b'{"source": "prod"}', *[b"{}"] * 6]))
    done = shell("replay", "--json", str(path))
    assert done.code == 0
    assert [json.loads(told)["transition"] for told in done.out.splitlines()] == ["opened"]
    assert done.err == (
        "8 damaged lines were skipped: line 2 (it is not JSON), "
        "line 5 (it holds neither a cluster's response nor an error), line 6 (it names no source), "
        "line 7 (it names no source), line 8 (it names no source) and 3 more.\n"
    )


def test_one_damaged_line_is_one(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "polls.jsonl"
    path.write_bytes(encoded([*FAILED])[:-30])
    done = shell("replay", str(path))
    assert (done.code, done.err) == (0, "1 damaged line was skipped: line 3 (it is not JSON).\n")


def test_what_comes_before_damaged_compression_counts(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "polls.jsonl.gz"
    path.write_bytes(gzip.compress(encoded(FAILED))[:-3])
    done = shell("replay", str(path))
    assert done.code == 1
    assert done.out.startswith("1 incident in 1 min")
    assert done.err == f"{path} cannot be read to its end: its compression breaks off.\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(("replay", "nowhere"), 1, "Cannot read nowhere: there is no such file.", id="no file"),
        pytest.param(("replay", "/"), 1, "Cannot read /: it is a folder.", id="a folder"),
        pytest.param(("replay", "--database"), 1, "There is no database at", id="no database"),
        pytest.param(("replay",), 2, "Give either a file or --database.", id="neither"),
        pytest.param(("replay", "f", "--database"), 2, "Give either a file or --database.", id="both"),
        pytest.param(("replay", "f", "--since", "2d"), 2, "--since goes with --database.", id="since alone"),
        pytest.param(("replay", "--database", "--since", "soon"), 2, "soon", id="no length"),
        pytest.param(("replay", "f", "--config", "nowhere.yaml"), 2, "nowhere.yaml", id="no settings"),
        pytest.param(("record",), 2, "Missing argument", id="record what"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    shell: Shell, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    done = shell(*words, BOT_DATABASE_URL=f"sqlite:///{tmp_path / 'none.sqlite3'}")
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert done.err.count("\n") == 1


def test_a_recording_of_no_ocp_says_every_setting_that_is_missing(shell: Shell) -> None:
    done = shell("record", "polls.jsonl")
    assert (done.code, done.out) == (2, "")
    assert "OCP_URL is missing" in done.err
    assert not Path("polls.jsonl").exists()


async def _store(url: str, kept: list[Reading]) -> None:
    database = await open_database(url)
    for reading in kept:
        async with database.writing() as session:
            await session.append_observations(reading)
    await database.close()


def _stored_story(start: datetime) -> list[Reading]:
    """Two sources: one fails on the first day, the other on the third."""
    lines: list[dict[str, Any]] = []
    for day, source in ((0, "prod"), (3, "dr")):
        for number in range(6):
            at = start + timedelta(days=day) + number * POLL
            status = "FAILED" if number in {2, 3} else "RUNNING"
            lines.append(line(response(at, row("orders", at, status=status)), source=source))
    return [item for item in readings(lines) if isinstance(item, Reading)]


@pytest.mark.parametrize(
    ("words", "sources"),
    [
        pytest.param((), ["prod", "prod", "dr", "dr"], id="everything"),
        pytest.param(("--since", "2d"), ["dr", "dr"], id="two days"),
    ],
)
def test_what_is_stored_is_replayed_in_the_order_of_time(
    shell: Shell, tmp_path: Path, words: tuple[str, ...], sources: list[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    story = _stored_story(SystemClock().now() - timedelta(days=4))
    asyncio.run(_store(url, sorted(story, key=lambda reading: reading.cluster.source)))
    done = shell("replay", "--database", *words, "--json", BOT_DATABASE_URL=url)
    told = [json.loads(one) for one in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    assert [one["source"] for one in told] == sources
    assert [one["transition"] for one in told] == ["opened", "resolved"] * (len(sources) // 2)
    assert f"{len(sources) // 2} incident" in shell("replay", "--database", *words, BOT_DATABASE_URL=url).out


def _program(*words: str, environment: dict[str, str], **options: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", *words],
        env=plain_environment(environment),
        text=True,
        stderr=subprocess.PIPE,
        **options,
    )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as made:
        yield made


def _asked(world: Town, times: int) -> None:
    """Wait until OCP has been asked so often."""

    async def waiting() -> None:
        async with asyncio.timeout(20):
            await world.ocp.requests.until(times)

    world.elsewhere.do(waiting())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_recording_ends_cleanly_and_is_replayed(
    world: Town, shell: Shell, tmp_path: Path, number: signal.Signals
) -> None:
    path = tmp_path / "polls.jsonl"
    path.write_bytes(b'{"torn')
    world.fleet.fail("pay/orders", world.now())
    with _program(
        "record", str(path), environment=world.environment | {"BOT_POLL_INTERVAL": "1s"}
    ) as program:
        _asked(world, 7)
        program.send_signal(number)
        _, said = program.communicate(timeout=20)
    assert program.returncode == 0
    assert said.startswith(f"Recording ocp to {path} every 1 s. Press Ctrl-C to stop.\n")
    assert said.endswith(f"polls written to {path}.\n")
    assert "Traceback" not in said
    text = path.read_text()
    assert text.startswith('{"torn\n')
    assert KEY not in text
    recorded = [json.loads(one) for one in text.splitlines()[1:]]
    assert {(one["source"], one["cluster"]) for one in recorded} == {("ocp", 1000005), ("ocp", 1000006)}
    assert all(one["complete"] for one in recorded)
    done = shell("replay", "--json", str(path))
    assert [json.loads(one)["tenant"] for one in done.out.splitlines()] == ["orders"]
    assert done.err == "1 damaged line was skipped: line 1 (it is not JSON).\n"


def test_what_could_not_be_read_is_recorded(world: Town, tmp_path: Path) -> None:
    path = tmp_path / "polls.jsonl"
    world.elsewhere.call(lambda: world.ocp.faults.status(403))
    with _program(
        "record", str(path), environment=world.environment | {"BOT_POLL_INTERVAL": "1s"}
    ) as program:
        _asked(world, 2)
        program.send_signal(signal.SIGINT)
        _, said = program.communicate(timeout=20)
    assert program.returncode == 0
    (first, *_) = map(json.loads, path.read_text().splitlines())
    assert set(first) == {"source", "cluster", "at", "error"}
    assert (first["source"], first["cluster"]) == ("ocp", None)
    assert "(HTTP 403)" in first["error"]
    assert "(HTTP 403)" in said


@pytest.mark.parametrize("whom", [pytest.param(None, id="a page"), pytest.param(403, id="a failed read")])
def test_a_full_disk_ends_a_recording_with_a_sentence(world: Town, shell: Shell, whom: int | None) -> None:
    if whom is not None:
        world.elsewhere.call(lambda: world.ocp.faults.status(whom))
    done = shell("record", "/dev/full", **world.environment)
    assert done.code == 1
    assert done.err.splitlines()[-1] == (
        "Cannot write /dev/full: the disk is full. Make room, then go on with the same file."
    )


def test_a_file_that_cannot_be_written_ends_it_before_ocp_is_asked(world: Town, shell: Shell) -> None:
    done = shell("record", "/nowhere/polls.jsonl", **world.environment)
    assert done.code == 1
    assert "Cannot write /nowhere/polls.jsonl: there is no such file" in done.err
    assert len(world.ocp.requests) == 0


def test_whoever_reads_the_first_lines_alone_gets_no_complaint(tmp_path: Path) -> None:
    path = tmp_path / "polls.jsonl"
    flaps = []
    for number in range(4000):
        at = T0 + number * 20 * MINUTE
        flaps += [line(response(at, row("a", at, status="FAILED" if number % 4 < 2 else "RUNNING")))]
    path.write_bytes(encoded(flaps))
    with _program("replay", "--json", str(path), environment={}, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert '"opened"' in program.stdout.readline()
        program.stdout.close()
        assert program.stderr is not None
        said = program.stderr.read()
    assert (program.returncode, said) == (0, "")


def test_a_long_file_gets_a_bar_where_somebody_watches(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bar_module, "_STEP", 10)
    with (tmp_path / "screen").open("w+") as file:
        console = Console(force_terminal=True, width=60, file=file, record=True)
        read = iter(range(0, bar_module.LONG, bar_module.LONG // 50))
        with reading_bar(bar_module.LONG, lambda: next(read), console) as step:
            for _ in range(50):
                step()
    assert "MB" in console.export_text()


@pytest.mark.parametrize(
    ("size", "terminal"),
    [
        pytest.param(bar_module.LONG - 1, True, id="a short file"),
        pytest.param(bar_module.LONG, False, id="nobody watches"),
    ],
)
def test_no_bar_is_drawn_where_none_is_of_use(size: int, *, terminal: bool, tmp_path: Path) -> None:
    with (tmp_path / "screen").open("w+") as file:
        with reading_bar(size, lambda: size, Console(force_terminal=terminal, file=file)) as step:
            step()
        assert file.tell() == 0


def test_pay_is_what_the_simulation_calls_it() -> None:
    """The cluster of the samples and the one of the simulated world are the same."""
    assert (PAY.name, PAY.id) == ("pay", 1000005)
