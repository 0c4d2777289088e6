"""Every limit of Slack on what is posted, in one pure function that golden tests call too.

Three layers: the SDK's own models (a block must come through them unchanged), the rules of each block, and
the rules of the whole (numbers of blocks, ids used twice, sizes).
"""

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.sandbox.slack.block_rules import MARKDOWN_CHARACTERS, block_faults
from bot.sandbox.slack.channel import walk
from bot.sandbox.slack.element_rules import PLAIN, Fault, listed, string_faults, text_faults

Kind = Literal["message", "edit", "ephemeral", "modal", "home"]

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_CHARACTERS = 13_000
VIEW_CHARACTERS = 250_000
TEXT_CHARACTERS = 40_000
EDITED_TEXT_CHARACTERS = 4_000
ATTACHMENTS = 100
METADATA_CHARACTERS = 8_000
_VIEW_KEYS = {
    "type",
    "title",
    "submit",
    "close",
    "blocks",
    "private_metadata",
    "callback_id",
    "external_id",
    "clear_on_close",
    "notify_on_close",
    "submit_disabled",
}
_UNPARSED = (SlackObjectFormationError, TypeError, ValueError, KeyError, AttributeError, Warning)


def faults(kind: Kind, payload: Mapping[str, Any]) -> list[str]:
    """Say everything that Slack would not take about a message (or view) payload; empty when all is well.

    ``message`` and ``ephemeral`` are what is posted, ``edit`` what a message is replaced with; ``modal`` and
    ``home`` are views. A message has ``text``, ``blocks``, ``attachments``, ``metadata``.
    """
    if kind in {"modal", "home"}:
        found = list(view_faults(payload))
        if payload.get("type") != kind:
            found.append((f"must be of type {kind}", "/view/type"))
    else:
        found = [*text_of_message_faults(kind, payload), *content_faults(payload)]
        found += metadata_faults(payload.get("metadata"))
        found += size_faults(payload)
    return [described(fault) for fault in found]


def described(fault: Fault) -> str:
    """Say a fault as Slack's answers do."""
    return f"{fault[0]} [json-pointer:{fault[1]}]"


def text_of_message_faults(kind: Kind, payload: Mapping[str, Any]) -> Iterator[Fault]:
    """Hold a message's text to its length; beside blocks it is what is notified and read aloud."""
    text = payload.get("text") or ""
    attachments = payload.get("attachments") or []
    if not isinstance(text, str):
        yield "must be a string", "/text"
        return
    limit = EDITED_TEXT_CHARACTERS if kind == "edit" else TEXT_CHARACTERS
    if len(text) > limit:
        yield f"must be less than {limit + 1} characters", "/text"
    spoken = isinstance(attachments, list) and all(
        isinstance(attachment, dict) and attachment.get("fallback") for attachment in attachments
    )
    if not text.strip() and (payload.get("blocks") or not (attachments and spoken)):
        yield "must not be empty: it is the notification and what a screen reader says", "/text"


def content_faults(payload: Mapping[str, Any]) -> Iterator[Fault]:
    """Hold blocks and attachments of a message to the rules."""
    blocks = payload.get("blocks") or []
    attachments = payload.get("attachments") or []
    yield from _blocks_faults(blocks, "/blocks", "message", MESSAGE_BLOCKS)
    everything = [*listed(blocks)]
    if not isinstance(attachments, list):
        yield "must be an array", "/attachments"
        attachments = []
    if len(attachments) > ATTACHMENTS:
        yield f"no more than {ATTACHMENTS} items allowed", "/attachments"
    for index, attachment in enumerate(attachments):
        where = f"/attachments/{index}"
        if not isinstance(attachment, dict) or not {"blocks", "text", "fallback"} & set(attachment):
            yield "must have blocks, text or fallback", where
            continue
        inside = attachment.get("blocks") or []
        yield from _blocks_faults(inside, f"{where}/blocks", "message", MESSAGE_BLOCKS)
        everything += listed(inside)
    yield from _together_faults(everything, "/blocks")


def size_faults(payload: Mapping[str, Any]) -> Iterator[Fault]:
    """Hold a message's blocks and attachments to their size together, as compact JSON."""
    parts = [payload.get("blocks") or [], payload.get("attachments") or []]
    if sum(len(_compact(part)) for part in parts if part) > MESSAGE_CHARACTERS:
        yield f"must be less than {MESSAGE_CHARACTERS + 1} characters together", "/blocks"


