"""The words: lengths, moments, names and reasons, the same everywhere."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.commands import ListTasks, ShowHealth, ShowStatus, ShowTask, to_text
from bot.domain.evidence import (
    BehindLimit,
    CatchingUp,
    Evidence,
    Grows,
    NewRhythm,
    NoTasks,
    NotListed,
    NotRead,
    NotWatched,
    PausedFor,
    StatusBroken,
    StoodStill,
    StuckIn,
    Unclear,
    Well,
)
from bot.domain.finding import RecoveryGap
from bot.domain.fleet import ClusterNow, FleetSnapshot
from bot.domain.incident import source_subject, task_subject
from bot.domain.naming import Ambiguous, Choice, NotFound, Scope
from bot.domain.notification import IncidentContent
from bot.domain.problem import Problem
from bot.domain.task import SourceName
from bot.views.blocks import (
    MESSAGE_BLOCKS,
    PAYLOAD,
    Button,
    Menu,
    actions,
    cut_markup,
    escape,
    literal,
    message,
    section,
    sections,
    size,
)
from bot.views.error_text import error_quotation
from bot.views.full_backup import backup_steps
from bot.views.group_words import plural
from bot.views.health_report import BotHealth, bytes_words, health_message
from bot.views.hints import Seen, hint
from bot.views.incident_card import incident_message
from bot.views.incident_detail import incident_detail_message
from bot.views.mistake import unnamed_message
from bot.views.status_report import status_message
from bot.views.task_detail import task_message
from bot.views.task_list import task_list_message
from bot.views.trouble import what
from bot.views.typed import typed
from bot.views.wording import (
    ago,
    because,
    clean,
    count,
    cut,
    duration,
    lasting,
    name,
    plain_time,
    slack_time,
    slack_voice,
    took,
)
from tests.views.view_goldens import assert_fit_for_slack
from tests.views.view_samples import NOW, READ_AT, minutes

LATER = datetime(2026, 3, 14, 3, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (0.9, "0 s"),
        (58, "58 s"),
        (60, "1 min"),
        (100, "1 min 40 s"),
        (599.9, "9 min 59 s"),
        (26 * 60 + 59, "26 min"),
        (3600, "1 h"),
        (7800, "2 h 10 min"),
        (86400, "1 d"),
        (100000, "1 d 3 h"),
        (14 * 86400, "14 d"),
        (20000 * 86400, "20,000 d"),
    ],
)
def test_a_length_is_said_in_at_most_two_units_and_never_rounded_up(seconds: float, words: str) -> None:
    assert duration(timedelta(seconds=seconds)) == words


def test_a_request_is_said_in_tenths_of_a_second() -> None:
    assert [took(timedelta(seconds=seconds)) for seconds in (-1, 0.41, 61)] == ["0.0 s", "0.4 s", "1 min 1 s"]


def test_what_is_not_yet_past_is_just_now() -> None:
    assert ago(NOW, NOW) == "just now"
    assert ago(NOW + minutes(1), NOW) == "just now"
    assert ago(NOW - minutes(1), NOW) == "1 min ago"


def test_a_moment_says_its_zone_where_slack_cannot_show_the_readers() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    assert plain_time(NOW) == "2026-03-14 03:00 UTC"
    assert plain_time(NOW, shanghai) == "2026-03-14 11:00 Asia/Shanghai"
    assert slack_time(NOW, shanghai) == (
        "<!date^1773457200^{date_short_pretty} {time}|2026-03-14 11:00 Asia/Shanghai>"
    )


def test_a_moment_at_the_ends_of_the_calendar_is_said_plainly() -> None:
    """OCP sends year 1 where it has nothing to say."""
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert slack_time(first, ZoneInfo("America/New_York")) == "0001-01-01 00:00 America/New_York"
    assert plain_time(last, ZoneInfo("Asia/Shanghai")) == "9999-12-31 23:59 Asia/Shanghai"


def test_numbers_are_counted_in_their_own_words() -> None:
    assert [count(number, "task") for number in (0, 1, 10000)] == ["0 tasks", "1 task", "10,000 tasks"]
    assert count(2, "entry", "entries") == "2 entries"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("orders", "orders"),
        ("a\nb\t c\x00", "a b c"),
        ("\u202eevil\u202c", "evil"),
        ("", "(blank)"),
        ("\u200b", "(blank)"),
        ("\ud800", "\ufffd"),
        ("تاجر", "\u2068تاجر\u2069"),
        ("x" * 61, "x" * 59 + "…"),
        ("\u200b" * 300 + "x", "…"),
        ("日本", "日本"),
    ],
)
def test_a_foreign_name_stays_readable_and_keeps_to_its_place(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_name_is_escaped_for_slack() -> None:
    assert name("<!channel> & co") == "&lt;!channel&gt; &amp; co"


def test_what_is_cut_says_so() -> None:
    assert cut("short", 10) == "short"
    assert cut("x" * 51200, 5) == "xxxxx … (the first 5 of 51,200 characters)"


REASONS: list[tuple[Evidence, str]] = [
    (
        StatusBroken("INTERRUPTED"),
        "OCP reports INTERRUPTED and gives no error message; it will not go on by itself.",
    ),
    (StatusBroken("FAILED", "disk\nfull"), "OCP reports FAILED: disk full"),
    (
        StoodStill(minutes(9), minutes(2), minutes(11), minutes(30), LATER),
        (
            "The checkpoint has stood still for 9 min; this task normally moves every 2 min. "
            "It will be 30 min behind at about 2026-03-14 03:19 UTC."
        ),
    ),
    (
        StoodStill(minutes(41), None, minutes(41), minutes(30)),
        "The checkpoint has stood still for 41 min. It is 41 min behind; the limit is 30 min.",
    ),
    (
        StoodStill(minutes(9), None, minutes(11), minutes(30)),
        "The checkpoint has stood still for 9 min. It is 11 min behind.",
    ),
    (
        Grows(minutes(4), minutes(12), minutes(2), minutes(12), minutes(30), LATER, 0.7),
        (
            "It has fallen 4 min further behind in 12 min; it ships about 70% of what is written, "
            "and is normally at most 2 min behind. It will be 30 min behind at about 2026-03-14 03:19 UTC."
        ),
    ),
    (
        Grows(minutes(4), minutes(12), minutes(2), minutes(12), minutes(30)),
        (
            "It has fallen 4 min further behind in 12 min, and is normally at most 2 min behind. "
            "It is 12 min behind."
        ),
    ),
    (BehindLimit(minutes(41), minutes(30)), "It is 41 min behind; the limit is 30 min."),
    (
        BehindLimit(minutes(41), minutes(30), learned=False),
        (
            "It is 41 min behind; the limit is 30 min, a wide one, "
            "for what is normal for this task is not known yet."
        ),
    ),
    (CatchingUp(minutes(12), minutes(20)), "It runs and is catching up: 12 min behind, about 20 min left."),
    (CatchingUp(minutes(12)), "It runs and is catching up: 12 min behind."),
    (
        StuckIn("STOPPING", minutes(22)),
        (
            "It has been in STOPPING for 22 min, a state that usually passes within minutes: "
            "somebody is stopping log backup, and nothing is backed up after that."
        ),
    ),
    (PausedFor("SUSPENDED", minutes(180)), "It has been paused by a command (SUSPENDED) for 3 h."),
    (
        NotListed(3, NOW),
        "OCP left it out of its last 3 lists; it was last there at 2026-03-14 03:00 UTC.",
    ),
    (NotListed(1, NOW), "OCP left it out of its last list; it was last there at 2026-03-14 03:00 UTC."),
    (NoTasks(1), "OCP lists no log backup task of this cluster (1 list in a row)."),
    (
        NoTasks(3, NOW),
        (
            "OCP no longer lists any log backup task of this cluster (3 lists in a row); "
            "the last one was listed at 2026-03-14 03:00 UTC."
        ),
    ),
    (
        NotRead(4, NOW, "timeout", "OCP did not answer."),
        "OCP did not answer. The last 4 polls failed, the first of them at 2026-03-14 03:00 UTC.",
    ),
    (
        NotRead(6, NOW, "login refused", "You can try for 4 more times."),
        (
            "You can try for 4 more times. The login is tried once an hour at most, not with each poll; "
            "nothing has been read since 2026-03-14 03:00 UTC."
        ),
    ),
    (Well(), "It is well."),
    (Well(timedelta(seconds=58)), "It is well, 58 s behind."),
    (Well(minutes(41), judged=False), "It runs, 41 min behind; it is a standby, whose delay may be long."),
    (
        NewRhythm(minutes(2), timedelta(seconds=15), minutes(3), timedelta(seconds=20), NOW),
        (
            "It now moves every 2 min (before: 15 s) and is at most 3 min behind (before: 20 s), "
            "3 times in a row: that is normal for it from now on."
        ),
    ),
    (
        NewRhythm(minutes(2), timedelta(seconds=15), minutes(3), timedelta(seconds=20), NOW, by_hand=True),
        (
            "It now moves every 2 min (before: 15 s) and is at most 3 min behind (before: 20 s); "
            "somebody said that this is normal now."
        ),
    ),
    (NotWatched(), "It is no longer watched: the settings leave it out."),
    (NotWatched(timedelta(days=1)), "It is no longer watched: OCP has not listed it for 1 d."),
    (Unclear("it has no checkpoint"), "Nothing can be said: it has no checkpoint."),
]


@pytest.mark.parametrize(("evidence", "sentence"), REASONS)
def test_every_reason_is_a_sentence_with_its_numbers(evidence: Evidence, sentence: str) -> None:
    assert because(evidence) == sentence


def test_no_reason_is_left_out() -> None:
    assert {type(evidence) for evidence, _ in REASONS} == set(get_args(Evidence))


def test_slack_hears_moments_in_our_clock_and_foreign_text_escaped() -> None:
    """OCP's clock is put right by the measured offset; our own instants stay."""
    voice = slack_voice(UTC, minutes(1))
    assert "<!date^1773457260^" in because(NotListed(3, NOW), voice)
    assert "<!date^1773457200^" in because(NotRead(3, NOW, "timeout", "x"), voice)
    assert "&lt;!channel&gt;" in because(StatusBroken("<!channel>"), voice)


