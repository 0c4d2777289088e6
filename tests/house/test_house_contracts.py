"""The law of the house, held by the test command: style, types, layers, and what no tool checks."""

import ast
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 300
BANNED_NAMES = frozenset(
    {
        "utils",
        "util",
        "helpers",
        "helper",
        "common",
        "core",
        "base",
        "manager",
        "service",
        "types",
        "constants",
        "misc",
    }
)
REASONS = {
    "noqa": re.compile(r"noqa: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)* - \S"),
    "type: ignore": re.compile(r"type: ignore\[[\w, -]+\] +# \S"),
    "pragma: no": re.compile(r"pragma: no (cover|branch) - \S"),
}
MACHINE = re.compile("|".join(("/" + "work/", "/opt/" + "[a-z]", "/" + "root/", "/home/" + "[a-z]+/")))
REGISTRY = re.compile(
    "|".join(
        (
            "pypi" + r"\.org",
            "python" + "hosted",
            "npm" + "js",
            "--(extra-)?index-" + "url",
            "--find-" + "links",
        )
    )
)
READERS = {
    "time": {
        "time",
        "time_ns",
        "monotonic",
        "monotonic_ns",
        "perf_counter",
        "perf_counter_ns",
        "sleep",
        "localtime",
        "gmtime",
    },
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "asyncio": {"sleep"},
}
"""What reads the clock, by the name it is called on."""


@cache
def files() -> tuple[Path, ...]:
    """Give every file of the project: what git knows and what it would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    if listed.returncode == 0:
        return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())
    return tuple(
        path for path in ROOT.rglob("*") if path.is_file() and "/." not in str(path.relative_to(ROOT))
    )


def modules(*folders: str) -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]


def place(path: Path, line: int = 0) -> str:
    name = str(path.relative_to(ROOT))
    return f"{name}:{line}" if line else name


def run(*command: str) -> None:
    """Run a tool of this environment over the project; its words are the failure's."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own tools
    if done.returncode:
        pytest.fail(f"{' '.join(command[1:])}\n{done.stdout}\n{done.stderr}", pytrace=False)


def test_types_are_right() -> None:
    run(sys.executable, "-m", "mypy", "--no-error-summary")


def test_the_linter_is_content() -> None:
    run(sys.executable, "-m", "ruff", "check", "--output-format=concise", ".")


def test_the_format_is_the_formatters() -> None:
    run(sys.executable, "-m", "ruff", "format", "--check", ".")


def test_imports_point_inward() -> None:
    run(
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())",
    )


def test_no_module_is_longer_than_it_can_be_read() -> None:
    lengths = {
        place(path): len(path.read_text().splitlines())
        for path in modules("bot")
        if "migrations" not in path.parts
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_every_module_says_in_one_sentence_what_it_is() -> None:
    silent = []
    for path in modules("bot"):
        said = ast.get_docstring(ast.parse(path.read_text()))
        if not said or not said.partition("\n\n")[0].rstrip().endswith((".", ":", "::")):
            silent.append(place(path))
    assert silent == []


def test_modules_are_named_by_their_subject() -> None:
    assert [
        place(path)
        for path in modules("bot", "tests")
        if BANNED_NAMES & {*path.relative_to(ROOT).with_suffix("").parts}
    ] == []


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def test_fakes_are_used_and_never_mocks() -> None:
    found = [
        place(path, line)
        for path in modules("bot", "tests")
        for line, name in imported(ast.parse(path.read_text()))
        if name.startswith(("unittest.mock", "mock.", "pytest_mock"))
    ]
    assert found == []


def readings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Find where the clock is read: calls, and names taken so that they could be called bare."""
    for line, name in imported(tree):
        module, _, what = name.rpartition(".")
        if module == "time" and what in READERS["time"]:
            yield line, name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if node.attr in READERS.get(owner, ()) and not is_yield(tree, node):
                yield node.lineno, f"{owner}.{node.attr}"


def is_yield(tree: ast.AST, name: ast.Attribute) -> bool:
    """Whether it is ``asyncio.sleep(0)``, which lets others run and waits for nothing."""
    return any(
        isinstance(node, ast.Call)
        and node.func is name
        and [argument.value for argument in node.args if isinstance(argument, ast.Constant)] == [0]
        for node in ast.walk(tree)
    )


def test_only_the_clock_reads_the_clock() -> None:
    found = [
        f"{place(path, line)} {name}"
        for path in modules("bot")
        if path != ROOT / "bot" / "clock.py"
        for line, name in readings(ast.parse(path.read_text()))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import time\ntime.time()", ["time.time"]),
        ("from time import monotonic", ["time.monotonic"]),
        ("import datetime\ndatetime.datetime.now()", ["datetime.now"]),
        ("from datetime import datetime\nread = datetime.utcnow", ["datetime.utcnow"]),
        ("import asyncio\nawait asyncio.sleep(0.1)", ["asyncio.sleep"]),
        ("import asyncio\nawait asyncio.sleep(span)", ["asyncio.sleep"]),
        ("import asyncio\nawait asyncio.sleep(0)", []),
        ("now = clock.now()\nclock.monotonic()\nawait clock.sleep(span)", []),
        ("from datetime import time, datetime\ndatetime.fromtimestamp(1, UTC)", []),
    ],
)
def test_the_search_for_clocks_finds_them(code: str, found: list[str]) -> None:
    tree = compile(code, "code", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert isinstance(tree, ast.AST)
    assert [name for _, name in readings(tree)] == found


def texts() -> Iterator[tuple[Path, str]]:
    for path in files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


@pytest.mark.parametrize("banned", [MACHINE, REGISTRY], ids=["a path of one machine", "a package registry"])
def test_no_file_names(banned: re.Pattern[str]) -> None:
    found = [
        f"{place(path, number)} {match.group()}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if (match := banned.search(line))
    ]
    assert found == []


def comments(path: Path) -> Iterator[tuple[int, str]]:
    with tokenize.open(path) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def test_every_exemption_gives_its_reason() -> None:
    found = [
        f"{place(path, line)} {comment}"
        for path in modules("bot", "tests")
        for line, comment in comments(path)
        for word, reason in REASONS.items()
        if word in comment and not reason.search(comment)
    ]
    assert found == []


def test_nothing_is_left_to_be_done_later() -> None:
    found = [
        place(path, line)
        for path in modules("bot", "tests")
        for line, comment in comments(path)
        if re.search(r"\b(TODO|FIXME|HACK)\b", comment)
    ]
    assert found == []
