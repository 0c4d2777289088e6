"""What lies at hand between polls: the present incident of each subject, and all that a message speaks of."""

from dataclasses import replace

from bot.domain.incident import IncidentNumber
from bot.operations.desk import Desk
from tests.domain.test_incident import BROKEN, opened
from tests.fakes.listed_source import PAY
from tests.operations.operations_stage import Stage, both, broken, shown, well


def test_of_a_subject_the_latest_incident_is_the_present_one() -> None:
    """An old one that is laid out again, as a message speaks of it, does not take its place."""
    desk = Desk()
    first = replace(opened(BROKEN), number=IncidentNumber(1))
    second = replace(first, number=IncidentNumber(2))
    for incident in (second, first):
        desk.put(incident)
    assert list(desk.incidents.values()) == [second]
    assert set(desk.known) == {1, 2}


async def test_after_a_restart_what_a_message_speaks_of_is_at_hand_though_it_is_over() -> None:
    """The greeting counts it on: two were broken, one is over."""
    stage = Stage()
    since = stage.clock.now()
    stage.source.rows[PAY] = broken("orders", "ledger", since=since)
    await stage.poll()
    stage.source.rows[PAY] = both(broken("orders", since=since), well("ledger"))
    await stage.poll(20)
    await stage.restart()
    assert len(stage.state.desk.known) == 2
    assert len(stage.state.desk.incidents) == 1
    await stage.poll()
    (greeting,) = stage.parents()
    assert "pay/orders" in shown(greeting)


async def test_what_changes_at_once_of_one_message_is_one_reply_the_gravest_first() -> None:
    stage = Stage()
    since = stage.clock.now()
    stage.source.rows[PAY] = both(broken("orders", "ledger", since=since), well("cart"))
    await stage.poll()
    (greeting,) = stage.parents()
    stage.source.rows[PAY] = well("orders", "ledger", "cart")
    await stage.poll(20)
    (reply,) = stage.replies(greeting)
    assert "2" in reply.message.text
    assert "over" in reply.message.text.lower()
    stage.source.rows[PAY] = both(broken("orders", "ledger", since=stage.clock.now()), well("cart"))
    await stage.poll(2)
    again = stage.replies(greeting)[1:]
    assert len(again) == 1
    assert "pay/orders" in str(again[0].message.blocks) + again[0].message.text
