"""Finds the person that somebody means: by the id of a mention, or by a name in plain letters."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.handling import Actor, UserId
from bot.errors import UserMistake
from bot.operations.ports import Clock
from bot.slack.failures import call
from bot.slack.people import People, Profile, Standing, read_names, read_profile

KNOWN_FOR = timedelta(minutes=10)
PEOPLE_ON_A_PAGE = 1000
MOST_PAGES = 10
"""So much of the list of people is read: 10,000."""
_SHOWN = 5
_BY_ID = "write @ and choose the person, so that Slack says who is meant."


@dataclass(frozen=True, slots=True)
class _Listed:
    """Somebody of the list, why nothing can be given to them if so, and what they are called, folded."""

    actor: Actor
    why_not: str | None
    names: frozenset[str]
    first_names: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Read:
    people: tuple[_Listed, ...]
    is_whole: bool
    until: datetime


class Directory:
    """The people of the workspace to whom an incident can be given: no bot, no guest, nobody who left."""

    def __init__(self, client: AsyncWebClient, people: People, clock: Clock) -> None:
        self._client = client
        self._people = people
        self._clock = clock
        self._read: _Read | None = None
        self._reading = asyncio.Lock()

    async def person(self, user_id: str) -> Actor:
        """Give the person of an id. Raises UserMistake where nothing can be given to them, and SlackError."""
        profile = await self._people.profile(user_id)
        why = why_not(profile)
        if why is not None:
            raise UserMistake(why)
        return Actor(UserId(user_id), profile.name)

    async def named(self, name: str) -> Actor:
        """Give the one person of a name: the one shown, the full one, the handle, or a first name.

        Raises UserMistake where nobody or several people are called so, and SlackError. Slack's own list in
        a dialog shows guests, bots and those who left too: whoever types such a name hears why it is refused.
        """
        wanted = " ".join(name.strip().removeprefix("@").casefold().split())
        read = await self._listed()
        able = [one for one in read.people if one.why_not is None]
        found = [one.actor for one in able if wanted in one.names]
        found = found or [one.actor for one in able if wanted in one.first_names]
        if len(found) == 1:
            return found[0]
        said = " ".join(name.split())[:60]
        if not found:
            for one in read.people:
                if one.why_not is not None and wanted in one.names:
                    raise UserMistake(one.why_not)
            where = "here" if read.is_whole else f"among the first {len(read.people):,} people here"
            raise UserMistake(f"Nobody {where} is called “{said}”: {_BY_ID}")
        some = ", ".join(sorted(actor.name for actor in found)[:_SHOWN])
        more = f" and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        raise UserMistake(f"{len(found):,} people are called “{said}” ({some}{more}): {_BY_ID}")

    async def _listed(self) -> _Read:
        """Read the list of people, once in ten minutes however many ask. Raises SlackError."""
        async with self._reading:
            if self._read is None or self._clock.now() >= self._read.until:
                self._read = await self._fetch()
            return self._read

    async def _fetch(self) -> _Read:
        team, cursor = await self._people.team(), ""
        people: list[_Listed] = []
        for _ in range(MOST_PAGES):
            answer = await call(self._client.users_list, limit=PEOPLE_ON_A_PAGE, cursor=cursor)
            members = answer.get("members")
            people += [
                listed
                for one in (members if isinstance(members, list) else ())
                if (listed := _read_listed(one, team)) is not None
            ]
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return _Read(tuple(people), not cursor, self._clock.now() + KNOWN_FOR)


def why_not(profile: Profile) -> str | None:
    """Say why nothing can be given to somebody; None where it can."""
    who = profile.name or "This person"
    if profile.is_bot:
        return f"{who} is a bot: choose a person."
    if profile.has_left:
        return f"{who} has left the workspace: choose somebody else."
    if profile.standing is Standing.GUEST:
        return f"{who} is a guest, and guests cannot use the bot: choose a full member."
    if profile.standing is Standing.STRANGER:
        return f"{who} is no member of this workspace: choose somebody who is."
    return None


def _read_listed(user: Any, team: str) -> _Listed | None:  # noqa: ANN401 - whatever Slack sends
    """Read one line of the list; None where it cannot be read."""
    if not isinstance(user, dict) or not isinstance(user.get("id"), str):
        return None
    profile = read_profile(user, team)
    about = user.get("profile")
    names = [one.casefold() for one in read_names(user, about if isinstance(about, dict) else {}) if one]
    actor = Actor(UserId(user["id"]), profile.name)
    first_names = frozenset(one.partition(" ")[0] for one in names)
    return _Listed(actor, why_not(profile), frozenset(names), first_names) if names else None
