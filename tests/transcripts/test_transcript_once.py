"""What people and Slack do twice is done once: double clicks, deliveries that come again, old dialogs."""

import asyncio

import pytest

from bot.sandbox.slack import Delivery
from bot.sandbox.slack.deliveries import DeliveryKind
from tests.transcripts.play import Play

pytestmark = pytest.mark.asyncio(loop_scope="module")


def delivered(play: Play, kind: DeliveryKind, word: str) -> Delivery:
    """Give the last thing of a kind that Slack brought, by a word in it."""
    return next(one for one in reversed(play.slack.deliveries) if one.kind is kind and word in str(one.body))


async def comes_again(play: Play, delivery: Delivery) -> None:
    """Let Slack deliver something once more, the same to the letter, and wait until it is taken."""
    play.begin()
    await play.slack._outgoing.send(delivery.kind, delivery.body).first


async def test_a_double_click_acts_once(play: Play) -> None:
    alert = await play.breaks("pay/orders")
    play.begin()
    await asyncio.gather(*(play.anna.presses("Acknowledge", on=alert, fresh=False) for _ in range(2)))
    await play.anna.expect("Acknowledged: incident")
    await play.anna.expect("You acknowledged it already")
    await play.expect_reply(alert, "anna acknowledged it.")
    await play.ben.says("@logbackup note afterwards", thread=alert)
    await play.expect_reply(alert, ">afterwards")
    assert play.replies(alert).count("anna acknowledged it.") == 1


async def test_what_is_delivered_again_is_done_once_also_after_a_restart(play: Play) -> None:
    alert = await play.breaks("pay/ledger")
    await play.anna.says("@logbackup note only once", thread=alert)
    await play.expect_reply(alert, ">only once")
    mention = delivered(play, DeliveryKind.EVENT, "app_mention")
    await play.ben.presses("Acknowledge", on=alert)
    await play.expect_reply(alert, "ben acknowledged it.")
    press = delivered(play, DeliveryKind.INTERACTION, "block_actions")
    await comes_again(play, mention)
    await comes_again(play, press)
    await play.restarts()
    await comes_again(play, mention)
    await play.anna.expect("That was done already; nothing was changed a second time.")
    await comes_again(play, press)
    await play.ben.expect("You acknowledged it already")
    await play.mei.says("@logbackup note afterwards", thread=alert)
    await play.expect_reply(alert, ">afterwards")
    said = play.replies(alert)
    assert [sum(words in one for one in said) for words in (">only once", "ben acknowledged")] == [1, 1]


async def test_buttons_and_threads_of_before_a_restart_still_work(play: Play) -> None:
    alert = await play.breaks("pay/cards")
    await play.anna.types("/logbackup silence pay/cards 1h")
    told = await play.anna.expect("Silenced until")
    await play.expect_edit(alert, "Silenced until")
    await play.restarts()
    await play.anna.presses("Undo", on=told)
    await play.expect_reply(alert, "The silence is over and it is still not well")
    await play.ben.says("@logbackup ack", thread=alert)
    await play.expect_edit(alert, "ben has it")


async def test_a_dialog_whose_incident_is_over_meanwhile_says_so(play: Play) -> None:
    alert = await play.breaks("pay/refunds")
    await play.anna.presses("Silence…", on=alert)
    dialog = await play.anna.expect_dialog("pay/refunds")
    await play.mends("pay/refunds", alert)
    errors = await play.anna.fills(dialog, length="1h")
    assert "It is over: there is nothing to silence." in str(errors)


async def test_a_dialog_that_slack_opens_no_more_is_told_in_words(play: Play) -> None:
    alert = await play.breaks("pay/fees")
    play.slack.trouble.refuse("views.open", "expired_trigger_id", times=1)
    await play.mei.presses("Silence…", on=alert)
    await play.mei.expect("Say for how long, and why: `/logbackup silence")
    assert play.mei.dialogs == ()


async def test_a_dialog_sent_twice_acts_once(play: Play) -> None:
    alert = await play.breaks("pay/rates")
    await play.anna.presses("Add a note…", on=alert)
    dialog = await play.anna.expect_dialog("pay/rates")
    await play.anna.fills(dialog, note="said in a dialog")
    await play.expect_reply(alert, ">said in a dialog")
    await comes_again(play, delivered(play, DeliveryKind.INTERACTION, "view_submission"))
    await play.ben.says("@logbackup note afterwards", thread=alert)
    await play.expect_reply(alert, ">afterwards")
    assert sum(">said in a dialog" in one for one in play.replies(alert)) == 1
