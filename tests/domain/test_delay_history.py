"""The history of one task's delay: what is told of nothing, and of the time between two readings."""

from datetime import UTC, datetime, timedelta

from bot.domain.delay_history import DelayHistory, DelayPoint

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def history(*readings: tuple[int, int | None], until: int) -> DelayHistory:
    """Make a history of readings: the minute of each, and the seconds behind."""
    points = [
        DelayPoint(START + minute * MINUTE, None if behind is None else timedelta(seconds=behind), "DOING")
        for minute, behind in readings
    ]
    return DelayHistory.of(points, since=START, until=START + until * MINUTE)


def test_a_history_in_which_no_delay_was_told_has_neither_gaps_nor_runs_nor_peaks() -> None:
    silent = history((0, None), (1, None), until=10)
    assert silent.is_empty
    assert (silent.gaps, silent.runs(100), silent.peaks(2)) == ((), (), (None, None))
    assert not silent.is_current
    assert silent.known_since == START


def test_a_slice_between_two_readings_has_the_delay_of_the_one_before() -> None:
    seconds = [timedelta(seconds=behind) for behind in (10, 10, 20, 20)]
    assert history((0, 10), (1, 20), until=2).peaks(4) == tuple(seconds)


def test_a_slice_in_a_gap_has_no_delay() -> None:
    readings = [(minute, 10) for minute in range(8)] + [(minute, 30) for minute in range(32, 40)]
    ten, thirty = timedelta(seconds=10), timedelta(seconds=30)
    assert history(*readings, until=40).peaks(5) == (ten, None, None, None, thirty)
