"""What the watches know is counted, and counted anew only where a poll has changed it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.evidence import StatusBroken
from bot.domain.incident import Incident, IncidentNumber, Lifecycle, task_subject
from bot.domain.measures import (
    ABSENT,
    BotMeasures,
    IncidentKind,
    LoopLag,
    OwedMeasures,
    SourceMeasures,
    TaskMeasures,
)
from bot.domain.notification import Action
from bot.domain.problem import Problem, Severity
from bot.domain.reading import FailedReading
from bot.domain.roster import KnownCluster, KnownTask, Unread
from bot.domain.status import Meaning
from bot.domain.task import Cluster, SourceName, Task
from bot.errors import StorageError
from bot.operations.heartbeat import Heartbeat
from bot.operations.measure_bot import BotMeasuring
from bot.operations.measure_fleet import FleetMeasuring, measure_owed, measure_tasks, polled_at
from bot.operations.meters import PollOutcome, Unmetered, errors_of, outcome_of
from bot.operations.read_source import ClusterList, PollResult
from bot.operations.source_state import SourceState
from bot.operations.write_port import Backlog
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.listed_source import PAY, PROD, SHOP, task
from tests.fakes.manual_clock import ManualClock

NOW = datetime.fromisoformat("2026-03-04T12:00:00+00:00")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def listed(*rows: Task, cluster: Cluster = PAY, absent: Sequence[str] = ()) -> KnownCluster:
    """Make a cluster that was read at noon, OCP's clock two seconds behind ours."""
    tasks = {row.key: KnownTask(row, NOW, absent_polls=1 if row.tenant_name in absent else 0) for row in rows}
    return KnownCluster(cluster, tasks, read_at=NOW, received_at=NOW + 2 * SECOND)


def behind(tenant: str, minutes: float, status: str = "RUNNING", cluster: Cluster = PAY) -> Task:
    return task(tenant, cluster=cluster, status=status, checkpoint=NOW - minutes * MINUTE)


def state(*clusters: KnownCluster) -> SourceState:
    made = SourceState(PROD, 30 * SECOND, last_read_at=NOW)
    made.clusters = {cluster.cluster.id: cluster for cluster in clusters}
    return made


def kind(incident: Incident) -> IncidentKind:
    return IncidentKind(incident.problem, incident.severity, acknowledged=incident.number == 2)


def measured(of: SourceState, *, held: bool = True, delays: bool = False, most: int = 10) -> SourceMeasures:
    (measures,) = FleetMeasuring([of], kind, lambda _: held, delays=delays, most=most).now()
    return measures


def test_tasks_are_counted_by_what_their_status_means() -> None:
    tasks = measure_tasks(
        [
            listed(behind("a", 1), behind("b", 2), behind("c", 3, "INTERRUPTED")),
            listed(behind("d", 4, "?", SHOP), behind("gone", 9, cluster=SHOP), cluster=SHOP, absent=["gone"]),
        ]
    )
    assert tasks.states == {
        **{meaning.value: 0 for meaning in Meaning},
        "running": 2,
        "broken": 1,
        "unknown": 1,
        ABSENT: 1,
    }
    assert tasks.worst == 4 * MINUTE
    assert tasks.delays == ()


def test_what_was_stopped_on_purpose_and_what_is_gone_is_not_the_worst() -> None:
    rows = [behind("a", 1), behind("p", 900, "PAUSED"), behind("s", 900, "STOP"), behind("gone", 900)]
    assert measure_tasks([listed(*rows, absent=["gone"])]).worst == MINUTE
    assert measure_tasks([listed(task("new"))]).worst is None
    assert measure_tasks([]) == TaskMeasures({**{meaning.value: 0 for meaning in Meaning}, ABSENT: 0})


def test_whether_delays_are_told_one_by_one_may_change() -> None:
    measuring = FleetMeasuring([state(listed(behind("a", 1)))], kind, lambda _: True)
    for told in (False, True, False):
        measuring.delays = told
        assert measuring.delays is told
        assert len(measuring.now()[0].tasks.delays) == told


def test_delays_are_told_one_by_one_only_where_asked_for_the_longest_first() -> None:
    source = state(listed(behind("a", 1), behind("b", 3), behind("c", 2), task("new")))
    assert measured(source).tasks.delays == ()
    tasks = measured(source, delays=True).tasks
    assert [(one.cluster, one.tenant, one.delay) for one in tasks.delays] == [
        ("pay", "b", 3 * MINUTE),
        ("pay", "c", 2 * MINUTE),
        ("pay", "a", MINUTE),
    ]
    assert tasks.left_out == 0
    fewer = measured(source, delays=True, most=2).tasks
    assert [one.tenant for one in fewer.delays] == ["b", "c"]
    assert fewer.left_out == 1


def test_a_source_is_measured_as_the_last_poll_left_it() -> None:
    unread = Unread(1, NOW, FailedReading(PROD, SHOP.id, NOW, "timeout", "It did not answer."))
    source = state(replace(listed(behind("a", 1)), skipped=3), KnownCluster(SHOP, unread=unread, skipped=1))
    assert measured(source) == SourceMeasures(
        PROD,
        30 * SECOND,
        polled_at=NOW,
        read_at=NOW,
        readable=True,
        offset=2 * SECOND,
        clusters=2,
        clusters_unread=1,
        rows_skipped=4,
        tasks=measure_tasks(list(source.clusters.values())),
    )


def test_of_a_source_that_another_replica_watches_nothing_is_known() -> None:
    assert measured(state(listed(behind("a", 1))), held=False) == SourceMeasures(
        PROD, 30 * SECOND, held=False
    )


