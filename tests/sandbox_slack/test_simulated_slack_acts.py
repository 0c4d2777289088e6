"""What people do, and how a real Bolt app hears of it: messages, commands, clicks, Home, shortcuts."""

import asyncio
from typing import Any

import pytest

from bot.sandbox.slack import CannotDo, Outcome
from tests.sandbox_slack.simulated_slack_listener import hearing
from tests.sandbox_slack.simulated_slack_parts import actions, options, select
from tests.sandbox_slack.simulated_slack_stage import bolt, button, connected, section, stage


async def test_a_command_comes_escaped_with_where_and_who() -> None:
    async with hearing() as (on, heard):
        await on.slack.command("anna", "alerts", "/logbackup", "tasks delay>10m <&> @ben")
        body = await heard.next()
        assert body["command"] == "/logbackup"
        assert body["text"] == "tasks delay&gt;10m &lt;&amp;&gt; @ben"
        assert (body["user_id"], body["channel_id"]) == ("U0000ANNA1", on.alerts.id)
        assert body["team_id"] == on.slack.team
        assert body["channel_name"] == "alerts"


async def test_a_command_in_direct_messages_names_no_channel() -> None:
    async with hearing() as (on, heard):
        await on.slack.command("anna", on.slack.dm("anna"), "/logbackup")
        assert (await heard.next())["channel_name"] == "directmessage"


async def test_a_message_comes_escaped_with_mentions_as_entities() -> None:
    async with hearing() as (on, heard):
        group = on.slack.add_group("dba", ["anna"])
        await on.slack.say(
            "anna", "alerts", "@logbackup delay>10m @ben @dba @here #alerts a@b.com <!channel>"
        )
        text = (await heard.next())["event"]["text"]
        assert text == (
            f"<@{on.slack.bot_user}> delay&gt;10m <@U0000BEN01> <!subteam^{group.id}> <!here> "
            f"<#{on.alerts.id}|alerts> <mailto:a@b.com|a@b.com> &lt;!channel&gt;"
        )


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("see https://ocp.example.com/x?a=1&b=2.", "see <https://ocp.example.com/x?a=1&amp;b=2>."),
        ("see ocp.example.com", "see <http://ocp.example.com|ocp.example.com>"),
        ("(docs.example.org/a)", "(<http://docs.example.org/a|docs.example.org/a>)"),
        ("ask ana@example.com", "ask <mailto:ana@example.com|ana@example.com>"),
        ("task pay/orders.v2 delay>1.5h", "task pay/orders.v2 delay&gt;1.5h"),
        ("path:file:///obbackup/", "path:file:///obbackup/"),
        ("https://example.com/@ben#alerts", "<https://example.com/@ben#alerts>"),
    ],
)
async def test_links_in_a_message_come_marked_up_as_slack_s_client_does(typed: str, sent: str) -> None:
    async with hearing() as (on, heard):
        await on.slack.say("anna", on.slack.dm("anna"), typed)
        assert (await heard.next())["event"]["text"] == sent


async def test_a_command_whose_app_asks_for_escaping_comes_with_entities_and_their_names() -> None:
    async with hearing(escaping=("/logbackup",)) as (on, heard):
        group = on.slack.add_group("dba", ["anna"])
        await on.slack.command("anna", "alerts", "/logbackup", "assign @ben @dba #alerts a@b.com <!here>")
        assert (await heard.next())["text"] == (
            f"assign <@U0000BEN01|ben> <!subteam^{group.id}|@dba> <#{on.alerts.id}|alerts> "
            "<mailto:a@b.com|a@b.com> &lt;!here&gt;"
        )


