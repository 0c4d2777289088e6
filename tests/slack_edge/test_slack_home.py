"""The Home tab: shown when it is opened, kept right by what is pressed in it."""

from dataclasses import replace

import pytest

from bot.commands import Door
from bot.errors import StorageError
from bot.operations.answering import Answer, Asked
from bot.sandbox.slack import Trouble
from bot.slack.home import BLOCKS, NOT_DRAWN, TOO_MUCH
from bot.slack.payloads import by_home
from bot.views.blocks import Block, Message, section
from tests.slack_edge.small_talk import Talk, small_talk
from tests.slack_edge.transcript import Stage, over_http, read, stage


async def opens(on: Stage, *, by: str = "anna") -> str:
    """Open the Home tab and give what it shows."""
    await on.slack.open_home(by)
    await on.quiet()
    return shown(on, by)


def shown(on: Stage, person: str) -> str:
    view = on.slack.home(person)
    return "" if view is None else str(view.payload["blocks"])


async def press(on: Stage, label: str, *, by: str = "anna") -> None:
    """Press a button of the Home tab."""
    view = on.slack.home(by)
    assert view is not None
    (action,) = [
        element["action_id"]
        for block in view.payload["blocks"]
        for element in block.get("elements", ())
        if element.get("text", {}).get("text") == label
    ]
    await on.slack.click_view(by, view.id, action)


async def test_it_is_drawn_for_whoever_opens_it() -> None:
    async with stage() as on:
        assert "Good morning, anna." in await opens(on)
        assert "Good morning, ben." in await opens(on, by="ben")
        asked = on.talk.asked[0]
        assert (asked.user, asked.door) == (on.slack.person("anna").id, Door.DIRECT)
        assert str(asked.zone) == "Europe/Berlin"


async def test_over_http_it_is_drawn_too() -> None:
    async with over_http() as (on, _):
        assert "Good morning, anna." in await opens(on)


async def test_the_other_tabs_need_nothing() -> None:
    async with stage() as on:
        await on.slack.open_home("anna", "messages")
        await on.quiet()
        assert on.talk.asked == []
    assert by_home({"event": {"tab": "home", "user": 7}}) is None


async def test_an_act_in_it_is_seen_there_and_needs_no_message() -> None:
    pages = ["Nothing is silenced.", "Silence 3 is running."]

    async def homes(_: Asked) -> tuple[Block, ...]:
        row = {"type": "button", "text": {"type": "plain_text", "text": "End it"}, "value": "unsilence 3"}
        return (section(pages.pop()), {"type": "actions", "elements": [{**row, "action_id": "command:1"}]})

    async with stage(Talk(homes=homes)) as on:
        assert "Silence 3 is running." in await opens(on)
        assert await on.shown_after(press(on, "End it")) == []
        assert "Nothing is silenced." in shown(on, "anna")


async def test_a_question_in_it_is_answered_directly() -> None:
    async with stage() as on:
        await opens(on)
        answer = await on.one(press(on, "All tasks"))
        assert answer.channel == on.slack.dm("anna").id
        assert "page 1 of 2" in read(answer)


async def test_a_dialog_from_it_ends_in_it() -> None:
    async def homes(asked: Asked) -> tuple[Block, ...]:
        button = {"type": "button", "text": {"type": "plain_text", "text": "Note"}, "value": "note ask"}
        told = f"{len(talk.filled)} notes, {asked.name}"
        return (section(told), {"type": "actions", "elements": [{**button, "action_id": "command:1"}]})

    talk = Talk(homes=homes)
    async with stage(talk) as on:
        assert "0 notes" in await opens(on)
        await on.shown_after(press(on, "Note"))
        (view,) = on.slack.modals("anna")
        assert await on.shown_after(on.slack.submit_view("anna", view.id, {"note": "disk"})) == []
        assert "1 notes" in shown(on, "anna")


async def test_a_guest_reads_why_there_is_nothing() -> None:
    async with stage() as on:
        assert "Guests of this workspace" in await opens(on, by="gus")
        assert on.talk.asked == []


async def test_a_failure_is_a_sentence_there() -> None:
    async def broken(_: Asked) -> tuple[Block, ...]:
        raise StorageError("The database is <locked>.")

    async with stage(Talk(homes=broken)) as on:
        assert "The database is &lt;locked&gt;." in await opens(on)


async def test_a_fault_of_ours_is_a_sentence_there_and_a_log_line() -> None:
    async def broken(_: Asked) -> tuple[Block, ...]:
        raise ZeroDivisionError

    async with stage(Talk(homes=broken)) as on:
        assert "Something went wrong inside the bot" in await opens(on)
        assert on.journal.names("error") == ["home not drawn"]


async def test_what_is_too_long_for_it_is_said() -> None:
    async def long(_: Asked) -> tuple[Block, ...]:
        return tuple(section(f"{number}") for number in range(BLOCKS + 1))

    async with stage(Talk(homes=long)) as on:
        assert TOO_MUCH in await opens(on)
        view = on.slack.home("anna")
        assert view is not None
        assert len(view.payload["blocks"]) == BLOCKS


async def test_where_slack_finds_it_ill_formed_a_sentence_stands_there() -> None:
    async def wrong(_: Asked) -> tuple[Block, ...]:
        return ({"type": "section", "text": {"type": "mrkdwn", "text": ""}},)

    async with stage(Talk(homes=wrong)) as on:
        assert NOT_DRAWN in await opens(on)
        assert on.journal.names("error") == ["home not published"]


@pytest.mark.parametrize("trouble", [Trouble.ERROR_BEFORE, Trouble.RATE_LIMITED], ids=lambda one: one.value)
async def test_while_slack_takes_nothing_it_stays_as_it_is(trouble: Trouble) -> None:
    async with stage() as on:
        on.slack.trouble.add("views.publish", trouble)
        assert await opens(on) == ""
        assert on.journal.names("warning") == ["home not published"]
        assert len(on.slack.calls_of("views.publish")) == 1


async def test_a_refused_act_in_it_is_told_directly() -> None:
    async def answer(asked: Asked) -> Answer:
        if asked.text == "unsilence 3":
            return Answer(Message("You may not silence. Ask Ben."), may_be_shared=False)
        return await small_talk(asked)

    async with stage(Talk(answer)) as on:
        await opens(on)
        told = await on.one(press(on, "End silence"))
        assert (told.text, told.channel) == ("You may not silence. Ask Ben.", on.slack.dm("anna").id)


async def test_somebody_who_became_a_guest_is_refused_in_it() -> None:
    async with stage() as on:
        await opens(on)
        on.slack.add_person(replace(on.slack.person("anna"), guest=True))
        on.people._known.clear()
        assert "Guests" in (await on.one(press(on, "All tasks"))).text
