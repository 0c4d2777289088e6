"""What holds for all tests: hypothesis takes no time, and nobody waits for those who wait."""

import os
import sys
import threading
from collections.abc import Iterator
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Leave coverage to the tests of the core.

    pytest-cov's own mark is of no use: in a process of xdist's, coverage runs twice, and only one is paused.
    """
    path = item.path.relative_to(Path(__file__).parent)
    tracing, in_threads = sys.gettrace(), threading.gettrace()
    if tracing is None or not {path.parts[0], path.as_posix()} & UNTRACED:
        return (yield)
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracing)
        threading.settrace(in_threads)


def pytest_xdist_auto_num_workers() -> int:
    """Run one worker more than there are cores: tests of servers and browsers mostly wait."""
    return (os.cpu_count() or 1) + 1
