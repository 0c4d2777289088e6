"""Response urls: five answers in thirty minutes."""

import asyncio
from typing import Any

from bot.sandbox.slack import Trouble
from tests.sandbox_slack.simulated_slack_listener import hearing, respond
from tests.sandbox_slack.simulated_slack_stage import bolt, button, connected, section, stage


async def test_a_response_url_answers_five_times() -> None:
    async with hearing() as (on, heard):
        await on.slack.command("anna", "alerts", "/logbackup")
        url = (await heard.next())["response_url"]
        for number in range(5):
            assert await respond(url, text=f"answer {number}") == (200, "ok")
        status, text = await respond(url, text="one more")
        assert (status, "used_url" in text) == (404, True)
        assert len(on.slack.ephemerals("anna")) == 5


async def test_a_response_url_lives_thirty_minutes() -> None:
    async with hearing() as (on, heard):
        await on.slack.command("anna", "alerts", "/logbackup")
        url = (await heard.next())["response_url"]
        await on.clock.advance(30 * 60)
        assert (await respond(url, text="in time"))[0] == 200
        await on.clock.advance(1)
        status, text = await respond(url, text="late")
        assert (status, "expired_url" in text) == (404, True)


async def test_a_response_url_may_speak_to_all_replace_and_delete() -> None:
    async with hearing() as (on, heard):
        blocks = [{"type": "actions", "elements": [button("go")]}]
        posted = await on.client.chat_postMessage(channel="alerts", text="first", blocks=blocks)
        await on.slack.click("anna", "alerts", posted["ts"], "go")
        url = (await heard.next())["response_url"]
        await respond(url, text="second", replace_original=True)
        assert [message.text for message in on.alerts.messages] == ["second"]
        await respond(url, text="for all", response_type="in_channel")
        assert [message.text for message in on.alerts.messages] == ["second", "for all"]
        await respond(url, delete_original=True)
        assert [message.text for message in on.alerts.messages] == ["for all"]
        status, text = await respond(url, text="x", replace_original=True)
        assert (status, "message_not_found" in text) == (400, True)


async def test_what_only_one_sees_is_replaced_and_deleted_by_its_response_url() -> None:
    async with hearing() as (on, heard):
        anna = on.slack.person("anna").id
        blocks = [{"type": "actions", "elements": [button("next")]}]
        shown = await on.client.chat_postEphemeral(
            channel=on.alerts.id, user=anna, text="page 1", blocks=blocks
        )
        await on.slack.click("anna", "alerts", shown["message_ts"], "next")
        url = (await heard.next())["response_url"]
        await respond(url, text="page 2", replace_original=True)
        assert [message.text for message in on.slack.ephemerals("anna")] == ["page 2"]
        await respond(url, delete_original=True)
        assert on.slack.ephemerals("anna") == ()


async def test_a_response_over_the_limits_is_refused_by_its_status() -> None:
    async with hearing() as (on, heard):
        await on.slack.command("anna", "alerts", "/logbackup")
        url = (await heard.next())["response_url"]
        status, text = await respond(url, text="x", blocks=[section("x" * 3001)])
        assert (status, "invalid_blocks" in text) == (400, True)
        assert (await respond(url.rsplit("/", 1)[0] + "/99", text="x"))[0] == 404


async def test_respond_does_not_raise_its_status_must_be_looked_at() -> None:
    async with stage() as on:
        app = bolt(on.slack)
        statuses: list[int] = []
        done = asyncio.Event()

        @app.command("/logbackup")
        async def commanded(ack: Any, respond: Any) -> None:
            await ack()
            for _ in range(6):
                statuses.append((await respond(text="x")).status_code)  # noqa: PERF401 - reads as it happens
            done.set()

        async with connected(on.slack, app):
            await on.slack.command("anna", "alerts", "/logbackup")
            await on.slack.until(lambda slack: len(slack.ephemerals("anna")) == 5)
            async with asyncio.timeout(30):
                await done.wait()
        assert statuses == [200] * 5 + [404]


async def test_trouble_can_strike_a_response_url_too() -> None:
    async with hearing() as (on, heard):
        await on.slack.command("anna", "alerts", "/logbackup")
        url = (await heard.next())["response_url"]
        on.slack.trouble.add("response_url", Trouble.ERROR_AFTER, times=1)
        assert (await respond(url, text="x"))[0] == 500
        assert [message.text for message in on.slack.ephemerals("anna")] == ["x"]
