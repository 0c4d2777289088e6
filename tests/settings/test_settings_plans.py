"""Maintenance windows and digests of the file: planned ahead, in a zone, by the week or once."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.digest_schedule import DigestTime
from bot.domain.maintenance import MaintenanceWindow, Once, Weekly
from bot.domain.naming import Scope
from bot.domain.posts import Channel
from bot.domain.problem import Problem, Severity
from bot.domain.routing import Selector
from bot.domain.silence import Matcher
from bot.domain.weekday import EVERY_DAY, Weekday
from bot.settings import values_in_force
from tests.settings.reading import Reading, mistake_in

BERLIN = ZoneInfo("Europe/Berlin")
TOKYO = ZoneInfo("Asia/Tokyo")


def test_a_window_of_every_week_keeps_to_the_clock_of_its_zone(reading: Reading) -> None:
    settings = reading(
        """
        timezone: Europe/Berlin
        maintenance_windows:
          - name: backup of the storage
            cluster: pay-*
            problem: [lagging, stalled]
            severity: warning
            days: [sun, Saturday]
            at: 2:30
            lasts: 3h
            reason: the storage is copied
            channels: ["#dba", C0123456789]
          - {name: another, source: "*", days: fri-mon, at: "22:00", lasts: 1d, timezone: Asia/Tokyo}
        """
    ).settings
    assert settings.windows == (
        MaintenanceWindow(
            name="backup of the storage",
            matcher=Matcher(Scope(cluster="pay-*"), (Problem.LAGGING, Problem.STALLED), (Severity.WARNING,)),
            when=Weekly((Weekday.SATURDAY, Weekday.SUNDAY), time(2, 30), timedelta(hours=3), BERLIN),
            reason="the storage is copied",
            channels=(Channel("#dba"), Channel("C0123456789")),
        ),
        MaintenanceWindow(
            name="another",
            matcher=Matcher(Scope(source="*")),
            when=Weekly(
                (Weekday.MONDAY, Weekday.FRIDAY, Weekday.SATURDAY, Weekday.SUNDAY),
                time(22),
                timedelta(days=1),
                TOKYO,
            ),
        ),
    )
    assert list(settings.channels) == ["#dba", "C0123456789"]


@pytest.mark.parametrize(
    "when",
    [
        'starts: "2027-03-28 01:00", ends: "2027-03-28 05:00"',
        "starts: 2027-03-28T01:00, lasts: 3h",
        'starts: "2027-03-28 00:00Z", ends: "2027-03-28T05:00:00+02:00"',
        'starts: "2027-03-28 02:00", lasts: 3h, timezone: "Africa/Cairo"',
    ],
)
def test_a_window_of_one_time_is_the_same_however_it_is_written(when: str, reading: Reading) -> None:
    """That night the clocks of Berlin skip an hour."""
    (window,) = reading(
        f"""
        timezone: Europe/Berlin
        maintenance_windows: [{{name: upgrade, cluster: pay, {when}}}]
        """
    ).settings.windows
    starts_at = datetime(2027, 3, 28, 0, tzinfo=UTC)
    assert window.when == Once(starts_at, starts_at + timedelta(hours=3))


def test_a_window_that_mutes_everything_is_told_and_taken(reading: Reading) -> None:
    text = "maintenance_windows: [{%sname: a, days: daily, at: '1:00', lasts: 1h}]"
    (warning,) = reading(text % "").warnings
    assert warning == (
        "entry 1 of maintenance_windows (settings.yaml, line 1) mutes every alert there is: narrow it with"
        ' cluster or tenant, or write source: "*" if that is meant.'
    )
    assert reading(text % 'source: "*", ').warnings == ()


def test_digests_come_at_a_time_of_a_zone(reading: Reading) -> None:
    settings = reading(
        """
        timezone: Asia/Tokyo
        digests:
          - {channel: "#dba", at: "9:05", days: weekdays, source: prod, severity: critical}
          - {channel: C0123456789, at: "18:00", timezone: Europe/Berlin}
          - {channel: C0123456789, at: "08:00", days: "weekend, wednesday"}
        """
    ).settings
    assert settings.digest_times == (
        DigestTime(
            Channel("#dba"),
            9,
            5,
            EVERY_DAY[:5],
            TOKYO,
            Selector(Scope(source="prod"), severities=(Severity.CRITICAL,)),
        ),
        DigestTime(Channel("C0123456789"), 18, 0, zone=BERLIN),
        DigestTime(
            Channel("C0123456789"), 8, 0, (Weekday.WEDNESDAY, Weekday.SATURDAY, Weekday.SUNDAY), TOKYO
        ),
    )
    shown = values_in_force(settings)["digests"][0]
    assert (shown["at"], shown["days"]) == ("09:05", ["mon", "tue", "wed", "thu", "fri"])


@pytest.mark.parametrize(
    ("entry", "end"),
    [
        ("name: a", "does not say when: give it starts and ends, or days, at and lasts."),
        ("name: a, days: mon, at: '1:00'", "does not say when: give it starts and ends, or days, at and"),
        ("name: a, starts: 2027-01-01 10:00", "does not say when: give it starts and ends, or days, at and"),
        ("days: mon, at: '1:00', lasts: 1h", "has no name: write for example name: storage upgrade."),
        (
            "name: a, starts: 2027-01-01 10:00, ends: 2027-01-01 10:00",
            "ends before it starts: swap them.",
        ),
        (
            "name: a, starts: 2027-01-01 10:00, ends: 2027-01-02 10:00, lasts: 1h",
            "has ends and lasts: keep one of them.",
        ),
        (
            "name: a, starts: 2027-01-01 10:00, days: mon, lasts: 1h",
            "has starts and days: keep starts and ends, or days, at and lasts.",
        ),
        (
            "name: a, days: mon, at: '1:00', lasts: 8d",
            "lasts longer than a week, after which it",
        ),
    ],
)
def test_a_window_that_cannot_be_is_told(entry: str, end: str, reading: Reading) -> None:
    mistake = mistake_in(f"maintenance_windows: [{{cluster: pay, {entry}}}]", reading)
    assert mistake.startswith(f"entry 1 of maintenance_windows (settings.yaml, line 1) {end}")


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("at: '24:00'", "at (settings.yaml, line 1) is no time of day: write for example"),
        ("at: noon", "at (settings.yaml, line 1) is no time of day: write for example"),
        ("at: [1]", "at (settings.yaml, line 1) is no time of day: write for example"),
        (
            "days: someday",
            "days (settings.yaml, line 1) has a word that is no day: write for",
        ),
        ("days: mo", "days (settings.yaml, line 1) has a word that is no day: write for"),
        ("days: mon-", "days (settings.yaml, line 1) has a word that is no day: write for"),
        ("starts: tomorrow", 'starts (settings.yaml, line 1) is no moment: write for example "2027'),
        ("starts: 2027-01-01", 'starts (settings.yaml, line 1) is no moment: write for example "2027'),
        ("starts: 0001-01-01 10:00", 'starts (settings.yaml, line 1) is no moment: write for example "2027'),
        ("starts: [1]", 'starts (settings.yaml, line 1) is no moment: write for example "2027'),
        ("lasts: 0", "lasts (settings.yaml, line 1) has to be above zero"),
        ("lasts: 400d", "lasts (settings.yaml, line 1) is longer than a year"),
        ("timezone: Mars", "timezone (settings.yaml, line 1) is no time zone"),
        ("channels: ['a b']", "channels (settings.yaml, line 1) is not one channel"),
        ("reason: [x]", "reason (settings.yaml, line 1) has to be text."),
        (f"reason: {'x' * 301}", "reason (settings.yaml, line 1) has to be one line of at most 300 letters"),
        ("name: ' '", "name (settings.yaml, line 1) is empty: give it a value or remove the line."),
        ("duration: 3h", "duration (settings.yaml, line 1) is no setting"),
    ],
)
def test_a_wrong_value_in_a_window_is_one_sentence_with_its_line(
    entry: str, sentence: str, reading: Reading
) -> None:
    name = "" if entry.startswith("name") else "name: a, "
    assert mistake_in(f"maintenance_windows: [{{{name}{entry}}}]", reading).startswith(sentence)


def test_two_windows_cannot_have_one_name(reading: Reading) -> None:
    entry = "days: mon, at: '1:00', lasts: 1h, cluster: pay"
    text = f"maintenance_windows: [{{name: a, {entry}}}, {{name: A, {entry}}}, entry]"
    names = text.replace(", entry]", "]")
    assert mistake_in(names, reading) == ("Two maintenance windows are named A: give each a name of its own.")


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("at: '9:00'", "entry 1 of digests (settings.yaml, line 1) has no channel: write for example chan"),
        (
            "channel: a",
            'entry 1 of digests (settings.yaml, line 1) has no at: write for example at: "',
        ),
        ("channel: a, at: 9", "at (settings.yaml, line 1) is no time of day: write for example"),
        ("channel: a, at: '9:00', days: []", "days (settings.yaml, line 1) is empty: write for example"),
        ("channel: a, time: '9:00'", "time (settings.yaml, line 1) is no setting; the nearest is timezone."),
    ],
)
def test_a_mistake_in_a_digest_is_one_sentence_with_its_line(
    entry: str, sentence: str, reading: Reading
) -> None:
    entry = entry if "at:" in entry or entry == "channel: a" else f"{entry}, at: '9:00'"
    assert mistake_in(f"digests: [{{{entry}}}]", reading).startswith(sentence)


def test_an_entry_that_is_no_entry_is_one_mistake_only(reading: Reading) -> None:
    for name in ("maintenance_windows", "digests", "runbooks", "routes"):
        assert mistake_in(f"{name}: [text]", reading) == (
            f"entry 1 of {name} (settings.yaml, line 1) has to have names with values under it."
        )


def test_a_source_that_is_not_watched_is_told_wherever_it_stands(reading: Reading) -> None:
    warnings = reading(
        """
        sources: [{name: prod}]
        maintenance_windows:
        - {name: a, source: live, days: mon, at: "1:00", lasts: 1h}
        digests:
        - {channel: a, source: live, at: "1:00"}
        runbooks:
        - {label: a, source: live, link: "https://wiki"}
        """
    ).warnings
    assert [sentence.partition(" (")[0] for sentence in warnings] == ["source"] * 3
