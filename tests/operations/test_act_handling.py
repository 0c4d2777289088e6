"""What people do about an incident: who was first counts, it is told in its thread, and it is done once."""

from dataclasses import replace

import pytest

from bot.commands import Door
from bot.domain.handling import Actor, UserId
from bot.domain.notification import Action, Reason
from bot.domain.posts import Channel
from bot.operations.store_port import RevisionConflict
from tests.fakes.listed_source import PAY, PROD
from tests.fakes.memory_store import MemoryWriting
from tests.operations.answering_stage import ANA, BO, CLEO, Talk, buttons, group_broken, one_broken, said
from tests.operations.operations_stage import well


async def test_an_acknowledgement_is_kept_told_in_the_thread_and_shown_on_the_card() -> None:
    talk, alert = await one_broken()
    answer = await talk.mention("ack", alert)
    incident = await talk.incident()
    assert incident.handling.acknowledged is not None
    assert incident.handling.acknowledged.by.name == "Ana"
    assert talk.thread(alert) == ["Ana acknowledged it."]
    assert "Ana has it" in str(alert.edits[-1].blocks)
    assert await talk.trail() == [("acknowledged it", "Ana")]
    assert answer.done


async def test_a_slash_command_says_what_was_done_and_how_to_undo_it() -> None:
    talk, alert = await one_broken()
    answer = await talk.say("ack 1")
    assert not answer.done
    assert "Acknowledged: incident 1, pay/orders" in answer.message.text
    assert buttons(answer) == ["unack 1", "incident 1"]
    undone = await talk.say("unack 1")
    assert (await talk.incident()).handling.acknowledged is None
    assert buttons(undone)[0] == "ack 1"
    assert talk.thread(alert) == ["Ana acknowledged it.", "Ana took the acknowledgement back."]


async def test_of_two_who_press_the_first_wins_and_the_second_is_told_who() -> None:
    talk, alert = await one_broken()
    await talk.say("ack 1", by=ANA)
    second = await talk.say("ack 1", by=BO)
    assert "Ana was first" in second.message.text
    assert not second.may_be_shared
    assert "already" in (await talk.say("ack 1", by=ANA)).message.text
    assert len(talk.thread(alert)) == 1


async def test_what_slack_delivers_again_is_done_once() -> None:
    talk, alert = await one_broken()
    await talk.say("note 1 text:looking", key="E1")
    again = await talk.say("note 1 text:looking", key="E1")
    assert "done already" in again.message.text
    assert len(talk.thread(alert)) == 1


async def test_without_an_id_of_slacks_it_is_done_as_often_as_it_is_said() -> None:
    talk, alert = await one_broken()
    await talk.say("note 1 text:looking", key="")
    await talk.say("note 1 text:looking", key="")
    assert len(talk.thread(alert)) == 2


async def test_a_writer_who_was_first_makes_it_be_decided_again() -> None:
    talk, _ = await one_broken()
    bo_is_quicker(talk)
    answer = await talk.say("ack 1")
    assert "Bo was first" in answer.message.text


async def test_who_is_never_first_is_told_so_and_can_say_it_again() -> None:
    talk, _ = await one_broken()

    def refuse() -> MemoryWriting:
        raise RevisionConflict("somebody was first")

    talk.stage.memory.writing = refuse  # type: ignore[method-assign] # a store where others always win
    answer = await talk.answering.answer(talk.asked("ack 1"))
    assert "Others are changing the same" in answer.message.text
    assert buttons(answer) == ["ack 1"]


def bo_is_quicker(talk: Talk, times: int = 1) -> None:
    """Let Bo acknowledge between the decision and the writing of the next act."""
    memory, left = talk.stage.memory, [times]
    writing = memory.writing

    def after_bo() -> MemoryWriting:
        if left[0]:
            left[0] -= 1
            (known,) = memory.tables.incidents.values()
            handling = known.handling.acknowledge(Actor(UserId(BO), "Bo"), talk.stage.clock.now())
            changed = replace(known, handling=handling, revision=known.revision + 1)
            memory.tables.incidents[known.number] = changed
        return writing()

    memory.writing = after_bo  # type: ignore[method-assign] # Bo is quicker


async def test_whoever_gets_it_is_called_once_and_whoever_takes_it_is_not() -> None:
    talk, alert = await one_broken()
    await talk.mention(f"assign <@{BO}>", alert)
    assert talk.thread(alert) == [f"Ana gave it to <@{BO}>."]
    await talk.mention("assign me", alert, by=CLEO)
    assert talk.thread(alert)[1] == "Cleo took it."
    again = await talk.mention("assign cleo", alert, by=ANA)
    assert "Cleo has it already" in again.message.text
    own = await talk.say("assign 1 me", by=CLEO)
    assert "You have it already" in own.message.text
    assert await talk.trail() == [("gave it to Bo", "Ana"), ("took it", "Cleo")]


async def test_it_can_be_given_to_nobody() -> None:
    talk, alert = await one_broken()
    given = await talk.say("assign 1 @Bo")
    assert "Bo has it now" in given.message.text
    assert buttons(given)[0] == "assign 1 nobody"
    await talk.say("assign 1 nobody")
    assert (await talk.incident()).handling.assigned is None
    assert talk.thread(alert)[-1] == "Ana gave it back: nobody has it now."
    assert "nothing to take back" in (await talk.say("assign 1 nobody")).message.text
    assert "nothing to take back" in (await talk.say("unack 1")).message.text


