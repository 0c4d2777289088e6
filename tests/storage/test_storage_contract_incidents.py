"""What every store promises about incidents, their trail and their messages."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.evidence import StatusBroken
from bot.domain.incident import Incident, IncidentNumber, Lifecycle
from bot.domain.posts import Post
from bot.domain.problem import Problem, Severity
from bot.operations.store_port import AuditEntry, IncidentWrite, RevisionConflict
from tests.storage.storage_samples import (
    ALERT,
    ALERTS,
    PROD,
    T0,
    TEST,
    AnyStore,
    changed,
    incident,
    kept,
    notification,
    owe,
    resolved,
)


async def test_a_new_incident_gets_a_number_and_its_first_revision(store: AnyStore) -> None:
    one = await kept(store, incident())
    assert one.number > 0
    assert one.revision == 1
    assert await store.incident(one.number) == one


async def test_numbers_rise_and_are_never_given_twice(store: AnyStore) -> None:
    first = await kept(store, incident("a", lifecycle=Lifecycle.PENDING))
    async with store.writing() as session:
        await session.forget_incident(first)
    second = await kept(store, incident("b"))
    assert second.number > first.number
    assert await store.incident(first.number) is None


async def test_a_change_raises_the_revision_and_is_read_back_whole(store: AnyStore) -> None:
    one = await kept(store, incident())
    two = await changed(store, replace(one, worst_delay=timedelta(seconds=1.5), checkpoint=T0))
    assert two.revision == one.revision + 1
    assert await store.incident(one.number) == two


async def test_a_write_on_an_old_revision_is_refused_and_keeps_nothing(store: AnyStore) -> None:
    one = await kept(store, incident())
    two = await changed(store, replace(one, severity=Severity.WARNING))
    with pytest.raises(RevisionConflict):
        await changed(store, replace(one, reopened=5))
    assert await store.incident(one.number) == two


async def test_of_two_writers_at_the_same_moment_exactly_one_wins(store: AnyStore) -> None:
    one = await kept(store, incident())
    outcomes = await asyncio.gather(
        *(changed(store, replace(one, reopened=count)) for count in range(1, 6)), return_exceptions=True
    )
    won = [outcome for outcome in outcomes if isinstance(outcome, Incident)]
    assert len(won) == 1
    assert sum(isinstance(outcome, RevisionConflict) for outcome in outcomes) == 4
    assert await store.incident(one.number) == won[0]


async def test_a_subject_has_one_open_incident_whoever_opens_it_first(store: AnyStore) -> None:
    outcomes = await asyncio.gather(*(kept(store, incident()) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(outcome, Incident) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, RevisionConflict) for outcome in outcomes) == 3
    assert len(await store.open_incidents()) == 1


async def test_a_subject_may_have_a_new_incident_once_its_old_one_is_resolved(store: AnyStore) -> None:
    old = await changed(store, resolved(await kept(store, incident())))
    new = await kept(store, incident())
    assert await store.last_incidents([new.subject.key]) == {new.subject.key: new}
    assert await store.open_incidents() == (new,)
    with pytest.raises(RevisionConflict):
        await changed(store, replace(old, lifecycle=Lifecycle.FIRING, resolved_at=None))


async def test_a_transaction_that_raises_keeps_nothing_of_anything(store: AnyStore) -> None:
    one = await kept(store, incident())

    async def fail() -> None:
        async with store.writing() as session:
            await session.keep_incidents([IncidentWrite(incident("another"), None)])
            await session.keep_incidents([IncidentWrite(replace(one, reopened=3), one.revision)])
            await session.append_audit([AuditEntry(one.number, T0, "opened", "It failed.")])
            await session.keep_posts([Post(ALERT, ALERTS, "1.5", (one.number,))])
            await session.enqueue(notification("n"))
            await session.keep_fact("greeted/prod", "yes")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await store.incidents() == (one,)
    assert await store.audit(one.number) == ()
    assert await store.post(ALERT, ALERTS) is None
    assert await store.outbox_depth() == 0
    assert await store.fact("greeted/prod") is None


async def test_a_cancelled_transaction_keeps_nothing_and_frees_the_store(store: AnyStore) -> None:
    inside = asyncio.Event()

    async def interrupted() -> None:
        async with store.writing() as session:
            await session.keep_incidents([IncidentWrite(incident(), None)])
            inside.set()
            await asyncio.Event().wait()

    running = asyncio.create_task(interrupted())
    await inside.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await store.incidents() == ()
    assert (await kept(store, incident())).revision == 1


async def test_what_is_not_committed_is_seen_by_nobody(store: AnyStore) -> None:
    async with store.writing() as session:
        await session.keep_fact("a", "1")
        assert await store.fact("a") is None
    assert await store.fact("a") == "1"


async def test_only_a_pending_incident_that_nobody_changed_is_forgotten(store: AnyStore) -> None:
    firing = await kept(store, incident("a"))
    pending = await kept(store, incident("b", lifecycle=Lifecycle.PENDING))
    newer = await changed(store, replace(pending, reopened=1))
    for one in (firing, pending):
        with pytest.raises(RevisionConflict):
            async with store.writing() as session:
                await session.forget_incident(one)
    async with store.writing() as session:
        await session.append_audit([AuditEntry(newer.number, T0, "opened", "It failed.")])
        await session.forget_incident(newer)
    assert await store.incidents() == (firing,)
    assert await store.audit(newer.number) == ()


async def test_open_incidents_are_pending_or_firing_of_one_source_or_all(store: AnyStore) -> None:
    pending = await kept(store, incident("a", lifecycle=Lifecycle.PENDING))
    firing = await kept(store, incident("b"))
    elsewhere = await kept(store, incident("c", source=TEST))
    await kept(store, incident("d", lifecycle=Lifecycle.RESOLVED))
    assert await store.open_incidents(PROD) == (pending, firing)
    assert await store.open_incidents(TEST) == (elsewhere,)
    assert await store.open_incidents() == (pending, firing, elsewhere)


async def test_incidents_are_listed_open_first_then_from_the_newest(store: AnyStore) -> None:
    one = await kept(store, incident("a"))
    two = await kept(store, incident("b", lifecycle=Lifecycle.RESOLVED))
    three = await kept(store, incident("c"))
    four = await kept(store, incident("d", lifecycle=Lifecycle.RESOLVED))
    assert await store.incidents() == (three, one, four, two)
    assert await store.incidents(limit=3) == (three, one, four)


@pytest.mark.parametrize("absent", [0, 3000], ids=["few subjects", "a whole fleet"])
async def test_the_last_incident_of_each_subject_is_found(store: AnyStore, absent: int) -> None:
    await kept(store, incident("a", lifecycle=Lifecycle.RESOLVED))
    newer = await kept(store, incident("a"))
    other = await kept(store, incident("b", lifecycle=Lifecycle.RESOLVED))
    await kept(store, incident("c"))
    keys = ["a", "b", *(f"absent {number}" for number in range(absent))]
    assert await store.last_incidents(keys) == {"a": newer, "b": other}
    assert await store.last_incidents([]) == {}
    assert await store.last_incidents(["nobody"]) == {}


async def test_the_trail_is_read_in_the_order_in_which_it_was_written(store: AnyStore) -> None:
    one, two = await kept(store, incident("a")), await kept(store, incident("b"))
    entries = (
        AuditEntry(one.number, T0 + timedelta(hours=1), "opened", "It failed."),
        AuditEntry(one.number, T0, "acknowledged", "Ann has it.", "U1", "Ann"),
        AuditEntry(
            one.number,
            T0,
            "worsened",
            "It is worse.",
            None,
            None,
            Problem.LAGGING,
            Severity.CRITICAL,
            timedelta(hours=1),
        ),
    )
    async with store.writing() as session:
        await session.append_audit([entries[0], AuditEntry(two.number, T0, "opened", "So did this.")])
        await session.append_audit(entries[1:])
        await session.append_audit([])
    assert await store.audit(one.number) == entries


async def test_incidents_are_kept_together_in_their_order(store: AnyStore) -> None:
    """A storm opens thousands in one transaction."""
    old = await kept(store, incident("old"))
    new = [incident(f"new {number}") for number in range(2500)]
    writes = [
        *(IncidentWrite(one, None) for one in new),
        IncidentWrite(replace(old, reopened=1), old.revision),
    ]
    async with store.writing() as session:
        assert await session.keep_incidents([]) == ()
        found = await session.keep_incidents(writes)
        await session.append_audit([AuditEntry(one.number, T0, "opened", "It failed.") for one in found])
    numbers = [one.number for one in found]
    assert numbers == [*range(old.number + 1, old.number + 2501), old.number]
    assert [one.revision for one in found] == [1] * 2500 + [2]
    assert await store.incidents_by_number([*numbers, IncidentNumber(10**6)]) == tuple(
        sorted(found, key=lambda one: one.number)
    )
    assert await store.revisions(PROD) == {one.number: one.revision for one in found}
    assert len(await store.audit(found[7].number)) == 1


async def test_one_conflict_among_many_writes_keeps_nothing(store: AnyStore) -> None:
    one, two = await kept(store, incident("a")), await kept(store, incident("b"))
    newer = await changed(store, replace(one, reopened=1))
    bad: dict[str, list[IncidentWrite]] = {
        "an old revision": [IncidentWrite(two, two.revision), IncidentWrite(one, one.revision)],
        "one that is not there": [IncidentWrite(replace(two, number=IncidentNumber(404)), 1)],
        "the same one twice": [IncidentWrite(two, two.revision), IncidentWrite(two, two.revision)],
        "one subject twice": [IncidentWrite(incident("c"), None), IncidentWrite(incident("c"), None)],
        "a subject that has one": [IncidentWrite(incident("c"), None), IncidentWrite(incident("a"), None)],
    }
    for writes in bad.values():
        with pytest.raises(RevisionConflict):
            async with store.writing() as session:
                await session.keep_incidents(writes)
    assert await store.open_incidents() == (newer, two)


async def test_a_subject_changes_hands_in_one_transaction(store: AnyStore) -> None:
    one = await kept(store, incident("a"))
    async with store.writing() as session:
        _, new = await session.keep_incidents(
            [IncidentWrite(resolved(one), one.revision), IncidentWrite(incident("a"), None)]
        )
    assert await store.open_incidents() == (new,)


async def test_the_revisions_are_those_of_what_is_open(store: AnyStore) -> None:
    pending = await kept(store, incident("a", lifecycle=Lifecycle.PENDING))
    firing = await changed(store, await kept(store, incident("b")))
    await kept(store, incident("c", lifecycle=Lifecycle.RESOLVED))
    await kept(store, incident("d", source=TEST))
    assert await store.revisions(PROD) == {pending.number: 1, firing.number: 2}


async def test_a_fact_is_overwritten(store: AnyStore) -> None:
    for value in ("C1", "C2"):
        async with store.writing() as session:
            await session.keep_fact("channel/alerts", value)
    assert await store.fact("channel/alerts") == "C2"
    assert await store.fact("channel/others") is None


async def test_facts_are_found_by_how_their_names_begin_and_can_be_forgotten(store: AnyStore) -> None:
    names = ("normal/prod/1", "normal/prod/2", "normal/Prod/3", "normal/test/4", "normal/prod%")
    async with store.writing() as session:
        for name in names:
            await session.keep_fact(name, name[-1])
    assert await store.facts("normal/prod/") == {"normal/prod/1": "1", "normal/prod/2": "2"}
    assert await store.facts("nothing") == {}
    async with store.writing() as session:
        await session.forget_facts(["normal/prod/1", "never known"])
        await session.forget_facts([])
    assert await store.facts("normal/prod/") == {"normal/prod/2": "2"}


async def test_what_no_database_can_store_is_replaced_not_refused(store: AnyStore) -> None:
    """OCP's words may hold NUL and halves of surrogate pairs; they must not stop a poll from being kept."""
    wild = incident("task:prod/1/\0\ud800")
    one = await kept(store, replace(wild, because=StatusBroken("FAILED", "\0 and \udfff")))
    assert await store.last_incidents([wild.subject.key]) == {wild.subject.key: one}
    await owe(store, notification("n\0"))
    assert await store.outbox_depth() == 1
