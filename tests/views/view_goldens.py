"""Compares a message with its golden file, strictly; ``UPDATE_GOLDEN=1`` writes the files anew."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from bot.sandbox.slack.payload_check import faults
from bot.views.blocks import Block, Message
from bot.views.forms import Form

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
    _assert_same(f"{name}.json", _json(payload(message)))


def assert_golden_form(name: str, form: Form) -> None:
    """Hold a dialog to Slack's limits and to its golden file."""
    view = {
        "type": "modal",
        "callback_id": form.callback,
        "title": {"type": "plain_text", "text": form.title},
        "submit": {"type": "plain_text", "text": form.submit},
        "close": {"type": "plain_text", "text": "Cancel"},
        "private_metadata": form.about,
        "blocks": list(form.blocks),
    }
    assert faults("modal", view) == []
    _assert_same(f"{name}.json", _json(view))


def assert_golden_home(name: str, blocks: Sequence[Block]) -> None:
    """Hold a Home tab to Slack's limits and to its golden file."""
    view = {"type": "home", "blocks": list(blocks)}
    assert faults("home", view) == []
    _assert_same(f"{name}.json", _json(view))


def assert_golden_text(name: str, text: str) -> None:
    """Hold a text to its golden file."""
    _assert_same(f"{name}.md", text)


def _json(thing: object) -> str:
    return json.dumps(thing, indent=2, ensure_ascii=False) + "\n"


def _assert_same(file: str, text: str) -> None:
    path = FOLDER / file
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
