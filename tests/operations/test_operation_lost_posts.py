"""An alert whose fate is unknown is looked for; where it does not stand, people get the present state."""

from datetime import timedelta

from bot.errors import SlackPermanent, SlackTemporary
from tests.fakes.listed_source import PAY
from tests.operations.operations_stage import POLL, Stage, both, broken, shown, well

NO_ANSWER = SlackTemporary("The connection broke.", code="no_answer", outcome_unknown=True)
NO_SCOPE = SlackPermanent("The bot may not read the channel.", code="missing_scope")
QUARTER = timedelta(minutes=15)


async def failing_into_the_dark(stage: Stage) -> None:
    """Greet, then let two tasks fail while nobody knows what becomes of a post."""
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll()
    stage.messenger.failing = lambda method, _: NO_ANSWER if method in {"post", "find"} else None
    stage.source.rows[PAY] = broken("orders", "ledger", since=stage.clock.now())
    await stage.poll(4)
    assert len(stage.everything()) == 1, "nothing but the greeting stands"


async def test_what_began_and_ended_in_the_dark_comes_as_one_line() -> None:
    stage = Stage()
    await failing_into_the_dark(stage)
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll(4)
    stage.messenger.failing = lambda *_: None
    await stage.poll(2, QUARTER)
    _, line = stage.everything()
    assert "2 incidents began and were over again" in shown(line)
    assert "pay/orders" in shown(line)
    assert "pay/ledger" in shown(line)
    assert await stage.store.outbox_depth() == 0


async def test_what_still_burns_after_the_dark_is_told_as_it_is_now_and_by_no_edit() -> None:
    stage = Stage()
    await failing_into_the_dark(stage)
    stage.source.rows[PAY] = both(
        broken("orders", since=stage.clock.now() - 4 * POLL, status="INTERRUPTED"), well("ledger")
    )
    await stage.poll(4)
    stage.messenger.failing = lambda *_: None
    await stage.poll(2, QUARTER)
    alert = next(one for one in stage.parents()[1:] if "pay/orders" in one.message.text)
    assert "interrupted" in alert.message.text, "it was posted as it is, not as it was"
    assert "Better" not in "".join(shown(one) for one in stage.replies(alert))
    assert await stage.store.outbox_depth() == 0


async def test_an_alert_that_was_accepted_in_the_dark_is_edited_to_its_end() -> None:
    stage = Stage()
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll()
    stage.messenger.after = lambda method, _: NO_ANSWER if method == "post" else None
    stage.messenger.failing = lambda method, _: NO_ANSWER if method == "find" else None
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await stage.poll(2)
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll(4)
    stage.messenger.after = stage.messenger.failing = lambda *_: None
    await stage.poll(2, QUARTER)
    (alert,) = stage.parents()[1:]
    assert "well again" in shown(alert)
    (reply,) = stage.replies(alert)
    assert shown(reply).startswith("🟢 Over: pay/orders")


async def test_where_the_channel_cannot_be_read_the_alert_and_its_end_are_posted() -> None:
    """It may stand already: one too many is better than one that stays as it was."""
    stage = Stage()
    await failing_into_the_dark(stage)
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll(4)
    stage.messenger.failing = lambda method, _: NO_SCOPE if method == "find" else None
    await stage.poll(2, QUARTER)
    alert, line = stage.parents()[1:]
    assert "well again: pay/orders" in shown(alert)
    (reply,) = stage.replies(alert)
    assert shown(reply).startswith("🟢 Over: pay/orders")
    assert "pay/ledger" in shown(line), "this one was never tried"
    assert "pay/orders" not in shown(line)
