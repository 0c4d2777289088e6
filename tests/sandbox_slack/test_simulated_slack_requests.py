"""Signed HTTP: everything posted to the request URL, verified by Bolt itself."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.sandbox.slack import Outcome
from tests.sandbox_slack.simulated_slack_stage import Stage, bolt, button, stage

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[str]:
    """Serve a request URL."""
    application = web.Application()
    application.router.add_post("/slack/events", handler)
    runner = web.AppRunner(application, handle_signals=False, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()


def by_bolt(app: AsyncApp) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        bolt_request = AsyncBoltRequest(body=await request.text(), headers=dict(request.headers))
        answer = await app.async_dispatch(bolt_request)
        headers = dict(answer.first_headers_without_set_cookie())
        return web.Response(status=answer.status, text=answer.body, headers=headers)

    return handle


async def test_bolt_takes_the_signature_for_slack_s() -> None:
    """Bolt refuses what is not signed with the secret, or is older than five minutes."""
    async with stage(datetime.now(UTC), events=("app_mention",)) as on:
        app = bolt(on.slack)
        heard: asyncio.Queue[str] = asyncio.Queue()

        @app.event("app_mention")
        async def mentioned(event: dict[str, str]) -> None:
            heard.put_nowait(event["text"])

        @app.command("/logbackup")
        async def commanded(ack: Callable[[str], Awaitable[None]], command: dict[str, str]) -> None:
            await ack(f"you said {command['text']}")

        @app.action("go")
        async def pressed(ack: Callable[[], Awaitable[None]], action: dict[str, str]) -> None:
            await ack()
            heard.put_nowait(action["value"])

        async with served(by_bolt(app)) as url:
            assert await on.slack.verify_request_url(url)
            await on.slack.say("anna", "alerts", "@logbackup status")
            async with asyncio.timeout(30):
                assert await heard.get() == f"<@{on.slack.bot_user}> status"
            await on.slack.settled()
            reaction = await on.slack.command("anna", "alerts", "/logbackup", "a & b")
            assert reaction.outcome is Outcome.ACKNOWLEDGED
            assert [m.text for m in on.slack.ephemerals("anna")] == ["you said a &amp; b"]
            blocks = [{"type": "actions", "elements": [button("go", value="it")]}]
            posted = await on.client.chat_postMessage(channel="alerts", text="x", blocks=blocks)
            reaction = await on.slack.click("anna", "alerts", posted["ts"], "go")
            assert reaction.outcome is Outcome.ACKNOWLEDGED
            async with asyncio.timeout(30):
                assert await heard.get() == "it"


async def test_bolt_refuses_a_request_that_slack_did_not_sign() -> None:
    async with stage(datetime.now(UTC)) as on:
        app = AsyncApp(token=on.slack.bot_token, client=on.client, signing_secret="another secret")
        async with served(by_bolt(app)) as url:
            assert not await on.slack.verify_request_url(url)
            assert on.slack.request_url is None


async def failing(on: Stage, statuses: list[int]) -> list[dict[str, str]]:
    """Mention the bot at a URL that answers these statuses; returns the headers of each attempt."""
    attempts: list[dict[str, str]] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        attempts.append(dict(request.headers))
        more = {"X-Slack-No-Retry": "1"} if statuses[len(attempts) - 1] == 418 else {}
        return web.Response(status=statuses[len(attempts) - 1], headers=more)

    async with served(handle) as url:
        on.slack.request_url = url
        await on.slack.say("anna", "alerts", "@logbackup")
        settled = asyncio.ensure_future(on.slack.settled())
        while not settled.done():
            before = len(attempts)
            await asyncio.wait(
                {settled, asyncio.ensure_future(on.clock.sleeping())}, return_when="FIRST_COMPLETED"
            )
            if len(attempts) == before:
                await on.clock.advance(1)
        await settled
    return attempts


async def test_an_event_that_fails_comes_three_times_more_with_its_number_and_reason() -> None:
    async with stage(events=("app_mention",)) as on:
        attempts = await failing(on, [500, 500, 500, 500])
        numbers = [headers.get("X-Slack-Retry-Num") for headers in attempts]
        reasons = [headers.get("X-Slack-Retry-Reason") for headers in attempts]
        assert numbers == [None, "1", "2", "3"]
        assert reasons == [None, "http_error", "http_error", "http_error"]
        assert on.clock.monotonic() >= 360


async def test_an_event_that_is_taken_at_last_comes_no_more() -> None:
    async with stage(events=("app_mention",)) as on:
        assert len(await failing(on, [500, 200])) == 2
        assert on.slack.deliveries[0].acknowledged


async def test_an_app_may_ask_for_no_retry() -> None:
    async with stage(events=("app_mention",)) as on:
        assert len(await failing(on, [418])) == 1


async def test_a_command_that_takes_longer_than_3_seconds_times_out_for_the_person() -> None:
    async with stage() as on:
        released = asyncio.Event()

        async def handle(_request: web.Request) -> web.StreamResponse:
            await released.wait()
            return web.Response()

        async with served(handle) as url:
            on.slack.request_url = url
            typing = asyncio.ensure_future(on.slack.command("anna", "alerts", "/logbackup"))
            await on.clock.sleeping()
            await on.clock.advance(3)
            assert (await typing).outcome is Outcome.TIMED_OUT
            released.set()
        [shown] = on.slack.ephemerals("anna")
        assert shown.text == '/logbackup failed with the error "operation_timeout"'


async def test_a_request_url_where_nobody_listens_fails_the_command() -> None:
    async with stage() as on:
        on.slack.request_url = "http://127.0.0.1:9/slack/events"
        reaction = await on.slack.command("anna", "alerts", "/logbackup")
        assert reaction.outcome is Outcome.DISPATCH_FAILED
