"""A storm so large that it is gone through in slices: nothing is left out, and others get their turn."""

import asyncio

from bot.domain.fleet import FleetSnapshot
from bot.operations.describe_fleet import FleetView
from bot.operations.in_slices import SLICE
from tests.fakes.listed_source import PAY, SHOP
from tests.operations.operations_stage import Stage, broken, shown, well

MANY = tuple(f"t{number}" for number in range(SLICE + 1))


async def test_a_storm_of_more_than_one_slice_is_told_whole() -> None:
    stage = Stage()
    stage.source.rows[PAY] = well(*MANY)
    stage.source.rows[SHOP] = well("cart", cluster=SHOP)
    await stage.poll()
    stage.source.rows[PAY] = broken(*MANY, since=stage.clock.now())
    assert len(await stage.poll()) == len(MANY)
    alert = stage.parents()[-1]
    assert f"{len(MANY)} of " in shown(alert)
    await stage.poll()
    assert len(stage.parents()) == 2


async def test_the_fleet_is_described_before_it_is_looked_at() -> None:
    stage = Stage()
    stage.source.rows[PAY] = well(*MANY)
    stage.source.rows[SHOP] = well("cart", cluster=SHOP)
    await stage.poll()
    view = FleetView([stage.state])
    await asyncio.gather(view.renew(), view.renew())
    described = view.now()
    assert len(described.tasks) == len(MANY) + 1
    await view.renew()
    assert view.now() is described, "nothing has changed"
    await stage.poll()
    await view.ready()
    assert view.now() is not described


async def test_what_changes_while_it_is_described_is_described_by_whoever_asks() -> None:
    stage = Stage()
    stage.source.rows[PAY] = well(*MANY)
    await stage.poll()
    view = FleetView([stage.state])
    renewing = view.renew()
    renewing.send(None)
    stage.state.changes += 1
    try:
        while True:
            renewing.send(None)
    except StopIteration:
        pass
    first = view.now()
    assert len(first.tasks) == len(MANY)
    assert view.now() is first


async def _watched() -> Stage:
    stage = Stage()
    stage.source.rows[PAY] = well(*MANY)
    await stage.poll()
    return stage


async def _being_described(
    polled: Stage, *others: Stage
) -> tuple[FleetView, FleetSnapshot, "asyncio.Future[None]"]:
    """Give a view of what is described anew since the first one was polled, and how it was before."""
    view = FleetView([stage.state for stage in (polled, *others)])
    before = view.now()
    await polled.poll()
    renewing = asyncio.ensure_future(view.renew())
    await asyncio.sleep(0)
    return view, before, renewing


async def test_whoever_asks_while_it_is_described_is_shown_it_as_it_was_and_waits_for_nothing() -> None:
    stage = await _watched()
    view, before, renewing = await _being_described(stage)
    await view.ready()
    assert not renewing.done(), "nobody waits for it"
    assert view.now() is before, "it is being described"
    await renewing
    after = view.now()
    assert after.sources[0].read_at == stage.state.last_read_at != before.sources[0].read_at
    assert [*after.worst_first] == sorted(after.tasks, key=lambda task: task.worst_first)


async def test_what_somebody_did_while_it_is_described_is_shown_at_once() -> None:
    first, second = await _watched(), await _watched()
    view, before, renewing = await _being_described(first, second)
    second.state.changes += 1
    meanwhile = view.now()
    assert meanwhile.sources[0] is before.sources[0], "it is being described"
    assert meanwhile.sources[1] is not before.sources[1]
    await renewing
    after = view.now()
    assert after.sources[0].read_at == first.state.last_read_at
    assert after.sources[1] is meanwhile.sources[1]


async def test_a_description_that_was_given_up_is_made_by_whoever_asks() -> None:
    view, before, renewing = await _being_described(await _watched())
    renewing.cancel()
    await asyncio.wait([renewing])
    assert view.now() is not before
