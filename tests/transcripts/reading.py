"""What a person reads in Slack: the words of a message, a dialog or a Home tab, as the client shows them."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.sandbox.slack import Message, View

_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
_NAMED = re.compile(r"<[^|<>]*\|([^<>]*)>")
_BOLD = re.compile(r"\*([^*\n]+)\*")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))

Json = dict[str, Any]


def words_of(shown: Message | View) -> str:
    """Give every word that somebody sees, labels of buttons and choices too, in order."""
    return plain("\n".join(_texts(list(shown.blocks))) or getattr(shown, "text", ""))


def plain(markup: str) -> str:
    """Show markup as the client does: times and links by their words, nothing escaped, no stars."""
    text = _NAMED.sub(r"\1", _DATE.sub(r"\1", markup))
    for entity, letter in _ENTITIES:
        text = text.replace(entity, letter)
    return _BOLD.sub(r"\1", text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in ("text", "alt_text", "initial_value") and isinstance(inner, str):
                yield inner
            else:
                yield from _texts(inner)


def elements(blocks: Sequence[Json]) -> Iterator[Json]:
    """Give everything that can be pressed, and each choice of a menu as if it were a button."""
    for block in blocks:
        parts = [*block.get("elements", []), block.get("accessory") or {}]
        for part in parts:
            if part.get("type") == "button":
                yield part
            elif part.get("type") == "overflow":
                for option in part["options"]:
                    yield {
                        "action_id": part["action_id"],
                        "text": option["text"],
                        "value": option["value"],
                    } | {"is_choice": True}


def labels(shown: Message | View) -> list[str]:
    """Give what stands on everything that can be pressed."""
    return [one["text"]["text"] for one in elements(list(shown.blocks))]


def button(shown: Message | View, label: str, meaning: str | None = None) -> Json:
    """Find what is pressed, by what stands on it, and by the command that it means."""
    for one in elements(list(shown.blocks)):
        if one["text"]["text"] == label and meaning in (None, one["value"]):
            return one
    raise AssertionError(f"there is no {label} among {labels(shown)}")