def test_a_problem_without_a_delay_has_words_too() -> None:
    def said(problem: Problem, evidence: Evidence) -> str:
        return what(replace(samples.LEDGER_BEHIND, problem=problem, because=evidence, delay=None))

    assert said(Problem.LAGGING, Well()) == "is behind"
    assert said(Problem.MISSING, NoTasks(3)) == "is not set up"
    assert said(Problem.FAILED, StatusBroken("failed")) == "has failed"
    assert said(Problem.STUCK, Well()) == "is stuck"


@given(st.text(max_size=50), st.integers(1, 20))
def test_markup_is_cut_without_half_an_entity(text: str, limit: int) -> None:
    escaped = name(text) + slack_time(NOW)
    assert len(cut_markup(escaped, limit)) <= limit
    assert "&" not in cut_markup("&amp;" * 9, limit).replace("&amp;", "")
    assert "<" not in cut_markup("ab" + slack_time(NOW), limit + 2)


def test_lines_are_packed_into_as_few_sections_as_hold_them() -> None:
    assert [len(block["text"]["text"]) for block in sections(["x" * 1400] * 5)] == [2801, 2801, 1400]
    assert sections([]) == []
    assert len(section("x" * 5000)["text"]["text"]) == 3000


def test_a_message_that_is_too_long_keeps_its_buttons_and_says_that_the_rest_is_left_out() -> None:
    row = actions([Button("Share", "status", shared=True)])
    for blocks in ([section("x" * 2900)] * 10, [section("x")] * 60):
        drawn = message("text", [*blocks, *row])
        assert len(drawn.blocks) <= MESSAGE_BLOCKS
        assert size(drawn.blocks) <= PAYLOAD
        assert drawn.blocks[-1]["elements"][0]["action_id"] == "share:1"
        assert "the rest is left out" in str(drawn.blocks[-2])