def test_a_source_that_cannot_be_read_was_polled_all_the_same() -> None:
    source = state(listed(behind("a", 1)), KnownCluster(SHOP))
    later = NOW + 5 * MINUTE
    source.unread = Unread(4, NOW, FailedReading(PROD, None, later, "unreachable", "No connection."))
    measures = measured(source)
    assert (measures.readable, measures.clusters_unread) == (False, 2)
    assert (measures.polled_at, measures.read_at) == (later, NOW)


def test_a_source_that_was_never_polled_has_no_moment() -> None:
    new = SourceState(SourceName("new"), 30 * SECOND)
    assert polled_at(new) is None
    assert not measured(new).readable


def test_tasks_are_counted_anew_only_when_something_changed() -> None:
    source = state(listed(behind("a", 1)))
    measuring = FleetMeasuring([source], kind, lambda _: True)
    (first,) = measuring.now()
    (again,) = measuring.now()
    assert again.tasks is first.tasks
    source.clusters = {PAY.id: listed(behind("a", 1), behind("b", 1))}
    source.changes += 1
    (after,) = measuring.now()
    assert after.tasks.states["running"] == 2


def test_incidents_that_fire_are_counted_by_what_they_are() -> None:
    subject = task_subject(task("orders"))
    one = Incident(
        number=IncidentNumber(1),
        subject=subject,
        lifecycle=Lifecycle.FIRING,
        problem=Problem.FAILED,
        severity=Severity.CRITICAL,
        because=StatusBroken("FAILED", None),
        since=NOW,
        opened_at=NOW,
        changed_at=NOW,
        worst_severity=Severity.CRITICAL,
    )
    source = state()
    source.desk.incidents.update(
        {
            "one": one,
            "two": replace(one, number=IncidentNumber(2)),
            "three": replace(one, number=IncidentNumber(3)),
            "pending": replace(one, lifecycle=Lifecycle.PENDING),
            "over": replace(one, lifecycle=Lifecycle.RESOLVED),
        }
    )
    assert measured(source).incidents == {
        IncidentKind(Problem.FAILED, Severity.CRITICAL): 2,
        IncidentKind(Problem.FAILED, Severity.CRITICAL, acknowledged=True): 1,
    }


class Owing:
    """A store that owes a message of a minute ago and one that was born in a clock ahead of ours."""

    broken: str | None = None

    async def outbox_backlog(self) -> tuple[Backlog, ...]:
        if self.broken is not None:
            raise StorageError(self.broken)
        return (Backlog(Action.POST, 2, NOW - MINUTE), Backlog(Action.REPLY, 1, NOW + MINUTE))


async def test_what_is_owed_is_measured_with_its_age_and_no_age_is_below_nothing() -> None:
    store = Owing()
    assert await measure_owed(store, NOW) == (
        OwedMeasures(Action.POST, 2, MINUTE),
        OwedMeasures(Action.REPLY, 1, timedelta(0)),
    )
    store.broken = "The disk is full."
    assert await measure_owed(store, NOW) is None


async def test_the_bot_is_measured_from_all_its_parts() -> None:
    store, clock, lag = Owing(), ManualClock(NOW), LoopLag(SECOND, MINUTE)
    heart = Heartbeat([], lambda _: True, store, _not_asked, clock, ListedJournal(), accepted_at=NOW)
    measuring = BotMeasuring(
        "1.2.3",
        FleetMeasuring([state(listed(behind("a", 1)))], kind, lambda _: True),
        store,
        clock,
        refusing=lambda: 2,
        real=ManualClock(NOW + MINUTE),
        connections=lambda: (NOW, NOW + 2 * MINUTE),
        lag=lambda: lag,
    )
    found = await measuring.measure()
    assert [source.source for source in found.sources] == [PROD]
    assert found == BotMeasures(
        version="1.2.3",
        sources=found.sources,
        owed=await measure_owed(store, NOW),
        channels_refusing=2,
        slack_connections=(MINUTE, timedelta(0)),
        loop_lag=lag,
    )
    measuring.heartbeat, measuring.connections = heart, lambda: None
    assert (await measuring.measure()).slack_connections is None
    assert (await measuring.measure()).heartbeat_at == NOW


async def _not_asked() -> str | None:
    raise AssertionError


def failed(reason: str, cluster: Cluster | None = None) -> FailedReading:
    return FailedReading(PROD, None if cluster is None else cluster.id, NOW, reason, "It did not answer.")


def test_a_poll_tells_how_it_ended_and_what_it_could_not_read() -> None:
    clusters = ClusterList((PAY, SHOP), NOW)
    whole = PollResult(clusters, (), (), None, SECOND)
    assert (outcome_of(whole), errors_of(whole)) == (PollOutcome.READ, [])
    partly = replace(whole, failures=((PAY, failed("timeout", PAY)), (SHOP, failed("throttled", SHOP))))
    assert (outcome_of(partly), errors_of(partly)) == (PollOutcome.PARTLY_READ, ["timeout", "throttled"])
    nothing = replace(partly, failure=failed("timeout"))
    assert (outcome_of(nothing), errors_of(nothing)) == (PollOutcome.NOT_READ, ["timeout"])
    old_list = replace(whole, list_failure=failed("permission missing"))
    assert (outcome_of(old_list), errors_of(old_list)) == (PollOutcome.PARTLY_READ, ["permission missing"])


def test_nothing_has_to_be_counted() -> None:
    meters = Unmetered()
    before = repr(vars(meters))
    meters.polled(PROD, PollOutcome.READ, SECOND)
    meters.restarted("slack")
    assert repr(vars(meters)) == before
