"""A small world for the views: fleets, incidents and the moment they are seen at."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.evidence import (
    BehindLimit,
    CatchingUp,
    Evidence,
    Grows,
    NoTasks,
    NotListed,
    NotRead,
    PausedFor,
    StatusBroken,
    StoodStill,
    StuckIn,
)
from bot.domain.finding import Assessment, Finding, RecoveryGap, clear, holding
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
from bot.domain.losses import with_losses
from bot.domain.problem import Problem, Severity
from bot.domain.reading import PollFailure
from bot.domain.status import read_status
from bot.domain.task import Cluster, ClusterId, ObClusterId, SourceName, Task, TaskKey

NOW = datetime(2026, 3, 14, 3, 0, tzinfo=UTC)
READ_AT = NOW - timedelta(seconds=12)
PROD = SourceName("prod")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def a_cluster(name: str | None, number: int, source: str = PROD, kind: str | None = "PRIMARY") -> Cluster:
    return Cluster(
        source=SourceName(source), id=ClusterId(number), name=name, ob_cluster_id=ObClusterId(5), type=kind
    )


def a_task(
    cluster: Cluster,
    tenant: str | None,
    *,
    status: str | None = "RUNNING",
    delay: timedelta | None = timedelta(seconds=58),
    destination: str | None = "file:///obbackup/",
    error: str | None = None,
    other: tuple[tuple[str, str], ...] = (),
    number: int = 1002,
) -> Task:
    return Task(
        key=TaskKey(cluster.source, cluster.id, None if tenant is None else str(number), destination),
        status=read_status(status),
        cluster_name=cluster.name,
        tenant_name=tenant,
        ob_cluster_id=cluster.ob_cluster_id,
        tenant_id=None if tenant is None else 7,
        ob_tenant_id=None if tenant is None else number,
        cluster_type=cluster.type,
        error=error,
        checkpoint=None if delay is None else READ_AT - delay,
        delay=delay,
        mode="PHYSICAL_BACKUP",
        created_at=NOW - timedelta(days=30),
        modified_at=NOW - timedelta(days=1),
        agent_server="10.0.0.7",
        dimension="CLUSTER" if tenant is None else "TENANT",
        other=other,
    )


def seen(
    task: Task,
    cluster: Cluster,
    *,
    assessment: Assessment | None = None,
    incident: Incident | None = None,
    listed: bool = True,
    offset: timedelta = timedelta(0),
) -> TaskNow:
    return TaskNow(task, cluster, READ_AT, offset, assessment, incident, listed)


def an_incident(
    number: int,
    subject: Subject,
    problem: Problem,
    because: Evidence,
    *,
    severity: Severity = Severity.CRITICAL,
    lasting: timedelta = timedelta(minutes=26),
    delay: timedelta | None = timedelta(minutes=26),
    good_polls: int = 0,
    reopened: int = 0,
    gap: RecoveryGap | None = None,
) -> Incident:
    return Incident(
        number=IncidentNumber(number),
        subject=subject,
        lifecycle=Lifecycle.FIRING,
        problem=problem,
        severity=severity,
        because=because,
        since=NOW - lasting,
        opened_at=NOW - lasting + minutes(1),
        changed_at=NOW - lasting + minutes(1),
        worst_severity=severity,
        worst_delay=delay,
        delay=delay,
        checkpoint=NOW - lasting - minutes(1),
        good_polls=good_polls,
        reopened=reopened,
        gap=gap,
        revision=3,
    )


def resolved(incident: Incident) -> Incident:
    """Let an incident be over since a minute ago."""
    ended = NOW - minutes(1)
    return replace(incident, lifecycle=Lifecycle.RESOLVED, resolved_at=ended, changed_at=ended)


PAY, SHOP, CRM = a_cluster("pay", 1000005), a_cluster("shop", 1000006), a_cluster("crm", 1000007)
ORDERS = a_task(
    PAY,
    "orders",
    status="FAILED",
    delay=minutes(26),
    error="archive device out of space, ret=-9082",
    number=1002,
)
LEDGER = a_task(PAY, "ledger", delay=minutes(41), number=1004)

ORDERS_FAILED = an_incident(
    42, task_subject(ORDERS), Problem.FAILED, StatusBroken("FAILED", "archive device out of space, ret=-9082")
)
LEDGER_BEHIND = an_incident(
    43,
    task_subject(LEDGER),
    Problem.LAGGING,
    BehindLimit(minutes(41), minutes(30)),
    delay=minutes(41),
    lasting=minutes(11),
)


def well(cluster: Cluster, tenants: int, worst: timedelta) -> tuple[TaskNow, ...]:
    """Give tasks that are all well, the slowest of them ``worst`` behind."""
    tasks = [
        a_task(cluster, f"t{index:02}", delay=worst - timedelta(seconds=index), number=1100 + index)
        for index in range(tenants)
    ]
    return tuple(seen(task, cluster, assessment=clear(READ_AT, delay=task.delay)) for task in tasks)


def a_source(name: str, clusters: Sequence[ClusterNow], **other: object) -> SourceNow:
    facts = {"read_at": READ_AT, "duration": timedelta(seconds=0.4), "offset": timedelta(0)} | other
    return SourceNow(SourceName(name), timedelta(seconds=30), tuple(clusters), **facts)  # type: ignore[arg-type]  # facts of a test


def the_fleet() -> FleetSnapshot:
    """Give the fleet of the product's own example: two of 48 tasks need somebody."""
    pay = (
        seen(ORDERS, PAY, incident=ORDERS_FAILED),
        seen(LEDGER, PAY, incident=LEDGER_BEHIND),
        *well(PAY, 10, timedelta(seconds=70)),
    )
    clusters = [
        ClusterNow(CRM, well(CRM, 16, timedelta(seconds=58)), READ_AT),
        ClusterNow(PAY, pay, READ_AT, ocp_limit=minutes(5)),
        ClusterNow(SHOP, well(SHOP, 20, timedelta(seconds=100)), READ_AT),
    ]
    return FleetSnapshot((a_source("prod", clusters),), (ORDERS_FAILED, LEDGER_BEHIND))


