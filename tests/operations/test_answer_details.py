"""One task is shown as OCP has it at this moment; where OCP does not answer in time, as last read."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.commands import Door
from bot.domain.reading import Reading
from bot.domain.task import Cluster, Task
from bot.errors import SourceTimeout
from bot.operations import read_again
from tests.fakes.listed_source import PAY, PROD, SHOP, ListedSource, task, teeth
from tests.operations.answering_stage import buttons, group_broken, one_broken, said
from tests.operations.operations_stage import broken, well

MINUTE = timedelta(minutes=1)


async def test_ocp_is_asked_for_that_one_cluster_at_that_moment() -> None:
    talk, _ = await one_broken()
    talk.stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    talk.stage.source.asked.clear()
    talk.stage.clock.advance(MINUTE)
    answer = await talk.say("task pay/orders")
    assert [(cluster.label, start, end) for cluster, start, end in talk.stage.source.asked] == [
        ("pay", None, None)
    ]
    assert talk.stage.source.urgent[-1], "a person waits for it"
    assert not any(talk.stage.source.urgent[:-1]), "what is polled waits its turn"
    assert "read just now" in said(answer)
    assert "FAILED" in answer.message.text


async def test_what_has_changed_since_the_last_poll_is_shown() -> None:
    talk, _ = await one_broken()
    now = talk.stage.clock.now()
    talk.stage.source.rows[PAY] = broken("orders", "new", since=now, status="INTERRUPTED")
    assert "INTERRUPTED" in (await talk.say("task pay/orders")).message.text
    assert "OCP left it out of its last list" in (await talk.say("task pay/ledger")).message.text
    known = talk.answering.fleet.now()
    assert [one.name for one in known.tasks] == ["pay/orders", "pay/ledger", "pay/stock"], (
        "the watch is not told"
    )


async def test_a_list_that_is_not_whole_leaves_nothing_out() -> None:
    talk, _ = await one_broken()
    talk.stage.source.incomplete = True
    talk.stage.source.rows[PAY] = well("orders")
    assert "left it out" not in (await talk.say("task pay/ledger")).message.text


async def test_a_row_that_is_new_is_known_to_the_answer() -> None:
    talk, _ = await one_broken()
    rows = talk.stage.source.rows[PAY]
    assert callable(rows)

    def with_new(at: datetime) -> Sequence[Task]:
        return [*rows(at), task("new", checkpoint=teeth(at))]

    talk.stage.source.rows[PAY] = with_new
    assert "FAILED" in (await talk.say("task pay/orders")).message.text


async def test_where_ocp_fails_the_last_poll_is_shown_and_said_to_be_that() -> None:
    talk, _ = await one_broken()
    talk.stage.source.rows[PAY] = SourceTimeout("OCP prod took too long.")
    talk.stage.clock.advance(MINUTE)
    answer = await talk.say("task pay/orders")
    assert "OCP prod took too long. This is what the last poll read, 1 min ago" in answer.message.text
    assert "FAILED" in answer.message.text


@pytest.mark.parametrize("down", ["a cluster", "the whole OCP"])
async def test_an_outage_that_lasts_is_told_once(down: str) -> None:
    talk, _ = await one_broken()
    talk.stage.source.rows[PAY] = SourceTimeout("OCP prod took too long.")
    if down == "the whole OCP":
        talk.stage.source.listing = SourceTimeout("OCP prod took too long.")
    await talk.stage.poll(8)
    told = (await talk.say("task pay/orders")).message.text
    assert told.count("took too long") == 1
    assert "cannot be read for " in told
    assert "What you see of it is from " in told
    assert "This is what the last poll read" not in told


class SlowSource(ListedSource):
    """An OCP that never answers."""

    async def log_backup_tasks(self, cluster: Cluster, **_: object) -> Reading:
        await asyncio.sleep(60)
        raise AssertionError(cluster)


async def test_nobody_waits_longer_than_two_seconds_for_ocp(monkeypatch: pytest.MonkeyPatch) -> None:
    talk, _ = await one_broken()
    monkeypatch.setattr(read_again, "WAITED", timedelta(milliseconds=20))
    talk.stage.source = SlowSource(talk.stage.clock)
    answer = await talk.say("task pay/orders")
    assert "OCP did not answer within" in answer.message.text


async def test_a_source_that_another_replica_reads_is_shown_as_last_read() -> None:
    talk, _ = await one_broken()
    talk.sources = {}
    assert "not read by this replica" in (await talk.say("task pay/orders")).message.text
    assert PROD not in talk.answering.sources


async def test_a_name_that_means_nothing_asks_nobody() -> None:
    talk, _ = await one_broken()
    talk.stage.source.asked.clear()
    assert "Nothing that is watched is called" in (await talk.say("task pay/nobody")).message.text
    assert talk.stage.source.asked == []


async def test_a_button_beside_the_task_reads_it_anew() -> None:
    talk, _ = await one_broken()
    assert "task pay/orders" in buttons(await talk.say("task pay/orders"))


async def test_in_a_thread_the_reading_verbs_are_about_its_incident() -> None:
    talk, alert = await one_broken()
    assert "pay/orders" in (await talk.mention("status", alert)).message.text
    assert "ledger" not in said(await talk.mention("status", alert))
    assert "ledger" not in said(await talk.mention("tasks", alert))
    assert "FAILED" in (await talk.mention("task", alert)).message.text
    assert "ledger" in said(await talk.mention("tasks pay", alert))
    assert "1 of 3 tasks" in said(await talk.mention("status *", alert))
    assert "incident 1" in said(await talk.mention("incident", alert))


async def test_a_button_in_a_thread_means_what_it_says() -> None:
    talk, alert = await one_broken()
    assert "1 of 3 tasks" in (await talk.say("status", thread=alert.ts, door=Door.BUTTON)).message.text


async def test_in_the_thread_of_a_group_they_are_about_what_its_members_share() -> None:
    talk, alert = await group_broken()
    answer = await talk.mention("tasks", alert)
    assert "12" in answer.message.text
    assert "likely" in said(await talk.mention("incident", alert)).casefold()


async def test_a_member_of_a_group_leads_to_its_group() -> None:
    talk, _ = await group_broken()
    (group,) = await talk.stage.store.groups(still_open=True)
    member, *_ = await talk.stage.store.open_incidents()
    answer = await talk.say(f"incident {member.number}")
    assert f"Part of group {group.number}: updates and reminders come there" in said(answer)
    assert f"incident {group.number}" in buttons(answer)


async def test_in_a_thread_of_no_incident_they_are_about_everything() -> None:
    talk, _ = await one_broken()
    greeting = talk.stage.parents()[0]
    assert "1 of 3 tasks" in (await talk.mention("status", greeting)).message.text
    other = await talk.say("status", thread="12.34", door=Door.MENTION)
    assert "1 of 3 tasks" in other.message.text
    assert "Say which one" in (await talk.say("incident", thread="12.34")).message.text
    assert (
        "Nothing of what this thread is about is open"
        in (await talk.mention("incident", greeting)).message.text
    )
    assert "Say which task" in (await talk.mention("task", greeting)).message.text
