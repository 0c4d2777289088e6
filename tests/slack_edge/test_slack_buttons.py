"""Buttons: in private messages and in public ones, and the one that shares."""

import asyncio
from dataclasses import replace

from bot.commands import Door
from bot.operations.answering import Answer, Asked
from bot.sandbox.slack import Outcome, Trouble
from bot.slack.sharing import ask_before_sharing, shared_by, with_help
from bot.views.blocks import PAYLOAD, Button, Message, actions, context, message, section, size
from tests.slack_edge.transcript import labels, read, stage


async def test_a_button_in_a_private_message_replaces_it() -> None:
    async with stage() as on:
        first = await on.types("tasks")
        second = await on.clicks(first, "Next")
        assert (second.ts, second.ephemeral_to) == (first.ts, first.ephemeral_to)
        assert "page 2 of 2" in read(second)
        back = await on.clicks(second, "Previous")
        assert "page 1 of 2" in read(back)
        assert len(on.slack.ephemerals("anna")) == 1


async def test_a_replaced_answer_can_still_be_shared() -> None:
    async with stage() as on:
        second = await on.clicks(await on.types("tasks"), "Next")
        assert "Share" in labels(second)


async def test_a_button_in_a_public_message_answers_whoever_pressed_it_privately() -> None:
    async with stage() as on:
        public = await on.says("@logbackup tasks")
        private = await on.clicks(public, "Next", by="ben")
        assert private.ephemeral_to == on.slack.person("ben").id
        assert private.thread_ts == public.thread_ts
        assert "page 2 of 2" in read(private)
        assert on.channel("general").message(public.ts) == public


async def test_a_button_in_a_direct_message_answers_there() -> None:
    async with stage() as on:
        answer = await on.writes("tasks")
        assert "page 2 of 2" in read(await on.clicks(answer, "Next"))


async def test_share_shows_the_answer_to_all_names_who_shared_and_takes_the_private_one_away() -> None:
    async with stage() as on:
        private = await on.types("status pay")
        shared = await on.clicks(private, "Share")
        assert shared.ephemeral_to is None
        assert "ledger" in read(shared)
        assert "Shared by anna" in str(shared.blocks[-1])
        assert not shared.pages
        assert "Share" not in labels(shared)
        assert on.slack.ephemerals("anna") == ()


async def test_two_quick_presses_of_share_share_once() -> None:
    async with stage() as on:
        private = await on.types("status")
        both = asyncio.gather(on.press(private, "Share"), on.press(private, "Share"))
        shown = await on.shown_after(both)
        assert len(shown) == 1


async def test_an_answer_that_may_not_be_shared_stays_private() -> None:
    async with stage() as on:
        private = await on.types("status")
        on.slack.add_person(replace(on.slack.person("anna"), guest=True))
        on.people._known.clear()
        refusal = await on.clicks(private, "Share")
        assert "Guests" in refusal.text
        assert refusal.ephemeral_to is not None
        assert on.channel("general").messages == ()


async def test_sharing_where_another_organisation_reads_asks_first() -> None:
    async with stage() as on:
        on.slack.invite_bot(on.slack.add_channel("partners", shared=True))
        private = await on.types("status", where="partners")
        question = await on.clicks(private, "Share")
        assert "People outside your organisation" in question.text
        assert question.ephemeral_to is not None
        shared = await on.clicks(question, "Share anyway")
        assert shared.ephemeral_to is None
        assert "1 of 34 tasks" in read(shared)
        assert [one.text for one in on.slack.ephemerals("anna")] == [private.text]


async def test_a_mention_where_another_organisation_reads_is_answered_privately() -> None:
    async with stage() as on:
        on.slack.invite_bot(on.slack.add_channel("partners", shared=True))
        answer = await on.says("@logbackup status", where="partners")
        assert answer.ephemeral_to == on.slack.person("anna").id
        assert "Share" in labels(answer)
        question = await on.clicks(answer, "Share")
        assert "People outside your organisation" in question.text


async def test_where_slack_does_not_say_who_reads_a_channel_sharing_asks() -> None:
    async with stage() as on:
        private = await on.types("status")
        on.slack.trouble.add("conversations.info", Trouble.ERROR_BEFORE)
        question = await on.clicks(private, "Share")
        assert "People outside your organisation" in question.text


async def test_an_answer_that_slack_surely_did_not_share_is_told_and_can_be_shared_again() -> None:
    async with stage() as on:
        private = await on.types("status")
        on.slack.trouble.add("response_url", Trouble.RATE_LIMITED, times=1)
        told = await on.clicks(private, "Share")
        assert "This could not be shared" in told.text
        assert told.ephemeral_to is not None
        assert (await on.clicks(private, "Share")).ephemeral_to is None


