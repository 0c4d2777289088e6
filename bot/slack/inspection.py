"""Looks at what Slack grants: whose token this is, what it may, and whether Socket Mode is heard."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.notification import Channel
from bot.errors import SlackPermanent, SlackTemporary
from bot.slack.failures import call

HELLO_WITHIN = timedelta(seconds=10)
SCOPES: Mapping[str, str] = {
    "app_mentions:read": "the bot hears no mentions",
    "channels:history": "the bot cannot look whether a message arrived, and may post one twice",
    "channels:read": "the bot cannot find channels by name",
    "chat:write": "the bot cannot post",
    "commands": "there is no /logbackup",
    "files:write": "charts and reports are told in words only",
    "groups:history": "the bot cannot look whether a message arrived in a private channel",
    "groups:read": "the bot cannot find private channels by name",
    "im:history": "the bot hears no direct messages",
    "im:write": "charts asked for by command, and a person's own subscriptions, do not reach them directly",
    "usergroups:read": "the bot cannot tell who is in the user groups that the settings name",
    "users:read": "the bot cannot tell members from guests, and answers nobody",
}
"""The scopes that manifest.yml asks for, and what does not work without each."""
OPTIONAL = frozenset(
    {
        "channels:history",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "usergroups:read",
    }
)
"""The scopes without which alerts arrive and commands are answered all the same."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is. ``scopes`` is None where Slack did not say; ``bot_id`` where it is no bot's."""

    user: str
    team: str
    bot_id: str | None
    scopes: frozenset[str] | None

    def missing(self) -> tuple[str, ...]:
        """Name the scopes that the bot needs and was not granted."""
        return () if self.scopes is None else tuple(sorted(SCOPES.keys() - self.scopes))


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One channel as the bot sees it; ``people`` leaves the bot itself out, None: Slack did not say."""

    name: str
    is_member: bool
    is_archived: bool
    is_shared: bool
    people: int | None


async def identify(client: AsyncWebClient) -> Identity:
    """Ask Slack whose token this is. Raises SlackError."""
    headers: dict[str, Any] = {}

    async def asking() -> AsyncSlackResponse:
        response = await client.auth_test()
        headers.update({str(name).lower(): value for name, value in response.headers.items()})
        return response

    answer = await call(asking)
    granted = headers.get("x-oauth-scopes")
    scopes = (
        None
        if granted is None
        else frozenset(part.strip() for part in str(granted).split(",") if part.strip())
    )
    return Identity(
        user=str(answer.get("user") or "the bot"),
        team=str(answer.get("team") or "a workspace without a name"),
        bot_id=str(answer["bot_id"]) if answer.get("bot_id") else None,
        scopes=scopes,
    )


async def app_of(client: AsyncWebClient, bot_id: str) -> str | None:
    """Ask which app a bot belongs to. Raises SlackError."""
    answer = await call(client.bots_info, bot=bot_id)
    app = (answer.get("bot") or {}).get("app_id")
    return str(app) if app else None


async def hear(client: AsyncWebClient, app_token: str) -> str | None:
    """Connect by Socket Mode until Slack says hello, and tell which app it greets. Raises SlackError."""
    answer = await call(client.apps_connections_open, app_token=app_token)
    try:
        async with asyncio.timeout(HELLO_WITHIN.total_seconds()):
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(str(answer["url"]), proxy=client.proxy) as socket,
            ):
                said = await socket.receive_json()
    except (aiohttp.ClientError, TimeoutError, TypeError, ValueError, OSError) as error:
        raise SlackTemporary(
            "Slack gave an address for Socket Mode, but no connection to it came about: let this machine "
            "open WebSockets to slack.com, through the proxy if there is one.",
            code="no_hello",
        ) from error
    kind = said.get("type") if isinstance(said, dict) else None
    if kind == "disconnect" and said.get("reason") == "link_disabled":
        raise SlackPermanent(
            "Socket Mode is switched off. Switch it on in the app's settings, under Socket Mode.",
            code="link_disabled",
        )
    if kind != "hello":
        raise SlackTemporary(
            "Slack did not say hello on a Socket Mode connection. Try again.", code="no_hello"
        )
    app = (said.get("connection_info") or {}).get("app_id")
    return str(app) if app else None


async def look_at(client: AsyncWebClient, channel: Channel) -> Whereabouts:
    """Look at one channel. Raises SlackError."""
    answer = await call(client.conversations_info, channel=channel, include_num_members=True)
    about = answer.get("channel") or {}
    is_member = bool(about.get("is_member"))
    number = about.get("num_members")
    return Whereabouts(
        name=str(about.get("name") or channel),
        is_member=is_member,
        is_archived=bool(about.get("is_archived")),
        is_shared=bool(about.get("is_ext_shared") or about.get("is_pending_ext_shared")),
        people=max(number - is_member, 0) if isinstance(number, int) else None,
    )
