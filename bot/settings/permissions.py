"""Who may do what, and how long silences may last: as the file writes it."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from bot.domain.handling import UserId
from bot.domain.permission import EVERYONE, NOBODY, Grant, Permission, Permissions, SilenceLimits, UserGroup
from bot.domain.posts import Channel
from bot.settings.people import bare, kind_of
from bot.settings.selecting import items_of
from bot.settings.spans import PositiveSpan, spoken
from bot.settings.values import channel_name

_EXAMPLE = '[S0123456789, "#dba"]'
_HINT = (
    "write everyone, nobody, or ids of people (U...) and user groups (S...) and"
    ' channels in quotes ("#dba"): whoever speaks there may'
)
_CHANNEL_ID = re.compile(r"[CG](?=[A-Z0-9]*[0-9])[A-Z0-9]{5,30}")


def _grant(value: object) -> Grant:
    if isinstance(value, Grant):
        return value
    words = items_of(value, _EXAMPLE)
    if [word.lower() for word in words] == ["nobody"]:
        return NOBODY
    granted = NOBODY
    for word in words:
        granted |= _granted(word)
    return granted


def _granted(word: str) -> Grant:
    """Read whom one word means."""
    if word.lower() == "everyone":
        return EVERYONE
    if word.startswith("#") or _CHANNEL_ID.fullmatch(word):
        return Grant(channels=(Channel(channel_name(word)),))
    inner = bare(word)
    match kind_of(inner):
        case "S":
            return Grant(groups=(UserGroup(inner),))
        case "U" | "W":
            return Grant(users=(UserId(inner),))
        case _:
            raise ValueError(f"has something that is nobody's id: {_HINT}")


def _words_of(grant: Grant) -> list[str]:
    words = [*grant.users, *grant.groups, *grant.channels]
    return (["everyone"] if grant.everyone else []) + list(map(str, words)) or ["nobody"]


Granted = Annotated[
    Grant,
    BeforeValidator(_grant),
    PlainSerializer(_words_of, return_type=list[str]),
    WithJsonSchema(
        {
            "anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}],
            "examples": ["everyone", "nobody", ["S0123456789", "#dba"]],
        }
    ),
]
"""Whom something is granted to: ``everyone``, ``nobody``, or ids and channels."""


class PermissionSettings(BaseModel):
    """Who may do what. What is not written is granted to the same people as what it goes with."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    read: Granted | None = Field(
        default=None,
        description="Who may ask; else everyone, which is every full member of the workspace.",
    )
    acknowledge: Granted | None = Field(
        default=None,
        description="Who may take, give, note and resolve incidents; else whoever may read.",
    )
    silence: Granted | None = Field(
        default=None, description="Who may silence; else whoever may acknowledge."
    )
    silence_widely: Granted | None = Field(
        default=None, description="Who may silence for long, or everything at once; else nobody."
    )
    configure: Granted | None = Field(
        default=None,
        description="Who may subscribe channels and say that something is normal; else whoever may read.",
    )

    @property
    def permissions(self) -> Permissions:
        """The same, as the bot asks for it."""
        return Permissions(
            {
                permission: grant
                for permission in Permission
                if (grant := getattr(self, permission)) is not None
            }
        )

    def in_force(self) -> Mapping[str, Any]:
        """Give every permission in the file's words, what is not written as it comes about."""
        permissions = self.permissions
        return {str(permission): _words_of(permissions.granted(permission)) for permission in Permission}


class SilenceSettings(BaseModel):
    """How long silences last. What is not written is as by default."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    default: PositiveSpan | None = Field(
        default=None, description="How long a silence lasts where nothing is said; else 2h."
    )
    freely: PositiveSpan | None = Field(
        default=None,
        description="Beyond this length it takes the permission silence_widely; else 24h.",
    )
    longest: PositiveSpan | None = Field(
        default=None, description="How long a silence may last at most, whoever makes it; else 30d."
    )

    @property
    def limits(self) -> SilenceLimits:
        """The same with the defaults filled in; what is not written gives way to what is."""
        usual = SilenceLimits()
        longest = self.longest or max(usual.longest, self.freely or _NONE, self.default or _NONE)
        freely = self.freely or min(max(usual.freely, self.default or _NONE), longest)
        return SilenceLimits(self.default or min(usual.default, freely), freely, longest)

    def in_force(self) -> Mapping[str, str]:
        """Give every length in the file's words, with the defaults filled in."""
        limits = self.limits
        return {name: spoken(getattr(limits, name)) for name in type(self).model_fields}


_NONE = timedelta(0)
