"""The life of an incident, step by step."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.evidence import BehindLimit, CatchingUp, NotWatched, StatusBroken, StoodStill
from bot.domain.finding import Assessment, Finding, RecoveryGap, clear, holding, unknown
from bot.domain.incident import (
    Change,
    Incident,
    Lifecycle,
    Step,
    Subject,
    cluster_subject,
    source_subject,
    task_subject,
    task_subject_key,
)
from bot.domain.lifecycle import advance, retire
from bot.domain.problem import Problem, Severity
from bot.domain.status import read_status
from bot.domain.task import ClusterId, SourceName, Task, TaskKey
from bot.domain.thresholds import Thresholds

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
POLL = timedelta(seconds=30)
LIMITS = Thresholds()
PROD = SourceName("prod")
SUBJECT = Subject("task:prod/1/*/", PROD, ClusterId(1), "pay", "1004", "orders")

BROKEN = Finding(Problem.FAILED, Severity.CRITICAL, NOW, StatusBroken("FAILED"))
LAGGING = Finding(
    Problem.LAGGING, Severity.WARNING, NOW, BehindLimit(timedelta(minutes=11), timedelta(minutes=10))
)
FAR_BEHIND = Finding(
    Problem.LAGGING, Severity.CRITICAL, NOW, BehindLimit(timedelta(minutes=31), timedelta(minutes=30))
)
STALLED = Finding(
    Problem.STALLED,
    Severity.WARNING,
    NOW,
    StoodStill(timedelta(minutes=6), timedelta(minutes=2), timedelta(minutes=6), timedelta(minutes=10)),
)
CATCHING_UP = Finding(Problem.LAGGING, Severity.WARNING, NOW, CatchingUp(timedelta(minutes=8)), opens=False)


def step(incident: Incident | None, assessment: Assessment, limits: Thresholds = LIMITS) -> Step:
    return advance(incident, SUBJECT, assessment, limits, assessment.at)


def holds(
    at: datetime, *findings: Finding, delay: timedelta | None = None, hold: timedelta = timedelta(0)
) -> Assessment:
    return holding(at, list(findings), delay=delay, closing_hold=hold)


def opened(*findings: Finding, hold: timedelta = timedelta(0)) -> Incident:
    incident = step(None, holds(NOW, *findings, hold=hold)).incident
    assert incident is not None
    return incident


def walk(incident: Incident | None, *assessments: Assessment) -> list[Change]:
    """Advance by each assessment and give the changes."""
    changes = []
    for assessment in assessments:
        after = step(incident, assessment)
        incident = after.incident
        if after.transition is not None:
            changes.append(after.transition.change)
    return changes


def test_a_broken_status_opens_a_critical_incident_at_once() -> None:
    after = step(None, holds(NOW, BROKEN))
    assert after.incident is not None
    assert after.transition is not None
    assert after.transition.change is Change.OPENED
    assert (after.incident.problem, after.incident.severity) == (Problem.FAILED, Severity.CRITICAL)
    assert after.incident.lifecycle is Lifecycle.FIRING


def test_the_gravest_problem_names_it_and_the_highest_severity_is_its_own() -> None:
    incident = opened(FAR_BEHIND, STALLED)
    assert incident.problem is Problem.STALLED
    assert incident.severity is Severity.CRITICAL


def test_what_had_just_begun_at_the_first_look_was_there_already() -> None:
    def at_first(finding: Finding) -> bool:
        found = advance(None, SUBJECT, holds(NOW, finding), LIMITS, NOW, first_look=True).incident
        assert found is not None
        return found.already

    assert at_first(BROKEN)
    assert not at_first(replace(BROKEN, since=NOW - timedelta(minutes=1))), "its own readings say since when"
    assert not opened(BROKEN).already, "it was seen to begin"


def test_unknown_opens_nothing_and_closes_nothing() -> None:
    assert step(None, unknown(NOW, "it came late")) == Step(None)
    incident = opened(BROKEN)
    assert step(incident, unknown(NOW + POLL, "it came late")) == Step(incident)


def test_what_only_keeps_an_incident_open_does_not_open_one() -> None:
    assert step(None, holds(NOW, CATCHING_UP)) == Step(None)


def test_well_without_an_incident_is_nothing() -> None:
    assert step(None, clear(NOW)) == Step(None)


def test_two_good_polls_resolve_it() -> None:
    """The closing hold is two polls: one good poll may be luck."""
    incident = opened(BROKEN)
    first = step(incident, clear(NOW + POLL))
    assert first.transition is None
    assert first.incident is not None
    assert first.incident.is_open
    second = step(first.incident, clear(NOW + 2 * POLL))
    assert second.transition is not None
    assert second.transition.change is Change.RESOLVED
    assert second.incident is not None
    assert second.incident.resolved_at == NOW + 2 * POLL


def test_a_bad_poll_between_starts_the_hold_anew() -> None:
    changes = walk(
        opened(BROKEN),
        clear(NOW + POLL),
        holds(NOW + 2 * POLL, BROKEN),
        clear(NOW + 3 * POLL),
        unknown(NOW + 4 * POLL, "clock"),
        clear(NOW + 5 * POLL),
    )
    assert changes == [Change.RESOLVED]


def test_a_stall_is_held_for_a_whole_rhythm() -> None:
    """Two polls in a tooth of five minutes prove nothing about the next tooth."""
    rhythm = timedelta(minutes=5)
    incident = opened(STALLED, hold=rhythm)
    good = [clear(NOW + POLL * n) for n in range(1, 11)]
    assert walk(incident, *good) == []
    assert walk(incident, *good, clear(NOW + POLL * 11)) == [Change.RESOLVED]


@pytest.mark.parametrize(
    ("first", "then", "change"),
    [
        pytest.param(LAGGING, FAR_BEHIND, Change.WORSENED, id="severity rose"),
        pytest.param(FAR_BEHIND, LAGGING, Change.EASED, id="severity fell"),
        pytest.param(LAGGING, STALLED, Change.WORSENED, id="a graver problem"),
        pytest.param(STALLED, LAGGING, Change.EASED, id="a lesser problem"),
        pytest.param(STALLED, FAR_BEHIND, Change.WORSENED, id="a lesser problem, more severe"),
        pytest.param(BROKEN, CATCHING_UP, Change.EASED, id="it runs again and catches up"),
    ],
)
def test_a_change_of_problem_or_severity_is_a_transition(
    first: Finding, then: Finding, change: Change
) -> None:
    assert walk(opened(first), holds(NOW + POLL, then)) == [change]


def test_the_same_again_is_no_transition_but_its_figures_move_on() -> None:
    incident = opened(LAGGING)
    after = step(incident, holds(NOW + POLL, LAGGING, delay=timedelta(minutes=12)))
    assert after.transition is None
    assert after.incident is not None
    assert after.incident.delay == timedelta(minutes=12)
    assert after.incident.worst_delay == timedelta(minutes=12)
    again = step(after.incident, holds(NOW + 2 * POLL, LAGGING, delay=timedelta(minutes=3))).incident
    assert again is not None
    assert again.worst_delay == timedelta(minutes=12)
    unmeasured = step(again, holds(NOW + 3 * POLL, LAGGING)).incident
    assert unmeasured is not None
    assert unmeasured.worst_delay == timedelta(minutes=12)


def resolved() -> Incident:
    last = step(step(opened(BROKEN), clear(NOW + POLL)).incident, clear(NOW + 2 * POLL)).incident
    assert last is not None
    return last


def test_one_that_comes_back_soon_is_the_old_one() -> None:
    after = step(resolved(), holds(NOW + 3 * POLL, LAGGING, delay=timedelta(minutes=11)))
    assert after.transition is not None
    assert after.transition.change is Change.REOPENED
    assert after.incident is not None
    assert after.incident.reopened == 1
    assert after.incident.opened_at == NOW
    assert after.incident.resolved_at is None
    assert after.incident.worst_severity is Severity.CRITICAL


def test_one_that_came_back_waits_out_the_closing_hold_anew() -> None:
    back = step(resolved(), holds(NOW + 3 * POLL, BROKEN)).incident
    assert walk(back, clear(NOW + 4 * POLL)) == []
    assert walk(back, clear(NOW + 4 * POLL), clear(NOW + 5 * POLL)) == [Change.RESOLVED]


def test_one_that_comes_back_late_is_a_new_one() -> None:
    later = NOW + 2 * POLL + LIMITS.reopen_within + POLL
    after = step(resolved(), holds(later, BROKEN))
    assert after.transition is not None
    assert after.transition.change is Change.OPENED
    assert after.incident is not None
    assert after.incident.opened_at == later


def test_a_resolved_one_stays_as_it_is_while_all_is_well() -> None:
    last = resolved()
    assert step(last, clear(NOW + 3 * POLL)) == Step(last)
    assert step(last, holds(NOW + 3 * POLL, CATCHING_UP)) == Step(last)


def test_a_pending_period_is_waited_out_before_anything_is_said() -> None:
    limits = Thresholds(pending=timedelta(minutes=1))
    first = step(None, holds(NOW, LAGGING), limits)
    assert first.transition is None
    assert first.incident is not None
    assert first.incident.lifecycle is Lifecycle.PENDING
    second = step(first.incident, holds(NOW + POLL, LAGGING), limits)
    assert second.transition is None
    third = step(second.incident, holds(NOW + 2 * POLL, LAGGING), limits)
    assert third.transition is not None
    assert third.transition.change is Change.OPENED
    assert third.transition.before is None


def test_a_pending_one_that_is_well_again_was_never_there() -> None:
    limits = Thresholds(pending=timedelta(minutes=1))
    first = step(None, holds(NOW, LAGGING), limits)
    assert step(first.incident, clear(NOW + POLL), limits) == Step(None)


def test_instants_of_ocps_clock_are_put_into_ours() -> None:
    offset = timedelta(minutes=3)
    began = NOW - timedelta(minutes=10)
    finding = Finding(Problem.FAILED, Severity.CRITICAL, began, StatusBroken("FAILED"))
    gap = RecoveryGap(began, NOW)
    seen = Assessment(at=NOW, verdict=holds(NOW, finding).verdict, findings=(finding,), gap=gap)
    after = advance(None, SUBJECT, seen, LIMITS, NOW + offset, offset=offset, checkpoint=began)
    assert after.incident is not None
    assert after.incident.since == began + offset
    assert after.incident.checkpoint == began + offset
    assert after.incident.gap == RecoveryGap(began + offset, NOW + offset)


def test_a_gap_that_was_seen_is_not_forgotten() -> None:
    gap = RecoveryGap(NOW - POLL, NOW)
    first = holds(NOW, BROKEN)
    incident = step(None, Assessment(NOW, first.verdict, first.findings, gap=gap)).incident
    after = step(incident, clear(NOW + POLL)).incident
    assert after is not None
    assert after.gap == gap


def test_it_never_begins_in_the_future() -> None:
    finding = Finding(Problem.FAILED, Severity.CRITICAL, NOW + timedelta(hours=1), StatusBroken("FAILED"))
    incident = step(None, holds(NOW, finding)).incident
    assert incident is not None
    assert incident.since == NOW


def test_subjects_are_named_as_people_name_them() -> None:
    task = Task(
        TaskKey(PROD, ClusterId(1), "1004", "file:///b"), read_status("RUNNING"), "pay", tenant_name="orders"
    )
    assert task_subject(task).name == "pay/orders"
    assert task_subject(task).key == task_subject_key(task.key)
    assert cluster_subject(PROD, ClusterId(1), "pay").name == "pay"
    assert source_subject(PROD).name == "prod"


def test_what_is_pending_fires_only_while_something_would_open_it() -> None:
    """It catches up already: there is nothing left to wake anyone for."""
    limits = Thresholds(pending=timedelta(minutes=1))
    pending = step(None, holds(NOW, LAGGING), limits).incident
    after = step(pending, holds(NOW + 3 * POLL, CATCHING_UP), limits)
    assert after.transition is None
    assert after.incident is not None
    assert after.incident.lifecycle is Lifecycle.PENDING
    fired = step(after.incident, holds(NOW + 4 * POLL, LAGGING), limits)
    assert fired.transition is not None
    assert fired.transition.change is Change.OPENED


def test_one_that_nobody_watches_any_more_ends_as_that() -> None:
    incident = opened(BROKEN)
    ended = retire(incident, NotWatched(), NOW + POLL)
    assert ended.incident is not None
    assert ended.incident.lifecycle is Lifecycle.RESOLVED
    assert ended.incident.resolved_at == NOW + POLL
    assert ended.transition is not None
    assert (ended.transition.change, ended.transition.because) == (Change.RESOLVED, NotWatched())
    assert retire(ended.incident, NotWatched(), NOW + 2 * POLL) == Step(ended.incident)


def test_one_that_ended_because_nobody_watched_does_not_come_back() -> None:
    """What is watched again is looked at with fresh eyes: it is new."""
    ended = retire(opened(BROKEN), NotWatched(), NOW + POLL).incident
    again = step(ended, holds(NOW + 2 * POLL, BROKEN))
    assert again.transition is not None
    assert again.transition.change is Change.OPENED


def test_one_that_was_pending_when_the_watch_ended_was_never_there() -> None:
    pending = step(None, holds(NOW, LAGGING), Thresholds(pending=timedelta(minutes=1))).incident
    assert pending is not None
    assert retire(pending, NotWatched(), NOW + POLL) == Step(None)
