"""People, groups, silences and histories for the views about who handles what."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import sin

import tests.views.view_samples as samples
from bot.domain.delay_history import DelayHistory, DelayLimits, DelayPoint
from bot.domain.evidence import Evidence, NotRead, PausedFor, StoodStill
from bot.domain.finding import RecoveryGap
from bot.domain.grouping import Cause, Group, Trait
from bot.domain.handling import Acknowledgement, Actor, Assignment, Handling, UserId
from bot.domain.incident import (
    Incident,
    IncidentNumber,
    Lifecycle,
    Snapshot,
    cluster_subject,
    source_subject,
    task_subject,
)
from bot.domain.naming import Scope
from bot.domain.notification import Counts, GroupContent, IncidentContent
from bot.domain.posts import Channel
from bot.domain.problem import Problem, Severity
from bot.domain.silence import Ending, Matcher, Silence, SilenceNumber
from bot.domain.task import ClusterId
from tests.views.view_samples import NOW, PROD, READ_AT, minutes

ANA = Actor(UserId("U0ANA"), "Ana Lima")
BEN = Actor(UserId("U0BEN"), "Ben")
CAROL = Actor(UserId("U0CAROL"), "Carol <!channel>")

SEEN = Handling(acknowledged=Acknowledgement(ANA, NOW - minutes(7)))
TAKEN = Handling(SEEN.acknowledged, Assignment(BEN, ANA, NOW - minutes(5)))
GIVEN = Handling(assigned=Assignment(BEN, BEN, NOW - minutes(5)))

SNAPSHOT = Snapshot(
    read_at=READ_AT,
    status="RUNNING",
    mode="PHYSICAL_BACKUP",
    agent_server="10.0.0.7",
    normal=timedelta(seconds=112),
    warning=minutes(10),
    critical=minutes(30),
    trend=(58, 61, 59, None, 70, 62, 58, 65, 60, 130, 660),
)
"""What the last reading said, with the trend of the last hours."""

STALLED = replace(
    next(one for one in samples.every_problem().incidents if one.problem is Problem.STALLED),
    snapshot=SNAPSHOT,
)
STILL = replace(
    STALLED,
    severity=Severity.CRITICAL,
    because=StoodStill(minutes(200), minutes(2), minutes(202), minutes(30)),
    since=NOW - minutes(200),
    delay=minutes(202),
    worst_delay=minutes(202),
    snapshot=replace(SNAPSHOT, trend=(60, 62, 58, 61, 3000, 6000, 9000, 12120)),
)
"""One that nobody has mended for hours."""

TIMEOUT = NotRead(52, NOW - minutes(26), "timeout", "OCP did not answer in 10 s.")
SOURCE_DOWN = samples.an_incident(
    60,
    source_subject(PROD),
    Problem.UNREACHABLE,
    TIMEOUT,
    delay=None,
)

LOGIN_REFUSED = replace(
    SOURCE_DOWN,
    because=NotRead(
        4,
        NOW - minutes(2),
        "login refused",
        "OCP prod refused the login (HTTP 401). So that the account is not locked, the bot tries again in an"
        " hour at the earliest. Check the user and password, or the access key, and restart it.",
    ),
    reopened=1,
)
"""One that was read again for a while, and then no more."""

GAP = RecoveryGap(NOW - minutes(27), NOW - minutes(14))

MANY = tuple(
    samples.an_incident(
        100 + index,
        task_subject(row.task),
        Problem.STALLED,
        StoodStill(minutes(26), minutes(2), minutes(27), minutes(30), NOW + minutes(3)),
        delay=minutes(27),
    )
    for index, row in enumerate(samples.well(samples.SHOP, 25, minutes(2)))
)


def of_problem(problem: Problem) -> Incident:
    """Give an incident of this problem."""
    return next(one for one in samples.every_problem().incidents if one.problem is problem)


def a_group(
    cause: Cause,
    label: str,
    *,
    problem: Problem = Problem.STALLED,
    total: int = 12,
    handling: Handling = Handling(),  # noqa: B008 - a frozen value
    over: bool = False,
) -> Group:
    """Give a group of tasks that broke together."""
    return Group(
        number=IncidentNumber(50),
        channel=Channel("C1"),
        trait=Trait(cause, PROD, label, label),
        lifecycle=Lifecycle.RESOLVED if over else Lifecycle.FIRING,
        severity=Severity.CRITICAL,
        problem=problem,
        since=NOW - minutes(26),
        opened_at=NOW - minutes(24),
        changed_at=NOW - minutes(24),
        total=total,
        worst_severity=Severity.CRITICAL,
        worst_delay=minutes(27),
        resolved_at=NOW - minutes(1) if over else None,
        handling=handling,
        revision=2,
    )


STORAGE = a_group(Cause.DESTINATION, "file:///obbackup")
MEMBERS = MANY[:12]
ALL_STOPPED = Counts(open=12, problems=((Problem.STALLED, 12),))
MIXED = Counts(open=9, over=3, silenced=2, unwatched=1, problems=((Problem.FAILED, 2), (Problem.STALLED, 7)))


def group_content(group: Group = STORAGE, counts: Counts = ALL_STOPPED, **facts: object) -> GroupContent:
    """Give what the message of a group says."""
    return GroupContent(group, MEMBERS, counts, READ_AT, **facts)  # type: ignore[arg-type]  # facts of a test


def paused_together() -> GroupContent:
    """Give a group of tasks that were paused."""
    members = tuple(
        replace(
            one,
            problem=Problem.PAUSED,
            because=PausedFor("SUSPENDED", minutes(180), minutes(720)),
            since=NOW - minutes(180),
            delay=minutes(181),
        )
        for one in MEMBERS
    )
    group = replace(a_group(Cause.CLUSTER, "shop", problem=Problem.PAUSED), since=NOW - minutes(180))
    return replace(group_content(group, Counts(open=12, problems=((Problem.PAUSED, 12),))), worst=members)


def unread_together(because: Evidence = TIMEOUT, number: int = 3) -> GroupContent:
    """Give a group of clusters that cannot be read, of which ten are told."""
    members = tuple(
        samples.an_incident(
            90 + place,
            cluster_subject(PROD, ClusterId(90 + place), f"shop-{90 + place}"),
            Problem.UNREACHABLE,
            because,
            delay=None,
        )
        for place in range(min(number, 10))
    )
    group = replace(a_group(Cause.SOURCE, "prod", problem=Problem.UNREACHABLE), worst_delay=None)
    counts = Counts(open=number, problems=((Problem.UNREACHABLE, number),))
    return replace(group_content(group, counts), worst=members)


def card(incident: Incident, **facts: object) -> IncidentContent:
    """Give what the card of an incident says."""
    return IncidentContent(incident, READ_AT, offset=timedelta(seconds=3), **facts)  # type: ignore[arg-type]  # facts of a test


def a_silence(number: int = 7, **facts: object) -> Silence:
    """Give a silence of the cluster pay for two hours."""
    known: dict[str, object] = {
        "matcher": Matcher(Scope(cluster="pay"), (Problem.LAGGING,), ()),
        "starts_at": NOW - minutes(30),
        "ends_at": NOW + minutes(90),
        "created_at": NOW - minutes(30),
        "author": ANA,
        "reason": "disk swap, the storage team is on it",
        "channel": Channel("C1"),
        "started": True,
    }
    return Silence(SilenceNumber(number), **(known | facts))  # type: ignore[arg-type]  # facts of a test


WORST = timedelta(minutes=26)
QUIET = a_silence()
QUIET_SHOP = a_silence(7, matcher=Matcher(Scope(cluster="shop")))
QUIET_GROUP = a_silence(7, matcher=Matcher(numbers=(IncidentNumber(50),), is_group=True))
UNTIL_OVER = a_silence(8, matcher=Matcher(numbers=(IncidentNumber(42),)), ends_at=None, reason="")
WINDOW = a_silence(
    9,
    matcher=Matcher(Scope(name="*")),
    starts_at=NOW + minutes(60),
    ends_at=NOW + minutes(180),
    author=None,
    window="sunday",
    started=False,
)
ENDED = a_silence(6, ended_at=NOW - minutes(5), ending=Ending.BY_HAND, author=None)


@dataclass(frozen=True)
class Happened:
    """One line of an audit trail."""

    at: datetime
    sentence: str
    actor: str | None = None
    name: str | None = None
    what: str = "opened"
    severity: Severity | None = None
    delay: timedelta | None = None


STORY = (
    Happened(
        NOW - minutes(26),
        "opened: OCP reports FAILED: archive device out of space",
        severity=Severity.CRITICAL,
        delay=minutes(26),
    ),
    Happened(NOW - minutes(7), "acknowledged it", "U0ANA", "Ana Lima", "acknowledged"),
    Happened(NOW - minutes(5), "noted: the storage team is on it", "U0ANA", "Ana Lima", "note"),
)


def a_history(days: float = 3, *, worst: timedelta = WORST) -> DelayHistory:
    """Give a history that ends now, with teeth, an hour without readings, and a bad time in the middle."""
    since = NOW - timedelta(days=days)
    steps = int(timedelta(days=days) / minutes(5))
    points = []
    for step in range(steps + 1):
        at = since + step * minutes(5)
        share = step / steps
        if 0.2 < share < 0.2 + 1 / (24 * days):
            continue
        delay = timedelta(seconds=70 + 40 * sin(step))
        if 0.5 < share < 0.6:
            delay = worst * (1 - abs(share - 0.55) * 20)
        points.append(DelayPoint(at, max(delay, timedelta(seconds=20))))
    return DelayHistory.of(points, since=since, until=NOW)


LIMITS = DelayLimits(warning=minutes(10), critical=minutes(30), normal=timedelta(seconds=112))


def numbered(incidents: Sequence[Incident], first: int) -> tuple[Incident, ...]:
    """Give incidents numbers in a row."""
    return tuple(replace(one, number=IncidentNumber(first + place)) for place, one in enumerate(incidents))
