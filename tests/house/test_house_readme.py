"""The README says what the code does."""

import ast
import re
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest
import yaml

import bot.app
import bot.demo.living_bot
from bot.cli.program import program
from bot.commands.filters import FILTERS
from bot.settings.variables import KNOWN, VARIABLES
from tests.house.readme_reference import PARTS, README, ROOT, renewed
from tests.settings.test_settings_whole import WHOLE

TEXT = README.read_text()
LINE = " ".join(TEXT.split())


def test_what_comes_from_the_code_is_as_the_code_has_it() -> None:
    assert renewed(TEXT) == TEXT, "run: python tests/house/readme_reference.py"


@pytest.mark.parametrize("part", PARTS)
def test_each_generated_part_has_its_place(part: str) -> None:
    assert TEXT.count(f"<!-- {part} -->") == 1


def test_every_file_that_it_names_exists() -> None:
    named = re.findall(r"\]\((?!http|#)([^)]+)\)", TEXT)
    assert named
    assert [name for name in named if not (ROOT / name.partition("#")[0]).exists()] == []


def test_every_path_of_ours_that_it_names_exists() -> None:
    named = {found.rstrip("/") for found in re.findall(r"(?<![\w/.-])(?:bot|tests)/[\w/]+(?:\.\w+)?", TEXT)}
    assert {"bot/domain/look.py", "tests/benchmarks/storm.py"} <= named
    assert [name for name in named if not (ROOT / name).exists()] == []


def project() -> dict[str, object]:
    found: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return found


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_what_it_takes_to_begin_is_what_the_project_asks_for() -> None:
    about = project()
    least = str(about["requires-python"]).removeprefix(">=")
    assert f"Python {least} or later is all you need." in LINE
    extras, scripts = about["optional-dependencies"], about["scripts"]
    assert isinstance(extras, dict)
    assert isinstance(scripts, dict)
    try_it, pass_the_tests = (block for block in blocks("sh") if ".venv/bin/pip install" in block)
    assert [try_it.split()[-2].removeprefix(".venv/bin/")] == list(scripts)
    assert set(re.findall(r"\.\[(\w+)\]", pass_the_tests)) <= extras.keys()
    assert any(one.startswith("pytest>") for one in extras["test"])


def test_its_licence_is_the_projects() -> None:
    about = project()
    assert TEXT.rstrip().endswith(f"## Licence\n\n[{about['license']}](LICENSE).")
    assert about["license-files"] == ["LICENSE"]
    assert "Apache License" in (ROOT / "LICENSE").read_text()


def test_the_bot_of_the_demo_is_the_real_one() -> None:
    """Both are put together by the composition root."""
    assert vars(bot.demo.living_bot)["running"] is bot.app.running


def commands() -> Iterator[list[str]]:
    """Find the command lines of the program, in sentences and in blocks of code."""
    for found in re.findall(r"logbackup-bot ((?:--?[a-z]|[a-z]+\b)[^`&|\n]*)", TEXT):
        yield found.strip(" \\").split()


def rest_of(words: list[str]) -> list[str]:
    """Walk down the program's commands; give what of these words is neither one nor an option of it."""
    command: click.Command = program
    left = []
    for word in words:
        known = {option for one in command.params for option in one.opts}
        if isinstance(command, click.Group) and word in command.commands:
            command = command.commands[word]
        elif word not in {*known, "--help", "--config"} and not word.startswith("/"):
            left.append(word)
    return left


SHELL = {"check", "config", "demo", "record", "replay", "run", "status", "tasks"}


def test_every_command_that_it_gives_is_one() -> None:
    given = [words for words in commands() if words[0] in {*SHELL, "--help", "--config"}]
    assert {word for words in given for word in words} >= SHELL
    assert [words for words in given if rest_of(words)] == []
    assert rest_of(["check", "--send-test-alarm"]) == ["--send-test-alarm"]
    assert rest_of(["chekc"]) == ["chekc"]
    exported = {name for block in blocks("sh") for name in re.findall(r"\b([A-Z]+_[A-Z_]+)=", block)}
    assert exported <= {*KNOWN}
    assert exported


def test_it_invites_the_bot_by_its_name() -> None:
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text())
    assert f"`/invite @{manifest['features']['bot_user']['display_name']}`" in TEXT


def test_the_filters_are_all_that_narrow_down() -> None:
    """What comes before a silence's end, a reason or a note is no filter."""
    said = LINE.partition("Filters are words: ")[2].partition(". ")[0]
    told = [re.split(r"[:>]", word)[0] for word in re.findall(r"`([^`]+)`", said)]
    assert told == [name for name in FILTERS if name not in {"until", "reason", "text"}]


