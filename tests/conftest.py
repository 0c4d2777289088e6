"""What holds for all tests: hypothesis takes no time, and nobody waits for those who wait."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")

UNTRACED = frozenset(
    {
        "end_to_end",
        "house",
        "replays/test_fuzz_recordings.py",
        "replays/test_replay_commands.py",
        "replays/test_replay_is_the_watch.py",
        "replays/test_replay_of_the_demo.py",
        "replicas",
        "sandbox_ocp",
        "sandbox_page",
        "sandbox_slack",
        "sandbox_world",
        "second_opinion",
        "settings",
        "slack_edge",
        "storage",
        "transcripts",
        "views/test_view_limits.py",
    }
)
"""Whose tests cover nothing of the core that others do not: untraced they take half the time, or a fifth."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave coverage to the tests of the core; with ``--no-cov`` there is nothing to leave."""
    if config.getoption("--no-cov"):
        return
    here = Path(__file__).parent
    for item in items:
        path = item.path.relative_to(here)
        if path.parts[0] in UNTRACED or path.as_posix() in UNTRACED:
            item.add_marker(pytest.mark.no_cover)


def pytest_xdist_auto_num_workers() -> int:
    """Run one worker more than there are cores: tests of servers and browsers mostly wait."""
    return (os.cpu_count() or 1) + 1
