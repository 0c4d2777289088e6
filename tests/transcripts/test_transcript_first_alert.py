"""The first alert alone: what broke, what is at risk, where to look, who has it, how to keep it quiet."""

import pytest

from tests.transcripts.play import ALERTS, Play

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_alert_of_one_task(play: Play) -> None:
    alert = await play.breaks("pay/orders", "archive device out of space, ret=-9082")
    assert alert.text.startswith("🔴 Log backup has failed: pay/orders (critical, incident ")
    words = play.words(alert)
    for told in (
        "Log backup has failed: pay/orders",
        "archive device out of space",
        "Backed up until 2026-01-05 0",
        "what was written later cannot be restored yet.",
        "If this lasts until the database recycles its log",
        "Look at: free space on oss://pay-1000005-orders/log",
        "(Details has what to run, ready to copy)",
        "Nobody has taken it yet: Acknowledge stops reminding everybody.",
        "Acknowledge",
        "Silence…",
    ):
        assert told in words
    await play.anna.presses("Details", on=alert)
    await play.anna.expect("The storage is full", "COMMENT", "FROM oceanbase.CDB_OB_ARCHIVELOG")


async def test_the_alert_of_what_broke_together(play: Play) -> None:
    play.begin()
    now = play.living.clock.now()
    for tenant in ("keys", "seals", "locks"):
        play.fleet.interrupt(f"vault/{tenant}", now)
    alert = await play.expect_post("3 of 5 tasks that write to file:///vault", where=ALERTS)
    words = play.words(alert)
    for told in (
        "look at the storage first",
        "Look at: free space on file:///vault",
        "What the tenants of these 3 tasks wrote since 2026-01-05 0",
        "cannot be restored yet",
        "Nobody has taken it yet: Acknowledge stops reminding everybody.",
        "vault/keys is interrupted",
        "Silence…",
    ):
        assert told in words
