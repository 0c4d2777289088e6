"""Every view as people see it, held to a golden file and to Slack's limits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.commands import (
    VERBS,
    ListTasks,
    ShowHealth,
    ShowHelp,
    ShowStatus,
    ShowTask,
    parse,
)
from bot.domain.evidence import NewRhythm
from bot.domain.finding import clear, unknown
from bot.domain.fleet import ClusterNow, FleetSnapshot
from bot.domain.naming import Scope
from bot.domain.selection import Window
from bot.errors import LoginRefused, SourceTimeout, UserMistake
from bot.views.blocks import Message
from bot.views.health_report import BotHealth, health_message
from bot.views.help_text import help_message
from bot.views.mistake import failure_message, mistake_message, unexpected_message
from bot.views.status_report import status_message
from bot.views.task_detail import task_message
from bot.views.task_list import task_list_message
from tests.views.handled_samples import GAP
from tests.views.view_goldens import assert_golden
from tests.views.view_samples import NOW, READ_AT, minutes

SHANGHAI = ZoneInfo("Asia/Shanghai")


ORDERS_LOST = samples.resolved(replace(samples.ORDERS_FAILED, gap=GAP))
LEDGER_LOST = samples.resolved(replace(samples.LEDGER_BEHIND, gap=GAP, handling=handled.SEEN))


def status(fleet: FleetSnapshot, **scope: str) -> Message:
    return status_message(ShowStatus(Scope(**scope)), fleet, now=NOW)


def tasks(fleet: FleetSnapshot, text: str = "tasks") -> Message:
    command = parse(text, now=NOW, zone=UTC)
    assert isinstance(command, ListTasks)
    return task_list_message(command, fleet, now=NOW)


def task(fleet: FleetSnapshot, name: str) -> Message:
    return task_message(ShowTask(Scope(name=name)), fleet, now=NOW, zone=SHANGHAI)


def two_prods() -> FleetSnapshot:
    """Give two OCPs which both have a cluster pay."""
    here, there = samples.a_cluster("pay", 1, "east"), samples.a_cluster("pay", 2, "west")
    return FleetSnapshot(
        (
            samples.a_source("east", [ClusterNow(here, samples.well(here, 2, minutes(1)), READ_AT)]),
            samples.a_source("west", [ClusterNow(there, samples.well(there, 2, minutes(1)), READ_AT)]),
        )
    )


def two_destinations() -> FleetSnapshot:
    """Give a tenant whose log goes to two places."""
    made = [
        samples.seen(samples.a_task(samples.PAY, "orders", destination=place), samples.PAY)
        for place in ("file:///obbackup/", "oss://bucket/pay?host=oss.example.com")
    ]
    return FleetSnapshot((samples.a_source("prod", [ClusterNow(samples.PAY, tuple(made), READ_AT)]),))


def long_delays() -> FleetSnapshot:
    """Give tasks that are far behind and yet well, each for a reason of its own."""
    far, hours = samples.a_cluster("far", 1000011, kind="STANDBY"), timedelta(hours=8)
    judged = {
        "archive": clear(READ_AT, delay=hours),
        "new": clear(READ_AT, delay=minutes(15), learned=False),
        "standby": clear(READ_AT, delay=hours, judged=False),
        "unclear": unknown(READ_AT, "OCP's clock seems to have jumped", delay=minutes(12)),
        "relearned": replace(clear(READ_AT, delay=minutes(11)), because=RELEARNED),
        "quick": clear(READ_AT, delay=minutes(9)),
        "unjudged": None,
    }
    tasks = [
        samples.seen(
            samples.a_task(far, name, delay=minutes(41) if one is None else one.delay, number=1300 + number),
            far,
            assessment=one,
        )
        for number, (name, one) in enumerate(judged.items())
    ]
    return FleetSnapshot((samples.a_source("prod", [ClusterNow(far, tuple(tasks), READ_AT)]),))


def broken_and_unjudged() -> FleetSnapshot:
    """Give what OCP answers for a span of time: no rule was asked and no incident is known."""
    broken = samples.seen(samples.ORDERS, samples.PAY)
    return FleetSnapshot((samples.a_source("prod", [ClusterNow(samples.PAY, (broken,), READ_AT)]),))


UNREAD = FleetSnapshot((samples.a_source("prod", [], read_at=None, duration=None, offset=None),))
NOTHING = FleetSnapshot((samples.a_source("prod", []),))
RELEARNED = NewRhythm(minutes(10), minutes(2), minutes(11), minutes(3), NOW)

FOLLOWER = BotHealth(
    "1.2.3",
    NOW - timedelta(days=3),
    door="Socket Mode",
    connected=True,
    connected_since=NOW - timedelta(hours=5),
    leads=False,
    last_error="OCP prod did not answer in 10 s.",
    last_error_at=NOW - minutes(90),
    settings="The settings were read again.",
    settings_at=NOW - minutes(30),
    database="SQLite",
    database_bytes=48_300_000,
    disk_free_bytes=12_400_000_000,
)
CUT_OFF = BotHealth(
    "1.2.3",
    NOW - timedelta(days=3),
    owed=3,
    owed_since=NOW - minutes(12),
    connected=False,
    leads=True,
    last_error="Slack closed the connection.",
    database_bytes=900,
)

ANSWERS: dict[str, Callable[[], Message]] = {
    "status_of_the_fleet": lambda: status(samples.the_fleet()),
    "status_of_a_cluster": lambda: status(samples.the_fleet(), name="pay"),
    "status_of_a_tenant": lambda: status(samples.the_fleet(), name="pay/orders"),
    "status_of_every_problem": lambda: status(samples.every_problem()),
    "status_of_every_problem_in_a_cluster": lambda: status(samples.every_problem(), name="lab"),
    "status_of_ten_sources": lambda: status(samples.ten_sources()),
    "status_of_odd_clusters": lambda: status(samples.odd_clusters()),
    "status_of_an_empty_cluster": lambda: status(samples.odd_clusters(), name="empty"),
    "status_with_a_loss": lambda: status(samples.with_losses_over(ORDERS_LOST)),
    "status_with_two_losses": lambda: status(samples.with_losses_over(ORDERS_LOST, LEDGER_LOST)),
    "status_of_a_cluster_with_a_loss": lambda: status(samples.with_losses_over(ORDERS_LOST), name="pay"),
    "task_with_a_loss": lambda: task(samples.with_losses_over(ORDERS_LOST), "pay/orders"),
    "status_of_a_large_fleet": lambda: status(samples.large_fleet()),
    "status_of_a_large_cluster": lambda: status(samples.large_fleet(2), name="cluster-001"),
    "status_of_long_delays": lambda: status(long_delays()),
    "status_of_long_delays_in_a_cluster": lambda: status(long_delays(), name="far"),
    "status_of_two_destinations": lambda: status(two_destinations(), name="pay"),
    "status_before_the_first_poll": lambda: status(UNREAD),
    "status_of_nothing": lambda: status(NOTHING),
    "status_of_an_ambiguous_name": lambda: status(two_prods(), name="pay"),
    "status_of_one_of_two_names": lambda: status(two_prods(), name="east/pay"),
    "status_of_an_unknown_name": lambda: status(samples.the_fleet(), name="payy"),
    "status_of_a_name_before_the_first_poll": lambda: status(UNREAD, name="pay"),
    "tasks_of_the_fleet": lambda: tasks(samples.the_fleet()),
    "tasks_second_page": lambda: tasks(samples.the_fleet(), "tasks page:2 sort:delay"),
    "tasks_that_are_behind": lambda: tasks(samples.the_fleet(), "tasks delay>10m status:running"),
    "tasks_that_do_not_match": lambda: tasks(samples.the_fleet(), "tasks status:prepare"),
    "tasks_of_every_problem": lambda: tasks(samples.every_problem()),
    "tasks_of_ten_sources": lambda: tasks(samples.ten_sources(), "tasks sort:name"),
    "tasks_of_nothing": lambda: tasks(NOTHING),
    "tasks_of_long_delays": lambda: tasks(long_delays()),
    "tasks_of_two_destinations": lambda: tasks(two_destinations()),
    "tasks_of_a_time": lambda: task_list_message(
        ListTasks(window=Window(NOW - minutes(120), NOW)), samples.the_fleet(), now=NOW, zone=SHANGHAI
    ),
    "tasks_of_a_time_unjudged": lambda: tasks(broken_and_unjudged(), "tasks since:1h"),
    "tasks_of_an_open_time": lambda: tasks(samples.odd_clusters(), "tasks from:01:00"),
    "tasks_of_a_name_not_in_that_time": lambda: tasks(NOTHING, "tasks pay to:02:00"),
    "task_that_failed": lambda: task(samples.the_fleet(), "pay/orders"),
    "task_that_cannot_be_read_now": lambda: task_message(
        ShowTask(Scope(name="pay/orders")),
        samples.the_fleet(),
        now=NOW,
        unread="OCP prod did not answer in 10 s.",
    ),
    "task_that_is_well": lambda: task(samples.the_fleet(), "shop/t00"),
    "task_of_a_standby": lambda: task(long_delays(), "far/standby"),
    "task_that_is_odd": lambda: task(samples.every_problem(), "lab/odd"),
    "task_without_facts": lambda: task(samples.every_problem(), "lab/silent"),
    "task_left_out_just_now": lambda: task(samples.every_problem(), "lab/unlisted"),
    "task_not_listed": lambda: task(samples.every_problem(), "lab/missing"),
    "task_recovering": lambda: task(samples.every_problem(), "lab/recovering"),
    "task_of_the_whole_cluster": lambda: task(samples.every_problem(), "lab"),
    "task_with_two_destinations": lambda: task(two_destinations(), "pay/orders"),
    "task_of_a_cluster_with_tenants": lambda: task(samples.the_fleet(), "shop"),
    "task_of_a_cluster_without_any": lambda: task(samples.odd_clusters(), "empty"),
    "mistake": lambda: mistake_message(
        UserMistake('"stauts" is no verb. Did you mean status?', ("status pay", "status stauts"))
    ),
    "failure_that_passes": lambda: failure_message(
        SourceTimeout("OCP prod did not answer in 10 s.", trace_id="0e74add7846c479c")
    ),
    "failure_that_stays": lambda: failure_message(
        LoginRefused("OCP prod refused the login. Check OCP_USER and OCP_PASSWORD.")
    ),
    "failure_without_words": unexpected_message,
    "help": lambda: help_message(ShowHelp()),
    "health": lambda: health_message(
        ShowHealth(), samples.the_fleet(), BotHealth("1.2.3", NOW - timedelta(days=3)), now=NOW
    ),
    "health_with_trouble": lambda: health_message(
        ShowHealth(),
        samples.odd_clusters(),
        BotHealth("1.2.3", NOW - minutes(5), 214, ("Slack does not let the bot into #alerts: invite it.",)),
        now=NOW,
    ),
    "health_of_a_follower": lambda: health_message(ShowHealth(), samples.the_fleet(), FOLLOWER, now=NOW),
    "health_cut_off": lambda: health_message(ShowHealth(), samples.the_fleet(), CUT_OFF, now=NOW),
    "health_of_ten_sources": lambda: health_message(
        ShowHealth(), samples.ten_sources(), BotHealth("1.2.3", NOW), now=NOW, shareable=False
    ),
} | {f"help_{verb.name}": lambda name=verb.name: help_message(ShowHelp(name)) for verb in VERBS}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_looks_as_it_did(name: str) -> None:
    """What people see changes only with its golden file, whose diff is read like a screenshot."""
    assert_golden(name, ANSWERS[name]())
