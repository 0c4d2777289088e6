"""What every store promises about groups, silences, subscriptions, and what was acted on already."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.grouping import Cause, Group, Trait
from bot.domain.handling import Actor, Handling, UserId
from bot.domain.incident import UNNUMBERED, IncidentNumber, Lifecycle
from bot.domain.naming import Scope
from bot.domain.problem import Problem, Severity
from bot.domain.routing import UNNUMBERED_SUBSCRIPTION, Selector, Subscription, SubscriptionNumber
from bot.domain.silence import UNNUMBERED_SILENCE, Ending, Matcher, Silence, SilenceNumber
from bot.operations.store_port import AuditEntry, RevisionConflict
from tests.storage.storage_samples import (
    ALERTS,
    OTHERS,
    PROD,
    SECOND,
    T0,
    AnyStore,
    incident,
    kept,
)

ANN = Actor(UserId("U1"), "Ann")
GROUP = Group(
    number=UNNUMBERED,
    channel=ALERTS,
    trait=Trait(Cause.DESTINATION, PROD, "file:///obbackup", "file:///obbackup", Problem.STALLED),
    lifecycle=Lifecycle.FIRING,
    severity=Severity.CRITICAL,
    problem=Problem.STALLED,
    since=T0,
    opened_at=T0,
    changed_at=T0,
    total=12,
    worst_severity=Severity.CRITICAL,
    worst_delay=timedelta(hours=2),
    handling=Handling().acknowledge(ANN, T0),
)
SILENCE = Silence(
    number=UNNUMBERED_SILENCE,
    matcher=Matcher(Scope(cluster="pay*"), (Problem.LAGGING,), (Severity.WARNING,), (IncidentNumber(4),)),
    starts_at=T0,
    ends_at=T0 + timedelta(hours=2),
    created_at=T0,
    author=ANN,
    reason="the storage team is on it",
    channel=ALERTS,
)
WINDOW = replace(SILENCE, author=None, window="saturdays")
SUBSCRIPTION = Subscription(
    UNNUMBERED_SUBSCRIPTION, ALERTS, Selector(Scope(cluster="pay"), (Problem.FAILED,)), ANN, T0
)


async def keep_group(store: AnyStore, group: Group) -> Group:
    async with store.writing() as session:
        return await session.keep_group(group)


async def keep_silence(store: AnyStore, silence: Silence) -> Silence:
    async with store.writing() as session:
        return await session.keep_silence(silence)


async def subscribe(store: AnyStore, subscription: Subscription) -> Subscription:
    async with store.writing() as session:
        return await session.keep_subscription(subscription)


async def test_incidents_and_groups_are_numbered_in_one_row(store: AnyStore) -> None:
    """People say ``ack 42`` for either."""
    first = await kept(store, incident("a"))
    group = await keep_group(store, GROUP)
    second = await kept(store, incident("b"))
    assert [first.number, group.number, second.number] == list(range(first.number, first.number + 3))
    assert await store.group(first.number) is None
    assert await store.incident(group.number) is None


async def test_a_group_comes_back_whole_and_has_a_trail(store: AnyStore) -> None:
    group = await keep_group(store, GROUP)
    assert group == replace(GROUP, number=group.number, revision=1)
    assert await store.group(group.number) == group
    entry = AuditEntry(group.number, T0, "acknowledged", "Ann has it.", "U1", "Ann")
    async with store.writing() as session:
        await session.append_audit([entry])
    assert await store.audit(group.number) == (entry,)


async def test_of_two_who_change_a_group_one_wins(store: AnyStore) -> None:
    group = await keep_group(store, GROUP)
    newer = await keep_group(store, replace(group, total=13))
    assert newer == replace(group, total=13, revision=2)
    for late in (replace(group, total=99), replace(group, number=IncidentNumber(404))):
        with pytest.raises(RevisionConflict):
            await keep_group(store, late)
    assert await store.group(group.number) == newer


async def test_groups_are_read_by_number_or_those_that_are_open(store: AnyStore) -> None:
    one, two = await keep_group(store, GROUP), await keep_group(store, GROUP)
    over = await keep_group(store, replace(two, lifecycle=Lifecycle.RESOLVED, resolved_at=T0))
    assert await store.groups(still_open=True) == (one,)
    assert await store.groups([over.number, one.number, IncidentNumber(404)]) == (one, over)
    assert await store.groups([over.number, one.number], still_open=True) == (one,)
    assert await store.groups() == ()


async def test_a_silence_gets_a_number_of_its_own_and_comes_back_whole(store: AnyStore) -> None:
    await kept(store, incident())
    one = await keep_silence(store, SILENCE)
    assert one == replace(SILENCE, number=SilenceNumber(1), revision=1)
    assert await store.silence(one.number) == one
    assert await store.silence(SilenceNumber(404)) is None
    two = await keep_silence(store, SILENCE)
    assert await store.silences() == (one, two)


async def test_of_two_who_end_a_silence_one_wins(store: AnyStore) -> None:
    one = await keep_silence(store, SILENCE)
    ended = await keep_silence(store, one.ended(Ending.BY_HAND, T0 + SECOND))
    assert ended.revision == 2
    with pytest.raises(RevisionConflict):
        await keep_silence(store, one.ended(Ending.EXPIRED, T0))
    with pytest.raises(RevisionConflict):
        await keep_silence(store, replace(one, number=SilenceNumber(404)))
    assert await store.silence(one.number) == ended


async def test_ended_silences_are_read_from_the_moment_asked_for(store: AnyStore) -> None:
    lasting = await keep_silence(store, SILENCE)
    ended = await keep_silence(store, SILENCE.ended(Ending.EXPIRED, T0 + SECOND))
    assert await store.silences() == (lasting,)
    assert await store.silences(ended_since=T0 + SECOND) == (lasting, ended)
    assert await store.silences(ended_since=T0 + 2 * SECOND) == (lasting,)


async def test_an_occurrence_of_a_window_is_kept_once(store: AnyStore) -> None:
    """Two replicas see it begin at the same moment."""
    one = await keep_silence(store, WINDOW)
    with pytest.raises(RevisionConflict):
        await keep_silence(store, WINDOW)
    next_week = await keep_silence(store, replace(WINDOW, starts_at=T0 + timedelta(days=7)))
    other = await keep_silence(store, replace(WINDOW, window="sundays"))
    assert await store.silences() == (one, next_week, other)
    assert await keep_silence(store, replace(one, started=True)) == replace(one, started=True, revision=2)


async def test_the_same_subscription_twice_in_a_channel_is_one(store: AnyStore) -> None:
    one = await subscribe(store, SUBSCRIPTION)
    assert one == replace(SUBSCRIPTION, number=one.number)
    assert await subscribe(store, replace(SUBSCRIPTION, created_at=T0 + SECOND)) == one
    wider = await subscribe(store, replace(SUBSCRIPTION, selector=Selector()))
    elsewhere = await subscribe(store, replace(SUBSCRIPTION, channel=OTHERS))
    assert await store.subscriptions() == (one, wider, elsewhere)
    assert len({one.number, wider.number, elsewhere.number}) == 3


async def test_a_subscription_ends_once(store: AnyStore) -> None:
    one = await subscribe(store, SUBSCRIPTION)
    for ends in (True, False):
        async with store.writing() as session:
            assert await session.forget_subscription(one.number) is ends
            assert not await session.forget_subscription(SubscriptionNumber(404))
    assert await store.subscriptions() == ()
    assert (await subscribe(store, SUBSCRIPTION)).number > one.number


async def test_what_slack_sends_twice_is_acted_on_once(store: AnyStore) -> None:
    for is_new in (True, False):
        async with store.writing() as session:
            assert await session.remember_payload("Ev1", T0) is is_new
    async with store.writing() as session:
        assert await session.remember_payload("Ev2", T0)


async def test_what_was_not_acted_on_after_all_is_not_remembered(store: AnyStore) -> None:
    async def fail() -> None:
        async with store.writing() as session:
            await session.remember_payload("Ev1", T0)
            await session.keep_group(GROUP)
            await session.keep_silence(SILENCE)
            await session.keep_subscription(SUBSCRIPTION)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with store.writing() as session:
        assert await session.remember_payload("Ev1", T0)
    assert await store.groups(still_open=True) == ()
    assert await store.silences() == ()
    assert await store.subscriptions() == ()