def test_buttons_have_ids_of_their_own_over_all_rows() -> None:
    one, other = actions([Button("A", "a"), Button("B", "b")]), actions([Button("C" * 80, "c", shared=True)])
    drawn = message("text", [*one, *other])
    ids = [element["action_id"] for block in drawn.blocks for element in block["elements"]]
    assert ids == ["command:1", "command:2", "share:3"]
    assert drawn.blocks[1]["elements"][0]["text"]["text"] == "C" * 74 + "…"


@pytest.mark.parametrize("command", ["", "x" * 2001])
def test_a_button_that_cannot_carry_its_command_is_left_out(command: str) -> None:
    assert actions([Button("A", command)]) == []


def test_an_error_message_keeps_its_lines_and_counts_what_is_cut() -> None:
    def text(error: str) -> str:
        return str(error_quotation(error)["elements"][0]["elements"][0]["text"])

    assert text("one\n\n two\x00\n") == "one\ntwo"
    assert text(" \n ") == "(blank)"
    assert text("x" * 51200).endswith("… (the first 1,500 of 51,200 characters)")
    assert "(the first 150 of 1,000 characters)" in text("🦄" * 1000)
    assert text("é🦄" * 90) == "é🦄" * 90


@pytest.mark.parametrize("problem", list(Problem))
def test_what_several_have_is_said_of_one_and_of_many(problem: Problem) -> None:
    assert plural(problem, 1).split()[0] in {"is", "has", "gets"}
    assert plural(problem, 2).split()[0] in {"are", "have", "get"}


