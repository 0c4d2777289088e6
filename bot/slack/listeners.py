"""What Slack sends in: every payload is acknowledged first, then becomes one command and one answer."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError
from bot.operations.answer_command import Answer, Asked
from bot.operations.ports import Journal
from bot.slack.failures import call
from bot.slack.payloads import (
    PRESSED,
    SHARE,
    SHARE_ANYWAY,
    Came,
    by_command,
    by_mention,
    by_message,
    by_press,
)
from bot.slack.people import REFUSALS, People, Standing
from bot.slack.replies import Replies
from bot.slack.sharing import ask_before_sharing, shared_by, with_help
from bot.views.blocks import Message, escape
from bot.views.mistake import failure_message, unexpected_message

COMMAND = "/logbackup"
ANYTHING = re.compile(r".*", re.DOTALL)
REMEMBERED = 5000

Answering = Callable[[Asked], Awaitable[Answer]]


def listen(
    app: AsyncApp,
    answering: Answering,
    people: People,
    client: AsyncWebClient,
    replies: Replies,
    journal: Journal,
) -> "Doors":
    """Register every listener; the catch-alls last, so that nothing comes again unacknowledged."""
    doors = Doors(answering, people, client, replies, journal)
    app.command(COMMAND)(doors.on_command)
    app.event("app_mention")(doors.on_mention)
    app.event("message")(doors.on_message)
    app.action(PRESSED)(doors.on_press)
    app.command(ANYTHING)(doors.on_unknown_command)
    app.action(ANYTHING)(acknowledge)
    app.event(ANYTHING)(acknowledge)
    app.shortcut(ANYTHING)(acknowledge)
    app.view(ANYTHING)(acknowledge)
    app.view_closed(ANYTHING)(acknowledge)
    app.options(ANYTHING)(acknowledge)
    return doors


async def acknowledge(ack: AsyncAck) -> None:
    """Acknowledge what needs nothing else."""
    await ack()


class Doors:
    """The doors: a slash command, a mention, a direct message, a button.

    What a payload asks for is done as a task of its own, once however often Slack delivers the payload.
    """

    def __init__(
        self,
        answering: Answering,
        people: People,
        client: AsyncWebClient,
        replies: Replies,
        journal: Journal,
    ) -> None:
        self._answering = answering
        self._people = people
        self._client = client
        self._replies = replies
        self._journal = journal
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._under_way: set[asyncio.Task[None]] = set()

    async def close(self, within: timedelta) -> None:
        """Let the answers under way end, for so long; the rest is dropped."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within.total_seconds())
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Answer a slash command privately."""
        await ack()
        self._once(by_command(body), self._answer_privately)

    async def on_unknown_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Say which command there is."""
        name = escape(str(body.get("command") or "")[:50])
        await ack(f"The bot knows no {name}. Type {COMMAND} help.")

    async def on_mention(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Answer a mention in its thread."""
        await ack()
        self._once(by_mention(body), self._answer_in_thread)

    async def on_message(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Answer a direct message; messages in channels are not for the bot."""
        await ack()
        self._once(by_message(body), self._answer_in_thread)

    async def on_press(self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        """Do what a button says."""
        await ack()
        came = by_press(body, action)
        self._once(came, self._share if came.act in (SHARE, SHARE_ANYWAY) else self._answer_privately)

    def _once(self, came: Came | None, work: Callable[[Came], Coroutine[Any, Any, None]]) -> None:
        """Start the work that a payload asks for, unless the same payload was here before."""
        if came is None or self._is_known(came.key):
            return
        task = asyncio.create_task(self._guarded(came, work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _guarded(self, came: Came, work: Callable[[Came], Coroutine[Any, Any, None]]) -> None:
        """Whatever happens to one payload is no other's trouble."""
        try:
            await work(came)
        except Exception:  # noqa: BLE001 - one Slack payload's boundary
            self._journal.error("payload not handled", door=came.asked.door.value)

    async def _answer_privately(self, came: Came) -> None:
        message = (await self._answer(came)).message
        await self._replies.privately(came.asked, message, came.response_url, replace=bool(came.shown_to))

    async def _answer_in_thread(self, came: Came) -> None:
        answer = await self._answer(came)
        message = with_help(answer.message) if came.with_help else answer.message
        if came.asked.private and answer.may_be_shared:
            await self._replies.privately(came.asked, message, "")
        else:
            await self._replies.in_thread(came.asked, message)

    async def _share(self, came: Came) -> None:
        """Show an answer to the channel; where people of other organisations may read it, ask first."""
        asked = came.asked
        answer = await self._answer(came)
        if not answer.may_be_shared:
            await self._replies.privately(asked, answer.message, came.response_url)
        elif came.act == SHARE and await self._reaches_others(asked.channel):
            await self._replies.privately(asked, ask_before_sharing(asked.text), came.response_url)
        else:
            await self._show_to_all(came, answer.message)

    async def _show_to_all(self, came: Came, message: Message) -> None:
        """Show an answer to all, once, and take the private one away."""
        once = f"shared {came.asked.channel} {came.shown_to} {came.asked.text}" if came.shown_to else ""
        if self._is_known(once):
            return
        try:
            await self._replies.to_all(came.asked, shared_by(message, came.asked.name), came.response_url)
        except SlackError as error:
            self._seen.pop(once, None)
            self._journal.warning("answer not shared", channel=came.asked.channel, code=error.code)
            await self._replies.privately(came.asked, not_shared(error), came.response_url)
            return
        if came.shown_to:
            await self._replies.take_away(came.response_url)

    async def _answer(self, came: Came) -> Answer:
        """Answer, whatever happens."""
        try:
            standing = await self._people.standing(came.asked.user)
            if standing is not Standing.MEMBER:
                return Answer(Message(REFUSALS[standing]), may_be_shared=False)
            return await self._answering(came.asked)
        except SlackError as error:
            self._journal.warning("person not known", user=came.asked.user, code=error.code)
            return Answer(failure_message(unknown_person(error)), may_be_shared=False)
        except Exception:  # noqa: BLE001 - one Slack payload's boundary
            self._journal.error("command not answered", door=came.asked.door.value)
            return Answer(unexpected_message(), may_be_shared=False)

    async def _reaches_others(self, channel: str) -> bool:
        """Whether people of another organisation read the channel; where Slack does not say, they may."""
        try:
            answer = await call(self._client.conversations_info, channel=channel)
        except SlackError:
            return True
        about = answer.get("channel") or {}
        return bool(about.get("is_ext_shared") or about.get("is_pending_ext_shared"))

    def _is_known(self, key: str) -> bool:
        """Whether this was here before; from now on it was."""
        if not key:
            return False
        if key in self._seen:
            return True
        self._seen[key] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return False


def unknown_person(error: SlackError) -> SlackError:
    """Say that nobody is served whom Slack does not name."""
    sentence = f"Slack did not tell the bot who you are, so it may not answer. {error.sentence}"
    return type(error)(sentence, code=error.code)


def not_shared(error: SlackError) -> Message:
    """Say that an answer was not shared, or that nobody knows."""
    sentence = escape(error.sentence)
    if getattr(error, "outcome_unknown", False):
        return Message(f"{sentence} It may have been shared all the same: look before you try again.")
    return Message(f"This could not be shared. {sentence}")
