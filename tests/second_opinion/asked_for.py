"""The switch that asks for a second opinion, and the programs of others that give it."""

import json
import os
from pathlib import Path

import pytest

SWITCH = "LOGBACKUP_SECOND_OPINION"
FOLDER = "LOGBACKUP_NPM_PACKAGES"
"""Names the folder in which npm installed what packages.txt lists."""
PINS = Path(__file__).with_name("packages.txt")

asked_for = pytest.mark.skipif(
    not os.environ.get(SWITCH),
    reason=f"a second opinion needs programs of others; {SWITCH}=1 asks for it, as .ci/run does",
)


def package(name: str) -> Path:
    """Give the folder of a package in the version that packages.txt pins; a missing one is a failure."""
    pinned = dict(line.rsplit("@", 1) for line in PINS.read_text().split())
    folder = Path(os.environ.get(FOLDER, "")) / "node_modules" / name
    about = folder / "package.json"
    if not about.is_file():
        pytest.fail(f"{name} is not there: npm install --prefix FOLDER $(cat {PINS}), and {FOLDER}=FOLDER")
    installed = json.loads(about.read_text())["version"]
    assert installed == pinned[name], f"{name} is there in version {installed}, and {pinned[name]} is pinned"
    return folder
