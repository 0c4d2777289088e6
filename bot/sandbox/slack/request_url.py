"""Signed HTTP: events, commands and clicks posted to the app's request URL, each with its v0 signature."""

import asyncio
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.operations.ports import Clock
from bot.sandbox.slack.deliveries import ACKNOWLEDGE_WITHIN, RETRY_PAUSES, Delivery, DeliveryKind, Outcome

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


class RequestUrl:
    """The app's address, and how Slack speaks to it."""

    def __init__(self, clock: Clock, signing_secret: str) -> None:
        self.url: str | None = None
        self._clock = clock
        self._secret = signing_secret
        self._session: aiohttp.ClientSession | None = None

    def headers(self, body: bytes, content_type: str) -> dict[str, str]:
        """Sign a body as of now."""
        timestamp = str(int(self._clock.now().timestamp()))
        base = b"v0:" + timestamp.encode() + b":" + body
        signature = "v0=" + hmac.new(self._secret.encode(), base, hashlib.sha256).hexdigest()
        return {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature,
        }

    async def verify(self, url: str) -> bool:
        """Send a challenge to a URL and say whether it came back; then that is the request URL."""
        challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
        asked = {"type": "url_verification", "token": "deprecated", "challenge": challenge}
        status, _, text = await self._post(url, json.dumps(asked).encode(), _JSON, {})
        answered = text
        if text.startswith("{"):
            answered = str(json.loads(text).get("challenge"))
        if status != 200 or answered != challenge:  # noqa: PLR2004 - HTTP's own number
            return False
        self.url = url
        return True

    async def deliver(self, delivery: Delivery) -> None:
        """Post it; an event that is not taken comes again three times, anything else does not."""
        body, content_type = _encoded(delivery)
        pauses = RETRY_PAUSES if delivery.kind is DeliveryKind.EVENT else ()
        reason = ""
        for attempt, pause in enumerate((timedelta(0), *pauses)):
            if attempt:
                await self._clock.sleep(pause)
            again = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason} if attempt else {}
            url = self.url or ""
            delivery.attempts.append(url)
            outcome, reason, answer, headers = await self._try(url, body, content_type, again)
            if outcome is Outcome.ACKNOWLEDGED:
                delivery.acknowledged, delivery.response = True, _response(answer, headers)
            delivery.end_first(outcome)
            if delivery.acknowledged or headers.get("X-Slack-No-Retry") == "1":
                return

    async def _try(
        self, url: str, body: bytes, content_type: str, again: dict[str, str]
    ) -> tuple[Outcome, str, str, dict[str, str]]:
        posting = asyncio.ensure_future(self._post(url, body, content_type, again))
        timer = asyncio.ensure_future(self._clock.sleep(ACKNOWLEDGE_WITHIN))
        try:
            await asyncio.wait({posting, timer}, return_when=asyncio.FIRST_COMPLETED)
            if not posting.done():
                return Outcome.TIMED_OUT, "http_timeout", "", {}
            status, headers, text = await posting
        except (aiohttp.ClientError, OSError):
            return Outcome.DISPATCH_FAILED, "connection_failed", "", {}
        finally:
            timer.cancel()
            posting.cancel()
        if status != 200:  # noqa: PLR2004 - HTTP's own number
            return Outcome.DISPATCH_FAILED, "http_error", text, headers
        return Outcome.ACKNOWLEDGED, "", text, headers

    async def _post(
        self, url: str, body: bytes, content_type: str, more: dict[str, str]
    ) -> tuple[int, dict[str, str], str]:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = self.headers(body, content_type) | more
        async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status, dict(answer.headers), await answer.text()

    async def close(self) -> None:
        """Close what is open."""
        if self._session is not None:
            await self._session.close()


def _encoded(delivery: Delivery) -> tuple[bytes, str]:
    match delivery.kind:
        case DeliveryKind.EVENT:
            return json.dumps(delivery.body).encode(), _JSON
        case DeliveryKind.COMMAND:
            return urlencode(delivery.body).encode(), _FORM
        case DeliveryKind.INTERACTION:
            return urlencode({"payload": json.dumps(delivery.body)}).encode(), _FORM


def _response(text: str, headers: dict[str, str]) -> dict[str, Any] | None:
    if not text.strip():
        return None
    if "json" in headers.get("Content-Type", ""):
        try:
            answered = json.loads(text)
        except ValueError:
            return {"text": text}
        return answered if isinstance(answered, dict) and answered else None
    return {"text": text}