def test_sizes_are_said_in_a_unit_that_suits_them() -> None:
    sizes = (900, 48_000, 48_300_000, 12_400_000_000, 3 * 10**12)
    assert [bytes_words(one) for one in sizes] == ["900 B", "48 kB", "48.3 MB", "12.4 GB", "3.0 TB"]


def test_a_logical_backup_is_looked_at_on_its_agent_server() -> None:
    seen = Seen(Problem.STALLED, mode="LOGICAL_BACKUP", agent_server="10.0.0.7")
    path = "correct the path if its log is elsewhere"
    assert [step.where for step in hint(seen).steps] == [f"On the backup agent's server 10.0.0.7; {path}"]
    assert hint(replace(seen, agent_server="")).steps[0].where == f"On the backup agent's server; {path}"
    failed = hint(replace(seen, problem=Problem.FAILED, status="FAILED"))
    assert failed.look_at == "the log of the backup agent, then the storage"


@pytest.mark.parametrize("problem", list(Problem))
@pytest.mark.parametrize("mode", ["", "LOGICAL_BACKUP"])
@pytest.mark.parametrize("version", ["4.2.1", "3.1"])
def test_what_a_hint_gives_to_copy_is_what_can_be_typed(problem: Problem, mode: str, version: str) -> None:
    """No look-alike stands in it: a path or a statement with one fails where it is pasted."""
    seen = Seen(problem, "FAILED", mode=mode, version=version, tenant_id=1002, address="http://ocp.test:8080")
    found = hint(seen)
    for step in (*found.steps, *backup_steps(seen)):
        assert step.run.isascii()
        assert literal(step.where) == escape(step.where)
    for words in (found.usually, found.look_at):
        assert literal(words) == escape(words)


