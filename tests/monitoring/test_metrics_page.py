"""The page of metrics, scraped from a real server and read by Prometheus's own parser."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta

import aiohttp
import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import REGISTRY

from bot.domain.measures import BotMeasures, SourceMeasures, TaskMeasures
from bot.domain.notification import Action
from bot.domain.problem import Problem, Severity
from bot.domain.task import SourceName
from bot.monitoring.counts import Counts
from bot.monitoring.labels import LONGEST, MOST, OTHER
from bot.monitoring.metrics import Metrics
from bot.monitoring.web import WebServer
from bot.operations.meters import DeliveryOutcome, PollOutcome
from tests.monitoring.monitored_bot import (
    NOON,
    PROD,
    SECOND,
    Page,
    all_counts,
    delay,
    everything,
    page,
    source,
)

UNITS = ("_seconds", "_info", "_bytes")


def ours(seen: Page) -> Iterator[Metric]:
    return (family for name, family in seen.families.items() if name.startswith("logbackup_bot_"))


async def test_every_name_keeps_to_the_conventions_and_is_explained() -> None:
    seen = await page(everything(), all_counts())
    families = list(ours(seen))
    assert len(families) >= 25
    for family in families:
        assert re.fullmatch(r"logbackup_bot_[a-z]+(_[a-z]+)*", family.name)
        assert re.fullmatch(r"[A-Z].{15,}\.", family.documentation), family.name
        assert not re.search(r"_(minutes|ms|milliseconds|hours)(_|$)", family.name)
        assert family.samples, f"{family.name} has no figure though everything was measured"
        if family.type == "counter":
            assert f"# TYPE {family.name}_total counter" in seen.text
        if "timestamp" in family.name:
            assert family.name.endswith("_timestamp_seconds")
    assert {name for name in seen.names if name.endswith("_created")} == set()


async def test_whatever_runs_in_the_process_is_measured_too() -> None:
    seen = await page(everything())
    assert seen.samples["process_resident_memory_bytes", frozenset()] > 1_000_000
    assert seen.samples["process_start_time_seconds", frozenset()] > 1_000_000_000


async def test_a_source_is_told_of_as_it_was_last_polled() -> None:
    seen = await page(everything())
    assert seen.value("poll_interval_seconds", source="prod") == 30
    assert seen.value("last_poll_timestamp_seconds", source="prod") == NOON.timestamp()
    assert seen.value("last_successful_poll_timestamp_seconds", source="prod") == NOON.timestamp() - 1
    assert seen.value("source_readable", source="prod") == 1
    assert seen.value("source_clock_offset_seconds", source="prod") == -2
    assert seen.value("clusters", source="prod") == 3
    assert seen.value("clusters_unread", source="prod") == 1
    assert seen.value("rows_skipped", source="prod") == 4
    assert seen.value("tasks", source="prod", state="running") == 7
    assert seen.value("worst_task_delay_seconds", source="prod") == 90
    assert seen.value("lease_held", source="prod") == 1


async def test_a_source_that_was_never_polled_has_no_moment() -> None:
    new = SourceMeasures(PROD, 30 * SECOND)
    seen = await page(BotMeasures("1", sources=(new,)))
    assert seen.value("source_readable", source="prod") == 0
    assert seen.values("last_poll_timestamp_seconds") == {}
    assert seen.values("last_successful_poll_timestamp_seconds") == {}
    assert seen.values("worst_task_delay_seconds") == {}


async def test_a_replica_that_stands_by_tells_nothing_of_the_source() -> None:
    """What it knows may be old; summed over the replicas nothing must count twice."""
    seen = await page(BotMeasures("1", sources=(source(held=False),)))
    told = {name for name, labels in seen.samples if ("source", "prod") in labels}
    assert told == {"logbackup_bot_lease_held", "logbackup_bot_poll_interval_seconds"}
    assert seen.value("lease_held", source="prod") == 0


async def test_incidents_are_counted_by_problem_severity_and_who_has_them() -> None:
    seen = await page(everything())
    base = {"source": "prod", "acknowledged": "false", "silenced": "false"}
    assert seen.value("incidents", problem="failed", severity="critical", **base) == 1
    assert seen.value("incidents", problem="stalled", severity="warning", **base) == 0
    muted = {"source": "prod", "acknowledged": "true", "silenced": "true"}
    assert seen.value("incidents", problem="lagging", severity="warning", **muted) == 2
    assert len(seen.values("incidents")) == len(Problem) * len(Severity) + 1


async def test_delays_are_told_task_by_task_where_they_were_asked_for() -> None:
    seen = await page(everything())
    place = {"cluster": "pay", "cluster_id": "1", "tenant": "orders", "destination": "file:///obbackup/"}
    assert seen.value("task_delay_seconds", source="prod", **place) == 90
    assert seen.value("task_delays_left_out", source="prod") == 2
    plain = await page(BotMeasures("1", sources=(source(tasks=TaskMeasures({"running": 7})),)))
    assert plain.values("task_delay_seconds") == plain.values("task_delays_left_out") == {}


async def test_two_tasks_that_look_the_same_are_one_figure_the_worse() -> None:
    """The same labels twice would make Prometheus refuse the whole page."""
    long = "x" * 2 * LONGEST
    delays = delay(long + "1", 10), delay(long + "2", 70), delay(long + "3", 30)
    seen = await page(BotMeasures("1", sources=(source(tasks=TaskMeasures(delays=delays)),)))
    (value,) = seen.values("task_delay_seconds").values()
    assert value == 70


async def test_the_whole_cluster_has_an_empty_tenant() -> None:
    tasks = TaskMeasures(delays=(delay(None, 5),))
    seen = await page(BotMeasures("1", sources=(source(tasks=tasks),)))
    ((labels, _),) = seen.values("task_delay_seconds").items()
    assert ("tenant", "") in labels


@pytest.mark.parametrize(
    "name",
    ['a"b\\c', "two\nlines\r", "\ud800 half a character", "\x00\x1b[31m", "名前 ÄÖ", "}\nup 1\n"],
)
async def test_no_name_from_outside_breaks_the_page(name: str) -> None:
    tasks = TaskMeasures({name: 3}, delays=(delay(name, 5, cluster=name),))
    seen = await page(BotMeasures("1", sources=(source(name, tasks=tasks),)))
    assert len(seen.values("tasks")) == len(seen.values("task_delay_seconds")) == 1
    assert "up" not in seen.names


async def test_a_label_from_outside_is_no_longer_than_people_read() -> None:
    seen = await page(BotMeasures("1", sources=(source("x" * 10_000),)))
    ((labels, _),) = seen.values("clusters").items()
    assert len(dict(labels)["source"]) == LONGEST


async def test_reasons_from_outside_are_bounded_in_number() -> None:
    counts = Counts()
    counts.polled(PROD, PollOutcome.NOT_READ, SECOND, (f"reason {number}" for number in range(3 * MOST)))
    counts.polled(PROD, PollOutcome.NOT_READ, SECOND, ["reason 0"])
    seen = await page(BotMeasures("1"), counts)
    assert len(seen.values("poll_errors_total")) == MOST + 1
    assert seen.value("poll_errors_total", source="prod", reason=OTHER) == 2 * MOST
    assert seen.value("poll_errors_total", source="prod", reason="reason 0") == 2


async def test_polls_are_counted_by_how_they_ended_and_timed() -> None:
    counts = all_counts()
    counts.polled(PROD, PollOutcome.NOT_KEPT)
    seen = await page(BotMeasures("1"), counts)
    polls = {
        outcome: seen.value("polls_total", source="prod", outcome=outcome.value) for outcome in PollOutcome
    }
    assert polls == {
        PollOutcome.READ: 1,
        PollOutcome.PARTLY_READ: 1,
        PollOutcome.NOT_READ: 0,
        PollOutcome.NOT_KEPT: 1,
        PollOutcome.FAULT: 0,
    }
    assert seen.value("poll_duration_seconds_count", source="prod") == 2
    assert seen.value("poll_duration_seconds_sum", source="prod") == pytest.approx(45.3)
    assert seen.value("poll_duration_seconds_bucket", source="prod", le="0.5") == 1
    assert seen.value("poll_duration_seconds_bucket", source="prod", le="60.0") == 2
    assert seen.value("poll_errors_total", source="prod", reason="timeout") == 2


async def test_deliveries_have_a_figure_before_the_first_one() -> None:
    """A counter that appears with its first event hides that event from every rate."""
    counts = Counts()
    before = await page(BotMeasures("1"), counts)
    assert len(before.values("deliveries_total")) == len(Action) * len(DeliveryOutcome)
    counts.delivered(Action.REPLY, DeliveryOutcome.FOUND)
    after = await page(BotMeasures("1"), counts)
    assert after.value("deliveries_total", action="reply", outcome="found already there") == 1
    assert sum(after.values("deliveries_total").values()) == 1


async def test_what_is_owed_has_a_figure_for_every_action() -> None:
    seen = await page(everything())
    assert seen.value("database_usable") == 1
    messages = {action: seen.value("outbox_messages", action=action.value) for action in Action}
    assert messages == {Action.POST: 5, Action.EDIT: 0, Action.REPLY: 0}
    assert seen.value("outbox_oldest_age_seconds", action="post") == 12
    assert seen.value("outbox_oldest_age_seconds", action="reply") == 0
    assert seen.value("channels_refusing") == 1


async def test_a_database_that_cannot_be_asked_leaves_the_rest_of_the_page() -> None:
    seen = await page(BotMeasures("1", sources=(source(),), owed=None))
    assert seen.value("database_usable") == 0
    assert seen.values("outbox_messages") == {}
    assert seen.value("clusters", source="prod") == 3


async def test_slack_over_http_has_no_connections_to_miss() -> None:
    """An alert on none alive must stay silent where none is meant to be."""
    assert (await page(BotMeasures("1"))).values("slack_connections") == {}
    assert (await page(BotMeasures("1", slack_connections=()))).value("slack_connections") == 0
    seen = await page(everything())
    assert seen.value("slack_connections") == 2
    assert seen.value("slack_connection_age_seconds", connection="1") == 60


async def test_the_loop_the_build_and_the_heartbeat_are_told() -> None:
    seen = await page(everything())
    assert seen.value("event_loop_lag_seconds") == 0.002
    assert seen.value("event_loop_lag_max_seconds") == 0.25
    assert seen.value("heartbeat_last_accepted_timestamp_seconds") == NOON.timestamp()
    ((build, one),) = seen.values("build_info").items()
    assert one == 1
    assert dict(build)["version"] == "1.2.3"
    bare = await page(BotMeasures("1"))
    assert bare.values("event_loop_lag_seconds") == {}
    assert bare.values("heartbeat_last_accepted_timestamp_seconds") == {}


async def test_two_runs_in_one_process_share_nothing() -> None:
    before = list(REGISTRY.collect())
    one, other = Counts(), Counts()
    one.restarted("slack")
    assert (await page(BotMeasures("1"), one)).value("background_restarts_total", work="slack") == 1
    assert (await page(BotMeasures("1"), other)).values("background_restarts_total") == {}
    assert len(list(REGISTRY.collect())) == len(before)


async def test_a_bot_that_cannot_be_measured_in_time_says_so() -> None:
    async def never() -> BotMeasures:
        await asyncio.Event().wait()
        raise AssertionError

    metrics = Metrics(never, Counts(), within=timedelta(milliseconds=10))
    async with (
        WebServer("127.0.0.1", 0, None, metrics=metrics.page) as server,
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}/metrics") as answer,
    ):
        assert answer.status == 503
        assert await answer.text() == "The bot's database does not answer just now.\n"


async def test_many_who_ask_at_once_are_measured_for_one_after_the_other() -> None:
    at_once = most = 0

    async def measure() -> BotMeasures:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return BotMeasures("1", sources=(SourceMeasures(SourceName("prod"), SECOND),))

    metrics = Metrics(measure, Counts())
    pages = await asyncio.gather(*(metrics.page() for _ in range(5)))
    assert most == 1
    assert all(b"logbackup_bot_lease_held" in one for one in pages)
