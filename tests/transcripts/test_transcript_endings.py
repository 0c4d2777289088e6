"""Calling over by hand and taking for normal, where that is for people; else the bot says why not."""

import pytest

from tests.transcripts.play import ALERTS, Play

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_still_burns_cannot_be_called_over(play: Play) -> None:
    alert = await play.breaks("pay/orders")
    await play.anna.says("@logbackup resolve", thread=alert)
    told = await play.expect_reply(
        alert, "cannot be called over by hand", "it ends by itself when OCP reports"
    )
    quiet = next(one for one in play.labels(told) if one.startswith("silence"))
    await play.anna.presses(quiet, on=told)
    await play.expect_edit(alert, "Silenced until it is over")
    await play.ben.types("/logbackup normal pay/orders")
    await play.ben.expect("Only a delay can be normal")


async def test_a_dropped_tenant_is_called_over(play: Play) -> None:
    play.begin()
    play.fleet.vanish("crm/mails", play.living.clock.now())
    alert = await play.expect_post("crm/mails", where=ALERTS)
    await play.ben.says(f"@logbackup incident {play.number(alert)}")
    shown = await play.expect_reply(play.last_said, "crm/mails", "Call it over")
    await play.ben.presses("Call it over", on=shown)
    await play.ben.expect("Called over: incident", "crm/mails")
    await play.expect_reply(alert, "ben called it over.")
    over = await play.expect_edit(alert, "over, incident")
    assert "Silence…" not in play.labels(over)
    await play.polled(3)
    await play.anna.types("/logbackup status crm/mails")
    await play.anna.expect("Nothing that is watched is called “crm/mails”")
    await play.anna.types(f"/logbackup resolve {play.number(alert)}")
    await play.anna.expect("has been over since", "nothing was changed")


async def test_a_delay_that_is_normal_now(play: Play) -> None:
    await play.anna.types("/logbackup normal shop/cart")
    await play.anna.expect("Taken for normal: shop/cart")
