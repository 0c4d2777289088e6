"""Prometheus's own tool, where it is installed (Debian's package is named prometheus)."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def promtool(*arguments: str | Path, given: str | None = None) -> str:
    """Run promtool, with ``given`` on standard input; what it complains of is the failure's words."""
    tool = shutil.which("promtool")
    if tool is None:
        if os.environ.get("LOGBACKUP_REQUIRE_PROMTOOL"):
            pytest.fail("promtool is not there, and LOGBACKUP_REQUIRE_PROMTOOL asks for it")
        pytest.skip("promtool is not there to check the rules with")
    done = subprocess.run(  # noqa: S603 - our own arguments
        [tool, *map(str, arguments)], input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(f"promtool {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}", pytrace=False)
    return done.stdout
