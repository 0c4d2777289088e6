"""Who somebody is: full members of the bot's own workspace are served, guests and strangers are not."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackPermanent
from bot.operations.ports import Clock
from bot.slack.failures import call

KNOWN_FOR = timedelta(minutes=10)
MOST_KNOWN = 5000
NOBODY_OF_OURS = ("user_not_found", "user_not_visible", "users_not_found")


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
class _Known:
    standing: Standing
    until: datetime


class People:
    """Remembers who is who for ten minutes, so that an answer needs no call of its own."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._team: str | None = None
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def standing(self, user: str) -> Standing:
        """Tell what a user is. Raises SlackError where Slack does not say: then nobody is served."""
        known = self._known.get(user)
        if known is not None and self._clock.now() < known.until:
            return known.standing
        team = self._team or str((await call(self._client.auth_test)).get("team_id") or "")
        self._team = team
        try:
            answer = await call(self._client.users_info, user=user)
        except SlackPermanent as error:
            if error.code in NOBODY_OF_OURS:
                return Standing.STRANGER
            raise
        standing = read_standing(answer.get("user") or {}, team)
        self._known[user] = _Known(standing, self._clock.now() + KNOWN_FOR)
        self._known.move_to_end(user)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return standing


def read_standing(user: dict[str, Any], team: str) -> Standing:
    """Tell what a user is from what Slack says of them; in an organisation people belong to several teams."""
    teams = {user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ())}
    if not team or user.get("is_stranger") or team not in teams or user.get("deleted"):
        return Standing.STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER
