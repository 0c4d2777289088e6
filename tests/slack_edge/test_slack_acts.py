"""What changes something: over before it is acknowledged, and never lost nor done twice."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.commands import Door
from bot.errors import StorageError
from bot.operations.answering import Answer, Asked
from bot.sandbox.slack import Outcome, SimulatedSlack
from bot.sandbox.slack.deliveries import Delivery
from bot.slack.payloads import changes
from bot.views.blocks import Button, Message, actions, message
from tests.slack_edge.small_talk import Talk, small_talk
from tests.slack_edge.transcript import Stage, connected, eventually, over_http, read, stage

CARD = Answer(message("Log backup has stopped.", [*actions([Button("Acknowledge", "ack")])]))
ACK = {"<@U1> ack": True, "ack 42": True, "mute 2h": True, "`silence` 2h": True, "/logbackup ack": True}
READS = {"status": False, "": False, "tasks ack": False, "acknowledged": False, "severity:warning": False}


@pytest.mark.parametrize(("text", "is_act"), (ACK | READS).items(), ids=ACK | READS)
def test_an_act_is_known_by_its_first_word(text: str, is_act: bool) -> None:  # noqa: FBT001 - a parameter
    assert changes(text) is is_act


class Slow:
    """An operation that takes until it is released; what it has done is listed by Slack's own ids."""

    def __init__(self) -> None:
        self.released = asyncio.Event()
        self.began = asyncio.Event()
        self.done: list[str] = []

    async def __call__(self, asked: Asked) -> Answer:
        self.began.set()
        if asked.text != "ack":
            return CARD
        await self.released.wait()
        self.done.append(asked.key)
        return await small_talk(asked)


async def by_mention(on: Stage) -> None:
    await on.slack.say("anna", "general", "@logbackup ack")


async def by_direct_message(on: Stage) -> None:
    await on.slack.say("anna", on.slack.dm("anna"), "ack")


async def by_command(on: Stage) -> None:
    await on.slack.command("anna", "general", "/logbackup", "ack")


async def by_button(on: Stage) -> None:
    shown = await on.slack.until(
        lambda slack: [one for one in slack.channel("general").everything if one.by_bot]
    )
    await on.press(shown[0], "Acknowledge")


async def by_shortcut(on: Stage) -> None:
    said = on.channel("general").messages[0]
    await on.slack.message_shortcut("anna", "general", said.ts, "ack")


DOORS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "a mention": by_mention,
    "a direct message": by_direct_message,
    "a slash command": by_command,
    "a button": by_button,
    "a shortcut": by_shortcut,
}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
async def test_an_act_is_acknowledged_when_it_is_over(door: Callable[[Stage], Awaitable[None]]) -> None:
    slow = Slow()
    async with stage(slow) as on:
        await on.says("@logbackup status")
        slow.began.clear()
        acting = asyncio.ensure_future(door(on))
        await slow.began.wait()
        await asyncio.sleep(0.05)
        act = next(one for one in reversed(on.slack.deliveries) if not _by_bot(one.body))
        assert (act.acknowledged, slow.done) == (False, [])
        slow.released.set()
        await acting
        await on.quiet()
        assert act.acknowledged
        assert len(slow.done) == 1


def _by_bot(body: dict[str, Any]) -> bool:
    return bool(body.get("event", {}).get("bot_id"))


async def test_while_one_act_is_under_way_others_are_heard_on_the_same_connection() -> None:
    slow = Slow()
    async with stage(slow) as on, asyncio.timeout(30):
        await on.slack.say("anna", "general", "@logbackup ack")
        await slow.began.wait()
        await on.slack.command("ben", "general", "/logbackup", "status")
        await on.slack.until(lambda slack: slack.ephemerals("ben"))
        slow.released.set()
        await on.quiet()


async def came_late(on: Stage, slow: Slow, act: Delivery) -> bool:
    """Let the act end, and say whether only then it was acknowledged."""
    before = act.acknowledged
    slow.released.set()
    await on.quiet()
    return act.acknowledged and not before


