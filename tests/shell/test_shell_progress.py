"""What moves while people wait, in which colours, and what a shell completes: only where somebody watches."""

import io
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from bot.terminal import screen
from bot.terminal.reading_bar import MANY, time_bar
from tests.shell.world import Shell, Town, command_line, on_a_terminal, plain_environment

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")
MOVING = re.compile(r"\x1b\[\?25l|\r\x1b\[2K|\x1b\[1A")
"""A hidden cursor, a line that is wiped, a step up: signs of what is drawn over."""
TERMINAL = {"TERM": "xterm-256color", "COLUMNS": "80"}
START = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_terminal_gets_colours_and_something_that_moves(world: Town) -> None:
    shown = on_a_terminal(("status",), world.environment | TERMINAL)
    assert COLOUR.search(shown)
    assert "Reading OCP…" in shown
    assert "All 4 tasks are well" in shown


@pytest.mark.parametrize(
    "settings",
    [pytest.param({"NO_COLOR": "1"}, id="NO_COLOR"), pytest.param({"TERM": "dumb"}, id="a dumb terminal")],
)
def test_no_colours_are_shown_where_none_are_wanted(world: Town, settings: dict[str, str]) -> None:
    shown = on_a_terminal(("status",), world.environment | TERMINAL | settings)
    assert not COLOUR.search(shown)
    assert "All 4 tasks are well" in shown


@pytest.mark.parametrize("settings", [{}, {"FORCE_COLOR": "1"}], ids=["as usual", "FORCE_COLOR"])
def test_a_pipe_gets_nothing_that_moves_and_colours_only_by_force(
    world: Town, settings: dict[str, str]
) -> None:
    """Standard error may be a log: a picture drawn over itself would fill it."""
    done = subprocess.run(  # noqa: S603 - the program itself
        command_line("status"),
        env=plain_environment(world.environment | {"TERM": "xterm-256color"} | settings),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stderr == ""
    assert not MOVING.search(done.stdout)
    assert bool(COLOUR.search(done.stdout)) is bool(settings)


def test_who_records_sees_how_much_there_is(world: Town, tmp_path: Path) -> None:
    path = tmp_path / "polls.jsonl"
    settings = world.environment | TERMINAL | {"BOT_POLL_INTERVAL": "1s"}
    shown = on_a_terminal(("record", str(path)), settings, stop_at=b"2 polls, ")
    assert "Waiting for the first poll…" in shown
    assert "2 polls, 0.0 MB so far" in shown
    assert re.search(r"\d polls written to", shown)
    assert path.read_bytes().endswith(b"\n")


def test_what_is_recorded_to_no_file_has_no_size(world: Town) -> None:
    settings = world.environment | TERMINAL | {"BOT_POLL_INTERVAL": "1s"}
    assert "1 poll so far" in on_a_terminal(("record", "/dev/null"), settings, stop_at=b"1 poll so far")


def drawn(start: datetime | None, readings: int, *, watched: bool = True) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=60)
    console.quiet = not watched
    end = START + timedelta(minutes=readings)
    with time_bar(start, end, console) as step:
        for number in range(readings):
            step(START + timedelta(minutes=number + 1))
    return out.getvalue()


def test_many_stored_readings_get_a_bar_that_ends_full() -> None:
    assert "100%" in drawn(START, 2 * MANY)
    assert "100%" in drawn(None, 2 * MANY)


def test_few_readings_or_nobody_who_watches_get_none() -> None:
    assert drawn(START, MANY - 1) == ""
    assert drawn(START, MANY, watched=False) == ""


def test_who_waits_is_told_what_for_and_nobody_else(capsys: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    with screen.waiting("Reading…", Console(file=out, force_terminal=True, width=60)) as newer:
        assert "Reading…" in out.getvalue(), "at once"
        newer("Still reading…")
        assert "Still reading…" in out.getvalue(), "at once"
    with screen.waiting("Reading…") as newer:
        newer("Still reading…")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("shell_name", "sign"),
    [
        ("bash", "complete -o nosort -F _logbackup_bot_completion logbackup-bot"),
        ("zsh", "#compdef logbackup-bot"),
        ("fish", "complete --no-files --command logbackup-bot"),
    ],
)
def test_each_shell_gets_a_script_of_its_own(shell: Shell, shell_name: str, sign: str) -> None:
    said = shell("completion", shell_name)
    assert (said.code, said.err) == (0, "")
    assert sign in said.out


def test_a_shell_that_is_not_known_is_told_in_one_sentence(shell: Shell) -> None:
    said = shell("completion", "tcsh")
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "Invalid value for '{bash|zsh|fish}': 'tcsh' is not one of 'bash', 'zsh', 'fish'. "
        "See `logbackup-bot completion --help`.\n"
    )


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("logbackup-bot co", "completion config"),
        ("logbackup-bot completion f", "fish"),
        ("logbackup-bot tasks sev", "severity:"),
        ("logbackup-bot tasks severity : c", "critical"),
    ],
)
def test_a_real_bash_completes_what_is_typed(tmp_path: Path, typed: str, offered: str) -> None:
    """As ``eval "$(logbackup-bot completion bash)"`` has it, with the program found by its name."""
    program = tmp_path / "logbackup-bot"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n')
    program.chmod(0o755)
    words = typed.split()
    script = (
        f'PATH="{tmp_path}:$PATH"; eval "$(logbackup-bot completion bash)"; '
        f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; "
        '_logbackup_bot_completion logbackup-bot; echo "${COMPREPLY[*]}"'
    )
    done = subprocess.run(  # noqa: S603 - a script of our own
        ["/bin/bash", "--norc", "-c", script],
        env=plain_environment({}),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert (sorted(done.stdout.split()), done.stderr) == (sorted(offered.split()), "")
