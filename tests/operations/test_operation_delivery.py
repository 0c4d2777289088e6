"""What is owed reaches its channel once, in order, at Slack's pace, whatever Slack does meanwhile."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.delivery import EDIT_EVERY
from bot.domain.incident import IncidentNumber
from bot.domain.notification import (
    Action,
    Channel,
    GreetingContent,
    MessageKey,
    Notification,
    OutboxId,
    Reason,
)
from bot.domain.posts import Post
from bot.domain.task import SourceName
from bot.errors import SlackError, SlackPermanent, SlackTemporary, StorageError
from bot.operations.deliver_messages import (
    BATCH,
    BEGIN_WITHIN,
    EDITING,
    LEASE,
    NEWS,
    PERMANENT_WAIT,
    deliver_due,
)
from bot.views.blocks import Message
from tests.fakes.listed_messenger import Failing
from tests.fakes.memory_store import MemoryStore
from tests.operations.operations_stage import ALERTS, ID, Stage

OTHER, OTHER_ID = Channel("other"), Channel("C00000002")
SECOND = timedelta(seconds=1)
CONTENT = GreetingContent(SourceName("prod"), 1, 1, SECOND * 30, (), Stage().clock.now())
AWAY = SlackTemporary("Slack cannot be reached.", code="unreachable")
NO_ANSWER = SlackTemporary("The connection broke.", code="no_answer", outcome_unknown=True)
NOT_INVITED = SlackPermanent("The bot is not in the channel.", code="not_in_channel")


def a_stage() -> Stage:
    """Set a stage on which every message reads as what it was owed as."""
    stage = Stage()
    stage.messenger.names["other"] = OTHER_ID
    stage.render = lambda owed: Message(said_by(owed), ({"type": "section"},))
    return stage


def said_by(owed: Notification) -> str:
    """Give the word that a message was owed with; an edit takes that of a newer one."""
    assert isinstance(owed.content, GreetingContent)
    return owed.content.source


async def owe(
    stage: Stage,
    id_: str,
    action: Action = Action.POST,
    *,
    message: str = "incident/1",
    channel: Channel = ALERTS,
    broadcast: bool = False,
) -> None:
    notification = Notification(
        OutboxId(id_),
        MessageKey(message),
        channel,
        action,
        Reason.FIRST_SEEN,
        replace(CONTENT, source=SourceName(id_)),
        stage.clock.now(),
        broadcast,
        IncidentNumber(1),
    )
    async with stage.store.writing() as session:
        await session.keep_posts([Post(MessageKey(message), channel)])
        await session.enqueue(notification)


def said(stage: Stage, channel: Channel = ID) -> list[str]:
    """Give the first words of all that stands in a channel."""
    return [one.message.text for one in stage.everything(channel)]


def once(method: str, error: SlackError, *more: SlackError) -> Failing:
    """Fail the first calls of a method, each with its error."""
    left = [error, *more]

    def failing(called: str, _channel: Channel) -> SlackError | None:
        return left.pop(0) if called == method and left else None

    return failing


def always(method: str, error: SlackError, channel: Channel | None = None) -> Failing:
    """Fail every call of a method, in one channel or all."""
    return lambda called, where: error if called == method and channel in (None, where) else None


def state_of(stage: Stage, id_: str) -> str:
    return stage.memory.tables.outbox[OutboxId(id_)].state


async def test_a_post_its_edits_and_its_replies_come_in_order() -> None:
    stage = a_stage()
    await owe(stage, "reply 1", Action.REPLY)
    await owe(stage, "reply 2", Action.REPLY, broadcast=True)
    await owe(stage, "edit", Action.EDIT)
    await stage.deliver()
    assert said(stage) == [], "nothing is said of what does not stand yet"
    await owe(stage, "post")
    await stage.deliver()
    assert said(stage) == ["post", "reply 1", "reply 2"]
    post, first, second = stage.everything()
    assert [edit.text for edit in post.edits] == ["edit"]
    assert (first.thread_ts, first.broadcast) == (post.ts, False)
    assert (second.thread_ts, second.broadcast) == (post.ts, True)
    assert await stage.store.outbox_depth() == 0


async def test_of_several_edits_the_newest_is_enough() -> None:
    stage = a_stage()
    await owe(stage, "post")
    await stage.deliver()
    for number in range(10):
        await owe(stage, f"edit {number}", Action.EDIT)
    await stage.deliver()
    (post,) = stage.everything()
    assert post.edits[-1].text == "edit 9"
    assert len(post.edits) <= 2


async def test_an_edit_that_failed_and_a_newer_one_end_in_the_newer_state() -> None:
    stage = a_stage()
    await owe(stage, "post")
    await deliver_due(stage.delivering, NEWS)
    await owe(stage, "older", Action.EDIT)
    await stage.store.claim(owner="bot0", now=stage.clock.now(), lease=LEASE, limit=1, actions=EDITING)
    await owe(stage, "newer", Action.EDIT)
    await stage.store.postpone(
        OutboxId("older"), owner="bot0", until=stage.clock.now(), error="", outcome_unknown=False
    )
    await deliver_due(stage.delivering, tuple(Action))
    (post,) = stage.everything()
    assert post.edits[-1].text == "newer"
    assert await stage.store.outbox_depth() == 0


async def test_three_go_out_at_once_and_then_one_a_second() -> None:
    stage = a_stage()
    began = stage.clock.now()
    times: list[float] = []
    stage.messenger.after = lambda *_: times.append((stage.clock.now() - began).total_seconds())
    for number in range(7):
        await owe(stage, f"post {number}", message=f"incident/{number}")
    await stage.deliver()
    assert times == [0, 0, 0, 1, 2, 3, 4]


async def test_edits_keep_the_pace_of_the_whole_workspace() -> None:
    """Fifty a minute over all channels: a turn is taken before it is waited for, so two never share one."""
    stage = a_stage()
    for number in range(4):
        for channel in (ALERTS, OTHER):
            await owe(stage, f"post {number} {channel}", message=f"incident/{number}", channel=channel)
    await stage.deliver()
    for number in range(4):
        for channel in (ALERTS, OTHER):
            await owe(
                stage, f"edit {number} {channel}", Action.EDIT, message=f"incident/{number}", channel=channel
            )
    stage.clock.advance(timedelta(minutes=1))
    began = stage.clock.now()
    times: list[float] = []
    stage.messenger.after = lambda *_: times.append((stage.clock.now() - began).total_seconds())
    await stage.deliver()
    assert times[:5] == [0, 0, 0, 0, 0]
    assert times[5:] == [1.25, 2.5, 3.75]


async def test_a_throttled_channel_is_left_alone_for_as_long_as_slack_asks() -> None:
    stage = a_stage()
    for number in range(3 * BATCH):
        await owe(stage, f"post {number}", message=f"incident/{number}")
    slow = SlackTemporary("Slow down.", code="ratelimited", retry_after=timedelta(seconds=42))
    stage.messenger.failing = once("post", slow)
    await stage.deliver()
    assert stage.messenger.calls == ["resolve", "post"], "those behind are not even tried"
    stage.clock.advance(timedelta(seconds=41))
    await stage.deliver()
    assert stage.messenger.calls == ["resolve", "post"]
    stage.clock.advance(SECOND)
    await stage.deliver()
    assert said(stage) == [f"post {number}" for number in range(3 * BATCH)]
    assert not stage.delivering.troubles


async def test_waits_grow_and_end_with_the_first_success() -> None:
    stage = a_stage()
    await owe(stage, "post")
    stage.messenger.failing = once("post", AWAY, AWAY, AWAY)
    waits = []
    for _ in range(3):
        await stage.deliver()
        waits.append(stage.memory.tables.outbox[OutboxId("post")].next_attempt_at)
        stage.clock.advance(SECOND * 5)
    assert [
        (at - start).total_seconds()
        for at, start in zip(
            [at for at in waits if at],
            [stage.clock.now() - SECOND * 5 * (3 - number) for number in range(3)],
            strict=True,
        )
    ] == [1, 2, 4]
    await stage.deliver()
    assert said(stage) == ["post"]
    assert stage.delivering.resting == {}


async def test_what_was_accepted_before_the_answer_was_lost_is_found_and_not_posted_twice() -> None:
    stage = a_stage()
    await owe(stage, "post")
    await owe(stage, "reply", Action.REPLY)
    stage.messenger.after = once("post", NO_ANSWER)
    await stage.deliver()
    stage.messenger.after = once("post", NO_ANSWER)
    stage.clock.advance(SECOND)
    await stage.deliver()
    stage.clock.advance(SECOND)
    await stage.deliver()
    assert said(stage) == ["post", "reply"]
    assert stage.everything()[1].thread_ts == stage.everything()[0].ts
    assert stage.journal.names().count("found, not posted again") == 2
    assert await stage.store.outbox_depth() == 0


async def test_what_never_arrived_is_posted_after_looking() -> None:
    stage = a_stage()
    await owe(stage, "post")
    stage.messenger.failing = once("post", NO_ANSWER)
    await stage.deliver()
    stage.clock.advance(SECOND)
    await stage.deliver()
    assert stage.messenger.calls == ["resolve", "post", "find", "post"]
    assert said(stage) == ["post"]


async def test_looking_may_fail_too_and_is_done_again() -> None:
    stage = a_stage()
    await owe(stage, "post")
    stage.messenger.after = once("post", NO_ANSWER)
    await stage.deliver()
    stage.messenger.failing = once("find", AWAY)
    stage.clock.advance(SECOND)
    await stage.deliver()
    stage.clock.advance(SECOND * 2)
    await stage.deliver()
    assert said(stage) == ["post"]


async def test_without_the_history_scope_one_too_many_is_better_than_one_too_few() -> None:
    stage = a_stage()
    await owe(stage, "post")
    stage.messenger.after = once("post", NO_ANSWER)
    stage.messenger.failing = always("find", SlackPermanent("No scope.", code="missing_scope"))
    await stage.deliver()
    stage.clock.advance(SECOND)
    await stage.deliver()
    assert said(stage) == ["post", "post"]
    assert "posting again without looking" in stage.journal.names("warning")


async def test_a_message_is_looked_for_from_before_it_was_born() -> None:
    """Slack's clock may be behind ours."""
    stage = a_stage()
    born = stage.clock.now()
    await owe(stage, "post")
    stage.messenger.after = once("post", NO_ANSWER)
    await stage.deliver()
    stage.clock.advance(timedelta(hours=1))
    await stage.deliver()
    assert stage.messenger.looked_since == [born - timedelta(minutes=5)]


