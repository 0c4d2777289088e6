"""What cannot be read resolves nothing, opens its own incident and ends with it."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.incident import Change, Lifecycle
from bot.domain.notification import Reason
from bot.domain.problem import Problem
from bot.domain.roster import DROPPED_AFTER, UNLISTED
from bot.domain.task import Cluster, ClusterId
from bot.errors import LoginRefused, PermissionMissing, SourceBroken, SourceTimeout
from tests.fakes.listed_source import PAY, PROD, SHOP, task, teeth
from tests.operations.operations_stage import POLL, Stage, both, broken, shown, well

MINUTE = timedelta(minutes=1)
AWAY = SourceTimeout("OCP prod does not answer.", trace_id="abc")


async def two_clusters(stage: Stage) -> None:
    stage.source.rows[PAY] = well("orders")
    stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    await stage.poll()


async def test_a_source_is_told_after_two_polls_and_two_minutes() -> None:
    stage = Stage()
    await two_clusters(stage)
    stage.source.rows[PAY] = stage.source.rows[SHOP] = AWAY
    assert await stage.changes(4) == []
    assert await stage.changes(1) == [("prod", Change.OPENED)]
    assert "OCP prod gives no answer" in shown(stage.parents()[1])
    stage.source.rows[PAY] = well("orders")
    stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    assert await stage.changes(2) == [("prod", Change.RESOLVED)]
    assert "answers again" in shown(stage.replies(stage.parents()[1])[0])


async def test_a_source_that_is_away_for_a_moment_is_nobodys_business() -> None:
    stage = Stage()
    await two_clusters(stage)
    stage.source.rows[PAY] = stage.source.rows[SHOP] = AWAY
    assert await stage.changes(3) == []
    stage.source.rows[PAY] = well("orders")
    assert await stage.changes(1) == []
    stage.source.rows[PAY] = AWAY
    assert await stage.changes(3) == [], "the count began anew"


async def test_an_outage_resolves_nothing_and_opens_nothing_about_tasks() -> None:
    stage = Stage()
    await two_clusters(stage)
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    assert await stage.changes() == [("pay/orders", Change.OPENED)]
    stage.source.rows[PAY] = stage.source.rows[SHOP] = AWAY
    assert await stage.changes(100) == [("prod", Change.OPENED), ("prod", Change.WORSENED)]
    assert (await stage.incident(1)).lifecycle is Lifecycle.FIRING
    assert stage.replies(stage.parents()[1]) == []


async def test_one_cluster_that_fails_is_that_cluster() -> None:
    stage = Stage()
    await two_clusters(stage)
    stage.source.rows[SHOP] = SourceBroken("OCP prod failed.")
    assert await stage.changes(6) == [("shop", Change.OPENED)]
    assert "OCP prod gives no answer about shop" in shown(stage.parents()[1])
    assert stage.state.unread is None
    stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    assert await stage.changes(2) == [("shop", Change.RESOLVED)]


async def test_a_refused_login_is_told_with_what_to_do() -> None:
    stage = Stage()
    await two_clusters(stage)
    sentence = "OCP prod refused the login. Check OCP_USER and OCP_PASSWORD."
    stage.source.listing = LoginRefused(sentence)
    stage.source.rows[PAY] = stage.source.rows[SHOP] = LoginRefused(sentence)
    assert await stage.changes(5) == [("prod", Change.OPENED)]
    assert sentence in str(stage.parents()[1].message.blocks)


async def test_an_outage_that_turns_into_a_refused_login_is_shown() -> None:
    stage = Stage()
    await two_clusters(stage)
    stage.source.rows[PAY] = stage.source.rows[SHOP] = AWAY
    await stage.poll(5)
    alert = stage.parents()[1]
    stage.source.rows[PAY] = stage.source.rows[SHOP] = LoginRefused("OCP prod refused the login.")
    assert await stage.changes() == []
    assert "refused the login" in str(alert.edits[-1].blocks)
    edits = len(alert.edits)
    await stage.poll(3)
    assert len(alert.edits) == edits, "the count of failed polls is no news"


async def test_a_list_of_clusters_that_cannot_be_read_stops_nothing_while_one_is_known() -> None:
    stage = Stage()
    await two_clusters(stage)
    stage.source.listing = PermissionMissing("The login may not list clusters.")
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    assert await stage.changes(24) == [("pay/orders", Change.OPENED)]
    assert stage.state.unread is None
    assert stage.state.troubles == (
        "OCP prod is read as it was listed last: The login may not list clusters.",
    )


async def test_a_cluster_of_the_settings_that_nobody_knows_is_told() -> None:
    stage = Stage()
    stage.source.unresolved_clusters = ("OCP prod lists no cluster named crm.",)
    await two_clusters(stage)
    assert stage.state.troubles == ("OCP prod lists no cluster named crm.",)


async def test_what_cannot_be_read_is_logged_when_that_changes_and_not_with_every_poll() -> None:
    stage = Stage()
    await two_clusters(stage)
    stage.source.rows[SHOP] = AWAY
    await stage.poll(5)
    stage.source.rows[SHOP] = SourceBroken("OCP prod failed.")
    await stage.poll(5)
    stage.source.rows[PAY] = AWAY
    await stage.poll(2)
    stage.source.rows[PAY] = well("orders")
    stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    await stage.poll(5)
    told = [
        (event, facts["what"], facts.get("reason"))
        for _, event, facts in stage.journal.events
        if event in ("not read", "read again")
    ]
    assert told == [
        ("not read", "cluster shop", "timeout"),
        ("not read", "cluster shop", "server error"),
        ("not read", "source", "timeout"),
        ("read again", "cluster shop", None),
        ("read again", "source", None),
    ]


async def test_a_list_that_is_not_complete_proves_nothing_about_who_is_absent() -> None:
    stage = Stage()
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll()
    stage.source.incomplete = True
    stage.source.rows[PAY] = well("orders")
    assert await stage.changes(10) == []
    stage.source.rows[PAY] = lambda _: []
    assert await stage.changes(10) == []


async def test_an_empty_list_of_tasks_resolves_nothing_and_is_told_of_the_cluster() -> None:
    stage = Stage()
    await two_clusters(stage)
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    await stage.poll()
    stage.source.rows[PAY] = lambda _: []
    assert await stage.changes(10) == [("pay", Change.OPENED)]
    assert (await stage.incident(1)).lifecycle is Lifecycle.FIRING
    assert (await stage.incident(2)).problem is Problem.MISSING


async def test_a_cluster_that_is_not_listed_any_more_is_told_like_one_that_cannot_be_read() -> None:
    stage = Stage()
    await two_clusters(stage)
    del stage.source.rows[SHOP]
    assert await stage.changes(9) == [("shop", Change.OPENED)], "the list is read every five minutes"
    assert "knows no such cluster" in str(stage.parents()[1].message.blocks)
    assert await stage.changes(2) == []
    assert (await stage.incident(1)).problem is Problem.UNREACHABLE
    assert "no longer lists this cluster" in str(stage.parents()[1].edits[-1].blocks)
    stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    assert await stage.changes(11) == [("shop", Change.RESOLVED)]
    assert stage.state.clusters[SHOP.id].unlisted_since is None


async def test_a_cluster_that_is_not_listed_for_a_day_is_taken_for_dropped() -> None:
    stage = Stage()
    await two_clusters(stage)
    stage.source.rows[SHOP] = broken("stock", since=stage.clock.now(), cluster=SHOP)
    assert await stage.changes() == [("shop/stock", Change.OPENED)]
    del stage.source.rows[SHOP]
    await stage.poll(20)
    await stage.restart()
    assert SHOP.id in stage.state.clusters, "a restart does not forget what it waits for"
    assert await stage.changes(3, DROPPED_AFTER / 4) == [("shop", Change.WORSENED)]
    changes = await stage.changes(1, DROPPED_AFTER / 4)
    assert sorted(changes) == [("shop", Change.RESOLVED), ("shop/stock", Change.RESOLVED)]
    said = [shown(one) for one in stage.everything() if one.thread_ts]
    assert [text for text in said if "No longer watched: shop/stock" in text]
    assert all("well again" not in text for text in said)
    assert set(stage.state.clusters) == {PAY.id}
    assert [record.task.key.cluster for record in stage.memory.tables.tasks.values()] == [PAY.id]
    assert stage.memory.tables.clusters[PROD] == (PAY,)
    assert await stage.changes(20) == []


async def test_a_list_that_fails_for_a_day_takes_no_cluster_for_dropped() -> None:
    stage = Stage()
    await two_clusters(stage)
    del stage.source.rows[SHOP]
    await stage.poll(12)
    stage.source.listing = AWAY
    changes = await stage.changes(30, timedelta(hours=1))
    assert ("shop", Change.RESOLVED) not in changes
    assert SHOP.id in stage.state.clusters


async def test_a_cluster_that_was_not_listed_and_then_fails_is_not_taken_for_dropped() -> None:
    stage = Stage()
    await two_clusters(stage)
    del stage.source.rows[SHOP]
    await stage.poll(12)
    unread = stage.state.clusters[SHOP.id].unread
    assert unread is not None
    assert unread.last.reason == UNLISTED
    stage.source.rows[SHOP] = AWAY
    await stage.poll(11)
    assert stage.state.clusters[SHOP.id].unlisted_since is None
    assert SHOP.id in stage.state.clusters


async def test_what_the_settings_leave_out_ends_at_once_as_that() -> None:
    stage = Stage()
    await two_clusters(stage)
    stage.source.rows[SHOP] = broken("stock", "cart", since=stage.clock.now(), cluster=SHOP)
    await stage.poll()
    stage.source.left_out.add(SHOP)
    await stage.restart()
    changes = await stage.changes()
    assert sorted(changes) == [("shop/cart", Change.RESOLVED), ("shop/stock", Change.RESOLVED)]
    for alert in stage.parents()[1:]:
        assert "No longer watched" in shown(alert)
        assert "the settings leave it out" in shown(stage.replies(alert)[0])
    reasons = {row.notification.reason for row in stage.memory.tables.outbox.values()}
    assert Reason.NOT_WATCHED in reasons
    assert Reason.RECOVERED not in reasons
    assert set(stage.state.clusters) == {PAY.id}
    await stage.restart()
    assert set(stage.state.clusters) == {PAY.id}
    assert await stage.store.open_incidents() == ()


async def test_what_the_settings_leave_out_ends_even_while_ocp_is_away() -> None:
    stage = Stage()
    stage.limits = replace(stage.limits, pending=MINUTE)
    await two_clusters(stage)
    began = stage.clock.now()
    stage.source.rows[SHOP] = broken("stock", since=began, cluster=SHOP)
    await stage.poll(4)
    stage.source.rows[SHOP] = both(
        broken("stock", since=began, cluster=SHOP), broken("cart", since=stage.clock.now(), cluster=SHOP)
    )
    await stage.poll()
    stage.source.left_out.add(SHOP)
    stage.source.listing = AWAY
    await stage.restart()
    assert await stage.changes() == [("shop/stock", Change.RESOLVED)]
    assert await stage.store.open_incidents() == (), "the one that was pending was never there"
    assert stage.memory.tables.clusters[PROD] == (PAY,)


async def test_a_cluster_that_comes_back_after_it_was_dropped_is_a_newcomer() -> None:
    stage = Stage()
    late = Cluster(PROD, ClusterId(3), "crm")
    stage.source.rows[PAY] = well("orders")
    stage.source.rows[late] = broken("mail", since=stage.clock.now(), cluster=late)
    await stage.poll()
    stage.source.left_out.add(late)
    await stage.restart()
    await stage.poll()
    stage.source.left_out.clear()
    await stage.restart()
    stage.source.rows[late] = broken("mail", "news", since=stage.clock.now(), cluster=late)
    await stage.poll(1, timedelta(hours=1))
    greeting, again = stage.parents()
    assert "no longer watched" in shown(greeting)
    assert "crm/mail" in shown(again)
    assert "crm/news" in shown(again)


async def test_a_cluster_whose_name_is_learnt_later_is_kept_under_its_id() -> None:
    stage = Stage()
    nameless = Cluster(PROD, ClusterId(9))
    stage.source.rows[nameless] = lambda at: [task("orders", cluster=nameless, checkpoint=teeth(at))]
    await stage.poll(2, POLL)
    assert [cluster.cluster.label for cluster in stage.state.clusters.values()] == ["9"]
