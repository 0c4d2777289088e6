"""Dialogs: opened in time, filled in, sent again, refused, and never losing what was written."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from bot.commands import Door
from bot.errors import StorageError, UserMistake
from bot.operations.answering import Answer, Asked, Dialog, Filled, Mistaken
from bot.sandbox.slack import Outcome, Trouble
from bot.sandbox.slack.deliveries import DeliveryKind
from bot.slack.dialogs import BLOCKS, METADATA, by_submission, errors_for, place_of, view_of
from bot.slack.listeners import NOT_DONE, SLOW
from bot.slack.payloads import Place
from bot.views.blocks import Button, Message, actions, section
from tests.slack_edge.small_talk import Talk, kept, note_dialog, small_talk
from tests.slack_edge.transcript import Stage, over_http, read, stage

WORDS = {"note": "disk replaced"}
HERE = Place("C1", "U1", "1.0")


async def opened(on: Stage, text: str = "note ask", *, by: str = "anna") -> Any:
    """Open the dialog by slash command."""
    assert await on.shown_after(on.slack.command(by, "general", "/logbackup", text)) == []
    (view,) = on.slack.modals(by)
    return view


@pytest.mark.parametrize("transport", ["socket mode", "http"])
async def test_a_dialog_is_opened_filled_in_and_answered(transport: str) -> None:
    async def story(on: Stage) -> None:
        view = await opened(on)
        assert view.payload["title"]["text"] == "Add a note"
        assert view.payload["submit"]["text"] == "Keep it"
        answer = await on.one(on.slack.submit_view("anna", view.id, WORDS))
        assert read(answer).startswith("Noted on note 42: disk replaced")
        assert answer.ephemeral_to == on.slack.person("anna").id
        assert answer.channel == on.channel("general").id
        assert on.slack.modals("anna") == ()
        assert on.talk.filled == [Filled("note", "note 42", WORDS)]
        asked = on.talk.asked[-1]
        assert (asked.name, asked.key, asked.channel) == ("anna", view.id, on.channel("general").id)

    if transport == "http":
        async with over_http() as (on, _):
            await story(on)
    else:
        async with stage() as on:
            await story(on)


async def test_a_dialog_from_a_thread_knows_its_thread_and_is_answered_there() -> None:
    async with stage() as on:
        parent = await on.slack.say("ben", "general", "Log backup has stopped.")
        reply = await on.slack.say("ben", "general", "Who has it?", parent.ts)
        await on.slack.message_shortcut("anna", "general", reply.ts, "note")
        await on.quiet()
        (view,) = on.slack.modals("anna")
        answer = await on.one(on.slack.submit_view("anna", view.id, WORDS))
        assert on.talk.asked[-1].thread == parent.ts
        assert answer.thread_ts == parent.ts


async def test_what_is_wrong_stands_in_the_dialog_and_can_be_mended() -> None:
    async with stage() as on:
        view = await opened(on)
        refused = await on.slack.submit_view("anna", view.id, {"note": "?"})
        assert refused.errors == {"note": "That says nothing."}
        assert len(on.slack.modals("anna")) == 1
        answer = await on.one(on.slack.submit_view("anna", view.id, WORDS))
        assert "disk replaced" in read(answer)
        assert [one.values for one in on.talk.filled] == [{"note": "?"}, WORDS]


FAILURES = {
    "a failing database": (StorageError("The database is locked."), "The database is locked."),
    "a refusal": (UserMistake("You may not write notes. Ask Ben."), "You may not write notes. Ask Ben."),
    "a fault of ours": (ZeroDivisionError(), "Something went wrong inside the bot"),
}


@pytest.mark.parametrize(("error", "sentence"), FAILURES.values(), ids=FAILURES)
async def test_where_it_could_not_be_done_the_dialog_says_so_and_keeps_what_was_written(
    error: Exception, sentence: str
) -> None:
    fails = [error]

    async def submits(asked: Asked, filled: Filled) -> Answer | Mistaken:
        if fails:
            raise fails.pop()
        return await kept(asked, filled)

    async with stage(Talk(submits=submits)) as on:
        view = await opened(on)
        refused = await on.slack.submit_view("anna", view.id, WORDS)
        assert sentence in refused.errors["note"]
        answer = await on.one(on.slack.submit_view("anna", view.id, WORDS))
        assert "disk replaced" in answer.text
        assert on.slack.modals("anna") == ()


async def test_a_guest_is_refused_in_the_dialog() -> None:
    async with stage() as on:
        view = await opened(on)
        on.slack.trouble.refuse("users.info", "user_not_found")
        on.people._known.clear()
        refused = await on.slack.submit_view("anna", view.id, WORDS)
        assert "Only members of the bot's own workspace" in refused.errors["note"]
        assert on.talk.filled == []


@pytest.mark.parametrize("code", ["expired_trigger_id", "invalid_arguments", "internal_error"])
async def test_a_dialog_that_does_not_open_is_said_in_words(code: str) -> None:
    async with stage() as on:
        on.slack.trouble.refuse("views.open", code)
        answer = await on.types("note ask")
        assert "Type `note 42` and your words." in read(answer)
        assert answer.ephemeral_to is not None
        assert on.journal.names("warning") == ["dialog not opened"]


async def test_a_dialog_whose_three_seconds_are_over_is_said_in_words() -> None:
    """The trigger is used up here: Slack says the same of one that is too old."""

    async def answer(asked: Asked) -> Answer:
        await used(asked.key)
        return await small_talk(asked)

    async with stage(Talk(answer)) as on:

        async def used(trigger: str) -> None:
            on.slack._triggers.take(trigger)

        assert "Type `note 42`" in read(await on.types("note ask"))


async def test_where_nothing_can_be_opened_the_words_are_the_answer() -> None:
    async with stage() as on:
        assert "Type `note 42`" in read(await on.says("@logbackup note ask"))
        assert "Type `note 42`" in read(await on.writes("note ask"))
        assert on.slack.calls_of("views.open") == ()


async def test_a_redelivered_submission_acts_once_and_is_answered_alike() -> None:
    async with stage() as on:
        view = await opened(on)
        await on.one(on.slack.submit_view("anna", view.id, WORDS))
        last = on.slack.deliveries[-1]

        async def again() -> None:
            sent = on.slack._outgoing.send(last.kind, last.body, accepts_response=True)
            await sent.first
            assert sent.response == {"response_action": "clear"}

        assert await on.shown_after(again()) == []
        assert len(on.talk.filled) == 1


async def test_what_takes_too_long_keeps_the_dialog_open_and_pressing_again_shows_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.slack.under_way.ACT_WITHIN", timedelta(seconds=0.1))
    released = asyncio.Event()

    async def submits(asked: Asked, filled: Filled) -> Answer | Mistaken:
        await released.wait()
        return await kept(asked, filled)

    async with stage(Talk(submits=submits)) as on:
        view = await opened(on)
        first = await on.slack.submit_view("anna", view.id, WORDS)
        assert first.errors == {"note": SLOW}
        released.set()
        await on.quiet()
        assert [one.text for one in on.slack.ephemerals("anna")] == ["Noted on note 42: disk replaced"]
        second = await on.slack.submit_view("anna", view.id, WORDS)
        assert second.outcome is Outcome.ACKNOWLEDGED
        assert on.slack.modals("anna") == ()
        assert len(on.talk.filled) == 1


@pytest.mark.parametrize(
    ("outcome", "told"),
    [(Mistaken({"note": "That says nothing."}), "That says nothing."), (StorageError("Locked."), "Locked.")],
    ids=["what is wrong with it", "what failed"],
)
async def test_what_fails_too_late_for_the_dialog_is_told_privately(
    monkeypatch: pytest.MonkeyPatch, outcome: Any, told: str
) -> None:
    monkeypatch.setattr("bot.slack.under_way.ACT_WITHIN", timedelta(seconds=0.1))
    released = asyncio.Event()

    async def submits(_: Asked, __: Filled) -> Answer | Mistaken:
        await released.wait()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome  # type: ignore[no-any-return] # made up above

    async with stage(Talk(submits=submits)) as on:
        view = await opened(on)
        await on.slack.submit_view("anna", view.id, WORDS)
        await on.slack.close_view("anna", view.id)
        released.set()
        await on.quiet()
        assert [one.text for one in on.slack.ephemerals("anna")] == [told]


async def test_a_dialog_may_be_followed_by_another() -> None:
    async def submits(asked: Asked, filled: Filled) -> Answer | Mistaken:
        if filled.about == "note 42":
            return Answer(Message("Type it."), dialog=note_dialog("note 43"))
        return await kept(asked, filled)

    async with stage(Talk(submits=submits)) as on:
        view = await opened(on)
        await on.slack.submit_view("anna", view.id, WORDS)
        (following,) = on.slack.modals("anna")
        answer = await on.one(on.slack.submit_view("anna", following.id, WORDS))
        assert read(answer).startswith("Noted on note 43")


async def test_a_button_in_a_dialog_is_about_where_the_dialog_was_opened() -> None:
    row = actions([Button("What it mutes", "status"), Button("Another", "note ask")])
    blocks = tuple(
        {**one, "elements": [{**e, "action_id": f"command:{n}"} for n, e in enumerate(one["elements"])]}
        for one in row
    )

    async def answer(asked: Asked) -> Answer:
        if asked.door is Door.SLASH:
            dialog = note_dialog()
            return Answer(
                Message("Type it."), dialog=Dialog("note", "Note", "Keep", (*dialog.blocks, *blocks))
            )
        return await small_talk(asked)

    async with stage(Talk(answer)) as on:
        view = await opened(on)
        shown = await on.one(on.slack.click_view("anna", view.id, "command:0"))
        assert (shown.channel, shown.ephemeral_to) == (on.channel("general").id, on.slack.person("anna").id)
        assert on.talk.asked[-1].channel == on.channel("general").id
        await on.slack.click_view("anna", view.id, "command:1")
        await on.quiet()
        (changed,) = on.slack.modals("anna")
        assert (changed.id, changed.payload["title"]["text"]) == (view.id, "Add a note")


async def test_a_button_that_shares_from_a_dialog_shares_where_the_dialog_was_opened() -> None:
    (row,) = actions([Button("Share", "status", shared=True)])
    row["elements"][0]["action_id"] = "share:1"

    async def answer(asked: Asked) -> Answer:
        if asked.door is Door.SLASH:
            return Answer(Message("Type it."), dialog=Dialog("x", "X", "OK", (*note_dialog().blocks, row)))
        return await small_talk(asked)

    async with stage(Talk(answer)) as on:
        view = await opened(on)
        shared = await on.one(on.slack.click_view("anna", view.id, "share:1"))
        assert (shared.channel, shared.ephemeral_to) == (on.channel("general").id, None)
        assert "Shared by anna" in read(shared)


async def test_a_press_that_comes_without_a_trigger_is_said_in_words() -> None:
    async with stage() as on:
        await on.types("status")
        body = {
            "type": "block_actions",
            "user": {"id": on.slack.person("anna").id, "name": "anna"},
            "channel": {"id": on.channel("general").id},
            "container": {"type": "message"},
            "actions": [{"type": "button", "action_id": "command:1", "block_id": "b", "value": "note ask"}],
        }
        sent = on.slack._outgoing.send(DeliveryKind.INTERACTION, body)
        assert "Type `note 42`" in read(await on.one(sent.first))


async def test_a_dialog_without_an_input_closes_and_what_is_wrong_is_told_privately() -> None:
    async def answer(_: Asked) -> Answer:
        return Answer(Message("Sure?"), dialog=Dialog("sure", "Sure?", "Yes", (section("Sure?"),)))

    async def submits(_: Asked, __: Filled) -> Answer | Mistaken:
        return Mistaken({"length": "It is too long."})

    async with stage(Talk(answer, submits)) as on:
        view = await opened(on, "silence *")
        told = await on.one(on.slack.submit_view("anna", view.id))
        assert (told.text, on.slack.modals("anna")) == ("It is too long.", ())


async def test_somebody_elses_dialog_is_acknowledged_and_left_alone() -> None:
    async with stage() as on:
        body = {
            "type": "view_submission",
            "user": {"id": on.slack.person("anna").id},
            "view": {"id": "V9", "type": "modal", "callback_id": "other", "state": {"values": {}}},
        }
        sent = on.slack._outgoing.send(DeliveryKind.INTERACTION, body)
        await sent.first
        assert sent.acknowledged
        assert on.talk.filled == []


async def test_a_closed_dialog_needs_no_answer() -> None:
    async with stage() as on:
        view = await opened(on)
        assert await on.slack.close_view("anna", view.id) is None
        assert on.talk.filled == []


# ── pure


def test_a_title_is_as_long_as_slack_takes() -> None:
    dialog = Dialog(
        "note", "A note about incident 1234567", "Keep it in the timeline for ever", (section("x"),)
    )
    view = view_of(dialog, HERE, None, in_home=False)
    assert view is not None
    assert view["title"]["text"] == "A note about incident 1…"
    assert all(len(view[part]["text"]) <= 24 for part in ("title", "submit", "close"))


@pytest.mark.parametrize(
    "dialog",
    [
        Dialog("note", "Note", "Keep", (section("x"),), "x" * METADATA),
        Dialog("note", "Note", "Keep", (section("x"),) * (BLOCKS + 1)),
        Dialog("note", "Note", "Keep", ()),
    ],
    ids=["what it is about is too long", "too many blocks", "no blocks"],
)
def test_what_slack_would_not_open_is_not_tried(dialog: Dialog) -> None:
    assert view_of(dialog, HERE, None, in_home=False) is None


async def test_a_dialog_that_slack_would_not_open_is_said_in_words() -> None:
    async def answer(_: Asked) -> Answer:
        return Answer(Message("Type it."), dialog=Dialog("note", "Note", "Keep", ()))

    async with stage(Talk(answer)) as on:
        assert (await on.types("note ask")).text == "Type it."
        assert on.journal.names("error") == ["dialog too long"]


HELD: dict[str, tuple[Any, str | None]] = {
    "words": ({"type": "plain_text_input", "value": "2h"}, "2h"),
    "no words": ({"type": "plain_text_input", "value": None}, None),
    "a choice": ({"type": "static_select", "selected_option": {"value": "1d"}}, "1d"),
    "no choice": ({"type": "static_select", "selected_option": None}, None),
    "a person": ({"type": "users_select", "selected_user": "U1"}, "U1"),
    "a channel": ({"type": "conversations_select", "selected_conversation": "C1"}, "C1"),
    "a public channel": ({"type": "channels_select", "selected_channel": "C2"}, "C2"),
    "a day": ({"type": "datepicker", "selected_date": "2026-03-04"}, "2026-03-04"),
    "a time": ({"type": "timepicker", "selected_time": "18:00"}, "18:00"),
    "a moment": ({"type": "datetimepicker", "selected_date_time": 1772625600}, "1772625600"),
    "several": ({"type": "checkboxes", "selected_options": [{"value": "a"}, 7, {"value": "b"}]}, "a b"),
    "none of several": ({"type": "checkboxes", "selected_options": []}, None),
    "something odd": (7, None),
}


@pytest.mark.parametrize(("held", "text"), HELD.values(), ids=HELD)
def test_every_input_is_read_as_text(held: Any, text: str | None) -> None:
    view = {"id": "V1", "callback_id": "dialog:x", "state": {"values": {"b": {"a": held}}}}
    _, filled = by_submission({"user": {"id": "U1"}, "view": view})
    assert filled.values == ({} if text is None else {"a": text})


ODD: dict[str, Any] = {
    "nothing": {},
    "another type": 7,
    "metadata that is none": {"private_metadata": "hello"},
    "metadata that is deep": {"private_metadata": "[" * 100_000},
    "metadata of another kind": {"private_metadata": "[1]", "state": {"values": {"b": 7}}},
    "odd metadata": {"private_metadata": json.dumps({"channel": 7, "thread": [], "home": "yes"})},
    "odd blocks": {"blocks": [7, {"type": "input"}, {"type": "section", "block_id": "x"}], "state": 7},
}


@pytest.mark.parametrize("view", ODD.values(), ids=ODD)
def test_a_view_of_an_odd_shape_is_survived(view: Any) -> None:
    came, filled = by_submission({"view": view, "user": 7})
    assert (came.asked.channel, came.in_home, filled.values) == ("", False, {})
    read_view = view if isinstance(view, dict) else {}
    assert errors_for(read_view, Mistaken({"a": "Wrong."})) == {}
    assert place_of(read_view, "U1") == (Place("", "U1"), None)


def test_what_is_about_no_input_stands_at_the_first() -> None:
    view = {"blocks": [{"type": "input", "block_id": "a"}, {"type": "input", "block_id": "b"}]}
    errors = errors_for(view, Mistaken({"b": "Too long.", "gone": "Too late.", "": "And odd."}))
    assert errors == {"b": "Too long.", "a": "Too late. And odd."}
    assert len(errors_for(view, Mistaken({"a": "x" * 5000}))["a"]) <= 500
    assert errors_for(view, Mistaken({})) == {"a": "This cannot be done as it is filled in."}


async def test_a_dialog_on_which_the_work_broke_says_so() -> None:
    """Where not even the sentence could be found."""
    async with stage() as on:

        async def broken(*_: object) -> None:
            raise ZeroDivisionError

        view = await opened(on)
        on.doors._answers.submit = broken  # type: ignore[method-assign, assignment] # it breaks
        refused = await on.slack.submit_view("anna", view.id, WORDS)
        assert refused.errors == {"note": NOT_DONE}
        assert on.journal.names("error") == ["payload not handled"]


async def test_a_following_dialog_that_does_not_fit_is_a_sentence() -> None:
    async def submits(_: Asked, __: Filled) -> Answer | Mistaken:
        return Answer(Message("Type it."), dialog=Dialog("note", "Note", "Keep", ()))

    async with stage(Talk(submits=submits)) as on:
        view = await opened(on)
        assert (await on.slack.submit_view("anna", view.id, WORDS)).errors == {"note": NOT_DONE}


async def test_slack_being_slow_to_say_who_somebody_is_holds_up_no_acknowledgement() -> None:
    async with stage() as on, asyncio.timeout(30):
        view = await opened(on)
        on.people._known.clear()
        on.slack.trouble.add("users.info", Trouble.HANG_BEFORE)
        reaction = await on.slack.submit_view("anna", view.id, WORDS)
        assert reaction.errors == {"note": SLOW}
