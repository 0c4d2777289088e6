"""The messenger against the simulated Slack: posts, edits, replies, finds, and the names of channels."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.clock import SystemClock
from bot.domain.notification import Channel, OutboxId
from bot.errors import NoSuchChannel, SlackPermanent, SlackTemporary
from bot.sandbox.slack import SimulatedSlack, Trouble
from bot.slack.bolt import web_client
from bot.slack.messenger import SlackMessenger
from bot.views.blocks import Button, Message, actions, message, section

FIRST, SECOND = OutboxId("first"), OutboxId("second")
WELL = message("All is well", [section("All is *well*"), *actions([Button("Status", "status")])])
WORSE = message("It is worse", [section("It is *worse*")])
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Desk:
    """A simulated Slack and the messenger that speaks to it."""

    slack: SimulatedSlack
    messenger: SlackMessenger
    alerts: Channel


@asynccontextmanager
async def desk(*, seconds: float = 5, private: bool = False) -> AsyncIterator[Desk]:
    clock = SystemClock()
    async with SimulatedSlack(clock=clock, pacing_clock=clock, events=()) as slack:
        channel = slack.invite_bot(slack.add_channel("alerts", private=private))
        client = web_client(slack.bot_token, slack.api_url)
        client.timeout = seconds  # type: ignore[assignment] # a fraction will do
        yield Desk(slack, SlackMessenger(client), Channel(channel.id))


async def test_a_message_stands_as_it_was_posted() -> None:
    async with desk() as on:
        sent = await on.messenger.post(on.alerts, WELL, outbox_id=FIRST)
        assert sent.channel == on.alerts
        posted = on.slack.channel("alerts").message(sent.ts)
        assert posted is not None
        assert posted.text == "All is well"
        assert [block["type"] for block in posted.blocks] == ["section", "actions"]
        assert posted.metadata == {"event_type": "logbackup_bot_message", "event_payload": {"id": "first"}}
        (call,) = on.slack.calls_of("chat.postMessage")
        assert call.arguments["unfurl_links"] in (False, 0, "0", "false", "False")


async def test_a_message_of_text_alone_is_posted_and_edited() -> None:
    async with desk() as on:
        sent = await on.messenger.post(on.alerts, Message("Plain"), outbox_id=FIRST)
        await on.messenger.edit(on.alerts, sent.ts, Message("Plainer"), outbox_id=SECOND)
        posted = on.slack.channel("alerts").message(sent.ts)
        assert posted is not None
        assert (posted.text, posted.blocks) == ("Plainer", ())


async def test_an_edit_replaces_all_and_carries_its_own_id() -> None:
    async with desk() as on:
        sent = await on.messenger.post(on.alerts, WELL, outbox_id=FIRST)
        await on.messenger.edit(on.alerts, sent.ts, WORSE, outbox_id=SECOND)
        edited = on.slack.channel("alerts").message(sent.ts)
        assert edited is not None
        assert (edited.text, len(edited.blocks), len(edited.edits)) == ("It is worse", 1, 1)
        assert edited.metadata is not None
        assert edited.metadata["event_payload"] == {"id": "second"}


async def test_a_reply_stands_in_its_thread_and_in_the_channel_only_where_it_is_broadcast() -> None:
    async with desk() as on:
        parent = await on.messenger.post(on.alerts, WELL, outbox_id=FIRST)
        quiet = await on.messenger.post(on.alerts, WORSE, outbox_id=SECOND, thread_ts=parent.ts)
        loud = await on.messenger.post(
            on.alerts, WORSE, outbox_id=OutboxId("3"), thread_ts=parent.ts, broadcast=True
        )
        channel = on.slack.channel("alerts")
        assert [one.ts for one in channel.thread(parent.ts)] == [parent.ts, quiet.ts, loud.ts]
        assert [one.ts for one in channel.messages] == [parent.ts, loud.ts]


async def test_a_broadcast_without_a_thread_is_a_message() -> None:
    async with desk() as on:
        sent = await on.messenger.post(on.alerts, WELL, outbox_id=FIRST, broadcast=True)
        assert on.slack.channel("alerts").message(sent.ts) is not None


# ── looking for what may have been accepted


@pytest.mark.parametrize("private", [False, True], ids=["a public channel", "a private channel"])
async def test_a_message_is_found_by_its_id(*, private: bool) -> None:
    async with desk(private=private) as on:
        began = SystemClock().now() - HOUR
        await on.messenger.post(on.alerts, WELL, outbox_id=SECOND)
        sent = await on.messenger.post(on.alerts, WELL, outbox_id=FIRST)
        assert await on.messenger.find(on.alerts, FIRST, since=began) == sent
        assert await on.messenger.find(on.alerts, OutboxId("third"), since=began) is None
        assert await on.messenger.find(on.alerts, FIRST, since=SystemClock().now() + HOUR) is None


async def test_a_reply_is_found_in_its_thread() -> None:
    async with desk() as on:
        began = SystemClock().now() - HOUR
        parent = await on.messenger.post(on.alerts, WELL, outbox_id=FIRST)
        reply = await on.messenger.post(on.alerts, WORSE, outbox_id=SECOND, thread_ts=parent.ts)
        found = await on.messenger.find(on.alerts, SECOND, since=began, thread_ts=parent.ts)
        assert found == reply
        assert await on.messenger.find(on.alerts, SECOND, since=began) is None


async def test_a_message_is_found_behind_many_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.messenger.MESSAGES_ON_A_PAGE", 2)
    async with desk() as on:
        began = SystemClock().now() - HOUR
        sent = await on.messenger.post(on.alerts, WELL, outbox_id=FIRST)
        for number in range(6):
            await on.slack.say("anna", "alerts", f"word {number}")
        assert await on.messenger.find(on.alerts, FIRST, since=began) == sent
        assert len(on.slack.calls_of("conversations.history")) == 4


async def test_looking_ends_although_the_list_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.messenger.MESSAGES_ON_A_PAGE", 1)
    monkeypatch.setattr("bot.slack.messenger.MOST_PAGES", 3)
    async with desk() as on:
        for number in range(6):
            await on.slack.say("anna", "alerts", f"word {number}")
        assert await on.messenger.find(on.alerts, FIRST, since=SystemClock().now() - HOUR) is None
        assert len(on.slack.calls_of("conversations.history")) == 3


async def test_without_the_scope_looking_names_what_it_needs() -> None:
    async with desk() as on:
        on.slack.scopes.discard("channels:history")
        with pytest.raises(SlackPermanent, match="channels:history") as caught:
            await on.messenger.find(on.alerts, FIRST, since=SystemClock().now())
        assert caught.value.code == "missing_scope"


async def test_words_of_people_and_of_other_apps_are_not_taken_for_ours() -> None:
    async with desk() as on:
        client = web_client(on.slack.bot_token, on.slack.api_url)
        other = {"event_type": "another_app", "event_payload": {"id": FIRST}}
        await client.chat_postMessage(channel=on.alerts, text="first", metadata=other)
        await on.slack.say("anna", "alerts", "first")
        assert await on.messenger.find(on.alerts, FIRST, since=SystemClock().now() - HOUR) is None


# ── trouble

UNKNOWN = [Trouble.RESET_BEFORE, Trouble.RESET_AFTER, Trouble.ERROR_BEFORE, Trouble.ERROR_AFTER]


@pytest.mark.parametrize("trouble", UNKNOWN, ids=lambda one: one.value)
async def test_after_a_reset_or_a_500_nobody_knows_and_nothing_is_tried_again(trouble: Trouble) -> None:
    """The SDK by itself posts a second time after a reset."""
    async with desk() as on:
        on.slack.trouble.add("chat.postMessage", trouble)
        with pytest.raises(SlackTemporary) as caught:
            await on.messenger.post(on.alerts, WELL, outbox_id=FIRST)
        assert caught.value.outcome_unknown
        assert len(on.slack.calls_of("chat.postMessage")) == 1
        stands = trouble in (Trouble.RESET_AFTER, Trouble.ERROR_AFTER)
        assert len(on.slack.channel("alerts").messages) == int(stands)
        found = await on.messenger.find(on.alerts, FIRST, since=SystemClock().now() - HOUR)
        assert (found is not None) is stands


async def test_after_a_timeout_nobody_knows() -> None:
    async with desk(seconds=0.2) as on:
        on.slack.trouble.add("chat.postMessage", Trouble.HANG_AFTER)
        with pytest.raises(SlackTemporary) as caught:
            await on.messenger.post(on.alerts, WELL, outbox_id=FIRST)
        assert (caught.value.code, caught.value.outcome_unknown) == ("no_answer", True)
        assert len(on.slack.channel("alerts").messages) == 1


async def test_a_429_says_when_to_try_again() -> None:
    async with desk() as on:
        on.slack.trouble.add("chat.postMessage", Trouble.RATE_LIMITED, retry_after=7)
        with pytest.raises(SlackTemporary) as caught:
            await on.messenger.post(on.alerts, WELL, outbox_id=FIRST)
        assert caught.value.retry_after == timedelta(seconds=7)
        assert not caught.value.outcome_unknown


async def test_slacks_own_pace_is_a_429_too() -> None:
    async with desk() as on:
        posting = [on.messenger.post(on.alerts, WELL, outbox_id=FIRST) for _ in range(20)]
        outcomes = await asyncio.gather(*posting, return_exceptions=True)
        throttled = [one for one in outcomes if isinstance(one, SlackTemporary)]
        assert {one.retry_after for one in throttled} == {timedelta(seconds=1)}
        assert len(on.slack.channel("alerts").messages) == 20 - len(throttled)


async def test_lasting_refusals_say_what_to_do() -> None:
    async with desk() as on:
        on.slack.add_channel("elsewhere")
        elsewhere = Channel(on.slack.channel("elsewhere").id)
        with pytest.raises(SlackPermanent, match="/invite"):
            await on.messenger.post(elsewhere, WELL, outbox_id=FIRST)
        with pytest.raises(SlackPermanent, match="no such channel"):
            await on.messenger.post(Channel("C0NOWHERE00"), WELL, outbox_id=FIRST)
        sent = await on.messenger.post(on.alerts, WELL, outbox_id=FIRST)
        await on.slack.delete_message("alerts", sent.ts)
        with pytest.raises(SlackPermanent, match="deleted"):
            await on.messenger.edit(on.alerts, sent.ts, WORSE, outbox_id=SECOND)
        on.slack.archive("alerts")
        with pytest.raises(SlackPermanent, match="archived"):
            await on.messenger.post(on.alerts, WELL, outbox_id=FIRST)


async def test_a_missing_scope_is_named() -> None:
    async with desk() as on:
        on.slack.scopes.discard("chat:write")
        with pytest.raises(SlackPermanent, match="Needed: chat:write"):
            await on.messenger.post(on.alerts, WELL, outbox_id=FIRST)


async def test_a_revoked_token_is_told() -> None:
    async with desk() as on:
        on.slack.revoke_bot_token()
        with pytest.raises(SlackPermanent, match="revoked"):
            await on.messenger.post(on.alerts, WELL, outbox_id=FIRST)


async def test_a_message_that_is_too_long_is_refused_as_a_fault_of_ours() -> None:
    async with desk() as on:
        with pytest.raises(SlackPermanent, match="fault of the bot"):
            await on.messenger.post(
                on.alerts, Message("x", tuple(section("y" * 2900) for _ in range(6))), outbox_id=FIRST
            )


async def test_an_answer_without_a_ts_leaves_the_outcome_open(monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk() as on:

        async def half_an_answer(*_: object, **__: object) -> dict[str, object]:
            return {"ok": True}

        monkeypatch.setattr("bot.slack.messenger.call", half_an_answer)
        with pytest.raises(SlackTemporary) as caught:
            await on.messenger.post(on.alerts, WELL, outbox_id=FIRST)
        assert caught.value.outcome_unknown


# ── the names of channels


@pytest.mark.parametrize("name", ["alerts", "#alerts", " #alerts ", "Alerts"])
@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
async def test_a_channel_is_found_by_its_name(name: str, *, private: bool) -> None:
    async with desk(private=private) as on:
        assert await on.messenger.resolve_channel(name) == on.alerts
        assert on.slack.calls_of("conversations.list") == ()


async def test_an_id_is_taken_as_it_stands() -> None:
    async with desk() as on:
        assert await on.messenger.resolve_channel(on.alerts) == on.alerts
        assert await on.messenger.resolve_channel(f"#{on.alerts}") == on.alerts
        assert on.slack.calls == ()


@pytest.mark.parametrize("name", ["CCCCC", "calendars1", "C01-ALERTS-X"])
async def test_a_name_is_not_taken_for_an_id(name: str) -> None:
    async with desk() as on:
        channel = on.slack.invite_bot(on.slack.add_channel(name.lower()))
        assert await on.messenger.resolve_channel(name) == channel.id


async def test_a_channel_that_the_bot_is_not_in_is_found_on_a_later_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.slack.messenger.CHANNELS_ON_A_PAGE", 3)
    async with desk() as on:
        for number in range(8):
            on.slack.add_channel(f"team-{number}")
        wanted = on.slack.channel("team-7").id
        assert await on.messenger.resolve_channel("team-7") == wanted
        assert len(on.slack.calls_of("conversations.list")) == 3


async def test_a_private_channel_without_the_bot_does_not_exist_for_it() -> None:
    async with desk() as on:
        on.slack.add_channel("secret", private=True)
        with pytest.raises(NoSuchChannel, match="no channel #secret") as caught:
            await on.messenger.resolve_channel("#secret")
        assert (caught.value.code, caught.value.near) == ("channel_not_found", ())


async def test_the_names_nearest_to_one_that_is_not_there_are_told_and_a_private_one_not_to_everybody() -> (
    None
):
    async with desk() as on:
        on.slack.add_channel("alerts-2", private=True)
        on.slack.invite_bot("alerts-2")
        with pytest.raises(NoSuchChannel) as caught:
            await on.messenger.resolve_channel("#alrets")
        assert caught.value.near == ("alerts", "alerts-2")
        assert "Did you mean #alerts? Correct its name in BOT_ALERT_CHANNEL" in caught.value.sentence


async def test_names_cannot_be_looked_up_without_the_scope() -> None:
    async with desk() as on:
        on.slack.scopes.discard("groups:read")
        with pytest.raises(SlackPermanent, match="groups:read"):
            await on.messenger.resolve_channel("alerts")


async def test_a_renamed_channel_keeps_its_id() -> None:
    async with desk() as on:
        known = await on.messenger.resolve_channel("alerts")
        on.slack.rename("alerts", "log-backup")
        sent = await on.messenger.post(known, WELL, outbox_id=FIRST)
        assert on.slack.channel("log-backup").message(sent.ts) is not None


@pytest.mark.parametrize("form", ["{id}", "@{id}", " {id} "])
async def test_a_persons_id_means_their_messages_with_the_bot(form: str) -> None:
    async with desk() as on:
        anna = on.slack.person("anna").id
        direct = await on.messenger.resolve_channel(form.format(id=anna))
        sent = await on.messenger.post(direct, WELL, outbox_id=FIRST)
        assert (direct, sent.channel) == (on.slack.dm("anna").id, on.slack.dm("anna").id)
        assert on.slack.dm("anna").message(sent.ts) is not None


async def test_where_slack_does_not_say_where_direct_messages_go_it_is_tried_again() -> None:
    async with desk() as on:
        on.slack.trouble.add("conversations.open", Trouble.ERROR_BEFORE, times=1)
        anna = on.slack.person("anna").id
        with pytest.raises(SlackTemporary):
            await on.messenger.resolve_channel(anna)
        assert await on.messenger.resolve_channel(anna) == on.slack.dm("anna").id