def metadata_faults(metadata: Any) -> Iterator[Fault]:  # noqa: ANN401 - JSON of any shape
    """Hold a message's metadata to its form and size."""
    if metadata in (None, {}):
        return
    where = "/metadata"
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        yield "must be an object of event_type and event_payload", where
        return
    yield from string_faults(metadata.get("event_type"), f"{where}/event_type", 255)
    if not isinstance(metadata.get("event_payload"), dict):
        yield "must be an object", f"{where}/event_payload"
    if len(_compact(metadata)) > METADATA_CHARACTERS:
        yield f"must be less than {METADATA_CHARACTERS + 1} characters", where


def view_faults(view: Mapping[str, Any]) -> Iterator[Fault]:
    """Hold a dialog or a Home tab to the rules."""
    kind = view.get("type")
    if kind not in ("modal", "home"):
        yield f"unsupported type: {kind}", "/view/type"
        return
    for name in sorted(set(view) - _VIEW_KEYS):
        yield f"unknown property {name}", "/view"
    for name, limit in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if name in view:
            yield from string_faults(view[name], f"/view/{name}", limit, 0)
    yield from _titles_faults(view, str(kind))
    blocks = view.get("blocks")
    yield from _blocks_faults(blocks, "/view/blocks", str(kind), VIEW_BLOCKS)
    if isinstance(blocks, list):
        if not blocks:
            yield "no fewer than 1 items allowed", "/view/blocks"
        yield from _together_faults(blocks, "/view/blocks")
    if too_large(view):
        yield f"must be less than {VIEW_CHARACTERS + 1} characters", "/view"
    try:
        View(**view).to_dict()
    except _UNPARSED as error:
        yield f"not as the SDK models it: {error}", "/view"


def too_large(view: Mapping[str, Any]) -> bool:
    """Say whether a view is over the size of any view."""
    return len(_compact(view)) > VIEW_CHARACTERS


def _titles_faults(view: Mapping[str, Any], kind: str) -> Iterator[Fault]:
    for name in ("title", "submit", "close"):
        if name in view and kind == "home":
            yield "a Home tab has none", f"/view/{name}"
        elif name in view or (name == "title" and kind == "modal"):
            yield from text_faults(view.get(name), f"/view/{name}", 24, PLAIN)
    blocks = view.get("blocks")
    blocks = listed(blocks)
    inputs = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
    if kind == "modal" and inputs and "submit" not in view:
        yield "is required where there is an input", "/view/submit"


def _blocks_faults(blocks: Any, where: str, surface: str, most: int) -> Iterator[Fault]:  # noqa: ANN401 - JSON of any shape
    if not isinstance(blocks, list):
        yield "must be an array", where
        return
    if len(blocks) > most:
        yield f"no more than {most} items allowed", where
    for index, block in enumerate(blocks):
        found = list(block_faults(block, f"{where}/{index}", surface))
        yield from found
        if not found and (misread := _misread(block)):
            yield misread, f"{where}/{index}"


def _misread(block: dict[str, Any]) -> str | None:
    """Say why the SDK's models do not give a block back as it is."""
    logger = logging.getLogger("slack_sdk.models.blocks")
    before, logger.disabled = logger.disabled, True
    try:
        parsed = Block.parse(block)
        if parsed is None:
            return "not known to the SDK"
        if parsed.to_dict() != block:
            return "not as the SDK models it"
    except _UNPARSED as error:
        return f"not as the SDK models it: {error}"
    finally:
        logger.disabled = before
    return None


def _together_faults(blocks: list[Any], where: str) -> Iterator[Fault]:
    for name in ("block_id", "action_id"):
        ids = [part[name] for part in walk(blocks) if isinstance(part.get(name), str)]
        for twice in sorted({one for one in ids if ids.count(one) > 1}):
            yield f"{name} {twice} is used more than once", where
    kinds = [block.get("type") for block in blocks if isinstance(block, dict)]
    if kinds.count("table") > 1:
        yield "only one table allowed", where
    markdown = [b.get("text") for b in blocks if isinstance(b, dict) and b.get("type") == "markdown"]
    if sum(len(text) for text in markdown if isinstance(text, str)) > MARKDOWN_CHARACTERS:
        yield f"markdown must be less than {MARKDOWN_CHARACTERS + 1} characters together", where


def _compact(value: Any) -> str:  # noqa: ANN401 - JSON of any shape
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
