"""What the tests of the shell share."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.shell.world import Shell, Town, make_shell, town


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
def world(tmp_path: Path) -> Iterator[Town]:
    """Two clusters with two tenants each, a Slack with a channel, and settings that fit."""
    with town(tmp_path) as made:
        yield made
