"""The leases of one replica: taken, renewed, lost by time, by a database or to another, and given back."""

from datetime import timedelta

import pytest

from bot.errors import StorageError
from bot.operations.hold_leases import ALONE, REPLICA, SHARED, Leases
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.manual_clock import ManualClock
from tests.fakes.memory_store import MemoryStore

PROD = "watch/prod"
SECOND = timedelta(seconds=1)


class Replicas:
    """Two replicas on one database and one clock."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.store = MemoryStore()
        self.journal = ListedJournal()
        self.one = Leases(self.store, self.clock, self.journal, "one")
        self.other = Leases(self.store, self.clock, self.journal, "other")


async def test_a_lease_is_taken_once_and_held_for_as_long_as_it_is_renewed() -> None:
    both = Replicas()
    assert await both.one.renew([PROD]) == {PROD}
    assert await both.other.renew([PROD]) == frozenset()
    for _ in range(10):
        both.clock.advance(SHARED.renew_every)
        assert await both.one.renew([PROD]) == frozenset(), "nothing is new about it"
        assert both.one.holds(PROD)
        assert not both.other.holds(PROD)
    assert both.journal.names() == ["lease taken"]
    assert both.one.fence(PROD) == (PROD, both.one.token(PROD))


async def test_it_is_over_by_its_own_clock_no_later_than_another_may_take_it() -> None:
    """A machine that was stopped need not be told."""
    both = Replicas()
    await both.one.renew([PROD])
    both.clock.advance(SHARED.length - SECOND)
    assert both.one.holds(PROD)
    assert await both.other.renew([PROD]) == frozenset()
    both.clock.advance(SECOND)
    assert not both.one.holds(PROD)
    assert both.one.token(PROD) is None
    old = both.one.fence(PROD)
    assert await both.other.renew([PROD]) == {PROD}
    assert both.other.fence(PROD) > old
    await both.one.renew([PROD])
    assert both.journal.events[-1] == ("warning", "lease lost", {"lease": PROD})
    assert both.one.fence(PROD) == (PROD, 0), "held by nobody"


async def test_what_the_database_cannot_be_asked_for_is_kept_until_it_lapses() -> None:
    both = Replicas()
    await both.one.renew([PROD])
    both.store.broken = "It cannot be reached."
    both.clock.advance(SHARED.renew_every)
    assert await both.one.renew([PROD]) == frozenset()
    assert both.one.holds(PROD)
    assert isinstance(both.one.refused, StorageError)
    both.clock.advance(SHARED.length - SHARED.renew_every)
    await both.one.renew([PROD])
    assert not both.one.holds(PROD)
    both.store.broken = None
    assert await both.one.renew([PROD]) == {PROD}, "it is read at once"
    assert both.one.refused is None


async def test_that_it_lapsed_while_the_database_was_asked_is_told() -> None:
    both = Replicas()
    await both.one.renew([PROD])

    class Hanging(MemoryStore):
        async def take_lease(self, name: str, **about: object) -> int | None:
            _ = name, about
            both.clock.advance(SHARED.length)
            raise StorageError("It did not answer.")

    both.one.store = Hanging()
    await both.one.renew([PROD])
    because = {"lease": PROD, "because": "It did not answer."}
    assert both.journal.events[-1] == ("warning", "lease lost", because)


async def test_replicas_that_live_are_counted() -> None:
    both = Replicas()
    assert both.one.replicas == 1
    await both.other.renew([f"{REPLICA}other"])
    await both.one.renew([f"{REPLICA}one"])
    assert both.one.replicas == 2
    both.clock.advance(SHARED.length)
    await both.one.renew([f"{REPLICA}one"])
    assert both.one.replicas == 1
    both.store.broken = "It cannot be reached."
    await both.one.renew([f"{REPLICA}one"])
    assert both.one.replicas == 1


async def test_what_is_given_back_may_be_taken_at_once() -> None:
    both = Replicas()
    await both.one.renew([PROD, "house"])
    await both.one.give_back()
    assert not both.one.holds(PROD)
    assert await both.other.renew([PROD, "house"]) == {PROD, "house"}


async def test_what_cannot_be_given_back_lapses() -> None:
    both = Replicas()
    await both.one.renew([PROD, "house"])
    both.store.broken = "It cannot be reached."
    await both.one.give_back()
    both.store.broken = None
    assert await both.other.renew([PROD]) == frozenset()
    both.clock.advance(SHARED.length)
    assert await both.other.renew([PROD]) == {PROD}


@pytest.mark.parametrize("ahead", [-3, 3], ids=["slow", "fast"])
async def test_clocks_a_few_seconds_apart_never_share_a_lease(ahead: int) -> None:
    """One that is renewed in time is nobody else's; a clock that is a lease ahead would take it."""
    both = Replicas()
    both.other.clock = apart = ManualClock(both.clock.now() + ahead * SECOND)
    await both.one.renew([PROD])
    for _ in range(10):
        both.clock.advance(SHARED.renew_every)
        apart.advance(SHARED.renew_every)
        assert await both.other.renew([PROD]) == frozenset()
        await both.one.renew([PROD])
        assert both.one.holds(PROD)
    apart.advance(SHARED.length + 3 * SECOND)
    assert await both.other.renew([PROD]) == {PROD}


async def test_where_nobody_can_take_over_a_lease_lasts_and_only_trouble_is_looked_after_soon() -> None:
    """A file that nobody else can open: the leases need no care, but that the database is back is noticed."""
    both = Replicas()
    alone = Leases(both.store, both.clock, both.journal, "one", ALONE)
    await alone.renew([PROD])
    assert alone.renew_within == ALONE.renew_every
    both.clock.advance(timedelta(days=100))
    assert alone.holds(PROD)
    both.store.broken = "The disk is full."
    await alone.renew([PROD])
    assert alone.renew_within == SHARED.renew_every
    both.store.broken = None
    await alone.renew([PROD])
    assert alone.renew_within == ALONE.renew_every
