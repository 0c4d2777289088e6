"""One incident, one message: what a channel sees while something breaks, worsens, eases and mends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incident import Change, Lifecycle
from bot.domain.notification import Channel
from bot.domain.routing import Route
from bot.domain.task import Task
from tests.fakes.listed_source import PAY, task, teeth
from tests.operations.operations_stage import ALERTS, POLL, Stage, behind, both, broken, shown, well

MINUTE = timedelta(minutes=1)


async def greeted(stage: Stage) -> None:
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll()


def first_line(text: str) -> str:
    return text.splitlines()[0]


@pytest.mark.parametrize("status", ["FAILED", "INTERRUPTED"])
async def test_a_broken_task_is_posted_once(status: str) -> None:
    stage = Stage()
    await greeted(stage)
    stage.source.rows[PAY] = both(
        broken("orders", since=stage.clock.now(), status=status, error="disk full"), well("ledger")
    )
    assert await stage.changes() == [("pay/orders", Change.OPENED)]
    _, alert = stage.everything()
    assert "pay/orders" in shown(alert)
    assert "critical" in shown(alert)
    assert await stage.changes() == []
    assert stage.everything()[1:] == [alert]
    assert not alert.edits, "half a minute more is no news"
    audit = await stage.store.audit((await stage.incident(1)).number)
    assert [entry.what for entry in audit] == ["opened"]


async def test_a_delay_that_moves_on_edits_the_message_by_a_minute_and_by_a_tenth() -> None:
    stage = Stage()
    await greeted(stage)
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await stage.poll()
    alert = stage.everything()[1]
    edits = []
    for _ in range(60):
        await stage.poll()
        edits.append(len(alert.edits))
    assert edits[:4] == [0, 1, 1, 2]
    late = [after - before for before, after in zip(edits[-20:], edits[-19:], strict=False)]
    assert sum(late) <= 5, "at half an hour of delay a tenth is three minutes, six polls"
    assert stage.parents()[1:] == [alert]
    assert stage.replies(alert) == []


async def test_getting_worse_edits_the_message_and_tells_the_channel() -> None:
    stage = Stage()
    await greeted(stage)
    stage.source.rows[PAY] = both(behind(11 * MINUTE), well("ledger"))
    assert ("pay/orders", Change.OPENED) in await stage.changes(3)
    alert = stage.everything()[1]
    assert "warning" in shown(alert)
    stage.source.rows[PAY] = both(
        broken("orders", since=stage.clock.now() - 11 * MINUTE, status="INTERRUPTED"), well("ledger")
    )
    assert await stage.changes() == [("pay/orders", Change.WORSENED)]
    assert stage.parents()[1:] == [alert], "one task, one incident, one message"
    assert "critical" in shown(alert)
    (reply,) = stage.replies(alert)
    assert first_line(shown(reply)).startswith("🔴 Worse: pay/orders")
    assert reply.broadcast


async def test_getting_better_is_told_in_the_thread_alone() -> None:
    stage = Stage()
    await greeted(stage)
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await stage.poll(24)
    alert = stage.everything()[1]
    stage.source.rows[PAY] = both(behind(11 * MINUTE), well("ledger"))
    assert await stage.changes(2) == [("pay/orders", Change.EASED)]
    (reply,) = stage.replies(alert)
    assert first_line(shown(reply)).startswith("🟠 Better: pay/orders")
    assert not reply.broadcast


async def test_the_end_says_how_long_it_lasted_and_how_bad_it_was() -> None:
    stage = Stage()
    await greeted(stage)
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await stage.poll(11)
    alert = stage.everything()[1]
    stage.source.rows[PAY] = well("orders", "ledger")
    changes = await stage.changes(8)
    assert changes == [("pay/orders", Change.RESOLVED)]
    assert "well again" in shown(alert)
    (reply,) = stage.replies(alert)
    assert "It lasted" in shown(reply)
    assert "At worst 5 min 30 s behind (critical)." in shown(reply)
    assert not reply.broadcast
    incident = await stage.incident(1)
    assert incident.lifecycle is Lifecycle.RESOLVED
    assert incident.resolved_at is not None


async def test_one_that_comes_back_within_minutes_goes_on_in_its_thread_and_says_so() -> None:
    stage = Stage()
    await greeted(stage)
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    await stage.poll()
    stage.source.rows[PAY] = well("orders", "ledger")
    assert await stage.changes(6) == [("pay/orders", Change.RESOLVED)]
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    assert await stage.changes(2) == [("pay/orders", Change.REOPENED)]
    alert = stage.parents()[1]
    assert len(stage.parents()) == 2
    assert first_line(shown(stage.replies(alert)[-1])).startswith("🔴 Trouble again: pay/orders")
    assert stage.replies(alert)[-1].broadcast
    said = str(alert.edits[-1].blocks)
    assert "and broke again since then." in said


async def test_one_that_comes_back_after_an_hour_is_new() -> None:
    stage = Stage()
    await greeted(stage)
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    await stage.poll()
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll(130)
    assert not stage.state.desk.incidents, "what is long over is not kept at hand"
    assert not stage.state.desk.posts
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    assert await stage.changes() == [("pay/orders", Change.OPENED)]
    assert len(stage.parents()) == 3
    assert (await stage.incident(2)).reopened == 0


async def test_one_of_a_greeting_that_comes_back_late_leaves_the_greeting_alone() -> None:
    """The greeting stays at hand as long as one of its members does."""
    stage = Stage()
    stage.limits = replace(stage.limits, reopen_within=timedelta(hours=3))
    began = stage.clock.now() - 5 * MINUTE
    stage.source.rows[PAY] = broken("orders", "ledger", since=began)
    await stage.poll()
    stage.source.rows[PAY] = both(well("orders"), broken("ledger", since=began))
    await stage.poll(140)
    (greeting,) = stage.parents()
    assert set(stage.state.desk.known) == {1, 2}
    assert "1 task is broken already" in shown(greeting)
    stage.source.rows[PAY] = broken("orders", "ledger", since=began)
    assert ("pay/orders", Change.REOPENED) in await stage.changes()
    assert stage.parents() == [greeting]
    assert "Trouble again: pay/orders" in shown(stage.replies(greeting)[-1])


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        pytest.param(("INTERRUPTED", None), ("FAILED", None), "has failed", id="another status"),
        pytest.param(("FAILED", None), ("FAILED", "disk full"), "disk full", id="an error message"),
    ],
)
async def test_another_reason_for_the_same_problem_edits_the_message(
    first: tuple[str, str | None], then: tuple[str, str | None], said: str
) -> None:
    stage = Stage()
    await greeted(stage)
    began = stage.clock.now()
    stage.source.rows[PAY] = broken("orders", since=began, status=first[0], error=first[1])
    await stage.poll()
    alert = stage.everything()[1]
    stage.source.rows[PAY] = broken("orders", since=began, status=then[0], error=then[1])
    assert await stage.changes() == []
    assert said in str(alert.edits[-1].blocks) + shown(alert)
    assert stage.replies(alert) == []


async def test_a_break_in_the_recovery_window_is_shown_when_it_is_known() -> None:
    """After INTERRUPTED the task is set up anew: what lies between cannot be restored."""
    stage = Stage()
    await greeted(stage)
    began = stage.clock.now()
    stage.source.rows[PAY] = broken("orders", since=began, status="INTERRUPTED")
    await stage.poll(10)
    alert = stage.everything()[1]
    anew = stage.clock.now()

    def rows(at: object) -> list[Task]:
        del at
        now = stage.clock.now()
        return [replace(task(checkpoint=max(anew + POLL, teeth(now))), created_at=anew)]

    stage.source.rows[PAY] = rows
    await stage.poll(8)
    assert (await stage.incident(1)).gap is not None
    assert "is lost for good" in str([edit.blocks for edit in alert.edits])


async def test_what_is_pending_is_not_spoken_of_and_may_never_have_been() -> None:
    stage = Stage()
    await greeted(stage)
    stage.limits = replace(stage.limits, pending=MINUTE)
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    assert await stage.changes() == []
    assert (await stage.incident(1)).lifecycle is Lifecycle.PENDING
    stage.source.rows[PAY] = well("orders", "ledger")
    assert await stage.changes(8) == []
    assert len(stage.everything()) == 1
    assert await stage.store.incidents() == ()
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    assert await stage.changes(3) == [("pay/orders", Change.OPENED)]
    assert len(stage.parents()) == 2


async def test_an_incident_is_shown_in_every_channel_it_is_routed_to() -> None:
    stage = Stage()
    await greeted(stage)
    bills, bills_id = Channel("bills"), Channel("C00000002")
    stage.messenger.names["bills"] = bills_id
    stage.routes = (Route(ALERTS, continues=True), Route(bills))
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    await stage.poll()
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll(6)
    (copy,) = stage.parents(bills_id)
    assert "well again" in shown(copy)
    assert len(stage.replies(copy, bills_id)) == 1


async def test_ocps_clock_may_be_wrong_without_moving_the_times_people_see() -> None:
    stage = Stage()
    stage.source.behind = timedelta(hours=3)
    await greeted(stage)
    began = stage.clock.now()
    stage.source.rows[PAY] = broken("orders", since=began - stage.source.behind)
    await stage.poll()
    incident = await stage.incident(1)
    assert incident.since == stage.clock.now()
    assert incident.checkpoint == began


async def test_a_cluster_that_lost_all_its_tasks_says_when_in_our_clock() -> None:
    stage = Stage()
    stage.source.behind = timedelta(hours=3)
    await greeted(stage)
    last = stage.clock.now()
    stage.source.rows[PAY] = lambda _: []
    assert await stage.changes(4) == [("pay", Change.OPENED)]
    assert (await stage.incident(1)).since == last


async def test_a_tenant_that_vanished_is_missing_and_is_forgotten_by_nobody() -> None:
    stage = Stage()
    await greeted(stage)
    stage.source.rows[PAY] = well("ledger")
    assert await stage.changes(3) == [("pay/orders", Change.OPENED)]
    assert "no longer listed" in shown(stage.everything()[1])
    stage.source.rows[PAY] = well("orders", "ledger")
    assert await stage.changes(6) == [("pay/orders", Change.RESOLVED)]


async def test_a_changed_destination_is_not_missing() -> None:
    stage = Stage()
    await greeted(stage)
    stage.source.rows[PAY] = lambda at: [
        task("orders", destination="file:///elsewhere", checkpoint=teeth(at)),
        task("ledger", checkpoint=teeth(at)),
    ]
    assert await stage.changes(6) == []
    kept = [record.task.key.destination for record in stage.memory.tables.tasks.values()]
    assert sorted(filter(None, kept)) == ["file:///elsewhere", "file:///obbackup/"]


async def test_every_cycle_is_one_line_and_every_transition_another() -> None:
    stage = Stage()
    await greeted(stage)
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    await stage.poll(2)
    about = [event for event in stage.journal.names() if event != "delivered"]
    assert about == ["poll", "incident opened", "poll", "poll"]
    assert stage.rung == 3
