"""The tree that the page draws: the few kinds of node there are, and the names that mentions need.

Spans: ``text`` (v), ``b``, ``i``, ``s`` (c), ``code`` (v), ``link`` (href, c), ``mention`` (v, you),
``emoji`` (v, name), ``date`` (at, form, v, href). Around them: ``p`` (c), ``pre`` (v), ``quote`` (c),
``list`` (ordered, indent, start, items), ``heading`` (level, c), ``rule``, ``grid`` (rows).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.page.emoji import EMOJI, picture

Node = dict[str, Any]

_SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called, and through whose eyes one looks."""

    viewer: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    def person(self, user: str, called: str = "") -> Node:
        """Draw a mention of somebody."""
        return {
            "t": "mention",
            "v": f"@{self.people.get(user) or called or user}",
            "you": user == self.viewer,
        }

    def channel(self, channel: str, called: str = "") -> Node:
        """Draw a reference to a channel."""
        return {"t": "mention", "v": f"#{self.channels.get(channel) or called or channel}", "you": False}

    def group(self, group: str, called: str = "") -> Node:
        """Draw a mention of a user group."""
        name = self.groups.get(group) or called.removeprefix("@") or group
        return {"t": "mention", "v": f"@{name}", "you": False}


def text(value: str) -> Node:
    """Draw plain words."""
    return {"t": "text", "v": value}


def broadcast(whom: str) -> Node:
    """Draw what pages everybody."""
    return {"t": "mention", "v": f"@{whom}", "you": True}


def emoji(name: str) -> Node:
    """Draw an emoji, or its name where it is not known here."""
    return {"t": "emoji", "v": picture(name), "name": name} if name in EMOJI else text(f":{name}:")


def link(address: str, content: list[Node]) -> Node:
    """Draw a link; an address that is no web or mail address is drawn as its words."""
    if (href := safe_address(address)) is None:
        return {"t": "span", "c": content}
    return {"t": "link", "href": href, "c": content}


def safe_address(address: str) -> str | None:
    """Give the address back where a link may lead there."""
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return None
    return address if scheme in _SCHEMES else None


def date(at: str, form: str, fallback: str, href: str = "") -> Node:
    """Draw a moment, which the page words in the viewer's zone; what is no moment is its fallback."""
    if not at.lstrip("-").isascii() or not at.lstrip("-").isdigit() or len(at) > len("-99999999999"):
        return text(fallback)
    node: Node = {"t": "date", "at": int(at), "form": form, "v": fallback}
    if safe := safe_address(href):
        node["href"] = safe
    return node


def letters(tree: list[Node]) -> str:
    """Say a tree letter by letter, without any of its form."""
    return "".join(str(node.get("v", "")) or letters(node.get("c", [])) for node in tree)
