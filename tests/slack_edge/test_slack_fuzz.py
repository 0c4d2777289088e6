"""Whatever is sent to ``/slack/events``: an answer and never a traceback, at a cost bounded by its size."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.clock import SystemClock
from bot.monitoring.web import LARGEST_REQUEST
from bot.slack.payloads import after_mention, by_command, by_event, by_home, by_press, by_shortcut, changes
from tests.slack_edge.transcript import Stage, over_http, stage

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SECONDS_FOR_A_MEGABYTE = 2.0
"""Far more than is needed here, and far less than anything that grows with the square of its size."""

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def _words(text: str) -> list[str]:
    return text.split()


NAMES = _words(
    "type event user channel container message view actions action_id block_id value text command trigger_id "
    "response_url authorizations is_bot event_id thread_ts ts subtype channel_type tab callback_id state "
    "values private_metadata blocks team enterprise is_enterprise_install selected_option bot_id edited id "
    "user_id channel_id team_id enterprise_id context_team_id context_user_id submission authed_users "
    "function_data bot_access_token assistant_thread metadata event_type previous_message files"
)
KINDS = st.sampled_from(
    _words(
        "event_callback block_actions view_submission view_closed message_action shortcut block_suggestion "
        "interactive_message dialog_submission dialog_cancellation dialog_suggestion workflow_step_edit "
        "app_mention message app_home_opened url_verification function_executed app_rate_limited im"
    )
)
OURS = st.sampled_from(["command:1", "dialog:note", "ack", "/logbackup", "<@U1> ack", "home", "1.0"])
PAYLOADS = st.recursive(
    ODD
    | KINDS
    | st.sampled_from(["command:1", "dialog:note", "ack", "/logbackup", "<@U1> ack", "home", "1.0"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=25,
)
FIELDS = st.dictionaries(st.sampled_from(NAMES), st.text(max_size=9))
OBJECTS = st.dictionaries(st.sampled_from(NAMES), PAYLOADS, max_size=10).flatmap(
    lambda body: KINDS.map(lambda kind: {**body, "type": kind})
)


class Sender:
    """Slack as far as signatures go, whatever it sends."""

    def __init__(self, on: Stage, address: str, session: aiohttp.ClientSession) -> None:
        self.on = on
        self._address = address
        self._session = session
        self._sent = 0

    async def send(self, body: bytes, content_type: str, *, signed: bool = True) -> tuple[int, str]:
        self._sent += 1
        at = str(int(SystemClock().now().timestamp()) - self._sent % 250)  # no two alike
        base = b"v0:" + at.encode() + b":" + body
        digest = hmac.new(self.on.slack.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": f"v0={digest if signed else '0' * 64}",
        }
        async with self._session.post(self._address, data=body, headers=headers) as answer:
            return answer.status, await answer.text()


@asynccontextmanager
async def sending() -> AsyncIterator[Sender]:
    async with over_http() as (on, address), aiohttp.ClientSession() as session:
        yield Sender(on, address, session)


def test_signed_requests_of_any_shape_get_an_answer_and_never_a_traceback() -> None:
    with asyncio.Runner() as runner:
        entered = sending()
        sender = runner.run(entered.__aenter__())

        @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(
            st.one_of(
                st.tuples(st.binary(max_size=200), st.sampled_from([FORM, JSON, "text/plain", "x"])),
                st.tuples(OBJECTS.map(_json), st.just(JSON)),
                st.tuples(
                    OBJECTS.map(lambda one: urlencode({"payload": _json(one)}).encode()), st.just(FORM)
                ),
                st.tuples(
                    st.dictionaries(st.sampled_from(NAMES), st.text(max_size=9)).map(_form), st.just(FORM)
                ),
            )
        )
        def each(request: tuple[bytes, str]) -> None:
            status, said = runner.run(sender.send(*request))
            assert status < 500 or status == 503, (status, said)  # 503 asks Slack to come again
            assert "Traceback" not in said
            assert runner.run(sender.send(*request, signed=False))[0] == 401

        each()
        runner.run(sender.on.doors.close(SystemClock().now() - SystemClock().now()))
        runner.run(entered.__aexit__(None, None, None))


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


def _form(fields: dict[str, str]) -> bytes:
    return urlencode({name: text.encode("utf-8", "replace") for name, text in fields.items()}).encode()


@settings(max_examples=150, deadline=None)
@given(OBJECTS, PAYLOADS)
def test_reading_a_payload_never_raises(body: dict[str, Any], action: Any) -> None:
    by_command(body)
    by_event(body)
    by_home(body)
    by_shortcut(body)
    came = by_press(body, action if isinstance(action, dict) else {})
    assert isinstance(changes(came.asked.text), bool)


HOSTILE = {
    "mentions that begin and do not end": "<@A|" * 250_000,
    "mentions of many": "<@A1>" * 200_000,
    "openings": "<" * 1_000_000,
    "letters": "a" * 1_000_000,
    "quotes": '"\\' * 500_000,
    "blanks": " \u00a0" * 400_000,
    "colons": "a:" * 500_000,
    "marks": "*_~`" * 250_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_text_of_a_megabyte_costs_no_more_than_its_size(text: str) -> None:
    body = {"event": {"type": "app_mention", "user": "U1", "text": text}, "type": "event_callback"}
    began = time.process_time()
    came = by_event(body)
    after_mention(text, "U0BOT")
    after_mention(text, "", always=True)
    assert came is not None
    changes(came.asked.text)
    assert time.process_time() - began < SECONDS_FOR_A_MEGABYTE


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_a_request_of_nearly_the_largest_size_is_answered(text: str) -> None:
    event = {"type": "app_mention", "user": "U404", "text": text[:200_000], "channel": "C1", "ts": "1.0"}
    body = _json({"type": "event_callback", "event_id": "Ev1", "event": event})
    async with sending() as sender:
        assert len(body) < LARGEST_REQUEST
        began = time.process_time()
        assert (await sender.send(body, JSON))[0] == 200
        assert time.process_time() - began < SECONDS_FOR_A_MEGABYTE


async def test_a_request_that_breaks_bolt_itself_is_refused_with_a_sentence_and_a_log_line() -> None:
    async with sending() as sender:

        async def broken(_: AsyncBoltRequest) -> None:
            raise ZeroDivisionError

        app = sender.on.app
        app.async_dispatch = broken  # type: ignore[method-assign, assignment] # it breaks
        status, said = await sender.send(b'{"type": "event_callback"}', JSON)
        assert (status, said) == (400, "The request is none that Slack sends.")
        assert set(sender.on.journal.names("error")) == {"payload not read"}


async def test_a_payload_that_the_bot_cannot_read_is_a_log_line_and_does_not_come_again() -> None:
    async with stage() as on:

        async def broken(**_: object) -> None:
            raise ZeroDivisionError

        on.doors.under_way.begin = broken  # type: ignore[method-assign, assignment] # it breaks
        said = await on.slack.say("anna", "general", "@logbackup status")
        await on.slack.settled()
        assert on.slack.deliveries[-1].acknowledged
        assert on.journal.names("error") == ["payload not read"]
        assert [one.ts for one in on.channel("general").messages] == [said.ts]