def with_losses_over(*losses: Incident) -> FleetSnapshot:
    """Give a fleet in which nothing is wrong, but what is over has lost log for good."""
    calm = tuple(
        seen(a_task(PAY, tenant, number=number), PAY)
        for tenant, number in (("orders", 1002), ("ledger", 1004))
    )
    clusters = [
        ClusterNow(CRM, well(CRM, 16, timedelta(seconds=58)), READ_AT),
        ClusterNow(PAY, calm, READ_AT),
    ]
    return with_losses(FleetSnapshot((a_source("prod", clusters),)), losses)


TROUBLES: dict[Problem, tuple[str, Evidence, str]] = {
    Problem.FAILED: ("INTERRUPTED", StatusBroken("INTERRUPTED"), "interrupted"),
    Problem.STALLED: (
        "RUNNING",
        StoodStill(minutes(9), minutes(2), minutes(11), minutes(30), NOW + minutes(19)),
        "stalled",
    ),
    Problem.GROWING: (
        "RUNNING",
        Grows(minutes(4), minutes(12), minutes(2), minutes(12), minutes(30), NOW + minutes(60), 0.7),
        "growing",
    ),
    Problem.LAGGING: ("RUNNING", CatchingUp(minutes(12), minutes(20)), "lagging"),
    Problem.STUCK: ("STOPPING", StuckIn("STOPPING", minutes(22)), "stuck"),
    Problem.MISSING: ("RUNNING", NotListed(3, NOW - minutes(3)), "missing"),
    Problem.PAUSED: ("SUSPENDED", PausedFor("SUSPENDED", minutes(180), minutes(720)), "paused"),
    Problem.UNREACHABLE: (
        "RUNNING",
        NotRead(10, NOW - minutes(5), "timeout", "OCP did not answer in 10 s."),
        "unreadable",
    ),
}
LASTED = {
    Problem.FAILED: (26, 27),
    Problem.STALLED: (9, 11),
    Problem.GROWING: (12, 12),
    Problem.LAGGING: (40, 12),
    Problem.STUCK: (22, 24),
    Problem.MISSING: (3, 4),
    Problem.PAUSED: (180, 181),
    Problem.UNREACHABLE: (5, 6),
}
"""For how many minutes each of these troubles has lasted, and how many it is behind."""