async def test_a_press_tells_what_every_menu_of_the_message_holds() -> None:
    async with hearing() as (on, heard):
        choice = select(options=options(3), initial_option=options(3)[0])
        other = select(action_id="other", options=options(2))
        block = actions(choice, other, button("go"), block_id="row")
        ts = str((await on.client.chat_postMessage(channel="alerts", text="x", blocks=[block]))["ts"])
        await on.slack.click("anna", "alerts", ts, "choose", "v2")
        assert _held(await heard.next()) == {"choose": "v2", "other": None}
        await on.slack.click("anna", "alerts", ts, "go")
        assert _held(await heard.next()) == {"choose": "v2", "other": None}
        await on.slack.click("ben", "alerts", ts, "go")
        assert _held(await heard.next()) == {"choose": "v", "other": None}


def _held(body: dict[str, Any]) -> dict[str, str | None]:
    """Say what is chosen in each menu of the block ``row``, by action id."""
    row = body["state"]["values"]["row"]
    return {name: (one["selected_option"] or {}).get("value") for name, one in row.items()}


async def test_a_direct_message_is_heard_without_a_mention() -> None:
    async with hearing() as (on, heard):
        await on.slack.say("anna", on.slack.dm("anna"), "status")
        event = (await heard.next())["event"]
        assert (event["type"], event["channel_type"], event["text"]) == ("message", "im", "status")


async def test_a_stranger_s_mention_tells_their_organisation() -> None:
    async with hearing() as (on, heard):
        on.slack.invite_bot(on.slack.add_channel("with-vendor", shared=True))
        await on.slack.say("sam", "with-vendor", "@logbackup status")
        body = await heard.next()
        assert body["is_ext_shared_channel"]
        assert body["event"]["user_team"] == on.slack.person("sam").team != body["team_id"]


async def test_a_click_tells_the_button_its_message_and_where() -> None:
    async with hearing() as (on, heard):
        blocks = [{"type": "actions", "block_id": "row", "elements": [button("ack", value="ack 7")]}]
        posted = await on.client.chat_postMessage(channel="alerts", text="spoken", blocks=blocks)
        reaction = await on.slack.click("ben", "alerts", posted["ts"], "ack")
        assert reaction.outcome is Outcome.ACKNOWLEDGED
        body = await heard.next()
        [action] = body["actions"]
        assert (action["action_id"], action["block_id"], action["value"]) == ("ack", "row", "ack 7")
        assert body["user"]["id"] == "U0000BEN01"
        assert body["channel"] == {"id": on.alerts.id, "name": "alerts"}
        assert body["message"]["ts"] == body["container"]["message_ts"] == posted["ts"]


async def test_a_choice_is_one_of_the_options() -> None:
    async with hearing() as (on, heard):
        option = {"text": {"type": "plain_text", "text": "One hour"}, "value": "1h"}
        menu = {"type": "overflow", "action_id": "silence", "options": [option]}
        posted = await on.client.chat_postMessage(
            channel="alerts", text="x", blocks=[section(accessory=menu)]
        )
        await on.slack.click("ben", "alerts", posted["ts"], "silence", "1h")
        assert (await heard.next())["actions"][0]["selected_option"] == option
        with pytest.raises(CannotDo, match="not among the options"):
            await on.slack.click("ben", "alerts", posted["ts"], "silence", "2h")


async def test_a_click_on_what_only_one_sees_does_not_tell_the_message() -> None:
    async with hearing() as (on, heard):
        blocks = [{"type": "actions", "elements": [button("share")]}]
        anna = on.slack.person("anna").id
        shown = await on.client.chat_postEphemeral(channel=on.alerts.id, user=anna, text="x", blocks=blocks)
        await on.slack.click("anna", "alerts", shown["message_ts"], "share")
        body = await heard.next()
        assert body["container"]["is_ephemeral"]
        assert "message" not in body
        with pytest.raises(CannotDo):
            await on.slack.click("ben", "alerts", shown["message_ts"], "share")


async def test_a_button_inside_an_attachment_can_be_pressed() -> None:
    async with hearing() as (on, heard):
        inside = [{"type": "actions", "elements": [button("ack")]}]
        posted = await on.client.chat_postMessage(
            channel="alerts", text="x", attachments=[{"color": "#d00000", "fallback": "x", "blocks": inside}]
        )
        await on.slack.click("ben", "alerts", posted["ts"], "ack")
        assert (await heard.next())["actions"][0]["action_id"] == "ack"


