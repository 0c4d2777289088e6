"""What goes wrong with Slack is told in plain words, and whether the message may stand all the same."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.errors import SlackError, SlackPermanent, SlackTemporary
from bot.slack.bolt import web_client
from bot.slack.failures import LONGEST_WAIT, OUTCOME_UNKNOWN, SENTENCES, TEMPORARY, call, read_failure

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def slack_that(answers: Handler) -> AsyncIterator[str]:
    """Serve something in Slack's place."""
    application = web.Application()
    application.router.add_route("*", "/{any:.*}", answers)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    finally:
        await runner.cleanup()


async def failure_of(address: str, seconds: float = 5) -> SlackError:
    client = web_client("xoxb-1", address)
    client.timeout = seconds  # type: ignore[assignment] # a fraction will do
    with pytest.raises(SlackError) as caught:
        await call(client.chat_postMessage, channel="C1", text="x")
    return caught.value


@pytest.mark.parametrize("code", SENTENCES)
def test_every_lasting_refusal_has_a_plain_sentence(code: str) -> None:
    error = read_failure({"ok": False, "error": code})
    assert isinstance(error, SlackPermanent)
    assert error.code == code
    assert_plain(error.sentence, code)


@pytest.mark.parametrize("code", TEMPORARY)
def test_every_passing_refusal_has_a_plain_sentence(code: str) -> None:
    error = read_failure({"ok": False, "error": code})
    assert isinstance(error, SlackTemporary)
    assert error.outcome_unknown is (code in OUTCOME_UNKNOWN)
    assert_plain(error.sentence, code)


def assert_plain(sentence: str, code: str) -> None:
    assert sentence.endswith(".")
    assert code not in sentence
    assert len(sentence) < 140


def test_no_refusal_is_lasting_and_passing() -> None:
    assert not SENTENCES.keys() & TEMPORARY.keys()
    assert TEMPORARY.keys() >= OUTCOME_UNKNOWN


def test_a_refusal_that_is_not_known_is_named_and_cut() -> None:
    error = read_failure({"ok": False, "error": "brand_new" + "x" * 500})
    assert isinstance(error, SlackPermanent)
    assert "brand_new" in error.sentence
    assert len(error.sentence) < 120


def test_a_missing_scope_is_named() -> None:
    error = read_failure({"ok": False, "error": "missing_scope", "needed": "groups:history"})
    assert error.sentence.endswith("Needed: groups:history.")


class Answered:
    def __init__(self, status: int, data: Any = None, **headers: Any) -> None:
        self.status_code = status
        self.data = data
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


WAITS: dict[str, tuple[Any, timedelta]] = {
    "seconds": ("7", timedelta(seconds=7)),
    "a list": (["7"], timedelta(seconds=7)),
    "a fraction": ("1.5", timedelta(seconds=1.5)),
    "below zero": ("-7", timedelta(0)),
    "words": ("soon", timedelta(minutes=1)),
    "nothing": ("", timedelta(minutes=1)),
    "not a number": ("nan", timedelta(minutes=1)),
    "for ever": ("inf", LONGEST_WAIT),
    "years": ("1000000000", LONGEST_WAIT),
    "an empty list": ([], timedelta(minutes=1)),
}


@pytest.mark.parametrize(("header", "wait"), WAITS.values(), ids=WAITS)
@pytest.mark.parametrize("name", ["Retry_After", "retry_after"])
def test_slack_says_how_long_to_wait(header: Any, wait: timedelta, name: str) -> None:
    error = read_failure(Answered(429, {"ok": False, "error": "ratelimited"}, **{name: header}))
    assert isinstance(error, SlackTemporary)
    assert (error.retry_after, error.outcome_unknown) == (wait, False)


def test_without_a_word_the_wait_is_a_minute() -> None:
    error = read_failure(Answered(429, "slow down"))
    assert isinstance(error, SlackTemporary)
    assert error.retry_after == timedelta(minutes=1)


def test_a_5xx_may_have_been_accepted() -> None:
    error = read_failure(Answered(503, {"ok": False, "error": "is_archived"}))
    assert isinstance(error, SlackTemporary)
    assert error.outcome_unknown


BODIES: dict[str, tuple[int, str, str]] = {
    "a web page": (200, "text/html", "<html>Sign in to the network</html>"),
    "a web page that says 502": (502, "text/html", "<html>Bad gateway</html>"),
    "plain text": (200, "text/plain", "ok"),
    "plain text that says 502": (502, "text/plain", "upstream connect error"),
    "plain text that says 429": (429, "text/plain", "slow down"),
    "nothing": (200, "application/json", ""),
    "truncated JSON": (200, "application/json", '{"ok": tr'),
    "a list": (200, "application/json", "[1]"),
    "a number": (200, "application/json", "3"),
    "null": (200, "application/json", "null"),
    "an object without a word": (200, "application/json", "{}"),
    "a refusal without a code": (200, "application/json", '{"ok": false}'),
}


@pytest.mark.parametrize(("status", "content_type", "body"), BODIES.values(), ids=BODIES)
async def test_whatever_answers_in_slacks_place_is_temporary(
    status: int, content_type: str, body: str
) -> None:
    async def answers(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body.encode(), content_type=content_type)

    async with slack_that(answers) as address:
        error = await failure_of(address)
        assert isinstance(error, SlackTemporary)
        assert error.outcome_unknown or error.retry_after is not None


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/gzip"])
async def test_bytes_that_are_no_text_are_temporary(content_type: str) -> None:
    async def answers(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b"\xff\xfe\x00", content_type=content_type)

    async with slack_that(answers) as address:
        assert (await failure_of(address)).code == "unreadable"


async def test_no_connection_means_that_nothing_was_accepted() -> None:
    async def never(_: web.Request) -> web.StreamResponse:
        raise AssertionError

    async with slack_that(never) as address:
        pass
    error = await failure_of(address)
    assert isinstance(error, SlackTemporary)
    assert (error.code, error.outcome_unknown) == ("unreachable", False)


async def test_no_answer_means_that_nobody_knows() -> None:
    released = asyncio.Event()

    async def answers(_: web.Request) -> web.StreamResponse:
        await released.wait()
        raise web.HTTPGone

    async with slack_that(answers) as address:
        error = await failure_of(address, seconds=0.2)
        released.set()
        assert isinstance(error, SlackTemporary)
        assert (error.code, error.outcome_unknown) == ("no_answer", True)


@pytest.mark.parametrize("error", [{"code": "IAM10006", "message": "Incorrect password."}, "Not Found", None])
def test_what_slack_would_never_say_somebody_else_has_said(error: object) -> None:
    """A web server at a wrong port answers in JSON too."""
    found = read_failure(Answered(404, {"status": 404, "error": error}))
    assert (type(found), found.code) == (SlackTemporary, "unreadable")
