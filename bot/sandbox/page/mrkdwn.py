"""Slack's own markup (``mrkdwn``) turned into the tree that the page draws."""

import re
from collections.abc import Callable, Iterator

from bot.sandbox.page import nodes
from bot.sandbox.page.emoji import SHORT_NAME, with_pictures
from bot.sandbox.page.nodes import Names, Node

_FENCE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<angle>[^<>\n]+)>"
    rf"|(?P<emoji>(?<![\w:]){SHORT_NAME})"
    r"|(?P<url>(?<![\w/])https?://[^\s<>|`]+[^\s<>|`.,;:!?)\]'\"*_~])"
    r"|(?<![\w*])\*(?P<b>\S|\S[^\n]*?\S)\*(?![\w*])"
    r"|(?<![\w_])_(?P<i>\S|\S[^\n]*?\S)_(?![\w_])"
    r"|(?<![\w~])~(?P<s>\S|\S[^\n]*?\S)~(?![\w~])"
)
_ANGLE_IN_CODE = re.compile(r"<([^<>\n!@#][^<>\n|]*)(?:\|([^<>\n]*))?>")
_QUOTE = re.compile(r"^(?:&gt;|>) ?")
_REST = re.compile(r"^(?:&gt;|>){3} ?")


def parse(markup: str, names: Names) -> list[Node]:
    """Turn a text of Slack's markup into paragraphs, quotes and code."""
    parts: list[Node] = []
    position = 0
    for fence in _FENCE.finditer(markup):
        parts += _paragraphs(markup[position : fence.start()], names)
        parts.append({"t": "pre", "v": _code(fence[1])})
        position = fence.end()
    return parts + _paragraphs(markup[position:], names)


def plain_text(words: str) -> list[Node]:
    """Turn a plain text into words and emoji."""
    return [{"t": "p", "c": [nodes.text(with_pictures(words))]}]


def text_object(given: Node | None, names: Names) -> list[Node]:
    """Turn a text object, marked up or plain, into the tree."""
    words = str((given or {}).get("text", ""))
    if not given or given.get("type") != "mrkdwn":
        return plain_text(words) if words else []
    return parse(words, names)


def unescaped(words: str) -> str:
    """Undo the three escapes."""
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _paragraphs(markup: str, names: Names) -> list[Node]:
    parts: list[Node] = []
    kept: list[str] = []
    quoted: list[str] = []
    lines = markup.strip("\n").split("\n") if markup.strip("\n") else []

    def end() -> None:
        if quoted:
            parts.append({"t": "quote", "c": [{"t": "p", "c": spans("\n".join(quoted), names)}]})
        if kept:
            parts.append({"t": "p", "c": spans("\n".join(kept), names)})
        quoted.clear()
        kept.clear()

    for number, line in enumerate(lines):
        if _REST.match(line):
            end()
            quoted += [_REST.sub("", line), *lines[number + 1 :]]
            break
        here, other = (quoted, kept) if _QUOTE.match(line) else (kept, quoted)
        if other:
            end()
        here.append(_QUOTE.sub("", line))
    end()
    return parts


def spans(markup: str, names: Names) -> list[Node]:
    """Turn one run of markup into spans."""
    return list(_spans(markup, names))


def _spans(markup: str, names: Names) -> Iterator[Node]:
    position = 0
    for match in _INLINE.finditer(markup):
        if match.start() > position:
            yield nodes.text(unescaped(markup[position : match.start()]))
        position = match.end()
        yield _span(match, names)
    if position < len(markup):
        yield nodes.text(unescaped(markup[position:]))


def _span(match: re.Match[str], names: Names) -> Node:
    kind = match.lastgroup
    inside = match[kind] if kind else match[0]
    match kind:
        case "code":
            return {"t": "code", "v": _code(inside)}
        case "angle":
            return _angle(inside, names)
        case "url":
            address = unescaped(inside)
            return nodes.link(address, [nodes.text(address)])
        case "b" | "i" | "s":
            return {"t": kind, "c": spans(inside, names)}
        case _:
            return nodes.emoji(inside.strip(":").partition(":")[0])


def _angle(inside: str, names: Names) -> Node:
    reference, _, called = inside.partition("|")
    called = unescaped(called)
    words: dict[str, Callable[[str, str], Node]] = {"@": names.person, "#": names.channel}
    if draw := words.get(reference[0]):
        return draw(reference[1:], called.lstrip("@#"))
    if reference.startswith("!date^"):
        _, at, form, *href = [*reference.split("^"), "", ""]
        return nodes.date(at, unescaped(form), called, unescaped(href[0]))
    if reference.startswith("!subteam^"):
        return names.group(reference.removeprefix("!subteam^"), called)
    if reference.startswith("!"):
        return nodes.broadcast(reference[1:])
    address = unescaped(reference)
    return nodes.link(address, [nodes.text(with_pictures(called) or address.removeprefix("mailto:"))])


def _code(inside: str) -> str:
    """Say what stands in code: links as their words, dates and everything else to the letter."""
    return unescaped(_ANGLE_IN_CODE.sub(lambda match: match[2] or match[1], inside))
