"""Block Kit turned into what the page draws: one simple shape for each block, its texts parsed."""

import re
from collections.abc import Iterable
from typing import Any

from bot.sandbox.page import markdown, mrkdwn, nodes
from bot.sandbox.page.elements import element, words
from bot.sandbox.page.nodes import Names, Node
from bot.sandbox.page.rich_text import rich_text

_OUR_FILE = re.compile(r"^(?:http://(?:127\.0\.0\.1|localhost)(?::\d+)?)?/files-pri/(F[A-Z0-9]+)(?:/|$)")
_FILE_ID = re.compile(r"F[A-Z0-9]+")


def blocks(given: Iterable[Any], names: Names) -> list[Node]:
    """Draw blocks."""
    return [{"id": block.get("block_id"), **_block(block, names)} for block in given]


def attachment(given: Node, names: Names) -> Node:
    """Draw a legacy attachment: its coloured bar and what stands beside it."""
    title = str(given.get("title", ""))
    address = nodes.safe_address(str(given.get("title_link", "")))
    fields = [
        {
            "title": str(field.get("title", "")),
            "c": mrkdwn.parse(str(field.get("value", "")), names),
            "short": bool(field.get("short")),
        }
        for field in given.get("fields", [])
    ]
    inside = blocks(given.get("blocks", []), names)
    said = given.get("text") or ("" if inside or title or fields else given.get("fallback", ""))
    return {
        "color": _color(str(given.get("color", ""))),
        "pretext": mrkdwn.parse(str(given.get("pretext", "")), names),
        "title": title,
        "href": address,
        "text": mrkdwn.parse(str(said), names),
        "fields": fields,
        "footer": str(given.get("footer", "")),
        "blocks": inside,
    }


def _color(color: str) -> str:
    named = {"good": "#2eb67d", "warning": "#ecb22e", "danger": "#e01e5a"}
    if color in named:
        return named[color]
    return f"#{color.removeprefix('#')}" if re.fullmatch(r"#?[0-9a-fA-F]{6}", color) else "#dddddd"


def _block(block: Node, names: Names) -> Node:  # noqa: C901, PLR0911 - one case for each kind of block
    match block.get("type"):
        case "header":
            return {"type": "header", "c": mrkdwn.text_object(block.get("text"), names)}
        case "section":
            return _section(block, names)
        case "context":
            return {"type": "context", "elements": [_in_context(e, names) for e in block.get("elements", [])]}
        case "actions":
            drawn = [element(e, names, block.get("block_id")) for e in block.get("elements", [])]
            return {"type": "actions", "elements": drawn}
        case "divider":
            return {"type": "divider"}
        case "image":
            return {"type": "image", "title": words(block.get("title")), **image(block)}
        case "rich_text":
            return {"type": "prose", "c": rich_text(block.get("elements", []), names)}
        case "markdown":
            return {"type": "prose", "c": markdown.parse(str(block.get("text", "")), names)}
        case "alert":
            level = str(block.get("level", "default"))
            return {"type": "alert", "level": level, "c": mrkdwn.text_object(block.get("text"), names)}
        case "table":
            return _table(block, names)
        case "input":
            return _input(block, names)
        case other:
            return {"type": "unknown", "name": str(other)}


def _section(block: Node, names: Names) -> Node:
    drawn: Node = {
        "type": "section",
        "text": mrkdwn.text_object(block.get("text"), names),
        "fields": [mrkdwn.text_object(field, names) for field in block.get("fields", [])],
    }
    if accessory := block.get("accessory"):
        drawn["accessory"] = (
            {"type": "image", **image(accessory)}
            if accessory.get("type") == "image"
            else element(accessory, names, block.get("block_id"))
        )
    return drawn


def _in_context(part: Node, names: Names) -> Node:
    if part.get("type") == "image":
        return {"type": "image", **image(part)}
    return {"type": "text", "c": mrkdwn.text_object(part, names)}


def image(part: Node) -> Node:
    """Draw a picture: a file of this simulation, or words in the place of one that lies elsewhere."""
    file = part.get("slack_file") or {}
    found = _OUR_FILE.match(str(file.get("url") or part.get("image_url") or ""))
    file_id = str(file.get("id") or (found[1] if found else ""))
    known = _FILE_ID.fullmatch(file_id)
    return {
        "src": f"/page/files/{file_id}" if known else None,
        "alt": str(part.get("alt_text", "")),
        "elsewhere": "" if known else str(part.get("image_url", "")),
    }


def _table(block: Node, names: Names) -> Node:
    settings = block.get("column_settings", [])
    columns = [
        {"align": (one or {}).get("align", "left"), "wrapped": bool((one or {}).get("is_wrapped"))}
        for one in settings
    ]
    rows = [[_cell(cell, names) for cell in row] for row in block.get("rows", [])]
    return {"type": "table", "rows": rows, "columns": columns}


def _cell(cell: Node, names: Names) -> Node:
    if cell.get("type") == "rich_text":
        return {"c": rich_text(cell.get("elements", []), names), "number": False}
    return {"c": mrkdwn.plain_text(str(cell.get("text", ""))), "number": cell.get("type") == "raw_number"}


def _input(block: Node, names: Names) -> Node:
    return {
        "type": "input",
        "label": words(block.get("label")),
        "hint": words(block.get("hint")),
        "optional": bool(block.get("optional")),
        "dispatches": bool(block.get("dispatch_action")),
        "element": element(block.get("element") or {}, names, block.get("block_id")),
    }
