"""How the file names people, user groups and channels."""

import re
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from bot.domain.handling import UserId
from bot.domain.posts import Channel
from bot.domain.routing import Mention
from bot.settings.selecting import items_of
from bot.settings.values import channel_name

_ID = re.compile(r"(?P<kind>[UWS])(?=[A-Z0-9]*[0-9]|[A-Z0-9]{8})[A-Z0-9]{1,30}")
"""An id of Slack's; a word such as SRE is none."""
_WRAPPED = re.compile(r"<(?:@|!subteam\^)(?P<id>[A-Z0-9]+)(?:\|[^<>]*)?>")
_CALLS = ("here", "channel")
_HINT = "Slack shows it in the person's profile, or under the group's three dots"


def kind_of(text: str) -> str | None:
    """Tell what an id is of: ``U`` or ``W`` a person, ``S`` a user group; None: it is no such id."""
    found = _ID.fullmatch(text)
    return found["kind"] if found else None


def bare(text: str) -> str:
    """Take off what Slack's client puts around an id, and the @ that people write."""
    wrapped = _WRAPPED.fullmatch(text)
    return wrapped["id"] if wrapped else text.removeprefix("@")


def _mentions(value: object) -> tuple[Mention, ...]:
    words = [bare(word) for word in items_of(value, "[S0123456789, here]")]
    if "everyone" in words:
        raise ValueError("names everyone, which calls people of one channel only: write channel instead")
    if not all(word in _CALLS or kind_of(word) for word in words):
        raise ValueError(
            "has something that is neither here, channel, nor the id of a person (U...)"
            f" or of a user group (S...): {_HINT}"
        )
    return tuple(dict.fromkeys(map(Mention, words)))


def _users(value: object) -> tuple[UserId, ...]:
    words = [bare(word) for word in items_of(value, "[U0123456789, U9876543210]")]
    if not all(kind_of(word) in {"U", "W"} for word in words):
        raise ValueError(f"has something that is not the id of a person (U...): {_HINT}")
    return tuple(dict.fromkeys(map(UserId, words)))


def _groups(value: object) -> tuple[str, ...]:
    words = [bare(word) for word in items_of(value, "[S0123456789]")]
    if not all(kind_of(word) == "S" for word in words):
        raise ValueError(f"has something that is not the id of a user group (S...): {_HINT}")
    return tuple(dict.fromkeys(words))


def _channels(value: object) -> tuple[Channel, ...]:
    return tuple(Channel(channel_name(word)) for word in items_of(value, '["#log-backup"]'))


_LISTED = WithJsonSchema({"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]})
_AS_LIST = PlainSerializer(list, return_type=list[str])

Mentions = Annotated[tuple[Mention, ...], BeforeValidator(_mentions), _AS_LIST, _LISTED]
"""Whom a message calls: ids of people and user groups, ``here``, ``channel``."""
UserIds = Annotated[tuple[UserId, ...], BeforeValidator(_users), _AS_LIST, _LISTED]
GroupIds = Annotated[tuple[str, ...], BeforeValidator(_groups), _AS_LIST, _LISTED]
ChannelNames = Annotated[tuple[Channel, ...], BeforeValidator(_channels), _AS_LIST, _LISTED]
