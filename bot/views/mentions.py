"""Whom a message calls, in Slack's markup: only ids that are ids; anything else calls nobody."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.handling import Actor
from bot.domain.routing import Mention
from bot.views.blocks import MESSAGE_TEXT, SECTION_TEXT, Block, Message, cut_markup
from bot.views.wording import name

_PERSON = re.compile(r"[UW][A-Z0-9]{2,30}")
_USER_GROUP = re.compile(r"S[A-Z0-9]{2,30}")
MOST_CALLED = 20
"""So many may be called at once: what a message has room for."""
_ALL = frozenset({"here", "channel"})


def mention_markup(mention: Mention) -> str:
    """Call a person, a user group, or whoever is in the channel."""
    if mention in _ALL:
        return f"<!{mention}>"
    if _PERSON.fullmatch(mention):
        return f"<@{mention}>"
    return f"<!subteam^{mention}>" if _USER_GROUP.fullmatch(mention) else name(mention)


def pinged(actor: Actor) -> str:
    """Call a person whom a message is for; one without an id of Slack's is only named."""
    return f"<@{actor.id}>" if _PERSON.fullmatch(actor.id) else named(actor)


def named(actor: Actor) -> str:
    """Name a person without calling them."""
    return name(actor.name or actor.id)


def calling(message: Message, mentions: Sequence[Mention]) -> Message:
    """Call people at the end of a message's first line, in its text and in its first block."""
    if not mentions:
        return message
    called = " ".join(mention_markup(one) for one in list(dict.fromkeys(mentions))[:MOST_CALLED])
    blocks = (_called(message.blocks[0], called), *message.blocks[1:]) if message.blocks else ()
    text = cut_markup(_first_line(message.text, called), MESSAGE_TEXT)
    return replace(message, text=text, blocks=blocks)


def _called(block: Block, called: str) -> Block:
    text = cut_markup(_first_line(block["text"]["text"], called), SECTION_TEXT)
    return block | {"text": block["text"] | {"text": text}}


def _first_line(text: str, called: str) -> str:
    first, line_break, rest = text.partition("\n")
    return f"{first} {called}{line_break}{rest}"
