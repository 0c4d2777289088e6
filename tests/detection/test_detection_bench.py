"""A fast slice of the bench: no false alarm, nothing missed, soon enough, and sooner than who is as quiet."""

import pytest

from tests.benchmarks.detection import KINDS, OURS, judge, lines, reach
from tests.benchmarks.detection_healthy import HEALTHY, HEALTHY_HELD_OUT
from tests.benchmarks.detection_incidents import INCIDENTS, INCIDENTS_HELD_OUT
from tests.benchmarks.detection_judge import Score

TRACES = 4


@pytest.mark.parametrize("kind", [kind for kind in (*HEALTHY, *HEALTHY_HELD_OUT) if kind != "mixed"])
def test_a_healthy_task_is_left_alone(kind: str) -> None:
    score = judge(kind, 30.0, range(TRACES), tuning=True, peers=False)[30.0, kind, OURS]
    assert score.seconds > TRACES * 3600
    assert score.false_alarms == 0


@pytest.mark.parametrize("kind", [*INCIDENTS, *INCIDENTS_HELD_OUT])
def test_an_incident_is_announced_once_and_resolved_when_it_is_over(kind: str) -> None:
    score = judge(kind, 30.0, range(TRACES), tuning=True, peers=False)[30.0, kind, OURS]
    assert score.incidents == TRACES
    assert (score.missed, score.false_alarms, score.late_open) == (0, 0, 0)
    if kind != "FAILED flapping":
        assert (score.twice, score.early) == (0, 0)


@pytest.mark.parametrize(
    ("kind", "median", "high"),
    [
        pytest.param("stall", 250.0, 430.0, id="stall"),
        pytest.param("growth", 600.0, 1500.0, id="growth"),
        pytest.param("growth under 5 min", 900.0, 1500.0, id="growth under a long rhythm"),
        pytest.param("crawl", 230.0, 480.0, id="crawl"),
    ],
)
def test_it_is_found_in_time(kind: str, median: float, high: float) -> None:
    score = judge(kind, 30.0, range(36), tuning=True, peers=False)[30.0, kind, OURS]
    assert score.median <= median
    assert score.high <= high


def test_no_peer_is_both_as_quiet_and_as_early() -> None:
    found: dict[str, Score] = {}
    for kind in ("stall", "growth", "pauses", "load bumps"):
        for (_, _, rule), score in judge(kind, 30.0, range(3), tuning=True, peers=True).items():
            found.setdefault(rule, Score()).merge([score])
    found.pop("least possible")
    mine = found.pop(OURS)
    assert mine.false_alarms == 0
    for rule, score in found.items():
        worse = score.false_alarms > 0 or score.missed > 0 or score.early > 0 or score.twice > 0
        assert worse or score.median > mine.median, rule


def test_the_table_has_a_line_for_every_rule() -> None:
    scores = judge("stall", 30.0, range(1), tuning=True, peers=True)
    table = list(lines(scores))
    assert sum(" stall " in line for line in table) == len(scores)
    assert next(iter(reach(scores))).startswith("stall: median ")
    assert set(KINDS) >= {*HEALTHY, *INCIDENTS}
