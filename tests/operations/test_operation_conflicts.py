"""Two writers never both win, and what the database does not keep has not happened."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.evidence import NotWatched
from bot.domain.grouping import Group
from bot.domain.incident import Change, Incident, IncidentNumber, Lifecycle
from bot.domain.lifecycle import retire
from bot.domain.maintenance import MaintenanceWindow, Once
from bot.domain.naming import Scope
from bot.domain.silence import Matcher
from bot.domain.task import SourceName
from bot.errors import StorageError
from bot.operations.hold_leases import SHARED
from bot.operations.store_port import IncidentWrite
from bot.operations.tend_silences import tend_silences
from bot.operations.watch_tasks import ATTEMPTS, poll, tend
from tests.fakes.listed_source import PAY, SHOP
from tests.fakes.memory_store import MemoryStore
from tests.operations.operations_stage import Stage, behind, both, broken, shown, well


async def rewritten(stage: Stage, number: int) -> Incident:
    """Write an incident as another writer would."""
    incident = await stage.incident(number)
    async with stage.store.writing() as session:
        (kept,) = await session.keep_incidents([IncidentWrite(incident, incident.revision)])
        return kept


async def opened(stage: Stage) -> None:
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll()
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await stage.poll()


class Rewriting(MemoryStore):
    """A store in which somebody else writes just after a poll has looked, so many times."""

    times = 0

    async def revisions(self, source: SourceName) -> Mapping[IncidentNumber, int]:
        found = await super().revisions(source)
        await self._rewrite()
        return found

    async def last_incidents(self, subject_keys: Sequence[str]) -> dict[str, Incident]:
        found = await super().last_incidents(subject_keys)
        await self._rewrite()
        return found

    async def _rewrite(self) -> None:
        if self.times:
            self.times -= 1
            for incident in await self.open_incidents():
                async with self.writing() as session:
                    await session.keep_incidents([IncidentWrite(incident, incident.revision)])


async def test_a_poll_is_decided_again_when_another_writer_was_first() -> None:
    store = Rewriting()
    stage = Stage(store)
    await opened(stage)
    store.times = 6
    stage.source.rows[PAY] = well("orders", "ledger")
    assert await stage.changes(6) == [("pay/orders", Change.RESOLVED)]
    assert "incident changed meanwhile" in stage.journal.names("info")
    assert len(stage.replies(stage.parents()[1])) == 1
    readings = [reading.at for reading in stage.memory.tables.readings]
    assert len(readings) == len(set(readings)), "a poll that is decided again is stored once"


async def test_what_another_writer_changed_between_polls_is_taken_in_and_shown() -> None:
    stage = Stage()
    await opened(stage)
    alert = stage.parents()[1]
    before = len(alert.edits)
    await rewritten(stage, 1)
    assert await stage.tend()
    assert len(alert.edits) == before + 1
    assert not await stage.tend(), "there is nothing new"
    assert len(alert.edits) == before + 1


async def test_one_that_another_writer_ended_meanwhile_is_reopened_by_what_still_holds() -> None:
    stage = Stage()
    await opened(stage)
    incident = await stage.incident(1)
    now = stage.clock.now()
    ended = replace(incident, lifecycle=Lifecycle.RESOLVED, resolved_at=now)
    async with stage.store.writing() as session:
        await session.keep_incidents([IncidentWrite(ended, incident.revision)])
    assert await stage.changes(3) == [("pay/orders", Change.REOPENED)]
    assert len(stage.parents()) == 2


async def test_three_times_in_a_row_is_reported_and_nothing_is_kept() -> None:
    store = Rewriting()
    stage = Stage(store)
    await opened(stage)
    store.times = 6
    stage.source.rows[PAY] = both(
        broken("orders", since=stage.clock.now(), status="INTERRUPTED"),
        broken("ledger", since=stage.clock.now()),
    )
    owed = len(stage.memory.tables.outbox)
    assert await stage.changes() == []
    assert stage.journal.names("warning") == ["poll not kept"]
    assert len(stage.memory.tables.outbox) == owed
    assert await stage.changes(2) == [("pay/ledger", Change.OPENED)]


async def test_a_database_that_fails_changes_nothing_and_the_next_poll_goes_on() -> None:
    stage = Stage()
    stage.source.rows[PAY] = well("orders")
    stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    await stage.poll()
    before = (dict(stage.state.clusters), stage.state.desk, stage.state.changes, stage.rung)
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    stage.memory.broken = "The disk is full."
    for _ in range(3):
        stage.clock.advance(stage.state.interval)
        with pytest.raises(StorageError, match="disk is full"):
            await poll(stage.state, stage.watching)
    assert (stage.state.clusters, stage.state.desk, stage.state.changes, stage.rung) == before
    stage.memory.broken = None
    await stage.deliver()
    assert len(stage.everything()) == 1
    assert await stage.changes() == [("pay/orders", Change.OPENED)]
    assert "pay/orders" in shown(stage.parents()[1])


async def test_a_first_poll_that_was_not_kept_greets_the_next_time() -> None:
    stage = Stage()
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    stage.memory.broken = "The disk is full."
    with pytest.raises(StorageError):
        await poll(stage.state, stage.watching)
    assert not stage.state.greeted
    stage.memory.broken = None
    await stage.poll()
    assert "Now watching" in shown(stage.parents()[0])
    assert "pay/orders" in shown(stage.parents()[0])


async def test_what_would_open_nothing_is_not_made_an_incident_of_after_somebody_ended_it() -> None:
    """It runs and catches up: that keeps an incident open, and does not open one."""
    stage = Stage()
    await opened(stage)
    await stage.poll(24)
    stage.source.rows[PAY] = both(behind(timedelta(minutes=11)), well("ledger"))
    assert await stage.changes(3) == [("pay/orders", Change.EASED)]
    incident = await stage.incident(1)
    long_ago = stage.clock.now() - timedelta(minutes=20)
    ended = retire(incident, NotWatched(), long_ago).incident
    assert ended is not None
    async with stage.store.writing() as session:
        await session.keep_incidents([IncidentWrite(ended, incident.revision)])
    await stage.restart()
    assert await stage.changes(3) == []
    assert await stage.store.open_incidents() == ()


class Regrouping(MemoryStore):
    """A store in which somebody else writes each open group just after it was read, so many times."""

    times = 0

    async def groups(
        self, numbers: Sequence[IncidentNumber] = (), *, still_open: bool = False
    ) -> tuple[Group, ...]:
        found = await super().groups(numbers, still_open=still_open)
        if self.times:
            self.times -= 1
            for group in found:
                async with self.writing() as session:
                    await session.keep_group(group)
        return found


async def test_what_people_did_is_told_again_when_another_writer_was_first() -> None:
    """Not more often than a few times: the next look, or the next poll, tells it."""
    store = Regrouping()
    stage = Stage(store)
    tenants = ("orders", "ledger", "cart")
    stage.source.rows[PAY] = well(*tenants)
    await stage.poll()
    stage.source.rows[PAY] = broken(*tenants, since=stage.clock.now())
    await stage.poll()
    alert = stage.parents()[1]
    before = len(alert.edits)

    async def worse(hours: int) -> None:
        """Let another writer note a delay, which the group shows."""
        incident = await stage.incident(1)
        known = replace(incident, worst_delay=timedelta(hours=hours))
        async with store.writing() as session:
            await session.keep_incidents([IncidentWrite(known, incident.revision)])

    await worse(1)
    store.times = 1
    assert await tend(stage.state, stage.watching)
    assert store.times == 0
    await stage.deliver()
    assert len(alert.edits) == before + 1
    await worse(2)
    store.times = ATTEMPTS
    assert not await tend(stage.state, stage.watching)
    assert await tend(stage.state, stage.watching)


async def test_a_replica_that_lost_its_lease_meanwhile_tells_nothing() -> None:
    """The other one does: what both would write is written once."""
    stage = Stage()
    await opened(stage)
    token = await stage.store.take_lease("watch", owner="us", now=stage.clock.now(), length=SHARED.length)
    assert token is not None
    fenced = replace(stage.watching, fence=lambda: ("watch", token))
    await rewritten(stage, 1)
    stage.clock.advance(2 * SHARED.length)
    await stage.store.take_lease("watch", owner="another", now=stage.clock.now(), length=SHARED.length)
    assert not await tend(stage.state, fenced)
    assert await poll(stage.state, fenced) == ()
    assert "poll not kept, another replica watches" in stage.journal.names("warning")


async def test_a_replica_that_lost_its_lease_meanwhile_takes_up_no_silence() -> None:
    stage = Stage()
    now = stage.clock.now()
    everything = Matcher(Scope(name="*"))
    stage.windows = (MaintenanceWindow("swap", everything, Once(now, now + timedelta(minutes=5))),)
    assert await tend_silences(replace(stage.tending, fence=lambda: ("house", 7))) == 0
    assert stage.journal.names("warning") == ["silences not tended, another replica tends them"]
    assert await stage.store.silences() == ()
    token = await stage.store.take_lease("house", owner="us", now=now, length=SHARED.length)
    assert token is not None
    assert await tend_silences(replace(stage.tending, fence=lambda: ("house", token))) == 1
