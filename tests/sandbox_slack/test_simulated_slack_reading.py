"""Reading channels: pages, spans, threads, and metadata only where it is asked for."""

from typing import Any

from tests.sandbox_slack.simulated_slack_stage import refused, stage

METADATA = {"event_type": "notification", "event_payload": {"outbox_id": "42"}}


async def test_metadata_is_given_only_where_it_is_asked_for() -> None:
    async with stage() as on:
        posted = await on.client.chat_postMessage(channel=on.alerts.id, text="x", metadata=METADATA)
        without = await on.client.conversations_history(channel=on.alerts.id)
        given = await on.client.conversations_history(channel=on.alerts.id, include_all_metadata=True)
        thread = await on.client.conversations_replies(
            channel=on.alerts.id, ts=posted["ts"], include_all_metadata=True
        )
        assert "metadata" not in without["messages"][0]
        assert given["messages"][0]["metadata"] == METADATA
        assert thread["messages"][0]["metadata"] == METADATA


async def test_history_is_newest_first_without_replies_unless_broadcast() -> None:
    async with stage() as on:
        parent = (await on.slack.say("anna", "alerts", "one")).ts
        await on.slack.say("anna", "alerts", "reply", thread_ts=parent)
        await on.slack.say("ben", "alerts", "two")
        await on.client.chat_postMessage(
            channel=on.alerts.id, text="loud", thread_ts=parent, reply_broadcast=True
        )
        messages = (await on.client.conversations_history(channel=on.alerts.id))["messages"]
        assert [message["text"] for message in messages] == ["loud", "two", "one"]
        assert messages[0]["subtype"] == "thread_broadcast"
        assert messages[2]["reply_count"] == 2


async def test_history_comes_in_pages() -> None:
    async with stage() as on:
        for number in range(5):
            await on.slack.say("anna", "alerts", f"m{number}")
        texts = []
        cursor = ""
        while True:
            page = await on.client.conversations_history(channel=on.alerts.id, limit=2, cursor=cursor)
            texts.append([message["text"] for message in page["messages"]])
            if not page["has_more"]:
                break
            cursor = page["response_metadata"]["next_cursor"]
        assert texts == [["m4", "m3"], ["m2", "m1"], ["m0"]]


async def test_a_span_leaves_its_ends_out_unless_they_are_asked_for() -> None:
    async with stage() as on:
        first, second, third = [await on.slack.say("anna", "alerts", f"m{n}") for n in range(3)]
        span: dict[str, Any] = {"channel": on.alerts.id, "oldest": first.ts, "latest": third.ts}
        inside = await on.client.conversations_history(**span)
        assert [message["ts"] for message in inside["messages"]] == [second.ts]
        whole = await on.client.conversations_history(**span, inclusive=True)
        assert len(whole["messages"]) == 3


async def test_a_thread_is_its_parent_and_its_replies_oldest_first() -> None:
    async with stage() as on:
        parent = (await on.slack.say("anna", "alerts", "one")).ts
        await on.slack.say("ben", "alerts", "two", thread_ts=parent)
        answer = await on.client.conversations_replies(channel=on.alerts.id, ts=parent)
        assert [message["text"] for message in answer["messages"]] == ["one", "two"]
        call = on.client.conversations_replies(channel=on.alerts.id, ts="1.000001")
        assert (await refused(call))["error"] == "thread_not_found"


async def test_senseless_pages_are_refused() -> None:
    async with stage() as on:
        for arguments, code in (
            ({"limit": 0}, "invalid_limit"),
            ({"limit": 1000}, "invalid_limit"),
            ({"cursor": "nonsense"}, "invalid_cursor"),
            ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ):
            call = on.client.api_call("conversations.history", params={"channel": on.alerts.id, **arguments})
            assert (await refused(call))["error"] == code


async def test_channels_come_in_pages_and_without_the_archived_where_asked() -> None:
    async with stage() as on:
        on.slack.add_channel("beta")
        on.slack.add_channel("gamma")
        on.slack.archive("beta")
        page = await on.client.conversations_list(limit=2)
        assert [channel["name"] for channel in page["channels"]] == ["alerts", "beta"]
        cursor = page["response_metadata"]["next_cursor"]
        page = await on.client.conversations_list(limit=2, cursor=cursor)
        assert [channel["name"] for channel in page["channels"]] == ["gamma"]
        living = await on.client.conversations_list(exclude_archived=True)
        assert [channel["name"] for channel in living["channels"]] == ["alerts", "gamma"]
        mine = await on.client.users_conversations()
        assert [channel["name"] for channel in mine["channels"]] == ["alerts"]
        call = on.client.conversations_list(types="sofa")
        assert (await refused(call))["error"] == "invalid_types"


async def test_direct_messages_are_opened_once() -> None:
    async with stage() as on:
        first = await on.client.conversations_open(users="U0000ANNA1")
        again = await on.client.conversations_open(users="U0000ANNA1", return_im=True)
        assert first["channel"]["id"] == again["channel"]["id"] == on.slack.dm("anna").id
        assert again["already_open"]
        call = on.client.conversations_open(users="U0000NOONE")
        assert (await refused(call))["error"] == "user_not_found"