async def test_the_home_tab_is_published_opened_and_pressed() -> None:
    async with hearing() as (on, heard):
        await on.slack.open_home("anna")
        event = (await heard.next())["event"]
        assert (event["type"], event["tab"], event["user"]) == ("app_home_opened", "home", "U0000ANNA1")
        view = {"type": "home", "blocks": [section("all well", accessory=button("refresh"))]}
        await on.client.views_publish(user_id="U0000ANNA1", view=view)
        home = on.slack.home("anna")
        assert home is not None
        assert home.blocks[0]["text"]["text"] == "all well"
        await on.slack.click_view("anna", home.id, "refresh")
        body = await heard.next()
        assert body["container"] == {"type": "view", "view_id": home.id}
        assert body["view"]["type"] == "home"
        assert on.slack.home("ben") is None


async def test_shortcuts_are_heard_with_and_without_a_message() -> None:
    async with hearing() as (on, heard):
        await on.slack.shortcut("anna", "status")
        assert (await heard.next())["type"] == "shortcut"
        said = await on.slack.say("ben", "alerts", "what is this?")
        await on.slack.message_shortcut("anna", "alerts", said.ts, "explain")
        body = await heard.next()
        assert (body["type"], body["message"]["text"]) == ("message_action", "what is this?")


async def test_people_cannot_do_what_slack_does_not_offer() -> None:
    async with hearing() as (on, _):
        secret = on.slack.add_channel("secret", private=True, members=["anna"])
        on.slack.archive(secret)
        for attempt in (
            on.slack.say("ben", secret, "x"),
            on.slack.say("anna", secret, "x"),
            on.slack.say("anna", "nowhere", "x"),
            on.slack.say("nobody", "alerts", "x"),
            on.slack.say("anna", "alerts", "x", thread_ts="1.000001"),
            on.slack.command("anna", "alerts", "/unknown"),
            on.slack.click("anna", "alerts", "1.000001", "ack"),
            on.slack.submit_view("anna", "V0000NONE0"),
            on.slack.delete_message("alerts", "1.000001"),
        ):
            with pytest.raises(CannotDo):
                await attempt


async def test_a_handler_that_raises_before_acknowledging_shows_dispatch_failed() -> None:
    async with stage() as on:
        app = bolt(on.slack)

        @app.command("/logbackup")
        async def fails() -> None:
            raise RuntimeError("before ack")

        async with connected(on.slack, app):
            typing = asyncio.ensure_future(on.slack.command("anna", "alerts", "/logbackup"))
            await on.clock.sleeping()
            await on.clock.advance(3)
            assert (await typing).outcome is Outcome.DISPATCH_FAILED


async def test_changes_are_told_one_by_one_until_slack_stops() -> None:
    kinds: list[str] = []
    async with stage() as on:
        changes = on.slack.changes()

        async def follow() -> None:
            kinds.extend([change.kind async for change in changes])

        following = asyncio.ensure_future(follow())
        await asyncio.sleep(0)
        said = await on.slack.say("anna", "alerts", "x")
        await on.slack.edit_message("anna", "alerts", said.ts, "y")
        await on.slack.delete_message("alerts", said.ts)
    await following
    assert kinds[:3] == ["message", "edit", "delete"]


async def test_waiting_ends_with_what_was_waited_for_or_a_timeout() -> None:
    async with stage() as on:
        waiting = asyncio.ensure_future(on.slack.until(lambda slack: slack.channel("alerts").messages))
        await on.slack.say("anna", "alerts", "x")
        assert [message.text for message in await waiting] == ["x"]
        with pytest.raises(TimeoutError):
            await on.slack.until(lambda slack: slack.sockets, timeout=0.01)
