"""The simulated Slack as one thing that starts and stops: its server, its set-up, what there is to see."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Self, TypeVar

from aiohttp import web

from bot.operations.ports import Clock
from bot.sandbox.slack.administration import Administration
from bot.sandbox.slack.change import Change
from bot.sandbox.slack.channel import Channel, Message
from bot.sandbox.slack.deliveries import Delivery
from bot.sandbox.slack.events import EVENTS
from bot.sandbox.slack.installation import Shortcut
from bot.sandbox.slack.method_log import Call
from bot.sandbox.slack.methods.method import Surroundings
from bot.sandbox.slack.outgoing import Outgoing
from bot.sandbox.slack.pacing import Pacer
from bot.sandbox.slack.people import BOT_USER, HOME_TEAM, Person, UserGroup
from bot.sandbox.slack.request_url import RequestUrl
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.server import Server
from bot.sandbox.slack.socket_mode import SocketMode
from bot.sandbox.slack.tokens import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Tokens
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.trouble import Troubles
from bot.sandbox.slack.uploads import Upload
from bot.sandbox.slack.view import View
from bot.sandbox.slack.web_api import WebApi
from bot.sandbox.slack.workspace import SCOPES, Workspace

T = TypeVar("T")


class SimulatedSlack(Administration):
    """A Slack on loopback; the package's docstring says how to use it."""

    bot_token = BOT_TOKEN
    app_token = APP_TOKEN
    signing_secret = SIGNING_SECRET
    bot_user = BOT_USER
    team = HOME_TEAM

    def __init__(
        self,
        *,
        clock: Clock,
        pacing_clock: Clock,
        port: int = 0,
        scopes: Iterable[str] = SCOPES,
        events: Iterable[str] = EVENTS,
        commands: Iterable[str] = ("/logbackup",),
        escaping: Iterable[str] = (),
        shortcuts: Sequence[Shortcut] = (),
        routes: Sequence[web.AbstractRouteDef] = (),
        refresh_after: timedelta | None = timedelta(hours=4),
    ) -> None:
        workspace = Workspace(clock, scopes)
        self.shortcuts = tuple(shortcuts)
        self._tokens = Tokens()
        self._sockets = SocketMode(pacing_clock, self._socket_changed, refresh_after)
        self._request_url = RequestUrl(pacing_clock, SIGNING_SECRET)
        triggers = Triggers(pacing_clock)
        outgoing = Outgoing(workspace, self._sockets, self._request_url, events)
        workspace.emit = outgoing.emit
        self.trouble = Troubles(self._trouble_changed, pacing_clock)
        around = Surroundings(workspace, triggers, self._sockets, lambda: self.root_url)
        self._web_api = WebApi(around, self._tokens, Pacer(pacing_clock), self.trouble)
        responses = ResponseUrls(workspace, pacing_clock)
        self._server = Server(
            workspace, self._web_api, self._sockets, responses, self.trouble, self._tokens, routes, port
        )
        super().__init__(workspace, outgoing, triggers, responses, commands, escaping, lambda: self.root_url)

    def _socket_changed(self) -> None:
        self._workspace.feed.tell(Change("socket"))

    def _trouble_changed(self) -> None:
        self._workspace.feed.tell(Change("trouble"))

    # ── starting and stopping

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen on loopback."""
        await self._server.start()

    async def stop(self) -> None:
        """Stop listening, let go of everybody, end the feeds."""
        self.trouble.clear()
        self._workspace.feed.close()
        await self._outgoing.close()
        await self._sockets.close()
        await self._request_url.close()
        await self._server.stop()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    @property
    def root_url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        """The Web API's address: what ``SLACK_API_URL`` is to be."""
        return f"{self.root_url}/api/"

    # ── what the app may, and what breaks

    @property
    def events(self) -> set[str]:
        """What the app is subscribed to; change it at will."""
        return self._outgoing.events

    def revoke_bot_token(self) -> None:
        """Make the bot's token worthless; the app is told."""
        self._tokens.revoked.add(BOT_TOKEN)
        event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}}
        self._workspace.emit("tokens_revoked", event, None)
        self._trouble_changed()

    def restore_bot_token(self) -> None:
        """Make the bot's token good again."""
        self._tokens.revoked.discard(BOT_TOKEN)
        self._trouble_changed()

    @property
    def bot_token_revoked(self) -> bool:
        """Whether the bot's token is worthless."""
        return BOT_TOKEN in self._tokens.revoked

    @property
    def dead_tickets(self) -> bool:
        """Whether tickets for Socket Mode are worthless."""
        return self._sockets.dead_tickets

    @dead_tickets.setter
    def dead_tickets(self, dead: bool) -> None:
        self._sockets.dead_tickets = dead
        self._trouble_changed()

    @property
    def silent_sockets(self) -> bool:
        """Whether connections look alive and hear nothing."""
        return self._sockets.silent

    @silent_sockets.setter
    def silent_sockets(self, silent: bool) -> None:
        self._sockets.silent = silent
        self._trouble_changed()

    @property
    def refused_tickets(self) -> tuple[str, ...]:
        """The tickets that were tried in vain, in order."""
        return tuple(self._sockets.refused)

    def drop_sockets(self) -> None:
        """Break every Socket Mode connection without a word."""
        self._sockets.drop()

    async def refresh_sockets(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to go and come again (``warning`` only announces it)."""
        await self._sockets.refresh(reason)

    # ── signed HTTP

    @property
    def request_url(self) -> str | None:
        """Where everything is posted, signed; None is Socket Mode."""
        return self._request_url.url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self._request_url.url = url

    async def verify_request_url(self, url: str) -> bool:
        """Send the challenge to a URL; where it comes back, that becomes the request URL."""
        return await self._request_url.verify(url)

    # ── what there is to see

    def channel(self, name: str) -> Channel:
        """Find a channel by name or id."""
        return self._workspace.channel(name)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """All conversations, direct messages too."""
        return tuple(self._workspace.channels.values())

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody, the bot first."""
        return tuple(self._workspace.people.values())

    @property
    def groups(self) -> tuple[UserGroup, ...]:
        """All user groups."""
        return tuple(self._workspace.groups.values())

    def person(self, who: str) -> Person:
        """Find somebody by handle or id."""
        return self._workspace.person(who)

    def ephemerals(self, person: str, channel: str | Channel | None = None) -> tuple[Message, ...]:
        """Give what only this person sees, oldest first."""
        seen_by = self._workspace.person(person).id
        place = self._find(channel).id if channel is not None else None
        mine = [m for m in self._workspace.ephemerals if m.ephemeral_to == seen_by]
        return tuple(replace(m) for m in mine if place in (None, m.channel))

    def modals(self, person: str) -> tuple[View, ...]:
        """Give the dialogs that somebody has open, the top one last."""
        return tuple(self._workspace.modals.get(self._workspace.person(person).id, ()))

    def home(self, person: str) -> View | None:
        """Somebody's Home tab, if the bot published one."""
        return self._workspace.homes.get(self._workspace.person(person).id)

    @property
    def files(self) -> dict[str, Upload]:
        """Every file by its id, with its content once it was uploaded."""
        return self._workspace.files

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every Web API call, in order."""
        return tuple(self._web_api.calls)

    def calls_of(self, method: str) -> tuple[Call, ...]:
        """Every call of one method, in order."""
        return tuple(call for call in self._web_api.calls if call.method == method)

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Everything that was brought to the app, in order."""
        return tuple(self._outgoing.deliveries)

    @property
    def sockets(self) -> int:
        """How many Socket Mode connections are open."""
        return len(self._sockets.connections)

    # ── waiting

    def changes(self) -> AsyncIterator[Change]:
        """Yield every change from now on, until it stops."""
        return self._workspace.feed.changes()

    async def until(self, condition: Callable[[Self], T], timeout: float = 30.0) -> T:  # noqa: ASYNC109 - callers read it as a limit on one wait
        """Wait until a condition is true of this Slack; returns what it gave. Raises TimeoutError."""
        with self._workspace.feed.listening() as queue:
            async with asyncio.timeout(timeout):
                while not (found := condition(self)):
                    if await queue.get() is None:
                        raise TimeoutError("the simulated Slack stopped first")
                return found

    async def settled(self) -> None:
        """Wait until no delivery is under way."""
        await self._outgoing.settled()
