"""Lengths and moments to come, as people write them; each has one meaning, in the writer's zone."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.times import LONGEST, begins_a_time, moment_to_come, span
from bot.errors import UserMistake

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 11, 13, 20, tzinfo=UTC)
"""A Wednesday, 14:20 in Berlin and 9:20 in New York."""


def moment(text: str, zone: tzinfo = BERLIN, after: datetime = NOW) -> datetime | None:
    return moment_to_come(text, after, zone, expected=True)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("45m", timedelta(minutes=45)),
        ("45 min", timedelta(minutes=45)),
        ("2h30m", timedelta(hours=2, minutes=30)),
        ("2h30", timedelta(hours=2, minutes=30)),
        ("2H 30M", timedelta(hours=2, minutes=30)),
        ("2 hours and 30 minutes", timedelta(hours=2, minutes=30)),
        ("1 day, 2 hours, and 3 minutes", timedelta(days=1, hours=2, minutes=3)),
        ("1.5h", timedelta(minutes=90)),
        ("half an hour", timedelta(minutes=30)),
        ("an hour", timedelta(hours=1)),
        ("one day", timedelta(days=1)),
        ("2 weeks", timedelta(weeks=2)),
        ("90 secs", timedelta(seconds=90)),
        ("*2h*", timedelta(hours=2)),
        ("２ｈ", timedelta(hours=2)),
        ("366d", LONGEST),
    ],
)
def test_a_length_is_read_as_people_write_it(text: str, length: timedelta) -> None:
    assert span(text) == length


@pytest.mark.parametrize("text", ["", "2", "soon", "h", "monday", "2h because", "2h" * 40, "-2h", "٢h"])
def test_what_is_no_length_is_none(text: str) -> None:
    assert span(text) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("3 months", '"3 months" has no fixed length. Write days or weeks: 30d or 6w.'),
        ("a year", '"a year" has no fixed length. Write days or weeks: 30d or 6w.'),
        ("0m", '"0m" is no time at all. Write 45m, 2h30m or 1d.'),
        ("400d", '"400d" is too long: a year at most.'),
        ("2h 3h", '"2h 3h" is not a length of time. Write 10m, 2h or 1h30m.'),
    ],
)
def test_a_length_that_cannot_be_is_refused_with_what_can(text: str, sentence: str) -> None:
    with pytest.raises(UserMistake) as caught:
        span(text)
    assert caught.value.sentence == sentence


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        pytest.param("18:00", "2026-03-11 18:00", id="later today"),
        pytest.param("9:00", "2026-03-12 09:00", id="tomorrow, as it is over today"),
        pytest.param("9", "2026-03-12 09:00", id="a full hour"),
        pytest.param("at 6pm", "2026-03-11 18:00", id="in the afternoon"),
        pytest.param("6 p.m.", "2026-03-11 18:00", id="with dots"),
        pytest.param("12 am", "2026-03-12 00:00", id="twelve at night"),
        pytest.param("noon", "2026-03-12 12:00", id="noon is over today"),
        pytest.param("midnight", "2026-03-12 00:00", id="the end of today"),
        pytest.param("24:00", "2026-03-12 00:00", id="the same"),
        pytest.param("the end of the day", "2026-03-12 00:00", id="the same in words"),
        pytest.param("eod", "2026-03-12 00:00", id="the same in letters"),
        pytest.param("today 18:00", "2026-03-11 18:00", id="today"),
        pytest.param("tonight at 22", "2026-03-11 22:00", id="tonight"),
        pytest.param("tomorrow", "2026-03-12 00:00", id="a day is its beginning"),
        pytest.param("tomorrow 9", "2026-03-12 09:00", id="tomorrow at nine"),
        pytest.param("tomorrow midnight", "2026-03-13 00:00", id="the end of tomorrow"),
        pytest.param("monday", "2026-03-16 00:00", id="the next Monday"),
        pytest.param("Wednesday", "2026-03-18 00:00", id="today's weekday is next week"),
        pytest.param("wed 18:00", "2026-03-11 18:00", id="unless it is still to come today"),
        pytest.param("wed 9:00", "2026-03-18 09:00", id="or is over"),
        pytest.param("on friday, at 9 am", "2026-03-13 09:00", id="with all words"),
        pytest.param("9:30 friday", "2026-03-13 09:30", id="the other way round"),
        pytest.param("2026-03-20", "2026-03-20 00:00", id="a date"),
        pytest.param("2026-03-20 14:00", "2026-03-20 14:00", id="a date and a time"),
        pytest.param("2026-03-20T14:00", "2026-03-20 14:00", id="with a T"),
        pytest.param("2026/3/20 14:00", "2026-03-20 14:00", id="with slashes"),
        pytest.param("20.3.2026", "2026-03-20 00:00", id="the day first where dots are"),
        pytest.param("2.4.2026 9:00", "2026-04-02 09:00", id="the day first, beyond doubt"),
        pytest.param("20 mar", "2026-03-20 00:00", id="a day of the year"),
        pytest.param("mar 20th, 9 am", "2026-03-20 09:00", id="the month first"),
        pytest.param("1st of march", "2027-03-01 00:00", id="the next first of March"),
        pytest.param("march 1 2027", "2027-03-01 00:00", id="with its year"),
    ],
)
def test_a_moment_to_come_is_read_in_the_zone_of_whoever_wrote_it(text: str, meant: str) -> None:
    assert moment(text) == datetime.fromisoformat(meant).replace(tzinfo=BERLIN)


def test_a_moment_with_a_zone_of_its_own_is_that_one() -> None:
    assert moment("2026-03-20T14:00Z") == datetime(2026, 3, 20, 14, tzinfo=UTC)
    assert moment("2026-03-20 14:00:30+08:00") == datetime(2026, 3, 20, 6, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "25:00",
        "9:60",
        "13 pm",
        "today",
        "yesterday",
        "next monday",
        "2026-13-01",
        "2026-02-30",
        "30 feb",
        "12/25",
        "99.99.2026",
        "9999-12-31 25:00",
        "٩:٠٠",
        "9" * 70,
        "monday " * 9,
    ],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment(text) is None


def test_without_a_word_that_asks_for_one_only_what_is_certain_is_a_moment() -> None:
    """``silence 42 sat on the disk`` tells of no Saturday."""
    for text in ("sat", "9", "20 mar", "may 5"):
        assert moment_to_come(text, NOW, BERLIN) is None
    for text in ("saturday", "9:00", "tomorrow 9", "2026-03-20"):
        assert moment_to_come(text, NOW, BERLIN) is not None


@pytest.mark.parametrize("text", ["2026-03-10", "today 9:00", "2020-01-01T00:00Z", "20.3.2025"])
def test_a_moment_that_is_over_is_refused(text: str) -> None:
    with pytest.raises(UserMistake, match=r"is over\. Write a time to come: 2h, 18:00 or tomorrow 9:00\."):
        moment(text)


@pytest.mark.parametrize("text", ["2028-01-01", "9999-12-31", "1 jan 2028"])
def test_a_moment_more_than_a_year_away_is_refused(text: str) -> None:
    with pytest.raises(UserMistake, match=r"is too long: a year at most\."):
        moment(text)


def local(text: str, zone: tzinfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "after", "text", "meant"),
    [
        pytest.param(BERLIN, "2026-03-28 20:00", "2:30", "2026-03-29 03:30", id="skipped in Berlin"),
        pytest.param(NEW_YORK, "2026-03-07 20:00", "2:30", "2026-03-08 03:30", id="skipped in New York"),
        pytest.param(BERLIN, "2026-03-28 20:00", "tomorrow", "2026-03-29 00:00", id="a short day begins"),
        pytest.param(BERLIN, "2026-03-29 01:30", "9:00", "2026-03-29 09:00", id="on a short day"),
        pytest.param(BERLIN, "2026-03-28 12:00", "12:00", "2026-03-29 12:00", id="23 hours later"),
        pytest.param(NEW_YORK, "2026-10-31 12:00", "12:00", "2026-11-01 12:00", id="25 hours later"),
    ],
)
def test_a_wall_time_that_the_clocks_skip_is_as_much_later(
    zone: tzinfo, after: str, text: str, meant: str
) -> None:
    assert moment(text, zone, local(after, zone)) == local(meant, zone)


@pytest.mark.parametrize(
    ("zone", "midnight", "twice"),
    [
        pytest.param(
            BERLIN,
            datetime(2026, 10, 24, 22, tzinfo=UTC),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            id="Berlin",
        ),
        pytest.param(
            NEW_YORK,
            datetime(2026, 11, 1, 4, tzinfo=UTC),
            datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
            id="New York",
        ),
    ],
)
def test_of_a_wall_time_that_comes_twice_the_first_that_is_to_come_is_meant(
    zone: tzinfo, midnight: datetime, twice: datetime
) -> None:
    text = twice.astimezone(zone).strftime("%H:%M")
    hour = timedelta(hours=1)
    assert moment(text, zone, midnight) == twice
    assert moment(text, zone, twice + timedelta(minutes=1)) == twice + hour
    found = moment(text, zone, twice + hour)
    assert found is not None
    assert found.astimezone(zone).strftime("%d %H:%M") == f"{twice.astimezone(zone).day + 1:02} {text}"


@given(st.text(alphabet="0123456789:.-/ tTzZ+apmondysuefrijlghck,*_٣", max_size=70) | st.text(max_size=70))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_time_to_come_or_none_or_a_mistake(text: str) -> None:
    for expected in (True, False):
        try:
            found = moment_to_come(text, NOW, NEW_YORK, expected=expected)
            length = span(text)
        except UserMistake:
            continue
        assert found is None or NOW < found <= NOW + LONGEST
        assert length is None or timedelta(0) < length <= LONGEST


@given(
    st.integers(0, 365 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    st.sampled_from([BERLIN, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu"), UTC]),
    st.sampled_from(["monday", "tomorrow", "18:00", "2:30", "noon", "midnight", "tomorrow 9", "sun 1:30"]),
)
@settings(deadline=None)
def test_the_next_one_is_to_come_and_no_other_is_before_it(after: datetime, zone: tzinfo, text: str) -> None:
    """Whatever the clocks do, it lies ahead, by a week and an hour at most."""
    found = moment(text, zone, after)
    assert found is not None
    assert after < found <= after + timedelta(days=7, hours=1)


def test_words_that_times_are_written_with_are_known() -> None:
    assert all(map(begins_a_time, ["monday", "Tue", "9", "9:00", "2026-01-01", "noon", "_tomorrow_"]))
    assert not any(map(begins_a_time, ["pay", "", "#9", "until"]))
