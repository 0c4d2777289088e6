"""What holds for all tests: hypothesis takes no time, and nobody waits for those who wait."""

import os

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_xdist_auto_num_workers() -> int:
    """Run one worker more than there are cores: tests of servers and browsers mostly wait."""
    return (os.cpu_count() or 1) + 1