def every_problem() -> FleetSnapshot:
    """Give one cluster with a task for each problem, and some that are odd but need nobody."""
    lab = a_cluster("lab", 1000009)
    tasks, incidents = [], []
    for index, (problem, (status, because, tenant)) in enumerate(TROUBLES.items()):
        lasted, behind = map(minutes, LASTED[problem])
        task = a_task(lab, tenant, status=status, delay=behind, number=1200 + index)
        severity = Severity.CRITICAL if problem is Problem.FAILED else Severity.WARNING
        incident = an_incident(
            50 + index, task_subject(task), problem, because, severity=severity, lasting=lasted, delay=behind
        )
        if problem in {Problem.MISSING, Problem.UNREACHABLE}:
            incident = replace(incident, delay=None)
        incidents.append(incident)
        tasks.append(seen(task, lab, incident=incident, listed=problem is not Problem.MISSING))
    recovering = a_task(lab, "recovering", number=1220)
    healing = an_incident(
        70,
        task_subject(recovering),
        Problem.STALLED,
        TROUBLES[Problem.STALLED][1],
        delay=timedelta(seconds=58),
        good_polls=1,
    )
    found = holding(
        READ_AT,
        [
            Finding(
                Problem.LAGGING,
                Severity.WARNING,
                NOW - minutes(3),
                BehindLimit(minutes(15), minutes(10), learned=False),
            )
        ],
        delay=minutes(15),
    )
    tasks += [
        seen(recovering, lab, incident=healing),
        seen(a_task(lab, "rules-only", delay=minutes(15), number=1221), lab, assessment=found),
        seen(a_task(lab, "odd", status="REBALANCING", number=1222), lab),
        seen(a_task(lab, "silent", status=None, delay=None, destination=None, number=1223), lab),
        seen(a_task(lab, "paused-briefly", status="PAUSED", number=1224), lab),
        seen(a_task(lab, "unlisted", number=1225), lab, listed=False),
        seen(a_task(lab, "no-delay", delay=None, number=1226), lab),
        seen(a_task(lab, None), lab),
    ]
    return FleetSnapshot((a_source("prod", [ClusterNow(lab, tuple(tasks), READ_AT)]),), (*incidents, healing))


def unread(since: timedelta, sentence: str) -> PollFailure:
    return PollFailure(NOW - since, sentence, "timeout", 4, "0e74add7846c479c")


_DOWN = "OCP region-3 did not answer in 10 s. Check that it is up."


def ten_sources() -> FleetSnapshot:
    """Give ten OCPs: one that cannot be read, one that was never read, one that is late."""
    sources = []
    for index in range(10):
        name = f"region-{index}"
        cluster = a_cluster("pay", 100 + index, name)
        tasks = well(cluster, 4, timedelta(seconds=60 + index))
        now = ClusterNow(cluster, tasks, READ_AT - timedelta(seconds=index))
        sources.append(a_source(name, [now], read_at=READ_AT - timedelta(seconds=index)))
    down = an_incident(
        60,
        source_subject(SourceName("region-3")),
        Problem.UNREACHABLE,
        NotRead(24, NOW - minutes(12), "timeout", _DOWN),
        severity=Severity.WARNING,
        lasting=minutes(12),
        delay=None,
    )
    sources[3] = replace(
        sources[3],
        read_at=NOW - minutes(12),
        failure=unread(minutes(12), _DOWN),
        incident=down,
    )
    sources[5] = replace(sources[5], read_at=None, clusters=(), duration=None, offset=None)
    sources[7] = replace(sources[7], read_at=NOW - minutes(9))
    return FleetSnapshot(tuple(sources), (down,))


