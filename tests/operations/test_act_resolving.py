"""Only people can end what OCP no longer lists; what is still wrong they cannot, and are told why."""

from datetime import timedelta

import pytest

from bot.domain.incident import IncidentNumber, Lifecycle
from bot.domain.problem import Problem
from bot.domain.reading import Reading
from bot.domain.task import SourceName
from bot.errors import SourceTimeout
from bot.operations.store_port import RevisionConflict
from tests.fakes.listed_messenger import Posted
from tests.fakes.listed_source import PAY, task, teeth
from tests.fakes.memory_session import MemorySession
from tests.operations.answering_stage import Talk, buttons, group_broken, one_broken
from tests.operations.operations_stage import behind, both, well


async def one_missing() -> tuple[Talk, Posted]:
    """Set a stage on which pay/orders is no longer listed, with its alert."""
    talk = Talk()
    talk.stage.source.rows[PAY] = well("orders", "ledger", "stock")
    await talk.stage.poll(2)
    talk.stage.source.rows[PAY] = well("ledger", "stock")
    await talk.stage.poll(4)
    return talk, talk.stage.parents()[-1]


async def test_a_tenant_that_was_dropped_is_forgotten_by_hand() -> None:
    talk, alert = await one_missing()
    assert (await talk.incident()).problem is Problem.MISSING
    answer = await talk.mention("resolve", alert)
    assert answer.done
    after = await talk.incident()
    assert after.lifecycle is Lifecycle.RESOLVED
    assert after.resolved_at == talk.stage.clock.now()
    assert talk.thread(alert)[-1] == "Ana called it over."
    assert await talk.trail() == [("called it over by hand", "Ana")]
    await talk.stage.poll(5)
    assert not (await talk.incident()).is_open
    assert [task.name for task in talk.answering.fleet.now().tasks] == ["pay/ledger", "pay/stock"]
    again = await talk.say("resolve 1")
    assert "has been over since" in again.message.text


async def test_what_is_called_over_while_a_poll_is_being_kept_stays_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    talk, alert = await one_missing()
    revisions = talk.stage.store.revisions

    async def said_just_before(source: SourceName) -> dict[IncidentNumber, int]:
        monkeypatch.setattr(talk.stage.store, "revisions", revisions)
        await talk.answering.answer(talk.asked("resolve 1"))
        return dict(await revisions(source))

    monkeypatch.setattr(talk.stage.store, "revisions", said_just_before)
    await talk.stage.poll(3)
    assert not (await talk.incident()).is_open
    assert "Trouble again" not in "".join(talk.thread(alert))


async def test_what_was_called_over_is_forgotten_though_the_poll_is_kept_at_the_second_try_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    talk, alert = await one_missing()
    await talk.mention("resolve", alert)
    keep = MemorySession.append_observations

    async def refused(_session: MemorySession, _reading: Reading) -> None:
        monkeypatch.setattr(MemorySession, "append_observations", keep)
        raise RevisionConflict("somebody was first")

    monkeypatch.setattr(MemorySession, "append_observations", refused)
    await talk.stage.poll()
    assert await talk.stage.store.facts("forget/") == {}
    assert [key for key in talk.stage.memory.tables.tasks if "orders" in key] == []


async def test_what_the_last_list_left_out_can_be_called_over_before_it_is_called_missing() -> None:
    talk, _ = await one_broken()
    talk.stage.source.rows[PAY] = well("ledger", "stock")
    await talk.stage.poll()
    assert (await talk.incident()).problem is Problem.FAILED
    answer = await talk.say("resolve 1")
    assert "Called over" in answer.message.text
    assert not (await talk.incident()).is_open


async def test_what_has_failed_is_not_called_over_and_how_to_keep_it_quiet_is_offered() -> None:
    talk, alert = await one_broken()
    answer = await talk.mention("resolve", alert)
    assert "Incident 1 cannot be called over by hand" in answer.message.text
    assert "OCP reports that the task runs" in answer.message.text
    assert buttons(answer) == ["silence 1 until resolved"]
    assert (await talk.incident()).is_open


async def test_a_delay_is_not_called_over_but_may_be_normal() -> None:
    talk, _ = await one_behind()
    answer = await talk.say("resolve 1")
    assert buttons(answer) == ["silence 1 until resolved", "normal 1"]


async def test_a_cluster_is_never_called_over() -> None:
    talk = Talk()
    talk.stage.source.rows[PAY] = well("orders")
    await talk.stage.poll()
    talk.stage.source.rows[PAY] = SourceTimeout("OCP took too long.")
    await talk.stage.poll(8)
    answer = await talk.say("resolve 1")
    assert "when it can be read again" in answer.message.text


