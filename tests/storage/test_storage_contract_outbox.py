"""What every store promises about what is owed to Slack."""

import asyncio
from dataclasses import replace

from bot.domain.notification import (
    Action,
    MessageKey,
    OutboxId,
)
from bot.domain.posts import Post
from bot.operations.store_port import Backlog
from tests.storage.storage_samples import (
    ALERT,
    ALERTS,
    LEASE,
    OTHERS,
    SECOND,
    T0,
    AnyStore,
    claimed,
    deliver,
    give_up,
    notification,
    owe,
    postpone,
    standing,
)


async def test_what_is_owed_is_given_out_as_it_was_born(store: AnyStore) -> None:
    one = replace(notification("n"), broadcast=True)
    await owe(store, one)
    (owed,) = await store.claim(owner="a bot", now=T0, lease=LEASE, limit=5)
    assert owed.notification == one
    assert owed.attempts == 0
    assert not owed.outcome_unknown
    assert await store.outbox_depth() == 1


async def test_the_same_id_twice_is_one(store: AnyStore) -> None:
    await owe(store, notification("n"))
    await owe(store, notification("n", channel=OTHERS))
    assert await store.outbox_depth() == 1


async def test_what_is_claimed_is_not_given_to_another(store: AnyStore) -> None:
    await owe(store, notification("n"))
    assert await claimed(store, owner="first") == ["n"]
    assert await claimed(store, owner="second") == []
    assert await claimed(store, owner="first") == []


async def test_two_owners_at_the_same_moment_never_get_the_same(store: AnyStore) -> None:
    await owe(store, *(notification(f"n{i}", message=MessageKey(f"incident/{i}")) for i in range(40)))
    given = await asyncio.gather(*(claimed(store, owner=f"bot {i}", limit=15) for i in range(6)))
    ids = [id_ for some in given for id_ in some]
    assert len(ids) == len(set(ids))
    while more := await claimed(store, owner="the last"):
        ids += more
    assert len(ids) == len(set(ids)) == 40


async def test_a_limit_is_kept_and_the_rest_is_given_later(store: AnyStore) -> None:
    await owe(store, *(notification(f"n{i}", message=MessageKey(f"incident/{i}")) for i in range(3)))
    assert await claimed(store, limit=2) == ["n0", "n1"]
    assert await claimed(store, limit=2) == ["n2"]


async def test_after_a_killed_owners_lease_the_outcome_is_unknown(store: AnyStore) -> None:
    """Whoever claimed it may have sent it and died before saying so: it must be looked for first."""
    await owe(store, notification("n"))
    await claimed(store, owner="killed")
    assert await claimed(store, T0 + LEASE - SECOND, owner="next") == []
    (owed,) = await store.claim(owner="next", now=T0 + LEASE, lease=LEASE, limit=5)
    assert owed.outcome_unknown
    assert owed.attempts == 1


async def test_an_owner_that_lost_its_lease_is_told(store: AnyStore) -> None:
    await owe(store, notification("n"))
    await claimed(store, owner="slow")
    await claimed(store, T0 + LEASE, owner="next")
    assert not await deliver(store, "n", owner="slow")
    assert not await postpone(store, "n", owner="slow")
    assert not await give_up(store, "n", owner="slow")
    assert await store.post(ALERT, ALERTS) is None
    assert await deliver(store, "n", owner="next")


async def test_a_lease_that_ended_counts_while_nobody_else_took_it(store: AnyStore) -> None:
    await owe(store, notification("n"))
    await claimed(store, owner="slow")
    assert await store.delivered(OutboxId("n"), owner="slow", ts="1.5", now=T0 + 2 * LEASE)
    assert await claimed(store, T0 + 3 * LEASE) == []


async def test_what_was_delivered_is_never_owed_again(store: AnyStore) -> None:
    await owe(store, notification("n"))
    await claimed(store)
    assert await deliver(store, "n")
    assert not await deliver(store, "n")
    await owe(store, notification("n"))
    assert await claimed(store, T0 + 2 * LEASE) == []
    assert await store.outbox_depth() == 0


