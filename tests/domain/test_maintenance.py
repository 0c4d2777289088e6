"""Maintenance windows: when they are open, over midnight and when the clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.digest_schedule import DigestTime
from bot.domain.maintenance import MaintenanceWindow, Occurrence, Once, Weekly, silence_of, unmade
from bot.domain.naming import Scope
from bot.domain.posts import Channel
from bot.domain.silence import Ending, Matcher
from bot.domain.weekday import EVERY_DAY, Weekday

BERLIN = ZoneInfo("Europe/Berlin")
SYDNEY = ZoneInfo("Australia/Sydney")
HOUR = timedelta(hours=1)
PAY = Matcher(Scope(cluster="pay"))
SAT, SUN = Weekday.SATURDAY, Weekday.SUNDAY


def utc(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def weekly(at: time, lasts: timedelta, *days: Weekday, zone: ZoneInfo = BERLIN) -> MaintenanceWindow:
    return MaintenanceWindow("nightly", PAY, Weekly(days or EVERY_DAY, at, lasts, zone))


ONCE = MaintenanceWindow("move", PAY, Once(utc(28, 21), utc(29, 3)), "new storage", (Channel("#ops"),))


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (utc(28, 20), True),
        (utc(28, 21), True),
        (utc(29, 2, 59), True),
        (utc(29, 3), False),
        (utc(20, 20), False),
    ],
    ids=["within a week before", "as it opens", "over midnight", "as it closes", "long before"],
)
def test_a_single_window_is_there_until_it_is_over(now: datetime, *, found: bool) -> None:
    assert (ONCE.occurrence(now) is not None) is found


@pytest.mark.parametrize(
    ("now", "starts_at"),
    [
        (utc(23, 12), utc(28, 21)),
        (utc(28, 21), utc(28, 21)),
        (utc(29, 0, 30), utc(28, 21)),
        (utc(29, 1), utc(29, 21)),
        (utc(30, 0, 59), utc(29, 21)),
        (utc(30, 1), utc(5, 21, month=12)),
    ],
    ids=["next", "as it opens", "over midnight", "the next day's", "into monday", "next week's"],
)
def test_a_weekly_window_opens_on_its_days_and_lasts_over_midnight(
    now: datetime, starts_at: datetime
) -> None:
    window = weekly(time(22), 4 * HOUR, SAT, SUN)
    assert window.occurrence(now) == Occurrence(starts_at, starts_at + 4 * HOUR)


def test_nothing_is_found_beyond_the_time_that_is_looked_at() -> None:
    window = weekly(time(22), 4 * HOUR, SAT)
    assert window.occurrence(utc(27, 21), timedelta(hours=23)) is None
    assert window.occurrence(utc(27, 21), timedelta(hours=24)) is not None


@pytest.mark.parametrize(
    ("at", "now", "starts_at"),
    [
        pytest.param(time(2, 30), utc(28, 12, month=3), utc(29, 1, 30, month=3), id="a time that is skipped"),
        pytest.param(time(2, 30), utc(24, 22, month=10), utc(25, 0, 30, month=10), id="a time shown twice"),
        pytest.param(time(22), utc(28, 12, month=3), utc(28, 21, month=3), id="the evening before"),
        pytest.param(time(22), utc(29, 12, month=3), utc(29, 20, month=3), id="the evening after"),
    ],
)
def test_a_window_follows_the_clock_of_its_zone(at: time, now: datetime, starts_at: datetime) -> None:
    """Berlin sets its clocks forward on 29 March and back on 25 October 2026."""
    found = weekly(at, 4 * HOUR).occurrence(now)
    assert found == Occurrence(starts_at, starts_at + 4 * HOUR)


def test_a_time_that_the_clock_shows_twice_opens_once() -> None:
    window = weekly(time(2, 30), HOUR / 2)
    second = utc(25, 1, 30, month=10)
    found = window.occurrence(second)
    assert found is not None
    assert found.starts_at == utc(26, 1, 30, month=10)


def test_a_window_of_days_across_a_change_lasts_as_long_as_it_says() -> None:
    found = weekly(time(12), timedelta(days=2), SAT).occurrence(utc(29, 12, month=3))
    assert found is not None
    assert found.ends_at - found.starts_at == timedelta(days=2)


def test_of_occurrences_that_overlap_the_one_that_ends_last_is_present() -> None:
    window = weekly(time(22), timedelta(hours=30))
    assert window.occurrence(utc(25, 22)) == Occurrence(utc(25, 21), utc(27, 3))


@given(
    now=st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - a bound
    days=st.sets(st.sampled_from(Weekday), min_size=1).map(tuple),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    lasts=st.integers(1, 7 * 24 * 60).map(lambda count: timedelta(minutes=count)),
    zone=st.sampled_from([BERLIN, SYDNEY, ZoneInfo("UTC"), ZoneInfo("Asia/Kolkata")]),
)
def test_a_weekly_window_is_never_missed(
    now: datetime, days: tuple[Weekday, ...], at: time, lasts: timedelta, zone: ZoneInfo
) -> None:
    """What is found is open, or next; between now and the next one nothing opens."""
    window = weekly(at, lasts, *days, zone=zone)
    found = window.occurrence(now)
    assert found is not None
    assert now < found.ends_at == found.starts_at + lasts
    local = found.starts_at.astimezone(zone)
    assert local.weekday() in {list(Weekday).index(day) for day in days}
    if not found.is_open(now):
        before = window.occurrence(found.starts_at - timedelta(minutes=1), timedelta(0))
        assert before is None or before.ends_at <= now or before.is_open(found.starts_at)
        assert window.occurrence(found.starts_at, timedelta(0)) == found


def test_an_occurrence_brings_a_silence_that_can_be_found_again() -> None:
    now = utc(28, 21)
    found = ONCE.occurrence(now)
    assert found is not None
    silence = silence_of(ONCE, found, now)
    assert (silence.window, silence.starts_at, silence.ends_at) == ("move", utc(28, 21), utc(29, 3))
    assert (silence.author, silence.reason, silence.channel) == (None, "new storage", "#ops")
    assert silence.matcher == PAY
    assert silence.is_active(now)
    assert silence_of(weekly(time(22), HOUR), found, now).channel is None


def test_a_silence_is_made_once_for_each_occurrence() -> None:
    nightly = weekly(time(22), 4 * HOUR)
    now = utc(28, 21, 30)
    made = unmade((ONCE, nightly), (), now)
    assert [silence.window for silence in made] == ["move", "nightly"]
    assert unmade((ONCE, nightly), made, now) == ()
    by_hand = [silence.ended(Ending.BY_HAND, now) for silence in made]
    assert unmade((ONCE, nightly), by_hand, now + HOUR) == ()
    assert [silence.starts_at for silence in unmade((nightly,), made, utc(29, 21))] == [utc(29, 21)]


def test_a_silence_can_be_made_ahead_so_that_it_is_there_to_see() -> None:
    assert unmade((ONCE,), (), utc(28, 20)) == ()
    (ahead,) = unmade((ONCE,), (), utc(28, 20), HOUR)
    assert not ahead.is_active(utc(28, 20))


@pytest.mark.parametrize(
    ("days", "written"),
    [(EVERY_DAY, "*"), ((Weekday.MONDAY, Weekday.FRIDAY), "mon,fri")],
    ids=["every day", "two days"],
)
def test_the_days_of_a_digest_are_written_as_cron_writes_them(
    days: tuple[Weekday, ...], written: str
) -> None:
    assert DigestTime(Channel("#a"), 8, 0, days).cron_days == written
