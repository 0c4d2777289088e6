"""What a settings file that a test writes comes to: the settings, or the one mistake in it."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Loaded, load

Reading = Callable[[str], Loaded]


def reading_in(folder: Path) -> Reading:
    """Give what writes a text into a settings file and reads it."""

    def read(text: str) -> Loaded:
        path = folder / "settings.yaml"
        path.write_text(textwrap.dedent(text))
        return load({}, str(path))

    return read


def mistake_in(text: str, reading: Reading) -> str:
    """Give the one mistake of a file."""
    with pytest.raises(SettingsError) as caught:
        reading(text)
    (mistake,) = caught.value.mistakes
    return mistake
