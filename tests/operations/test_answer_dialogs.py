"""Dialogs: opened about what is meant, and turned into the same command when they are filled in."""

import pytest

from bot.commands import Door
from bot.operations.answering import Answer, Filled, Mistaken
from tests.operations.answering_stage import BO, Talk, buttons, group_broken, one_broken, said


async def opened(talk: Talk, text: str, thread: str | None = None) -> Filled:
    """Press a button that opens a dialog; give it back as Slack would, nothing filled in."""
    answer = await talk.say(text, door=Door.BUTTON, thread=thread)
    assert answer.dialog is not None
    assert not answer.may_be_shared
    return Filled(answer.dialog.callback, answer.dialog.about, {})


async def filled(talk: Talk, text: str, **values: str) -> Answer | Mistaken:
    form = await opened(talk, text)
    return await talk.fill(talk.asked(""), Filled(form.callback, form.about, values))


async def test_a_silence_dialog_previews_what_it_mutes_and_makes_the_silence() -> None:
    talk, alert = await one_broken()
    answer = await talk.say("silence 1 ask", door=Door.BUTTON)
    assert answer.dialog is not None
    assert "mutes 1 open incident now" in str(answer.dialog.blocks)
    assert "whole cluster pay" in str(answer.dialog.blocks)
    done = await filled(talk, "silence 1 ask", length="4h", reason="disk swap")
    assert isinstance(done, Answer)
    assert "disk swap" in done.message.text
    assert "Ana silenced incident 1" in talk.thread(alert)[-1]


async def test_a_dialog_about_a_thread_keeps_what_it_is_about() -> None:
    talk, alert = await one_broken()
    for text in ("silence ask", "assign ask", "note ask"):
        form = await opened(talk, text, thread=alert.ts)
        assert form.about.split()[1] == "1"


async def test_wrong_input_is_said_at_the_input() -> None:
    talk, _ = await one_broken()
    wrong = await filled(talk, "silence 1 ask", own_length="soon")
    assert isinstance(wrong, Mistaken)
    assert list(wrong.errors) == ["own_length"]
    assert await talk.stage.store.silences() == ()


@pytest.mark.parametrize(
    ("values", "place"),
    [
        pytest.param({"length": "24h", "own_length": "40d"}, "own_length", id="written"),
        pytest.param({"length": "9000h"}, "length", id="chosen"),
    ],
)
async def test_a_length_that_is_too_long_is_said_at_the_input(values: dict[str, str], place: str) -> None:
    talk, _ = await one_broken()
    wrong = await filled(talk, "silence 1 ask", **values)
    assert isinstance(wrong, Mistaken)
    assert list(wrong.errors) == [place]


async def test_a_dialog_is_no_way_around_a_permission() -> None:
    talk, _ = await one_broken()
    refused = await filled(talk, "silence 1 ask", own_length="3d")
    assert isinstance(refused, Answer)
    assert "You may not silence so much" in refused.message.text
    assert await talk.stage.store.silences() == ()


async def test_a_person_is_chosen_in_a_dialog() -> None:
    talk, alert = await one_broken()
    done = await filled(talk, "assign 1 ask", person=BO)
    assert isinstance(done, Answer)
    assert talk.thread(alert) == [f"Ana gave it to <@{BO}>."]
    wrong = await filled(talk, "assign 1 ask", person="U0STRANGER")
    assert isinstance(wrong, Mistaken)
    assert list(wrong.errors) == ["person"]
    await filled(talk, "assign 1 ask")
    assert talk.thread(alert)[-1] == "Ana gave it back: nobody has it now."


async def test_a_note_is_written_in_a_dialog() -> None:
    talk, alert = await one_broken()
    await filled(talk, "note 1 ask", note="the switch is back")
    assert talk.thread(alert) == ["Ana noted:\n>the switch is back"]
    wrong = await filled(talk, "note 1 ask", note=" ")
    assert isinstance(wrong, Mistaken)


async def test_what_happened_while_a_dialog_was_open_is_said_in_it() -> None:
    talk, _ = await one_broken()
    form = await opened(talk, "silence pay ask")
    talk.stage.state.clusters.clear()
    talk.stage.state.changes += 1
    outcome = await talk.fill(talk.asked(""), Filled(form.callback, "note 77 ask", {"note": "hm"}))
    assert isinstance(outcome, Mistaken)
    outcome = await talk.fill(talk.asked(""), Filled("note", "note 77 ask", {"note": "hm"}))
    assert outcome == Mistaken({"note": "There is no incident 77."})
    outcome = await talk.fill(talk.asked(""), Filled("extend", "extend 7 until resolved", {"length": "2h"}))
    assert outcome == Mistaken({"what": "There is no silence 7."})


async def test_a_dialog_that_is_not_ours_is_too_old() -> None:
    talk, _ = await one_broken()
    assert isinstance(await talk.fill(talk.asked(""), Filled("poem", "note 1 ask", {})), Mistaken)


async def test_where_no_dialog_can_be_opened_it_is_said_how_to_type_it() -> None:
    talk, alert = await one_broken()
    assert "`/logbackup silence 1 2h disk swap`" in (await talk.say("silence 1 ask")).message.text
    assert "`/logbackup assign 1 me`" in (await talk.mention("assign", alert)).message.text
    assert "text:disk replaced" in (await talk.say("note 1 ask")).message.text


async def test_a_group_and_a_name_can_be_asked_about_too() -> None:
    talk, alert = await group_broken()
    answer = await talk.mention("silence ask", alert)
    assert answer.dialog is not None
    assert "This group: 12 tasks" in str(answer.dialog.blocks)
    named = await talk.say("silence pay ask", door=Door.BUTTON)
    assert named.dialog is not None
    assert "mutes 12 open incidents now" in str(named.dialog.blocks).casefold()
    several = await talk.say("assign pay ask")
    assert "may be any of 12 incidents" in several.message.text
    assert len(buttons(several)) == 4
    assert "nothing" in said(await talk.say("silence pya ask")).casefold()
