"""Who somebody is: full members of the bot's own workspace are served, guests and strangers are not."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError, SlackPermanent
from bot.operations.ports import Clock
from bot.slack.failures import call

KNOWN_FOR = timedelta(minutes=10)
MOST_KNOWN = 5000


class Standing(StrEnum):
    """What somebody is to this workspace."""

    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"
    UNKNOWN = "unknown"


REFUSALS = {
    Standing.GUEST: "Guests of this workspace cannot use the bot. Ask a full member to look for you.",
    Standing.STRANGER: "Only members of the bot's own workspace can use it. Ask one of them to look for you.",
    Standing.UNKNOWN: "Slack did not tell the bot who you are. Please try again in a moment.",
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
        """Tell what a user is. UNKNOWN where Slack does not say: then nobody is served."""
        known = self._known.get(user)
        if known is not None and self._clock.now() < known.until:
            return known.standing
        try:
            if self._team is None:
                self._team = str((await call(self._client.auth_test)).get("team_id"))
            answer = await call(self._client.users_info, user=user)
        except SlackPermanent as error:
            return (
                Standing.STRANGER
                if error.code in ("user_not_found", "user_not_visible")
                else Standing.UNKNOWN
            )
        except SlackError:
            return Standing.UNKNOWN
        standing = _read(answer.get("user") or {}, self._team)
        self._known[user] = _Known(standing, self._clock.now() + KNOWN_FOR)
        self._known.move_to_end(user)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return standing


def _read(user: dict[str, object], team: str) -> Standing:
    if user.get("is_stranger") or user.get("team_id") != team or user.get("deleted"):
        return Standing.STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER
