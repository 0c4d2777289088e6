"""What people call things: found by name, never guessed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.evidence import BehindLimit, StatusBroken
from bot.domain.finding import Finding, RecoveryGap, holding, unknown
from bot.domain.fleet import ClusterNow, FleetSnapshot, SourceNow, TaskNow
from bot.domain.incident import (
    Incident,
    IncidentNumber,
    Lifecycle,
    Subject,
    cluster_subject,
    source_subject,
    task_subject,
)
from bot.domain.instants import shifted
from bot.domain.naming import (
    CHOICES,
    Ambiguous,
    Found,
    NotFound,
    Scope,
    find,
    find_task,
    scope_of_cluster,
    scope_of_task,
)
from bot.domain.patterns import matches
from bot.domain.problem import Problem, Severity
from bot.domain.selection import Order, TaskFilter, ordered, page_of, wanted
from bot.domain.standing import Standing
from bot.domain.status import read_status
from bot.domain.task import Cluster, ClusterId, SourceName, Task, TaskKey

AT = datetime(2026, 3, 14, 3, 0, tzinfo=UTC)

Tenants = tuple[tuple[str | None, str | None, str | None], ...]
"""Each a tenant's name, its id and its destination."""


def a_cluster(
    source: str, number: int, name: str | None, *tenants: tuple[str | None, str | None, str | None]
) -> ClusterNow:
    cluster = Cluster(SourceName(source), ClusterId(number), name)
    tasks = tuple(
        TaskNow(
            Task(
                TaskKey(cluster.source, cluster.id, id_, destination),
                read_status("RUNNING"),
                cluster_name=name,
                tenant_name=tenant,
                checkpoint=AT - timedelta(seconds=30 + index),
            ),
            cluster,
            AT,
        )
        for index, (tenant, id_, destination) in enumerate(tenants)
    )
    return ClusterNow(cluster, tasks, AT)


def a_fleet(*clusters: ClusterNow) -> FleetSnapshot:
    names = dict.fromkeys(cluster.source for cluster in clusters)
    return FleetSnapshot(
        tuple(
            SourceNow(name, timedelta(seconds=30), tuple(one for one in clusters if one.source == name), AT)
            for name in names
        )
    )


PAY = a_cluster("prod", 5, "pay", ("orders", "1002", "d1"), ("Ledger", "1004", "d1"), (None, None, "d1"))
SHOP = a_cluster("prod", 6, "shop", ("orders", "1002", "d1"), ("orders", "1002", "d2"))
FIVE = a_cluster("dr", 9, "5", ("orders", "1002", None))
DR_PAY = a_cluster("dr", 10, "PAY", ("orders", "1002", None))
UNNAMED = a_cluster("dr", 77, None, (None, None, None))
BARE = a_cluster("dr", 78, "bare")
FLEET = a_fleet(PAY, SHOP, FIVE, DR_PAY, UNNAMED, BARE)


def found(name: str | None = None, **parts: str) -> Found:
    result = find(FLEET, Scope(name=name, **parts))
    assert isinstance(result, Found), result
    return result


def task_names(result: Found) -> list[str]:
    return [f"{task.source}/{task.name}" for task in result.tasks]


@pytest.mark.parametrize(
    ("name", "cluster", "why"),
    [
        ("pay", PAY, "as it is written comes before whatever the case"),
        ("PAY", DR_PAY, "likewise"),
        ("SHOP", SHOP, "whatever the case"),
        ("prod/Pay", PAY, "with its source"),
        ("5", FIVE, "a name comes before an OCP id"),
        ("6", SHOP, "the OCP id"),
        ("prod/5", PAY, "the OCP id with its source"),
        ("77", UNNAMED, "a cluster without a name is called by its id"),
    ],
)
def test_a_cluster_is_meant_by_its_name_before_its_id(name: str, cluster: ClusterNow, why: str) -> None:
    assert found(name).clusters == (cluster,), why
    assert found(name).tasks == cluster.tasks


@pytest.mark.parametrize(
    ("name", "tasks"),
    [
        ("pay/ledger", ["prod/pay/Ledger"]),
        ("pay/1004", ["prod/pay/Ledger"]),
        ("prod/pay/orders", ["prod/pay/orders"]),
        ("6/orders", ["prod/shop/orders", "prod/shop/orders"]),
        ("shop/orders", ["prod/shop/orders", "prod/shop/orders"]),
        ("pay/*", ["prod/pay/orders", "prod/pay/Ledger", "dr/PAY/orders"]),
        ("prod/pay/o*", ["prod/pay/orders"]),
        ("nowhere/pay/o*", None),
        ("p*/x*", None),
        ("p*/p*", ["prod/pay/orders", "prod/pay/Ledger", "prod/pay"]),
        ("a/b/c/*", None),
        ("*o*", ["prod/shop/orders", "prod/shop/orders"]),
    ],
)
def test_a_name_means_these_tasks(name: str, tasks: list[str] | None) -> None:
    """A tenant by name or id, with what stands before it; a star does not reach over a slash."""
    result = find(FLEET, Scope(name=name))
    assert (task_names(result) if isinstance(result, Found) else None) == tasks


def test_a_glob_that_reaches_clusters_and_tenants_means_the_tasks_alone() -> None:
    fleet = a_fleet(a_cluster("s", 1, "t1", ("x1", "1", None)), a_cluster("t1", 2, "x2", ("y", "2", None)))
    result = find(fleet, Scope(name="t1/x*"))
    assert isinstance(result, Found)
    assert (task_names(result), result.clusters) == (["s/t1/x1", "t1/x2/y"], ())


def test_a_source_is_meant_where_no_cluster_is_called_so() -> None:
    assert found("DR").clusters == (FIVE, DR_PAY, UNNAMED, BARE)


def test_nothing_named_is_everything() -> None:
    assert found().clusters == FLEET.clusters
    assert Scope().is_everything


@pytest.mark.parametrize(
    ("parts", "tasks"),
    [
        ({"source": "PROD", "tenant": "orders"}, ["prod/pay/orders", "prod/shop/orders", "prod/shop/orders"]),
        ({"cluster": "shop", "path": "d2"}, ["prod/shop/orders"]),
        ({"cluster": "6", "path": "d*"}, ["prod/shop/orders", "prod/shop/orders"]),
        ({"tenant": "1004"}, ["prod/pay/Ledger"]),
        ({"tenant": "whole cluster", "source": "prod"}, ["prod/pay"]),
        ({"tenant": "led*"}, ["prod/pay/Ledger"]),
        ({"name": "pay", "tenant": "orders"}, ["prod/pay/orders"]),
    ],
)
def test_filters_narrow_down(parts: dict[str, str], tasks: list[str]) -> None:
    assert task_names(found(**parts)) == tasks


def test_an_ambiguous_name_gives_choices_that_are_not() -> None:
    """Each choice means one thing alone."""
    ambiguous = find(FLEET, Scope(name="Pay"))
    assert isinstance(ambiguous, Ambiguous)
    assert [choice.label for choice in ambiguous.choices] == ["prod/pay", "dr/PAY"]
    assert ambiguous.total == 2
    assert [find(FLEET, choice.scope) for choice in ambiguous.choices] == [found("pay"), found("PAY")]
    assert find_task(FLEET, Scope(name="Pay")) == ambiguous


def test_a_cluster_and_a_tenant_of_one_spelling_are_a_choice() -> None:
    """``a/b`` is the cluster b of the source a, and the tenant b of the cluster a."""
    fleet = a_fleet(a_cluster("a", 1, "b", ("x", "1", None)), a_cluster("s", 2, "a", ("b", "2", None)))
    ambiguous = find(fleet, Scope(name="a/b"))
    assert isinstance(ambiguous, Ambiguous)
    results = [find(fleet, choice.scope) for choice in ambiguous.choices]
    assert [task_names(result) for result in results if isinstance(result, Found)] == [["a/b/x"], ["s/a/b"]]


def test_a_tenant_that_cannot_be_told_by_name_is_told_by_its_id() -> None:
    fleet = a_fleet(
        a_cluster("s", 1, "a", ("b", "1", None), ("b", "2", None)), a_cluster("s", 2, "c", ("d", "3", None))
    )
    ambiguous = find(fleet, Scope(name="a/b"))
    assert isinstance(ambiguous, Ambiguous)
    assert [choice.scope for choice in ambiguous.choices] == [
        Scope(source="s", cluster="1", tenant="1"),
        Scope(source="s", cluster="1", tenant="2"),
    ]
    assert [choice.label for choice in ambiguous.choices] == ["s/a/b (id 1/1)", "s/a/b (id 1/2)"]


@pytest.mark.parametrize(
    ("scope", "missing", "nearest"),
    [
        (Scope(name="payy"), "payy", ("pay",)),
        (Scope(name="orders"), "orders", ("prod/pay/orders", "prod/shop/orders", "dr/5/orders")),
        (
            Scope(name="prod/pay/ordres"),
            "prod/pay/ordres",
            ("prod/pay/orders", "dr/PAY/orders", "prod/shop/orders"),
        ),
        (Scope(name="PayOrders"), "PayOrders", ("prod/pay/orders", "dr/PAY/orders")),
        (Scope(name="zzzz*"), "zzzz*", ()),
        (Scope(source="prud"), "prud", ("prod",)),
        (Scope(cluster="shap"), "shap", ("shop",)),
        (Scope(cluster="pay", tenant="ordrs"), "ordrs", ("orders",)),
        (Scope(cluster="shop", path="d9"), "d9", ("d1", "d2")),
        (Scope(cluster="77", path="d9"), "d9", ()),
    ],
)
def test_what_is_not_there_names_the_nearest(scope: Scope, missing: str, nearest: tuple[str, ...]) -> None:
    result = find(FLEET, scope)
    assert isinstance(result, NotFound)
    assert (result.what, result.nearest) == (missing, nearest)


def test_the_task_of_a_whole_cluster_is_named_by_the_cluster_alone() -> None:
    assert find_task(FLEET, Scope(name="pay")) is PAY.tasks[2]
    assert find_task(FLEET, Scope(name="dr/pay")) is DR_PAY.tasks[0]


def test_a_task_that_is_not_clear_is_a_choice_and_one_that_is_not_there_a_word() -> None:
    two = find_task(FLEET, Scope(name="shop/orders"))
    assert isinstance(two, Ambiguous)
    assert [choice.label for choice in two.choices] == ["prod/shop/orders to d2", "prod/shop/orders to d1"]
    assert [find_task(FLEET, choice.scope) for choice in two.choices] == [SHOP.tasks[1], SHOP.tasks[0]]
    assert find_task(FLEET, Scope(name="bare")) == NotFound("bare")
    assert isinstance(find_task(FLEET, Scope(name="none-such")), NotFound)


def test_a_choice_of_many_is_cut_and_counted() -> None:
    many = a_fleet(a_cluster("s", 1, "c", *((f"t{index}", str(index), None) for index in range(50))))
    result = find_task(many, Scope(name="c"))
    assert isinstance(result, Ambiguous)
    assert (len(result.choices), result.total) == (CHOICES, 50)


@pytest.mark.parametrize(
    "task", FLEET.tasks, ids=lambda task: f"{task.source}/{task.name}/{task.task.key.destination}"
)
def test_every_task_has_a_scope_that_means_it_alone(task: TaskNow) -> None:
    assert find_task(FLEET, scope_of_task(FLEET, task)) is task


@pytest.mark.parametrize("cluster", FLEET.clusters, ids=lambda cluster: f"{cluster.source}/{cluster.label}")
def test_every_cluster_has_a_scope_that_means_it_alone(cluster: ClusterNow) -> None:
    assert found(**{k: v for k, v in _parts(scope_of_cluster(FLEET, cluster)).items() if v}).clusters == (
        cluster,
    )


def _parts(scope: Scope) -> dict[str, str | None]:
    return {"name": scope.name, "source": scope.source, "cluster": scope.cluster, "tenant": scope.tenant}


def test_twins_that_only_their_ids_tell_apart_are_spelled_by_id() -> None:
    one, other = (
        a_cluster("s", 1, "twin", ("t", "1", "d" * 300)),
        a_cluster("s", 2, "twin", ("t", "1", "d" * 300)),
    )
    fleet = a_fleet(one, other)
    assert scope_of_cluster(fleet, other) == Scope(source="s", cluster="2")
    scope = scope_of_task(fleet, other.tasks[0])
    assert scope.cluster == "2"
    assert scope.path == "d" * 200 + "*"
    assert find_task(fleet, scope) is other.tasks[0]
    ambiguous = find(fleet, Scope(name="twin"))
    assert isinstance(ambiguous, Ambiguous)
    assert [choice.label for choice in ambiguous.choices] == ["s/twin (id 1)", "s/twin (id 2)"]


def test_what_nothing_tells_apart_still_gets_a_scope() -> None:
    """OCP may list the same twice; then the choice is shown again rather than guessed."""
    twin = a_cluster("s", 1, "twin", ("t", "1", None))
    fleet = FleetSnapshot(
        (
            SourceNow(
                SourceName("s"),
                timedelta(seconds=30),
                (twin, a_cluster("s", 1, "twin", ("t", "1", None))),
                AT,
            ),
        )
    )
    assert scope_of_cluster(fleet, twin) == Scope(source="s", cluster="1")
    assert scope_of_task(fleet, twin.tasks[0]) == Scope(source="s", cluster="1", tenant="1")


@given(st.text(alphabet="aB*/", max_size=8), st.text(alphabet="aB/", max_size=8))
def test_a_pattern_matches_as_a_shell_would(pattern: str, text: str) -> None:
    """Compared with a slow but plain definition."""

    def slow(left: str, right: str) -> bool:
        if not left:
            return not right
        if left[0] == "*":
            return any(slow(left[1:], right[index:]) for index in range(len(right) + 1))
        return bool(right) and left[0] == right[0] and slow(left[1:], right[1:])

    assert matches(pattern, text) == slow(pattern.casefold(), text.casefold())


def test_a_hostile_pattern_takes_no_time() -> None:
    assert not matches("*a" * 2000 + "b", "a" * 100_000)


def with_incident(task: TaskNow, problem: Problem, severity: Severity, **other: int) -> TaskNow:
    incident = Incident(
        IncidentNumber(1),
        task_subject(task.task),
        Lifecycle.FIRING,
        problem,
        severity,
        StatusBroken("FAILED"),
        since=AT,
        opened_at=AT,
        changed_at=AT,
        worst_severity=severity,
        **other,  # type: ignore[arg-type]  # facts of a test
    )
    return replace(task, incident=incident)


def with_loss(task: TaskNow) -> TaskNow:
    assert task.incident is not None
    gap = RecoveryGap(AT - timedelta(hours=1), AT - timedelta(minutes=30))
    return replace(task, incident=replace(task.incident, gap=gap))


def with_status(task: TaskNow, status: str) -> TaskNow:
    return replace(task, task=replace(task.task, status=read_status(status)))


ORDERS, LEDGER, WHOLE = PAY.tasks


def test_standings_sort_from_the_worst() -> None:
    failed = with_incident(ORDERS, Problem.FAILED, Severity.CRITICAL)
    lagging = with_incident(LEDGER, Problem.LAGGING, Severity.CRITICAL)
    stalled = with_incident(ORDERS, Problem.STALLED, Severity.WARNING, good_polls=1)
    odd, paused = with_status(ORDERS, "REBALANCING"), with_status(LEDGER, "PAUSED")
    torn = with_loss(with_incident(LEDGER, Problem.LAGGING, Severity.WARNING))
    mended = with_loss(stalled)
    tasks = [stalled, paused, odd, mended, lagging, failed, torn]
    assert [(task, task.standing) for task in ordered(tasks, Order.WORST)] == [
        (torn, Standing.WARNING),
        (failed, Standing.CRITICAL),
        (lagging, Standing.CRITICAL),
        (mended, Standing.WARNING),
        (odd, Standing.UNKNOWN),
        (paused, Standing.QUIET),
        (stalled, Standing.WELL),
    ]
    assert stalled.is_recovering
    assert (failed.because, failed.since) == (StatusBroken("FAILED"), AT)
    assert not failed.is_recovering


def test_the_rules_speak_for_a_task_without_an_incident() -> None:
    """In a shell there is no database; what holds is told all the same."""
    finding = Finding(
        Problem.LAGGING, Severity.WARNING, AT, BehindLimit(timedelta(minutes=11), timedelta(minutes=10))
    )
    eased = replace(finding, opens=False)
    held = replace(ORDERS, assessment=holding(AT, [finding]), offset=timedelta(seconds=5))
    kept = replace(ORDERS, assessment=holding(AT, [eased]))
    unclear = replace(ORDERS, assessment=unknown(AT, "no checkpoint"))
    assert (held.problem, held.severity, held.since) == (
        Problem.LAGGING,
        Severity.WARNING,
        AT + timedelta(seconds=5),
    )
    assert held.because == finding.evidence
    for quiet in (kept, unclear):
        assert (quiet.problem, quiet.severity, quiet.since, quiet.because) == (None, None, None, None)


def test_a_broken_status_is_bad_even_where_nobody_asked_the_rules() -> None:
    """What OCP answers for a span of time is not judged by the rules; FAILED is told all the same."""
    broken = with_status(ORDERS, "INTERRUPTED")
    assert (broken.severity, broken.problem, broken.since) == (Severity.CRITICAL, Problem.FAILED, None)
    assert broken.because == StatusBroken("INTERRUPTED")
    assert broken.standing is Standing.CRITICAL
    assert (ORDERS.severity, ORDERS.since, ORDERS.because) == (None, None, None)


def test_orders_of_a_list() -> None:
    tasks = [ORDERS, LEDGER, WHOLE, SHOP.tasks[0], with_status(FIVE.tasks[0], "PAUSED")]
    lost = replace(ORDERS, task=replace(ORDERS.task, checkpoint=None))
    assert [task.name for task in ordered(tasks, Order.NAME)] == [
        "5/orders",
        "pay",
        "pay/Ledger",
        "pay/orders",
        "shop/orders",
    ]
    assert ordered(tasks, Order.DELAY)[0].name == "pay"
    assert ordered([*tasks, lost], Order.CHECKPOINT)[0] is lost
    assert ordered(tasks, Order.STATUS)[0].task.status.reported == "PAUSED"


@pytest.mark.parametrize(
    ("only", "count"),
    [
        (TaskFilter(), 3),
        (TaskFilter(statuses=("doing",)), 0),
        (TaskFilter(statuses=("running",)), 3),
        (TaskFilter(statuses=("pau*",)), 1),
        (TaskFilter(severities=(Severity.CRITICAL,)), 1),
        (TaskFilter(problems=(Problem.STALLED,)), 0),
        (TaskFilter(delay_over=timedelta(seconds=30)), 1),
    ],
)
def test_filters_admit(only: TaskFilter, count: int) -> None:
    """A status is matched as OCP reports it or as we say it; no delay is never too long."""
    tasks = [
        with_incident(ORDERS, Problem.FAILED, Severity.CRITICAL),
        LEDGER,
        replace(WHOLE, task=replace(WHOLE.task, checkpoint=None)),
    ]
    if only.statuses == ("pau*",):
        tasks.append(with_status(ORDERS, "PAUSED"))
    assert len(only.admitted(tasks)) == count


