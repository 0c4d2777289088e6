"""A restart at any point neither repeats nor forgets nor alarms."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.incident import Change
from bot.domain.problem import Problem, Severity
from bot.domain.thresholds import Thresholds
from bot.errors import SlackTemporary, SourceTimeout
from bot.operations.watch_tasks import poll, put_by
from bot.storage.database import open_database
from tests.fakes.listed_source import PAY, PROD, SHOP, task, teeth
from tests.fakes.memory_store import MemoryStore
from tests.operations.operations_stage import POLL, Stage, both, broken, shown, well

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["memory", "sqlite"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """Set the stage on a store in memory, and on a real database."""
    if request.param == "memory":
        yield Stage(MemoryStore())
        return
    database = await open_database(f"sqlite:///{tmp_path}/bot.sqlite3")
    yield Stage(database)
    await database.close()


async def test_a_story_with_a_restart_after_every_poll_is_told_once(stage: Stage) -> None:
    async def polled(times: int) -> list[tuple[str, Change]]:
        changes = []
        for _ in range(times):
            changes += await stage.changes()
            await stage.restart()
        return changes

    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    assert await polled(3) == [("pay/orders", Change.OPENED)]
    stage.source.rows[PAY] = broken("orders", "ledger", since=stage.clock.now())
    assert await polled(3) == [("pay/ledger", Change.OPENED)]
    stage.source.rows[PAY] = well("orders", "ledger")
    assert sorted(await polled(9)) == [("pay/ledger", Change.RESOLVED), ("pay/orders", Change.RESOLVED)]
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    assert await polled(2) == [("pay/orders", Change.REOPENED)]
    greeting, alert = stage.parents()
    assert [shown(one).splitlines()[0] for one in stage.replies(greeting)] == [
        "🟢 Over: pay/orders, log backup is well again (incident 1)",
        "🔴 Trouble again: pay/orders, log backup has failed (critical, incident 1)",
    ]
    assert [shown(one).splitlines()[0] for one in stage.replies(alert)] == [
        "🟢 Over: pay/ledger, log backup is well again (incident 2)"
    ]
    assert "pay/orders" in shown(greeting)


async def test_what_the_rules_remember_is_caught_up_from_the_stored_observations(stage: Stage) -> None:
    """It is saved every five minutes only; a restart in between knows as much as before."""
    stage.source.rows[PAY] = well("orders", "ledger")
    stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    await stage.poll(7)
    before = stage.remembered
    read_at = stage.state.last_read_at
    await stage.restart()
    assert stage.remembered == before
    assert len(before) == 3
    assert stage.state.last_read_at == read_at


async def kept(stage: Stage) -> dict[str, bytes | None]:
    return {
        record.task.key.text: record.memory
        for cluster in await stage.store.clusters(PROD)
        for record in cluster.tasks
    }


async def test_what_is_put_by_before_a_stop_need_not_be_caught_up_with(stage: Stage) -> None:
    stage.source.rows[PAY] = well("orders", "ledger")
    stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    await put_by(stage.state, stage.watching)
    assert await stage.store.fact("memory/prod") is None, "nothing was read yet"
    await stage.poll(7)
    before, read_at = stage.remembered, stage.state.last_read_at
    assert await kept(stage) != before
    await put_by(stage.state, stage.watching)
    assert await kept(stage) == before
    await stage.restart()
    assert stage.remembered == before
    assert stage.state.last_read_at == read_at
    put_by_at = await stage.store.fact("memory/prod")
    await stage.poll()
    assert await stage.store.fact("memory/prod") == put_by_at, "it is not old yet"
    assert await stage.store.facts("tasks/") == {}
    await stage.poll(10)
    assert await stage.store.facts("tasks/") != {}
    await stage.poll(111)
    assert await stage.store.fact("memory/prod") != put_by_at


async def test_what_was_kept_by_a_clock_ahead_of_ours_is_kept_anew(stage: Stage) -> None:
    stage.source.rows[PAY] = well("orders")
    await stage.poll()
    ahead = (stage.clock.now() + timedelta(hours=1)).isoformat()
    async with stage.store.writing() as session:
        await session.keep_fact("memory/prod", ahead)
    await stage.restart()
    await stage.poll()
    assert await stage.store.fact("memory/prod") != ahead


async def test_who_lost_the_lease_puts_nothing_by(stage: Stage) -> None:
    stage.source.rows[PAY] = well("orders")
    await stage.poll(3)
    before = await kept(stage)
    await put_by(stage.state, replace(stage.watching, fence=lambda: ("watch/prod", 7)))
    assert await kept(stage) == before


async def test_a_restart_in_the_middle_of_long_teeth_alarms_nobody(stage: Stage) -> None:
    stage.limits = Thresholds()
    slow = timedelta(minutes=20)
    stage.source.rows[PAY] = lambda at: [task("orders", checkpoint=teeth(at, slow))]
    changes = []
    for polls in (121, 43, 7, 29):
        changes += await stage.changes(polls)
        await stage.restart()
    assert changes == []
    assert len(stage.everything()) == 1


async def test_a_pause_of_the_bot_itself_is_no_delay(stage: Stage) -> None:
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll(60)
    await stage.restart()
    assert await stage.changes(1, timedelta(hours=9)) == []
    assert await stage.changes(20) == []


async def test_an_observation_of_a_cluster_that_is_not_known_is_passed_over(stage: Stage) -> None:
    stage.source.rows[PAY] = well("orders")
    stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    await stage.poll(2)
    async with stage.store.writing() as session:
        await session.keep_clusters(PAY.source, [PAY])
    await stage.restart()
    assert set(stage.state.clusters) == {PAY.id}


async def test_what_was_owed_at_the_end_is_sent_by_the_next_start(stage: Stage) -> None:
    stage.source.rows[PAY] = well("orders")
    await stage.poll()
    stage.messenger.failing = lambda *_: SlackTemporary("Slack is away.", code="unreachable")
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    await stage.poll()
    assert len(stage.everything()) == 1
    await stage.restart()
    stage.messenger.failing = lambda *_: None
    stage.clock.advance(MINUTE)
    await stage.deliver()
    assert len(stage.everything()) == 2
    await stage.poll()
    assert len(stage.parents()) == 2


async def test_a_restart_between_keeping_and_sending_sends_once(stage: Stage) -> None:
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    await poll(stage.state, stage.watching)
    await stage.restart()
    await poll(stage.state, stage.watching)
    await stage.deliver()
    assert len(stage.parents()) == 1


async def test_an_outage_does_not_look_younger_after_a_restart(stage: Stage) -> None:
    stage.source.rows[PAY] = well("orders")
    stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    await stage.poll()
    stage.source.rows[SHOP] = SourceTimeout("It took too long.", trace_id="t1")
    began = stage.clock.now() + POLL
    changes = await stage.changes(30)
    assert changes == [("shop", Change.OPENED), ("shop", Change.WORSENED)]
    await stage.restart()
    unread = stage.state.clusters[SHOP.id].unread
    assert unread is not None
    assert (unread.since, unread.last.sentence, unread.last.trace_id) == (began, "It took too long.", "t1")
    assert await stage.changes(6) == []
    (incident,) = await stage.store.open_incidents()
    assert (incident.problem, incident.severity) == (Problem.UNREACHABLE, Severity.CRITICAL)


async def test_the_outage_of_a_whole_source_goes_on_too(stage: Stage) -> None:
    stage.source.rows[PAY] = well("orders")
    await stage.poll()
    stage.source.rows[PAY] = SourceTimeout("It took too long.")
    assert await stage.changes(30) == [("prod", Change.OPENED), ("prod", Change.WORSENED)]
    await stage.restart()
    assert stage.state.unread is not None
    assert stage.state.unread.polls >= 29
    assert await stage.changes(6) == []
    stage.source.rows[PAY] = well("orders")
    assert await stage.changes(2) == [("prod", Change.RESOLVED)]


async def test_a_task_that_is_not_listed_keeps_its_count(stage: Stage) -> None:
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll()
    stage.source.rows[PAY] = well("ledger")
    assert await stage.changes(2) == []
    await stage.restart()
    assert await stage.changes() == [("pay/orders", Change.OPENED)]


async def test_what_was_first_read_before_the_restart_is_no_newcomer(stage: Stage) -> None:
    stage.source.rows[PAY] = well("orders")
    await stage.poll()
    await stage.restart()
    stage.source.rows[PAY] = both(well("orders"), broken("ledger", since=stage.clock.now()))
    await stage.poll()
    assert "Log backup has failed: pay/ledger" in shown(stage.parents()[1])


async def test_an_incident_of_a_cluster_that_is_not_known_any_more_still_ends(stage: Stage) -> None:
    stage.source.rows[PAY] = well("orders")
    stage.source.rows[SHOP] = broken("stock", since=stage.clock.now(), cluster=SHOP)
    await stage.poll()
    async with stage.store.writing() as session:
        await session.keep_clusters(PAY.source, [PAY])
    del stage.source.rows[SHOP]
    await stage.restart()
    changes = await stage.changes(6, timedelta(hours=6))
    assert changes == [
        ("shop", Change.OPENED),
        ("shop/stock", Change.RESOLVED),
        ("shop", Change.RESOLVED),
    ]


async def test_a_member_of_a_greeting_that_is_kept_no_longer_is_passed_over() -> None:
    stage = Stage()
    stage.source.rows[PAY] = broken("orders", "ledger", since=stage.clock.now())
    await stage.poll()
    ledger = await stage.incident(2)
    del stage.memory.tables.incidents[ledger.number]
    await stage.restart()
    stage.source.rows[PAY] = well("orders", "ledger")
    assert await stage.changes(6) == [("pay/orders", Change.RESOLVED)]
    assert "was already broken and is well again" in shown(stage.parents()[0])
