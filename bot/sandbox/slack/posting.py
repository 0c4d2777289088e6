"""What the bot says, read and checked: for the Web API, response urls and acknowledgements."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.payload_check import (
    TEXT_CHARACTERS,
    Kind,
    content_faults,
    described,
    metadata_faults,
    size_faults,
    text_of_message_faults,
)
from bot.sandbox.slack.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Said:
    """The content of a message; None is what was not given."""

    text: str | None
    blocks: list[dict[str, Any]] | None
    attachments: list[dict[str, Any]] | None
    metadata: dict[str, Any] | None
    cut: bool = False


def read(arguments: Arguments) -> Said:
    """Read a message's content from a call."""
    blocks = arguments.data("blocks", "invalid_blocks_format")
    attachments = arguments.data("attachments", "invalid_attachments")
    metadata = arguments.data("metadata", "invalid_metadata_format")
    if blocks is not None and not _objects(blocks):
        raise Refusal("invalid_blocks_format")
    if attachments is not None and not _objects(attachments):
        raise Refusal("invalid_attachments")
    text = arguments.text("text") if "text" in arguments else None
    cut = text is not None and len(text) > TEXT_CHARACTERS
    return Said(text[:TEXT_CHARACTERS] if text and cut else text, blocks, attachments, metadata, cut=cut)


def check(kind: Kind, said: Said) -> None:
    """Refuse content that Slack would refuse, with its code."""
    payload = {"text": said.text, "blocks": said.blocks, "attachments": said.attachments}
    if not (said.text or "").strip() and not said.blocks and not said.attachments:
        raise Refusal("no_text")
    for message, _ in text_of_message_faults(kind, payload):
        raise Refusal("msg_too_long" if "less than" in message else "no_text")
    if list(size_faults(payload)):
        raise Refusal("msg_blocks_too_long")
    if found := list(content_faults(payload)):
        code = (
            "invalid_attachments" if all(w.startswith("/attachments") for _, w in found) else "invalid_blocks"
        )
        raise invalid(code, [described(fault) for fault in found])
    for message, _ in metadata_faults(said.metadata):
        raise Refusal("metadata_too_large" if "less than" in message else "invalid_metadata_format")


def invalid(code: str, messages: list[str]) -> Refusal:
    """Word a refusal as Slack does: the faults, and the same again as ``[ERROR]`` lines."""
    return Refusal(
        code,
        errors=messages,
        response_metadata={"messages": [f"[ERROR] {message}" for message in messages]},
    )


def _objects(value: Any) -> bool:  # noqa: ANN401 - JSON of any shape
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)