async def test_nothing_is_given_to_whom_nobody_knows() -> None:
    talk, alert = await one_broken()
    assert "Nobody here is called" in (await talk.say("assign 1 @zed")).message.text
    assert "no member" in (await talk.say("assign 1 <@U0STRANGER>")).message.text
    assert talk.thread(alert) == []


async def test_whose_name_slack_did_not_tell_is_looked_up() -> None:
    talk, alert = await one_broken()
    await talk.mention("ack", alert, name="")
    assert talk.thread(alert) == ["Ana acknowledged it."]


async def test_a_note_stands_in_the_thread_and_in_the_trail_in_their_own_words() -> None:
    talk, alert = await one_broken()
    await talk.mention("note disk &lt;replaced&gt;", alert)
    (reply,) = talk.thread(alert)
    assert reply.startswith("Ana noted:")
    assert await talk.trail() == [("disk <replaced>", "Ana")]


async def test_an_incident_that_is_over_can_be_noted_but_not_acknowledged() -> None:
    talk, alert = await one_broken()
    talk.stage.source.rows[PAY] = well("orders", "ledger", "stock")
    await talk.stage.poll(8)
    assert not (await talk.incident()).is_open
    assert "has been over since" in (await talk.mention("ack", alert)).message.text
    dialog = (await talk.say("note 1 ask", door=Door.BUTTON)).dialog
    assert dialog is not None
    assert dialog.callback == "note"
    await talk.mention("note it was the switch", alert)
    assert talk.thread(alert)[-1].startswith("Ana noted:")


async def test_what_is_done_to_a_group_is_done_to_all_its_members_and_told_once() -> None:
    talk, alert = await group_broken()
    (group,) = await talk.stage.store.groups(still_open=True)
    answer = await talk.mention("ack", alert)
    assert answer.done
    members = await talk.stage.store.open_incidents()
    assert len(members) == 12
    assert all(one.handling.acknowledged is not None for one in members)
    (after,) = await talk.stage.store.groups(still_open=True)
    assert after.handling.acknowledged is not None
    assert talk.thread(alert) == ["Ana acknowledged it."]
    trail = await talk.stage.store.audit(group.number)
    assert [one.sentence for one in trail if one.actor] == ["acknowledged it"]
    assert f"in group {group.number}" in (await talk.say("incidents")).message.text
    again = await talk.say(f"ack {group.number}", by=BO)
    assert "Ana was first" in again.message.text
    await talk.say(f"note {group.number} text:storage is full", by=BO)
    assert talk.thread(alert)[-1].startswith("Bo noted:")
    undone = await talk.say(f"unack {group.number}")
    assert f"group {group.number}, 12 incidents" in undone.message.text
    assert buttons(undone)[-1] == f"incident {group.number}"


async def test_one_member_of_a_group_can_be_handled_alone_and_the_thread_says_which() -> None:
    talk, alert = await group_broken()
    member = (await talk.stage.store.open_incidents())[0]
    await talk.say(f"ack {member.number}")
    assert talk.thread(alert) == [
        f"Incident {member.number}, pay/{member.subject.tenant}: Ana acknowledged it."
    ]
    others = (await talk.stage.store.open_incidents())[1:]
    assert all(one.handling.acknowledged is None for one in others)
    await talk.mention(f"assign {member.number} @Bo", alert)
    assert "Ana gave it to" in talk.thread(alert)[-1]


async def test_a_group_that_is_over_says_so() -> None:
    talk, alert = await group_broken(4)
    talk.stage.source.rows[PAY] = well("t0", "t1", "t2", "t3")
    await talk.stage.poll(8)
    answer = await talk.mention("ack", alert)
    assert "Group" in answer.message.text
    assert "has been over since" in answer.message.text


async def test_many_that_are_named_at_once_are_handled_without_a_word_in_each_thread() -> None:
    talk, alert = await group_broken()
    answer = await talk.say("ack pay")
    assert "and 7 more" in answer.message.text
    assert talk.thread(alert) == []
    assert all(one.handling.acknowledged is not None for one in await talk.stage.store.open_incidents())
    assert "may be any of 12 incidents" in (await talk.say("note pay text:hm")).message.text


async def test_an_act_said_elsewhere_is_answered_there() -> None:
    talk, alert = await one_broken()
    answer = await talk.say("ack pay/orders", thread="77.7", door=Door.MENTION)
    assert not answer.done
    assert talk.thread(alert) == ["Ana acknowledged it."]
    assert "Acknowledged" in said(answer)


@pytest.mark.parametrize("channel", ["C0000OTHER", "D00000ANA"])
async def test_the_same_moment_in_another_channel_is_another_thread(channel: str) -> None:
    talk, alert = await one_broken()
    answer = await talk.mention("ack", alert, channel=Channel(channel))
    assert "Say which one" in answer.message.text
    trail = await talk.stage.store.audit((await talk.incident()).number)
    assert Reason.ACKNOWLEDGED not in [one.what for one in trail]


async def test_an_act_owes_a_reply_and_no_edit() -> None:
    """What the message shows is for the watch to decide, which looks at once."""
    talk, alert = await one_broken()
    before = set(talk.stage.memory.tables.outbox)
    edits = len(alert.edits)
    await talk.answering.answer(talk.asked("ack 1"))
    owed = talk.stage.memory.tables.outbox
    assert [row.notification.action for id_, row in owed.items() if id_ not in before] == [Action.REPLY]
    assert talk.changed == [PROD]
    await talk.stage.deliver()
    assert len(alert.edits) == edits
    await talk.say("unack 1")
    assert len(alert.edits) > edits