def test_pages_cut_a_list_and_the_last_one_stands_for_any_past_it() -> None:
    tasks = [ORDERS] * 45
    assert [len(page_of(tasks, number, 20).tasks) for number in (1, 2, 3)] == [20, 20, 5]
    assert page_of(tasks, 99, 20).number == 3
    assert (page_of([], 1, 20).pages, page_of([], 1, 20).total) == (1, 0)


SUBJECTS = [
    task_subject(ORDERS.task),
    task_subject(WHOLE.task),
    cluster_subject(SourceName("prod"), ClusterId(6), "shop"),
    source_subject(SourceName("prod")),
]


@pytest.mark.parametrize(
    ("scope", "wanted_ones"),
    [
        (Scope(), [0, 1, 2, 3]),
        (Scope(name="pay"), [0, 1]),
        (Scope(name="prod/pay/orders"), [0]),
        (Scope(name="Pay/Orders"), [0]),
        (Scope(name="prod"), [0, 1, 2, 3]),
        (Scope(name="prod/shop"), [2]),
        (Scope(cluster="6"), [2]),
        (Scope(source="dr"), []),
        (Scope(tenant="1002"), [0]),
        (Scope(tenant="whole cluster", path="d1"), [1]),
        (Scope(name="pay", tenant="nobody"), []),
    ],
)
def test_incidents_are_wanted_by_whom_they_are_about(scope: Scope, wanted_ones: list[int]) -> None:
    def about(subject: Subject) -> Incident:
        one = with_incident(ORDERS, Problem.FAILED, Severity.CRITICAL).incident
        assert one is not None
        return replace(one, subject=subject)

    assert [index for index, subject in enumerate(SUBJECTS) if wanted(scope, about(subject))] == wanted_ones


def test_a_cluster_stands_as_the_worst_of_its_tasks_and_itself() -> None:
    failed = with_incident(ORDERS, Problem.FAILED, Severity.CRITICAL)
    assert replace(PAY, tasks=(failed, LEDGER)).standing is Standing.CRITICAL
    assert replace(PAY, incident=failed.incident).standing is Standing.CRITICAL
    assert BARE.standing is Standing.UNKNOWN
    assert BARE.worst_delay is None
    assert PAY.standing is Standing.WELL
    assert sorted([PAY, BARE], key=lambda one: one.worst_first) == [BARE, PAY]
    assert replace(PAY, tasks=(failed,)).worst_first < PAY.worst_first


def test_a_cluster_without_a_name_of_its_own_takes_its_tasks() -> None:
    """Where the cluster list may not be read, only the tasks tell the name."""
    named = replace(WHOLE, task=replace(WHOLE.task, cluster_name="pay"), cluster=UNNAMED.cluster)
    cluster = ClusterNow(UNNAMED.cluster, (named,))
    assert (cluster.label, named.cluster_label) == ("pay", "pay")


def test_full_names_say_the_source_where_there_are_several() -> None:
    assert FLEET.full_name(ORDERS) == "prod/pay/orders"
    assert a_fleet(PAY).full_name(ORDERS) == "pay/orders"


def test_an_instant_at_the_end_of_the_calendar_stays() -> None:
    last = datetime.max.replace(tzinfo=UTC)
    assert shifted(last, timedelta(days=1)) == last
    assert shifted(AT, timedelta(days=1)) == AT + timedelta(days=1)
    assert replace(ORDERS, task=replace(ORDERS.task, checkpoint=None)).checkpoint is None
