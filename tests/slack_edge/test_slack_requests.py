"""Signed HTTP from end to end: what Slack signed is answered, everything else is refused unread."""

import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.clock import SystemClock
from bot.monitoring.web import LARGEST_REQUEST
from bot.slack.bolt import bolt_app
from bot.slack.requests import slack_routes
from tests.fakes.listed_journal import ListedJournal
from tests.slack_edge.transcript import Stage, over_http, read

FORM = "application/x-www-form-urlencoded"


class Sender:
    """Somebody who sends requests to the bot's address, with or without the secret."""

    def __init__(self, on: Stage, address: str, session: aiohttp.ClientSession) -> None:
        self.on = on
        self.slack = on.slack
        self.address = address
        self._session = session

    def command(self, text: str = "status", trigger: str = "1") -> bytes:
        return urlencode(
            {
                "command": "/logbackup",
                "text": text,
                "user_id": self.slack.person("anna").id,
                "channel_id": self.slack.channel("general").id,
                "trigger_id": trigger,
            }
        ).encode()

    async def send(
        self,
        body: bytes,
        *,
        secret: str | None = None,
        ago: float = 0,
        at: float | None = None,
        content_type: str = FORM,
        **headers: str | None,
    ) -> int:
        """Send a body signed ``at`` or so long ago; a header that is None is left out. Gives the status."""
        timestamp = str(int(SystemClock().now().timestamp() - ago if at is None else at))
        base = b"v0:" + timestamp.encode() + b":" + body
        key = (secret or self.slack.signing_secret).encode()
        sent = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": "v0=" + hmac.new(key, base, hashlib.sha256).hexdigest(),
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in sent.items() if value is not None}
        async with self._session.post(self.address, data=io.BytesIO(body), headers=kept) as answer:
            await answer.read()
            return answer.status


@asynccontextmanager
async def sending() -> AsyncIterator[Sender]:
    async with over_http() as (on, address), aiohttp.ClientSession() as session:
        yield Sender(on, address, session)


async def test_commands_mentions_direct_messages_and_buttons_are_answered() -> None:
    async with over_http() as (on, _):
        private = await on.types("tasks")
        assert "page 1 of 2" in read(private)
        assert "page 2 of 2" in read(await on.clicks(private, "Next"))
        assert "1 of 34 tasks" in read(await on.says("@logbackup status"))
        assert "1 of 34 tasks" in read(await on.writes("status"))
        assert all(delivery.acknowledged for delivery in on.slack.deliveries)


async def test_an_event_that_comes_again_is_answered_once() -> None:
    async with over_http() as (on, _):
        await on.says("@logbackup status")
        mention = next(one for one in on.slack.deliveries if one.body["event"]["type"] == "app_mention")

        async def again() -> None:
            later = {**mention.body, "is_signed_later": True}
            await on.slack._outgoing.send(mention.kind, later).first

        assert await on.shown_after(again()) == []


async def test_what_is_rightly_signed_is_taken() -> None:
    async with sending() as sender:
        shown = await sender.on.shown_after(sender.send(sender.command()))
        assert len(shown) == 1


REFUSED: dict[str, dict[str, str | float | None]] = {
    "another secret": {"secret": "another"},
    "signed six minutes ago": {"ago": 360.0},
    "signed six minutes ahead": {"ago": -360.0},
    "no signature": {"X_Slack_Signature": None},
    "no time": {"X_Slack_Request_Timestamp": None},
    "an empty signature": {"X_Slack_Signature": ""},
    "a signature of foreign letters": {"X_Slack_Signature": "v0=é"},
    "a time in words": {"X_Slack_Request_Timestamp": "noon"},
    "a time of other digits": {"X_Slack_Request_Timestamp": "١٢٣"},
    "a time of 5,000 digits": {"X_Slack_Request_Timestamp": "9" * 5000},
    "a time of 400 digits": {"X_Slack_Request_Timestamp": "9" * 400},
    "a time that is not a number": {"X_Slack_Request_Timestamp": "nan"},
    "a time below zero": {"X_Slack_Request_Timestamp": "-1"},
    "another time than was signed": {"X_Slack_Request_Timestamp": "1700000000"},
}


