"""The first poll of a source: one message with what is broken, never a volley."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incident import Change
from bot.domain.maintenance import MaintenanceWindow, Once
from bot.domain.naming import Scope
from bot.domain.notification import Channel, GreetingContent
from bot.domain.routing import Route, Selector
from bot.domain.silence import Matcher
from bot.domain.task import Cluster, ClusterId
from bot.errors import SourceUnreachable
from bot.operations.tend_silences import tend_silences
from tests.fakes.listed_source import PAY, PROD, SHOP, task, teeth
from tests.operations.operations_stage import ALERTS, ID, POLL, Stage, both, broken, shown, well

CRM = Cluster(PROD, ClusterId(3), "crm")


async def test_what_is_broken_at_the_start_is_one_message_and_not_a_volley() -> None:
    stage = Stage()
    began = stage.clock.now() - timedelta(minutes=20)
    stage.source.rows[PAY] = broken("orders", "ledger", "cart", since=began)
    stage.source.rows[SHOP] = broken("stock", since=began, cluster=SHOP)
    assert await stage.changes() == [
        ("pay/orders", Change.OPENED),
        ("pay/ledger", Change.OPENED),
        ("pay/cart", Change.OPENED),
        ("shop/stock", Change.OPENED),
    ]
    (greeting,) = stage.everything()
    said = shown(greeting)
    assert "Now watching log backup of OCP prod: 2 clusters · 4 tasks" in said
    assert all(name in said for name in ("pay/orders", "pay/ledger", "pay/cart", "shop/stock"))
    await stage.poll(1, timedelta(seconds=1))
    assert stage.everything() == [greeting]


async def test_a_healthy_source_is_greeted_too_once_and_for_all() -> None:
    stage = Stage()
    stage.source.rows[PAY] = well("orders")
    await stage.poll(5)
    (greeting,) = stage.everything()
    assert "Nothing is wrong" in shown(greeting)
    assert not greeting.edits
    await stage.restart()
    await stage.poll(2)
    assert stage.everything() == [greeting]


async def test_a_pending_period_does_not_turn_the_greeting_into_a_volley() -> None:
    """What is broken when the watch begins has not just begun: there is nothing to wait for."""
    stage = Stage()
    stage.limits = replace(stage.limits, pending=timedelta(minutes=1))
    stage.source.rows[PAY] = broken("orders", "ledger", since=stage.clock.now())
    await stage.poll()
    (greeting,) = stage.everything()
    assert "pay/orders" in shown(greeting)
    assert "pay/ledger" in shown(greeting)
    stage.source.rows[PAY] = broken("orders", "ledger", "cart", since=stage.clock.now())
    assert await stage.changes() == []
    assert await stage.changes(2) == [("pay/cart", Change.OPENED)]


async def test_a_source_that_cannot_be_read_at_first_is_greeted_once_it_is() -> None:
    stage = Stage()
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    stage.source.listing = SourceUnreachable("OCP prod cannot be reached.")
    assert await stage.changes(6) == [("prod", Change.OPENED)]
    (alert,) = stage.everything()
    assert "OCP prod gives no answer" in shown(alert)
    stage.source.listing = None
    assert await stage.changes(2) == [("pay/orders", Change.OPENED), ("prod", Change.RESOLVED)]
    greetings = [one for one in stage.parents() if "Now watching" in shown(one)]
    assert len(greetings) == 1
    assert "pay/orders" in shown(greetings[0])


async def test_a_cluster_that_comes_later_with_broken_tasks_makes_one_message() -> None:
    stage = Stage()
    stage.source.rows[PAY] = well("orders")
    await stage.poll()
    stage.source.rows[SHOP] = broken("stock", "cart", since=stage.clock.now(), cluster=SHOP)
    stage.source.rows[CRM] = well("mail", cluster=CRM)
    assert await stage.changes(11) == [("shop/stock", Change.OPENED), ("shop/cart", Change.OPENED)]
    greeting, late = stage.parents()
    assert "shop" in shown(late)
    assert "pay" not in shown(late)
    assert "Now watching log backup of shop of OCP prod: 2 tasks" in shown(late)
    assert not greeting.edits
    stage.source.rows[SHOP] = both(
        well("stock", cluster=SHOP), broken("cart", since=stage.clock.now(), cluster=SHOP)
    )
    await stage.poll(6)
    assert "🟢 *shop/stock* is well again · incident 1" in shown(late)
    assert [shown(reply).splitlines()[0] for reply in stage.replies(late)] == [
        "🟢 Over: shop/stock, log backup is well again (incident 1)"
    ]


async def test_a_cluster_that_cannot_be_read_at_first_has_a_message_of_its_own_later() -> None:
    stage = Stage()
    stage.source.rows[PAY] = well("orders")
    stage.source.rows[SHOP] = SourceUnreachable("It is away.")
    await stage.poll()
    stage.source.rows[SHOP] = broken("stock", "cart", since=stage.clock.now(), cluster=SHOP)
    await stage.poll()
    assert len(stage.parents()) == 2
    assert "shop/stock" in shown(stage.parents()[1])
    assert "shop/cart" in shown(stage.parents()[1])


async def test_members_of_a_greeting_change_it_and_speak_in_its_thread() -> None:
    stage = Stage()
    began = stage.clock.now() - timedelta(minutes=20)
    stage.source.rows[PAY] = broken("orders", "ledger", since=began)
    await stage.poll()
    (greeting,) = stage.everything()
    stage.source.rows[PAY] = both(well("orders"), broken("ledger", since=began))
    await stage.poll(6)
    assert stage.parents() == [greeting]
    assert "🟢 *pay/orders* is well again · incident 1" in shown(greeting)
    assert [shown(reply).splitlines()[0] for reply in stage.replies(greeting)] == [
        "🟢 Over: pay/orders, log backup is well again (incident 1)"
    ]
    stage.source.rows[PAY] = broken("orders", "ledger", since=stage.clock.now())
    await stage.poll()
    assert "2 tasks of cluster pay are broken already" in shown(greeting)
    assert "Trouble again: pay/orders" in shown(stage.replies(greeting)[-1])
    assert stage.replies(greeting)[-1].broadcast


async def test_a_greeting_is_edited_once_a_poll_however_many_members_move() -> None:
    stage = Stage()
    stage.source.rows[PAY] = broken("a", "b", "c", "d", since=stage.clock.now() - timedelta(minutes=5))
    await stage.poll()
    await stage.poll(1, timedelta(minutes=2))
    (greeting,) = stage.everything()
    assert len(greeting.edits) == 1


async def test_routes_share_a_greeting_out_and_each_channel_sees_its_own() -> None:
    stage = Stage()
    bills, bills_id = Channel("bills"), Channel("C00000002")
    stage.messenger.names["bills"] = bills_id
    stage.routes = (Route(ALERTS, continues=True), Route(bills, Selector(Scope(tenant="ledger"))))
    began = stage.clock.now() - timedelta(minutes=20)
    stage.source.rows[PAY] = broken("orders", "ledger", since=began)
    await stage.poll()
    (everywhere,), (only_bills,) = stage.everything(ID), stage.everything(bills_id)
    assert "pay/orders" in shown(everywhere)
    assert "pay/ledger" in shown(everywhere)
    assert "pay/orders" not in shown(only_bills)
    stage.source.rows[PAY] = both(well("orders"), broken("ledger", since=began))
    await stage.poll(6)
    assert "Over: pay/orders" in shown(stage.replies(everywhere)[0])
    assert stage.replies(only_bills, bills_id) == []
    assert "pay/ledger" in shown(only_bills)
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll(6)
    assert "*pay/orders* was already broken and is well again" in shown(everywhere)
    assert "*pay/ledger* was already broken and is well again" in shown(only_bills)


@pytest.mark.parametrize("polls", [1, 5])
async def test_a_source_without_any_cluster_is_told_and_not_greeted(polls: int) -> None:
    """A login that may see no cluster gets an empty list: silence would pass for health."""
    stage = Stage()
    await stage.poll(1)
    assert stage.state.unread is not None
    assert "lists no cluster" in stage.state.unread.last.sentence
    stage.clock.advance(polls * POLL)
    await stage.poll(6)
    (alert,) = stage.parents()
    assert "OCP prod gives no answer" in shown(alert)
    stage.source.rows[PAY] = lambda at: [task(checkpoint=teeth(at))]
    await stage.poll(3)
    assert "Now watching log backup of OCP prod: 1 cluster" in shown(stage.parents()[1])
    assert "answers again" in shown(alert)


async def test_a_channel_for_which_all_is_silenced_at_the_start_is_not_greeted() -> None:
    """Only the default channel is told what is watched; others hear of what is theirs."""
    stage = Stage()
    stage.messenger.names["bills"] = Channel("C00000002")
    stage.routes = (Route(Channel("bills"), Selector(Scope(cluster="pay"))),)
    now = stage.clock.now()
    everything = Matcher(Scope(name="*"))
    stage.windows = (MaintenanceWindow("move", everything, Once(now, now + timedelta(hours=1))),)
    await tend_silences(stage.tending)
    stage.source.rows[PAY] = broken("orders", since=now)
    await stage.poll()
    assert [one for one in stage.parents() if "Now watching" in shown(one)]
    assert stage.everything(Channel("C00000002")) == []


async def test_a_greeting_says_from_when_on_nothing_can_be_restored_by_all_of_its_members() -> None:
    stage = Stage()
    start = stage.clock.now()
    stage.source.rows[PAY] = both(
        broken("orders", "ledger", since=start), broken("cart", since=start - timedelta(hours=5))
    )
    await stage.poll()
    (row,) = stage.memory.tables.outbox.values()
    assert isinstance(row.notification.content, GreetingContent)
    assert row.notification.content.shipped_until == start - timedelta(hours=5)
    (greeting,) = stage.everything()
    assert "What the tenants of these 3 tasks wrote since " in str(greeting.message.blocks)
    assert "'value': 'ack source:prod'" in str(greeting.message.blocks)
