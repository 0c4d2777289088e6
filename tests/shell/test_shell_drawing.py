"""What is drawn at the widths that people have."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len
from rich.console import Console

from bot.commands import ListTasks, ShowStatus
from bot.domain.detection import evaluate
from bot.domain.fleet import ClusterNow, FleetSnapshot, SourceNow, TaskNow
from bot.domain.naming import Found, Scope, find
from bot.domain.reading import PollFailure
from bot.domain.status import read_status
from bot.domain.task import Cluster, ClusterId, SourceName, Task, TaskKey
from bot.domain.thresholds import Thresholds
from bot.terminal.checkup import failed, in_use, ok, show_line, verdict, warning
from bot.terminal.fleet_status import show_status
from bot.terminal.mistakes import shell_line
from bot.terminal.screen import screen
from bot.terminal.sources import troubles
from bot.terminal.task_table import checkpoint_words, show_tasks

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PROD = SourceName("prod")
WIDTHS = [30, 40, 60, 80, 120, 200]


def a_task(tenant: str | None, status: str = "RUNNING", behind: int = 40, error: str | None = None) -> Task:
    return Task(
        key=TaskKey(
            PROD, ClusterId(1), tenant, "oss://bucket/a/rather/long/path/of/an/archive?host=oss.example.com"
        ),
        status=read_status(status),
        cluster_name="payments-eu",
        tenant_name=tenant,
        checkpoint=NOW - timedelta(seconds=behind),
        error=error,
        mode="PHYSICAL_BACKUP",
    )


def a_fleet(*tasks: Task, failure: PollFailure | None = None) -> FleetSnapshot:
    cluster = Cluster(PROD, ClusterId(1), "payments-eu")
    now = tuple(
        TaskNow(task, cluster, NOW, assessment=evaluate(None, task, NOW, Thresholds())[1]) for task in tasks
    )
    unread = ClusterNow(Cluster(PROD, ClusterId(2), "shop"), failure=failure)
    clusters = (ClusterNow(cluster, now, NOW), *((unread,) if failure else ()))
    return FleetSnapshot((SourceNow(PROD, timedelta(seconds=30), clusters, read_at=NOW),))


FLEET = a_fleet(
    a_task("orders", "FAILED", 1560, "device out of space, and some more words that OCP has for it"),
    a_task("a-tenant-with-quite-a-long-name-indeed"),
    a_task("結算資料庫"),
    a_task(None),
    failure=PollFailure(NOW, "OCP prod did not answer in time at ocp.example.com:8080."),
)


def drawn(fleet: FleetSnapshot, command: ShowStatus | ListTasks, width: int | None) -> list[str]:
    out = io.StringIO()
    console = screen(out, width=width)
    found = find(fleet, command.scope)
    assert isinstance(found, Found)
    if isinstance(command, ShowStatus):
        show_status(console, command, fleet, found, now=NOW, zone=UTC)
    else:
        show_tasks(console, command, fleet, found, UTC, paged=True)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "command",
    [ShowStatus(), ShowStatus(Scope(name="payments-eu")), ListTasks()],
    ids=["fleet", "cluster", "tasks"],
)
def test_no_line_is_wider_than_the_terminal(command: ShowStatus | ListTasks, width: int) -> None:
    lines = drawn(FLEET, command, width)
    assert [line for line in lines if cell_len(line) > width] == []


class Terminal(io.StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_colours_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for wanted, coloured in (("", True), ("1", False)):
        monkeypatch.setenv("NO_COLOR", wanted)
        out = Terminal()
        show_line(screen(out, width=80), ok("Slack", "Fine."), widest=8)
        assert ("\x1b[32m" in out.getvalue()) is coloured


@pytest.mark.parametrize("width", WIDTHS)
def test_a_narrow_terminal_loses_columns_and_says_which(width: int) -> None:
    text = "\n".join(drawn(FLEET, ListTasks(), width))
    told = " ".join(text.split())
    shown = "2026-03-04 11:34 UTC" in told, "PHYSICAL_BACKUP" in told, "oss://bucket/" in told
    missing = [name for name, there in zip(("checkpoint", "mode", "path"), shown, strict=True) if not there]
    assert ("Not shown for want of room: " + ", ".join(missing) + "." in told) is bool(missing)
    assert "FAILED" in told
    assert "26 min" in told
    if width >= 120:
        assert not missing


def test_names_and_numbers_are_folded_never_cut() -> None:
    for width in WIDTHS:
        letters = "".join("".join(drawn(FLEET, ListTasks(), width)).split())
        assert "…" not in letters
        if width in {WIDTHS[0], WIDTHS[-1]}:
            assert "a-tenant-with-quite-a-long-name-indeed" in letters


def test_without_a_terminal_every_column_is_there_and_lines_are_whole() -> None:
    lines = drawn(FLEET, ListTasks(), None)
    (row,) = [line for line in lines if "payments-eu/orders" in line]
    assert row.split()[-2:] == [
        "PHYSICAL_BACKUP",
        "oss://bucket/a/rather/long/path/of/an/archive?host=oss.example.com",
    ]
    assert "One look" not in "".join(drawn(FLEET, ShowStatus(), None))


def test_status_says_that_one_look_cannot_tell_everything_where_people_read_it() -> None:
    assert drawn(FLEET, ShowStatus(), 100)[-1].startswith(
        "One look cannot tell whether a checkpoint stands still"
    )


def test_a_cluster_that_was_not_read_is_not_well() -> None:
    lines = drawn(FLEET, ShowStatus(), None)
    assert lines[0] == "1 of 4 tasks needs you"
    (row,) = [line for line in lines if "shop" in line]
    assert row.split() == ["○", "not", "known", "shop", "not", "read"]
    assert troubles(FLEET) == [
        "Cluster shop of OCP prod cannot be read: OCP prod did not answer in time at ocp.example.com:8080."
    ]


def test_many_clusters_that_cannot_be_read_are_counted() -> None:
    failure = PollFailure(NOW, "No answer.")
    clusters = tuple(ClusterNow(Cluster(PROD, ClusterId(n), f"c{n}"), failure=failure) for n in range(9))
    told = troubles(FleetSnapshot((SourceNow(PROD, timedelta(seconds=30), clusters),)))
    assert len(told) == 6
    assert told[-1] == "4 more clusters of OCP prod cannot be read."


def test_a_list_that_was_not_whole_is_told() -> None:
    cluster = ClusterNow(Cluster(PROD, ClusterId(1), "pay"), read_at=NOW, complete=False, skipped=2)
    told = troubles(FleetSnapshot((SourceNow(PROD, timedelta(seconds=30), (cluster,)),)))
    assert told == [
        "Cluster pay of OCP prod: its list could not be read to the end, and 2 rows could not be understood."
    ]


def test_many_troubled_tasks_of_a_cluster_are_counted_in_its_line() -> None:
    fleet = a_fleet(*(a_task(f"t{number}", "FAILED", 1560) for number in range(12)))
    assert "and 7 more" in "\n".join(drawn(fleet, ShowStatus(), None))


def test_a_checkpoint_at_the_end_of_the_calendar_is_told_all_the_same() -> None:
    assert checkpoint_words(datetime.max.replace(tzinfo=UTC), UTC) == "9999-12-31 23:59 UTC"
    east = timedelta(hours=8)
    from datetime import timezone

    assert checkpoint_words(datetime.max.replace(tzinfo=UTC), timezone(east)) == "9999-12-31 23:59 UTC"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("tasks pay sort:delay", "logbackup-bot tasks pay sort:delay"),
        ("tasks pay delay>10m", "logbackup-bot tasks pay 'delay>10m'"),
        ('status "a b"', "logbackup-bot status '\"a b\"'"),
        ("status it's", "logbackup-bot status 'it'\\''s'"),
        ("tasks", "logbackup-bot tasks"),
        ("help tasks", "logbackup-bot tasks --help"),
        ("help", "logbackup-bot --help"),
    ],
)
def test_a_command_line_is_quoted_for_the_shell(text: str, line: str) -> None:
    assert shell_line(text) == line


@pytest.mark.parametrize("width", [40, 80, None])
def test_a_line_of_the_doctor_has_its_mark_its_word_and_all_its_text(width: int | None) -> None:
    out = io.StringIO()
    console: Console = screen(out, width=width)
    for found in (
        ok("Slack", "Fine. " * 20),
        warning("OCP prod", "Doubtful."),
        failed("database", "Broken."),
    ):
        show_line(console, found, widest=8)
    text = out.getvalue()
    assert all(word in text for word in ("✓ ok", "! warning", "✗ failed", "Slack", "OCP prod", "database"))
    assert text.count("Fine.") == 20
    assert all(cell_len(line.rstrip()) <= (width or 1000) for line in text.splitlines())


def test_the_verdict_counts_what_failed_and_what_is_doubtful() -> None:
    good, doubtful, bad = ok("a", "."), warning("b", "."), failed("c", ".")
    assert verdict([good]) == "All is well: `logbackup-bot run` starts the bot."
    assert verdict([good, doubtful]) == "Nothing failed, 1 warning: `logbackup-bot run` starts the bot."
    met = in_use("d", ".")
    runs = "a bot runs already: `logbackup-bot run` starts no other beside it."
    assert verdict([good, met]) == f"All is well, and {runs}"
    assert verdict([met, doubtful]) == f"Nothing failed, 1 warning, and {runs}"
    assert verdict([met, bad]) == "1 failed. Mend what failed, then run `logbackup-bot check` again."
    assert verdict([bad, bad, doubtful]).startswith("2 failed, 1 warning. Mend what failed")
