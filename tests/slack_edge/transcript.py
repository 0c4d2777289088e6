"""People and the bot in a simulated Slack: say, expect, click, expect the edit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.clock import SystemClock
from bot.domain.permission import UserGroup
from bot.monitoring.web import WebServer
from bot.sandbox.slack import Channel, Message, Reaction, SimulatedSlack
from bot.slack.bolt import bolt_app, web_client
from bot.slack.connection import Pace, SocketConnections
from bot.slack.listeners import Doors, listen
from bot.slack.people import People
from bot.slack.replies import Replies
from bot.slack.requests import PATH, slack_routes
from tests.fakes.listed_journal import ListedJournal
from tests.slack_edge.small_talk import Answers, Talk

ONE = Pace(connections=1)
WITHIN = 30.0


class Stage:
    """A simulated Slack with the bot in it, and what people do there."""

    def __init__(
        self,
        slack: SimulatedSlack,
        doors: Doors,
        journal: ListedJournal,
        talk: Talk,
        people: People,
        app: AsyncApp,
    ) -> None:
        self.slack = slack
        self.doors = doors
        self.journal = journal
        self.talk = talk
        self.people = people
        self.app = app

    # ── what people do, and what the bot shows in return

    async def types(self, text: str, *, by: str = "anna", where: str = "general") -> Message:
        """Type the slash command; the one thing that the bot shows."""
        return await self.one(self.slack.command(by, where, "/logbackup", text))

    async def says(
        self, text: str, *, by: str = "anna", where: str = "general", thread: str | None = None
    ) -> Message:
        """Write in a channel; the one thing that the bot shows."""
        return await self.one(self.slack.say(by, where, text, thread))

    async def writes(self, text: str, *, by: str = "anna", thread: str | None = None) -> Message:
        """Write to the bot directly; the one thing that the bot shows."""
        return await self.one(self.slack.say(by, self.slack.dm(by), text, thread))

    async def clicks(self, message: Message, label: str, *, by: str = "anna") -> Message:
        """Press a button by what stands on it; the one thing that the bot shows."""
        return await self.one(self.press(message, label, by=by))

    def press(self, message: Message, label: str, *, by: str = "anna") -> Awaitable[Reaction]:
        button = next(one for one in buttons(message) if one["text"]["text"] == label)
        return self.slack.click(by, message.channel, message.ts, button["action_id"])

    async def one(self, act: Awaitable[object]) -> Message:
        """Do something and give the one thing that the bot shows for it."""
        shown = await self.shown_after(act)
        assert len(shown) == 1, [message.text for message in shown]
        return shown[0]

    async def shown_after(self, act: Awaitable[object]) -> list[Message]:
        """Do something, wait until the bot is done with it, and give what it wrote or changed."""
        before = self._shown()
        async with asyncio.timeout(WITHIN):
            await act
            await self.quiet()
        return [message for message in self._shown() if message not in before and message.by_bot]

    async def quiet(self) -> None:
        """Wait until everything was delivered and the bot has nothing under way."""
        while self.slack._outgoing._under_way or self.doors.under_way.tasks:
            await self.slack.settled()
            if self.doors.under_way.tasks:
                await asyncio.wait(self.doors.under_way.tasks)

    def _shown(self) -> list[Message]:
        public = [message for channel in self.slack.channels for message in channel.everything]
        private = [message for person in self.slack.people for message in self.slack.ephemerals(person.id)]
        return public + private

    def channel(self, name: str) -> Channel:
        return self.slack.channel(name)


def buttons(message: Message) -> list[dict[str, Any]]:
    """Give the buttons of a message."""
    return [
        element
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "button"
    ]


def labels(message: Message) -> list[str]:
    """Give what stands on the buttons of a message."""
    return [button["text"]["text"] for button in buttons(message)]


def read(message: Message) -> str:
    """Give every word that a message shows, blocks and all."""
    return message.text + "\n" + str(message.blocks)


def _spoken(answers: Answers | Talk | None) -> Talk:
    """Give somebody who answers: the one that is given, or small talk."""
    if isinstance(answers, Talk):
        return answers
    return Talk() if answers is None else Talk(answers)


@asynccontextmanager
async def over_http(answers: Answers | Talk | None = None) -> AsyncIterator[tuple[Stage, str]]:
    """As ``stage``, but Slack sends signed requests; gives the address too."""
    clock, journal, talk = SystemClock(), ListedJournal(), _spoken(answers)
    async with SimulatedSlack(clock=clock, pacing_clock=clock) as slack:
        client = web_client(slack.bot_token, slack.api_url)
        app = bolt_app(slack.api_url)
        people, replies = People(client, clock, journal), Replies(client, clock, journal)
        doors = listen(app, talk, people, client, replies, journal)
        routes = slack_routes(app, slack.signing_secret, clock, journal)
        async with WebServer("127.0.0.1", 0, None, routes) as server:
            address = server.url + PATH
            assert await slack.verify_request_url(address)
            slack.invite_bot(slack.add_channel("general"))
            yield Stage(slack, doors, journal, talk, people, app), address
            await doors.close(timedelta(seconds=0.1))


@asynccontextmanager
async def stage(
    answers: Answers | Talk | None = None, *, groups: Collection[UserGroup] = (), **options: Any
) -> AsyncIterator[Stage]:
    """Connect the bot's edge to a simulated Slack by Socket Mode; ``answers`` in place of small talk."""
    clock = SystemClock()
    async with SimulatedSlack(clock=clock, pacing_clock=clock, **options) as slack:
        slack.invite_bot(slack.add_channel("general"))
        async with connected(slack, _spoken(answers), groups) as on:
            await slack.settled()
            yield on


@asynccontextmanager
async def connected(
    slack: SimulatedSlack, talk: Talk, groups: Collection[UserGroup] = ()
) -> AsyncIterator[Stage]:
    """Connect one process of the bot; at the end it is gone with all that it knew."""
    clock, journal = SystemClock(), ListedJournal()
    client = web_client(slack.bot_token, slack.api_url)
    app = bolt_app(slack.api_url)
    people, replies = People(client, clock, journal, groups), Replies(client, SystemClock(), journal)
    doors = listen(app, talk, people, client, replies, journal)
    connections = SocketConnections(app, slack.app_token, clock, journal, ONE)
    running = asyncio.create_task(connections.run())
    try:
        await slack.until(lambda slack: slack.sockets)
        yield Stage(slack, doors, journal, talk, people, app)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await doors.close(timedelta(seconds=0.1))


async def eventually(condition: Callable[[], object], within: float = 8.0) -> None:
    """Wait until something is true that nothing tells of. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