def test_a_query_names_columns_that_its_version_has() -> None:
    """Before 4.0 the view is another one, and has no COMMENT."""
    new, old = (hint(Seen(Problem.LAGGING, tenant_id=1002, version=version)) for version in ("4.2", "3.1"))
    assert [step.run.split("\n")[0] for step in new.steps[:2]] == [
        "SELECT TENANT_ID, STATUS, CHECKPOINT_SCN_DISPLAY, PATH, COMMENT",
        "SELECT LS_ID, STATUS, SCN_TO_TIMESTAMP(CHECKPOINT_SCN) AS SHIPPED_UNTIL",
    ]
    assert old.steps[0].run == (
        "SELECT TENANT_ID, STATUS, MIN_FIRST_TIME, MAX_NEXT_TIME\n"
        "FROM oceanbase.CDB_OB_BACKUP_ARCHIVELOG\nWHERE TENANT_ID = 1002;"
    )
    assert old.steps[1].run.startswith("grep")


def test_a_menu_of_what_is_too_long_for_one_is_buttons() -> None:
    long = Button("Long", "x" * 200)
    made = actions([Menu((long, Button("None", "")))])
    assert [element["type"] for element in made[0]["elements"]] == ["button"]


def test_a_command_is_shown_as_code_without_breaking_out_of_it() -> None:
    assert typed(ListTasks(Scope(name="a`b"), page=2)) == '`/logbackup tasks "a\\u0060b" page:2`'
    assert typed("tasks delay>10m") == "`/logbackup tasks delay&gt;10m`"


def test_a_choice_of_very_many_shows_some_and_counts_the_rest() -> None:
    choices = tuple(Choice(f"pay/t{index}", Scope(name=f"pay/t{index}")) for index in range(20))
    drawn = unnamed_message(ShowTask(Scope(name="pay")), Ambiguous(choices, 214), samples.the_fleet(), NOW)
    assert drawn.text == "That name means 214 things. Which one?"
    assert "…and 194 more" in str(drawn.blocks[-1])


def test_choosing_asks_the_same_of_the_one_that_was_chosen() -> None:
    """The filters stay; the page does not."""
    asked = ListTasks(Scope(name="pyy"), page=3)
    drawn = unnamed_message(asked, NotFound("pyy", ("pay",)), samples.the_fleet(), NOW)
    assert drawn.blocks[1]["elements"][0]["value"] == to_text(ListTasks(Scope(name="pay")))


def test_what_cannot_be_shared_has_no_button_for_it() -> None:
    fleet = samples.the_fleet()
    drawn = [
        status_message(ShowStatus(), fleet, now=NOW, shareable=False),
        task_list_message(ListTasks(), fleet, now=NOW, shareable=False),
        task_message(ShowTask(Scope(name="pay/orders")), fleet, now=NOW, shareable=False),
        health_message(ShowHealth(), fleet, BotHealth("1", NOW), now=NOW, shareable=False),
        incident_detail_message(IncidentContent(samples.ORDERS_FAILED, NOW), shareable=False),
    ]
    assert all("share:" not in str(one.blocks) for one in drawn)
    assert "share:" in str(status_message(ShowStatus(), fleet, now=NOW).blocks)


def test_a_gap_in_what_can_be_restored_is_told_with_the_task() -> None:
    task = samples.a_task(samples.PAY, "orders", status="INTERRUPTED", delay=None)
    incident = samples.an_incident(
        7,
        task_subject(task),
        Problem.FAILED,
        StatusBroken("INTERRUPTED"),
        gap=RecoveryGap(NOW - minutes(40), NOW - minutes(14)),
    )
    now = ClusterNow(samples.PAY, (samples.seen(task, samples.PAY, incident=incident),), READ_AT)
    fleet = FleetSnapshot((samples.a_source("prod", [now]),), (incident,))
    drawn = task_message(ShowTask(Scope(name="pay/orders")), fleet, now=NOW)
    assert "until there is a newer full backup.*" in drawn.text
    first = (
        "Get log backup of pay/orders running first: a full backup fails without it. Then take a full backup."
    )
    assert first in drawn.text
    assert "ALTER SYSTEM BACKUP TENANT = orders;" in str(drawn.blocks)
    assert "It will not go on by itself." in drawn.text
    assert "'Acknowledge'" in str(drawn.blocks)


