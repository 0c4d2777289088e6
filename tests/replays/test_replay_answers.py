"""What a replay prints, for people and for programs, held to golden files."""

import io
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.incident import Change
from bot.domain.reading import FailedReading
from bot.domain.task import SourceName
from bot.domain.thresholds import Thresholds
from bot.operations.replay_recording import Replay
from bot.replaying import page_of
from bot.settings import load
from bot.sources import thresholds_of
from bot.terminal import replay as terminal_replay
from bot.terminal.replay import ReplayReport
from tests.replays.samples import (
    MINUTE,
    POLL,
    T0,
    brief,
    encoded,
    failure,
    line,
    readings,
    replayed,
    response,
    row,
    settings,
    summary,
)

GOLDEN = Path(__file__).parent.parent / "golden" / "replays"
WHOLE = {"tenantName": None, "backupUri": "cos://crm/clog?host=cos.example.com", "clusterName": "crm"}


def assert_golden(name: str, text: str) -> None:
    """Hold a text to its golden file; ``UPDATE_GOLDEN=1`` writes it anew."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def teeth(at: datetime, period: float = 60.0) -> float:
    """Give the delay of a healthy task: it ships once in a period."""
    return at.timestamp() % period + 4


def orders(at: datetime) -> Any:
    """Stall for 40 minutes from the second hour on."""
    begun = T0 + 120 * MINUTE
    if begun <= at < begun + 40 * MINUTE:
        return row("orders", at, behind=(at - begun).total_seconds() + 4)
    return row("orders", at, behind=teeth(at))


def ledger(at: datetime) -> Any:
    """Fail twice, with an hour between."""
    minute = (at - T0) / MINUTE
    for begin in (30, 90):
        if begin <= minute < begin + 3:
            said = "Put oss://b/1?access_key=made-up: 403 <!channel>"
            return row("ledger", at, behind=60 * (minute - begin) + 9, status="FAILED", errorMsg=said)
    return row("ledger", at, behind=teeth(at))


def cards(at: datetime, path: str) -> Any:
    """Be interrupted on one of two paths."""
    broken = path.endswith("a") and at >= T0 + 170 * MINUTE
    status, behind = ("INTERRUPTED", 600.0) if broken else ("RUNNING", teeth(at))
    return row("cards", at, behind=behind, status=status, backupUri=path)


def story() -> Iterator[dict[str, Any]]:
    """Three hours of two sources: what stalls, fails, vanishes and cannot be read."""
    for number in range(360):
        at = T0 + number * POLL
        rows = [orders(at), ledger(at), cards(at, "file:///a"), cards(at, "file:///b")]
        if number < 340:
            rows.append(row("mail", at, behind=teeth(at)))
        yield line(response(at, *rows), complete=True)
        if 100 <= number < 130:
            yield failure(at, source="dr", error="OCP dr does not answer.")
        else:
            yield line(response(at, row(None, at, behind=teeth(at), **WHOLE)), source="dr", cluster=7)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "polls.jsonl"
    path.write_bytes(encoded(story()))
    return path


def test_the_summary_for_people(recording: Path) -> None:
    assert_golden("summary.txt", summary(recording))


def test_what_is_still_open_is_told_as_far_behind_as_it_is_at_the_end(tmp_path: Path) -> None:
    """Nothing changes but the delay: no transition tells of it."""
    broken = T0 + 10 * MINUTE
    moments = [T0 + number * POLL for number in range(81)]
    delays = [teeth(at) if at < broken else (at - broken).total_seconds() + 4 for at in moments]
    states = ["RUNNING" if at < broken else "FAILED" for at in moments]
    rows = zip(moments, delays, states, strict=True)
    path = tmp_path / "polls.jsonl"
    path.write_bytes(
        encoded(
            line(response(at, row("orders", at, behind=delay, status=state)), complete=True)
            for at, delay, state in rows
        )
    )
    told = next(one for one in summary(path).splitlines() if "failed" in one)
    assert told.split("critical")[1].strip() == "30 min"


def test_what_is_only_waited_for_at_the_end_is_not_told() -> None:
    replay = Replay(lambda *_: replace(Thresholds(), pending=5 * MINUTE))
    well = line(response(T0, row("orders", T0)))
    failed = [T0 + number * POLL for number in range(1, 12)]
    waiting, *_, late = readings([line(response(at, row("orders", at, status="FAILED"))) for at in failed])
    for item in (*readings([well]), waiting):
        assert replay.take(item) == []
    assert replay.firing == []
    (opened,) = replay.take(late)
    assert replay.firing == [opened.after]


def test_the_summary_in_the_zone_of_the_settings(recording: Path) -> None:
    assert_golden("summary_in_shanghai.txt", summary(recording, BOT_TIMEZONE="Asia/Shanghai"))


def test_the_lines_for_programs(recording: Path) -> None:
    told, _ = replayed(recording)
    assert_golden("lines.jsonl", "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in told))


def test_a_line_has_the_fields_that_programs_rely_on(recording: Path) -> None:
    told, _ = replayed(recording)
    assert {tuple(one) for one in told} == {
        ("at", "source", "cluster", "tenant", "problem", "severity", "transition", "because")
    }
    assert all(one["at"].endswith("Z") for one in told)
    whole = [one for one in told if one["source"] == "dr"]
    assert {(one["cluster"], one["tenant"], one["problem"]) for one in whole} == {(None, None, "unreachable")}


def test_a_task_of_the_whole_cluster_has_no_tenant_and_a_cluster_without_name_its_id(tmp_path: Path) -> None:
    path = tmp_path / "polls.jsonl"
    failed = row(None, status="FAILED", clusterName=None, tenantName=None)
    path.write_bytes(encoded([line(response(T0, failed))]))
    ((told,), _) = replayed(path)
    assert (told["cluster"], told["tenant"]) == ("1000005", None)
    assert "1000005 (whole cluster)" in summary(path)


def test_other_limits_tell_another_story(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(
        "thresholds:\n  patience: 1h\n  missing_after_polls: 1000\n  unreachable_warning: 30m\n"
        "  unreachable_critical: 1h\n  lagging_warning: 1h\n  lagging_critical: 2h\n"
    )
    out = io.StringIO()
    report, replay = ReplayReport(UTC), Replay(thresholds_of(_loaded(other)))
    kinds = set()
    for item in readings(list(story())):
        report.saw(item)
        for transition in replay.take(item):
            report.add(transition)
            kinds.add(transition.after.problem.value)
    report.show(out)
    assert {"failed"} <= kinds
    assert not kinds & {"stalled", "missing", "unreachable"}
    assert "3 incidents" in out.getvalue()


def _loaded(path: Path) -> Any:
    return load({}, str(path), needs=()).settings


def test_nothing_wrong_is_said_in_two_lines(tmp_path: Path) -> None:
    path = tmp_path / "polls.jsonl"
    times = [T0 + number * POLL for number in range(121)]
    path.write_bytes(encoded(line(response(at, row("a", at, behind=teeth(at)))) for at in times))
    assert summary(path) == (
        "No incident in 1 h: nobody would have been alerted.\n"
        "Read: 121 observations from 2026-03-04 12:00 UTC to 2026-03-04 13:00 UTC.\n"
    )


def test_an_empty_recording_says_so(tmp_path: Path) -> None:
    path = tmp_path / "polls.jsonl"
    path.write_bytes(b"")
    assert summary(path) == "Nothing was read: no poll, and none that failed.\n"


def flapping(days: int) -> Iterator[dict[str, Any]]:
    """Fail for two polls of every eight, for days."""
    for number in range(days * 2880):
        at = T0 + number * POLL
        status = "FAILED" if number % 8 < 2 else "RUNNING"
        yield line(response(at, row("a", at, behind=teeth(at), status=status)))


def _report(items: Iterator[dict[str, Any]]) -> str:
    report, replay = ReplayReport(UTC), Replay(thresholds_of(settings()))
    for one in items:
        page = page_of(encoded([one]).strip())
        item = page if isinstance(page, FailedReading) else page.reading
        report.saw(item)
        for transition in replay.take(item):
            report.add(transition)
    out = io.StringIO()
    report.show(out)
    return out.getvalue()


def test_of_an_incident_that_never_rests_the_first_and_last_steps_are_told() -> None:
    report, replay = ReplayReport(UTC), Replay(thresholds_of(settings()))
    (failed,) = readings([line(response(T0, row("a", status="FAILED")))])
    (opened,) = replay.take(failed)
    report.saw(failed)
    report.add(opened)
    for number in range(1000):
        report.add(replace(opened, change=Change.WORSENED, at=T0 + number * MINUTE))
    out = io.StringIO()
    report.show(out)
    told = out.getvalue()
    assert "  …961 steps between…\n" in told
    assert told.count("worsened") == 39
    assert "2026-03-05 04:39 UTC  worsened" in told


def test_the_worst_incidents_are_told_and_the_others_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, so many are kept: memory does not grow with the recording."""
    monkeypatch.setattr(terminal_replay, "KEPT", 3)

    def many() -> Iterator[dict[str, Any]]:
        for number in range(2000):
            at = T0 + number * POLL
            which, within = divmod(number, 100)
            status = "FAILED" if 0 < within < 2 + which % 7 else "RUNNING"
            yield line(response(at, row("a", at, behind=teeth(at), status=status)))

    told = _report(many())
    assert "20 incidents in" in told
    assert "…and 17 incidents less bad: --json lists every one." in told
    assert told.count("opened") == 3


