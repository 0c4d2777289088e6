"""The program as a whole: help, version, completion, pipes, Ctrl-C, and the settings' own commands."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml

from bot import __version__
from bot.cli.completion import continuations
from bot.cli.program import program
from tests.shell.world import Shell, Town, command_line, plain_environment

COMMANDS = sorted(program.commands)


def finished(
    words: Sequence[str], settings: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the program itself
        command_line(*words),
        env=plain_environment(settings or {}),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_every_command_is_there() -> None:
    assert COMMANDS == ["check", "completion", "config", "demo", "record", "replay", "run", "status", "tasks"]


@pytest.mark.parametrize(
    "words", [(), *((name,) for name in COMMANDS), ("config", "show"), ("config", "schema")], ids=" ".join
)
def test_every_level_has_help(shell: Shell, words: tuple[str, ...]) -> None:
    """Both spellings, on standard output, no line wider than an ordinary terminal, no settings needed."""
    said = shell(*words, "--help")
    assert (said.code, said.err) == (0, "")
    assert said.out == shell(*words, "-h").out
    assert said.out.startswith("Usage: logbackup-bot")
    assert [line for line in said.out.splitlines() if len(line) > 80] == []


def test_the_list_of_commands_tells_each_in_whole_words(shell: Shell) -> None:
    lines = shell("--help").out.partition("Commands:")[2].splitlines()
    ours = [
        line
        for line in lines
        if line.split()[:1] and line.split()[0] in {"check", "demo", "run", "status", "tasks"}
    ]
    assert len(ours) == 5
    assert [line for line in ours if not line.endswith(".") or line.endswith("...")] == []


@pytest.mark.parametrize("words", [(), ("run",), ("config", "show")], ids=" ".join)
def test_the_version_is_the_packages(shell: Shell, words: tuple[str, ...]) -> None:
    said = shell(*words, "--version")
    assert (said.code, said.out) == (0, f"logbackup-bot {__version__}\n")


VERBS = [
    *(("check",), ("run",), ("status",), ("tasks", "pay"), ("record", "f"), ("replay", "f")),
    ("config", "show"),
]


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_the_settings_file_is_named_before_or_behind_every_verb(shell: Shell, verb: tuple[str, ...]) -> None:
    """What stands behind counts where both are there."""
    places = [
        ("--config", "first.yaml", *verb),
        (*verb, "--config", "first.yaml"),
        (verb[0], "--config", "first.yaml", *verb[1:]),
        ("--config", "other.yaml", *verb, "--config", "first.yaml"),
    ]
    for words in places:
        said = shell(*words)
        assert (said.code, said.out) == (2, "")
        assert "The settings file 'first.yaml' cannot be read" in said.err


@pytest.mark.parametrize("verb", [("config", "schema"), ("completion", "bash")], ids=" ".join)
def test_who_reads_no_settings_minds_no_file(shell: Shell, verb: tuple[str, ...]) -> None:
    said = shell(*verb, "--config", "nowhere.yaml")
    assert (said.code, said.err) == (0, "")
    assert "--config" not in shell(*verb, "--help").out


def test_help_loads_nothing_that_is_slow() -> None:
    """Help has to come at once: no event loop, no settings model, no drawing, no database."""
    script = (
        "import sys; sys.argv = ['logbackup-bot', 'tasks', '--help']\n"
        "from bot.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sorted(name for name in sys.modules if '.' not in name))"
    )
    done = subprocess.run(  # noqa: S603 - as above
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "click" in loaded
    assert loaded & {"asyncio", "pydantic", "rich", "sqlalchemy", "slack_sdk", "httpx", "aiohttp"} == set()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("taks",), "No such command 'taks'"),
        (("tasks", "--jsn"), "No such option '--jsn'"),
        (("config", "shw"), "No such command 'shw'"),
        (("demo", "--port", "99999"), "Invalid value for '--port'"),
        (("demo", "--speed", "0"), "Invalid value for '--speed'"),
    ],
    ids=["command", "option", "subcommand", "port", "speed"],
)
def test_wrong_usage_is_one_sentence_and_2(shell: Shell, words: tuple[str, ...], sentence: str) -> None:
    said = shell(*words)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith(sentence)
    assert "--help`." in said.err


@pytest.mark.parametrize(
    ("verb", "before", "typed", "offered"),
    [
        ("tasks", "", "s", ["source:", "status:", "severity:", "since:", "sort:"]),
        ("status", "pay", "", ["source:", "cluster:", "tenant:", "path:"]),
        ("tasks", "", "severity:", ["severity:critical", "severity:warning"]),
        ("tasks", "", "status:st", ["status:starting", "status:stopping", "status:stopped"]),
        ("tasks", "", "problem:failed,sta", ["problem:failed,stalled"]),
        ("tasks", "severity :", "", ["critical", "warning"]),
        ("tasks", "severity", ":", ["critical", "warning"]),
        ("tasks", "pay sort :", "de", ["delay"]),
        ("tasks", "", "cluster:pa", []),
        ("status", "", "sort:", []),
        ("tasks", "", ":", []),
    ],
    ids=str,
)
def test_completion_offers_filters_and_their_words(
    verb: str, before: str, typed: str, offered: list[str]
) -> None:
    """Bash hands over what is around a colon as words of their own."""
    assert continuations(verb, before, typed) == offered


def test_a_shell_can_ask_for_completion() -> None:
    asking = {
        "_LOGBACKUP_BOT_COMPLETE": "bash_complete",
        "COMP_WORDS": "logbackup-bot tasks sev",
        "COMP_CWORD": "2",
    }
    assert finished([], asking).stdout == "plain,severity:\n"
    script = finished([], {"_LOGBACKUP_BOT_COMPLETE": "zsh_source"})
    assert script.returncode == 0
    assert "#compdef logbackup-bot" in script.stdout


def test_a_reader_that_goes_away_is_no_error(world: Town) -> None:
    """``logbackup-bot tasks | head -1`` says nothing of pipes."""
    program = subprocess.Popen(  # noqa: S603 - as above
        command_line("tasks"),
        env=plain_environment(world.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdout.close()
    told = program.stderr.read()
    program.stderr.close()
    program.wait(20)
    assert told == b""


@pytest.fixture
def heeded() -> Iterator[None]:
    """Let programs started here heed Ctrl-C, though the tests were started in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded")
