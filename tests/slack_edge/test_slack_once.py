"""What comes again acts once; what is not for the bot is acknowledged and left alone; trouble is survived."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import StorageError
from bot.operations.answering import Answer, Asked
from bot.sandbox.slack import Message as Shown
from bot.sandbox.slack import Outcome, Trouble
from bot.sandbox.slack.deliveries import DeliveryKind
from bot.slack.replies import TRIES
from bot.views.blocks import Message
from tests.slack_edge.transcript import Stage, labels, read, stage


def calm(text: str = "Here.") -> Any:
    async def answer(_: Asked) -> Answer:
        return Answer(Message(text))

    return answer


async def deliver_again(on: Stage) -> list[Shown]:
    """Bring the last delivery once more, as Slack does when it thinks that it was not heard."""

    async def again() -> None:
        last = on.slack.deliveries[-1]
        await on.slack._outgoing.send(last.kind, last.body).first

    return await on.shown_after(again())


# ── once


async def test_an_event_that_comes_again_is_answered_once() -> None:
    async with stage() as on:
        await on.says("@logbackup status")
        assert await deliver_again(on) == []
        assert on.slack.deliveries[-1].acknowledged


async def test_a_direct_message_that_comes_again_is_answered_once() -> None:
    async with stage() as on:
        await on.slack.say("anna", on.slack.dm("anna"), "status")
        await on.quiet()
        delivered = [one for one in on.slack.deliveries if not one.body["event"].get("bot_id")]
        again = on.slack._outgoing.send(delivered[-1].kind, delivered[-1].body)
        assert await on.shown_after(_first(again)) == []


async def _first(delivery: Any) -> None:
    await delivery.first


async def test_a_command_that_comes_again_is_answered_once() -> None:
    async with stage() as on:
        await on.types("status")
        assert await deliver_again(on) == []


async def test_a_press_that_comes_again_acts_once() -> None:
    async with stage() as on:
        public = await on.says("@logbackup tasks")
        await on.clicks(public, "Next")
        assert await deliver_again(on) == []


async def test_no_more_is_remembered_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.under_way.REMEMBERED", 3)
    async with stage(calm()) as on:
        for _ in range(5):
            await on.types("status")
        assert len(on.doors.under_way._seen) == 3


async def test_the_same_words_said_twice_are_answered_twice() -> None:
    async with stage() as on:
        first, second = await on.says("@logbackup status"), await on.says("@logbackup status")
        assert first.thread_ts != second.thread_ts


# ── not for the bot


async def test_the_bot_does_not_answer_itself() -> None:
    async with stage() as on:
        answer = await on.writes("status")
        own = [one for one in on.slack.deliveries if one.body["event"].get("bot_id")]
        assert own
        assert all(one.acknowledged for one in own)
        assert on.slack.dm("anna").messages[-1] == answer


async def test_another_programs_mention_is_not_answered() -> None:
    async with stage() as on:
        await on.says("@logbackup status")
        body = on.slack.deliveries[-1].body
        event = {**body["event"], "bot_id": "B0OTHER"}
        again = on.slack._outgoing.send(DeliveryKind.EVENT, {**body, "event": event, "event_id": "Ev-other"})
        assert await on.shown_after(_first(again)) == []


async def test_an_edit_is_not_answered() -> None:
    async with stage() as on:
        said = await on.slack.say("anna", on.slack.dm("anna"), "status")
        await on.quiet()
        shown = await on.shown_after(on.slack.edit_message("anna", on.slack.dm("anna"), said.ts, "tasks"))
        assert shown == []
        mention = await on.slack.say("anna", "general", "@logbackup status")
        await on.quiet()
        assert (
            await on.shown_after(on.slack.edit_message("anna", "general", mention.ts, "@logbackup tasks"))
            == []
        )


async def test_a_mention_added_by_an_edit_is_not_answered() -> None:
    async with stage() as on:
        await on.says("@logbackup status")
        body = on.slack.deliveries[-1].body
        event = {**body["event"], "edited": {"user": "U1", "ts": "1.0"}}
        again = on.slack._outgoing.send(DeliveryKind.EVENT, {**body, "event": event, "event_id": "Ev-edit"})
        assert await on.shown_after(_first(again)) == []


async def test_what_is_said_in_a_channel_without_a_mention_is_left_alone() -> None:
    async with stage() as on:
        on.slack.events.add("message.channels")
        assert await on.shown_after(on.slack.say("anna", "general", "status")) == []
        assert on.slack.deliveries[-1].acknowledged


INTERACTIVE: dict[str, dict[str, Any]] = {
    "an unknown action": {
        "type": "block_actions",
        "actions": [{"type": "button", "action_id": "x", "block_id": "b", "value": "status"}],
    },
    "an old attachment's action": {
        "type": "interactive_message",
        "callback_id": "x",
        "actions": [{"name": "x", "type": "button"}],
    },
    "a dialog": {"type": "view_submission", "view": {"id": "V1", "callback_id": "x", "type": "modal"}},
    "a closed dialog": {"type": "view_closed", "view": {"id": "V1", "callback_id": "x", "type": "modal"}},
    "a shortcut": {"type": "shortcut", "callback_id": "x"},
    "a message's shortcut": {"type": "message_action", "callback_id": "x", "message": {"ts": "1.0"}},
    "a menu's question": {"type": "block_suggestion", "action_id": "x", "value": "p"},
}


@pytest.mark.parametrize("body", INTERACTIVE.values(), ids=INTERACTIVE)
async def test_everything_is_acknowledged(body: dict[str, Any]) -> None:
    async with stage() as on:
        about = {"user": {"id": on.slack.person("anna").id}, "team": {"id": on.slack.team}, **body}
        sent = on.slack._outgoing.send(DeliveryKind.INTERACTION, about)
        assert await on.shown_after(_first(sent)) == []
        assert sent.acknowledged


@pytest.mark.parametrize("kind", ["app_home_opened", "channel_rename", "something_new"])
async def test_every_event_is_acknowledged(kind: str) -> None:
    async with stage() as on:
        body = {"type": "event_callback", "event_id": "Ev9", "event": {"type": kind, "user": "U1"}}
        sent = on.slack._outgoing.send(DeliveryKind.EVENT, body)
        assert await on.shown_after(_first(sent)) == []
        assert sent.acknowledged


async def test_another_command_gets_a_sentence() -> None:
    async with stage(commands=("/logbackup", "/other")) as on:
        answer = await on.one(on.slack.command("anna", "general", "/other", "x"))
        assert answer.text == "The bot knows no /other. Type /logbackup help."
        assert answer.ephemeral_to is not None


async def test_a_press_without_an_address_is_answered_directly() -> None:
    """In the Home tab there is neither a channel nor a response_url."""
    async with stage() as on:
        body = {
            "type": "block_actions",
            "user": {"id": on.slack.person("anna").id, "name": "anna"},
            "team": {"id": on.slack.team},
            "container": {"type": "view", "view_id": "V1"},
            "trigger_id": "1.1",
            "actions": [{"type": "button", "action_id": "command:1", "block_id": "b", "value": "status"}],
        }
        sent = on.slack._outgoing.send(DeliveryKind.INTERACTION, body)
        answer = await on.one(_first(sent))
        assert answer.channel == on.slack.dm("anna").id


# ── trouble


async def test_a_slow_answer_is_acknowledged_at_once() -> None:
    """Even where the answer takes for ever: nothing but the acknowledgement is waited for."""
    released = asyncio.Event()

    async def slow(_: Asked) -> Answer:
        await released.wait()
        return Answer(Message("Here at last."))

    async with stage(slow) as on, asyncio.timeout(30):
        reaction = await on.slack.command("anna", "general", "/logbackup", "tasks since:2h")
        assert reaction.outcome is Outcome.ACKNOWLEDGED
        assert on.slack.ephemerals("anna") == ()
        released.set()
        await on.quiet()
        assert [message.text for message in on.slack.ephemerals("anna")] == ["Here at last."]


async def test_it_is_acknowledged_although_slacks_own_methods_hang() -> None:
    async with stage() as on, asyncio.timeout(30):
        on.slack.trouble.add("*", Trouble.HANG_BEFORE)
        reaction = await on.slack.command("anna", "general", "/logbackup", "status")
        assert reaction.outcome is Outcome.ACKNOWLEDGED


async def test_a_slow_question_holds_up_nobody_else() -> None:
    released = asyncio.Event()

    async def answer(asked: Asked) -> Answer:
        if asked.text == "tasks since:2h":
            await released.wait()
        return Answer(Message(asked.text))

    async with stage(answer) as on, asyncio.timeout(30):
        await on.slack.command("anna", "general", "/logbackup", "tasks since:2h")
        await on.slack.command("ben", "general", "/logbackup", "status")
        await on.slack.until(lambda slack: slack.ephemerals("ben"))
        assert on.slack.ephemerals("anna") == ()
        released.set()
        await on.quiet()
        assert on.slack.ephemerals("anna")[0].text == "tasks since:2h"


async def test_a_fault_of_ours_is_a_sentence_and_a_log_line() -> None:
    async def broken(_: Asked) -> Answer:
        raise ZeroDivisionError

    async with stage(broken) as on:
        answer = await on.types("status")
        assert answer.text.startswith("Something went wrong inside the bot")
        assert "Share" not in labels(answer)
        assert ("error", "command not answered") in [event[:2] for event in on.journal.events]


async def test_a_fault_on_the_way_back_is_a_log_line() -> None:
    async with stage(calm()) as on:

        async def broken(*_: object, **__: object) -> None:
            raise ZeroDivisionError

        on.doors._answers._replies.privately = broken  # type: ignore[method-assign] # it breaks
        assert await on.shown_after(on.slack.command("anna", "general", "/logbackup", "status")) == []
        assert on.journal.names("error") == ["payload not handled"]


@pytest.mark.parametrize(
    "trouble", [Trouble.ERROR_BEFORE, Trouble.RESET_BEFORE, Trouble.RATE_LIMITED], ids=lambda one: one.value
)
async def test_where_the_response_url_fails_the_answer_comes_as_a_private_message(trouble: Trouble) -> None:
    async with stage() as on:
        on.slack.trouble.add("response_url", trouble)
        answer = await on.types("status")
        assert "1 of 34 tasks" in read(answer)
        assert answer.ephemeral_to == on.slack.person("anna").id
        assert len(on.slack.calls_of("chat.postEphemeral")) == 1
        assert on.journal.names("warning") == ["response_url refused"]


async def test_a_used_response_url_is_no_end() -> None:
    async with stage(calm()) as on:
        first = await on.types("status")
        used = on.slack.deliveries[-1].body["response_url"]
        for path in on.slack._responses._minted:
            on.slack._responses._minted[path].uses = 5
        body = {**on.slack.deliveries[-1].body, "trigger_id": "later"}
        sent = on.slack._outgoing.send(DeliveryKind.COMMAND, body)
        second = await on.one(_first(sent))
        assert body["response_url"] == used
        assert second.text == first.text
        assert len(on.slack.calls_of("chat.postEphemeral")) == 1


async def test_where_the_bot_is_no_member_the_last_way_is_a_direct_message() -> None:
    async with stage() as on:
        on.slack.add_channel("elsewhere")
        on.slack.trouble.add("response_url", Trouble.ERROR_BEFORE)
        answer = await on.types("status", where="elsewhere")
        assert answer.channel == on.slack.dm("anna").id


async def test_in_a_channel_without_the_bot_the_command_works_all_the_same() -> None:
    async with stage() as on:
        elsewhere = on.slack.add_channel("elsewhere")
        answer = await on.types("status", where="elsewhere")
        assert (answer.channel, answer.ephemeral_to) == (elsewhere.id, on.slack.person("anna").id)


@pytest.mark.parametrize("code", ["internal_error", "is_archived", "restricted_action"])
async def test_a_refused_answer_is_a_log_line(code: str) -> None:
    async with stage() as on:
        on.slack.trouble.refuse("*", code)
        on.people._known.clear()
        assert await on.shown_after(on.slack.say("anna", "general", "@logbackup status")) == []
        assert "answer not posted" in on.journal.names("warning")
        assert on.journal.names("error") == []


async def test_when_every_way_back_is_closed_nothing_crashes() -> None:
    async with stage() as on:
        await on.types("status")
        on.slack.trouble.add("*", Trouble.ERROR_BEFORE)
        assert await on.shown_after(on.slack.command("anna", "general", "/logbackup", "status")) == []
        on.slack.trouble.clear()
        on.slack.trouble.refuse("chat.postEphemeral", "not_in_channel")
        on.slack.trouble.refuse("chat.postMessage", "account_inactive")
        on.slack.trouble.add("response_url", Trouble.ERROR_BEFORE)
        assert await on.shown_after(on.slack.command("anna", "general", "/logbackup", "status")) == []
        assert [facts["code"] for _, event, facts in on.journal.events if event == "answer not posted"] == [
            "http_500",
            "account_inactive",
        ]


async def test_a_throttled_answer_is_posted_when_slack_takes_it() -> None:
    async with stage() as on:
        waits: list[timedelta] = []

        async def sleep(span: timedelta) -> None:
            waits.append(span)

        on.doors._answers._replies._clock.sleep = sleep  # type: ignore[method-assign] # time does not pass
        on.slack.trouble.add("chat.postMessage", Trouble.RATE_LIMITED, times=TRIES - 1, retry_after=7)
        await on.says("@logbackup status")
        assert waits == [timedelta(seconds=7)] * (TRIES - 1)


async def test_an_answer_is_given_up_after_three_tries_and_when_slack_asks_for_a_long_wait() -> None:
    async with stage() as on:
        waits: list[timedelta] = []

        async def sleep(span: timedelta) -> None:
            waits.append(span)

        on.doors._answers._replies._clock.sleep = sleep  # type: ignore[method-assign] # time does not pass
        on.slack.trouble.add("chat.postMessage", Trouble.RATE_LIMITED, retry_after=7)
        assert await on.shown_after(on.slack.say("anna", "general", "@logbackup status")) == []
        assert len(waits) == TRIES - 1
        on.slack.trouble.clear()
        on.slack.trouble.add("chat.postMessage", Trouble.RATE_LIMITED, retry_after=31)
        assert await on.shown_after(on.slack.say("anna", "general", "@logbackup status")) == []
        assert len(waits) == TRIES - 1


async def test_an_answer_whose_fate_is_unknown_is_not_posted_again() -> None:
    async with stage() as on:
        on.slack.trouble.add("chat.postMessage", Trouble.RESET_AFTER)
        await on.says("@logbackup status")
        assert len(on.slack.calls_of("chat.postMessage")) == 1


async def test_an_answer_that_slack_finds_ill_formed_comes_as_text() -> None:
    wrong = {"type": "section", "text": {"type": "mrkdwn", "text": ""}}

    async def answer(_: Asked) -> Answer:
        return Answer(Message("All is well.", (wrong,)))

    async with stage(answer) as on:
        for shown in (await on.says("@logbackup status"), await on.types("status")):
            assert (shown.text, shown.blocks) == ("All is well.", ())
        assert set(on.journal.names("error")) == {"answer ill-formed, sent as text"}


async def test_a_failure_with_a_sentence_is_told_in_the_answer() -> None:
    async def broken(_: Asked) -> Answer:
        raise StorageError("The database is locked.")

    async with stage(broken) as on:
        assert (await on.types("incidents")).text == "The database is locked."


async def test_answers_under_way_may_end_before_the_bot_does() -> None:
    released = asyncio.Event()

    async def slow(_: Asked) -> Answer:
        await released.wait()
        return Answer(Message("Here at last."))

    async with stage(slow) as on:
        await on.slack.command("anna", "general", "/logbackup", "status")
        closing = asyncio.create_task(on.doors.close(timedelta(seconds=5)))
        released.set()
        await closing
        assert [message.text for message in on.slack.ephemerals("anna")] == ["Here at last."]


async def test_an_answer_that_does_not_end_is_dropped() -> None:
    async def endless(_: Asked) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    async with stage(endless) as on:
        await on.slack.command("anna", "general", "/logbackup", "status")
        await on.doors.close(timedelta(0))
        assert on.doors.under_way.tasks == set()


async def test_a_payload_of_an_odd_shape_is_survived() -> None:
    async with stage() as on:
        app_bodies: list[dict[str, Any]] = [
            {
                "type": "event_callback",
                "event": {"type": "app_mention"},
                "authorizations": [{"is_bot": True}],
            },
            {"type": "event_callback", "event": {"type": "message", "channel_type": "im"}},
            {"command": "/logbackup", "user_id": None},
        ]
        for body in app_bodies:
            sent = on.slack._outgoing.send(
                DeliveryKind.COMMAND if "command" in body else DeliveryKind.EVENT, body
            )
            await on.shown_after(_first(sent))
            assert sent.acknowledged
        assert on.journal.names("error") == []
