"""Posting, editing and deleting, through the SDK's own client."""

from typing import Any

import pytest

from bot.sandbox.slack import CannotDo
from tests.sandbox_slack.simulated_slack_stage import button, client_of, refused, section, stage

METADATA = {"event_type": "notification", "event_payload": {"outbox_id": "42"}}


async def test_a_message_is_kept_as_it_was_posted() -> None:
    async with stage() as on:
        answer = await on.client.chat_postMessage(channel=on.alerts.id, text="spoken", blocks=[section()])
        [message] = on.alerts.messages
        assert answer["channel"] == on.alerts.id
        assert answer["ts"] == message.ts == "1772625600.000001"
        assert message.text == "spoken"
        assert message.by_bot
        assert message.blocks[0]["text"] == {"type": "mrkdwn", "text": "words"}


async def test_every_block_gets_an_id_where_the_bot_gave_none() -> None:
    async with stage() as on:
        await on.client.chat_postMessage(
            channel=on.alerts.id, text="x", blocks=[section(), section(block_id="mine")]
        )
        first, second = on.alerts.messages[0].blocks
        assert first["block_id"] != second["block_id"] == "mine"


async def test_blocks_may_come_as_json_or_as_a_string_in_a_form() -> None:
    async with stage() as on:
        body = {"channel": on.alerts.id, "text": "x"}
        await on.client.api_call("chat.postMessage", json={**body, "blocks": [section()]})
        await on.client.api_call("chat.postMessage", data={**body, "blocks": '[{"type": "divider"}]'})
        assert [message.blocks[0]["type"] for message in on.alerts.messages] == ["section", "divider"]


async def test_a_ts_is_never_used_twice_in_a_channel_while_the_clock_stands_still() -> None:
    async with stage() as on:
        answers = [await on.client.chat_postMessage(channel=on.alerts.id, text="x") for _ in range(4)]
        stamps = [answer["ts"] for answer in answers]
        assert len(set(stamps)) == 4
        assert stamps == sorted(stamps)


async def test_a_channel_may_be_named_for_posting_but_not_for_editing() -> None:
    async with stage() as on:
        for name in ("alerts", "#alerts"):
            answer = await on.client.chat_postMessage(channel=name, text="x")
            assert answer["channel"] == on.alerts.id
        edit = on.client.chat_update(channel="#alerts", ts=answer["ts"], text="y")
        assert (await refused(edit))["error"] == "channel_not_found"