async def test_a_channel_that_refuses_is_told_keeps_its_messages_and_recovers_by_itself() -> None:
    stage = a_stage()
    await owe(stage, "post 1")
    await owe(stage, "post 2", message="incident/2")
    stage.messenger.failing = always("post", NOT_INVITED)
    await stage.deliver()
    began = stage.clock.now()
    stage.clock.advance(PERMANENT_WAIT)
    await stage.deliver()
    (trouble,) = stage.delivering.troubles.values()
    assert (trouble.sentence, trouble.since) == ("The bot is not in the channel.", began)
    assert stage.messenger.calls.count("post") == 2, "one message asks for all"
    assert await stage.store.outbox_depth() == 2
    stage.messenger.failing = lambda *_: None
    stage.clock.advance(PERMANENT_WAIT)
    await stage.deliver()
    assert said(stage) == ["post 1", "post 2"]
    assert not stage.delivering.troubles
    assert "channel takes messages again" in stage.journal.names()


async def test_a_failing_channel_does_not_hold_up_another() -> None:
    stage = a_stage()
    for number in range(4):
        for channel in (ALERTS, OTHER):
            await owe(stage, f"{channel} {number}", message=f"incident/{number}", channel=channel)
    stage.messenger.failing = always("post", NOT_INVITED, ID)
    await stage.deliver()
    assert said(stage) == []
    assert said(stage, OTHER_ID) == [f"other {number}" for number in range(4)]


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "something_new"])
async def test_a_message_that_slack_refuses_goes_out_as_plain_text(code: str) -> None:
    stage = a_stage()
    await owe(stage, "post")
    stage.messenger.failing = once("post", SlackPermanent("No.", code=code))
    await stage.deliver()
    (post,) = stage.everything()
    assert post.message == Message("post")
    (refused,) = [facts for _, event, facts in stage.journal.events if event == "message refused"]
    assert refused["shape"] == "4 characters; section"
    await owe(stage, "edit", Action.EDIT)
    stage.messenger.failing = once("edit", SlackPermanent("No.", code=code))
    await stage.deliver()
    assert post.edits == [Message("edit")]


