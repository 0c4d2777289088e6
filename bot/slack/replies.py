"""Brings answers to people: by the payload's own address, else as a private message, else directly."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from slack_sdk.webhook.webhook_response import WebhookResponse

from bot.errors import SlackError, SlackPermanent, SlackTemporary
from bot.operations.ports import Clock, Journal
from bot.slack.failures import call, read_failure, unreachable
from bot.slack.payloads import Place
from bot.views.blocks import Message

TRIES = 3
WORTH_WAITING = timedelta(seconds=30)
FIRST_WAIT = timedelta(seconds=1)
RESPONSE_SECONDS = 10
HTTP_OK = 200
WORD = re.compile(r"[a-z][a-z_]{1,60}")
NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}
ILL_FORMED = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long")
NOT_THERE = ("channel_not_found", "is_archived", "not_in_channel", "user_not_in_channel")


class Replies:
    """The way back to people. Nothing is sent twice: the SDK's own retries are left out.

    A response_url works in channels that the bot is not in, five times in half an hour; where it does not,
    the Web API is the way.
    """

    def __init__(self, client: AsyncWebClient, clock: Clock, journal: Journal) -> None:
        self._client = client
        self._clock = clock
        self._journal = journal

    async def privately(
        self, place: Place, message: Message, response_url: str, *, replace: bool = False
    ) -> None:
        """Show a message to who asked alone; with ``replace`` in the place of what they pressed."""
        if response_url:
            try:
                await self._respond(
                    response_url,
                    _body(message, response_type="ephemeral", thread=place.thread, replace=replace),
                )
            except SlackError as error:
                self._journal.warning("response_url refused", code=error.code)
            else:
                return
        if not place.channel:
            await self._directly(place, message)
            return
        try:
            await self._post(
                self._client.chat_postEphemeral,
                message,
                channel=place.channel,
                user=place.user,
                thread_ts=place.thread,
            )
        except SlackError as error:
            if error.code in NOT_THERE:
                await self._directly(place, message)
            else:
                self._give_up(place, error)

    async def to_all(self, place: Place, message: Message, response_url: str) -> None:
        """Show a message to everybody where it was asked. Raises SlackError.

        Without a response_url, as in a dialog, the Web API is the way: the bot must be in the channel.
        """
        if not response_url:
            await self._post(
                self._client.chat_postMessage,
                message,
                channel=place.channel,
                thread_ts=place.thread,
                **NO_PREVIEWS,
            )
            return
        await self._respond(response_url, _body(message, response_type="in_channel", thread=place.thread))

    async def in_thread(self, place: Place, message: Message) -> None:
        """Post a message where it was asked, in its thread if there is one."""
        try:
            await self._post(
                self._client.chat_postMessage,
                message,
                channel=place.channel,
                thread_ts=place.thread,
                **NO_PREVIEWS,
            )
        except SlackError as error:
            self._give_up(place, error)

    async def take_away(self, response_url: str) -> None:
        """Take away the private message whose button was pressed; where it is gone already, all is well."""
        try:
            await self._respond(response_url, {"delete_original": True})
        except SlackError as error:
            self._journal.info("private message not taken away", code=error.code)

    async def _directly(self, place: Place, message: Message) -> None:
        try:
            await self._post(self._client.chat_postMessage, message, channel=place.user, **NO_PREVIEWS)
        except SlackError as error:
            self._give_up(place, error)

    def _give_up(self, place: Place, error: SlackError) -> None:
        self._journal.warning("answer not posted", channel=place.channel, code=error.code)

    async def _respond(self, url: str, body: dict[str, Any]) -> None:
        """Send to a response_url once. Raises SlackError."""
        client = AsyncWebhookClient(url, timeout=RESPONSE_SECONDS, retry_handlers=[])
        client.proxy = self._client.proxy
        try:
            response = await client.send_dict(body)
        except aiohttp.ClientConnectorError as error:
            raise unreachable(error) from error
        except (aiohttp.ClientError, LookupError, OSError, TimeoutError, ValueError) as error:
            sentence = "The connection to Slack broke before it answered."
            raise SlackTemporary(sentence, code="no_answer", outcome_unknown=True) from error
        refused = _refused(response.body)
        if response.status_code != HTTP_OK or refused is not None:
            raise read_failure(_Refusal(response.status_code, response.headers, refused or _word(response)))

    async def _post(self, method: Any, message: Message, **arguments: Any) -> None:  # noqa: ANN401 - the SDK's
        """Post by the Web API; what Slack surely did not take is tried again. Raises SlackError."""
        blocks, wait = list(message.blocks), FIRST_WAIT
        for tries_left in reversed(range(TRIES)):
            try:
                await call(method, text=message.text, blocks=blocks or None, **arguments)
            except SlackPermanent as error:
                if error.code not in ILL_FORMED or not blocks or not tries_left:
                    raise
                self._journal.error("answer ill-formed, sent as text", code=error.code)
                blocks = []
            except SlackTemporary as error:
                wait = error.retry_after or wait * 2
                if error.outcome_unknown or not tries_left or wait > WORTH_WAITING:
                    raise
                await self._clock.sleep(wait)
            else:
                return


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A response_url's refusal, in the shape of the Web API's."""

    status_code: int
    headers: Mapping[str, str]
    data: Mapping[str, Any]


def _word(response: WebhookResponse) -> dict[str, Any]:
    """Read a refusal that is one bare word, ``used_url`` for example."""
    word = response.body.strip()
    return {"error": word if WORD.fullmatch(word) else f"http_{response.status_code}"}


def _refused(text: str) -> dict[str, Any] | None:
    """Read a refusal in JSON, whatever the status."""
    try:
        answer = json.loads(text)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and answer.get("error") else None


def _body(
    message: Message, *, response_type: str, thread: str | None, replace: bool = False
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "text": message.text,
        "response_type": response_type,
        "replace_original": replace,
        **NO_PREVIEWS,
    }
    if message.blocks or replace:
        body["blocks"] = list(message.blocks)
    if thread and not replace:
        body["thread_ts"] = thread
    return body
