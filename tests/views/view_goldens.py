"""Compares a message with its golden file, strictly; ``UPDATE_GOLDEN=1`` writes the files anew."""

import json
import os
from pathlib import Path

from bot.sandbox.slack.payload_check import faults
from bot.views.blocks import Message

FOLDER = Path(__file__).parent.parent / "golden" / "views"


def payload(message: Message) -> dict[str, object]:
    """Give a message as it is posted."""
    return {"text": message.text, "blocks": list(message.blocks)}


def assert_fit_for_slack(message: Message) -> None:
    """Hold a message to all of Slack's limits, as a post and as an edit."""
    assert faults("message", payload(message)) == []
    assert faults("edit", payload(message)) == []


def assert_golden(name: str, message: Message) -> None:
    """Hold a message to Slack's limits and to its golden file."""
    assert_fit_for_slack(message)
    path = FOLDER / f"{name}.json"
    text = json.dumps(payload(message), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