def test_days_give_a_rate_and_hours_what_it_would_be() -> None:
    assert "alerts, which would be " in _report(flapping(1))
    two_days = _report(flapping(2))
    assert " a day." in two_days
    assert "would be" not in two_days


def test_hostile_names_stay_in_their_line(tmp_path: Path) -> None:
    path = tmp_path / "polls.jsonl"
    bad = row("a\n\x1b[31m[bold]x\N{RIGHT-TO-LEFT OVERRIDE}", status="FAILED", errorMsg="[/red]\n\x07boo")
    path.write_bytes(encoded([line(response(T0, bad))]))
    told = summary(path)
    assert not set(told) & {"\x1b", "\x07", "\N{RIGHT-TO-LEFT OVERRIDE}"}
    assert "[bold]x" in told
    assert "[/red]" in told


def test_times_that_go_backwards_between_sources_are_taken_as_they_come(tmp_path: Path) -> None:
    """Two recordings, one after the other: each source has its own time."""
    path = tmp_path / "polls.jsonl"
    later = T0 + timedelta(days=1)
    path.write_bytes(
        encoded(
            [
                line(response(later, row("a", later, status="FAILED"))),
                line(response(T0, row("b", status="FAILED")), source=SourceName("dr")),
            ]
        )
    )
    told, _ = replayed(path)
    assert brief(told) == [
        (1440.0, "pay/a", "opened", "critical failed"),
        (0.0, "pay/b", "opened", "critical failed"),
    ]
    assert "2 incidents in 1 d" in summary(path)
