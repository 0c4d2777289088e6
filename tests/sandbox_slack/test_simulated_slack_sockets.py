"""Socket Mode, spoken by hand: tickets, one of several connections, redelivery, refresh, dropped sockets."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from bot.sandbox.slack import Outcome, SimulatedSlack
from tests.sandbox_slack.simulated_slack_stage import (
    Stage,
    acknowledge,
    bolt,
    client_of,
    connected,
    raw_socket,
    receive,
    stage,
)

MENTIONS: dict[str, Any] = {"events": ("app_mention",)}


async def ticket(on: Stage) -> str:
    token = on.slack.app_token
    url: str = (await client_of(on.slack, token).apps_connections_open(app_token=token))["url"]
    return url


async def test_a_ticket_is_good_once() -> None:
    async with stage() as on, aiohttp.ClientSession() as session:
        url = await ticket(on)
        async with session.ws_connect(url) as socket:
            hello = await receive(socket)
            assert hello["type"] == "hello"
            assert hello["num_connections"] == 1
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
        assert len(on.slack.refused_tickets) == 1


async def test_a_ticket_grows_old() -> None:
    async with stage() as on, aiohttp.ClientSession() as session:
        url = await ticket(on)
        await on.clock.advance(31)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_dead_tickets_open_nothing() -> None:
    async with stage() as on, aiohttp.ClientSession() as session:
        on.slack.dead_tickets = True
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(await ticket(on))
        on.slack.dead_tickets = False
        async with session.ws_connect(await ticket(on)) as socket:
            assert (await receive(socket))["type"] == "hello"


async def test_the_sdk_tries_one_dead_ticket_for_ever() -> None:
    """What the reference says of the SDK is true of it here, and forgetting the address heals it."""
    async with stage() as on:
        app = bolt(on.slack)
        async with connected(on.slack, app, ping_interval=0.05) as handler:
            on.slack.dead_tickets = True
            on.slack.drop_sockets()
            await on.slack.until(lambda slack: len(slack.refused_tickets) >= 4)
            assert len(set(on.slack.refused_tickets)) == 1
            assert len(on.slack.calls_of("apps.connections.open")) == 2
            on.slack.dead_tickets = False
            handler.client.wss_uri = None
            await on.slack.until(lambda slack: slack.sockets == 1)


async def test_an_event_goes_to_one_of_the_connections() -> None:
    async with stage(**MENTIONS) as on, raw_socket(on) as one, raw_socket(on) as two:
        said = [await on.slack.say("anna", "alerts", "@logbackup status") for _ in range(2)]
        envelopes = [await receive(one), await receive(two)]
        assert {e["payload"]["event"]["ts"] for e in envelopes} == {message.ts for message in said}
        await acknowledge(one, envelopes[0])
        await acknowledge(two, envelopes[1])
        await on.slack.settled()
        assert [delivery.acknowledged for delivery in on.slack.deliveries] == [True, True]


async def test_what_is_not_acknowledged_in_3_seconds_comes_again_on_another_connection() -> None:
    async with stage(**MENTIONS) as on, raw_socket(on) as one, raw_socket(on) as two:
        await on.slack.say("anna", "alerts", "@logbackup")
        waits = {asyncio.ensure_future(receive(socket)): socket for socket in (one, two)}
        done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        first = done.pop().result()
        assert first["retry_attempt"] == 0
        await on.clock.sleeping()
        await on.clock.advance(2.9)
        [waiting] = [wait for wait in waits if not wait.done()]
        await on.clock.advance(0.1)
        again = await waiting
        assert again["payload"]["event_id"] == first["payload"]["event_id"]
        assert (again["retry_attempt"], again["retry_reason"]) == (1, "timeout")
        await acknowledge(waits[waiting], again)
        await on.slack.settled()
        [delivery] = on.slack.deliveries
        assert delivery.acknowledged
        assert len(set(delivery.attempts)) == 2


async def test_an_event_comes_four_times_at_most() -> None:
    async with stage(**MENTIONS) as on, raw_socket(on) as socket:
        await on.slack.say("anna", "alerts", "@logbackup")
        for _ in range(4):
            await receive(socket)
            await on.clock.sleeping()
            await on.clock.advance(3)
        await on.slack.settled()
        [delivery] = on.slack.deliveries
        assert len(delivery.attempts) == 4
        assert not delivery.acknowledged


async def test_an_event_waits_for_a_connection() -> None:
    async with stage(**MENTIONS) as on:
        await on.slack.say("anna", "alerts", "@logbackup")
        await on.clock.sleeping()
        async with raw_socket(on) as socket:
            envelope = await receive(socket)
            assert envelope["retry_attempt"] >= 1
            await acknowledge(socket, envelope)
            await on.slack.settled()


async def test_a_command_without_any_connection_fails_at_once() -> None:
    async with stage() as on:
        reaction = await on.slack.command("anna", "alerts", "/logbackup", "status")
        assert reaction.outcome is Outcome.DISPATCH_FAILED
        [shown] = on.slack.ephemerals("anna")
        assert shown.text == '/logbackup failed with the error "dispatch_failed"'


async def test_a_command_that_nobody_acknowledges_fails_after_3_seconds_and_comes_again() -> None:
    async with stage() as on, raw_socket(on) as socket:
        typing = asyncio.ensure_future(on.slack.command("anna", "alerts", "/logbackup", "status"))
        first = await receive(socket)
        await on.clock.sleeping()
        await on.clock.advance(3)
        assert (await typing).outcome is Outcome.DISPATCH_FAILED
        again = await receive(socket)
        assert again["payload"] == first["payload"]


async def test_an_acknowledgement_may_carry_the_answer() -> None:
    async with stage() as on, raw_socket(on) as socket:
        typing = asyncio.ensure_future(on.slack.command("anna", "alerts", "/logbackup", "status"))
        envelope = await receive(socket)
        assert envelope["accepts_response_payload"]
        await acknowledge(socket, envelope, payload={"text": "all well", "response_type": "in_channel"})
        assert (await typing).outcome is Outcome.ACKNOWLEDGED
        assert [message.text for message in on.alerts.messages] == ["all well"]


async def test_an_answer_over_the_limits_is_not_shown() -> None:
    async with stage() as on, raw_socket(on) as socket:
        typing = asyncio.ensure_future(on.slack.command("anna", "alerts", "/logbackup"))
        envelope = await receive(socket)
        await acknowledge(socket, envelope, payload={"text": "x", "blocks": [{"type": "alert"}]})
        await typing
        [shown] = on.slack.ephemerals("anna")
        assert shown.text == '/logbackup failed with the error "invalid_command_response"'


async def test_nonsense_from_the_app_is_ignored() -> None:
    async with stage() as on, raw_socket(on) as socket:
        typing = asyncio.ensure_future(on.slack.command("anna", "alerts", "/logbackup"))
        envelope = await receive(socket)
        for nonsense in ("not json", "[]", '{"envelope_id": "unknown"}', "{}"):
            await socket.send_str(nonsense)
        await acknowledge(socket, envelope)
        assert (await typing).outcome is Outcome.ACKNOWLEDGED


async def test_a_ping_is_answered() -> None:
    async with (
        stage() as on,
        aiohttp.ClientSession() as session,
        session.ws_connect(await ticket(on), autoping=False) as socket,
    ):
        await receive(socket)
        await socket.ping(b"sdk-ping-pong:1")
        answer = await socket.receive()
        assert (answer.type, bytes(answer.data)) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1")


async def test_ten_connections_and_no_more() -> None:
    async with stage() as on, AsyncExitStack() as stack, aiohttp.ClientSession() as session:
        for _ in range(10):
            await stack.enter_async_context(raw_socket(on))
        assert on.slack.sockets == 10
        async with session.ws_connect(await ticket(on)) as socket:
            refusal = await receive(socket)
            assert (refusal["type"], refusal["reason"]) == ("disconnect", "too_many_websockets")
        assert on.slack.sockets == 10


async def test_a_refresh_is_asked_for_and_closes_the_socket() -> None:
    async with stage() as on, raw_socket(on) as socket:
        refreshing = asyncio.ensure_future(on.slack.refresh_sockets())
        goodbye = await receive(socket)
        assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "refresh_requested")
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        await socket.close()
        await refreshing
        assert on.slack.sockets == 0


async def test_a_warning_leaves_the_socket_open() -> None:
    async with stage() as on, raw_socket(on) as socket:
        await on.slack.refresh_sockets("warning")
        assert (await receive(socket))["reason"] == "warning"
        assert on.slack.sockets == 1


async def test_sockets_are_refreshed_by_their_age_with_a_warning_before() -> None:
    from datetime import timedelta

    async with stage(refresh_after=timedelta(hours=4)) as on, raw_socket(on) as socket:
        await on.clock.sleeping()
        await on.clock.advance(4 * 3600 - 10)
        assert (await receive(socket))["reason"] == "warning"
        await on.clock.sleeping()
        await on.clock.advance(10)
        assert (await receive(socket))["reason"] == "refresh_requested"


async def test_bolt_comes_back_after_a_refresh() -> None:
    async with stage() as on:
        app = bolt(on.slack)
        async with connected(on.slack, app):
            await on.slack.refresh_sockets("warning")
            await on.slack.until(lambda slack: len(slack.calls_of("apps.connections.open")) == 2)
            await on.slack.until(lambda slack: slack.sockets == 1)


async def test_dropped_sockets_are_gone_without_a_word() -> None:
    async with stage() as on, raw_socket(on) as socket:
        on.slack.drop_sockets()
        assert on.slack.sockets == 0
        assert (await socket.receive()).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}


async def test_silent_sockets_look_alive_and_hear_nothing() -> None:
    async with stage() as on, raw_socket(on) as socket:
        on.slack.silent_sockets = True
        typing = asyncio.ensure_future(on.slack.command("anna", "alerts", "/logbackup"))
        await on.clock.sleeping()
        await on.clock.advance(3)
        assert (await typing).outcome is Outcome.DISPATCH_FAILED
        assert not socket.closed
        on.slack.silent_sockets = False
        await on.clock.advance(3)
        assert (await receive(socket))["type"] == "slash_commands"


async def test_a_port_that_is_taken_is_an_error_at_once() -> None:
    async with stage() as on:
        second = SimulatedSlack(clock=on.clock, pacing_clock=on.clock, port=on.slack.port)
        with pytest.raises(OSError, match="in use"):
            await second.start()