@pytest.mark.parametrize("wrong", REFUSED.values(), ids=REFUSED)
async def test_what_is_not_rightly_signed_is_refused(wrong: dict[str, str | float | None]) -> None:
    async with sending() as sender:
        status: list[int] = []

        async def send() -> None:
            status.append(await sender.send(sender.command(), **wrong))  # type: ignore[arg-type] # of all kinds

        assert await sender.on.shown_after(send()) == []
        assert status == [401]


async def test_an_old_request_that_is_played_again_is_refused() -> None:
    async with sending() as sender:
        assert await sender.send(sender.command(), ago=290) == 200
        assert await sender.send(sender.command(), ago=310) == 401


async def test_a_fresh_request_that_is_played_again_acts_once() -> None:
    async with sending() as sender:
        assert len(await sender.on.shown_after(sender.send(sender.command(trigger="7")))) == 1
        again = sender.send(sender.command(trigger="7"))
        assert await sender.on.shown_after(again) == []
        signed = SystemClock().now().timestamp() - 5
        assert await sender.send(sender.command(trigger="8"), at=signed) == 200
        assert await sender.send(sender.command(trigger="8"), at=signed) == 401


async def test_a_changed_body_is_refused() -> None:
    async with sending() as sender:
        now = str(int(SystemClock().now().timestamp()))
        base = b"v0:" + now.encode() + b":" + sender.command("status")
        signed = "v0=" + hmac.new(sender.slack.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        for text, status in (("status", 200), ("tasks", 401)):
            body = sender.command(text)
            sent = sender.send(body, X_Slack_Request_Timestamp=now, X_Slack_Signature=signed)
            assert await sent == status


UNREADABLE: dict[str, tuple[bytes, str, int]] = {
    "no UTF-8": (b"text=\xff\xfe", FORM, 401),
    "broken JSON": (b'{"type": ', "application/json", 400),
    "a broken payload": (b"payload=%7B", FORM, 400),
    "a list": (b"[1, 2]", "application/json", 400),
    "JSON that is deeper than any": (b"[" * 100_000, "application/json", 400),
    "a charset that there is not": (b"text=x", f"{FORM}; charset=nonsense", 400),
}


@pytest.mark.parametrize(("body", "content_type", "status"), UNREADABLE.values(), ids=UNREADABLE)
async def test_a_body_that_makes_no_sense_is_refused_even_where_it_is_signed(
    body: bytes, content_type: str, status: int
) -> None:
    async with sending() as sender:
        assert await sender.send(body, content_type=content_type) == status
        assert await sender.send(body, content_type=content_type, secret="another") == 401


async def test_a_body_that_is_too_large_is_refused() -> None:
    async with sending() as sender:
        assert await sender.send(b"x" * (LARGEST_REQUEST + 1)) == 413


async def test_other_methods_are_refused() -> None:
    async with (
        over_http() as (_, address),
        aiohttp.ClientSession() as session,
        session.get(address) as answer,
    ):
        assert answer.status == 405


async def test_a_challenge_is_answered_only_where_it_is_signed() -> None:
    async with sending() as sender:
        challenge = json.dumps({"type": "url_verification", "challenge": "c"}).encode()
        assert await sender.send(challenge, content_type="application/json") == 200
        assert await sender.send(challenge, content_type="application/json", secret="another") == 401


async def test_an_unsigned_check_of_the_certificate_reaches_nothing() -> None:
    async with sending() as sender:
        assert await sender.send(b"ssl_check=1&token=x", X_Slack_Signature=None) == 401


async def test_without_a_secret_there_are_no_routes() -> None:
    with pytest.raises(ValueError, match="signing_secret"):
        slack_routes(bolt_app(None), " ", SystemClock(), ListedJournal())