async def test_of_a_group_only_what_is_gone_is_called_over_and_the_rest_is_counted() -> None:
    talk, alert = await group_broken(4)
    rows = talk.stage.source.rows[PAY]
    assert callable(rows)
    talk.stage.source.rows[PAY] = lambda at: [one for one in rows(at) if one.tenant_name != "t0"]
    await talk.stage.poll()
    answer = await talk.mention("resolve", alert)
    assert "3 others are still open" in answer.message.text
    assert sum(one.is_open for one in [await talk.incident(number) for number in range(1, 5)]) == 3
    refused = await talk.mention("resolve", alert)
    assert "Group 5 cannot be called over" in refused.message.text


async def test_a_whole_group_that_is_gone_is_called_over_with_one_word() -> None:
    talk, alert = await group_broken(4)
    talk.stage.source.rows[PAY] = well("other")
    await talk.stage.poll()
    answer = await talk.mention("resolve", alert)
    assert answer.done
    assert "group 5, 4 incidents" in answer.message.text
    assert talk.thread(alert).count("Ana called it over.") == 1
    (trail,) = [one for one in await talk.stage.store.audit(IncidentNumber(5)) if one.actor is not None]
    assert trail.sentence == "called it over by hand"


async def one_behind() -> tuple[Talk, Posted]:
    """Set a stage on which pay/orders is 40 minutes behind, with its alert."""
    talk = Talk()
    talk.stage.source.rows[PAY] = well("orders", "ledger")
    await talk.stage.poll()
    talk.stage.source.rows[PAY] = both(behind(timedelta(minutes=40)), well("ledger"))
    await talk.stage.poll(3)
    return talk, talk.stage.parents()[-1]


def kept_memory(talk: Talk) -> bytes | None:
    """Give what the store has of the rhythm of pay/orders."""
    return talk.stage.memory.tables.tasks["prod/1/orders/file:///obbackup/"].memory


async def test_what_is_normal_now_is_learnt_at_the_next_poll() -> None:
    talk, alert = await one_behind()
    assert (await talk.incident()).problem is Problem.LAGGING
    answer = await talk.mention("normal", alert)
    assert answer.done
    assert talk.thread(alert)[-1].startswith("Ana said that this is normal now")
    assert await talk.trail() == [("said that this is normal now", "Ana")]
    facts = await talk.stage.store.facts("normal/")
    assert list(facts) == ["normal/prod/1/orders/file:///obbackup/"]
    known = kept_memory(talk)
    await talk.stage.poll()
    assert await talk.stage.store.facts("normal/") == {}
    assert kept_memory(talk) != known, "a restart knows it too"


async def test_what_was_said_to_be_normal_is_known_after_a_restart_whatever_was_packed_before() -> None:
    talk, alert = await one_behind()
    await talk.stage.poll(12)
    assert await talk.stage.store.facts("tasks/") != {}
    await talk.mention("normal", alert)
    await talk.stage.poll()
    before = talk.stage.remembered
    await talk.stage.restart()
    assert talk.stage.remembered == before
    assert await talk.stage.store.facts("tasks/") == {}


async def test_a_task_without_trouble_can_be_normal_too() -> None:
    talk, _ = await one_behind()
    answer = await talk.say("normal pay/ledger")
    assert "Taken for normal" in answer.message.text
    assert len(await talk.stage.store.facts("normal/")) == 1
    await talk.say("normal pay/orders")
    assert len(await talk.stage.store.facts("normal/")) == 2


async def test_a_failure_is_never_normal() -> None:
    talk, alert = await one_broken()
    answer = await talk.mention("normal", alert)
    assert "Only a delay can be normal" in answer.message.text
    assert await talk.stage.store.facts("normal/") == {}


async def test_what_is_over_is_not_learnt() -> None:
    talk, _ = await one_missing()
    await talk.say("resolve 1")
    assert "has been over since" in (await talk.say("normal 1")).message.text


async def test_of_a_group_the_delays_are_normal() -> None:
    talk = Talk()
    names = tuple(f"t{one}" for one in range(4))
    talk.stage.source.rows[PAY] = well(*names)
    await talk.stage.poll()
    talk.stage.source.rows[PAY] = lambda at: [
        task(name, checkpoint=at - timedelta(minutes=40) if name != "t0" else teeth(at)) for name in names
    ]
    await talk.stage.poll(3)
    (group,) = await talk.stage.store.groups(still_open=True)
    answer = await talk.say(f"normal {group.number}")
    assert f"group {group.number}, 3 incidents" in answer.message.text
    assert len(await talk.stage.store.facts("normal/")) == 3
