"""Block Kit, held to Slack's limits: the one place that knows them.

Source of every figure: Slack's reference of blocks and composition objects.
"""

from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]

MESSAGE_BLOCKS = 50
MODAL_BLOCKS = 100
SECTION_TEXT = 3000
SECTION_FIELDS = 10
FIELD_TEXT = 2000
HEADER_TEXT = 150
ACTION_ELEMENTS = 25
CONTEXT_ELEMENTS = 10
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
MESSAGE_TEXT = 4000
PAYLOAD = 13_000


@dataclass(frozen=True, slots=True)
class Message:
    """A message: ``text`` is the notification and what a screen reader says, never empty."""

    text: str
    blocks: tuple[Block, ...] = ()


def escape(text: str) -> str:
    """Escape ``&``, ``<`` and ``>``, the only characters Slack gives a meaning that could page people."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
