"""Every command has an answer, a mistake and a failure too; only a span of time asks OCP again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.fleet import FleetSnapshot
from bot.domain.naming import Scope
from bot.domain.selection import Window
from bot.domain.standing import Standing
from bot.domain.task import Cluster, ClusterId, SourceName
from bot.errors import SourceTimeout
from bot.operations.answering import Answer
from bot.operations.ask_source import ask_sources
from bot.operations.describe_fleet import FleetView, describe
from bot.operations.source_state import SourceState
from bot.operations.watch_tasks import poll
from tests.fakes.listed_source import PAY, PROD, SHOP, ListedSource
from tests.operations.answering_stage import Talk
from tests.operations.operations_stage import POLL, Stage, both, broken, well


async def ask(stage: Stage, text: str, *, private: bool = True) -> Answer:
    talk = Talk(stage)
    return await talk.answering.answer(replace(talk.asked(text), private=private))


async def watched() -> Stage:
    stage = Stage()
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    await stage.poll()
    stage.source.asked.clear()
    return stage


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "1 of 3 tasks needs you", id="nothing at all"),
        pytest.param("status pay", "orders", id="status"),
        pytest.param("tasks", "stock", id="tasks"),
        pytest.param("incidents", "pay/orders", id="incidents"),
        pytest.param("incident 1", "pay/orders", id="one incident"),
        pytest.param("health", "1.2.3", id="health"),
        pytest.param("help", "status", id="help"),
        pytest.param("pay/orders", "orders", id="a bare name"),
    ],
)
async def test_every_command_is_answered_from_what_the_last_poll_read(text: str, said: str) -> None:
    stage = await watched()
    answer = await ask(stage, text)
    assert said in answer.message.text + str(answer.message.blocks)
    assert answer.may_be_shared
    assert stage.source.asked == []


async def test_what_everybody_sees_already_has_no_button_to_share_it() -> None:
    stage = await watched()
    assert "Share" in str((await ask(stage, "status")).message.blocks)
    assert "Share" not in str((await ask(stage, "status", private=False)).message.blocks)


@pytest.mark.parametrize("text", ["statsu", "tasks delay>soon", "incident", "help nobody", "task"])
async def test_a_mistake_is_answered_with_a_sentence_for_whoever_made_it(text: str) -> None:
    answer = await ask(await watched(), text)
    assert answer.message.text
    assert not answer.may_be_shared


async def test_an_incident_that_nobody_knows_is_said_to_be_unknown() -> None:
    answer = await ask(await watched(), "incident 77")
    assert "77" in answer.message.text


async def test_instants_of_an_incident_are_put_right_by_its_sources_clock() -> None:
    stage = await watched()
    told = (await ask(stage, "incident 1")).message
    stage.state.clusters = {}
    stage.state.changes += 1
    assert (await ask(stage, "incident 1")).message == told, "where no offset is known there is none"


async def test_a_database_that_fails_is_a_sentence_and_what_is_in_memory_is_still_told() -> None:
    stage = await watched()
    stage.memory.broken = "The disk is full."
    failed = await ask(stage, "ack 1")
    assert "The disk is full." in failed.message.text
    assert not failed.may_be_shared
    assert "orders" in str((await ask(stage, "status")).message.blocks)


async def test_a_span_of_time_asks_ocp_with_both_ends() -> None:
    stage = await watched()
    answer = await ask(stage, "tasks since:2h")
    now = stage.clock.now()
    asked = {(cluster.label, start) for cluster, start, _ in stage.source.asked}
    assert asked == {("pay", now - timedelta(hours=2)), ("shop", now - timedelta(hours=2))}
    assert {end for _, _, end in stage.source.asked} == {now}
    assert "orders" in str(answer.message.blocks)
    stage.source.asked.clear()
    await ask(stage, "tasks pay from:10:00 to:11:00")
    ((_, start, end),) = stage.source.asked
    assert start is not None
    assert end is not None
    assert end - start == timedelta(hours=1)


async def test_polling_never_sends_a_span_of_time() -> None:
    stage = await watched()
    await stage.poll(20)
    assert {(start, end) for _, start, end in stage.source.asked} == {(None, None)}


@pytest.mark.parametrize(
    ("text", "clusters"),
    [
        pytest.param("tasks pay since:2h", {"pay"}, id="a cluster"),
        pytest.param("tasks shop/stock since:2h", {"shop"}, id="a tenant"),
        pytest.param("tasks nobody since:2h", {"pay", "shop"}, id="a name that is not clear yet"),
    ],
)
async def test_only_the_clusters_that_were_named_are_asked(text: str, clusters: set[str]) -> None:
    stage = await watched()
    await ask(stage, text)
    assert {cluster.label for cluster, _, _ in stage.source.asked} == clusters


async def test_a_cluster_that_does_not_answer_is_told_in_the_answer() -> None:
    stage = await watched()
    stage.source.rows[SHOP] = SourceTimeout("OCP prod took too long.", trace_id="t7")
    fleet = await ask_sources(
        describe([stage.state]),
        Scope(),
        Window(stage.clock.now() - POLL, stage.clock.now()),
        {PROD: stage.source},
        stage.clock,
    )
    (source,) = fleet.sources
    pay, shop = source.clusters
    assert [task.name for task in pay.tasks] == ["pay/orders", "pay/ledger"]
    assert shop.failure is not None
    assert (shop.failure.sentence, shop.failure.trace_id) == ("OCP prod took too long.", "t7")
    assert "took too long" in str((await ask(stage, "tasks since:2h")).message.blocks)


async def test_each_source_is_asked_for_its_own_clusters() -> None:
    stage = await watched()
    other = ListedSource(stage.clock, SourceName("other"))
    crm = Cluster(other.name, ClusterId(1), "crm")
    other.rows[crm] = well("mail", cluster=crm)
    second = Stage()
    second.source, second.state = other, SourceState(other.name, POLL)
    await poll(second.state, second.watching)
    other.asked.clear()
    fleet = await ask_sources(
        describe([stage.state, second.state]),
        Scope(cluster="crm"),
        Window(stage.clock.now() - POLL, stage.clock.now()),
        {PROD: stage.source, other.name: other},
        stage.clock,
    )
    assert [cluster.label for cluster in fleet.clusters] == ["crm"]
    assert len(other.asked) == 1
    assert stage.source.asked == []


async def test_the_fleet_is_described_anew_after_a_poll_and_only_then() -> None:
    stage = await watched()
    view = FleetView([stage.state])
    before = view.now()
    stage.clock.advance(POLL)
    assert view.now() is before
    stage.source.rows[SHOP] = broken("stock", since=stage.clock.now(), cluster=SHOP)
    await stage.poll()
    after = view.now()
    assert after is not before
    assert len(after.incidents) == 2


@pytest.mark.parametrize("first", ["somebody asks", "it is renewed"])
async def test_only_the_source_that_a_poll_has_changed_is_described_anew(first: str) -> None:
    stage, other = await watched(), await watched()
    view = FleetView([stage.state, other.state])
    before = view.now()
    other.source.rows[SHOP] = well("stock", "cart", cluster=SHOP)
    await other.poll()
    if first == "it is renewed":
        await view.renew()
    after = view.now()
    assert after.sources[0] is before.sources[0]
    assert (len(before.sources[1].clusters[1].tasks), len(after.sources[1].clusters[1].tasks)) == (1, 2)


async def test_a_poll_that_was_not_kept_after_a_conflict_shows_what_the_other_writer_did() -> None:
    stage = await watched()
    view = FleetView([stage.state])
    before = view.now()
    stage.state.changes += 1
    assert view.now() is not before


async def test_the_fleet_shows_what_cannot_be_read_and_since_when() -> None:
    stage = await watched()
    stage.source.rows[SHOP] = SourceTimeout("OCP prod took too long.", trace_id="t7")
    began = stage.clock.now() + POLL
    await stage.poll(6)
    fleet: FleetSnapshot = describe([stage.state])
    (source,) = fleet.sources
    assert source.failure is None
    failure = source.clusters[1].failure
    assert failure is not None
    assert (failure.since, failure.polls, failure.reason, failure.trace_id) == (began, 6, "timeout", "t7")
    assert source.clusters[1].incident is not None
    assert [incident.subject.name for incident in fleet.incidents] == ["pay/orders", "shop"]
    assert fleet.sources[0].clusters[0].standing is Standing.CRITICAL


async def test_before_the_first_poll_there_is_a_source_that_was_not_read() -> None:
    stage = Stage()
    fleet = describe([stage.state])
    assert fleet.sources[0].read_at is None
    assert fleet.sources[0].offset is None
    assert "has not been read yet" in (await ask(stage, "status")).message.text