async def test_a_text_that_slack_refuses_too_is_cut_to_the_least_there_is() -> None:
    stage = a_stage()
    await owe(stage, "post")
    no = SlackPermanent("No.", code="msg_too_long")
    stage.messenger.failing = once("post", no, no)
    await stage.deliver()
    assert said(stage) == [
        "Log backup: incident 1, first seen. Type /logbackup status to see it.",
    ]


async def test_one_message_that_is_refused_in_every_form_holds_up_no_other() -> None:
    stage = a_stage()
    await owe(stage, "bad")
    await owe(stage, "good", message="incident/2")
    no = SlackPermanent("No.", code="msg_too_long")
    stage.messenger.failing = once("post", no, no, no)
    await stage.deliver()
    assert said(stage) == ["good"]
    assert state_of(stage, "bad") == "owed"
    stage.clock.advance(PERMANENT_WAIT)
    await stage.deliver()
    assert said(stage) == ["good", "bad"]


async def test_one_message_that_breaks_slack_again_and_again_lets_others_go_first() -> None:
    stage = a_stage()
    await owe(stage, "bad")
    for number in range(3):
        await owe(stage, f"good {number}", message=f"incident/{number + 2}")
    broken = SlackTemporary("Slack has a problem of its own.", code="internal_error")
    trying: list[str] = []

    def render(owed: Notification) -> Message:
        trying.append(owed.id)
        return Message(owed.id)

    stage.render = render
    stage.messenger.failing = lambda method, _: broken if method == "post" and trying[-1] == "bad" else None
    for _ in range(200):
        await stage.deliver()
        stage.clock.advance(SECOND)
    assert said(stage) == ["good 0", "good 1", "good 2"]


