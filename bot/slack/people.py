"""Who somebody is: full members of the bot's own workspace are served, guests and strangers are not."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.permission import UserGroup
from bot.errors import SlackError, SlackPermanent
from bot.operations.ports import Clock, Journal
from bot.slack.failures import call

KNOWN_FOR = timedelta(minutes=10)
GROUPS_KNOWN_FOR = timedelta(minutes=5)
MOST_KNOWN = 5000
MOST_NAMED = 20
"""So many people that a text mentions are looked up by name; the others stay ids."""
NAME = 80
NOBODY_OF_OURS = ("user_not_found", "user_not_visible", "users_not_found")
SLACKBOT = "USLACKBOT"


class Standing(StrEnum):
    """What somebody is to this workspace."""

    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"


REFUSALS = {
    Standing.GUEST: "Guests of this workspace cannot use the bot. Ask a full member to look for you.",
    Standing.STRANGER: "Only members of the bot's own workspace can use it. Ask one of them to look for you.",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as Slack shows them; ``zone`` is None where Slack names none that is known here."""

    standing: Standing
    name: str = ""
    zone: tzinfo | None = None
    is_bot: bool = False
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    profile: Profile
    until: datetime


@dataclass(frozen=True, slots=True)
class _Members:
    ids: frozenset[str]
    until: datetime


class People:
    """Remembers who is who for ten minutes, so that an answer needs no call of its own.

    ``groups`` are the user groups that the settings name: only of these is it asked who is in them.
    """

    def __init__(
        self, client: AsyncWebClient, clock: Clock, journal: Journal, groups: Collection[UserGroup] = ()
    ) -> None:
        self._client = client
        self._clock = clock
        self._journal = journal
        self._groups = tuple(sorted(groups))
        self._team: str | None = None
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._members: dict[UserGroup, _Members] = {}

    def look_for(self, groups: Collection[UserGroup]) -> None:
        """Look for the members of these user groups from now on."""
        self._groups = tuple(sorted(groups))

    async def standing(self, user: str) -> Standing:
        """Tell what a user is. Raises SlackError where Slack does not say: then nobody is served."""
        return (await self.profile(user)).standing

    async def profile(self, user: str) -> Profile:
        """Tell who a user is. Raises SlackError where Slack does not say."""
        known = self._known.get(user)
        if known is not None and self._clock.now() < known.until:
            return known.profile
        team = await self.team()
        try:
            answer = await call(self._client.users_info, user=user)
        except SlackPermanent as error:
            if error.code in NOBODY_OF_OURS:
                return Profile(Standing.STRANGER)
            raise
        profile = read_profile(answer.get("user"), team)
        self._known[user] = _Known(profile, self._clock.now() + KNOWN_FOR)
        self._known.move_to_end(user)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return profile

    async def team(self) -> str:
        """Give the id of the bot's own workspace. Raises SlackError."""
        if not self._team:
            self._team = str((await call(self._client.auth_test)).get("team_id") or "")
        return self._team

    async def groups_of(self, user: str) -> frozenset[UserGroup]:
        """Tell in which of the settings' groups somebody is; where Slack does not say, they are in none."""
        return frozenset([group for group in self._groups if user in await self._in(group)])

    async def names(self, users: Iterable[str]) -> dict[str, str]:
        """Give the names of people by their ids; whom Slack does not name is left out."""
        ids = list(dict.fromkeys(users))[:MOST_NAMED]
        found = await asyncio.gather(*(self._name(one) for one in ids))
        return {one: name for one, name in zip(ids, found, strict=True) if name}

    async def _name(self, user: str) -> str:
        try:
            return (await self.profile(user)).name
        except SlackError:
            return ""

    async def _in(self, group: UserGroup) -> frozenset[str]:
        """Give who is in a group. A failure is remembered for as long as an answer, and told once."""
        known = self._members.get(group)
        if known is not None and self._clock.now() < known.until:
            return known.ids
        ids: frozenset[str] = frozenset()
        try:
            answer = await call(self._client.usergroups_users_list, usergroup=group)
            listed = answer.get("users")
            ids = frozenset(str(one) for one in listed) if isinstance(listed, list) else ids
        except SlackError as error:
            ids = ids if known is None or not error.temporary else known.ids
            self._journal.warning("user group not read", group=group, code=error.code, because=error.sentence)
        self._members[group] = _Members(ids, self._clock.now() + GROUPS_KNOWN_FOR)
        return ids


def read_profile(user: Any, team: str) -> Profile:  # noqa: ANN401 - whatever Slack sends
    """Read what Slack says of somebody."""
    if not isinstance(user, dict):
        return Profile(Standing.STRANGER)
    about = user.get("profile")
    return Profile(
        standing=read_standing(user, team),
        name=read_names(user, about if isinstance(about, dict) else {})[0],
        zone=_zone(user.get("tz")),
        is_bot=bool(user.get("is_bot")) or user.get("id") == SLACKBOT,
        has_left=bool(user.get("deleted")),
    )


def read_names(user: dict[str, Any], about: dict[str, Any]) -> tuple[str, ...]:
    """Give what somebody is called: how they want it first, then their full name and their handle."""
    said = (about.get("display_name"), about.get("real_name"), user.get("real_name"), user.get("name"))
    kept = [" ".join(one.split())[:NAME] for one in said if isinstance(one, str) and one.strip()]
    return tuple(dict.fromkeys(kept)) or ("",)


def read_standing(user: dict[str, Any], team: str) -> Standing:
    """Tell what a user is from what Slack says of them; in an organisation people belong to several teams."""
    enterprise = user.get("enterprise_user")
    more = enterprise.get("teams") if isinstance(enterprise, dict) else ()
    teams = [user.get("team_id"), *(more if isinstance(more, list) else ())]
    if not team or user.get("is_stranger") or team not in teams or user.get("deleted"):
        return Standing.STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER


def _zone(name: Any) -> tzinfo | None:  # noqa: ANN401 - whatever Slack sends
    if not isinstance(name, str) or not name:
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return None
