"""What every store promises about who of several replicas does what."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select

from bot.operations.store_port import LeaseLost
from bot.storage import leases, tables
from bot.storage.database import Database, open_database
from tests.storage.storage_samples import SECOND, T0, AnyStore, incident, kept

LENGTH = timedelta(seconds=20)


async def take(store: AnyStore, owner: str, now: datetime = T0, name: str = "prod") -> int | None:
    return await store.take_lease(name, owner=owner, now=now, length=LENGTH)


async def check(store: AnyStore, token: int, name: str = "prod") -> None:
    async with store.writing() as session:
        await session.check_lease(name, token)
        await session.keep_fact("late", "written")


async def test_a_lease_has_one_owner_at_a_time(store: AnyStore) -> None:
    token = await take(store, "one")
    assert token is not None
    assert await take(store, "other") is None
    assert await take(store, "other", T0 + LENGTH - SECOND) is None
    assert await take(store, "other", name="test") is not None
    await check(store, token)


async def test_a_lease_is_renewed_under_the_same_token(store: AnyStore) -> None:
    token = await take(store, "one")
    assert await take(store, "one", T0 + 10 * SECOND) == token
    assert await take(store, "other", T0 + LENGTH) is None
    assert await take(store, "one", T0 + 10 * LENGTH) == token, "nobody else had it meanwhile"


async def test_a_late_write_of_an_old_holder_fails(store: AnyStore) -> None:
    """It was stopped for longer than its lease and does not know."""
    old = await take(store, "stopped")
    new = await take(store, "next", T0 + LENGTH)
    assert old is not None
    assert new is not None
    assert new > old
    with pytest.raises(LeaseLost):
        await check(store, old)
    assert await store.fact("late") is None
    await check(store, new)
    assert await take(store, "stopped", T0 + LENGTH) is None
    again = await take(store, "stopped", T0 + 2 * LENGTH)
    assert again is not None
    assert again > new


async def test_a_lease_that_is_given_back_is_free_at_once(store: AnyStore) -> None:
    old = await take(store, "one")
    await store.give_lease("prod", owner="somebody else")
    assert await take(store, "other") is None
    await store.give_lease("prod", owner="one")
    assert old is not None
    with pytest.raises(LeaseLost):
        await check(store, old)
    new = await take(store, "other")
    assert new is not None
    assert new > old


async def test_a_lease_that_nobody_ever_took_is_not_held(store: AnyStore) -> None:
    with pytest.raises(LeaseLost):
        await check(store, 1, name="never taken")
    await store.give_lease("never taken", owner="one")


async def test_of_many_who_reach_for_a_lease_one_gets_it(store: AnyStore) -> None:
    for moment in (T0, T0 + LENGTH):
        owners = [f"{moment} {number}" for number in range(5)]
        tokens = await asyncio.gather(*(take(store, owner, moment) for owner in owners))
        assert sum(token is not None for token in tokens) == 1


async def test_a_lease_cannot_change_hands_before_the_commit(store: AnyStore) -> None:
    """Whoever wants it waits until what was written under it is there."""
    token = await take(store, "one")
    assert token is not None
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with store.writing() as session:
            await session.check_lease("prod", token)
            inside.set()
            await go_on.wait()
            await session.keep_fact("a", "1")

    writing = asyncio.create_task(write())
    await inside.wait()
    taking = asyncio.create_task(take(store, "other", T0 + LENGTH))
    done, _ = await asyncio.wait([taking], timeout=0.2)
    assert not done
    go_on.set()
    await writing
    assert await taking == token + 1
    assert await store.fact("a") == "1"


async def test_two_transactions_under_one_lease_do_not_wait_for_each_other(store: AnyStore) -> None:
    if not isinstance(store, Database) or store._reader.dialect.name != "postgresql":
        return
    token = await take(store, "one")
    assert token is not None
    async with store.writing() as session:
        await session.check_lease("prod", token)
        await asyncio.wait_for(check(store, token), timeout=30)
        await asyncio.wait_for(kept(store, incident()), timeout=30)


async def test_leases_that_somebody_holds_are_named(store: AnyStore) -> None:
    for name, owner in (("replica/b", "b"), ("replica/a", "a"), ("replica%a", "c"), ("house", "a")):
        assert await take(store, owner, name=name) is not None
    assert await store.live_leases("replica/", T0) == ("replica/a", "replica/b")
    assert await store.live_leases("replica%", T0) == ("replica%a",), "a name is no pattern"
    await store.give_lease("replica/a", owner="a")
    assert await store.live_leases("replica/", T0) == ("replica/b",)
    assert await store.live_leases("replica/", T0 + LENGTH) == ()


async def test_a_lease_that_ended_with_its_holder_is_free_and_fences_its_writes_off(url: str) -> None:
    """An SQLite file has one bot: every lease ends as it starts. In PostgreSQL others hold theirs."""
    store = await open_database(url)
    old = await take(store, "one")
    assert old is not None
    await store.close()
    again = await open_database(url)
    taken = await take(again, "other")
    if url.startswith("sqlite"):
        assert taken == old + 1
        with pytest.raises(LeaseLost):
            await check(again, old)
    else:
        assert taken is None
        await check(again, old)
    await again.close()


async def test_replicas_that_are_gone_are_forgotten_and_the_tokens_that_fence_are_not(url: str) -> None:
    store = await open_database(url)
    for name in ("replica/gone", "replica/alive", "watch/prod"):
        await take(store, "one", name=name, now=T0 + LENGTH if name == "replica/alive" else T0)
    async with store._transaction() as connection:
        await leases.prune(connection, "replica/", T0 + LENGTH + SECOND)
        names = set(await connection.scalars(select(tables.leases.c.name)))
    assert names == {"replica/alive", "watch/prod"}
    await store.close()


async def test_a_lease_of_ones_own_is_renewed_by_one_statement(url: str) -> None:
    store = await open_database(url)
    token = await take(store, "one")
    sent: list[object] = []
    async with store._transaction() as connection:
        event.listen(connection.sync_connection, "before_execute", lambda *what: sent.append(what[1]))
        assert await leases.take(connection, "prod", owner="one", now=T0 + SECOND, length=LENGTH) == token
    assert len(sent) == 1
    await store.close()