async def test_what_cannot_be_rendered_goes_out_as_plain_facts() -> None:
    stage = a_stage()

    def render(_owed: Notification) -> Message:
        raise ValueError("a fault of ours")

    stage.render = render
    await owe(stage, "post")
    await stage.deliver()
    assert said(stage) == ["Log backup: incident 1, first seen. Type /logbackup status to see it."]
    assert stage.journal.names("error") == ["message not rendered"]


async def test_a_fault_of_our_own_costs_one_message_its_turn_and_no_other() -> None:
    stage = a_stage()
    await owe(stage, "post 1")
    await owe(stage, "post 2", message="incident/2")

    def fault(method: str, _channel: Channel) -> SlackError | None:
        if method == "post":
            stage.messenger.failing = lambda *_: None
            raise KeyError("ts")
        return None

    stage.messenger.failing = fault
    await stage.deliver()
    assert said(stage) == ["post 2"]
    assert "delivery failed" in stage.journal.names("error")
    stage.clock.advance(PERMANENT_WAIT)
    await stage.deliver()
    assert said(stage) == ["post 2", "post 1"]
    assert "find" in stage.messenger.calls, "nobody knows how far the first attempt came"


@pytest.mark.parametrize("first", [Action.EDIT, Action.REPLY])
async def test_a_deleted_message_is_posted_anew_and_its_thread_goes_on_there(first: Action) -> None:
    stage = a_stage()
    await owe(stage, "post")
    await stage.deliver()
    stage.messenger.delete(ID, stage.everything()[0].ts)
    if first is Action.REPLY:
        stage.messenger.failing = once("post", SlackPermanent("Gone.", code="thread_not_found"))
    await owe(stage, "state", first)
    await stage.deliver()
    stage.clock.advance(EDIT_EVERY)
    await owe(stage, "reply", Action.REPLY)
    await owe(stage, "edit", Action.EDIT)
    await stage.deliver()
    anew, reply = stage.everything()
    assert anew.message.text == "state"
    assert anew.thread_ts is None
    assert [edit.text for edit in anew.edits] == ["edit"]
    assert (reply.message.text, reply.thread_ts) == ("reply", anew.ts)
    assert "parent message gone" in stage.journal.names()


