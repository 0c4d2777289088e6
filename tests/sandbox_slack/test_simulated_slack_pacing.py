"""Slack's rate limits, on a clock that the test moves."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox_slack.simulated_slack_stage import Stage, stage


async def throttled(call: Any) -> int:
    with pytest.raises(SlackApiError) as caught:
        await call
    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    return int(caught.value.response.headers["Retry-After"])


async def post(on: Stage, channel: str) -> Any:
    return await on.client.chat_postMessage(channel=channel, text="x")


async def test_a_channel_takes_a_short_burst_and_then_a_message_a_second() -> None:
    async with stage() as on:
        for _ in range(5):
            await post(on, "alerts")
        assert await throttled(post(on, "alerts")) == 1
        await on.clock.advance(1)
        await post(on, "alerts")
        assert await throttled(post(on, "alerts")) == 1
        assert len(on.alerts.messages) == 6
        assert on.slack.calls[-1].status == 429


async def test_the_pace_is_one_channel_s_however_it_is_named() -> None:
    async with stage() as on:
        on.slack.invite_bot(on.slack.add_channel("other"))
        for name in ("alerts", "#alerts", on.alerts.id, "alerts", on.alerts.id):
            await post(on, name)
        await throttled(post(on, "#alerts"))
        await post(on, "other")


@pytest.mark.parametrize(
    ("method", "arguments", "per_minute"),
    [
        ("chat.update", {"channel": "C", "ts": "1.1", "text": "x"}, 50),
        ("conversations.list", {}, 20),
        ("conversations.history", {"channel": "C"}, 50),
        ("users.info", {"user": "U"}, 100),
        ("views.publish", {"user_id": "U"}, 100),
    ],
)
async def test_a_method_has_its_calls_a_minute(
    method: str, arguments: dict[str, str], per_minute: int
) -> None:
    async with stage() as on:
        for _ in range(per_minute):
            with (
                pytest.raises(SlackApiError, match=r"not_found|invalid_arguments") if arguments else nothing()
            ):
                await on.client.api_call(method, data=arguments)
        await on.clock.advance(12.5)
        assert await throttled(on.client.api_call(method, data=arguments)) == 48
        await on.clock.advance(47.5)
        if not arguments:
            assert (await on.client.api_call(method))["ok"]


class nothing:  # noqa: N801 - reads as the words around it
    """Expect no error."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


async def test_what_was_refused_for_haste_did_not_happen() -> None:
    async with stage() as on:
        for _ in range(5):
            await post(on, "alerts")
        await throttled(post(on, "alerts"))
        assert len(on.alerts.messages) == 5
