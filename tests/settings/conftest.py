"""A folder in which settings files are written and read."""

from pathlib import Path

import pytest

from tests.settings.reading import Reading, reading_in


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """Write a text into a settings file and read it."""
    return reading_in(tmp_path)
