"""What is over and lost for good is told where it is shown how things stand, until it is noted who acts."""

import weakref
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.losses import TOLD
from bot.domain.task import Task
from bot.operations.know_losses import Losses
from tests.fakes.listed_source import PAY, task, teeth
from tests.operations.answering_stage import Talk, buttons, said
from tests.operations.operations_stage import POLL, both, broken, well

LOST = "log of pay/orders is lost for good"


async def with_a_loss() -> Talk:
    """Set a stage on which pay/orders was interrupted, was set up anew, and is well again."""
    talk = Talk()
    stage = talk.stage
    await stage.poll()
    stage.source.rows[PAY] = both(
        broken("orders", since=stage.clock.now(), status="INTERRUPTED"), well("ledger")
    )
    await stage.poll(10)
    await recover(talk)
    return talk


async def recover(talk: Talk) -> None:
    stage = talk.stage
    anew = stage.clock.now()

    def rows(at: object) -> list[Task]:
        del at
        now = stage.clock.now()
        ledger = task("ledger", checkpoint=teeth(now))
        return [replace(task(checkpoint=max(anew + POLL, teeth(now))), created_at=anew), ledger]

    stage.source.rows[PAY] = rows
    await stage.poll(8)
    incident = await stage.incident(1)
    assert incident.gap is not None
    assert not incident.is_open


@pytest.mark.parametrize("text", ["status", "status pay", "is pay ok?", "status pay/orders"])
async def test_status_says_first_what_is_lost(text: str) -> None:
    talk = await with_a_loss()
    answer = await talk.say(text)
    lines = answer.message.text.splitlines()
    well_are = "The task is well" if text.endswith("orders") else "All 2 tasks are well"
    assert lines[0] == f"{well_are}, but {LOST}"
    assert "nothing after" in lines[1]
    assert "Take a full backup of pay/orders now" in lines[2]
    assert lines[3].startswith("Nobody has taken incident 1 yet. Add a note that says who takes")
    assert buttons(answer)[0] == "incident 1"
    assert "🟢 *pay*" not in answer.message.text
    assert "🟢 *pay/orders*" not in answer.message.text
    assert "log lost for good" in answer.message.text


async def test_a_task_says_first_what_is_lost() -> None:
    talk = await with_a_loss()
    answer = await talk.say("task pay/orders")
    lines = answer.message.text.splitlines()
    assert lines[0].startswith("🟠 *pay/orders* warning")
    assert "nothing after" in lines[1]
    assert "BACKUP TENANT = orders" in said(answer)
    assert buttons(answer)[0] == "incident 1"
    assert "lost" not in said(await talk.say("task pay/ledger"))


async def test_the_home_tab_says_first_what_is_lost() -> None:
    talk = await with_a_loss()
    first, second, *rest = await talk.answering.home(talk.asked(""))
    assert "Lost for good" in str(first)
    assert "nothing after" in str(first)
    assert "incident 1" in str(second)
    assert f"All 2 tasks are well, but {LOST}" in str(rest)


async def test_a_note_ends_it() -> None:
    talk = await with_a_loss()
    await talk.say("note 1 Bo takes the full backup")
    await talk.stage.poll()
    assert (await talk.say("status")).message.text.splitlines()[0] == "All 2 tasks are well"


async def test_the_list_of_incidents_has_it_until_then() -> None:
    talk = await with_a_loss()
    first = "No open incident; log lost for good in 1 that is over"
    assert (await talk.say("incidents")).message.text.startswith(first)
    await talk.say("note 1 Bo takes the full backup")
    assert (await talk.say("incidents")).message.text.startswith("No open incident, 1 over")


async def test_it_ends_after_a_week() -> None:
    talk = await with_a_loss()
    talk.stage.clock.advance(TOLD + timedelta(minutes=1))
    await talk.stage.poll()
    assert "lost" not in (await talk.say("status")).message.text


async def test_a_task_that_fails_again_has_its_old_loss_beside_it() -> None:
    talk = await with_a_loss()
    stage = talk.stage
    stage.clock.advance(timedelta(hours=3))
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await stage.poll(2)
    answer = await talk.say("status pay")
    assert answer.message.text.splitlines()[0] == f"1 of 2 tasks needs you; {LOST}"
    assert buttons(await talk.say("task pay/orders"))[:3] == ["ack 2", "incident 1", "incident 2"]


async def test_what_is_open_again_has_its_loss_there() -> None:
    talk = await with_a_loss()
    shown = await talk.answering.present()
    (lost,) = (one for one in shown.tasks if one.loss is not None)
    reopened = replace(lost, incident=lost.loss, loss=None)
    cluster = replace(shown.clusters[0], tasks=(reopened,))
    fleet = replace(shown, sources=(replace(shown.sources[0], clusters=(cluster,)),))
    stage = talk.stage
    again = await Losses().shown_in(fleet, stage.store, stage.clock.now())
    assert [one.loss for one in again.tasks] == [None]


async def test_the_store_is_asked_once_for_each_description_and_not_waited_for_in_trouble() -> None:
    talk = await with_a_loss()
    losses, stage = Losses(), talk.stage
    fleet, now = talk.answering.fleet.now(), stage.clock.now()
    shown = await losses.shown_in(fleet, stage.store, now)
    stage.memory.broken = "The disk is full."
    assert await losses.shown_in(fleet, stage.store, now) is shown
    other = replace(fleet)
    assert [one.loss for one in (await losses.shown_in(other, stage.store, now)).tasks] == [
        one.loss for one in shown.tasks
    ]


async def test_no_fleet_is_kept_in_memory_for_its_losses() -> None:
    talk = await with_a_loss()
    losses, stage = Losses(), talk.stage
    fleet = replace(talk.answering.fleet.now())
    await losses.shown_in(fleet, stage.store, stage.clock.now())
    kept = weakref.ref((await losses.shown_in(fleet, stage.store, stage.clock.now())).sources[0])
    assert kept() is not None
    del fleet
    assert kept() is None
