"""Every command through every door: a slash command, a mention, a thread, a direct message, a button."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.domain.incident import IncidentNumber
from bot.sandbox.slack import Message
from bot.sandbox.slack.deliveries import DeliveryKind
from tests.slack_edge.small_fleet import fleet_stage
from tests.slack_edge.transcript import Stage, labels, read

COMMANDS = {
    "status": "1 of 34 tasks",
    "status pay": "ledger",
    "tasks": "page 1 of 2",
    "tasks status:failed": "pay/orders",
    "tasks cluster:shop tenant:cart": "shop/cart",
    "tasks delay>10m": "None of 34 tasks",
    "tasks since:2h": "OCP was asked just now",
    "task pay/orders": "disk <full> & gone",
    "incidents": "1 open incident",
    "incident 1": "disk &lt;full&gt; &amp; gone",
    "health": "Version 1.2.3",
    "help": "What you can say",
    "help tasks": "Filters",
}


async def by_mention(on: Stage, text: str) -> Message:
    return await on.says(f"@logbackup {text}")


async def by_mention_in_a_thread(on: Stage, text: str) -> Message:
    parent = await on.slack.say("ben", "general", "Is anybody looking at this?")
    answer = await on.says(f"@logbackup {text}", thread=parent.ts)
    assert answer.thread_ts == parent.ts
    return answer


async def by_direct_message(on: Stage, text: str) -> Message:
    answer = await on.writes(text)
    assert answer.thread_ts is None
    return answer


DOORS: dict[str, Callable[[Stage, str], Awaitable[Message]]] = {
    "a mention": by_mention,
    "a mention in a thread": by_mention_in_a_thread,
    "a direct message": by_direct_message,
}


@pytest.mark.parametrize(("text", "shown"), COMMANDS.items(), ids=COMMANDS)
async def test_a_slash_command_is_answered_privately(text: str, shown: str) -> None:
    async with fleet_stage() as (on, _):
        answer = await on.types(text)
        assert shown in read(answer)
        assert answer.ephemeral_to == on.slack.person("anna").id
        assert ("Share" in labels(answer)) is (not text.startswith("help"))


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize(("text", "shown"), COMMANDS.items(), ids=COMMANDS)
async def test_what_is_said_is_answered_where_it_was_said(
    text: str, shown: str, door: Callable[[Stage, str], Awaitable[Message]]
) -> None:
    async with fleet_stage() as (on, _):
        answer = await door(on, text)
        assert shown in read(answer)
        assert answer.ephemeral_to is None
        assert "Share" not in labels(answer)


async def test_a_mention_is_answered_in_a_thread_of_its_own() -> None:
    async with fleet_stage() as (on, _):
        answer = await on.says("@logbackup status")
        asked = on.channel("general").messages[0]
        assert answer.thread_ts == asked.ts
        assert not answer.broadcast


async def test_a_direct_message_in_a_thread_is_answered_there() -> None:
    async with fleet_stage() as (on, _):
        first = await on.writes("status")
        assert (await on.writes("tasks", thread=first.ts)).thread_ts == first.ts


async def test_no_words_mean_status() -> None:
    async with fleet_stage() as (on, _):
        assert "1 of 34 tasks" in read(await on.types(""))


@pytest.mark.parametrize("text", ["@logbackup", "@logbackup ", "@logbackup :", "@logbackup @logbackup"])
async def test_an_empty_mention_adds_a_line_of_help(text: str) -> None:
    async with fleet_stage() as (on, _):
        answer = await on.says(text)
        assert "1 of 34 tasks" in read(answer)
        assert "`/logbackup help` lists" in str(answer.blocks[-1])
        assert "`/logbackup help` lists" in answer.text


async def test_a_mention_with_words_has_no_line_of_help() -> None:
    async with fleet_stage() as (on, _):
        assert "`/logbackup help` lists" not in read(await on.says("@logbackup status"))


@pytest.mark.parametrize(
    "text",
    [
        "@logbackup task pay/ledger",
        "@logbackup: task pay/ledger",
        "hello @logbackup, task pay/ledger",
        "@ben look: @logbackup task pay/ledger",
        "task pay/ledger @logbackup",
    ],
)
async def test_the_bot_may_be_mentioned_anywhere(text: str) -> None:
    async with fleet_stage() as (on, _):
        assert read(await on.says(text)).startswith("🟢 *pay/ledger*")


async def test_a_mention_in_a_direct_message_is_not_taken_for_a_name() -> None:
    async with fleet_stage() as (on, _):
        assert "1 of 34 tasks" in read(await on.writes("@logbackup status"))


@pytest.mark.parametrize("text", ["tasks delay>10m", "tasks delay > 10m"])
async def test_what_slack_escapes_is_read_as_it_was_typed(text: str) -> None:
    async with fleet_stage() as (on, _):
        answer = await on.types(text)
        assert "&gt;10m" in on.slack.deliveries[-1].body["text"].replace(" ", "")
        assert "None of 34 tasks" in read(answer)


async def test_curly_quotes_and_links_of_slacks_clients_are_read_as_they_were_typed() -> None:
    async with fleet_stage() as (on, _):
        assert read(await on.says("@logbackup task “pay/ledger”")).startswith("🟢 *pay/ledger*")
        body = on.slack.deliveries[-1].body
        text = f"<@{on.slack.bot_user}|logbackup> task <http://pay/ledger|pay/ledger>"
        event = {**body["event"], "text": text, "ts": "1.000001"}
        again = {**body, "event": event, "event_id": "Ev1"}
        answer = await on.one(on.slack._outgoing.send(DeliveryKind.EVENT, again).first)
        assert read(answer).startswith("🟢 *pay/ledger*")


async def test_a_typo_gets_the_nearest_verb_and_a_button_that_works() -> None:
    async with fleet_stage() as (on, _):
        answer = await on.types("taks")
        assert "Did you mean tasks?" in answer.text
        assert "page 1 of 2" in read(await on.clicks(answer, "tasks"))


async def test_an_unknown_cluster_gets_the_nearest_names_as_buttons() -> None:
    async with fleet_stage() as (on, _):
        answer = await on.types("status shopp")
        assert "Nothing that is watched is called “shopp”" in answer.text
        assert "shop" in labels(answer)
        assert "cart" in read(await on.clicks(answer, "shop"))


async def test_a_name_that_lacks_its_stroke_gets_the_tenant_as_a_button() -> None:
    async with fleet_stage() as (on, _):
        answer = await on.types("chart payorders")
        assert labels(answer)[0] == "chart pay/orders"


async def test_who_wants_all_silent_is_offered_the_star() -> None:
    async with fleet_stage() as (on, _):
        answer = await on.types("silence everything")
        assert "“everything”" not in answer.text
        assert "silence *" in labels(answer)


async def test_an_ambiguous_name_gets_buttons_to_choose_from() -> None:
    async with fleet_stage() as (on, _):
        answer = await on.says("@logbackup task orders")
        assert {"pay/orders", "shop/orders"} <= set(labels(answer))
        chosen = await on.clicks(answer, "pay/orders", by="ben")
        assert "FAILED" in read(chosen)
        assert chosen.ephemeral_to == on.slack.person("ben").id


async def test_a_wrong_argument_is_a_sentence() -> None:
    async with fleet_stage() as (on, _):
        assert "is not the number of an incident" in (await on.types("incident many")).text


async def test_twenty_questions_at_once_are_all_answered() -> None:
    async with fleet_stage() as (on, _):
        asking = (on.slack.command("anna", "general", "/logbackup", "status") for _ in range(20))
        shown = await on.shown_after(asyncio.gather(*asking))
        assert len(shown) == 20


async def test_a_failing_database_is_told_in_the_answer() -> None:
    async with fleet_stage() as (on, small):
        small.store.broken = "The database is locked."
        assert (await on.types("timeline 1")).text == "The database is locked."


# ── what changes something, by the bot's own operation


ACTS = {
    "ack 1": "acknowledged",
    "assign 1 @ben": "ben",
    "assign 1 Mei Lin": "mei",
    "assign 1 nobody": "",
    "note #1 disk replaced": "",
    "silence 1 2h": "silence",
}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize(("text", "shown"), ACTS.items(), ids=ACTS)
async def test_an_act_works_through_every_door(
    text: str, shown: str, door: Callable[[Stage, str], Awaitable[Message]]
) -> None:
    if door is by_mention_in_a_thread:
        door = in_a_thread
    async with fleet_stage() as (on, small):
        answer = await door(on, text)
        assert shown.casefold() in read(answer).casefold()
        told = [one.sentence for one in await small.store.audit(IncidentNumber(1)) if one.name == "anna"]
        kept = await small.store.silences()
        assert told or kept or text.endswith("nobody"), read(answer)
        assert on.journal.names("error") == []


async def in_a_thread(on: Stage, text: str) -> Message:
    parent = await on.slack.say("ben", "general", "Is anybody looking at this?")
    return await on.says(f"@logbackup {text}", thread=parent.ts)


FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "a note": ("note 1 ask", {"note": "disk replaced"}),
    "a silence": ("silence 1 ask", {}),
    "somebody who gets it": ("assign 1 ask", {}),
}


@pytest.mark.parametrize(("text", "words"), FORMS.values(), ids=FORMS)
async def test_a_dialog_of_the_bots_own_opens_and_does_what_it_says(text: str, words: dict[str, str]) -> None:
    async with fleet_stage() as (on, small):
        assert await on.shown_after(on.slack.command("anna", "general", "/logbackup", text)) == []
        (view,) = on.slack.modals("anna")
        answer = await on.one(on.slack.submit_view("anna", view.id, words))
        assert answer.ephemeral_to == on.slack.person("anna").id
        assert on.slack.modals("anna") == ()
        told = [one.sentence for one in await small.store.audit(IncidentNumber(1)) if one.name == "anna"]
        assert told or await small.store.silences()
        assert on.journal.names("error") == []


async def test_the_home_tab_of_the_bots_own_is_drawn() -> None:
    async with fleet_stage() as (on, _):
        await on.slack.open_home("anna")
        await on.quiet()
        view = on.slack.home("anna")
        assert view is not None
        assert "pay/orders" in str(view.payload["blocks"])
        assert on.journal.names("error") == []
