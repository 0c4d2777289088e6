"""Posts, edits and finds messages; every message carries our own id in its metadata."""

from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.notification import Channel, OutboxId
from bot.errors import SlackPermanent
from bot.operations.ports import Sent
from bot.slack.failures import call
from bot.views.blocks import Message

EVENT_TYPE = "logbackup_bot_message"
PAGE = 200
CHANNEL_PAGES = 200
"""At most 40,000 channels are searched for a name."""


def web_client(token: str, api_url: str | None) -> AsyncWebClient:
    """Make a client of the Web API that never tries by itself.

    The SDK's own handler posts a message twice after a connection reset; when to try again is ours to
    decide, by the outbox.
    """
    address = api_url or AsyncWebClient.BASE_URL
    return AsyncWebClient(token=token, base_url=address, retry_handlers=[], timeout=30)


class SlackMessenger:
    """Slack's Web API as delivery needs it. Every method raises SlackError."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def post(
        self,
        channel: Channel,
        message: Message,
        *,
        outbox_id: OutboxId,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Sent:
        """Post a message, or a reply where ``thread_ts`` is given."""
        arguments: dict[str, Any] = {"thread_ts": thread_ts} if thread_ts else {}
        if thread_ts and broadcast:
            arguments["reply_broadcast"] = True
        answer = await call(
            self._client.chat_postMessage,
            channel=channel,
            text=message.text,
            blocks=list(message.blocks) or None,
            metadata=_metadata(outbox_id),
            unfurl_links=False,
            unfurl_media=False,
            **arguments,
        )
        return Sent(Channel(str(answer.get("channel") or channel)), str(answer["ts"]))

    async def edit(self, channel: Channel, ts: str, message: Message, *, outbox_id: OutboxId) -> None:
        """Replace a message."""
        await call(
            self._client.chat_update,
            channel=channel,
            ts=ts,
            text=message.text,
            blocks=list(message.blocks),
            metadata=_metadata(outbox_id),
        )

    async def find(
        self, channel: Channel, outbox_id: OutboxId, *, since: datetime, thread_ts: str | None = None
    ) -> Sent | None:
        """Look through the channel, or one thread of it, for a message that carries ``outbox_id``."""
        cursor = ""
        while True:
            arguments: dict[str, Any] = {"ts": thread_ts} if thread_ts else {}
            method = self._client.conversations_replies if thread_ts else self._client.conversations_history
            answer = await call(
                method,
                channel=channel,
                oldest=f"{since.timestamp():.6f}",
                include_all_metadata=True,
                limit=PAGE,
                cursor=cursor,
                **arguments,
            )
            for found in answer.get("messages") or ():
                if _carries(found, outbox_id):
                    return Sent(channel, str(found["ts"]))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

    async def resolve_channel(self, name: str) -> Channel:
        """Give the id of a channel named ``#alerts``, ``alerts`` or by its id."""
        bare = name.strip().lstrip("#")
        if _looks_like_an_id(bare):
            return Channel(bare)
        cursor = ""
        for _ in range(CHANNEL_PAGES):
            answer = await call(
                self._client.conversations_list,
                types="public_channel,private_channel",
                exclude_archived=False,
                limit=PAGE,
                cursor=cursor,
            )
            for channel in answer.get("channels") or ():
                if channel.get("name") == bare.lower():
                    return Channel(str(channel["id"]))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        sentence = f"Slack has no channel {bare!r} that the bot can see: check its name, or invite the bot."
        raise SlackPermanent(sentence, code="channel_not_found")


def _metadata(outbox_id: OutboxId) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"id": outbox_id}}


def _carries(message: dict[str, Any], outbox_id: OutboxId) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == EVENT_TYPE and payload.get("id") == outbox_id


def _looks_like_an_id(name: str) -> bool:
    return len(name) > 8 and name[0] in "CGD" and name.isalnum() and name.isupper()  # noqa: PLR2004 - Slack's ids have nine and more