@pytest.mark.parametrize("tells", [True, False], ids=["the thread is gone", "the thread is empty"])
async def test_a_reply_to_a_deleted_message_is_found_in_the_channel_when_its_answer_was_lost(
    *,
    tells: bool,
) -> None:
    """Slack lets it stand in the channel itself, and says nothing."""
    stage = a_stage()
    await owe(stage, "post")
    await stage.deliver()
    stage.messenger.delete(ID, stage.everything()[0].ts)
    stage.messenger.after = once("post", NO_ANSWER)
    if tells:
        stage.messenger.failing = once("find", SlackPermanent("Gone.", code="thread_not_found"))
    await owe(stage, "reply", Action.REPLY)
    await stage.deliver()
    stage.clock.advance(5 * SECOND)
    await stage.deliver()
    assert [one.message.text for one in stage.everything()] == ["reply"]
    assert await stage.store.outbox_depth() == 0


async def test_both_lanes_that_find_a_message_gone_post_it_once() -> None:
    stage = a_stage()
    await owe(stage, "post")
    await stage.deliver()
    stage.messenger.delete(ID, stage.everything()[0].ts)
    stage.messenger.failing = once("post", SlackPermanent("Gone.", code="thread_not_found"))
    await owe(stage, "reply", Action.REPLY)
    await owe(stage, "edit", Action.EDIT)
    await asyncio.gather(deliver_due(stage.delivering, NEWS), deliver_due(stage.delivering, EDITING))
    (anew,) = stage.parents()
    texts = [anew.message.text, *(edit.text for edit in anew.edits)]
    texts += [reply.message.text for reply in stage.replies(anew)]
    assert sorted(texts) == ["edit", "reply"]


async def test_a_message_posted_anew_is_found_when_its_answer_was_lost() -> None:
    stage = a_stage()
    await owe(stage, "post")
    await stage.deliver()
    stage.messenger.delete(ID, stage.everything()[0].ts)
    stage.messenger.after = once("post", NO_ANSWER)
    await owe(stage, "edit", Action.EDIT)
    await stage.deliver()
    stage.clock.advance(SECOND)
    await stage.deliver()
    assert said(stage) == ["edit"]
    assert await stage.store.outbox_depth() == 0


async def test_a_message_posted_anew_is_found_by_a_newer_edit_too() -> None:
    """The edit that posted it was replaced before anybody knew that it had."""
    stage = a_stage()
    await owe(stage, "post")
    await stage.deliver()
    stage.messenger.delete(ID, stage.everything()[0].ts)
    stage.messenger.after = once("post", NO_ANSWER)
    await owe(stage, "edit", Action.EDIT)
    await deliver_due(stage.delivering, EDITING)
    await owe(stage, "newer", Action.EDIT)
    stage.clock.advance(EDIT_EVERY)
    await stage.deliver()
    (anew,) = stage.everything()
    assert [edit.text for edit in anew.edits] == ["newer"]


async def test_an_edit_that_slack_never_forgives_is_a_channels_trouble() -> None:
    stage = a_stage()
    await owe(stage, "post")
    await stage.deliver()
    stage.messenger.failing = always("edit", SlackPermanent("Archived.", code="is_archived"))
    await owe(stage, "edit", Action.EDIT)
    await stage.deliver()
    assert [trouble.sentence for trouble in stage.delivering.troubles.values()] == ["Archived."]


class Forgetful(MemoryStore):
    """A store that has lost the record of a message, but not what is owed about it."""

    lost = False

    async def post(self, key: MessageKey, channel: Channel) -> Post | None:
        return None if self.lost else await super().post(key, channel)


async def test_a_message_of_which_no_record_is_left_is_posted_anew() -> None:
    store = Forgetful()
    stage = Stage(store)
    stage.render = a_stage().render
    await owe(stage, "post")
    await stage.deliver()
    store.lost = True
    await owe(stage, "edit", Action.EDIT)
    await stage.deliver()
    assert said(stage) == ["post", "edit"]


async def test_a_name_is_resolved_once_and_its_id_is_kept() -> None:
    stage = a_stage()
    await owe(stage, "post 1")
    await stage.deliver()
    stage.messenger.names.clear()
    await stage.restart()
    await owe(stage, "post 2", message="incident/2")
    await stage.deliver()
    assert said(stage) == ["post 1", "post 2"]
    assert stage.messenger.calls.count("resolve") == 1