def odd_clusters() -> FleetSnapshot:
    """Give clusters that cannot be read, have no task, or were read in part."""
    closed, empty, partial = a_cluster("closed", 1), a_cluster("empty", 2), a_cluster(None, 3)
    no_tasks = an_incident(
        61,
        cluster_subject(PROD, ClusterId(2), "empty"),
        Problem.MISSING,
        NoTasks(3, NOW - minutes(27)),
        severity=Severity.WARNING,
        delay=None,
    )
    clusters = [
        ClusterNow(closed, (), None, unread(minutes(3), "The login may not read backups of this cluster.")),
        ClusterNow(empty, (), READ_AT, incident=no_tasks),
        ClusterNow(partial, well(partial, 2, minutes(1)), READ_AT, complete=False, skipped=3),
    ]
    return FleetSnapshot((a_source("prod", clusters, offset=timedelta(seconds=95)),), (no_tasks,))


def large_fleet(clusters: int = 100, tenants: int = 100) -> FleetSnapshot:
    """Give a fleet of ten thousand tasks, of which every hundredth is behind."""
    made = []
    for number in range(clusters):
        cluster = a_cluster(f"cluster-{number:03}", 2000 + number)
        behind = a_task(cluster, "behind", delay=minutes(35), number=9000)
        late = an_incident(
            1000 + number,
            task_subject(behind),
            Problem.LAGGING,
            BehindLimit(minutes(35), minutes(30)),
            delay=minutes(35),
        )
        tasks = (seen(behind, cluster, incident=late), *well(cluster, tenants - 1, minutes(2)))
        made.append(ClusterNow(cluster, tasks if number % 3 else tasks[1:], READ_AT))
    incidents = [task.incident for cluster in made for task in cluster.tasks if task.incident is not None]
    return FleetSnapshot((a_source("prod", made),), tuple(incidents))


HOSTILE_NAMES = (
    "<!channel>",
    "<@U0BOT|ana> & co",
    "a*b_c~d`e",
    "\u202eevil\u202c\u0000\n\t",
    "تاجر",
    "🦄" * 70,
    "x" * 300,
    "&" * 300,
    "\ud800",
    'quo"te\\d name:x /y',
    "",
)


def hostile_fleet() -> FleetSnapshot:
    """Give a fleet in which every text that OCP or the settings may send is hostile."""
    made, incidents = [], []
    for index, name in enumerate(HOSTILE_NAMES):
        cluster = a_cluster(name, 3000 + index, "<!here>", kind=name)
        tasks = []
        for number, tenant in enumerate(HOSTILE_NAMES):
            task = replace(
                a_task(cluster, tenant, status=name or None, delay=minutes(number), number=1000 + number),
                error="<!channel> " + tenant + "E" * 50_000,
                mode=tenant,
                agent_server=tenant,
                other=tuple((f"{tenant}{field}", tenant * 3) for field in range(100)),
            )
            task = replace(task, key=replace(task.key, destination="file:///" + tenant * 40))
            incident = an_incident(
                5000 + index * 100 + number,
                task_subject(task),
                Problem.FAILED,
                StatusBroken(tenant, "<!channel>" * 6000),
            )
            incidents.append(incident)
            tasks.append(seen(task, cluster, incident=incident))
        made.append(ClusterNow(cluster, tuple(tasks), READ_AT, unread(minutes(1), "<!channel> " + name * 50)))
    return FleetSnapshot((a_source("<!here>", made), a_source("b", [])), tuple(incidents))
