"""Nothing that OCP or people send can page a workspace, break a message or exceed Slack's limits."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.commands import ListIncidents, ListSilences, ListTasks, ShowHealth, ShowStatus, ShowTask, parse
from bot.domain.fleet import ClusterNow, FleetSnapshot, TaskNow
from bot.domain.grouping import Cause
from bot.domain.handling import UNTOUCHED, Actor, UserId
from bot.domain.incident import Incident, task_subject
from bot.domain.naming import Scope, scope_of_task
from bot.domain.notification import (
    ActContent,
    ChangeContent,
    Counts,
    GreetingContent,
    GroupChangeContent,
    GroupContent,
    IncidentContent,
    MeanwhileContent,
    Reason,
    ReminderContent,
    SilenceContent,
)
from bot.domain.problem import Problem, Severity
from bot.domain.selection import Order, Window
from bot.domain.silence import Matcher, Silence, SilenceNumber
from bot.domain.task import SourceName
from bot.errors import SourceTimeout, UserMistake
from bot.views.act_reply import act_message
from bot.views.blocks import Message
from bot.views.change_reply import change_message
from bot.views.digest import DigestFacts, digest_message
from bot.views.greeting import greeting_message
from bot.views.group_card import group_message
from bot.views.group_reply import group_change_message
from bot.views.health_report import BotHealth, health_message
from bot.views.incident_card import incident_message
from bot.views.incident_detail import group_detail_message, incident_detail_message
from bot.views.incident_list import incident_list_message
from bot.views.meanwhile import meanwhile_message
from bot.views.mistake import failure_message, mistake_message
from bot.views.reminder import reminder_message
from bot.views.silence_list import silence_list_message
from bot.views.silence_notice import silence_notice
from bot.views.status_report import status_message
from bot.views.task_detail import task_message
from bot.views.task_list import task_list_message
from bot.views.timeline import timeline_message
from tests.views.view_goldens import assert_fit_for_slack, assert_golden
from tests.views.view_samples import NOW, READ_AT

ALLOWED = re.compile(r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[^<>|]*>")
DIRECTION = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066\u2067\ufeff]")


def texts(part: Any) -> Iterator[tuple[str, bool]]:
    """Give every text that people see, and whether Slack takes it literally."""
    if isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, str) and key in {"text", "fallback"}:
                yield value, part.get("type") != "mrkdwn"
            elif key not in {"value", "action_id"}:
                yield from texts(value)
    elif isinstance(part, list | tuple):
        for one in part:
            yield from texts(one)


def assert_harmless(message: Message) -> None:
    """No markup but our dates, nothing that turns or hides text, within every limit."""
    assert_fit_for_slack(message)
    seen = [(message.text, False), *texts(list(message.blocks))]
    assert seen
    for text, literal in seen:
        if not literal:
            assert "<" not in ALLOWED.sub("", text)
            assert not re.search(r"&(?!(?:amp|lt|gt);)", text)
        assert not DIRECTION.search(text)
        assert "\x00" not in text
        text.encode()


def messages_about(fleet: FleetSnapshot) -> Iterator[Message]:
    """Draw everything that can be drawn of a fleet."""
    yield status_message(ShowStatus(), fleet, now=NOW)
    for source in fleet.sources:
        yield status_message(ShowStatus(Scope(source=source.name)), fleet, now=NOW)
    for cluster in fleet.clusters:
        yield status_message(ShowStatus(Scope(cluster=str(cluster.cluster.id))), fleet, now=NOW)
        yield status_message(ShowStatus(Scope(name=cluster.label + "?")), fleet, now=NOW)
    for order in Order:
        yield task_list_message(ListTasks(order=order), fleet, now=NOW)
    yield task_list_message(ListTasks(window=Window(NOW, None), page=2), fleet, now=NOW)
    for task in fleet.tasks[:12]:
        yield task_message(ShowTask(scope_of_task(fleet, task)), fleet, now=NOW)
    yield health_message(ShowHealth(), fleet, BotHealth("1", NOW, 3, ("<!here>" * 900,) * 9), now=NOW)
    yield incident_list_message(ListIncidents(), fleet.incidents, now=NOW)
    for incident in fleet.incidents[:12]:
        yield from messages_of(incident)
    yield greeting_message(
        GreetingContent(SourceName("<!here>"), 3, 9, timedelta(seconds=30), fleet.incidents, READ_AT)
    )


def messages_of(incident: Incident) -> Iterator[Message]:
    """Draw everything that can be drawn of an incident."""
    over = samples.resolved(incident)
    error = "<!channel>\u202e" + "🦄" * 50_000
    person = Actor(UserId("<!channel>"), error[:300])
    story = [handled.Happened(NOW, error, "<!here>", error, severity=Severity.WARNING)] * 30
    for one in (incident, over):
        held = replace(one, handling=UNTOUCHED.assign(person, person, NOW))
        content = IncidentContent(held, READ_AT, error, error, silence=silence_by(person, error))
        yield incident_message(content)
        yield change_message(ChangeContent(None, one, Reason.RECOVERED, READ_AT))
        yield incident_detail_message(content, story)
        yield timeline_message(held, story)
        yield reminder_message(ReminderContent(content, Reason.STILL_FIRING, NOW, person))
        yield act_message(ActContent(Reason.NOTED, person, NOW, error, person))
    yield meanwhile_message(MeanwhileContent((over,) * 20, 30))
    yield digest_message(DigestFacts(NOW, NOW, (), (incident,) * 20, (over,) * 20, troubles=(error,) * 9))


def silence_by(person: Actor, words: str) -> Silence:
    """Give a silence of hostile words."""
    matcher = Matcher(Scope(*(words[:90] for _ in range(5))))
    return handled.a_silence(author=person, reason=words, matcher=matcher)


def messages_of_groups(incidents: Sequence[Incident], labels: Sequence[str]) -> Iterator[Message]:
    """Draw everything that can be drawn of groups of these incidents."""
    counts = Counts(open=len(incidents), problems=((Problem.FAILED, 1), (Problem.STALLED, len(incidents))))
    for cause in Cause:
        for label in labels:
            group = handled.a_group(cause, label * 30, total=len(incidents))
            content = GroupContent(group, tuple(incidents), counts, READ_AT)
            yield group_message(content)
            yield group_detail_message(content)
            yield reminder_message(ReminderContent(content, Reason.STILL_FIRING, NOW))
            yield group_change_message(
                GroupChangeContent(group, tuple(incidents), counts, Reason.GOT_WORSE, NOW)
            )


@pytest.mark.parametrize("members", [121, 10_000])
def test_groups_of_hostile_members_are_shown_harmlessly(members: int) -> None:
    """Labels that try to page a workspace; and of ten thousand members the rest is counted."""
    incidents = (samples.hostile_fleet().incidents * 100)[:members]
    labels = samples.HOSTILE_NAMES if members < 1000 else samples.HOSTILE_NAMES[:1]
    for message in messages_of_groups(incidents, labels):
        assert_harmless(message)


def test_silences_of_hostile_words_are_shown_harmlessly() -> None:
    words = "<!channel>\u202e" + "🦄" * 400
    person = Actor(UserId("<!channel>"), words)
    known = [replace(silence_by(person, words), number=SilenceNumber(one)) for one in range(1, 40)]
    assert_harmless(silence_list_message(ListSilences(), known, now=NOW))
    for reason in (Reason.SILENCE_STARTED, Reason.SILENCE_ENDED):
        content = SilenceContent(known[0], reason, NOW, samples.hostile_fleet().incidents, 9000)
        assert_harmless(silence_notice(content))


def test_a_hostile_fleet_is_shown_harmlessly() -> None:
    """A tenant named <!channel>, an errorMsg of 50 kB, right-to-left and emoji names: all stay text."""
    for message in messages_about(samples.hostile_fleet()):
        assert_harmless(message)


def test_ten_thousand_tasks_fit() -> None:
    """What is left out is counted."""
    fleet = samples.large_fleet()
    assert len(fleet.tasks) > 9900
    for message in messages_about(fleet):
        assert_harmless(message)
    status = status_message(ShowStatus(), fleet, now=NOW)
    assert "46 more clusters, critical" in json.dumps(status.blocks)
    assert "34 more clusters, well" in json.dumps(status.blocks)


def test_every_task_is_on_exactly_one_page() -> None:
    fleet = samples.large_fleet(3)
    names = []
    for page in range(1, 16):
        message = task_list_message(ListTasks(page=page), fleet, now=NOW)
        rows = next(block for block in message.blocks if block["type"] == "table")["rows"]
        names += [row[0]["text"] for row in rows[1:]]
    assert sorted(names) == sorted(task.name for task in fleet.tasks)


ODD_TEXT = st.one_of(
    st.sampled_from([*samples.HOSTILE_NAMES, "&lt;!channel&gt;", "*", "`", "|>", "\u2066a", "a" * 2000]),
    st.text(max_size=40),
)
ODD_MOMENTS = st.one_of(
    st.none(),
    st.sampled_from([datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), NOW]),
    st.datetimes(timezones=st.just(UTC)),
)
ODD_DELAYS = st.none() | st.timedeltas()


@st.composite
def odd_tasks(draw: st.DrawFn, cluster: ClusterNow, number: int) -> TaskNow:
    task = replace(
        samples.a_task(
            cluster.cluster,
            draw(st.none() | ODD_TEXT),
            status=draw(st.sampled_from(["RUNNING", "FAILED", "PAUSED", "STOPPING"]) | ODD_TEXT),
            destination=draw(st.none() | ODD_TEXT),
            error=draw(st.none() | ODD_TEXT),
            other=tuple(draw(st.lists(st.tuples(ODD_TEXT, ODD_TEXT), max_size=3))),
            number=number,
        ),
        checkpoint=draw(ODD_MOMENTS),
        delay=draw(ODD_DELAYS),
        created_at=draw(ODD_MOMENTS),
    )
    problem = draw(st.none() | st.sampled_from(Problem))
    incident = None
    if problem is not None:
        because = samples.TROUBLES[problem][1]
        incident = samples.an_incident(number, task_subject(task), problem, because, delay=draw(ODD_DELAYS))
    offset = draw(st.timedeltas(timedelta(days=-1), timedelta(days=1)))
    return TaskNow(task, cluster.cluster, READ_AT, offset, None, incident, draw(st.booleans()))


@st.composite
def odd_fleets(draw: st.DrawFn) -> FleetSnapshot:
    sources = []
    for index in range(draw(st.integers(1, 2))):
        name = draw(ODD_TEXT.filter(bool)) + str(index)
        clusters = []
        for number in range(draw(st.integers(0, 3))):
            bare = ClusterNow(samples.a_cluster(draw(st.none() | ODD_TEXT), number, name), (), READ_AT)
            tasks = tuple(draw(odd_tasks(bare, 100 + place)) for place in range(draw(st.integers(0, 3))))
            failure = draw(st.none() | ODD_TEXT.map(lambda text: samples.unread(timedelta(minutes=3), text)))
            clusters.append(replace(bare, tasks=tasks, failure=failure))
        sources.append(samples.a_source(name, clusters))
    incidents = [task.incident for source in sources for one in source.clusters for task in one.tasks]
    return FleetSnapshot(tuple(sources), tuple(incident for incident in incidents if incident is not None))


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(odd_fleets())
def test_any_fleet_is_shown_harmlessly(fleet: FleetSnapshot) -> None:
    """Whatever OCP sends, each message is taken by Slack and pages nobody, and each button can be pressed."""
    for message in messages_about(fleet):
        assert_harmless(message)
        for block in message.blocks:
            for element in block.get("elements", []) if block["type"] == "actions" else []:
                for pressed in element.get("options", [element]):
                    parse(pressed["value"], now=NOW, zone=UTC)


@given(ODD_TEXT, st.lists(ODD_TEXT, max_size=6))
def test_any_mistake_and_failure_is_told_harmlessly(sentence: str, suggestions: list[str]) -> None:
    assert_harmless(mistake_message(UserMistake(sentence, tuple(suggestions))))
    assert_harmless(failure_message(SourceTimeout(sentence, trace_id=sentence)))


@pytest.mark.parametrize("view", ["status", "tasks", "task"])
def test_a_hostile_fleet_looks_as_it_did(view: str) -> None:
    """Read as a screenshot: names stay readable, what is cut says so."""
    fleet = samples.hostile_fleet()
    drawn = {
        "status": lambda: status_message(ShowStatus(), fleet, now=NOW),
        "tasks": lambda: task_list_message(ListTasks(), fleet, now=NOW),
        "task": lambda: task_message(ShowTask(scope_of_task(fleet, fleet.tasks[1])), fleet, now=NOW),
    }
    assert_golden(f"hostile_{view}", drawn[view]())