async def test_an_answer_that_may_have_been_shared_is_shared_once_and_the_doubt_is_told() -> None:
    """The SDK by itself sends again after a reset, and the channel reads it twice."""
    async with stage() as on:
        private = await on.types("status")
        on.slack.trouble.add("response_url", Trouble.RESET_AFTER, times=1)
        shown = await on.shown_after(on.press(private, "Share"))
        public = [message for message in shown if message.ephemeral_to is None]
        told = [message.text for message in shown if message.ephemeral_to is not None]
        assert len(public) == 1
        assert ["may have been shared all the same" in text for text in told] == [True]


async def test_a_refusal_is_told_in_plain_words() -> None:
    async with stage() as on:
        private = await on.types("status")
        on.slack.archive("general")
        shown = await on.shown_after(on.press(private, "Share"))
        assert ["The channel is archived" in message.text for message in shown] == [True]
        assert shown[0].channel == on.slack.dm("anna").id


async def test_what_is_shared_stays_shared_although_the_private_one_cannot_be_taken_away() -> None:
    async with stage() as on:
        private = await on.types("status")
        answer = asyncio.create_task(on.shown_after(on.press(private, "Share")))
        await on.slack.until(lambda slack: slack.channel("general").messages)
        on.slack.trouble.add("response_url", Trouble.ERROR_BEFORE)
        assert len(await answer) == 1
        assert len(on.slack.ephemerals("anna")) == 1
        assert on.journal.names("info")[-1] == "private message not taken away"


async def test_a_mistake_is_not_shared() -> None:
    """A button of an old answer may name what is no longer there."""

    async def answer(asked: Asked) -> Answer:
        if asked.door is Door.SLASH:
            return Answer(message("Here.", [*actions([Button("Share", "status", shared=True)])]))
        return Answer(Message("No longer there."), may_be_shared=False)

    async with stage(answer) as on:
        told = await on.clicks(await on.types("status"), "Share")
        assert (told.text, told.ephemeral_to) == ("No longer there.", on.slack.person("anna").id)


async def test_sharing_from_a_message_that_all_see_takes_nothing_away() -> None:
    async def answer(_: Asked) -> Answer:
        return Answer(message("Here.", [*actions([Button("Share", "status", shared=True)])]))

    async with stage(answer) as on:
        public = await on.says("@logbackup status")
        shared = await on.clicks(public, "Share", by="ben")
        assert "Shared by ben" in shared.text
        assert on.channel("general").message(public.ts) == public


async def test_a_button_says_what_to_do_and_never_who_asks() -> None:
    """Who pressed comes from the payload: a button posted for anna serves ben as ben."""
    asked: list[Asked] = []

    async def answer(one: Asked) -> Answer:
        asked.append(one)
        return Answer(message("Here.", [*actions([Button("Again", "status")])]))

    async with stage(answer) as on:
        public = await on.says("@logbackup status")
        await on.clicks(public, "Again", by="ben")
        assert [one.user for one in asked] == [on.slack.person(name).id for name in ("anna", "ben")]
        assert asked[1].door is Door.BUTTON
        assert asked[1].channel == public.channel


async def test_a_press_is_acknowledged_although_the_button_is_none_of_ours() -> None:
    foreign = {"type": "button", "action_id": "open-link", "text": {"type": "plain_text", "text": "Open"}}

    async def answer(_: Asked) -> Answer:
        return Answer(Message("Here.", ({"type": "actions", "elements": [foreign]},)))

    async with stage(answer) as on:
        public = await on.says("@logbackup status")
        reaction = await on.slack.click("anna", public.channel, public.ts, "open-link")
        assert reaction.outcome is Outcome.ACKNOWLEDGED


# ── what is added to answers


def test_the_question_carries_the_command() -> None:
    question = ask_before_sharing("tasks page:2")
    assert question.blocks[-1]["elements"][0]["value"] == "tasks page:2"


def test_nobody_is_named_who_has_no_name() -> None:
    assert shared_by(Message("All is well."), "") == Message("All is well.")


def test_a_name_is_escaped_and_cut() -> None:
    shared = shared_by(message("x", [section("x")]), "<!channel>" + "y" * 100)
    text = shared.blocks[-1]["elements"][0]["text"]
    assert "&lt;!channel&gt;" in text
    assert len(text) < 100


def test_a_message_of_text_alone_gets_the_line_too() -> None:
    assert "`/logbackup help`" in with_help(Message("All is well.")).text


def test_a_full_message_gives_up_its_last_small_line_for_the_new_one() -> None:
    parts = [section(f"{number}") for number in range(49)]
    full = Message("x", (*parts, context("small")))
    helped = with_help(full)
    assert len(helped.blocks) == 50
    assert helped.blocks[:49] == tuple(parts)
    assert "help" in str(helped.blocks[-1])


def test_a_message_as_long_as_slack_takes_stays_so() -> None:
    parts = [section("x" * 2900) for _ in range(4)]
    full = Message("x", (*parts, section("y" * (PAYLOAD - size(parts) - 80))))
    assert PAYLOAD - 60 < size(full.blocks) <= PAYLOAD
    helped = with_help(full)
    assert size(helped.blocks) <= PAYLOAD
    assert "help" in str(helped.blocks[-1])
