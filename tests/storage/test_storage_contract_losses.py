"""What every store promises about what is over and has lost log for good."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.finding import RecoveryGap
from bot.domain.incident import Incident
from bot.operations.store_port import AuditEntry
from tests.storage.storage_samples import T0, AnyStore, incident, kept, resolved

HOUR = timedelta(hours=1)


def torn(key: str) -> Incident:
    return replace(incident(key), gap=RecoveryGap(T0 - 2 * HOUR, T0 - HOUR))


async def lost(store: AnyStore, *, limit: int = 9) -> list[str]:
    return [one.subject.key for one in await store.losses(since=T0 - HOUR, limit=limit)]


async def test_losses_are_what_is_over_and_has_a_gap_the_latest_first(store: AnyStore) -> None:
    await kept(store, torn("open"))
    await kept(store, resolved(incident("whole")))
    await kept(store, resolved(torn("first")))
    await kept(store, replace(resolved(torn("second")), resolved_at=T0 + HOUR))
    await kept(store, replace(resolved(torn("long ago")), resolved_at=T0 - 2 * HOUR))
    assert await lost(store) == ["second", "first"]
    assert await lost(store, limit=1) == ["second"]


async def test_a_loss_is_told_until_something_is_noted_of_it_since_it_was_over(store: AnyStore) -> None:
    one = await kept(store, resolved(torn("orders")))
    for at, what in ((T0 - HOUR, "note"), (T0 + HOUR, "opened")):
        async with store.writing() as session:
            await session.append_audit([AuditEntry(one.number, at, what, "words")])
        assert await lost(store) == ["orders"]
    async with store.writing() as session:
        await session.append_audit([AuditEntry(one.number, T0 + HOUR, "note", "Bo takes the full backup")])
    assert await lost(store) == []
