"""What is silenced is unspoken, never lost; and a graver incident speaks for those that it explains."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.handling import Actor, Handling, UserId
from bot.domain.incident import Change, IncidentNumber
from bot.domain.maintenance import MaintenanceWindow, Once, Weekly
from bot.domain.naming import Scope
from bot.domain.notification import Channel, Reason
from bot.domain.problem import Problem, Severity
from bot.domain.routing import Mention, Route
from bot.domain.silence import UNNUMBERED_SILENCE, Ending, Matcher, Silence, SilenceNumber
from bot.domain.weekday import Weekday
from bot.errors import SourceTimeout
from bot.operations.store_port import IncidentWrite, RevisionConflict
from bot.operations.tend_silences import tend_silences
from tests.fakes.listed_source import PAY, SHOP, task, teeth
from tests.fakes.manual_clock import START
from tests.fakes.memory_session import MemorySession
from tests.operations.operations_stage import ALERTS, ID, POLL, Stage, both, broken, shown, well

MINUTE = timedelta(minutes=1)
ANA = Actor(UserId("U1"), "Ana")
ORDERS = Matcher(scope=Scope(name="pay/orders"))


async def begun() -> Stage:
    stage = Stage()
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll()
    return stage


async def silenced(
    stage: Stage,
    matcher: Matcher = ORDERS,
    length: timedelta | None = 10 * MINUTE,
    *,
    starts_in: timedelta = timedelta(0),
    channel: Channel | None = None,
) -> Silence:
    """Silence something, as a person would."""
    now = stage.clock.now()
    starts_at = now + starts_in
    made = Silence(
        number=UNNUMBERED_SILENCE,
        matcher=matcher,
        starts_at=starts_at,
        ends_at=None if length is None else starts_at + length,
        created_at=now,
        author=ANA,
        reason="storage team is on it",
        channel=channel,
    )
    async with stage.store.writing() as session:
        kept: Silence = await session.keep_silence(made)
    return kept


async def the_silence(stage: Stage, number: SilenceNumber) -> Silence:
    found = await stage.store.silence(number)
    assert found is not None
    return found


async def polls(stage: Stage, times: int) -> None:
    """Poll and tend in turn."""
    for _ in range(times):
        await stage.poll()
        await stage.tend()


async def test_what_is_silenced_before_it_breaks_is_not_spoken_of() -> None:
    stage = await begun()
    await silenced(stage)
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    assert await stage.changes(2) == [("pay/orders", Change.OPENED)]
    assert len(stage.parents()) == 1
    assert (await stage.incident(1)).is_open


async def test_when_the_silence_ends_and_it_still_burns_there_is_a_new_alert_that_says_so() -> None:
    stage = await begun()
    silence = await silenced(stage)
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await polls(stage, 25)
    _, *told = stage.parents()
    (alert,) = [one for one in told if "pay/orders" in shown(one) and "ilence" not in shown(one)]
    assert "It was silenced until now" in str(alert.message.blocks)
    ended = await the_silence(stage, silence.number)
    assert (ended.ending, ended.muted_at is not None) == (Ending.EXPIRED, True)
    (word,) = [one for one in told if one is not alert]
    assert "Silence" in shown(word) or "silence" in shown(word)


async def test_one_that_was_told_speaks_again_in_its_thread_when_its_silence_is_over() -> None:
    stage = await begun()
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await stage.poll()
    _, alert = stage.parents()
    await silenced(stage, Matcher(numbers=(IncidentNumber(1),)))
    assert await stage.tend()
    assert "Silenced" in str(alert.edits[-1].blocks)
    stage.source.rows[PAY] = both(
        broken("orders", since=stage.clock.now(), status="INTERRUPTED"), well("ledger")
    )
    await polls(stage, 19)
    assert stage.replies(alert) == [], "what happens meanwhile is an edit"
    await polls(stage, 3)
    (reply,) = stage.replies(alert)
    assert reply.broadcast
    assert len(stage.parents()) == 2, "its own thread says it: there is no second word about the silence"


@pytest.mark.parametrize("handling", [Handling(), Handling().acknowledge(ANA, START)])
async def test_when_a_silence_ends_nobody_is_called_for_what_somebody_has(handling: Handling) -> None:
    stage = await begun()
    stage.routes = (Route(ALERTS, mentions={Severity.CRITICAL: (Mention("here"),)}),)
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await stage.poll()
    alert = stage.parents()[-1]
    incident = await stage.incident(1)
    async with stage.store.writing() as session:
        await session.keep_incidents([IncidentWrite(replace(incident, handling=handling), incident.revision)])
    await silenced(stage, Matcher(numbers=(IncidentNumber(1),)))
    await polls(stage, 22)
    (reply,) = stage.replies(alert)
    assert reply.broadcast
    assert ("<!here>" in reply.message.text) is not handling.is_taken


async def test_one_that_is_over_before_its_silence_is_never_told() -> None:
    stage = await begun()
    silence = await silenced(stage, length=30 * MINUTE)
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await polls(stage, 2)
    stage.source.rows[PAY] = well("orders", "ledger")
    await polls(stage, 45)
    assert (await the_silence(stage, silence.number)).ending is Ending.NOTHING_LEFT
    _, word = stage.parents()
    assert "pay/orders" in shown(word)


async def test_a_silence_until_resolved_ends_when_all_it_muted_is_over_and_says_so() -> None:
    stage = await begun()
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await polls(stage, 1)
    silence = await silenced(stage, Matcher(numbers=(IncidentNumber(1),)), None)
    await polls(stage, 4)
    stage.source.rows[PAY] = well("orders", "ledger")
    await polls(stage, 45)
    assert (await the_silence(stage, silence.number)).ending is Ending.RESOLVED
    assert len(stage.parents()) == 3


async def test_a_silence_for_later_is_announced_when_it_begins_and_when_it_ends() -> None:
    stage = await begun()
    bills, bills_id = Channel("bills"), Channel("C00000002")
    stage.messenger.names["bills"] = bills_id
    await silenced(stage, starts_in=5 * MINUTE, channel=bills)
    await polls(stage, 9)
    assert stage.parents(bills_id) == []
    await polls(stage, 2)
    assert len(stage.parents(bills_id)) == 1
    await polls(stage, 21)
    assert len(stage.parents(bills_id)) == 2
    assert len(stage.parents()) == 1


async def test_a_weekly_window_mutes_and_is_announced_in_its_channels_and_happens_once() -> None:
    stage = await begun()
    stage.messenger.names["bills"] = Channel("C00000002")
    start = (stage.clock.now() + 3 * MINUTE).time()
    stage.windows = (
        MaintenanceWindow(
            "patching",
            ORDERS,
            Weekly(tuple(Weekday), time(start.hour, start.minute), 10 * MINUTE, ZoneInfo("UTC")),
            reason="monthly patches",
            channels=(ALERTS, Channel("bills")),
        ),
    )
    await polls(stage, 8)
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await polls(stage, 4)
    assert [("patching" in shown(one)) for one in stage.parents()] == [False, True]
    await polls(stage, 18)
    said = [shown(one) for one in stage.parents()]
    assert len(said) == 4, "it began, it ended, and what still burns is told"
    assert len(stage.parents(Channel("C00000002"))) == 2
    await polls(stage, 10)
    assert len(stage.parents()) == 4
    assert len(await stage.store.silences(ended_since=stage.clock.now() - 60 * MINUTE)) == 1


async def test_a_window_that_another_replica_opened_meanwhile_is_left_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = await begun()
    now = stage.clock.now()
    stage.windows = (MaintenanceWindow("swap", ORDERS, Once(now, now + 5 * MINUTE)),)

    async def overtaken(_session: MemorySession, _silence: Silence) -> Silence:
        raise RevisionConflict("it is there")

    with monkeypatch.context() as patched:
        patched.setattr(MemorySession, "keep_silence", overtaken)
        assert not await stage.tend()
    assert await stage.tend()


async def test_a_silence_that_somebody_changes_at_the_same_moment_is_tended_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = await begun()
    silence = await silenced(stage, length=MINUTE)
    stage.clock.advance(2 * MINUTE)

    async def overtaken(_session: MemorySession, _silence: Silence) -> Silence:
        raise RevisionConflict("somebody was first")

    with monkeypatch.context() as patched:
        patched.setattr(MemorySession, "keep_silence", overtaken)
        assert not await stage.tend()
    assert await stage.tend()
    assert (await the_silence(stage, silence.number)).ending is Ending.EXPIRED


async def test_a_silenced_group_takes_in_what_belongs_to_it_and_stays_quiet() -> None:
    stage = Stage()
    names = ("a", "b", "c", "d", "e")
    stage.source.rows[PAY] = well(*names)
    await stage.poll()
    since = stage.clock.now()
    stage.source.rows[PAY] = both(broken("a", "b", "c", since=since), well("d", "e"))
    await stage.poll()
    (group,) = await stage.store.groups(still_open=True)
    _, alert = stage.parents()
    await silenced(stage, Matcher(numbers=(group.number,)))
    await stage.tend()
    stage.source.rows[PAY] = broken(*names, since=since)
    await polls(stage, 3)
    assert stage.replies(alert) == []
    assert len(stage.parents()) == 2
    await polls(stage, 20)
    (reply,) = stage.replies(alert)
    assert reply.broadcast


async def test_silencing_all_that_a_greeting_tells_keeps_it_quiet_until_then() -> None:
    stage = Stage()
    stage.source.rows[PAY] = broken("orders", "ledger", since=stage.clock.now() - 5 * MINUTE)
    await stage.poll()
    (greeting,) = stage.parents()
    await silenced(stage, Matcher(scope=Scope(name="pay")))
    await stage.tend()
    await polls(stage, 22)
    assert [one.broadcast for one in stage.replies(greeting)] == [True]


async def test_an_unreachable_source_speaks_for_all_that_it_would_have_told() -> None:
    stage = await begun()
    stage.source.rows[SHOP] = SourceTimeout("It took too long.")
    await stage.poll(12)
    for cluster in (PAY, SHOP):
        stage.source.rows[cluster] = SourceTimeout("It took too long.")
    await stage.poll(40)
    said = [shown(one).splitlines()[0] for one in stage.parents()[1:]]
    assert any("OCP prod" in line for line in said)
    threads = [stage.replies(one) for one in stage.parents()[1:] if "shop" in shown(one).splitlines()[0]]
    assert all(len(replies) <= 1 for replies in threads)


async def test_the_task_of_the_whole_cluster_speaks_for_its_tenants_that_are_no_worse() -> None:
    stage = Stage()

    def rows(at: datetime) -> list[object]:
        return [task(None, checkpoint=teeth(at)), task("orders", checkpoint=teeth(at))]

    stage.source.rows[PAY] = rows  # type: ignore[assignment] # rows of tasks
    await stage.poll()
    since = stage.clock.now()

    def bad(_: datetime) -> list[object]:
        return [
            task(None, checkpoint=since, status="FAILED"),
            task("orders", checkpoint=since, status="FAILED"),
        ]

    stage.source.rows[PAY] = bad  # type: ignore[assignment] # as above
    await stage.poll(3)
    _, alert = stage.parents()
    assert "pay/orders" not in shown(alert)
    assert len(await stage.store.open_incidents()) == 2


async def test_what_an_explaining_incident_muted_is_told_when_that_one_is_over() -> None:
    stage = Stage()
    since = stage.clock.now()
    whole = {"status": "RUNNING"}

    def rows(at: datetime) -> list[object]:
        good = whole["status"] == "RUNNING"
        return [
            task(None, checkpoint=teeth(at) if good else since, status=whole["status"]),
            task("orders", checkpoint=since, status="FAILED"),
        ]

    stage.source.rows[PAY] = lambda at: [
        task(None, checkpoint=teeth(at)),
        task("orders", checkpoint=teeth(at)),
    ]
    await stage.poll()
    whole["status"] = "FAILED"
    stage.source.rows[PAY] = rows  # type: ignore[assignment] # rows of tasks
    await stage.poll(2)
    assert len(stage.parents()) == 2
    whole["status"] = "RUNNING"
    await stage.poll(2)
    assert "pay/orders" in shown(stage.parents()[-1])


async def test_a_cluster_without_tasks_speaks_for_them() -> None:
    stage = await begun()
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await stage.poll()
    alert = stage.parents()[1]
    stage.source.rows[PAY] = lambda _: []
    await stage.poll(30)
    assert [shown(one).splitlines()[0] for one in stage.replies(alert)] == []
    assert len(stage.parents()) == 3


async def test_silences_of_problems_and_severities_narrow() -> None:
    stage = await begun()
    await silenced(stage, Matcher(scope=Scope(name="pay"), problems=(Problem.LAGGING,)))
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await stage.poll()
    assert len(stage.parents()) == 2


async def test_the_reasons_of_what_silences_owe() -> None:
    stage = await begun()
    await silenced(stage, length=MINUTE, starts_in=MINUTE)
    await polls(stage, 6)
    reasons = [row.notification.reason for row in stage.memory.tables.outbox.values()]
    assert reasons == [Reason.GREETING, Reason.SILENCE_STARTED, Reason.SILENCE_ENDED]
    assert stage.clock.now() > stage.clock.now() - POLL
    assert len(stage.everything(ID)) == 3


async def test_what_one_silence_owes_is_told_at_once_though_the_next_cannot_be_tended() -> None:
    stage = await begun()
    for _ in range(2):
        await silenced(stage)
    stage.clock.advance(11 * MINUTE)
    token = await stage.store.take_lease("house", owner="us", now=stage.clock.now(), length=MINUTE)
    assert token is not None
    tokens, rung = iter((token, token + 1)), stage.rung
    assert await tend_silences(replace(stage.tending, fence=lambda: ("house", next(tokens)))) == 0
    ended = [one.ended_at is not None for one in await stage.store.silences(ended_since=START)]
    assert sorted(ended) == [False, True]
    assert stage.rung == rung + 1
