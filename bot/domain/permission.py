"""Who may do what: people, user groups, and channels in which everybody may."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import NewType

from bot.domain.handling import UserId
from bot.domain.naming import Scope
from bot.domain.posts import Channel
from bot.domain.problem import Problem, Severity
from bot.domain.silence import Matcher

UserGroup = NewType("UserGroup", str)
"""Slack's id of a user group."""


class Permission(StrEnum):
    """What somebody may be allowed to do; the words are those of the settings."""

    READ = "read"
    ACKNOWLEDGE = "acknowledge"
    """Take, give, note and resolve too: all that is done about one incident."""
    SILENCE = "silence"
    SILENCE_WIDELY = "silence_widely"
    """For long, or everything at once."""
    CONFIGURE = "configure"
    """Say what a channel is told: subscriptions, and that something is normal now."""

    @property
    def included_in(self) -> tuple["Permission", ...]:
        """The permissions that this one comes with, itself first: who may silence may read, too."""
        return _INCLUDED_IN[self]


_INCLUDED_IN = {
    Permission.READ: tuple(Permission),
    Permission.ACKNOWLEDGE: (Permission.ACKNOWLEDGE, Permission.SILENCE, Permission.SILENCE_WIDELY),
    Permission.SILENCE: (Permission.SILENCE, Permission.SILENCE_WIDELY),
    Permission.SILENCE_WIDELY: (Permission.SILENCE_WIDELY,),
    Permission.CONFIGURE: (Permission.CONFIGURE,),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom something is granted to: everyone, or these people, and whoever speaks in one of these channels.

    Everyone means every full member of the workspace; nothing set means nobody.
    """

    everyone: bool = False
    users: tuple[UserId, ...] = ()
    groups: tuple[UserGroup, ...] = ()
    channels: tuple[Channel, ...] = ()

    def __or__(self, other: "Grant") -> "Grant":
        """Give what reaches whom either reaches."""
        return Grant(
            everyone=self.everyone or other.everyone,
            users=tuple(dict.fromkeys((*self.users, *other.users))),
            groups=tuple(dict.fromkeys((*self.groups, *other.groups))),
            channels=tuple(dict.fromkeys((*self.channels, *other.channels))),
        )


EVERYONE = Grant(everyone=True)
NOBODY = Grant()


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a full member, the user groups they are in, and the id of the channel, if it is one."""

    user: UserId
    groups: frozenset[UserGroup] = frozenset()
    channel: Channel | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may be done."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not be done; ``granted_to`` may, and the channels are those in which everybody may."""

    permission: Permission
    granted_to: Grant = NOBODY

    @property
    def whom_to_ask(self) -> tuple[str, ...]:
        """The ids of people and groups, then the channels; empty where the settings grant it to nobody."""
        granted = self.granted_to
        return (*granted.users, *granted.groups, *granted.channels)


_GOES_WITH = {
    Permission.ACKNOWLEDGE: Permission.READ,
    Permission.SILENCE: Permission.ACKNOWLEDGE,
    Permission.CONFIGURE: Permission.READ,
}
"""A permission that is not written is granted to the same people as the one it goes with."""
_BY_DEFAULT = {Permission.READ: EVERYONE, Permission.SILENCE_WIDELY: NOBODY}


@dataclass(frozen=True, slots=True)
class Permissions:
    """Whom each permission is granted to. By default everybody may all but silence widely."""

    grants: Mapping[Permission, Grant] = field(default_factory=dict)

    def granted(self, permission: Permission) -> Grant:
        """Give whom a permission reaches, the permissions that it comes with counted in."""
        reached = NOBODY
        for one in permission.included_in:
            reached |= self._own(one)
        return reached

    def _own(self, permission: Permission) -> Grant:
        """Give whom a permission was granted to; one not written goes with another."""
        if permission in self.grants:
            return self.grants[permission]
        basis = _GOES_WITH.get(permission)
        return self._own(basis) if basis is not None else _BY_DEFAULT[permission]

    @property
    def groups(self) -> frozenset[UserGroup]:
        """The user groups whose members have to be known."""
        return frozenset(chain.from_iterable(grant.groups for grant in self.grants.values()))

    @property
    def channels(self) -> frozenset[Channel]:
        """The channels whose ids have to be known."""
        return frozenset(chain.from_iterable(grant.channels for grant in self.grants.values()))

    def with_channels(self, ids: Mapping[Channel, Channel]) -> "Permissions":
        """Put ids in place of channels' names; what is not known stays, and lets nobody in."""
        return Permissions(
            {
                permission: replace(grant, channels=tuple(ids.get(one, one) for one in grant.channels))
                for permission, grant in self.grants.items()
            }
        )


def may(permissions: Permissions, permission: Permission, asker: Asker) -> Allowed | Refused:
    """Decide whether somebody may do something. ``asker`` is a full member of the bot's own workspace."""
    granted = permissions.granted(permission)
    if (
        granted.everyone
        or asker.user in granted.users
        or not asker.groups.isdisjoint(granted.groups)
        or asker.channel in granted.channels
    ):
        return Allowed()
    return Refused(permission, granted)


class Wide(StrEnum):
    """Why a silence takes the permission to silence widely."""

    LONG = "it lasts longer than everybody may silence for"
    OPEN_ENDED = "it has no end and is not about numbered incidents"
    EVERYTHING = "it mutes everything"


@dataclass(frozen=True, slots=True)
class SilenceLimits:
    """How long silences last: when nothing is said, freely for everybody, and at the longest for anybody."""

    default: timedelta = timedelta(hours=2)
    freely: timedelta = timedelta(hours=24)
    longest: timedelta = timedelta(days=30)

    def needs_wide(self, length: timedelta | None, matcher: Matcher) -> Wide | None:
        """Say why a silence takes the permission to silence widely; None: it does not.

        ``length`` counts from now, or from when it is to begin; None is for one until all is over, which
        whoever may silence may make for numbered incidents.
        """
        if mutes_everything(matcher):
            return Wide.EVERYTHING
        if length is None:
            return None if matcher.numbers else Wide.OPEN_ENDED
        return Wide.LONG if length > self.freely else None

    def too_long(self, length: timedelta | None) -> bool:
        """Whether nobody may make a silence of this length."""
        return length is not None and length > self.longest


def length_of(starts_at: datetime, ends_at: datetime | None, now: datetime) -> timedelta | None:
    """Give how long a silence has still to mute, from now or from when it begins; None: until all is over."""
    return None if ends_at is None else ends_at - max(starts_at, now)


def mutes_everything(matcher: Matcher) -> bool:
    """Whether a matcher narrows nothing down, however many stars it is written with."""
    if matcher.numbers:
        return False
    by_problem = matcher.problems and not set(Problem) <= set(matcher.problems)
    by_severity = matcher.severities and not set(Severity) <= set(matcher.severities)
    scope = matcher.scope or Scope()
    parts = (scope.name, scope.source, scope.cluster, scope.tenant, scope.path)
    return not (by_problem or by_severity) and all(not (part or "").strip("*/ ") for part in parts)