def test_ctrl_c_ends_a_look_without_a_traceback(world: Town) -> None:
    world.ocp.faults.silence()
    program = subprocess.Popen(  # noqa: S603 - as above
        command_line("status"),
        env=plain_environment(world.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    world.elsewhere.do(world.ocp.requests.until(1))
    program.send_signal(signal.SIGINT)
    out, told = program.communicate(timeout=20)
    assert (program.returncode, out, told.strip()) == (1, "", "")


def test_config_show_masks_secrets_and_says_where_each_comes_from(
    shell: Shell, world: Town, tmp_path: Path
) -> None:
    config = tmp_path / "settings.yaml"
    config.write_text("poll_interval: 1m\n")
    said = shell("--config", str(config), "config", "show", **world.environment)
    assert (said.code, said.err) == (0, "")
    assert yaml.safe_load(said.out)["sources"][0]["password"] == "********"
    assert "poll_interval: 1m  # settings.yaml, line 1" in said.out
    assert world.environment["OCP_PASSWORD"] not in said.out
    assert world.environment["SLACK_BOT_TOKEN"] not in said.out


def test_config_show_needs_nothing_and_tells_mistakes(shell: Shell, tmp_path: Path) -> None:
    assert shell("config", "show").code == 0
    config = tmp_path / "settings.yaml"
    config.write_text("pol_interval: 1m\n")
    said = shell("config", "show", BOT_CONFIG=str(config), BOT_TIMEZONE="Europe/Berlyn")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 2)
    assert "did you mean poll_interval?" in said.err
    assert "did you mean Europe/Berlin?" in said.err


def test_config_schema_is_json_and_needs_no_settings(shell: Shell) -> None:
    said = shell("config", "schema", BOT_POLL_INTERVAL="never")
    assert said.code == 0
    schema = json.loads(said.out)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "sources" in schema["properties"]


def test_a_mistyped_command_gets_the_nearest_one_in_one_clean_sentence() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "rn"], capture_output=True, text=True, check=False, timeout=30
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("No such command 'rn'. ")
    assert ended.stderr.endswith(" See `logbackup-bot --help`.\n")
    assert "?." not in ended.stderr