async def test_a_delivered_post_tells_where_its_message_stands_and_keeps_its_members(store: AnyStore) -> None:
    async with store.writing() as session:
        await session.enqueue(notification("n"))
        await session.enqueue(notification("m", channel=OTHERS))
    await claimed(store)
    await deliver(store, "n", ts="7.5")
    await deliver(store, "m", ts="8.5")
    assert await store.post(ALERT, ALERTS) == Post(ALERT, ALERTS, "7.5")
    assert await store.post(ALERT, OTHERS) == Post(ALERT, OTHERS, "8.5")


async def test_a_delivered_reply_does_not_move_its_parent(store: AnyStore) -> None:
    await standing(store)
    await owe(store, notification("n", Action.REPLY))
    await claimed(store)
    await deliver(store, "n", ts="7.5")
    assert await store.post(ALERT, ALERTS) == Post(ALERT, ALERTS, "1.0")


async def test_what_is_postponed_comes_when_it_is_due_and_counts_its_attempts(store: AnyStore) -> None:
    await owe(store, notification("n"))
    await claimed(store)
    assert await postpone(store, "n")
    assert await claimed(store, T0 + 9 * SECOND) == []
    (owed,) = await store.claim(owner="a bot", now=T0 + 10 * SECOND, lease=LEASE, limit=5)
    assert owed.attempts == 1
    assert not owed.outcome_unknown


async def test_an_outcome_that_was_unknown_stays_so_until_it_is_known(store: AnyStore) -> None:
    await owe(store, notification("n"))
    for unknown in (True, False):
        await claimed(store, T0 + 10 * SECOND)
        await postpone(store, "n", unknown=unknown)
    (owed,) = await store.claim(owner="a bot", now=T0 + 10 * SECOND, lease=LEASE, limit=5)
    assert owed.outcome_unknown


async def test_the_backlog_tells_of_each_action_how_much_is_owed_and_since_when(store: AnyStore) -> None:
    """What is under way is still owed; what was delivered is not."""
    assert await store.outbox_backlog() == ()
    await standing(store)
    born = [replace(notification(f"n{i}"), created_at=T0 + i * SECOND, channel=OTHERS) for i in range(3)]
    reply = replace(notification("r", Action.REPLY), created_at=T0 + 9 * SECOND)
    await owe(store, *born, reply)
    await claimed(store)
    await deliver(store, "n0")
    assert await store.outbox_backlog() == (
        Backlog(Action.POST, 2, T0 + SECOND),
        Backlog(Action.REPLY, 1, T0 + 9 * SECOND),
    )


async def test_channels_that_refuse_are_named_until_they_take_something_again(store: AnyStore) -> None:
    assert await store.refused() == {}
    names = [MessageKey(f"incident/{i}") for i in range(3)]
    await owe(store, *(notification(f"n{i}", message=name) for i, name in enumerate(names)))
    await owe(store, notification("other", channel=OTHERS))
    await claimed(store)
    await postpone(store, "n0", refused=True)
    await postpone(store, "n1", refused=True)
    await postpone(store, "other")
    assert await store.refused() == {ALERTS: "busy"}
    await deliver(store, "n2")
    assert await store.refused() == {}


async def test_a_later_failure_of_another_kind_is_no_refusal(store: AnyStore) -> None:
    await owe(store, notification("n"))
    for refused in (True, False):
        await claimed(store, T0 + 10 * SECOND)
        await postpone(store, "n", refused=refused)
    assert await store.refused() == {}


async def test_what_is_refused_and_then_given_up_refuses_no_more(store: AnyStore) -> None:
    await owe(store, notification("n"))
    await claimed(store)
    await postpone(store, "n", refused=True)
    await claimed(store, T0 + 10 * SECOND)
    await give_up(store, "n")
    assert await store.refused() == {}
