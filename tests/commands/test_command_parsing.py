"""What people write becomes a command, or a mistake with a sentence; nothing else."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands import (
    Command,
    ListIncidents,
    ListTasks,
    ShowHealth,
    ShowHelp,
    ShowIncident,
    ShowStatus,
    ShowTask,
    parse,
    to_text,
)
from bot.domain.incident import IncidentNumber
from bot.domain.naming import Scope
from bot.domain.problem import Problem, Severity
from bot.domain.selection import Order, TaskFilter, Window
from bot.errors import UserMistake

NOW = datetime(2026, 3, 14, 3, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def read(text: str) -> Command:
    return parse(text, now=NOW, zone=SHANGHAI)


def mistake(text: str) -> UserMistake:
    with pytest.raises(UserMistake) as caught:
        read(text)
    return caught.value


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


MEANINGS: list[tuple[str, Command]] = [
    ("", ShowStatus()),
    ("   \u200b ", ShowStatus()),
    ("status", ShowStatus()),
    ("STATUS Pay", ShowStatus(Scope(name="Pay"))),
    ("pay", ShowStatus(Scope(name="pay"))),
    ("pay/orders", ShowStatus(Scope(name="pay/orders"))),
    ("cluster:pay", ShowStatus(Scope(cluster="pay"))),
    ("status status", ShowStatus(Scope(name="status"))),
    ('"tasks"', ListTasks()),
    ("<@U0BOT> status pay", ShowStatus(Scope(name="pay"))),
    ("<@U0BOT|bot>: status", ShowStatus()),
    ("`/logbackup tasks page:3`", ListTasks(page=3)),
    ("/logbackup", ShowStatus()),
    ("/LogBackup  pay", ShowStatus(Scope(name="pay"))),
    ("status <http://pay.example|pay>", ShowStatus(Scope(name="pay"))),
    ("status <mailto:pay@example.com>", ShowStatus(Scope(name="pay@example.com"))),
    ("status <#C1|pay>", ShowStatus(Scope(name="#pay"))),
    ("status <#C1>", ShowStatus(Scope(name="#C1"))),
    ("status <@U1>", ShowStatus(Scope(name="@U1"))),
    ("status <!here>", ShowStatus(Scope(name="@here"))),
    ("status “my cluster”", ShowStatus(Scope(name="my cluster"))),
    ("status new-∗", ShowStatus(Scope(name="new-*"))),
    ("tasks path:∼admin/backup", ListTasks(Scope(path="~admin/backup"))),
    (r'status "new-\u2217"', ShowStatus(Scope(name="new-∗"))),
    ('status "a:b"', ShowStatus(Scope(name="a:b"))),
    (r'status "a\"b\\c\u0041"', ShowStatus(Scope(name='a"b\\cA'))),
    ("status a&amp;b", ShowStatus(Scope(name="a&b"))),
    ("tasks delay&gt;10m", ListTasks(only=TaskFilter(delay_over=timedelta(minutes=10)))),
    ("tasks delay > 1h30m", ListTasks(only=TaskFilter(delay_over=timedelta(minutes=90)))),
    ("delay>45s", ListTasks(only=TaskFilter(delay_over=timedelta(seconds=45)))),
    ("tasks page: 2", ListTasks(page=2)),
    ("tasks _page:2_ *cluster:pay*", ListTasks(Scope(cluster="pay"), page=2)),
    ("tasks page：2 delay＞10m", ListTasks(only=TaskFilter(delay_over=timedelta(minutes=10)), page=2)),
    (
        "tasks pay status:FAILED,interrupted STATUS:doing",
        ListTasks(Scope(name="pay"), TaskFilter(("failed", "interrupted", "doing"))),
    ),
    (
        "tasks severity:critical,Warning problem:stalled",
        ListTasks(
            only=TaskFilter(severities=(Severity.CRITICAL, Severity.WARNING), problems=(Problem.STALLED,))
        ),
    ),
    (
        "tasks source:prod cluster:pay* tenant:orders path:file:///obbackup/",
        ListTasks(Scope(None, "prod", "pay*", "orders", "file:///obbackup/")),
    ),
    ("tasks sort:delay", ListTasks(order=Order.DELAY)),
    ("tasks since:2h", ListTasks(window=Window(hours_ago(2)))),
    ("tasks from:2h to:now", ListTasks(window=Window(hours_ago(2), NOW))),
    ("tasks from:10:30", ListTasks(window=Window(datetime(2026, 3, 14, 2, 30, tzinfo=UTC)))),
    ("tasks from:11:30", ListTasks(window=Window(datetime(2026, 3, 13, 3, 30, tzinfo=UTC)))),
    ("tasks from:9:30:15", ListTasks(window=Window(datetime(2026, 3, 14, 1, 30, 15, tzinfo=UTC)))),
    ("tasks from:2026-03-13", ListTasks(window=Window(datetime(2026, 3, 12, 16, tzinfo=UTC)))),
    ("tasks from:2026-03-13T10:00Z", ListTasks(window=Window(datetime(2026, 3, 13, 10, tzinfo=UTC)))),
    ('tasks from:"2026-03-13 10:00"', ListTasks(window=Window(datetime(2026, 3, 13, 2, tzinfo=UTC)))),
    (
        "tasks from:yesterday to:today",
        ListTasks(
            window=Window(datetime(2026, 3, 12, 16, tzinfo=UTC), datetime(2026, 3, 13, 16, tzinfo=UTC))
        ),
    ),
    ('tasks from:"2h ago"', ListTasks(window=Window(hours_ago(2)))),
    ("task pay/orders", ShowTask(Scope(name="pay/orders"))),
    ("task tenant:orders", ShowTask(Scope(tenant="orders"))),
    (
        "incidents pay since:1d severity:critical problem:failed page:2",
        ListIncidents(Scope(name="pay"), (Severity.CRITICAL,), (Problem.FAILED,), hours_ago(24), 2),
    ),
    ("incident 42", ShowIncident(IncidentNumber(42))),
    ("incident #42", ShowIncident(IncidentNumber(42))),
    ("health", ShowHealth()),
    ("help", ShowHelp()),
    ("help Tasks", ShowHelp("tasks")),
]


@pytest.mark.parametrize(("text", "command"), MEANINGS)
def test_a_text_means_a_command(text: str, command: Command) -> None:
    assert read(text) == command


@pytest.mark.parametrize(("text", "command"), MEANINGS)
def test_a_command_is_written_so_that_it_reads_the_same(text: str, command: Command) -> None:
    """Buttons carry commands as text."""
    assert read(to_text(read(text))) == command


MISTAKES = [
    ("stauts pay", '"stauts" is no verb. Did you mean status?', ("status pay", "help status")),
    ("status pay orders", 'One name at a time: "orders" is one too many.', ()),
    ("incident 1 2", 'One number at a time: "2" is one too many.', ()),
    ("health now", 'health stands alone: leave "now" out.', ("health",)),
    ("health page:2", 'health knows no filters: leave "page:2" out.', ("health",)),
    ("task", "Say which task: task cluster/tenant, or the cluster alone.", ("tasks",)),
    ("incident", "Say which incident, by its number: incident 42.", ("incidents",)),
    ("incident 0", '"0" is not the number of an incident. Write a number from 1 on.', ()),
    ("incident ²", '"²" is not the number of an incident. Write a number from 1 on.', ()),
    ("tasks page:99999999", '"99999999" is not the number of a page. Write a number from 1 on.', ()),
    ("tasks delay>soon", '"soon" is not a length of time. Write 10m, 2h or 1h30m.', ()),
    ("tasks delay>10", '"10" is not a length of time. Write 10m, 2h or 1h30m.', ()),
    ("tasks delay>99999d", '"99999d" is not a length of time. Write 10m, 2h or 1h30m.', ()),
    (
        "tasks pay delay:10m",
        "Write delay>10m for tasks that are more than 10 minutes behind.",
        ("tasks pay delay>10m",),
    ),
    ("tasks delay>1m delay>2m", "delay is there twice. Leave one of them out.", ()),
    ("tasks page:1 page:2", "page: is there twice. Leave one of them out.", ()),
    ("tasks page>2", "Write page: with a colon, for example page:2.", ()),
    ("tasks page:", "page needs a value, for example page:2.", ()),
    ("status severity:critical", None, ("help status",)),
    (
        "tasks sort:dely",
        'There is no sort "dely". There are worst, delay, name, checkpoint, status.',
        ("tasks sort:delay",),
    ),
    ("tasks severity:xyz", 'There is no severity "xyz". There are critical, warning.', ()),
    ("tasks since:1h from:2h", "since: and from: both say where to begin. Leave one of them out.", ()),
    ("tasks from:1h to:2h", None, ()),
    ('status ""', "The name is empty. Write it between the quotes, or leave them out.", ("status",)),
    ("help taks", None, ("help tasks", "help")),
    ("help qqq", None, ("help",)),
    ("status <https://pay.example/x>", None, ("help status",)),
    ('status "my cluster', 'One name at a time: "cluster" is one too many.', ()),
    ("x" * 4001, "That is too long: say it in at most 4000 characters.", ()),
]


@pytest.mark.parametrize(
    ("text", "sentence", "suggestions"), MISTAKES, ids=[text[:40] for text, *_ in MISTAKES]
)
def test_a_mistake_says_what_would_work(
    text: str, sentence: str | None, suggestions: tuple[str, ...]
) -> None:
    found = mistake(text)
    assert sentence is None or found.sentence == sentence
    assert found.suggestions == suggestions
    for suggestion in found.suggestions:
        assert read(suggestion) is not None


def test_an_unknown_filter_names_the_nearest_and_all_that_are_known() -> None:
    found = mistake("tasks sorce:prod")
    assert 'tasks knows no filter "sorce". Did you mean source:prod?' in found.sentence
    assert "tenant" in found.sentence
    assert "Did you mean" not in mistake("tasks qqqqqq:1").sentence


@pytest.mark.parametrize(
    "text",
    [
        "25:00",
        "2026-13-01",
        "2026-01-01T99:00",
        "0001-01-01T00:00+14:00",
        "1960-01-01",
        "9999-12-31",
        "soon",
        "9" * 50 + "h",
    ],
)
def test_what_is_no_time_is_refused_with_the_ways_to_write_one(text: str) -> None:
    assert "is not a time. Write 14:30" in mistake(f'tasks from:"{text}"').sentence


def test_a_long_word_is_cut_in_the_sentence_that_refuses_it() -> None:
    found = mistake("health " + "y" * 500)
    assert len(found.sentence) < 100
    assert "…" in found.sentence


def test_a_name_like_a_verb_is_a_name_where_it_is_known() -> None:
    """A cluster may be called task1."""
    assert parse("task1", now=NOW, zone=UTC, is_name=lambda name: name == "task1") == ShowStatus(
        Scope(name="task1")
    )
    assert mistake("task1").suggestions == ("help task",)


@pytest.mark.parametrize("verb", ["status", "chart", "ack"])
def test_of_two_names_what_they_mean_together_is_offered_where_it_is_there(verb: str) -> None:
    known = {"pay", "pay/orders"}.__contains__
    for text, suggestions in (
        (f"{verb} pay orders", (f"{verb} pay/orders", f"{verb} pay")),
        (f"{verb} pay words", (f"{verb} pay",)),
    ):
        with pytest.raises(UserMistake) as refused:
            parse(text, now=NOW, zone=UTC, is_name=known)
        assert refused.value.suggestions == suggestions


def test_the_since_of_incidents_is_written_as_a_moment() -> None:
    command = read("incidents since:90m")
    assert to_text(command) == "incidents since:2026-03-14T01:30:00Z"


def test_a_length_below_a_second_is_written_as_it_is() -> None:
    command = ListTasks(only=TaskFilter(delay_over=timedelta(microseconds=1500001)))
    assert to_text(command) == "tasks delay>1.500001s"
    assert read(to_text(command)) == command
    assert to_text(ListTasks(only=TaskFilter(delay_over=timedelta(0)))) == "tasks delay>0s"
