"""Rich text blocks turned into the tree that the page draws."""

from collections.abc import Iterable
from typing import Any

from bot.sandbox.page import nodes
from bot.sandbox.page.nodes import Names, Node

_STYLES = (("bold", "b"), ("italic", "i"), ("strike", "s"))


def rich_text(elements: Iterable[Any], names: Names) -> list[Node]:
    """Turn the elements of a rich text block (or cell) into paragraphs, lists, quotes and code."""
    drawn: list[Node] = []
    for element in elements:
        inside = element.get("elements", [])
        match element.get("type"):
            case "rich_text_section":
                drawn.append({"t": "p", "c": _spans(inside, names)})
            case "rich_text_list":
                drawn.append(_list(element, names))
            case "rich_text_quote":
                drawn.append({"t": "quote", "c": [{"t": "p", "c": _spans(inside, names)}]})
            case "rich_text_preformatted":
                drawn.append({"t": "pre", "v": nodes.letters(_spans(inside, names))})
            case other:
                drawn.append({"t": "p", "c": [nodes.text(f"({other} is not drawn here)")]})
    return drawn


def _list(element: Node, names: Names) -> Node:
    return {
        "t": "list",
        "ordered": element.get("style") == "ordered",
        "indent": min(int(element.get("indent", 0)), 8),
        "start": int(element.get("offset", 0)) + 1,
        "items": [_spans(item.get("elements", []), names) for item in element.get("elements", [])],
    }


def _spans(elements: Iterable[Any], names: Names) -> list[Node]:
    return [_styled(_span(element, names), element.get("style") or {}) for element in elements]


def _span(element: Node, names: Names) -> Node:  # noqa: PLR0911 - one case for each kind of span
    match element.get("type"):
        case "text":
            return nodes.text(str(element.get("text", "")))
        case "link":
            address = str(element.get("url", ""))
            return nodes.link(address, [nodes.text(str(element.get("text") or address))])
        case "emoji":
            return nodes.emoji(str(element.get("name", "")))
        case "user":
            return names.person(str(element.get("user_id", "")))
        case "usergroup":
            return names.group(str(element.get("usergroup_id", "")))
        case "channel":
            return names.channel(str(element.get("channel_id", "")))
        case "broadcast":
            return nodes.broadcast(str(element.get("range", "")))
        case "date":
            return nodes.date(
                str(element.get("timestamp", "")),
                str(element.get("format", "")),
                str(element.get("fallback", "")),
                str(element.get("url", "")),
            )
        case "color":
            return {"t": "code", "v": str(element.get("value", ""))}
        case other:
            return nodes.text(f"({other} is not drawn here)")


def _styled(node: Node, style: Node) -> Node:
    if style.get("code") and node["t"] == "text":
        node = {"t": "code", "v": node["v"]}
    for name, kind in _STYLES:
        if style.get(name):
            node = {"t": kind, "c": [node]}
    return node
