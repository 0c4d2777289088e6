"""Which incident is meant: by number, by name, by thread; what is not clear is asked, never guessed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands import EndsAt, Silence, Target
from bot.domain.evidence import NotWatched
from bot.domain.incident import Incident, Lifecycle
from bot.domain.look import counts_of
from bot.domain.naming import Scope
from bot.domain.posts import Channel, Post, incident_message
from bot.domain.silence import SilenceNumber
from bot.domain.task import Cluster
from bot.errors import UserMistake
from bot.operations.keep_quiet import silence
from bot.operations.resolve_target import find_meant
from bot.operations.show_silenced import silenced_now
from tests.fakes.listed_source import PAY, PROD, SHOP
from tests.operations.answering_stage import Talk, break_tenants, buttons, group_broken, one_broken
from tests.operations.operations_stage import ALERTS, both, broken, well


async def greeted_broken(*tenants: str) -> Talk:
    """Set a stage on which tenants were broken when the watch began: they share the greeting."""
    talk = Talk()
    talk.stage.source.rows[PAY] = both(broken(*tenants, since=talk.stage.clock.now()), well("ledger"))
    await talk.stage.poll()
    return talk


async def test_a_greeting_with_one_that_was_broken_is_about_that_one() -> None:
    talk = await greeted_broken("orders")
    (greeting,) = talk.stage.parents()
    answer = await talk.mention("ack", greeting)
    assert answer.done
    assert "incident 1" in answer.message.text
    assert talk.thread(greeting)[-1] == "Ana acknowledged it."


async def test_a_greeting_with_several_asks_which_until_one_is_left() -> None:
    talk = await greeted_broken("orders", "mail")
    (greeting,) = talk.stage.parents()
    answer = await talk.mention("ack", greeting)
    assert "may be any of 2 incidents: 1 pay/orders (failed), 2 pay/mail (failed)" in answer.message.text
    assert buttons(answer) == ["ack 1", "ack 2"]
    await talk.mention("ack 2", greeting)
    assert talk.thread(greeting)[-1] == "Incident 2, pay/mail: Ana acknowledged it."
    talk.stage.source.rows[PAY] = both(broken("orders", since=talk.stage.clock.now()), well("ledger", "mail"))
    await talk.stage.poll(8)
    assert "incident 1" in (await talk.mention("ack", greeting)).message.text
    talk.stage.source.rows[PAY] = well("orders", "ledger", "mail")
    await talk.stage.poll(8)
    assert (
        "Nothing of what this thread is about is open" in (await talk.mention("ack", greeting)).message.text
    )


async def test_a_cluster_can_be_meant_by_its_id() -> None:
    talk, _ = await one_broken()
    assert "Acknowledged: incident 1" in (await talk.say("ack 1/orders")).message.text


async def test_a_name_that_means_several_things_is_clear_where_one_alone_has_trouble() -> None:
    talk, _ = await one_broken()
    twin = Cluster(PROD, SHOP.id, "pay")
    talk.stage.source.rows[twin] = well("mail", cluster=twin)
    await talk.stage.poll(30)
    assert "Acknowledged: incident 1" in (await talk.say("ack pay")).message.text
    talk.stage.source.rows[PAY] = well("orders", "ledger", "stock")
    await talk.stage.poll(8)
    assert "Nothing is open for “pay”" in (await talk.say("ack pay")).message.text


async def test_a_name_under_which_nothing_is_open_is_said() -> None:
    talk, _ = await one_broken()
    answer = await talk.say("ack pay/ledger")
    assert "Nothing is open for “pay/ledger”." in answer.message.text
    assert buttons(answer) == ["status pay/ledger"]
    unknown = await talk.say("ack pai")
    assert "Nothing that is watched is called" in unknown.message.text
    assert "ack pay" in buttons(unknown)


async def test_what_is_no_longer_watched_is_still_found_by_the_name_it_had() -> None:
    talk, _ = await one_broken()
    talk.stage.state.clusters.clear()
    talk.stage.state.changes += 1
    assert "Acknowledged" in (await talk.say("ack pay/orders")).message.text
    assert "Silenced" in (await talk.say("silence pay/orders 1h")).message.text


async def test_what_ended_since_the_last_poll_is_not_acted_on() -> None:
    talk, _ = await one_broken()
    memory = talk.stage.memory
    incident = await talk.incident()
    memory.tables.incidents[incident.number] = replace(incident, lifecycle=Lifecycle.RESOLVED)
    assert "Nothing is open for" in (await talk.say("ack pay/orders")).message.text


async def test_everything_can_be_meant() -> None:
    talk, _ = await one_broken()
    meant = await find_meant(talk.answering, talk.asked(""), Target(scope=Scope()), lambda _: "ack")
    assert len(meant.incidents) == 1
    talk.stage.source.rows[PAY] = well("orders", "ledger", "stock")
    await talk.stage.poll(8)
    with pytest.raises(UserMistake, match="Nothing is open for everything"):
        await find_meant(talk.answering, talk.asked(""), Target(scope=Scope()), lambda _: "ack")


async def test_a_channel_that_has_no_id_yet_is_no_thread() -> None:
    talk, _ = await one_broken()
    post = Post(incident_message((await talk.incident()).number), Channel("#later"), ts="7.7", members=())
    async with talk.stage.store.writing() as session:
        await session.keep_posts([post])
    assert "Say which one" in (await talk.say("ack", thread="7.7")).message.text


async def test_one_act_is_told_once_in_each_channel_and_where_it_was_said() -> None:
    talk, alert = await group_broken(3)
    (group,) = await talk.stage.store.groups(still_open=True)
    member = (await talk.stage.store.open_incidents())[0]
    async with talk.stage.store.writing() as session:
        own = Post(incident_message(member.number), ALERTS, ts="8.8", members=(member.number,))
        await session.keep_posts([own])
    await talk.mention(f"ack {member.number}", alert)
    rows = talk.stage.memory.tables.outbox.values()
    told = [
        row.notification.message for row in rows if row.notification.by_person and row.notification.incident
    ]
    assert sorted(set(told)) == sorted({own.key, f"group/{group.number}"})


async def test_each_of_a_few_is_told_in_its_own_thread() -> None:
    talk, alert = await one_broken()
    await break_tenants(talk, "orders", "ledger", well_are=("stock",))
    other = talk.stage.parents()[-1]
    await talk.say("assign pay @Bo")
    assert talk.thread(alert) == ["Ana gave it to <@U00BO>."]
    assert talk.thread(other) == ["Ana gave it to Bo."], "whoever gets several is called once"


async def test_members_of_a_group_are_counted_by_how_they_are() -> None:
    talk, _ = await one_broken()
    incident = await talk.incident()

    def over(because: object = None) -> Incident:
        ended = replace(incident, lifecycle=Lifecycle.RESOLVED)
        return ended if because is None else replace(ended, because=NotWatched())

    counts = counts_of([incident, over(), over(1)], lambda _: None)
    assert (counts.open, counts.over, counts.unwatched, counts.silenced) == (1, 2, 1, 0)


async def test_what_is_silenced_now_is_found() -> None:
    talk, _ = await one_broken()
    await talk.say("silence 1 1h")
    incident = await talk.incident()
    silenced = await silenced_now(talk.stage.store, [incident], talk.stage.clock.now())
    assert {number: one.number for number, one in silenced.items()} == {incident.number: SilenceNumber(1)}


async def test_a_silence_that_would_end_before_it_begins_is_refused() -> None:
    talk, _ = await one_broken()
    now = talk.stage.clock.now()
    command = Silence(Target(scope=Scope(name="pay")), ends=EndsAt(now), starts=now + timedelta(hours=1))
    with pytest.raises(UserMistake, match="ends before it begins"):
        await silence(talk.answering, talk.asked(""), command)
