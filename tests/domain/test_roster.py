"""What a reading does to what is known of a cluster."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.finding import Verdict
from bot.domain.incident import Subject
from bot.domain.problem import Problem
from bot.domain.reading import FailedReading, Reading
from bot.domain.roster import (
    DROPPED_AFTER,
    Folded,
    KnownCluster,
    Unread,
    another_failure,
    fold_failure,
    fold_reading,
    fold_unlisted,
    judge_source,
    taken_for_dropped,
)
from bot.domain.status import Meaning, Status, read_status
from bot.domain.task import ClusterId, SourceName, Task, TaskKey
from bot.domain.thresholds import Thresholds
from tests.fakes.listed_source import PAY, PROD, task

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
POLL = timedelta(seconds=30)


def limits(_source: SourceName, _id: ClusterId | None, _name: str | None, _tenant: str | None) -> Thresholds:
    return Thresholds()


def fold(
    known: KnownCluster,
    *tasks: Task,
    poll: int = 0,
    troubled: frozenset[TaskKey] = frozenset(),
    complete: bool = True,
    skipped: int = 0,
) -> Folded:
    at = NOW + POLL * poll
    reading = Reading(PAY, tasks, at, at + timedelta(minutes=1), complete=complete, skipped=skipped)
    return fold_reading(known, reading, limits, troubled.__contains__)


def problems(folded: Folded) -> list[tuple[str, Problem]]:
    return [
        (judged.subject.name, finding.problem)
        for judged in folded.judged
        for finding in judged.assessment.findings
    ]


def healthy(tenant: str = "orders", poll: int = 0) -> Task:
    return task(tenant, checkpoint=NOW + POLL * poll - timedelta(seconds=20))


def test_a_healthy_task_is_known_and_not_spoken_of() -> None:
    folded = fold(KnownCluster(PAY), healthy())
    assert problems(folded) == []
    assert [judged.subject.name for judged in folded.judged] == ["pay"]
    assert folded.cluster.read_at == NOW
    assert folded.cluster.clock_offset == timedelta(minutes=1)


def test_a_cluster_that_was_never_read_has_no_offset() -> None:
    assert KnownCluster(PAY).clock_offset == timedelta(0)


def test_a_broken_task_is_spoken_of() -> None:
    assert problems(fold(KnownCluster(PAY), task(status="INTERRUPTED"))) == [("pay/orders", Problem.FAILED)]


def test_a_task_in_trouble_is_judged_even_when_it_is_well() -> None:
    """Otherwise its incident would never resolve."""
    key = healthy().key
    folded = fold(KnownCluster(PAY), healthy(), troubled=frozenset({key}))
    assert [(one.subject.name, one.assessment.verdict) for one in folded.judged] == [
        ("pay/orders", Verdict.CLEAR),
        ("pay", Verdict.CLEAR),
    ]


def test_a_task_is_missing_after_three_complete_polls_without_it() -> None:
    known = fold(KnownCluster(PAY), healthy(), healthy("ledger")).cluster
    seen = []
    for poll in (1, 2, 3):
        folded = fold(known, healthy("ledger", poll), poll=poll)
        known = folded.cluster
        seen.append(problems(folded))
    assert seen == [[], [], [("pay/orders", Problem.MISSING)]]


def changed(folded: Folded) -> list[str | None]:
    return [known.task.tenant_name for known in folded.changed]


def test_what_changes_of_a_task_but_times_and_delay_is_news() -> None:
    """It is kept at once; the rest is among the observations."""
    first = fold(KnownCluster(PAY), healthy(), healthy("ledger"))
    assert changed(first) == ["orders", "ledger"]
    known = first.cluster
    moved = replace(healthy(poll=1), delay=timedelta(seconds=9), modified_at=NOW, other=(("field", "x"),))
    assert changed(fold(known, moved, healthy("ledger", 1), poll=1)) == []
    for news in (
        replace(healthy(), status=read_status("FAILED")),
        replace(healthy(), error="no space left"),
        replace(healthy(), agent_server="10.0.0.9"),
        replace(healthy(), cluster_type="STANDBY"),
    ):
        assert changed(fold(known, news, healthy("ledger", 1), poll=1)) == ["orders"]


def test_another_word_of_the_same_meaning_is_news_and_the_same_word_is_not() -> None:
    known = fold(KnownCluster(PAY), task(status="RUNNING")).cluster
    assert changed(fold(known, replace(task(), status=Status("RUNNING", Meaning.RUNNING)), poll=1)) == []
    assert changed(fold(known, task(status="DOING"), poll=1)) == ["orders"]


def test_that_a_task_is_absent_is_news_and_that_it_is_back() -> None:
    known = fold(KnownCluster(PAY), healthy(), healthy("ledger")).cluster
    gone = fold(known, healthy("ledger", 1), poll=1)
    assert changed(gone) == ["orders"]
    assert changed(fold(gone.cluster, healthy(poll=2), healthy("ledger", 2), poll=2)) == ["orders"]
    assert changed(fold(gone.cluster, healthy("ledger", 2), poll=2, complete=False)) == []


def test_a_missing_task_stays_judged_while_its_incident_is_open() -> None:
    known = fold(KnownCluster(PAY), healthy(), healthy("ledger")).cluster
    folded = fold(known, healthy("ledger", 1), poll=1, troubled=frozenset({healthy().key}))
    assert "pay/orders" in [judged.subject.name for judged in folded.judged]


def test_a_list_that_was_cut_short_proves_nothing_about_who_is_absent() -> None:
    known = fold(KnownCluster(PAY), healthy(), healthy("ledger")).cluster
    for poll in range(1, 6):
        folded = fold(known, healthy("ledger", poll), poll=poll, complete=False)
        known = folded.cluster
    assert problems(folded) == []
    assert known.tasks[healthy().key].absent_polls == 0
    assert folded.judged[-1].assessment.verdict is Verdict.UNKNOWN


def test_a_tenant_that_ships_elsewhere_now_is_not_missing() -> None:
    """A changed destination is a new task, and the old one is forgotten."""
    old = task(destination="file:///old", checkpoint=NOW)
    new = task(destination="file:///new", checkpoint=NOW)
    known = fold(KnownCluster(PAY), old).cluster
    folded = fold(known, new, poll=1)
    assert folded.forgotten == (old.key,)
    assert set(folded.cluster.tasks) == {new.key}


def test_the_old_destinations_incident_is_closed_before_the_task_is_forgotten() -> None:
    old = task(destination="file:///old", status="FAILED")
    new = task(destination="file:///new", checkpoint=NOW)
    known = fold(KnownCluster(PAY), old).cluster
    folded = fold(known, new, poll=1, troubled=frozenset({old.key}))
    assert folded.forgotten == ()
    assert [(one.subject.destination, one.assessment.verdict) for one in folded.judged[:1]] == [
        ("file:///old", Verdict.CLEAR)
    ]


def test_a_cluster_that_lists_nothing_is_one_incident_not_one_a_task() -> None:
    known = fold(KnownCluster(PAY), healthy(), healthy("ledger")).cluster
    for poll in (1, 2, 3):
        folded = fold(known, poll=poll)
        known = folded.cluster
    assert problems(folded) == [("pay", Problem.MISSING)]
    assert len(known.tasks) == 2


def test_an_empty_list_that_was_cut_short_or_unreadable_is_not_empty() -> None:
    known = KnownCluster(PAY)
    for poll in range(5):
        known = fold(known, poll=poll, complete=False).cluster
        known = fold(known, poll=poll, skipped=3).cluster
    assert known.empty_polls == 0


def test_a_cluster_that_cannot_be_read_is_told_after_two_polls_and_two_minutes() -> None:
    known = KnownCluster(PAY)
    seen = []
    for poll in range(5):
        failure = FailedReading(PROD, PAY.id, NOW + timedelta(minutes=poll), "timeout", "No answer.")
        folded = fold_failure(known, failure, Thresholds())
        known = folded.cluster
        seen.append(bool(problems(folded)))
    assert seen == [False, False, True, True, True]
    assert known.unread is not None
    assert known.unread.since == NOW


def test_a_source_is_well_once_it_is_read() -> None:
    failure = FailedReading(PROD, None, NOW, "login refused", "OCP refused the login.")
    unread = another_failure(Unread(20, NOW - timedelta(hours=1), failure), failure)
    bad = judge_source(PROD, unread, NOW, Thresholds())
    assert bad.assessment.verdict is Verdict.HOLDS
    assert judge_source(PROD, None, NOW, Thresholds()).assessment.verdict is Verdict.CLEAR


def test_a_tenant_that_moved_stays_moved_until_its_incident_is_over() -> None:
    old = task(destination="file:///old", status="FAILED")
    new = task(destination="file:///new", checkpoint=NOW)
    known = fold(KnownCluster(PAY), old).cluster
    for poll in (1, 2, 3, 4, 5):
        folded = fold(known, new, poll=poll, troubled=frozenset({old.key}))
        known = folded.cluster
        assert problems(folded) == []
    assert fold(known, new, poll=6).forgotten == (old.key,)


def test_one_of_two_destinations_that_vanishes_is_missing() -> None:
    """A task with two destinations is two tasks: the one that is left does not replace the other."""
    one = task(destination="file:///one", checkpoint=NOW)
    two = task(destination="file:///two", checkpoint=NOW)
    known = fold(KnownCluster(PAY), one, two).cluster
    for poll in (1, 2, 3):
        folded = fold(known, one, poll=poll)
        known = folded.cluster
    assert [(subject.destination, problem) for subject, problem in named(folded)] == [
        ("file:///two", Problem.MISSING)
    ]


def test_a_destination_that_comes_later_replaces_one_that_is_missing() -> None:
    old = task(destination="file:///old", checkpoint=NOW)
    ledger = healthy("ledger")
    known = fold(KnownCluster(PAY), old, ledger).cluster
    for poll in (1, 2, 3):
        known = fold(known, ledger, poll=poll).cluster
    new = task(destination="file:///new", checkpoint=NOW)
    folded = fold(known, ledger, new, poll=4, troubled=frozenset({old.key}))
    verdicts = [one.assessment.verdict for one in folded.judged if one.subject.destination == "file:///old"]
    assert verdicts == [Verdict.CLEAR]


def named(folded: Folded) -> list[tuple[Subject, Problem]]:
    return [
        (judged.subject, finding.problem)
        for judged in folded.judged
        for finding in judged.assessment.findings
    ]


def test_rows_that_make_no_sense_leave_a_cluster_undecided() -> None:
    known = fold(KnownCluster(PAY), healthy()).cluster
    assert fold(known, poll=1, skipped=2).judged[-1].assessment.verdict is Verdict.UNKNOWN


def test_instants_from_a_reading_are_in_its_clock_and_those_of_a_failure_in_ours() -> None:
    folded = fold(KnownCluster(PAY), task(status="FAILED"))
    assert {judged.offset for judged in folded.judged} == {timedelta(minutes=1)}
    failure = FailedReading(PROD, PAY.id, NOW, "timeout", "No answer.")
    assert fold_failure(folded.cluster, failure, Thresholds()).judged[0].offset == timedelta(0)


def test_a_cluster_that_is_not_listed_is_told_and_taken_for_dropped_after_a_day() -> None:
    known = fold(KnownCluster(PAY), healthy()).cluster
    assert taken_for_dropped(known, NOW) is None
    first = fold_unlisted(known, NOW, Thresholds())
    assert problems(first) == []
    later = fold_unlisted(first.cluster, NOW + timedelta(minutes=5), Thresholds())
    assert problems(later) == [("pay", Problem.UNREACHABLE)]
    assert later.cluster.unlisted_since == NOW
    assert taken_for_dropped(later.cluster, NOW + DROPPED_AFTER - POLL) is None
    assert taken_for_dropped(later.cluster, NOW + DROPPED_AFTER + POLL) == DROPPED_AFTER + POLL
    failure = FailedReading(PROD, PAY.id, NOW, "timeout", "No answer.")
    assert fold_failure(later.cluster, failure, Thresholds()).cluster.unlisted_since is None
