"""The rules one by one: from what they learn, what they suppose, what proves it, and what refutes it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.detection.delays import _is_dear
from bot.domain.detection.limits import limits
from bot.domain.detection.memory import Block, Blocks, Point, Rhythm, Rise
from bot.domain.detection.rhythm import derive, extended, is_full, learned
from bot.domain.detection.rises import BEND, STRAIGHT, excess, goes_on, is_steady, is_tolerable, straightness
from bot.domain.evidence import BehindLimit, Unclear
from bot.domain.finding import Verdict
from bot.domain.thresholds import Thresholds
from tests.detection.detection_timeline import LAG, Watch, moment, polls, task

SLOWDOWN = Thresholds().slowdown_time.total_seconds()
MINUTE = timedelta(minutes=1)


def test_a_publication_lies_between_two_polls() -> None:
    """A checkpoint that was first seen 60 s old was published with a lag between 30 s and 60 s."""
    watch = Watch().follow("60x12")
    assert watch.memory is not None
    block = watch.memory.block
    assert (block.proved, block.low, block.high) == (30.0, 60.0, 60.0)


@pytest.mark.parametrize("interval", [7.0, 30.0, 45.0, 70.0])
@pytest.mark.parametrize("line", ["~60x400", "~60x100 _ ~60x3 _x2 ~60x200 _ ~60x100"], ids=["all", "dropped"])
def test_dropped_polls_and_their_phase_change_nothing(interval: float, line: str) -> None:
    """Whatever the polls meet of the teeth, the lag of each publication is within what is learned."""
    watch = Watch().follow(line, interval)
    assert watch.story == []
    assert watch.memory is not None
    rhythm = watch.memory.rhythm
    assert rhythm.known
    assert rhythm.bottom <= LAG <= rhythm.floor


def test_the_memory_counts_in_seconds_of_the_envelopes_time() -> None:
    watch = Watch()
    watch.see(30.25, task(0))
    assert watch.memory is not None
    assert watch.memory.at == moment(30.25).timestamp()
    assert watch.memory.checkpoint == moment(0).timestamp()


def a_block(*, publications: int = 5, age: float = 100.0, low: float = 0.0, jump: float = 0.0) -> Block:
    """Make a full block of healthy publications."""
    block = Block(since=0.0)
    for _ in range(publications):
        block = learned(block, low - 30.0, low, age + low, 60.0)
    return replace(block, jump=jump, high=low + 60.0)


def test_a_block_takes_ten_minutes_and_three_publications_and_twelve_are_kept() -> None:
    three, two = a_block(publications=3), a_block(publications=2)
    assert is_full(three, 600.0)
    assert not is_full(three, 599.0)
    assert not is_full(two, 6000.0)
    watch = Watch().follow("60x600")
    assert watch.memory is not None
    blocks = watch.memory.rhythm.blocks
    assert len(blocks.but_the_newest()) == 12, "twelve that count, and the newest"
    assert next(iter(blocks)).since > moment(0).timestamp() + 3600, "the oldest went"


def test_the_newest_block_counts_when_the_next_is_full() -> None:
    old, new = a_block(low=50.0), a_block(low=10.0)
    assert derive(Blocks.of([old, new])).floor == 50.0
    assert derive(Blocks.of([old, new, old])).floor == 10.0


@pytest.mark.parametrize("then", ["+3x12", "+3x40", "+30x5", "+15x60", "FAILEDx40"])
def test_nothing_is_learned_of_a_rise_a_pause_or_trouble(then: str) -> None:
    """A slow ramp cannot teach that ramps are normal."""
    before, after = Watch().follow("60x150"), Watch().follow(f"60x150 {then}")
    assert before.memory is not None
    assert after.memory is not None
    assert after.memory.rhythm == before.memory.rhythm
    assert after.memory.block.publications <= before.memory.block.publications + 1


def test_a_pause_that_was_made_good_is_no_part_of_the_rhythm() -> None:
    watch = Watch().follow("~120x120 +30x8 ~120x40")
    assert watch.memory is not None
    blocks = (*watch.memory.rhythm.blocks, watch.memory.block)
    assert all(block.age < 120.0 + LAG for block in blocks), "it took twice as long"


def test_a_publication_within_a_rise_is_not_learned_though_it_alone_would_be_well() -> None:
    watch = Watch().follow("60x150 +10x4")
    assert watch.memory is not None
    before = watch.memory.block
    at = 157 * 30.0
    watch.see(at, task(at - 115))
    assert watch.memory.rise is not None
    assert watch.memory.block == before


def test_a_few_pauses_do_not_move_the_reach() -> None:
    """The median of the blocks and three median deviations."""
    ages = [90.0, 100.0, 110.0] * 4
    usual = derive(Blocks.of(a_block(age=age) for age in [*ages, 0.0]))
    assert usual.reach == 100.0 + 3 * 10.0 + 5.0
    paused = derive(Blocks.of(a_block(age=age) for age in [*ages[:-2], 900.0, 900.0, 0.0]))
    assert paused.reach == usual.reach


def test_what_was_ever_seen_counts_once_polls_met_the_teeth_in_every_phase() -> None:
    """Until then only the two polls around a publication tell that it came too late."""
    met = derive(Blocks.of(a_block(jump=40.0) for _ in range(5)))
    unmet = derive(Blocks.of(a_block(jump=1.0) for _ in range(5)))
    met, unmet = replace(met, rest=0.0), replace(unmet, rest=0.0)
    assert met.mixed
    assert not unmet.mixed
    least, most = -10.0, met.ceiling + met.spread + 20.0
    assert excess(met, least, most, 0.0, 0.0)[0] == 20.0
    assert excess(unmet, least, most, 0.0, 0.0)[0] < 0.0


def test_a_stall_is_found_past_its_reach_and_the_patience() -> None:
    watch = Watch().follow("~120x120")
    assert watch.memory is not None
    rhythm = watch.memory.rhythm
    last = list(polls("~120x120"))[-1]
    at = last.at
    while not watch.story:
        at += 30.0
        watch.see(at, task(last.checkpoint))
    behind = at - last.checkpoint
    assert watch.story == ["opened stalled warning"]
    assert behind - 30.0 <= rhythm.reach + 150.0 < behind


@pytest.mark.parametrize(
    ("reach", "warning", "critical"),
    [(60, 10, 30), (15 * 60, 20, 30), (60 * 60, 65, 65)],
    ids=["short teeth", "teeth over the warning", "teeth over both"],
)
def test_limits_are_raised_to_what_the_rhythm_reaches(reach: float, warning: float, critical: float) -> None:
    known = replace(Rhythm(), known=True, reach=float(reach))
    assert limits(known, Thresholds()) == (warning * 60, critical * 60)


@pytest.mark.parametrize(
    ("leasts", "is_dear"),
    [((130.0,), False), ((0.0, 130.0), False), ((30.0, 119.0), False), ((30.0, 121.0), True)],
    ids=["one publication", "nothing certain before", "not dear yet", "dear"],
)
def test_what_is_dear_is_proved_by_two_publications(leasts: tuple[float, ...], *, is_dear: bool) -> None:
    """A pause that is made good falls back before that."""
    watch = Watch().follow("60x3")
    assert watch.memory is not None
    points = tuple(Point(at, least, least + 30.0) for at, least in enumerate(leasts))
    rise = Rise(0.0, sharp=True, count=len(points), sure_at=0.0, points=points)
    assert _is_dear(watch.memory, rise, Thresholds()) is is_dear


@pytest.mark.parametrize(("days", "left"), [(0.5, 60.0), (1.0, 0.0), (2.0, 0.0)])
def test_what_was_lifted_is_forgotten_at_two_minutes_a_day(days: float, left: float) -> None:
    rhythm = derive(Blocks.of([a_block()]), lifted=120.0)
    assert extended(rhythm, a_block(), days * 86_400.0).lifted == pytest.approx(left)


def rising(*middles: float, within: float = 5.0) -> tuple[Point, ...]:
    """Give a publication a minute, each known to so many seconds."""
    return tuple(
        Point(60.0 * number, middle - within, middle + within) for number, middle in enumerate(middles, 1)
    )


STEP = [100.0] * 15
ENDED = [*(20.0 * number for number in range(1, 6)), *[100.0] * 10]
BENT = [20.0, 33.0, 44.0, 67.0, 80.0, 97.0, 94.0, 103.0, 103.0]
"""A line explains it, and no single shape of those that are tried; six minutes and a level fit far better."""
RAMP = [10.0 * number for number in range(1, 16)]


@pytest.mark.parametrize(
    ("middles", "tolerated"),
    [
        pytest.param(STEP, True, id="a step"),
        pytest.param(ENDED, True, id="five minutes of slowdown, then a level"),
        pytest.param(RAMP, False, id="fifteen minutes, and on"),
    ],
)
def test_a_step_or_a_slowdown_that_ended_is_no_growth_however_it_is_placed(
    middles: list[float], *, tolerated: bool
) -> None:
    points = rising(*middles)
    assert is_tolerable(points, 0.0, SLOWDOWN, 0.0) is tolerated
    rise = Rise(0.0, sharp=True, count=len(points), sure_at=points[-1].at, points=points)
    assert goes_on(rise, SLOWDOWN) is not tolerated
    short = Rise(0.0, sharp=True, count=6, sure_at=360.0, points=points[:6])
    assert not goes_on(short, SLOWDOWN), "it has not lasted yet"


def test_a_line_that_fits_no_better_than_a_bend_is_no_growth() -> None:
    assert straightness(rising(*RAMP), SLOWDOWN) >= STRAIGHT
    assert straightness(rising(20.0, 40.0, 60.0), SLOWDOWN) == BEND, "three publications cannot tell"
    assert straightness(rising(*[20.0] * 5, *[100.0] * 10), SLOWDOWN) < BEND
    assert straightness(rising(*ENDED), SLOWDOWN) < BEND
    bent = rising(*BENT, within=8.0)
    assert is_steady(bent)
    assert not is_tolerable(bent, 0.0, SLOWDOWN, 0.0)
    assert not goes_on(Rise(0.0, sharp=True, count=len(bent), sure_at=540.0, points=bent), SLOWDOWN)


def test_a_jump_is_proved_by_three_publications() -> None:
    watch = Watch().follow("~60x150")
    assert watch.memory is not None
    seen: set[float] = set()
    for number in range(151, 170):
        at = number * 30
        checkpoint = at - at % 60 - LAG
        watch.see(at + 3600, task(checkpoint))
        seen.add(checkpoint)
        if watch.memory.skew:
            break
    first = 150 * 30 - 150 * 30 % 60 - LAG
    assert len(seen - {first}) == 3
    assert watch.story == []


def test_a_checkpoint_that_stays_back_is_believed_at_the_third_poll() -> None:
    """Its rhythm is learned anew from there."""
    watch = Watch().follow("60x150")
    told = [watch.see(number * 30, task(number * 30 - 4000)).because for number in (151, 152, 153)]
    backwards = Unclear("the checkpoint went backwards")
    assert [one == backwards for one in told] == [True, True, False]
    assert watch.memory is not None
    assert not watch.memory.rhythm.blocks


def test_well_again_takes_all_of_it() -> None:
    """It runs, its checkpoint has moved, and it is no further behind than its rhythm reaches."""
    broken = Watch().follow("60x150 FAILEDx40")
    at = 191 * 30.0
    assert broken.see(at, task(150 * 30 - 60)).verdict is not Verdict.CLEAR, "it has not moved"
    assert broken.see(at + 30, task(at - 900)).verdict is Verdict.HOLDS, "it is behind"
    assert broken.see(at + 60, task(at - 30)).verdict is Verdict.HOLDS, "it is nearly there"
    assert broken.see(at + 90, task(at + 30)).verdict is Verdict.CLEAR
    assert broken.story[-1] != "resolved", "two polls"
    broken.see(at + 120, task(at + 60))
    assert broken.story[-1] == "resolved"


def test_while_it_was_in_trouble_a_long_rest_is_unknown() -> None:
    """A rhythm that became much slower is one incident, not one for each tooth."""
    watch = Watch().follow("~60x120")
    said = set()
    for poll in list(polls("~60x120 ~900x130"))[120:]:
        because = watch.see(poll.at, task(poll.checkpoint)).because
        said.add(because if isinstance(because, Unclear) else None)
    assert Unclear("it rests for longer than usual") in said
    assert [word for word in watch.story if word.startswith(("opened", "reopened"))] == [
        "opened stalled warning"
    ]


def well_for(watch: Watch, at: float) -> float:
    """Let a task be well from a moment on; give how long it took until its incident was over."""
    began, seen = at, len(watch.story)
    while len(watch.story) == seen:
        watch.see(at, task(at - 60))
        at += 30.0
    assert watch.story[-1] == "resolved"
    return at - began


def test_what_fails_again_soon_must_be_well_for_longer() -> None:
    """Two polls; five minutes more for each time; two polls again after a quarter of an hour."""
    watch = Watch().follow("60x20")
    at, lasted = 21 * 30.0, []
    for _ in range(3):
        watch.see(at, task(at - 60, "FAILED"))
        lasted.append(well_for(watch, at + 30))
        at += 30 + lasted[-1]
    assert lasted[0] == 60.0
    assert 300.0 <= lasted[1] <= 390.0
    assert 600.0 <= lasted[2] <= 690.0
    for later in range(40):
        watch.see(at + later * 30, task(at + later * 30 - 60))
    at += 40 * 30
    watch.see(at, task(at - 60, "FAILED"))
    assert well_for(watch, at + 30) == 60.0


def test_teeth_of_a_quarter_of_an_hour_alarm_nobody_at_boot() -> None:
    assert Watch().follow("~900x300").story == []


@pytest.mark.parametrize("every", [1500, 2400])
def test_teeth_of_over_twenty_minutes_alarm_at_boot_until_three_are_seen(every: int) -> None:
    """As stalled after 20 min, as behind after half an hour."""
    watch, limits_passed = Watch(), set()
    for poll in polls(f"~{every}x600"):
        said = watch.see(poll.at, task(poll.checkpoint))
        limits_passed |= {
            one.evidence.limit for one in said.findings if isinstance(one.evidence, BehindLimit)
        }
    teeth = [(one.after.changed_at - moment(0)).total_seconds() / every for one in watch.transitions]
    assert watch.story[0] == "opened stalled warning"
    assert limits_passed == ({30 * MINUTE} if every > 30 * 60 else set())
    assert max(teeth) <= 4
    assert watch.story[-1] == "resolved"


def test_what_contradicts_itself_by_varying_amounts_is_never_judged() -> None:
    """Neither when all is well nor when it stands still: it says that it cannot tell."""
    watch = Watch()
    for number in range(1, 300):
        at = number * 30
        checkpoint = min(at, 150 * 30) - 60
        said = watch.see(at, task(checkpoint, delay=at - checkpoint + 100.0 * (1 + number % 3)))
        if number > 1:
            assert said.because == Unclear("the delay contradicts the checkpoint")
    assert watch.story == []