async def test_a_channel_that_nobody_knows_is_told_and_looked_for_again() -> None:
    stage = a_stage()
    stage.messenger.failing = once("resolve", SlackPermanent("No such channel.", code="channel_not_found"))
    await owe(stage, "post")
    await stage.deliver()
    assert [trouble.sentence for trouble in stage.delivering.troubles.values()] == ["No such channel."]
    (logged,) = [facts for _, event, facts in stage.journal.events if event == "not delivered"]
    assert (logged["code"], logged["because"]) == ("channel_not_found", "No such channel.")
    stage.clock.advance(PERMANENT_WAIT)
    await stage.deliver()
    assert said(stage) == ["post"]


async def test_a_name_whose_channel_was_made_anew_finds_the_new_one() -> None:
    stage = a_stage()
    await owe(stage, "post 1")
    await stage.deliver()
    gone = SlackPermanent("No such channel.", code="channel_not_found")
    stage.messenger.failing = always("post", gone, ID)
    stage.messenger.names["alerts"] = Channel("C00000009")
    await owe(stage, "post 2", message="incident/2")
    await stage.deliver()
    stage.clock.advance(PERMANENT_WAIT)
    await stage.deliver()
    assert said(stage, Channel("C00000009")) == ["post 2"]
    assert await stage.store.fact("channel/alerts") == "C00000009"


async def test_an_id_is_kept_while_its_name_leads_nowhere() -> None:
    """A private channel from which the bot was removed: it is there again after an invitation."""
    stage = a_stage()
    await owe(stage, "post 1")
    await stage.deliver()
    gone = SlackPermanent("No such channel.", code="channel_not_found")
    stage.messenger.failing = lambda method, _: gone if method in ("post", "resolve") else None
    await owe(stage, "post 2", message="incident/2")
    await stage.deliver()
    stage.clock.advance(PERMANENT_WAIT)
    await stage.deliver()
    stage.messenger.failing = lambda *_: None
    stage.clock.advance(PERMANENT_WAIT)
    await stage.deliver()
    assert said(stage) == ["post 1", "post 2"]


class Slow(MemoryStore):
    """A store in which a delivery is recorded too late: its lease has gone to somebody else."""

    async def delivered(self, id_: OutboxId, *, owner: str, **_more: object) -> bool:
        del id_, owner
        return False


async def test_a_lease_that_was_lost_while_sending_is_logged() -> None:
    stage = Stage(Slow())
    stage.render = a_stage().render
    await owe(stage, "post")
    assert await deliver_due(stage.delivering, NEWS) == 1
    assert stage.journal.names("warning") == ["lease lost after sending"]


async def test_what_a_crash_left_behind_is_looked_for_when_its_lease_ends() -> None:
    stage = a_stage()
    await owe(stage, "post")
    await stage.store.claim(owner="the one before", now=stage.clock.now(), lease=LEASE, limit=1)
    await stage.messenger.post(ID, Message("post"), outbox_id=OutboxId("post"))
    await stage.deliver()
    assert said(stage) == ["post"]
    assert state_of(stage, "post") == "owed"
    stage.clock.advance(LEASE)
    await stage.deliver()
    assert said(stage) == ["post"]
    assert state_of(stage, "post") == "delivered"


class Full(MemoryStore):
    """A store whose disk is full when the delivery to one channel is to be recorded."""

    full = True
    waited = False

    async def delivered(self, id_: OutboxId, **settled: object) -> bool:
        if self.full and id_ == "post alerts":
            raise StorageError("The disk is full.")
        for _ in range(10):
            await asyncio.sleep(0)
        self.waited = True
        return await super().delivered(id_, **settled)  # type: ignore[arg-type] # as they came


async def test_whoever_was_stopped_after_a_claim_does_not_send_when_it_goes_on() -> None:
    """Another replica may have the message by then."""
    stage = a_stage()
    await owe(stage, "n1")
    await owe(stage, "n2", message="incident/2")

    def stopped(method: str, _: Channel) -> SlackError | None:
        if method == "resolve":
            stage.clock.advance(BEGIN_WITHIN)
        return None

    stage.messenger.failing = stopped
    await deliver_due(stage.delivering, NEWS)
    assert stage.everything() == []
    rows = stage.memory.tables.outbox.values()
    assert [(row.owner, row.outcome_unknown) for row in rows] == [(None, False)] * 2, "nothing was tried"
    assert stage.journal.events[-1] == ("warning", "claim lapsed before sending", {"messages": 2})
    await stage.deliver()
    assert [one.id for one in stage.everything()] == ["n1", "n2"]
    assert "find" not in stage.messenger.calls