async def test_a_person_s_id_is_their_direct_messages() -> None:
    async with stage() as on:
        anna = on.slack.person("anna").id
        answer = await on.client.chat_postMessage(channel=anna, text="x")
        assert answer["channel"] == on.slack.dm("anna").id


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({}, "no_text"),
        ({"text": "   "}, "no_text"),
        ({"text": "", "blocks": [section()]}, "no_text"),
        ({"text": "x", "blocks": [section("x" * 3001)]}, "invalid_blocks"),
        ({"text": "x", "blocks": "not json"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": "{}"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [section("x" * 2900)] * 5}, "msg_blocks_too_long"),
        ({"text": "x", "attachments": [{"color": "#ffffff"}]}, "invalid_attachments"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        (
            {"text": "x", "metadata": {"event_type": "x", "event_payload": {"all": "x" * 9000}}},
            "metadata_too_large",
        ),
    ],
    ids=str,
)
async def test_what_slack_does_not_take_is_refused_with_its_code(
    content: dict[str, object], code: str
) -> None:
    async with stage() as on:
        call = on.client.api_call("chat.postMessage", json={"channel": on.alerts.id, **content})
        assert (await refused(call))["error"] == code
        assert on.alerts.messages == ()
        assert on.slack.calls_of("chat.postMessage")[0].outcome == code


async def test_a_refused_payload_is_told_what_is_wrong_with_it() -> None:
    async with stage() as on:
        call = on.client.chat_postMessage(channel=on.alerts.id, text="x", blocks=[{"type": "alert"}])
        answer = await refused(call)
        assert answer["errors"] == ["unsupported type: alert [json-pointer:/blocks/0]"]
        assert answer["response_metadata"]["messages"] == [
            "[ERROR] unsupported type: alert [json-pointer:/blocks/0]"
        ]


async def test_a_text_over_40000_is_cut_with_a_warning() -> None:
    async with stage() as on:
        answer = await on.client.chat_postMessage(channel=on.alerts.id, text="x" * 40_001)
        assert answer["warning"] == "message_truncated"
        assert len(on.alerts.messages[0].text) == 40_000


async def test_an_edit_over_4000_is_too_long() -> None:
    async with stage() as on:
        posted = await on.client.chat_postMessage(channel=on.alerts.id, text="x")
        edit = on.client.chat_update(channel=on.alerts.id, ts=posted["ts"], text="x" * 4_001)
        assert (await refused(edit))["error"] == "msg_too_long"


async def test_an_edit_keeps_what_it_does_not_name_and_remembers_what_was() -> None:
    async with stage() as on:
        posted = await on.client.chat_postMessage(
            channel=on.alerts.id, text="firing", blocks=[section("firing")], metadata=METADATA
        )
        await on.client.chat_update(channel=on.alerts.id, ts=posted["ts"], text="resolved")
        [message] = on.alerts.messages
        assert message.text == "resolved"
        assert message.blocks[0]["text"]["text"] == "firing"
        assert message.metadata == METADATA
        assert [earlier.text for earlier in message.edits] == ["firing"]


async def test_an_empty_list_takes_the_blocks_away() -> None:
    async with stage() as on:
        posted = await on.client.chat_postMessage(channel=on.alerts.id, text="x", blocks=[section()])
        await on.client.chat_update(channel=on.alerts.id, ts=posted["ts"], text="x", blocks=[])
        assert on.alerts.messages[0].blocks == ()


async def test_only_its_own_messages_can_the_bot_change() -> None:
    async with stage() as on:
        theirs = await on.slack.say("anna", "alerts", "mine")
        place: dict[str, Any] = {"channel": on.alerts.id, "ts": theirs.ts}
        assert (await refused(on.client.chat_update(**place, text="y")))["error"] == "cant_update_message"
        assert (await refused(on.client.chat_delete(**place)))["error"] == "cant_delete_message"
        gone: dict[str, Any] = {"channel": on.alerts.id, "ts": "1.000001"}
        assert (await refused(on.client.chat_update(**gone, text="y")))["error"] == "message_not_found"
        assert (await refused(on.client.chat_delete(**gone)))["error"] == "message_not_found"


async def test_a_deleted_message_can_neither_be_edited_nor_found() -> None:
    async with stage() as on:
        posted = await on.client.chat_postMessage(channel=on.alerts.id, text="x")
        await on.slack.delete_message("alerts", posted["ts"])
        edit = on.client.chat_update(channel=on.alerts.id, ts=posted["ts"], text="y")
        assert (await refused(edit))["error"] == "message_not_found"
        assert [message.text for message in on.alerts.deleted] == ["x"]


async def test_a_reply_stands_in_its_thread_and_in_the_channel_only_when_broadcast() -> None:
    async with stage() as on:
        parent = (await on.client.chat_postMessage(channel=on.alerts.id, text="parent"))["ts"]
        await on.client.chat_postMessage(channel=on.alerts.id, text="quiet", thread_ts=parent)
        await on.client.chat_postMessage(
            channel=on.alerts.id, text="loud", thread_ts=parent, reply_broadcast=True
        )
        assert [message.text for message in on.alerts.messages] == ["parent", "loud"]
        assert [message.text for message in on.alerts.thread(parent)] == ["parent", "quiet", "loud"]


async def test_a_reply_to_a_parent_that_is_gone_becomes_a_message_of_its_own() -> None:
    """Slack does not refuse it; the missing ``thread_ts`` in its answer is the only sign."""
    async with stage() as on:
        parent = (await on.client.chat_postMessage(channel=on.alerts.id, text="parent"))["ts"]
        await on.slack.delete_message("alerts", parent)
        answer = await on.client.chat_postMessage(channel=on.alerts.id, text="reply", thread_ts=parent)
        assert "thread_ts" not in answer["message"]
        assert [message.text for message in on.alerts.messages] == ["reply"]


async def test_a_reply_to_a_reply_is_refused() -> None:
    async with stage() as on:
        parent = (await on.client.chat_postMessage(channel=on.alerts.id, text="parent"))["ts"]
        reply = (await on.client.chat_postMessage(channel=on.alerts.id, text="r", thread_ts=parent))["ts"]
        call = on.client.chat_postMessage(channel=on.alerts.id, text="x", thread_ts=reply)
        assert (await refused(call))["error"] == "cannot_reply_to_message"


async def test_an_ephemeral_message_is_seen_by_one_person_of_the_channel() -> None:
    async with stage() as on:
        anna, sam = on.slack.person("anna").id, on.slack.person("sam").id
        await on.client.chat_postEphemeral(channel=on.alerts.id, user=anna, text="psst")
        assert [message.text for message in on.slack.ephemerals("anna")] == ["psst"]
        assert on.slack.ephemerals("ben") == ()
        assert on.alerts.messages == ()
        call = on.client.chat_postEphemeral(channel=on.alerts.id, user=sam, text="psst")
        assert (await refused(call))["error"] == "user_not_in_channel"


async def test_a_permalink_leads_to_a_message_that_exists() -> None:
    async with stage() as on:
        posted = await on.client.chat_postMessage(channel=on.alerts.id, text="x")
        answer = await on.client.chat_getPermalink(channel=on.alerts.id, message_ts=posted["ts"])
        assert answer["permalink"].endswith(f"/archives/{on.alerts.id}/p{posted['ts'].replace('.', '')}")
        call = on.client.chat_getPermalink(channel=on.alerts.id, message_ts="1.000001")
        assert (await refused(call))["error"] == "message_not_found"


async def test_a_reaction_is_given_once() -> None:
    async with stage() as on:
        posted = await on.client.chat_postMessage(channel=on.alerts.id, text="x")
        place: dict[str, Any] = {"channel": on.alerts.id, "timestamp": posted["ts"], "name": "eyes"}
        await on.client.reactions_add(**place)
        assert on.alerts.messages[0].reactions == (("eyes", on.slack.bot_user),)
        assert (await refused(on.client.reactions_add(**place)))["error"] == "already_reacted"
        await on.client.reactions_remove(**place)
        assert (await refused(on.client.reactions_remove(**place)))["error"] == "no_reaction"


async def test_whom_a_message_pages_is_seen_and_what_is_escaped_pages_nobody() -> None:
    async with stage() as on:
        group = on.slack.add_group("dba", ["anna"])
        loud = f"<!channel> <!subteam^{group.id}> <@U0000ANNA1>"
        await on.client.chat_postMessage(channel=on.alerts.id, text="x", blocks=[section(loud)])
        await on.client.chat_postMessage(channel=on.alerts.id, text="errorMsg &lt;!channel&gt;")
        first, second = on.alerts.messages
        assert first.pages == {"channel", group.id, "U0000ANNA1"}
        assert second.pages == frozenset()


async def test_a_button_that_opens_an_address_is_an_ordinary_button() -> None:
    async with stage() as on:
        blocks = [{"type": "actions", "elements": [button(url="https://example.com")]}]
        await on.client.chat_postMessage(channel=on.alerts.id, text="x", blocks=blocks)
        with pytest.raises(CannotDo, match="nothing with the action id other"):
            await on.slack.click("anna", "alerts", on.alerts.messages[0].ts, "other")


async def test_the_log_of_calls_knows_arguments_but_no_token() -> None:
    async with stage() as on:
        await client_of(on.slack).chat_postMessage(channel=on.alerts.id, text="x", blocks=[section()])
        [call] = on.slack.calls_of("chat.postMessage")
        assert call.ok
        assert call.arguments["blocks"] == [section()]
        assert on.slack.bot_token not in repr(call)
