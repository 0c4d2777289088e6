"""What Slack sends in: every payload is acknowledged first, then becomes one command and one answer."""

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError
from bot.commands import Door
from bot.operations.answer_command import Answer, Asked
from bot.operations.ports import Journal
from bot.slack.failures import call
from bot.slack.people import REFUSALS, People, Standing
from bot.views.blocks import MESSAGE_BLOCKS, Message

COMMAND = "/logbackup"
ANYTHING = re.compile(r".*", re.DOTALL)
PRESSED = re.compile(r"^(command|share|share-anyway):")
MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")
REMEMBERED_EVENTS = 2000

Answering = Callable[[Asked], Awaitable[Answer]]


def listen(app: AsyncApp, answering: Answering, people: People, journal: Journal) -> None:
    """Register every listener; the catch-alls last, so that nothing comes again unacknowledged."""
    doors = _Doors(answering, people, journal)
    app.command(COMMAND)(doors.on_command)
    app.event("app_mention")(doors.on_mention)
    app.event("message")(doors.on_message)
    app.action(PRESSED)(doors.on_press)
    app.command(ANYTHING)(doors.on_unknown_command)
    app.action(ANYTHING)(acknowledge)
    app.event(ANYTHING)(acknowledge)
    app.shortcut(ANYTHING)(acknowledge)
    app.view(ANYTHING)(acknowledge)
    app.options(ANYTHING)(acknowledge)


async def acknowledge(ack: AsyncAck) -> None:
    """Acknowledge what needs nothing else."""
    await ack()