async def test_an_edit_that_comes_too_late_is_left_to_whoever_claims_it_next() -> None:
    stage = a_stage()
    await owe(stage, "n1")
    await stage.deliver()
    await owe(stage, "n2", Action.EDIT)
    render = stage.render

    def slowly(owed: Notification) -> Message:
        stage.clock.advance(LEASE)
        return render(owed)

    stage.render = slowly
    await deliver_due(stage.delivering, EDITING)
    (standing,) = stage.everything()
    assert standing.edits == []
    stage.render = render
    await stage.deliver()
    assert len(standing.edits) == 1


async def test_looking_for_a_message_that_takes_too_long_ends_without_a_second_one() -> None:
    stage = a_stage()
    await owe(stage, "n1")
    stage.messenger.failing = lambda method, _: NO_ANSWER if method == "post" else None
    await deliver_due(stage.delivering, NEWS)
    stage.clock.advance(5 * SECOND)

    def slow(method: str, _: Channel) -> SlackError | None:
        if method == "find":
            stage.clock.advance(LEASE)
        return None

    stage.messenger.failing = slow
    await deliver_due(stage.delivering, NEWS)
    (row,) = stage.memory.tables.outbox.values()
    assert row.outcome_unknown, "it is looked for once more before it is posted"
    assert stage.everything() == []


async def test_a_database_that_fails_stops_its_lane_after_the_other_channels_are_done() -> None:
    store = Full()
    stage = Stage(store)
    stage.messenger.names["other"] = OTHER_ID
    stage.render = a_stage().render
    for channel in (ALERTS, OTHER):
        await owe(stage, f"post {channel}", channel=channel)
    with pytest.raises(StorageError, match="disk is full"):
        await deliver_due(stage.delivering, NEWS)
    assert store.waited
    assert state_of(stage, "post other") == "delivered"
    store.full = False
    stage.clock.advance(LEASE)
    await stage.deliver()
    assert said(stage) == ["post alerts"], "it was found, not posted again"


async def test_an_hour_without_slack_ends_with_the_present_state_within_a_minute() -> None:
    stage = a_stage()
    for number in range(20):
        await owe(stage, f"post {number}", message=f"incident/{number}")
    stage.messenger.failing = lambda *_: AWAY
    for _ in range(3600):
        await stage.deliver()
        stage.clock.advance(SECOND)
    tried = len(stage.messenger.calls)
    assert tried < 3600 / 30 + 10, "an outage is not hammered at"
    stage.messenger.failing = lambda *_: None
    back = stage.clock.now()
    while await stage.store.outbox_depth():
        await stage.deliver()
        stage.clock.advance(SECOND)
    assert stage.clock.now() - back < timedelta(minutes=1)
    assert said(stage) == [f"post {number}" for number in range(20)]


async def test_edits_that_hang_hold_up_no_news() -> None:
    """Each lane is delivered by itself; Slack takes as long over an edit as it likes."""
    stage = a_stage()
    await owe(stage, "post")
    await stage.deliver()
    stage.clock.advance(EDIT_EVERY)
    answers, edit = asyncio.Event(), stage.messenger.edit

    async def hanging(*what: Any, **about: Any) -> None:
        await answers.wait()
        await edit(*what, **about)

    stage.messenger.edit = hanging  # type: ignore[method-assign] # a fake is bent
    await owe(stage, "edit", Action.EDIT)
    edits = asyncio.create_task(deliver_due(stage.delivering, EDITING))
    await asyncio.sleep(0)
    await owe(stage, "news", message="incident/2")
    assert await deliver_due(stage.delivering, NEWS) == 1
    assert said(stage) == ["post", "news"]
    assert not edits.done()
    answers.set()
    assert await edits == 1
    assert stage.everything()[0].edits[-1].text == "edit"
