"""Faults that are switched on: what the caller hears, and what Slack did all the same."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Trouble
from tests.sandbox_slack.simulated_slack_stage import client_of, refused, stage


@pytest.mark.parametrize(("trouble", "kept"), [(Trouble.RESET_AFTER, 1), (Trouble.RESET_BEFORE, 0)])
async def test_a_reset_leaves_the_caller_without_an_answer(trouble: Trouble, kept: int) -> None:
    async with stage() as on:
        on.slack.trouble.add("chat.postMessage", trouble, times=1)
        with pytest.raises(aiohttp.ClientError):
            await on.client.chat_postMessage(channel="alerts", text="x")
        assert len(on.alerts.messages) == kept
        assert on.slack.calls[-1].trouble == trouble
        assert (await on.client.chat_postMessage(channel="alerts", text="y"))["ok"]


async def test_the_sdk_s_default_retries_post_twice_after_a_reset() -> None:
    """What the reference says of the SDK is true of it here: nobody de-duplicates for us."""
    async with stage() as on:
        on.slack.trouble.add("chat.postMessage", Trouble.RESET_AFTER, times=1)
        eager = AsyncWebClient(token=on.slack.bot_token, base_url=on.slack.api_url)
        await eager.chat_postMessage(channel="alerts", text="x")
        assert [message.text for message in on.alerts.messages] == ["x", "x"]


@pytest.mark.parametrize(("trouble", "kept"), [(Trouble.ERROR_AFTER, 1), (Trouble.ERROR_BEFORE, 0)])
async def test_a_500_may_come_before_or_after_acceptance(trouble: Trouble, kept: int) -> None:
    async with stage() as on:
        on.slack.trouble.add("chat.postMessage", trouble, times=1)
        with pytest.raises(SlackApiError) as caught:
            await on.client.chat_postMessage(channel="alerts", text="x")
        assert caught.value.response.status_code == 500
        assert len(on.alerts.messages) == kept


@pytest.mark.parametrize(("trouble", "kept"), [(Trouble.HANG_AFTER, 1), (Trouble.HANG_BEFORE, 0)])
async def test_an_answer_that_never_comes_times_out_at_the_caller(trouble: Trouble, kept: int) -> None:
    async with stage() as on:
        on.slack.trouble.add("chat.postMessage", trouble)
        hasty = client_of(on.slack, timeout=0.1)
        with pytest.raises(asyncio.TimeoutError):
            await hasty.chat_postMessage(channel="alerts", text="x")
        assert len(on.alerts.messages) == kept


async def test_429_to_everything_lasts_until_it_is_cleared() -> None:
    async with stage() as on:
        on.slack.trouble.add("*", Trouble.RATE_LIMITED, retry_after=7)
        for call in (on.client.auth_test, on.client.conversations_list):
            with pytest.raises(SlackApiError) as caught:
                await call()
            assert caught.value.response.headers["Retry-After"] == "7"
        on.slack.trouble.clear()
        assert (await on.client.auth_test())["ok"]


async def test_a_429_is_safe_to_try_again() -> None:
    async with stage() as on:
        on.slack.trouble.add("chat.postMessage", Trouble.RATE_LIMITED, times=1, retry_after=0)
        patient = AsyncWebClient(
            token=on.slack.bot_token,
            base_url=on.slack.api_url,
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=1)],
        )
        await patient.chat_postMessage(channel="alerts", text="x")
        assert len(on.alerts.messages) == 1


async def test_any_code_of_slack_s_can_be_answered() -> None:
    async with stage() as on:
        on.slack.trouble.refuse("chat.postMessage", "internal_error", times=2)
        for _ in range(2):
            call = on.client.chat_postMessage(channel="alerts", text="x")
            assert (await refused(call))["error"] == "internal_error"
        assert (await on.client.chat_postMessage(channel="alerts", text="x"))["ok"]


async def test_trouble_of_one_method_leaves_the_others_alone() -> None:
    async with stage() as on:
        on.slack.trouble.add("chat.update", Trouble.ERROR_BEFORE)
        assert (await on.client.chat_postMessage(channel="alerts", text="x"))["ok"]
        assert len(on.slack.trouble.rules) == 1
        on.slack.trouble.clear("chat.update")
        assert not on.slack.trouble.rules


async def test_stopping_lets_go_of_who_hangs() -> None:
    async with stage() as on:
        on.slack.trouble.add("auth.test", Trouble.HANG_BEFORE)
        hanging = asyncio.ensure_future(on.client.auth_test())
        await on.slack.until(lambda slack: slack.calls_of("auth.test"))
    with pytest.raises(aiohttp.ClientError):
        await hanging


async def test_a_slow_answer_is_the_right_one_and_comes_when_its_time_has_come() -> None:
    async with stage() as on:
        on.slack.trouble.slow("chat.postMessage", timedelta(seconds=2))
        call = asyncio.ensure_future(on.client.chat_postMessage(channel="alerts", text="x"))
        await on.clock.sleeping()
        assert [message.text for message in on.alerts.messages] == ["x"]
        assert not call.done()
        await on.clock.advance(2)
        assert (await call)["ts"] == on.alerts.messages[0].ts


async def test_slow_answers_come_at_once_when_slack_is_mended() -> None:
    async with stage() as on:
        on.slack.trouble.slow("*", timedelta(hours=1))
        call = asyncio.ensure_future(on.client.auth_test())
        await on.clock.sleeping()
        on.slack.trouble.clear()
        assert (await call)["ok"]
        assert (await on.client.auth_test())["ok"]
