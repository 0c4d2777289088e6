"""What the rules say of what could not be observed: a task, all tasks of a cluster, a cluster or source."""

from datetime import datetime

from bot.domain.evidence import NoTasks, NotListed, NotRead
from bot.domain.finding import Assessment, Finding, holding, unknown
from bot.domain.problem import Problem, Severity
from bot.domain.task import Task
from bot.domain.thresholds import Thresholds


def evaluate_absence(
    task: Task,  # noqa: ARG001 - the subject of the assessment; what it was last does not change the rule
    absent_polls: int,
    listed_at: datetime,
    at: datetime,
    thresholds: Thresholds,
) -> Assessment:
    """Assess a task last listed at ``listed_at`` and absent from ``absent_polls`` complete polls since."""
    if absent_polls < thresholds.missing_after_polls:
        return unknown(at, "it was not listed")
    evidence = NotListed(polls=absent_polls, last_listed_at=listed_at)
    return holding(at, [Finding(Problem.MISSING, Severity.WARNING, listed_at, evidence)])


def evaluate_empty_cluster(
    polls: int, last_listed_at: datetime | None, at: datetime, thresholds: Thresholds
) -> Assessment:
    """Assess a known cluster that lists no task at all, in ``polls`` complete polls in a row."""
    if polls < thresholds.missing_after_polls:
        return unknown(at, "the cluster listed no task")
    evidence = NoTasks(polls=polls, last_listed_at=last_listed_at)
    return holding(at, [Finding(Problem.MISSING, Severity.WARNING, last_listed_at or at, evidence)])


def evaluate_unread(
    polls: int,
    since: datetime,
    at: datetime,
    *,
    reason: str,
    sentence: str,
    trace_id: str | None,
    thresholds: Thresholds,
) -> Assessment:
    """Assess a source or cluster that could not be read in ``polls`` polls in a row, since ``since``.

    Both instants are in our clock. A failure that no retry will mend counts like any other.
    """
    lasted = at - since
    if polls < thresholds.unreachable_after_polls or lasted < thresholds.unreachable_warning:
        return unknown(at, "it could not be read")
    severity = Severity.CRITICAL if lasted >= thresholds.unreachable_critical else Severity.WARNING
    evidence = NotRead(polls=polls, since=since, reason=reason, sentence=sentence, trace_id=trace_id)
    return holding(at, [Finding(Problem.UNREACHABLE, severity, since, evidence)])