@pytest.mark.parametrize("door", ["socket mode", "http"])
async def test_an_event_whose_act_takes_too_long_comes_again_and_finds_it_done(
    monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    """Slack brings it a second time, which waits for the first: the act is done once, and answered once."""
    monkeypatch.setattr("bot.slack.under_way.ACT_WITHIN", timedelta(seconds=0.2))
    slow = Slow()

    async def told(on: Stage) -> None:
        said = await on.slack.say("anna", "general", "@logbackup ack")
        act = on.slack.deliveries[-1]
        await eventually(lambda: len(act.attempts) > 1)
        assert await came_late(on, slow, act)
        assert len(slow.done) == 1
        answers = [one for one in on.channel("general").everything if one.thread_ts == said.ts and one.by_bot]
        assert len(answers) == 1
        assert "act not over in time" in on.journal.names("warning")

    if door == "http":
        async with over_http(slow) as (on, _):
            await told(on)
    else:
        async with stage(slow) as on:
            await told(on)


async def test_a_bot_that_dies_within_an_act_gets_the_event_again() -> None:
    """What was not acknowledged is brought to whoever connects next, with the same id."""
    clock, dies, lives = SystemClock(), Talk(Slow()), Talk()
    async with SimulatedSlack(clock=clock, pacing_clock=clock) as slack:
        slack.invite_bot(slack.add_channel("general"))
        async with connected(slack, dies):
            await slack.say("anna", "general", "@logbackup ack")
            await eventually(lambda: dies.asked)
        assert not slack.deliveries[-1].acknowledged
        async with connected(slack, lives) as on:
            await eventually(lambda: slack.deliveries[-1].acknowledged or lives.asked)
            await on.quiet()
    assert [one.text for one in lives.asked] == ["ack"]
    assert lives.asked[0].key == dies.asked[0].key != ""


async def test_a_command_whose_act_takes_too_long_is_acknowledged_and_answered_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.slack.under_way.ACT_WITHIN", timedelta(seconds=0.1))
    slow = Slow()
    async with stage(slow) as on:
        reaction = await on.slack.command("anna", "general", "/logbackup", "ack")
        assert reaction.outcome is Outcome.ACKNOWLEDGED
        assert slow.done == []
        slow.released.set()
        await on.quiet()
        assert [one.text for one in on.slack.ephemerals("anna")] == ["You have acknowledged incident 42."]


async def test_an_act_that_fails_is_told_and_acknowledged() -> None:
    async def broken(_: Asked) -> Answer:
        raise StorageError("The database is locked.")

    async with stage(broken) as on:
        answer = await on.says("@logbackup ack")
        assert "The database is locked." in read(answer)
        assert "ack" not in on.journal.names("warning")
        assert on.slack.deliveries[-1].acknowledged


async def test_a_double_click_is_two_questions_and_slack_names_each() -> None:
    """The second is told who was first: that is for the operation, which gets both."""
    talk = Talk()

    async def answer(asked: Asked) -> Answer:
        return CARD if asked.text == "status" else await small_talk(asked)

    talk.answers = answer
    async with stage(talk) as on:
        card = await on.says("@logbackup status")
        both = asyncio.gather(on.press(card, "Acknowledge"), on.press(card, "Acknowledge", by="ben"))
        assert len(await on.shown_after(both)) == 2
        presses = [one for one in talk.asked if one.door is Door.BUTTON]
        assert len({one.key for one in presses}) == 2
        assert {one.name for one in presses} == {"anna", "ben"}


# ── where the words go


async def test_in_a_thread_the_thread_tells_of_an_act_and_only_who_acted_gets_a_word() -> None:
    async with stage() as on:
        parent = await on.slack.say("ben", "general", "Log backup has stopped.")
        answer = await on.says("@logbackup ack", thread=parent.ts)
        assert answer.ephemeral_to == on.slack.person("anna").id
        assert answer.thread_ts == parent.ts
        assert on.talk.asked[-1].thread == parent.ts


async def test_outside_a_thread_an_act_is_answered_where_it_was_said() -> None:
    async with stage() as on:
        answer = await on.says("@logbackup ack")
        said = on.channel("general").messages[0]
        assert (answer.ephemeral_to, answer.thread_ts) == (None, said.ts)
        assert on.talk.asked[-1].thread is None, "nothing stands there that says what is meant"


async def test_in_a_direct_message_an_act_is_answered_there() -> None:
    async with stage() as on:
        first = await on.writes("status")
        answer = await on.writes("ack", thread=first.ts)
        assert (answer.ephemeral_to, answer.thread_ts) == (None, first.ts)


async def test_a_button_says_where_it_stands_and_is_answered_in_the_channel() -> None:
    """The card says which incident is meant; a private word in its thread would be overlooked."""

    async def answer(asked: Asked) -> Answer:
        return CARD if asked.text == "status" else await small_talk(asked)

    async with stage(Talk(answer)) as on:
        await on.writes("status")
        (card,) = [one for one in on.slack.dm("anna").messages if one.by_bot]
        await on.clicks(card, "Acknowledge")
        assert on.talk.asked[-1].thread == card.ts
        reply = await on.says("@logbackup status")
        private = await on.clicks(reply, "Acknowledge")
        assert on.talk.asked[-1].thread == reply.thread_ts
        assert private.thread_ts == reply.thread_ts


async def test_a_menus_choice_is_a_command_too() -> None:
    option = {"text": {"type": "plain_text", "text": "Timeline"}, "value": "timeline 42"}
    menu = {"type": "overflow", "action_id": "menu:1", "options": [option]}

    async def answer(_: Asked) -> Answer:
        return Answer(Message("Here.", ({"type": "actions", "elements": [menu]},)))

    async with stage(Talk(answer)) as on:
        public = await on.says("@logbackup status")
        await on.one(on.slack.click("ben", public.channel, public.ts, "menu:1", "timeline 42"))
        assert on.talk.said(Door.BUTTON) == ["timeline 42"]


async def test_a_link_needs_no_answer() -> None:
    link = {
        "type": "button",
        "action_id": "link:1",
        "text": {"type": "plain_text", "text": "Open in OCP"},
        "url": "https://ocp.example.com",
        "value": "incident 42",
    }

    async def answer(_: Asked) -> Answer:
        return Answer(Message("Here.", ({"type": "actions", "elements": [link]},)))

    async with stage(Talk(answer)) as on:
        public = await on.says("@logbackup status")
        pressed = on.slack.click("anna", public.channel, public.ts, "link:1")
        assert await on.shown_after(pressed) == []
        assert on.slack.deliveries[-1].acknowledged
        assert on.talk.said(Door.BUTTON) == []


# ── shortcuts of a message


@pytest.mark.parametrize(
    ("shortcut", "text"),
    {"ack": "ack", "silence": "silence ask", "assign": "assign ask", "note": "note ask"}.items(),
)
async def test_a_shortcut_is_a_command_about_its_message(shortcut: str, text: str) -> None:
    async with stage() as on:
        said = await on.slack.say("ben", "general", "Log backup has stopped.")
        await on.slack.message_shortcut("anna", "general", said.ts, shortcut)
        await on.quiet()
        asked = on.talk.asked[-1]
        assert (asked.text, asked.thread, asked.door) == (text, said.ts, Door.SHORTCUT)
        assert (asked.name, asked.private) == ("anna", True)


async def test_a_shortcut_on_a_reply_is_about_its_thread_and_answered_there() -> None:
    async with stage() as on:
        parent = await on.slack.say("ben", "general", "Log backup has stopped.")
        reply = await on.slack.say("ben", "general", "Who has it?", parent.ts)
        answer = await on.one(on.slack.message_shortcut("anna", "general", reply.ts, "ack"))
        assert on.talk.asked[-1].thread == parent.ts
        assert answer.ephemeral_to == on.slack.person("anna").id


async def test_a_guests_shortcut_is_refused() -> None:
    async with stage() as on:
        said = await on.slack.say("ben", "general", "Log backup has stopped.")
        on.slack.invite("general", "gus")
        answer = await on.one(on.slack.message_shortcut("gus", "general", said.ts, "ack"))
        assert "Guests" in answer.text
        assert on.talk.asked == []
