"""Posts, edits and finds messages; every message carries our own id in its metadata."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.notification import Channel, OutboxId
from bot.domain.patterns import nearest
from bot.errors import NoSuchChannel, SlackTemporary
from bot.operations.ports import Sent
from bot.slack.failures import call
from bot.slack.files import open_direct
from bot.views.blocks import Message

T = TypeVar("T")

EVENT_TYPE = "logbackup_bot_message"
MESSAGES_ON_A_PAGE = 200
CHANNELS_ON_A_PAGE = 1000
MOST_PAGES = 50
"""So many pages of a list are read: 10,000 messages, or 50,000 channels."""
_LIKE = 0.6
"""So like a name that is not there a channel's must be to be offered in its place."""
KINDS = "public_channel,private_channel"


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
        if not answer.get("ts"):
            sentence = "Slack took a message and did not say where it stands."
            raise SlackTemporary(sentence, code="unreadable", outcome_unknown=True)
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
        arguments: dict[str, Any] = {"ts": thread_ts} if thread_ts else {}

        def sought(page: dict[str, Any]) -> Sent | None:
            messages = page.get("messages") or ()
            return next((Sent(channel, str(one["ts"])) for one in messages if _carries(one, outbox_id)), None)

        return await _first(
            sought,
            self._client.conversations_replies if thread_ts else self._client.conversations_history,
            channel=channel,
            oldest=f"{since.timestamp():.6f}",
            include_all_metadata=True,
            limit=MESSAGES_ON_A_PAGE,
            **arguments,
        )

    async def resolve_channel(self, name: str) -> Channel:
        """Give the id of a channel named ``#alerts``, ``alerts`` or by its id; a person's id means their own.

        Those the bot is in are few and looked through first; a large workspace has thousands of others.
        """
        bare = name.strip().lstrip("#@")
        if _is_a_person(bare):
            return Channel(await open_direct(self._client, bare))
        if _looks_like_an_id(bare):
            return Channel(bare)
        wanted, seen = bare.lower(), dict[str, bool]()

        def sought(page: dict[str, Any]) -> Channel | None:
            channels = page.get("channels") or ()
            seen.update({str(one.get("name")): bool(one.get("is_private")) for one in channels})
            return next((Channel(str(one["id"])) for one in channels if one.get("name") == wanted), None)

        for method in (self._client.users_conversations, self._client.conversations_list):
            found = await _first(sought, method, types=KINDS, limit=CHANNELS_ON_A_PAGE)
            if found is not None:
                return found
        private = [name for name, is_private in seen.items() if is_private]
        raise NoSuchChannel(bare[:80], nearest(wanted, seen, _LIKE), private)


async def _first(
    sought: Callable[[dict[str, Any]], T | None],
    method: Callable[..., Awaitable[AsyncSlackResponse]],
    **arguments: Any,  # noqa: ANN401 - whatever the method takes
) -> T | None:
    """Read a list page by page until what is sought is there. Raises SlackError."""
    cursor = ""
    for _ in range(MOST_PAGES):
        answer = await call(method, cursor=cursor, **arguments)
        found = sought(answer)
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if found is not None or not cursor:
            return found
    return None


def _metadata(outbox_id: OutboxId) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"id": outbox_id}}


def _carries(message: dict[str, Any], outbox_id: OutboxId) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == EVENT_TYPE and payload.get("id") == outbox_id


def _looks_like_an_id(name: str, kinds: str = "CGD") -> bool:
    return len(name) > 8 and name[0] in kinds and name.isalnum() and name.isupper()  # noqa: PLR2004 - Slack's ids have nine and more


def _is_a_person(name: str) -> bool:
    return _looks_like_an_id(name, "UW")
