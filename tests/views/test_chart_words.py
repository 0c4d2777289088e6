"""What a chart says in words: its axes, its sentence, and the small bars in a line of text."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.delay_history import DelayHistory, DelayLimits, DelayPoint, Stretch
from bot.domain.incident import Change
from bot.views.chart_axes import MOST_LEVELS, MOST_TICKS, days, delay_scale, time_ticks, zone_words
from bot.views.chart_sentence import LONGEST, alternative_text
from bot.views.delay_chart import ChartSpec, NoChart, delay_chart
from bot.views.sparkline import BARS, history_sparkline, sparkline
from tests.views.handled_samples import LIMITS, a_history
from tests.views.view_samples import NOW, SHANGHAI, minutes

HOUR = timedelta(hours=1)


def spec_of(history: DelayHistory, **facts: object) -> ChartSpec:
    spec = delay_chart(history, title="pay/orders", by_ids="1 / 2", now=NOW, **facts)  # type: ignore[arg-type]  # facts of a test
    assert isinstance(spec, ChartSpec)
    return spec


@pytest.mark.parametrize(
    ("worst", "word"),
    [
        pytest.param(timedelta(0), "seconds", id="nothing"),
        pytest.param(minutes(2), "seconds", id="two minutes"),
        pytest.param(minutes(170), "minutes", id="less than three hours"),
        pytest.param(HOUR * 70, "hours", id="less than three days"),
        pytest.param(timedelta(days=4), "days", id="days"),
        pytest.param(timedelta(days=90_000), "days", id="more than anybody lives"),
    ],
)
def test_the_axis_of_the_delay_counts_in_a_unit_that_suits_it(worst: timedelta, word: str) -> None:
    scale = delay_scale(worst)
    assert scale.word == word
    assert len(scale.ticks) <= MOST_LEVELS + 1
    assert scale.top * scale.unit > worst


def test_moments_on_the_axis_are_round_and_few() -> None:
    ticks = time_ticks(NOW - 24 * HOUR, NOW, SHANGHAI, NOW)
    assert [tick.label for tick in ticks] == ["18:00", "14 Mar", "06:00", "now"]
    assert [tick.label for tick in time_ticks(NOW - minutes(12), NOW, UTC)] == ["02:50", "02:55", "03:00"]


@given(st.timedeltas(minutes(1), timedelta(days=3000)))
def test_no_span_has_too_many_moments(span: timedelta) -> None:
    assert len(time_ticks(NOW - span, NOW, SHANGHAI, NOW)) <= MOST_TICKS + 2


def test_an_hour_that_the_clocks_leave_out_has_no_moment() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    labels = [tick.label for tick in time_ticks(night - 2 * HOUR, night + 2 * HOUR, berlin)]
    assert labels == ["29 Mar", "01:00", "03:00", "04:00"]


def test_days_and_zones_are_said_shortly() -> None:
    assert days(NOW, NOW, UTC) == "14 Mar"
    assert days(NOW - 24 * HOUR, NOW, UTC) == "13 – 14 Mar"
    assert days(NOW - 24 * 20 * HOUR, NOW, UTC) == "22 Feb – 14 Mar"
    assert zone_words(SHANGHAI, NOW) == "Shanghai time"
    assert zone_words(ZoneInfo("America/New_York"), NOW) == "New York time"
    assert zone_words(UTC, NOW) == "UTC"
    assert zone_words(ZoneInfo("Etc/UTC"), NOW) == "UTC"


def test_a_chart_says_which_days_these_are_at_length_and_shorter() -> None:
    spec = spec_of(a_history(1), zone=SHANGHAI)
    assert spec.dates == ("13 – 14 Mar 2026, Shanghai time", "13 – 14 Mar, Shanghai time")
    assert spec.measure == "minutes behind"
    assert spec_of(a_history(1), limits=LIMITS).levels[0].words == "normal, 1 min 52 s"
    assert spec.now == NOW


def test_a_chart_that_ended_earlier_has_no_present() -> None:
    spec = delay_chart(a_history(1), title="a", by_ids="1", now=NOW + HOUR)
    assert isinstance(spec, ChartSpec)
    assert spec.now is None
    assert spec.present == "35 s at 03:00"


def test_a_history_without_readings_has_no_chart() -> None:
    nothing = DelayHistory.of((), since=NOW - HOUR, until=NOW)
    made = delay_chart(nothing, title="pay/orders", by_ids="1", now=NOW)
    assert isinstance(made, NoChart)
    assert "There is nothing to draw" in made.sentence


def test_a_limit_that_is_far_away_is_told_and_not_drawn() -> None:
    spec = spec_of(a_history(1, worst=minutes(2)), limits=DelayLimits(critical=HOUR))
    assert not spec.levels
    assert "never over the critical limit of 1 h" in alternative_text(spec)


def test_what_is_silent_outside_a_chart_is_left_out() -> None:
    outside = Stretch(NOW - 50 * HOUR, NOW - 49 * HOUR)
    inside = Stretch(NOW - 50 * HOUR, NOW - 23 * HOUR)
    spec = spec_of(a_history(1), silenced=[outside, inside])
    assert spec.silenced == (Stretch(NOW - 24 * HOUR, NOW - 23 * HOUR),)


def test_the_sentence_says_what_the_picture_shows() -> None:
    wave = [
        DelayPoint(NOW - minutes(60 - step), minutes(15) if step % 20 >= 10 else minutes(1))
        for step in range(61)
    ]
    spec = spec_of(DelayHistory.of(wave, since=NOW - HOUR, until=NOW), limits=LIMITS)
    said = alternative_text(spec)
    assert "from 02:00 to 03:00 (UTC)" in said
    assert "over the warning limit of 10 min 3 times, 30 min in all, the last from 02:50 to 03:00" in said


def test_a_limit_that_is_passed_now_is_told_since_when() -> None:
    rising = [DelayPoint(NOW - minutes(60 - step), minutes(step)) for step in range(61)]
    spec = spec_of(DelayHistory.of(rising, since=NOW - HOUR, until=NOW), limits=LIMITS)
    assert "over the critical limit of 30 min since 02:31" in alternative_text(spec)


def test_what_is_silenced_now_is_told_since_when() -> None:
    silences = [Stretch(NOW - minutes(50), NOW - minutes(40)), Stretch(NOW - minutes(20), NOW + HOUR)]
    said = alternative_text(spec_of(a_history(1), silenced=silences))
    assert "silenced from 14 Mar 02:10 to 14 Mar 02:20, since 14 Mar 02:40" in said


def test_many_changes_are_counted_and_the_sentence_stays_short() -> None:
    changes = [(NOW - number * HOUR, Change.WORSENED) for number in range(20)]
    said = alternative_text(spec_of(a_history(1), changes=changes, limits=LIMITS))
    assert "and 17 more changes" in said
    assert len(said) <= LONGEST


def test_small_bars_reach_from_nothing_to_the_worst() -> None:
    assert sparkline([]) == ""
    assert sparkline([minutes(0), minutes(0)]) == "▁▁"
    assert sparkline([minutes(1), None, minutes(8)]) == "▂·█"
    assert sparkline([minutes(1)], limit=minutes(8)) == "▂"
    assert sparkline([minutes(number) for number in range(32)], width=8) == BARS
    assert history_sparkline(a_history(1), width=8).count("█") == 1
