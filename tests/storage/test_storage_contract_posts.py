"""What every store promises about parent messages and the incidents they speak of."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.incident import IncidentNumber
from bot.domain.notification import Action, MessageKey
from bot.domain.posts import Post
from bot.domain.problem import Severity
from tests.storage.storage_samples import (
    ALERT,
    ALERTS,
    OTHERS,
    SECOND,
    T0,
    AnyStore,
    claimed,
    deliver,
    notification,
    owe,
)

ONE, TWO, THREE = IncidentNumber(1), IncidentNumber(2), IncidentNumber(3)
WHOLE = Post(
    ALERT,
    ALERTS,
    "1.5",
    (TWO, ONE),
    told=Severity.CRITICAL,
    gravity=-2,
    told_open=2,
    spoken_at=T0,
    muted=True,
    escalated_at=T0 + SECOND,
    handler_reminded_at=T0 + 2 * SECOND,
    joined=THREE,
)


async def keep(store: AnyStore, *posts: Post) -> None:
    async with store.writing() as session:
        await session.keep_posts(posts)


async def test_a_post_comes_back_whole(store: AnyStore) -> None:
    await keep(store, WHOLE)
    assert await store.post(ALERT, ALERTS) == WHOLE
    assert await store.post(ALERT, OTHERS) is None


async def test_a_post_is_found_by_its_members_and_by_where_it_stands(store: AnyStore) -> None:
    elsewhere = Post(ALERT, OTHERS, "1.5", (ONE,))
    unsent = Post(MessageKey("group/9"), ALERTS, None, (ONE, THREE))
    await keep(store, WHOLE, elsewhere, unsent)
    assert await store.posts_of([ONE]) == (unsent, WHOLE, elsewhere)
    assert await store.posts_of([TWO, THREE]) == (unsent, WHOLE)
    assert await store.posts_of([IncidentNumber(404)]) == ()
    assert await store.posts_of([]) == ()
    assert await store.posts_at("1.5") == (WHOLE, elsewhere)
    assert await store.posts_at("9.9") == ()


async def test_members_are_added_in_their_order_and_none_ever_leaves(store: AnyStore) -> None:
    await keep(store, replace(WHOLE, members=(TWO,)))
    await keep(store, replace(WHOLE, members=(THREE, TWO, THREE)))
    await keep(store, replace(WHOLE, members=()))
    await keep(store, replace(WHOLE, members=(TWO, ONE)))
    found = await store.post(ALERT, ALERTS)
    assert found == replace(WHOLE, members=(TWO, THREE, ONE))
    assert await store.posts_of([ONE]) == (found,)


async def test_two_writers_add_their_members_at_the_same_moment(store: AnyStore) -> None:
    await asyncio.gather(
        *(keep(store, replace(WHOLE, members=(IncidentNumber(number), TWO))) for number in range(10, 16))
    )
    found = await store.post(ALERT, ALERTS)
    assert found is not None
    assert sorted(found.members) == [2, 10, 11, 12, 13, 14, 15]


@pytest.mark.parametrize("ts", [None, "1.0"], ids=["does not know", "knows where it stood before"])
async def test_where_a_message_stands_is_not_lost_to_a_writer_that_knows_it_less_well(
    store: AnyStore, ts: str | None
) -> None:
    """The watch keeps what it read before the delivery recorded where the message stands."""
    await keep(store, WHOLE)
    await keep(store, replace(WHOLE, ts=ts, told_open=5))
    assert await store.post(ALERT, ALERTS) == replace(WHOLE, told_open=5)


async def test_a_message_that_is_posted_anew_stands_where_it_is_now(store: AnyStore) -> None:
    await keep(store, WHOLE)
    async with store.writing() as session:
        await session.repost(replace(WHOLE, ts="2.5", members=(THREE,)))
    found = replace(WHOLE, ts="2.5", members=(TWO, ONE, THREE))
    assert await store.post(ALERT, ALERTS) == found
    await keep(store, WHOLE)
    assert await store.post(ALERT, ALERTS) == found


async def test_a_delivery_tells_where_a_message_stands_and_changes_nothing_else(store: AnyStore) -> None:
    await keep(store, replace(WHOLE, ts=None))
    await owe(store, notification("n"), notification("e", Action.EDIT, channel=OTHERS))
    await claimed(store)
    await deliver(store, "n", ts="7.5")
    assert await store.post(ALERT, ALERTS) == replace(WHOLE, ts="7.5")


async def test_a_message_may_speak_of_very_many(store: AnyStore) -> None:
    many = replace(WHOLE, members=tuple(IncidentNumber(number) for number in range(1, 3001)))
    await keep(store, many)
    more = many.with_members((IncidentNumber(5000),))
    await keep(store, more)
    assert await store.posts_of(many.members) == (more,)
