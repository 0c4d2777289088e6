"""Markdown blocks (the common markup, not Slack's own) turned into the tree that the page draws."""

import re
from collections.abc import Callable, Iterator

from bot.sandbox.page import nodes
from bot.sandbox.page.emoji import SHORT_NAME
from bot.sandbox.page.nodes import Names, Node

_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.+?)\s*#*$")
_RULE = re.compile(r"^ {0,3}([-*_])(?:\s*\1){2,}\s*$")
_QUOTE = re.compile(r"^ {0,3}> ?")
_ITEM = re.compile(r"^(?P<indent>\s*)(?:(?P<bullet>[-*+])|(?P<number>\d{1,9})[.)])\s+(?P<rest>.*)$")
_GRID_LINE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_INLINE = re.compile(
    r"(?P<escape>\\[\\`*_{}\[\]()#+.!|~<>-])"
    r"|`(?P<code>[^`\n]+)`"
    r"|\[(?P<label>[^\]\n]+)\]\((?P<href>[^()\s]+)\)"
    r"|<(?P<angle>[@#!][^<>\n]+|https?://[^<>\s]+)>"
    r"|(?P<url>(?<![\w/])https?://[^\s<>|`]+[^\s<>|`.,;:!?)\]'\"*_~])"
    r"|\*\*(?P<b>\S|\S[^\n]*?\S)\*\*"
    r"|(?<!\w)__(?P<b2>\S|\S[^\n]*?\S)__(?!\w)"
    r"|~~(?P<s>\S|\S[^\n]*?\S)~~"
    r"|\*(?P<i>[^\s*]|[^\s*][^\n*]*?[^\s*])\*"
    r"|(?<!\w)_(?P<i2>[^\s_]|[^\s_][^\n_]*?[^\s_])_(?!\w)"
    rf"|(?P<emoji>(?<![\w:]){SHORT_NAME})"
)


def parse(markup: str, names: Names) -> list[Node]:
    """Turn a markdown text into headings, paragraphs, lists, quotes, tables and code."""
    return list(_blocks(markup.replace("\r\n", "\n").split("\n"), names))


def _blocks(lines: list[str], names: Names) -> Iterator[Node]:
    position = 0
    while position < len(lines):
        line = lines[position]
        end = position + 1
        if not line.strip():
            position = end
            continue
        if fence := _FENCE.match(line):
            end = _until(lines, end, _closes(fence[1]))
            yield {"t": "pre", "v": "\n".join(lines[position + 1 : end])}
            end += 1
        elif heading := _HEADING.match(line):
            yield {"t": "heading", "level": len(heading[1]), "c": spans(heading[2], names)}
        elif _RULE.match(line):
            yield {"t": "rule"}
        elif _QUOTE.match(line):
            end = _until(lines, end, lambda other: not _QUOTE.match(other))
            quoted = [_QUOTE.sub("", one) for one in lines[position:end]]
            yield {"t": "quote", "c": list(_blocks(quoted, names))}
        elif _ITEM.match(line):
            end = _until(lines, end, lambda other: not _ITEM.match(other))
            yield from _lists(lines[position:end], names)
        elif "|" in line and end < len(lines) and _GRID_LINE.match(lines[end]) and "-" in lines[end]:
            end = _until(lines, end + 1, lambda other: "|" not in other)
            rows = [line, *lines[position + 2 : end]]
            yield {"t": "grid", "rows": [[spans(cell, names) for cell in _cells(row)] for row in rows]}
        else:
            end = _until(lines, end, _begins_something)
            yield {"t": "p", "c": spans("\n".join(one.strip() for one in lines[position:end]), names)}
        position = end


def _begins_something(line: str) -> bool:
    starts = (_FENCE, _HEADING, _RULE, _QUOTE, _ITEM)
    return not line.strip() or any(start.match(line) for start in starts)


def _closes(mark: str) -> Callable[[str], bool]:
    return lambda line: line.strip().startswith(mark)


def _until(lines: list[str], position: int, ends: Callable[[str], bool]) -> int:
    while position < len(lines) and not ends(lines[position]):
        position += 1
    return position


def _lists(lines: list[str], names: Names) -> Iterator[Node]:
    made: Node | None = None
    for line in lines:
        item = _ITEM.match(line)
        if item is None:
            continue
        indent = min(len(item["indent"].expandtabs(4)) // 2, 8)
        ordered = item["number"] is not None
        if made is None or (made["indent"], made["ordered"]) != (indent, ordered):
            if made is not None:
                yield made
            made = {
                "t": "list",
                "ordered": ordered,
                "indent": indent,
                "start": int(item["number"] or 1),
                "items": [],
            }
        made["items"].append(spans(item["rest"], names))
    if made is not None:
        yield made


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().removeprefix("|").removesuffix("|").split("|")]


def spans(markup: str, names: Names) -> list[Node]:
    """Turn one run of markdown into spans."""
    return list(_spans(markup, names))


def _spans(markup: str, names: Names) -> Iterator[Node]:
    position = 0
    for match in _INLINE.finditer(markup):
        if match.start() > position:
            yield nodes.text(markup[position : match.start()])
        position = match.end()
        yield _span(match, names)
    if position < len(markup):
        yield nodes.text(markup[position:])


def _span(match: re.Match[str], names: Names) -> Node:  # noqa: PLR0911 - one case for each kind of span
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    match found:
        case {"escape": escaped}:
            return nodes.text(escaped[1:])
        case {"code": code}:
            return {"t": "code", "v": code}
        case {"label": label, "href": href}:
            return nodes.link(href, spans(label, names))
        case {"angle": angle}:
            return _angle(angle, names)
        case {"url": url}:
            return nodes.link(url, [nodes.text(url)])
        case {"b": bold} | {"b2": bold}:
            return {"t": "b", "c": spans(bold, names)}
        case {"s": struck}:
            return {"t": "s", "c": spans(struck, names)}
        case {"i": slanted} | {"i2": slanted}:
            return {"t": "i", "c": spans(slanted, names)}
        case _:
            return nodes.emoji(match[0].strip(":").partition(":")[0])


def _angle(angle: str, names: Names) -> Node:
    reference, _, called = angle.partition("|")
    match reference[0]:
        case "@":
            return names.person(reference[1:], called)
        case "#":
            return names.channel(reference[1:], called)
        case "!" if reference.startswith("!subteam^"):
            return names.group(reference.removeprefix("!subteam^"), called)
        case "!":
            return nodes.broadcast(reference[1:])
        case _:
            return nodes.link(reference, [nodes.text(called or reference)])