class _Doors:
    """The doors: a slash command, a mention, a direct message, a button."""

    def __init__(self, answering: Answering, people: People, journal: Journal) -> None:
        self._answering = answering
        self._people = people
        self._journal = journal
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def on_command(
        self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, client: AsyncWebClient
    ) -> None:
        """Answer a slash command privately."""
        await ack()
        asked = Asked(
            text=str(body.get("text") or ""),
            user=str(body.get("user_id") or ""),
            channel=str(body.get("channel_id") or ""),
            door=Door.SLASH,
        )
        message = await self._message(asked)
        await self._respond(respond, client, asked, message)

    async def on_unknown_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Say which command there is."""
        name = str(body.get("command") or "")[:50]
        await ack(f"The bot knows no {name}. Type {COMMAND} help.")

    async def on_mention(self, ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        """Answer a mention in its thread."""
        await ack()
        event = body.get("event") or {}
        if self._came_before(body) or event.get("bot_id") or event.get("edited"):
            return
        await self._answer_message(event, client, in_thread=True)

    async def on_message(self, ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        """Answer a direct message; messages in channels are not for the bot."""
        await ack()
        event = body.get("event") or {}
        personal = event.get("channel_type") == "im" and not event.get("subtype") and not event.get("bot_id")
        if personal and not self._came_before(body):
            await self._answer_message(event, client, in_thread=False)

    async def on_press(
        self,
        ack: AsyncAck,
        body: dict[str, Any],
        action: dict[str, Any],
        respond: AsyncRespond,
        client: AsyncWebClient,
    ) -> None:
        """Do what a button says: its value is a command's text; who pressed comes from the payload."""
        await ack()
        kind = str(action.get("action_id") or "").partition(":")[0]
        container = body.get("container") or {}
        asked = Asked(
            text=str(action.get("value") or ""),
            user=str((body.get("user") or {}).get("id") or ""),
            channel=str((body.get("channel") or {}).get("id") or ""),
            door=Door.BUTTON,
            name=str((body.get("user") or {}).get("name") or ""),
        )
        if kind == "command":
            message = await self._message(asked)
            private = bool(container.get("is_ephemeral"))
            await self._respond(respond, client, asked, message, replace=private)
            return
        if kind == "share" and await self._reaches_others(client, asked.channel):
            await self._respond(respond, client, asked, ask_before_sharing(asked.text))
            return
        await self._share(respond, client, asked)

    async def _share(self, respond: AsyncRespond, client: AsyncWebClient, asked: Asked) -> None:
        answer = await self._answer(asked)
        if not answer.may_be_shared:
            await self._respond(respond, client, asked, answer.message)
            return
        await self._respond(respond, client, asked, shared_by(answer.message, asked.name), public=True)

    async def _answer_message(
        self, event: dict[str, Any], client: AsyncWebClient, *, in_thread: bool
    ) -> None:
        """Answer what was written: a mention in its thread, a direct message where it stands."""
        thread = event.get("thread_ts") or (event.get("ts") if in_thread else None)
        text = str(event.get("text") or "")
        asked = Asked(
            text=MENTION.sub(" ", text, count=1) if in_thread else text,
            user=str(event.get("user") or ""),
            channel=str(event.get("channel") or ""),
            door=Door.MENTION,
            thread=None if thread is None else str(thread),
        )
        message = await self._message(asked)
        try:
            await call(
                client.chat_postMessage,
                channel=asked.channel,
                text=message.text,
                blocks=list(message.blocks) or None,
                thread_ts=asked.thread,
                unfurl_links=False,
                unfurl_media=False,
            )
        except SlackError as error:
            self._journal.warning("answer not posted", channel=asked.channel, code=error.code)

    async def _message(self, asked: Asked) -> Message:
        return (await self._answer(asked)).message

    async def _answer(self, asked: Asked) -> Answer:
        """Answer, whatever happens: one payload's trouble is never another's."""
        try:
            try:
                standing = await self._people.standing(asked.user)
            except SlackError as error:
                return Answer(
                    Message(f"Slack did not tell the bot who you are. {error.sentence}"), may_be_shared=False
                )
            if standing is not Standing.MEMBER:
                return Answer(Message(REFUSALS[standing]), may_be_shared=False)
            return await self._answering(asked)
        except Exception:  # noqa: BLE001 - one Slack payload's boundary
            self._journal.error("command not answered", door=asked.door.value)
            sentence = "Something went wrong in the bot. It has been logged; please try again."
            return Answer(Message(sentence), may_be_shared=False)

    async def _respond(
        self,
        respond: AsyncRespond,
        client: AsyncWebClient,
        asked: Asked,
        message: Message,
        *,
        replace: bool = False,
        public: bool = False,
    ) -> None:
        """Answer by the payload's own address; where that is used up, as a private message in the channel."""
        try:
            response = await respond(
                text=message.text,
                blocks=list(message.blocks),
                response_type="in_channel" if public else "ephemeral",
                replace_original=replace,
                unfurl_links=False,
            )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._journal.warning("response_url not reached", error=type(error).__name__)
        else:
            if response.status_code == 200:  # noqa: PLR2004 - HTTP's OK
                return
            self._journal.warning("response_url refused", status=response.status_code)
        try:
            await call(
                client.chat_postEphemeral,
                channel=asked.channel,
                user=asked.user,
                text=message.text,
                blocks=list(message.blocks) or None,
            )
        except SlackError as error:
            self._journal.warning("answer not posted", channel=asked.channel, code=error.code)

    async def _reaches_others(self, client: AsyncWebClient, channel: str) -> bool:
        """Whether people of another organisation read the channel; where Slack does not say, they may."""
        try:
            answer = await call(client.conversations_info, channel=channel)
        except SlackError:
            return True
        about = answer.get("channel") or {}
        return bool(about.get("is_ext_shared") or about.get("is_pending_ext_shared"))

    def _came_before(self, body: dict[str, Any]) -> bool:
        """Whether this event was delivered before: Slack sends again what it thinks was not heard."""
        event_id = str(body.get("event_id") or "")
        if not event_id:
            return False
        if event_id in self._seen:
            return True
        self._seen[event_id] = None
        while len(self._seen) > REMEMBERED_EVENTS:
            self._seen.popitem(last=False)
        return False


def ask_before_sharing(text: str) -> Message:
    """Ask before something is shared where people of another organisation may read it."""
    question = "People outside your organisation may read this channel. Share it all the same?"
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Share anyway"},
        "action_id": "share-anyway:0",
        "value": text,
        "style": "danger",
    }
    section = {"type": "section", "text": {"type": "mrkdwn", "text": question}}
    return Message(question, (section, {"type": "actions", "elements": [button]}))


def shared_by(message: Message, name: str) -> Message:
    """Name who shared an answer, without pinging them, where there is room for it."""
    if not name or len(message.blocks) >= MESSAGE_BLOCKS:
        return message
    note = {"type": "context", "elements": [{"type": "plain_text", "text": f"Shared by {name[:80]}"}]}
    return Message(message.text, (*message.blocks, note))