def test_a_task_that_somebody_has_is_not_offered_to_be_taken() -> None:
    incident = replace(samples.ORDERS_FAILED, handling=handled.SEEN)
    now = ClusterNow(samples.PAY, (samples.seen(samples.ORDERS, samples.PAY, incident=incident),), READ_AT)
    fleet = FleetSnapshot((samples.a_source("prod", [now]),), (incident,))
    drawn = task_message(ShowTask(Scope(name="pay/orders")), fleet, now=NOW)
    assert "Ana Lima has it" in drawn.text
    assert "'Acknowledge'" not in str(drawn.blocks)


def test_of_very_many_sources_some_are_told_and_the_rest_counted() -> None:
    fleet = FleetSnapshot(tuple(samples.a_source(f"region-{index}", []) for index in range(25)))
    drawn = health_message(ShowHealth(), fleet, BotHealth("1", NOW), now=NOW)
    assert "…and 5 more OCPs" in drawn.text


def test_an_incident_of_which_no_checkpoint_is_known_promises_nothing() -> None:
    nothing = replace(samples.ORDERS_FAILED, checkpoint=None, delay=None)
    drawn = incident_message(IncidentContent(nothing, READ_AT))
    assert "Shipped" not in str(drawn.blocks)


def test_nothing_listed_is_said_as_far_as_it_is_known() -> None:
    """An empty list of an OCP that was read is a fact; of one that was not, it is not."""
    read = FleetSnapshot((samples.a_source("prod", []),))
    unread = FleetSnapshot((samples.a_source("prod", [], read_at=None),))
    assert status_message(ShowStatus(), read, now=NOW).text == "No log backup task is listed"
    assert "No log backup task is known yet" in status_message(ShowStatus(), unread, now=NOW).text


def test_a_quiet_fleet_is_not_called_well() -> None:
    paused = samples.seen(samples.a_task(samples.PAY, "orders", status="PAUSED"), samples.PAY)
    fleet = FleetSnapshot((samples.a_source("prod", [ClusterNow(samples.PAY, (paused,), READ_AT)]),))
    assert status_message(ShowStatus(), fleet, now=NOW).text.startswith("None of 1 task needs you")


def test_a_cluster_in_need_is_counted_beside_its_tasks() -> None:
    tasks = samples.the_fleet().sources[0].clusters
    empty = samples.odd_clusters().sources[0].clusters[1]
    fleet = FleetSnapshot((samples.a_source("prod", [*tasks, empty]),))
    assert status_message(ShowStatus(), fleet, now=NOW).text.startswith(
        "2 of 48 tasks and 1 cluster need you"
    )


def test_trouble_that_fills_the_message_leaves_the_table_out() -> None:
    """What cannot be read comes first; nothing breaks Slack's limits."""
    told = [
        replace(samples.a_source(f"s{index}", []), failure=samples.unread(minutes(1), "🦄" * 500))
        for index in range(5)
    ]
    fleet = FleetSnapshot((*samples.the_fleet().sources, *told))
    drawn = task_list_message(ListTasks(), fleet, now=NOW)
    assert_fit_for_slack(drawn)
    assert all(block["type"] != "table" for block in drawn.blocks)


def test_an_incident_of_a_source_leads_to_its_tasks() -> None:
    incident = replace(samples.ORDERS_FAILED, subject=source_subject(SourceName("prod")))
    drawn = incident_message(IncidentContent(incident, READ_AT))
    assert "tasks source:prod" in str(drawn.blocks)


def test_what_has_just_begun_has_not_lasted() -> None:
    assert lasting(timedelta(minutes=26)) == ", for 26 min"
    assert lasting(timedelta(milliseconds=400)) == ""
