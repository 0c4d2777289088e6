"""Subscribing a channel and oneself: the alert then arrives there, and no more once that is ended."""

import pytest

from tests.transcripts.play import Play

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_channel_subscribes_is_told_and_unsubscribes(play: Play) -> None:
    await play.anna.types("/logbackup subscribe shop severity:critical", where="gifts")
    await play.anna.expect("shop", "critical")
    play.begin()
    alert = await play.breaks("shop/cart")
    await play.expect_post("Log backup has failed: shop/cart", where="gifts")
    await play.ben.presses("Acknowledge", on=alert)
    await play.expect_post("ben has it", where="gifts")
    await play.ben.types("/logbackup subscriptions", where="gifts")
    listed = await play.ben.expect("This channel is told", "shop")
    await play.ben.presses("End 1", on=listed)
    await play.ben.expect("shop")
    await play.ben.types("/logbackup subscriptions", where="gifts")
    assert "End 1" not in play.labels(await play.ben.expect("ubscri"))
    await play.ben.types("/logbackup unsubscribe", where="gifts")
    await play.ben.expect("There is no subscription here.")


async def test_a_person_subscribes_in_their_messages_with_the_bot(play: Play) -> None:
    await play.mei.writes("subscribe crm")
    await play.mei.expect_direct("crm")
    alert = await play.breaks("crm/calls")
    told = await play.mei.expect_direct("Log backup has failed: crm/calls")
    await play.noted(told)
    await play.mei.writes("ack", thread=told)
    await play.expect_edit(alert, "mei has it")
    await play.mei.writes("subscriptions")
    await play.mei.expect_direct("crm")
    await play.mei.writes("unsubscribe crm")
    await play.mei.expect_direct("Told here no more: crm.")
    await play.mei.writes("unsubscribe crm")
    await play.mei.expect_direct("There is no subscription to “crm” here.")


async def test_subscribing_to_what_is_not_there_offers_the_nearest(play: Play) -> None:
    await play.anna.types("/logbackup subscribe shpo")
    told = await play.anna.expect("Nothing that is watched is called “shpo”")
    assert "subscribe shop" in play.labels(told)
    await play.anna.types("/logbackup unsubscribe 77")
    await play.anna.expect("There is no subscription 77 here.")
