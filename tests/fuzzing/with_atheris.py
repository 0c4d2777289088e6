"""Coverage-guided fuzzing of the doors, opt-in: it needs ``pip install atheris``.

``python tests/fuzzing/with_atheris.py commands`` (or ``pages``, or ``recordings``) takes any bytes: a value
or the one error that says so may come of them, and nothing else. It runs until it is stopped, or ``-runs=N``.
"""

import importlib
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from bot.commands import parse, to_text
from bot.domain.task import Cluster, ClusterId, SourceName
from bot.errors import SourceError, UserMistake
from bot.ocp.pages import parse_page
from bot.recordings.lines import LineDamaged, read_line

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PAY = Cluster(SourceName("prod"), ClusterId(1), "pay")


def commands(data: bytes) -> None:
    """Read any text as a command, and write what it means so that it means the same."""
    try:
        command = parse(data.decode("utf-8", "replace"), now=NOW, zone=UTC)
    except UserMistake:
        return
    assert parse(to_text(command), now=NOW, zone=UTC) == command


def pages(data: bytes) -> None:
    """Read any answer of OCP's as a page of tasks."""
    try:
        parse_page(data, PAY)
    except SourceError:
        return


def recordings(data: bytes) -> None:
    """Read any line of a recording."""
    try:
        read_line(data)
    except LineDamaged:
        return


DOORS: dict[str, Callable[[bytes], None]] = {"commands": commands, "pages": pages, "recordings": recordings}


def main() -> None:
    """Fuzz one door."""
    atheris = importlib.import_module("atheris")
    door = DOORS[sys.argv.pop(1)]
    atheris.instrument_all()
    atheris.Setup(sys.argv, door)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
