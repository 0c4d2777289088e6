"""Time lines with what is said of them, each with the reason why that is right."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.thresholds import Thresholds
from tests.detection.detection_timeline import Watch, polls

LITERAL = replace(
    Thresholds(),
    lagging_is_literal=True,
    lagging_warning=timedelta(seconds=300),
    lagging_critical=timedelta(seconds=900),
)


@pytest.mark.parametrize(
    ("line", "story", "why"),
    [
        pytest.param("60x40", [], "a constant delay is a healthy task", id="constant"),
        pytest.param("~120x240", [], "teeth of its own rhythm are no growing delay", id="teeth"),
        pytest.param(
            "~120x120 +30x5 ~120x40", [], "a pause of two and a half minutes that is made good", id="pause"
        ),
        pytest.param(
            "~120x120 +30x14",
            ["opened stalled warning"],
            "it stands for 7 min; the rhythm explains 2 and the patience 2.5",
            id="stall",
        ),
        pytest.param(
            "~120x120 +30x60 ~120x40",
            ["opened stalled warning", "worsened stalled critical", "resolved"],
            "critical when half an hour is 15 min away; caught up at once, it resolves",
            id="stall and recovery",
        ),
        pytest.param(
            "~120x120 +30x60 -200x5 ~120x40",
            ["opened stalled warning", "worsened stalled critical", "eased lagging warning", "resolved"],
            "running but behind, it catches up; only then is it well",
            id="catching up",
        ),
        pytest.param(
            "60x150 +15x40",
            ["opened growing warning"],
            "it loses half of real time, and has lost more than two minutes",
            id="growth",
        ),
        pytest.param(
            "60x150 +3x40",
            ["opened growing warning"],
            "a tenth of real time, for longer than seven minutes, and it goes on",
            id="slow growth",
        ),
        pytest.param("60x150 +10x10 -10x10 60x40", [], "a slowdown of 5 min that cost 100 s", id="load bump"),
        pytest.param("60x150 100x150", [], "a step of 40 s that stays", id="step"),
        pytest.param(
            "60x150 +15x12 240x40",
            ["opened growing warning"],
            "a step of three minutes is dearer than what is tolerated",
            id="large step",
        ),
        pytest.param("~120x120 _x40 ~120x40", [], "a gap in polling proves nothing", id="gap"),
        pytest.param(
            "60 FAILED",
            ["opened failed critical"],
            "FAILED needs no second look",
            id="failed",
        ),
        pytest.param(
            "60x10 FAILEDx3 60x3",
            ["opened failed critical", "resolved"],
            "it runs, its checkpoint moves, its delay is normal, for two polls",
            id="failed and well",
        ),
        pytest.param(
            "60x10 FAILEDx3 +30x4",
            ["opened failed critical"],
            "it runs again but its checkpoint does not move: that is not well",
            id="failed and frozen",
        ),
        pytest.param(
            "60x10 FAILEDx2 60x3 FAILEDx2 60x3",
            ["opened failed critical", "resolved", "reopened failed critical"],
            "it broke again within minutes: the old incident, and it must be well for longer now",
            id="flapping",
        ),
        pytest.param("60x10 PAUSEDx200", [], "paused on purpose for less than two hours", id="paused"),
        pytest.param(
            "60x10 SUSPENDx241",
            ["opened paused warning"],
            "paused for two hours: somebody may have forgotten it",
            id="forgotten pause",
        ),
        pytest.param(
            "60x150 SUSPENDx250 -120x63 60x20",
            ["opened paused warning", "eased lagging warning", "resolved"],
            "hours behind when it goes on, and making it good: that is better, whatever the limit says",
            id="forgotten pause, resumed",
        ),
        pytest.param(
            "60x10 SUSPENDx1450",
            ["opened paused warning", "worsened paused critical"],
            "paused for twelve hours",
            id="long pause",
        ),
        pytest.param(
            "60x10 STOPPINGx32",
            ["opened stuck warning"],
            "a stop hangs for a quarter of an hour",
            id="stuck",
        ),
        pytest.param(
            "60x10 STARTINGx130",
            ["opened stuck warning", "worsened stuck critical"],
            "a start hangs for an hour",
            id="stuck for an hour",
        ),
        pytest.param("60x10 RESTORINGx100", [], "a status that nobody knows proves nothing", id="unknown"),
        pytest.param(
            "60x150 SUSPENDx60 -150x12 60x20",
            [],
            "paused on purpose it fell behind, and makes it good when it goes on",
            id="paused and resumed",
        ),
        pytest.param(
            "60x150 SUSPENDx60 +30x20",
            ["opened stalled critical"],
            "resumed, it does not move: the pause postponed that, and no longer explains it",
            id="paused and stalled",
        ),
        pytest.param(
            "2400x2", ["opened lagging warning"], "40 min behind at the first poll", id="behind at boot"
        ),
        pytest.param("1500x20", [], "before its rhythm is known only half an hour counts", id="boot"),
        pytest.param(
            "9000x2", ["opened lagging critical"], "more than any lag target explains", id="far at boot"
        ),
        pytest.param(
            "+30x45",
            ["opened stalled warning"],
            "it has not moved since the first poll, and is 20 min behind",
            id="stalled from the first",
        ),
        pytest.param(
            "2400x2 -300x7 60x30",
            ["opened lagging warning", "resolved"],
            "it was behind when we came, and caught up",
            id="behind at boot, caught up",
        ),
    ],
)
def test_what_is_said_of_a_time_line(line: str, story: list[str], why: str) -> None:
    assert Watch().follow(line).story == story, why


def test_a_limit_in_the_settings_is_taken_literally() -> None:
    watch = Watch(LITERAL).follow("400x3")
    assert watch.story == ["opened lagging warning"]


def test_a_literal_limit_holds_beside_a_stall() -> None:
    watch = Watch(LITERAL).follow("60x150 +30x15")
    assert watch.story == ["opened stalled critical"]
    assert watch.assessment is not None
    assert [finding.problem.value for finding in watch.assessment.findings] == ["stalled", "lagging"]


def test_a_slower_rhythm_is_accepted_after_three_whole_teeth() -> None:
    watch = Watch().follow("~60x120 ~900x130 ~900x60")
    assert watch.story[0] == "opened stalled warning"
    assert watch.story[-1] == "resolved"
    assert "reopened" not in " ".join(watch.story)
    resolved = watch.transitions[-1]
    assert type(resolved.because).__name__ == "NewRhythm"


def test_a_word_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no word"):
        list(polls("60 sixty"))
