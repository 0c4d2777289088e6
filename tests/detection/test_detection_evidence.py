"""What a finding rests on, and the facts beside the verdict."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.detection import (
    TaskMemory,
    accept_as_normal,
    evaluate,
    evaluate_absence,
    evaluate_empty_cluster,
    evaluate_unread,
)
from bot.domain.evidence import (
    BehindLimit,
    CatchingUp,
    Grows,
    NewRhythm,
    NoTasks,
    NotListed,
    NotRead,
    PausedFor,
    StatusBroken,
    StoodStill,
    StuckIn,
    Unclear,
    Well,
)
from bot.domain.finding import NewLevel, RecoveryGap, Verdict
from bot.domain.problem import Problem, Severity
from bot.domain.thresholds import Thresholds
from tests.detection.detection_timeline import START, Watch, moment, task

MINUTE = timedelta(minutes=1)


def gravest(watch: Watch) -> tuple[Problem, Severity, object]:
    assert watch.assessment is not None
    finding = watch.assessment.gravest
    assert finding is not None
    return finding.problem, finding.severity, finding.evidence


def test_a_stall_says_how_long_it_stands_how_often_it_moves_and_when_the_limit_is_reached() -> None:
    watch = Watch().follow("~120x120 +30x12")
    problem, severity, evidence = gravest(watch)
    assert (problem, severity) == (Problem.STALLED, Severity.WARNING)
    assert isinstance(evidence, StoodStill)
    assert evidence.stood == timedelta(seconds=360)
    assert evidence.usual is not None
    assert timedelta(seconds=90) <= evidence.usual <= timedelta(seconds=150)
    assert evidence.limit == timedelta(minutes=30)
    assert evidence.limit_at == moment(132 * 30) + evidence.limit - evidence.delay


def test_a_stall_past_its_limit_foretells_none() -> None:
    watch = Watch().follow("~120x120 +30x70")
    _, severity, evidence = gravest(watch)
    assert severity is Severity.CRITICAL
    assert isinstance(evidence, StoodStill)
    assert evidence.limit_at is None


def test_growth_says_what_it_gained_at_what_pace_and_when_the_limit_is_reached() -> None:
    watch = Watch().follow("60x150 +15x40")
    problem, severity, evidence = gravest(watch)
    assert (problem, severity) == (Problem.GROWING, Severity.WARNING)
    assert isinstance(evidence, Grows)
    assert evidence.gained >= timedelta(seconds=590)
    assert evidence.pace == pytest.approx(0.5, abs=0.05)
    assert evidence.limit_at is not None
    left = evidence.limit_at - moment(190 * 30)
    assert left / (evidence.limit - evidence.delay) == pytest.approx(2.0, abs=0.2)


def test_growth_past_its_limit_foretells_none_and_is_critical() -> None:
    watch = Watch().follow("60x150 +15x140")
    _, severity, evidence = gravest(watch)
    assert severity is Severity.CRITICAL
    assert isinstance(evidence, Grows)
    assert evidence.limit_at is None


def test_catching_up_says_how_long_is_left() -> None:
    watch = Watch().follow("~120x120 +30x60 -200x3")
    problem, severity, evidence = gravest(watch)
    assert (problem, severity) == (Problem.LAGGING, Severity.WARNING)
    assert isinstance(evidence, CatchingUp)
    assert evidence.left is not None
    assert timedelta(minutes=2) < evidence.left < timedelta(minutes=6)
    assert watch.assessment is not None
    assert not watch.assessment.findings[0].opens


def test_behind_a_limit_before_the_rhythm_is_known_says_so() -> None:
    _, _, evidence = gravest(Watch().follow("2400"))
    assert evidence == BehindLimit(timedelta(minutes=40), timedelta(minutes=30), learned=False)


def test_a_status_that_hangs_says_for_how_long() -> None:
    assert gravest(Watch().follow("60 STOPPINGx40"))[2] == StuckIn("STOPPING", timedelta(seconds=39 * 30))
    paused = PausedFor("PAUSED", timedelta(seconds=249 * 30), timedelta(hours=12))
    assert gravest(Watch().follow("60 PAUSEDx250"))[2] == paused


def test_a_broken_status_carries_what_ocp_says_of_it() -> None:
    watch = Watch()
    watch.see(30, task(0, "FAILED", error="device out of space"))
    assert gravest(watch) == (
        Problem.FAILED,
        Severity.CRITICAL,
        StatusBroken("FAILED", "device out of space"),
    )


def test_an_unknown_or_missing_status_is_unknown() -> None:
    watch = Watch()
    assert watch.see(30, task(0, "")).because == Unclear("the status is missing is not known")
    assert watch.see(60, task(0, "RESTORING")).verdict is Verdict.UNKNOWN


def test_a_standby_raises_nothing_about_delay_unless_asked() -> None:
    watch = Watch()
    for number in range(1, 200):
        assert watch.see(number * 30, task(0, cluster_type="STANDBY")).verdict is Verdict.CLEAR
    asked = Watch(replace(Thresholds(), standby_delay_matters=True))
    asked.see(4000, task(0, cluster_type="STANDBY"))
    assert asked.story == ["opened lagging warning"]


def test_a_standby_still_fails() -> None:
    watch = Watch()
    watch.see(30, task(0, "FAILED", cluster_type="STANDBY"))
    assert watch.story == ["opened failed critical"]


def test_without_a_checkpoint_the_delay_serves() -> None:
    watch = Watch()
    for number in range(1, 150):
        watch.see(number * 30, task(None, delay=60.0 + number % 2 * 0.4))
    assert watch.story == []
    for number in range(150, 170):
        watch.see(number * 30, task(None, delay=60.0 + (number - 149) * 30.0))
    assert watch.story == ["opened stalled warning"]


def test_without_checkpoint_and_delay_nothing_is_known() -> None:
    assert Watch().see(30, task(None)).because == Unclear("OCP sent neither a checkpoint nor a delay")


def test_a_late_or_double_page_leaves_the_memory_alone() -> None:
    watch = Watch().follow("60x20")
    before = watch.memory
    for at in (600, 570, 300):
        assert watch.see(at, task(-3000)).verdict is Verdict.UNKNOWN
    assert watch.memory is before


def test_a_page_without_a_checkpoint_that_is_late_is_only_late() -> None:
    watch = Watch().follow("60x20")
    before = watch.memory
    assert watch.see(60, task(None)).because == Unclear("it came late or twice")
    assert watch.memory is before


def test_a_clock_that_is_set_back_is_seen_through() -> None:
    watch = Watch().follow("60x150")
    for number in range(151, 200):
        watch.see(number * 30 - 600, task(number * 30 - 60))
    assert watch.story == []
    assert watch.assessment is not None
    assert watch.assessment.verdict is Verdict.CLEAR


def test_a_clock_that_jumps_ahead_is_seen_through_and_back_again() -> None:
    watch = Watch().follow("~60x150")
    for number in range(151, 260):
        at = number * 30
        watch.see(at + 3600, task(at - at % 60 - 20))
    assert watch.story == []
    assert watch.memory is not None
    assert watch.memory.skew == pytest.approx(3600, abs=61)
    for number in range(260, 400):
        at = number * 30
        watch.see(at, task(at - at % 60 - 20))
    assert watch.story == []
    assert watch.memory.skew == 0.0


def test_a_stall_that_began_while_nobody_polled_is_found_after_a_rhythm_and_the_patience() -> None:
    watch = Watch().follow("~60x150 _x60 +30x20")
    assert watch.story == ["opened stalled critical"]


def test_a_gap_after_which_it_is_really_behind_is_no_jump() -> None:
    watch = Watch().follow("~60x150 _x120")
    for number in range(271, 300):
        at = number * 30
        watch.see(at, task(150 * 30 + (at - 270 * 30) * 0.02))
    assert watch.story[0].startswith("opened ")


def test_after_a_gap_a_task_that_catches_up_opens_nothing() -> None:
    watch = Watch().follow("60x150 _x40")
    checkpoint = 150 * 30 - 60.0
    for number in range(191, 260):
        at = number * 30.0
        checkpoint = min(at - 60.0, checkpoint + 300.0)
        watch.see(at, task(checkpoint))
    assert watch.story == []


def test_a_checkpoint_that_goes_back_once_is_ignored() -> None:
    watch = Watch().follow("60x150")
    assert watch.see(151 * 30, task(0)).because == Unclear("the checkpoint went backwards")
    assert watch.see(152 * 30, task(152 * 30 - 60)).verdict is Verdict.CLEAR
    assert watch.story == []


def test_a_checkpoint_that_stays_back_is_believed() -> None:
    watch = Watch().follow("60x150")
    for number in range(151, 170):
        watch.see(number * 30, task(number * 30 - 4000))
    assert watch.story == ["opened lagging warning"]


def test_a_delay_that_contradicts_the_checkpoint_proves_nothing() -> None:
    watch = Watch().follow("60x150")
    for number in range(151, 200):
        at = number * 30
        said = watch.see(at, task(150 * 30 - 60, delay=60.0))
        if number > 153:
            assert said.because == Unclear("the delay contradicts the checkpoint")
    assert watch.story == []


def test_two_clocks_that_always_differ_by_the_same_are_no_contradiction() -> None:
    watch = Watch()
    verdicts = [watch.see(n * 30, task(n * 30 - 200, delay=60.0)).verdict for n in range(1, 20)]
    assert verdicts[:4] == [Verdict.CLEAR, *[Verdict.UNKNOWN] * 3]
    assert set(verdicts[4:]) == {Verdict.CLEAR}
    assert watch.see(20 * 30, task(20 * 30 - 200, delay=200.0)).verdict is Verdict.CLEAR
    assert watch.memory is not None
    assert watch.memory.odd.disagreed == 0


def test_after_interrupted_a_new_start_shows_the_gap() -> None:
    watch = Watch().follow("60x20 INTERRUPTEDx20")
    last = moment(20 * 30 - 60)
    said = watch.see(41 * 30, task(41 * 30 - 5))
    assert said.gap == RecoveryGap(last, moment(41 * 30 - 5))
    again = watch.see(42 * 30, task(42 * 30 - 5))
    assert again.gap == said.gap
    for number in range(43, 60):
        last_said = watch.see(number * 30, task(number * 30 - 5))
    assert watch.story[-1] == "resolved"
    assert last_said.gap is None


def test_after_interrupted_a_start_from_where_it_was_shows_none() -> None:
    watch = Watch().follow("60x20 INTERRUPTEDx20")
    for number in range(41, 60):
        assert watch.see(number * 30, task(20 * 30 - 60 + (number - 40) * 20)).gap is None


def test_a_task_created_anew_has_nothing_from_before() -> None:
    watch = Watch()
    watch.see(30, task(0, created=-5000))
    said = watch.see(4000, task(3990, created=3900))
    assert said.gap == RecoveryGap(START, moment(3900))


def test_a_task_created_anew_that_begins_earlier_shows_no_gap() -> None:
    watch = Watch()
    watch.see(30, task(0, created=-5000))
    assert watch.see(4000, task(3800, created=3900)).gap is None


def test_a_stop_on_purpose_that_is_resumed_in_place_shows_no_gap() -> None:
    watch = Watch().follow("60x20 STOPx5")
    assert watch.see(26 * 30, task(20 * 30 - 60)).gap is None
    assert watch.see(27 * 30, task(20 * 30)).gap is None


def test_a_step_that_stays_is_told_once() -> None:
    watch = Watch().follow("60x150")
    said = [watch.see(number * 30, task(number * 30 - 100)) for number in range(151, 420)]
    told = [assessment.told for assessment in said if assessment.told is not None]
    assert len(told) == 1
    assert isinstance(told[0], NewLevel)
    assert told[0].before == timedelta(seconds=60)
    assert timedelta(seconds=95) <= told[0].now <= timedelta(seconds=100)
    assert watch.story == []


def test_many_small_steps_are_growth_however_slow() -> None:
    """Each stays for more than an hour and is told; together they cost more than two minutes."""
    watch = Watch().follow("60x150 100x150 140x150 180x150 220x150")
    assert watch.story == ["opened growing warning"]


def test_growth_that_ends_on_a_tolerable_level_is_over_after_a_while() -> None:
    watch = Watch().follow("60x150 +3x25 135x120")
    assert watch.story == ["opened growing warning", "resolved"]


def test_growth_that_ends_on_a_dear_level_stays_open() -> None:
    watch = Watch().follow("60x150 +15x20 360x200")
    assert watch.story == ["opened growing warning"]


def test_a_new_rhythm_is_said_once_and_is_the_reason() -> None:
    watch = Watch().follow("~60x120")
    facts = []
    at = 120 * 30
    for number in range(121, 320):
        at = number * 30
        said = watch.see(at, task(at - at % 600 - 20))
        if said.learned is not None:
            facts.append(said.learned)
    assert len(facts) == 1
    fact = facts[0]
    assert isinstance(fact, NewRhythm)
    assert fact.every_before < timedelta(minutes=2) < timedelta(minutes=8) < fact.every
    assert fact.reach_before < fact.reach
    assert watch.story[-1] == "resolved"


def test_this_is_normal_now_ends_a_stall_at_once() -> None:
    watch = Watch().follow("~60x120 +30x15")
    assert watch.story == ["opened stalled warning"]
    assert watch.memory is not None
    watch.memory = accept_as_normal(watch.memory)
    watch.see(136 * 30, task(136 * 30 - 500))
    assert watch.assessment is not None
    assert watch.assessment.verdict is Verdict.CLEAR


def test_this_is_normal_now_takes_the_present_level() -> None:
    watch = Watch().follow("60x150 +15x30")
    assert watch.memory is not None
    watch.memory = accept_as_normal(watch.memory)
    for number in range(181, 300):
        watch.see(number * 30, task(number * 30 - 510))
    assert watch.story == ["opened growing warning", "resolved"]
    assert watch.assessment is not None
    assert watch.assessment.reason == Well(timedelta(seconds=510))


def test_this_is_normal_now_before_anything_is_known() -> None:
    watch = Watch()
    watch.see(30, task(None))
    assert watch.memory is not None
    assert accept_as_normal(watch.memory).trouble is None
    watch.see(60, task(-3000))
    watch.see(90, task(-3000))
    watch.memory = accept_as_normal(watch.memory)
    assert watch.see(120, task(-3000)).verdict is Verdict.CLEAR
    verdicts = [watch.see(number * 30, task(-3000)).verdict for number in range(5, 100)]
    assert verdicts[0] is Verdict.CLEAR
    assert verdicts[-1] is Verdict.HOLDS


def test_absence_is_missing_after_three_complete_polls() -> None:
    seen, at = task(0), moment(120)
    assert evaluate_absence(seen, 2, START, at, Thresholds()).verdict is Verdict.UNKNOWN
    said = evaluate_absence(seen, 3, START, at, Thresholds())
    assert said.because == NotListed(3, START)
    assert said.severity is Severity.WARNING


def test_an_empty_cluster_is_missing_after_three_polls() -> None:
    assert evaluate_empty_cluster(2, None, START, Thresholds()).verdict is Verdict.UNKNOWN
    assert evaluate_empty_cluster(3, None, START, Thresholds()).because == NoTasks(3, None)


@pytest.mark.parametrize(
    ("polls", "lasted", "verdict", "severity"),
    [
        pytest.param(1, 5 * MINUTE, Verdict.UNKNOWN, None, id="one failed poll"),
        pytest.param(4, MINUTE, Verdict.UNKNOWN, None, id="a minute"),
        pytest.param(4, 2 * MINUTE, Verdict.HOLDS, Severity.WARNING, id="two minutes"),
        pytest.param(20, 10 * MINUTE, Verdict.HOLDS, Severity.CRITICAL, id="ten minutes"),
    ],
)
def test_a_source_that_cannot_be_read(
    polls: int, lasted: timedelta, verdict: Verdict, severity: Severity | None
) -> None:
    said = evaluate_unread(
        polls,
        START,
        START + lasted,
        reason="timeout",
        sentence="OCP did not answer.",
        trace_id=None,
        thresholds=Thresholds(),
    )
    assert said.verdict is verdict
    if severity is not None:
        assert said.severity is severity
        assert said.because == NotRead(polls, START, "timeout", "OCP did not answer.")


def test_evaluate_changes_nothing_that_it_was_given() -> None:
    memory: TaskMemory | None = None
    for number in range(1, 100):
        at = moment(number * 30)
        seen = task(number * 30 - 60 - number % 7)
        first = evaluate(memory, seen, at, Thresholds())
        assert repr(first) == repr(evaluate(memory, seen, at, Thresholds()))
        memory = first[0]


def test_a_stall_soon_after_a_new_rhythm_is_a_stall() -> None:
    watch = Watch().follow("~60x120 ~300x42 +30x20")
    assert watch.story[-1] in {"reopened stalled warning", "opened stalled warning"}
    problem, _, evidence = gravest(watch)
    assert problem is Problem.STALLED
    assert isinstance(evidence, StoodStill)
    assert evidence.usual is not None
    assert evidence.usual > timedelta(minutes=4)


def test_growth_that_goes_on_after_a_while_of_catching_up_is_growth_again() -> None:
    watch = Watch().follow("60x150 +15x40 -60x6 +15x20")
    assert watch.story == ["opened growing warning", "eased lagging warning", "worsened growing warning"]


def test_a_checkpoint_that_goes_back_during_a_stall_ends_nothing() -> None:
    watch = Watch().follow("60x150 +30x15")
    for number in range(166, 180):
        watch.see(number * 30, task(1000))
    assert watch.story == ["opened stalled warning", "worsened stalled critical"]


def test_no_slowdown_at_all_may_be_tolerated() -> None:
    watch = Watch(replace(Thresholds(), slowdown_time=timedelta(0))).follow("60x150 +3x40")
    assert watch.story == ["opened growing warning"]


def test_a_checkpoint_that_stands_for_longer_than_a_jump_and_its_rhythm_explain_has_stalled() -> None:
    watch = Watch().follow("~60x150 _x10 +30x4")
    assert watch.story == []
    watch = Watch().follow("~60x150 _x10 +30x9")
    assert watch.story == ["opened stalled warning"]


def test_a_gap_within_one_long_tooth_is_no_jump() -> None:
    watch = Watch().follow("~240x121 _x5 ~240x60")
    assert watch.story == []
    assert watch.memory is not None
    assert watch.memory.skew == 0.0