def test_a_name_in_the_file_is_the_variables_without_bot() -> None:
    for variable in VARIABLES:
        if not variable.of_source:
            assert variable.field == variable.name.lower().removeprefix("bot_")


def test_the_example_of_the_settings_is_the_one_that_is_tried() -> None:
    """A test of the settings takes it without a word, and the schema does."""
    (example,) = (block for block in blocks("yaml") if "maintenance_windows" in block)
    assert example.strip() == textwrap.dedent(WHOLE).strip()


@cache
def libraries(*places: str) -> dict[str, set[str]]:
    """Find what is imported there and is neither ours nor Python's own, by distribution, with where."""
    found: dict[str, set[str]] = {}
    distributions = packages_distributions()
    for place in places:
        path = ROOT / "bot" / place
        for file in [path] if path.is_file() else path.rglob("*.py"):
            for name in imports(file):
                if name not in sys.stdlib_module_names and name != "bot":
                    for one in distributions.get(name, [name]):
                        found.setdefault(one.lower().replace("_", "-"), set()).add(place)
    return found


@cache
def imports(file: Path) -> frozenset[str]:
    """Find the names of the packages that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return frozenset(found)


USED = {
    "httpx": ("ocp",),
    "stamina": ("ocp",),
    "aiohttp": ("ocp", "monitoring"),
    "pydantic": ("ocp", "settings"),
    "sqlalchemy": ("storage",),
    "alembic": ("storage",),
    "apscheduler": ("schedule.py",),
    "slack-bolt": ("slack",),
    "slack-sdk": ("slack",),
    "click": ("cli",),
    "rich": ("terminal",),
    "structlog": ("logs",),
    "pytimeparse2": ("commands",),
    "zstandard": ("storage", "recordings"),
    "msgspec": ("domain",),
    "numpy": ("storage",),
    "matplotlib": ("charts",),
    "prometheus-client": ("monitoring",),
    "python-dateutil": ("commands",),
}


def test_what_is_a_library_is_used_where_it_is_said_to_be() -> None:
    for name, places in USED.items():
        assert name in LINE
        for place in places:
            assert name in libraries(place), f"{name} in {place}"
    assert "typer" not in libraries(".")
    assert "aiolimiter" not in libraries(".")
    assert "difflib" in imports(ROOT / "bot" / "domain" / "patterns.py")


def test_the_core_knows_the_libraries_that_are_named() -> None:
    core = libraries("domain", "commands", "views", "operations", "errors.py")
    assert set(core) == {"msgspec", "numpy", "pytimeparse2", "python-dateutil", "zstandard"}
    said = LINE.partition("Libraries live at the edge")[2].partition(". ")[0]
    assert all(name in said for name in core)


def test_the_edges_are_those_of_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (strangers,) = (one["modules"] for one in contracts if one["type"] == "independence")
    said = LINE.partition("Libraries live at the edge")[2].partition(". ")[0].partition(": ")[2]
    told = re.findall(r"`(\w+)`", said.partition(";")[0])
    assert sorted(told) == sorted(name.removeprefix("bot.") for name in strangers)


OPENING = re.compile(
    r"open_connection|create_connection|ClientSession\(|AsyncClient\(|WebClient\(|urlopen|HTTPConnection\("
    r"|(?<!class )\bClient\(|smtplib|ftplib|socket\.socket"
)
OPENED = {
    "bot/ocp/connection.py": "OCP",
    "bot/ocp/transport.py": "OCP",
    "bot/slack/bolt.py": "Slack",
    "bot/slack/files.py": "Slack",
    "bot/slack/inspection.py": "Slack",
    "bot/monitoring/ping.py": "the heartbeat",
    "bot/checking/address.py": "its own address",
    "bot/healthcheck.py": "its own address",
}
"""Who opens a connection, and to whom; the database's are opened by its driver."""


def test_connections_are_opened_by_few_and_each_is_known() -> None:
    places = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "bot").rglob("*.py")
        if "sandbox" not in file.parts and OPENING.search(file.read_text())
    }
    assert places == OPENED.keys()


def test_nothing_is_unpickled() -> None:
    """A process that draws gets what we made, by Python's own hand; no module of ours reads a pickle."""
    reading = {"pickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle"}
    found = {str(file) for file in (ROOT / "bot").rglob("*.py") if reading & imports(file)}
    assert found == set()
    assert "np.load(" not in "".join(file.read_text() for file in (ROOT / "bot").rglob("*.py"))
