"""What an open page hears, and what it may ask for, over its WebSocket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot.sandbox.slack import CannotDo, Trouble
from tests.sandbox_page.page_stage import NOON, Stage, page_stage

Json = dict[str, Any]


@dataclass
class Open:
    """A page that a test holds open."""

    socket: aiohttp.ClientWebSocketResponse
    heard: list[Json] = field(default_factory=list)
    asked: int = 0

    async def hear(self, kind: str, having: str = "") -> Json:
        """Wait for the next message of a kind (that has something)."""
        async with asyncio.timeout(30):
            while True:
                for message in self.heard:
                    if message["type"] == kind and (not having or having in message):
                        self.heard.remove(message)
                        return message
                self.heard.append(await self.socket.receive_json())

    async def end(self) -> None:
        """Wait until the other side ends it."""
        async with asyncio.timeout(30):
            while (await self.socket.receive()).type is aiohttp.WSMsgType.TEXT:
                pass

    async def ask(self, act: str, **facts: Any) -> Json:
        self.asked += 1
        await self.socket.send_json({"id": self.asked, "act": act, **facts})
        async with asyncio.timeout(30):
            while True:
                answer = await self.hear("answer")
                if answer["id"] == self.asked:
                    return answer


@asynccontextmanager
async def open_page(stage: Stage, person: str = "") -> AsyncIterator[Open]:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(
            f"{stage.origin}/page/live", params={"as": person}, headers={"Origin": stage.origin}
        ) as socket,
    ):
        yield Open(socket)


async def test_a_page_first_sees_everything_its_person_is_in() -> None:
    async with page_stage() as stage:
        await stage.alert()
        async with open_page(stage) as page:
            all_of_it = await page.hear("everything")
            names = {channel["name"]: channel for channel in all_of_it["channels"]}
            assert all_of_it["me"] == "U0000ANNA1"
            assert all_of_it["first"] == names["alerts"]["id"]
            assert {"alerts", "dba", "dm-anna"} == set(names)
            assert names["dba"]["kind"] == "private"
            assert names["dm-anna"]["kind"] == "direct"
            assert all_of_it["connected"]
            (message,) = all_of_it["messages"][names["alerts"]["id"]]["messages"]
            assert message["blocks"][0]["type"] == "header"
            assert all_of_it["clock"] == {"now": NOON.timestamp(), "speed": 60.0}
            (status,) = [verb for verb in all_of_it["verbs"] if verb["name"] == "status"]
            assert status["slash"]
            assert status["does"].startswith("How everything stands in one look")


async def test_somebody_else_sees_neither_private_channels_nor_others_ephemerals() -> None:
    async with page_stage() as stage:
        await stage.slack.say("anna", "dba", "between us")
        await stage.slack.command("anna", "alerts", "/logbackup", "status")
        await stage.slack.until(lambda slack: slack.ephemerals("anna"))
        async with open_page(stage, "ben") as page:
            all_of_it = await page.hear("everything")
            assert "dba" not in {channel["name"] for channel in all_of_it["channels"]}
            assert "between us" not in str(all_of_it)
            assert all_of_it["ephemerals"] == []
            await stage.slack.say("anna", "dba", "still between us")
            await stage.slack.say("anna", "alerts", "for all")
            assert "for all" in str(await page.hear("message"))
            assert "between us" not in str(page.heard)


async def test_who_is_not_known_looks_through_the_first_person_s_eyes() -> None:
    async with page_stage(with_bot=False) as stage, open_page(stage, "nobody") as page:
        assert (await page.hear("everything"))["me"] == "U0000ANNA1"


async def test_a_new_message_an_edit_and_its_end_are_heard() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        await page.hear("everything")
        ts = await stage.alert()
        news = await page.hear("message")
        assert (news["message"]["ts"], news["new"]) == (ts, True)
        channel = stage.slack.channel("alerts").id
        await stage.client.chat_update(channel=channel, ts=ts, text="mended", blocks=[])
        news = await page.hear("message")
        assert (news["message"]["edited"], news["new"]) == (True, False)
        await stage.slack.delete_message("alerts", ts)
        assert await page.hear("gone") == {"type": "gone", "channel": channel, "ts": ts}


async def test_what_is_written_is_said_and_mentions_the_bot() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        answer = await page.ask("write", channel="alerts", text="@logbackup status")
        await stage.slack.until(lambda slack: slack.channel("alerts").thread(answer["ts"])[1:])
        assert stage.heard[0][0] == "mention"


async def test_a_reply_is_written_into_its_thread() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        ts = await stage.alert()
        assert (await page.ask("write", channel="alerts", text="on it", thread=ts))["ok"]
        assert [m.text for m in stage.slack.channel("alerts").thread(ts)][1:] == ["on it"]


async def test_a_slash_command_is_answered_to_its_person_alone() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        assert (await page.ask("write", channel="alerts", text="/logbackup  status pay"))["ok"]
        news = await page.hear("news", "ephemerals")
        assert stage.heard == [("command", "status pay")]
        assert news["ephemerals"][0]["private"]
        assert stage.slack.channel("alerts").messages == ()


async def test_slash_commands_are_refused_in_threads_as_in_slack() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        ts = await stage.alert()
        answer = await page.ask("write", channel="alerts", text="/logbackup status", thread=ts)
        assert not answer["ok"]
        assert "@logbackup status" in answer["error"]
        assert stage.heard == []


async def test_an_unknown_command_is_refused_in_a_sentence() -> None:
    async with page_stage(with_bot=False) as stage, open_page(stage) as page:
        answer = await page.ask("write", channel="alerts", text="/nothing")
        assert (answer["ok"], answer["error"]) == (False, "/nothing is not a valid command.")


async def test_a_button_reaches_the_bot_with_the_value_that_the_bot_gave_it() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        ts = await stage.alert()
        assert (await page.ask("press", channel="alerts", ts=ts, action="ack"))["ok"]
        assert stage.heard[0][1]["value"] == "ack 1"


async def test_a_menu_s_choice_reaches_the_bot_and_only_what_it_offers() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        ts = await stage.alert()
        assert (await page.ask("press", channel="alerts", ts=ts, action="assign", value="ben"))["ok"]
        assert stage.heard[0][1]["selected_option"]["value"] == "ben"
        refused = await page.ask("press", channel="alerts", ts=ts, action="assign", value="root")
        assert refused["error"] == "Root is not among the options."


async def test_a_button_without_a_bot_fails_with_slack_s_own_word() -> None:
    async with page_stage(with_bot=False) as stage, open_page(stage) as page:
        ts = await stage.alert()
        answer = await page.ask("press", channel="alerts", ts=ts, action="ack")
        assert not answer["ok"]
        assert "dispatch_failed" in answer["error"]


async def test_a_dialog_is_opened_filled_in_and_its_errors_are_shown() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        ts = await stage.alert()
        await page.ask("press", channel="alerts", ts=ts, action="silence")
        (dialog,) = (await page.hear("news", "dialogs"))["dialogs"]
        assert (dialog["title"], dialog["submit"], dialog["close"]) == (
            "Silence pay/orders",
            "Silence",
            "Not now",
        )
        values = {"length": "4h", "reason": "because", "whom": ["cluster"], "until": "1772640000"}
        assert (await page.ask("submit", view=dialog["id"], values=values))["ok"]
        (dialog,) = (await page.hear("news", "dialogs"))["dialogs"]
        assert dialog["errors"] == {"reason": "Say a little more."}
        assert (
            await page.ask("submit", view=dialog["id"], values={"reason": "The disk is being replaced."})
        )["ok"]
        assert (await page.hear("news", "dialogs"))["dialogs"] == []
        first, second = (values for kind, values in stage.heard if kind == "silenced")
        assert first["length"]["selected_option"]["value"] == "4h"
        assert [one["value"] for one in first["whom"]["selected_options"]] == ["cluster"]
        assert first["until"]["selected_date_time"] == 1772640000
        assert second["length"]["selected_option"]["value"] == "4h"


async def test_what_must_be_filled_in_is_asked_for() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        await page.ask("press", channel="alerts", ts=await stage.alert(), action="silence")
        (dialog,) = (await page.hear("news", "dialogs"))["dialogs"]
        answer = await page.ask("submit", view=dialog["id"], values={})
        assert answer["error"] == "Why must be filled in."


async def test_a_closed_dialog_is_gone() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        await page.ask("press", channel="alerts", ts=await stage.alert(), action="silence")
        (dialog,) = (await page.hear("news", "dialogs"))["dialogs"]
        assert (await page.ask("close", view=dialog["id"]))["ok"]
        assert stage.slack.modals("anna") == ()


async def test_the_home_tab_is_drawn_when_it_is_opened() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        assert (await page.hear("everything"))["home"] is None
        await page.ask("open_home")
        home = (await page.hear("news", "home"))["home"]
        assert home["blocks"][0]["type"] == "header"
        assert (await page.ask("press_in_view", view=home["id"], action="home_refresh"))["ok"]
        assert stage.heard[0][0] == "home_refresh"


async def test_switching_shows_what_the_other_person_sees() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        await page.hear("everything")
        assert (await page.ask("switch", person="mei"))["ok"]
        assert (await page.hear("everything"))["me"] == "U0000MEI01"
        await page.ask("write", channel="alerts", text="it is me")
        assert stage.slack.channel("alerts").messages[-1].author == "U0000MEI01"
        assert (await page.ask("switch", person="zoe"))["error"] == "There is nobody called zoe here."


async def test_long_channels_come_in_parts() -> None:
    async with page_stage(with_bot=False) as stage:
        for number in range(160):
            await stage.slack.say("ben", "alerts", f"message {number}")
        channel = stage.slack.channel("alerts").id
        async with open_page(stage) as page:
            shown = (await page.hear("everything"))["messages"][channel]
            assert (len(shown["messages"]), shown["earlier"]) == (150, True)
            before = await page.ask("earlier", channel=channel, before=shown["messages"][0]["ts"])
            assert (len(before["messages"]), before["earlier"]) == (10, False)


async def test_a_whole_thread_can_be_asked_for_by_those_in_the_channel() -> None:
    async with page_stage(with_bot=False) as stage:
        parent = await stage.slack.say("anna", "dba", "parent")
        await stage.slack.say("mei", "dba", "reply", parent.ts)
        async with open_page(stage) as page:
            answer = await page.ask("thread", channel="dba", ts=parent.ts)
            assert [message["thread"] for message in answer["messages"]] == [None, parent.ts]
        async with open_page(stage, "ben") as page:
            assert not (await page.ask("thread", channel="dba", ts=parent.ts))["ok"]
            assert not (await page.ask("earlier", channel="dba", before="9"))["ok"]
            assert not (await page.ask("write", channel="dba", text="let me in"))["ok"]


async def test_the_world_is_shown_as_it_is() -> None:
    async with page_stage(with_bot=False) as stage, open_page(stage) as page:
        answer = await page.ask("world")
        assert answer["clock"] == {"now": NOON.timestamp(), "speed": 60.0}
        assert answer["world"][0] == {
            "task": "pay/orders",
            "status": "FAILED",
            "delay": 1560.0,
            "checkpoint": NOON.timestamp() - 1560,
            "standing": "broken",
            "trouble": "its storage is full",
            "told": "alert: critical",
            "key": "pay/orders here",
            "storage": "file:///obbackup/",
        }
        assert answer["levers"][0] == {
            "name": "fill",
            "label": "Fill the storage of shop",
            "group": "Break something",
            "about": "",
            "state": "",
            "pressed": None,
        }


async def test_a_lever_is_pulled_and_says_what_it_did() -> None:
    async with page_stage(with_bot=False) as stage, open_page(stage) as page:
        assert (await page.ask("pull", lever="fill"))["said"] == "The storage is full; 8 tasks are hit."
        assert stage.pulled == ["fill"]
        assert (await page.ask("pull", lever="none"))["error"] == "This lever is not there any more."


async def test_a_switch_says_what_it_would_do_next_and_what_is_the_matter_meanwhile() -> None:
    async with page_stage(with_bot=False) as stage, open_page(stage) as page:

        async def shown() -> tuple[str, str]:
            (down,) = [one for one in (await page.ask("world"))["levers"] if one["name"] == "down"]
            return down["label"], down["state"]

        assert await shown() == ("Take OCP down", "")
        await page.ask("pull", lever="down")
        assert await shown() == ("Bring OCP back", "OCP is down")


async def test_one_task_is_changed_by_the_key_of_its_row() -> None:
    async with page_stage(with_bot=False) as stage, open_page(stage) as page:
        assert (await page.ask("pull", lever="mend", task="pay/orders here"))["said"] == "It was mended."
        assert stage.pulled == ["mend pay/orders here"]
        refused = await page.ask("pull", lever="fill", task="pay/orders here")
        assert refused["error"] == "This lever is not there any more."


async def test_a_step_of_the_story_is_done_when_it_has_happened_and_stays_so() -> None:
    async with page_stage(with_bot=False) as stage, open_page(stage) as page:
        story = (await page.hear("everything"))["story"]
        assert [step["title"] for step in story] == ["Fill it.", "Ask.", "Ask all.", "Read it.", "Ask there."]
        assert (await page.ask("world"))["done"] == [False] * 5
        stage.pulled.append("fill")
        assert (await page.ask("world"))["done"] == [True, False, False, False, False]
        stage.pulled.clear()
        assert (await page.ask("world"))["done"] == [True, False, False, False, False]


async def test_a_step_leads_to_its_message_and_is_done_when_that_was_shown() -> None:
    async with page_stage(with_bot=False) as stage, open_page(stage) as page:
        assert (await page.ask("world"))["places"] == [None] * 5
        ts = await stage.alert()
        present = await page.ask("world")
        assert present["places"][3] == {"channel": stage.slack.channel("alerts").id, "ts": ts}
        assert present["done"] == [False] * 5
        assert (await page.ask("step", step=3))["done"] == [False, False, False, True, False]
        await stage.client.chat_delete(channel=stage.slack.channel("alerts").id, ts=ts)
        await stage.alert()
        places = (await page.ask("world"))["places"]
        assert places[3] == present["places"][3], "what is done keeps the message that it spoke of"
        assert places[4] != present["places"][4]


async def test_a_shortcut_of_messages_is_offered_and_heard() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        assert (await page.hear("everything"))["shortcuts"] == [{"id": "note", "name": "Note this down…"}]
        ts = await stage.alert()
        assert (await page.ask("shortcut", channel="alerts", ts=ts, shortcut="note"))["ok"]
        assert stage.heard == [("shortcut", ts)]


async def test_people_delete_what_they_wrote_and_an_administrator_anything() -> None:
    async with page_stage(with_bot=False) as stage:
        ts = await stage.alert()
        mine = (await stage.slack.say("ben", "alerts", "oops")).ts
        async with open_page(stage, "ben") as page:
            assert (await page.ask("delete", channel="alerts", ts=mine))["ok"]
            refused = await page.ask("delete", channel="alerts", ts=ts)
            assert refused["error"] == "Only an administrator deletes what others wrote."
        async with open_page(stage, "anna") as page:
            assert (await page.ask("delete", channel="alerts", ts=ts))["ok"]
            gone = await page.ask("delete", channel="alerts", ts=ts)
            assert gone["error"] == "There is no such message."
        assert stage.slack.channel("alerts").messages == ()


async def test_the_page_hears_that_the_bot_has_gone() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        assert (await page.hear("everything"))["connected"]
        stage.slack.dead_tickets = True
        stage.slack.drop_sockets()
        async with asyncio.timeout(30):
            while (await page.hear("news", "connected"))["connected"]:
                pass
        stage.slack.dead_tickets = False


@pytest.mark.parametrize(
    "request_text",
    [
        "not json",
        "[]",
        '{"id": 1}',
        '{"id": 1, "act": "shout"}',
        '{"id": 1, "act": "world", "more": 1}',
        '{"id": "1", "act": "world"}',
        '{"id": 1, "act": "write", "channel": "alerts", "text": ""}',
        '{"id": 1, "act": "submit", "view": "V1", "values": {"a": {"b": 1}}}',
    ],
)
async def test_what_is_not_understood_ends_the_connection(request_text: str) -> None:
    async with page_stage(with_bot=False) as stage, open_page(stage) as page:
        await page.hear("everything")
        await page.socket.send_str(request_text)
        await page.end()
        assert page.socket.close_code == 1008


async def test_slow_answers_hold_up_nobody() -> None:
    async with page_stage() as stage, open_page(stage) as page:
        ts = await stage.alert()
        stage.slack.silent_sockets = True
        await page.socket.send_json(
            {"id": 99, "act": "press", "channel": "alerts", "ts": ts, "action": "ack"}
        )
        assert (await page.ask("world"))["ok"]
        stage.slack.silent_sockets = False


async def test_when_slack_stops_its_pages_are_let_go() -> None:
    async with page_stage(with_bot=False) as stage, open_page(stage) as page:
        await page.hear("everything")
        await stage.slack.stop()
        await page.end()
        assert page.socket.closed


async def test_a_page_must_have_somebody_to_look_through() -> None:
    async with page_stage(with_bot=False) as stage:
        with pytest.raises(CannotDo):
            stage.page.show(stage.slack, person="nobody")


async def test_trouble_of_slack_is_no_trouble_of_the_page() -> None:
    async with page_stage(with_bot=False) as stage, open_page(stage) as page:
        stage.slack.trouble.add("*", Trouble.ERROR_BEFORE)
        assert (await page.ask("write", channel="alerts", text="still here"))["ok"]
