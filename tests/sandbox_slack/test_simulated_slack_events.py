"""Which events are told, of what, and to whom."""

import asyncio
from typing import Any

import pytest

from tests.sandbox_slack.simulated_slack_stage import (
    acknowledge,
    bolt,
    connected,
    raw_socket,
    receive,
    refused,
    stage,
)

MENTIONS: dict[str, Any] = {"events": ("app_mention",)}


async def test_an_event_tells_what_was_said_to_whom_and_where() -> None:
    async with stage(**MENTIONS) as on, raw_socket(on) as socket:
        parent = await on.slack.say("ben", "alerts", "look")
        said = await on.slack.say("anna", "alerts", "@logbackup task pay & co", thread_ts=parent.ts)
        envelope = await receive(socket)
        await acknowledge(socket, envelope)
        event = envelope["payload"]["event"]
        assert envelope["type"] == "events_api"
        assert envelope["payload"]["authorizations"][0]["user_id"] == on.slack.bot_user
        assert event["type"] == "app_mention"
        assert event["text"] == f"<@{on.slack.bot_user}> task pay &amp; co"
        assert (event["user"], event["channel"]) == ("U0000ANNA1", on.alerts.id)
        assert (event["ts"], event["thread_ts"]) == (said.ts, parent.ts)


@pytest.mark.parametrize(
    ("scope", "event"), [("app_mentions:read", "app_mention"), ("im:history", "message.im")]
)
async def test_an_event_needs_its_subscription_and_its_scope(scope: str, event: str) -> None:
    async with stage(events=(event,)) as on:

        async def happen() -> int:
            place = on.slack.dm("anna") if event == "message.im" else on.alerts
            await on.slack.say("anna", place, "@logbackup help")
            return len(on.slack.deliveries)

        assert await happen() == 1
        on.slack.scopes.discard(scope)
        assert await happen() == 1
        on.slack.scopes.add(scope)
        on.slack.events.discard(event)
        assert await happen() == 1


async def test_nothing_is_told_of_channels_the_bot_is_not_in() -> None:
    async with stage(events=("app_mention", "message.channels")) as on:
        on.slack.add_channel("other")
        await on.slack.say("anna", "other", "@logbackup status")
        assert on.slack.deliveries == ()


async def test_events_tell_what_becomes_of_a_channel() -> None:
    events = (
        "channel_archive",
        "channel_unarchive",
        "channel_rename",
        "channel_left",
        "member_joined_channel",
    )
    async with stage(events=events) as on:
        on.slack.archive("alerts")
        on.slack.unarchive("alerts")
        on.slack.rename("alerts", "pages")
        on.slack.kick_bot("pages")
        told = [delivery.body["event"]["type"] for delivery in on.slack.deliveries]
        assert told == [
            "member_joined_channel",
            "channel_archive",
            "channel_unarchive",
            "channel_rename",
            "channel_left",
        ]


async def test_who_is_thrown_out_is_told_and_sees_no_more() -> None:
    async with stage(events=("member_left_channel",)) as on:
        on.slack.kick("alerts", "ben")
        (told,) = (delivery.body["event"] for delivery in on.slack.deliveries)
        assert (told["type"], told["user"], told["channel"]) == (
            "member_left_channel",
            "U0000BEN01",
            on.alerts.id,
        )
        call = on.client.chat_postEphemeral(channel=on.alerts.id, user="U0000BEN01", text="x")
        assert (await refused(call))["error"] == "user_not_in_channel"


async def test_edits_and_deletions_are_told_where_messages_are() -> None:
    async with stage(events=("message.channels",)) as on:
        said = await on.slack.say("anna", "alerts", "one")
        await on.slack.edit_message("anna", "alerts", said.ts, "two")
        await on.slack.delete_message("alerts", said.ts)
        told = [delivery.body["event"].get("subtype") for delivery in on.slack.deliveries]
        assert told == [None, "message_changed", "message_deleted"]


async def test_bolt_acknowledges_an_event_before_its_listener_ends() -> None:
    """Work that must not be lost is therefore stored first."""
    async with stage(**MENTIONS) as on:
        app = bolt(on.slack)
        begun, may_end = asyncio.Event(), asyncio.Event()

        @app.event("app_mention")
        async def slow() -> None:
            begun.set()
            await may_end.wait()

        async with connected(on.slack, app):
            await on.slack.say("anna", "alerts", "@logbackup")
            await begun.wait()
            await on.slack.settled()
            assert on.slack.deliveries[0].acknowledged
            may_end.set()


async def test_what_bolt_has_no_listener_for_comes_again() -> None:
    async with stage(events=("member_joined_channel",)) as on, connected(on.slack, bolt(on.slack)):
        on.slack.invite("alerts", "sam")
        for _ in range(2):
            await on.clock.sleeping()
            await on.clock.advance(3)
        joined = on.slack.deliveries[-1]
        assert len(joined.attempts) >= 2
        assert not joined.acknowledged


async def test_an_event_has_an_id_of_its_own() -> None:
    async with stage(**MENTIONS) as on:
        for _ in range(3):
            await on.slack.say("anna", "alerts", "@logbackup")
        assert len({delivery.body["event_id"] for delivery in on.slack.deliveries}) == 3
