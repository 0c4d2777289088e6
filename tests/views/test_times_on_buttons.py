"""A time on the button of a suggestion is said as people write it; what is no time stays as it is."""

from zoneinfo import ZoneInfo

import pytest

from bot.errors import UserMistake
from bot.views.mistake import mistake_message


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("silence 4 until 2026-03-14T05:00:00Z", "silence 4 until 2026-03-14 13:00"),
        ("silence 4 until 2026-13-14T05:00:00Z", "silence 4 until 2026-13-14T05:00:00Z"),
        ("silence 4 until monday", "silence 4 until monday"),
    ],
)
def test_a_button_says_a_time_as_people_write_it(text: str, label: str) -> None:
    blocks = mistake_message(UserMistake("Which one?", (text,)), ZoneInfo("Asia/Shanghai")).blocks
    (button,) = next(block["elements"] for block in blocks if block["type"] == "actions")
    assert (button["text"]["text"], button["value"]) == (label, text)
