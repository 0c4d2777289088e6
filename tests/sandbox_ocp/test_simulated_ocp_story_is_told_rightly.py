"""The demo's story under the product's own rules: what is announced, when, and that nothing else is."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bot.domain.destination import strip_uri
from bot.domain.incident import Transition
from bot.domain.problem import Problem
from bot.domain.reading import Reading
from bot.domain.status import read_status
from bot.domain.task import Cluster, ClusterId, SourceName, Task, TaskKey
from bot.domain.thresholds import Thresholds
from bot.operations.replay_recording import Replay
from bot.sandbox.fleet import Fleet, TaskRow, Trouble, demo_story
from bot.sandbox.fleet.demo import DEMO_SPEED
from tests.fakes.manual_clock import START

POLL = timedelta(seconds=30)
SOURCE = SourceName("ocp")
MINUTE = timedelta(minutes=1)


def _task(row: TaskRow) -> Task:
    cluster = row.task.cluster
    tenant = None if row.task.ob_tenant_id is None else str(row.task.ob_tenant_id)
    return Task(
        key=TaskKey(SOURCE, ClusterId(cluster.id), tenant, strip_uri(row.task.uri)),
        status=read_status(row.status),
        cluster_name=cluster.name,
        tenant_name=row.task.tenant,
        cluster_type=cluster.type,
        error=row.error,
        checkpoint=row.checkpoint,
        delay=row.delay,
        created_at=row.created_at,
    )


def _readings(fleet: Fleet, at: datetime) -> Iterator[Reading]:
    for cluster in fleet.clusters:
        known = Cluster(SOURCE, ClusterId(cluster.id), cluster.name, type=cluster.type)
        yield Reading(known, tuple(_task(row) for row in fleet.rows(at, cluster.id)), at, at)


def _told(fleet: Fleet, lasting: timedelta) -> list[Transition]:
    limits = Thresholds()
    replay = Replay(lambda *_: limits)
    return [
        transition
        for number in range(lasting // POLL)
        for reading in _readings(fleet, START + number * POLL)
        for transition in replay.take(reading)
    ]


def _name(transition: Transition) -> str:
    subject = transition.after.subject
    return "/".join(word for word in (subject.cluster_label, subject.tenant_label) if word)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_within_a_minute_of_watching_a_failure_is_announced_and_another_task_recovers(seed: int) -> None:
    told = _told(demo_story(seed, START), timedelta(seconds=60 * DEMO_SPEED))
    opened = {
        (_name(one), one.after.problem): (one.at - START) / DEMO_SPEED
        for one in told
        if one.change.value == "opened"
    }
    resolved = {_name(one): (one.at - START) / DEMO_SPEED for one in told if one.change.value == "resolved"}
    assert opened[("crm/tickets", Problem.FAILED)] == opened[("pay/ledger", Problem.LAGGING)] == timedelta(0)
    assert opened[("pay/orders", Problem.FAILED)] <= timedelta(seconds=18)
    assert resolved["crm/tickets"] <= timedelta(seconds=20)
    assert resolved["pay/orders"] <= timedelta(seconds=45)
    assert {name for name, _ in opened} >= {"shop/stock", "shop/prices", "shop/shipping", "crm/leads"}


@pytest.mark.parametrize("seed", [0, 3])
def test_nothing_is_announced_but_what_is_really_the_matter(seed: int) -> None:
    """Over six chapters: no healthy tooth, new piece, catch-up or standby is ever called a problem."""
    fleet = demo_story(seed, START)
    told = _told(fleet, timedelta(hours=5))
    befell: dict[str, list[tuple[datetime, Trouble]]] = {}
    for change in fleet.changes(START - timedelta(days=1), START + timedelta(hours=5)):
        befell.setdefault(change.task.name, []).append((change.at, change.condition.trouble))
    opened = [one for one in told if one.change.value in {"opened", "reopened"}]
    assert len(opened) > 30
    for one in opened:
        before = [what for at, what in befell.get(_name(one), []) if at <= one.at]
        recent = [at for at, _ in befell.get(_name(one), []) if one.at - 5 * MINUTE < at <= one.at]
        assert (before and before[-1] is not Trouble.NONE) or recent, f"{_name(one)} at {one.at}"
    assert not {_name(one) for one in told} & {"shop-dr/cart", "shop-dr/catalog", "shop-dr/stock"}
