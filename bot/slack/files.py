"""Files that go with an answer: asked for, uploaded, and shown in a channel or a thread."""

from collections.abc import Sequence
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError, SlackPermanent, SlackTemporary
from bot.operations.answering import Attachment
from bot.slack.failures import call
from bot.views.blocks import escape

ALT_TEXT = 1000
HTTP_OK = 200
UPLOAD_SECONDS = 30


class Files:
    """Uploads to Slack, in its three steps: an address, the content, and where it is to stand."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._direct: dict[str, str] = {}

    async def show(self, attachments: Sequence[Attachment], channel: str, thread: str | None) -> None:
        """Upload files and show them in a channel (by its id), or in a thread of it. Raises SlackError."""
        uploaded = [await self._upload(one) for one in attachments]
        more: dict[str, Any] = {"thread_ts": thread} if thread else {}
        await call(self._client.files_completeUploadExternal, files=uploaded, channel_id=channel, **more)

    async def show_to(self, attachments: Sequence[Attachment], user: str) -> None:
        """Show files to one person, in their messages with the bot. Raises SlackError."""
        await self.show(attachments, await self.direct(user), None)

    async def direct(self, user: str) -> str:
        """Give the id of somebody's messages with the bot. Raises SlackError."""
        known = self._direct.get(user)
        if known is None:
            known = self._direct[user] = await open_direct(self._client, user)
        return known

    async def _upload(self, file: Attachment) -> dict[str, str]:
        more = {"alt_txt": file.alt_text[:ALT_TEXT]} if file.alt_text else {}
        given = await call(
            self._client.files_getUploadURLExternal, filename=file.name, length=len(file.content), **more
        )
        await self._send(str(given.get("upload_url") or ""), file.content)
        return {"id": str(given.get("file_id") or ""), "title": file.title or file.name}

    async def _send(self, url: str, content: bytes) -> None:
        """Send the content to the address that Slack gave. Raises SlackError."""
        if not url.startswith(("https://", "http://")):
            raise SlackTemporary("Slack gave no address for a file.", code="unreadable")
        timeout = aiohttp.ClientTimeout(total=UPLOAD_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(
                    url, data=content, proxy=self._client.proxy, ssl=self._client.ssl or True
                ) as answer,
            ):
                if answer.status != HTTP_OK:
                    raise SlackTemporary("Slack did not take a file.", code=f"http_{answer.status}")
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise SlackTemporary(
                "The connection to Slack broke while a file was sent.", code="no_answer"
            ) from error


async def open_direct(client: AsyncWebClient, user: str) -> str:
    """Open the bot's messages with somebody and give their id. Raises SlackError."""
    answer = await call(client.conversations_open, users=user)
    channel = (answer.get("channel") or {}).get("id")
    if not channel:
        raise SlackTemporary("Slack did not say where direct messages go.", code="unreadable")
    return str(channel)


def kind_of(attachments: Sequence[Attachment]) -> str:
    """Say what it is that goes with an answer."""
    pictures = [bool(one.alt_text) for one in attachments]
    if all(pictures):
        return "The picture"
    return "The file with its picture" if any(pictures) else "The file"


def instead_of(attachments: Sequence[Attachment], error: SlackError) -> str:
    """Say why files are not shown, and what they would have shown; in markup."""
    lacking = isinstance(error, SlackPermanent) and error.code == "missing_scope"
    why = (
        "the bot lacks the permission files:write; install the app again from manifest.yml."
        if lacking
        else error.sentence
    )
    said = " ".join(one.alt_text for one in attachments if one.alt_text)
    shows = f" It shows: {escape(said[:ALT_TEXT])}" if said else ""
    return f"{kind_of(attachments)} could not be shown: {escape(why)}{shows}"
