"""What people do, and how a real Bolt app hears of it: commands, clicks, dialogs, Home, response urls."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from simulated_slack_stage import Stage, bolt, button, connected, modal, refused, section, stage, text_input
from slack_bolt.async_app import AsyncApp

from bot.sandbox.slack import CannotDo, Outcome, Trouble

EVERYTHING = ("app_mention", "message.im", "app_home_opened")


class Heard:
    """A Bolt app that acknowledges everything and keeps what it heard."""

    def __init__(self, on: Stage) -> None:
        self.app: AsyncApp = bolt(on.slack)
        self.bodies: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.answer: dict[str, Any] = {}
        self.app.use(self._keep)

    async def _keep(self, body: dict[str, Any], ack: Any) -> Any:
        self.bodies.put_nowait(body)
        return await ack(**self.answer)

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(5):
            return await self.bodies.get()


@asynccontextmanager
async def hearing(**options: Any) -> AsyncIterator[tuple[Stage, Heard]]:
    async with stage(**{"events": EVERYTHING, **options}) as on:
        heard = Heard(on)
        async with connected(on.slack, heard.app):
            yield on, heard
            await on.slack.settled()


async def respond(url: str, **body: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
        return answer.status, await answer.text()


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
            f"<#{on.alerts.id}|alerts> a@b.com &lt;!channel&gt;"
        )


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


async def test_a_trigger_opens_one_dialog_within_3_seconds() -> None:
    async with hearing() as (on, heard):
        await on.slack.command("anna", "alerts", "/logbackup")
        trigger = (await heard.next())["trigger_id"]
        await on.clock.advance(3)
        await on.client.views_open(trigger_id=trigger, view=modal())
        assert [view.title for view in on.slack.modals("anna")] == ["Silence"]
        again = await refused(on.client.views_open(trigger_id=trigger, view=modal()))
        assert again["error"] == "exchanged_trigger_id"
        never = await refused(on.client.views_open(trigger_id="9.9.u", view=modal()))
        assert never["error"] == "invalid_trigger_id"


async def test_a_trigger_is_too_old_after_3_seconds() -> None:
    async with hearing() as (on, heard):
        await on.slack.command("anna", "alerts", "/logbackup")
        trigger = (await heard.next())["trigger_id"]
        await on.clock.advance(3.1)
        late = await refused(on.client.views_open(trigger_id=trigger, view=modal()))
        assert late["error"] == "expired_trigger_id"


async def opened(on: Stage, heard: Heard, view: dict[str, Any]) -> str:
    """Open a dialog for anna and return its id."""
    await on.slack.command("anna", "alerts", "/logbackup")
    trigger = (await heard.next())["trigger_id"]
    answer = await on.client.views_open(trigger_id=trigger, view=view)
    view_id: str = answer["view"]["id"]
    return view_id


async def test_a_dialog_is_submitted_with_what_was_filled_in() -> None:
    async with hearing() as (on, heard):
        option = {"text": {"type": "plain_text", "text": "One hour"}, "value": "1h"}
        chooser = {
            "type": "static_select",
            "action_id": "length",
            "options": [option],
            "initial_option": option,
        }
        length = text_input("length", element=chooser)
        view = modal(text_input(), length, callback_id="silence", private_metadata="7")
        view_id = await opened(on, heard, view)
        await on.slack.submit_view("anna", view_id, {"reason": "maintenance"})
        body = await heard.next()
        values = body["view"]["state"]["values"]
        assert body["type"] == "view_submission"
        assert values["block-reason"]["reason"] == {"type": "plain_text_input", "value": "maintenance"}
        assert values["block-length"]["length"]["selected_option"] == option
        assert body["view"]["private_metadata"] == "7"
        assert on.slack.modals("anna") == ()


async def test_slack_itself_refuses_a_dialog_with_an_empty_input() -> None:
    async with hearing() as (on, heard):
        view_id = await opened(on, heard, modal(text_input()))
        with pytest.raises(CannotDo, match="Reason must be filled in"):
            await on.slack.submit_view("anna", view_id)
        with pytest.raises(CannotDo, match="no input called other"):
            await on.slack.submit_view("anna", view_id, {"reason": "x", "other": "y"})


async def test_errors_keep_a_dialog_open() -> None:
    async with hearing() as (on, heard):
        view_id = await opened(on, heard, modal(text_input()))
        heard.answer = {"response_action": "errors", "errors": {"block-reason": "too short"}}
        reaction = await on.slack.submit_view("anna", view_id, {"reason": "x"})
        assert reaction.errors == {"block-reason": "too short"}
        assert on.slack.modals("anna")[0].errors == reaction.errors


async def test_a_submission_may_update_push_or_clear() -> None:
    async with hearing() as (on, heard):
        view_id = await opened(on, heard, modal(text_input()))
        second = modal(text_input("more"), title={"type": "plain_text", "text": "Second"})
        heard.answer = {"response_action": "push", "view": second}
        await on.slack.submit_view("anna", view_id, {"reason": "x"})
        assert [view.title for view in on.slack.modals("anna")] == ["Silence", "Second"]
        heard.answer = {
            "response_action": "update",
            "view": modal(title={"type": "plain_text", "text": "Third"}),
        }
        await on.slack.submit_view("anna", on.slack.modals("anna")[1].id, {"more": "x"})
        assert [view.title for view in on.slack.modals("anna")] == ["Silence", "Third"]
        heard.answer = {"response_action": "clear"}
        await on.slack.submit_view("anna", on.slack.modals("anna")[1].id)
        assert on.slack.modals("anna") == ()


async def test_an_open_dialog_is_updated_unless_it_changed_meanwhile() -> None:
    async with hearing() as (on, heard):
        view_id = await opened(on, heard, modal(text_input(), external_id="mine"))
        before = on.slack.modals("anna")[0].hash
        await on.client.views_update(
            external_id="mine", hash=before, view=modal(section("new"), external_id="mine")
        )
        assert on.slack.modals("anna")[0].blocks[0]["text"]["text"] == "new"
        late = on.client.views_update(view_id=view_id, hash=before, view=modal())
        assert (await refused(late))["error"] == "hash_conflict"
        gone = on.client.views_update(view_id="V0000NONE0", view=modal())
        assert (await refused(gone))["error"] == "not_found"


async def test_three_dialogs_are_stacked_and_no_more() -> None:
    async with hearing() as (on, heard):
        await opened(on, heard, modal(section(accessory=button("deeper"))))
        for expected in (2, 3):
            await on.slack.click_view("anna", on.slack.modals("anna")[-1].id, "deeper")
            trigger = (await heard.next())["trigger_id"]
            await on.client.views_push(trigger_id=trigger, view=modal(section(accessory=button("deeper"))))
            assert len(on.slack.modals("anna")) == expected
        await on.slack.click_view("anna", on.slack.modals("anna")[-1].id, "deeper")
        trigger = (await heard.next())["trigger_id"]
        call = on.client.views_push(trigger_id=trigger, view=modal())
        assert (await refused(call))["error"] == "push_limit_reached"


async def test_closing_a_dialog_is_told_where_it_was_asked_for() -> None:
    async with hearing() as (on, heard):
        view_id = await opened(on, heard, modal(notify_on_close=True))
        await on.slack.close_view("anna", view_id)
        assert (await heard.next())["type"] == "view_closed"
        view_id = await opened(on, heard, modal())
        assert await on.slack.close_view("anna", view_id) is None


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
            async with asyncio.timeout(5):
                await done.wait()
        assert statuses == [200] * 5 + [404]


async def test_trouble_can_strike_a_response_url_too() -> None:
    async with hearing() as (on, heard):
        await on.slack.command("anna", "alerts", "/logbackup")
        url = (await heard.next())["response_url"]
        on.slack.trouble.add("response_url", Trouble.ERROR_AFTER, times=1)
        assert (await respond(url, text="x"))[0] == 500
        assert [message.text for message in on.slack.ephemerals("anna")] == ["x"]


async def test_somebody_chooses_people_dates_and_several_options() -> None:
    async with hearing() as (on, heard):
        options = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("a", "b", "c")]
        several: dict[str, Any] = {"type": "multi_static_select", "action_id": "several", "options": options}
        who = {"type": "users_select", "action_id": "who", "initial_user": "U0000ANNA1"}
        day = {"type": "datepicker", "action_id": "day"}
        crowd = {"type": "multi_users_select", "action_id": "crowd"}
        view = modal(*[text_input(str(e["action_id"]), element=e) for e in (several, who, day, crowd)])
        view_id = await opened(on, heard, view)
        chosen = {"several": ["a", "c"], "day": "2026-03-05", "crowd": ["U0000BEN01"]}
        await on.slack.submit_view("anna", view_id, chosen)
        values = (await heard.next())["view"]["state"]["values"]
        assert values["block-several"]["several"]["selected_options"] == [options[0], options[2]]
        assert values["block-who"]["who"]["selected_user"] == "U0000ANNA1"
        assert values["block-day"]["day"]["selected_date"] == "2026-03-05"
        assert values["block-crowd"]["crowd"]["selected_users"] == ["U0000BEN01"]
