"""How a whole fleet is read: no request too many, and none that OCP's windows would refuse."""

import asyncio
import gc
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest
import respx

from bot.domain.task import Cluster, ClusterId
from bot.ocp.connection import Patience
from bot.operations.read_source import read_source
from bot.sandbox.fleet.large import large_fleet
from bot.sandbox.ocp import Account, SimulatedOcp, Throttle, Window
from tests.fakes.manual_clock import ManualClock
from tests.ocp.worlds import OCP, PASSWORD, USER, ScriptedWorld, SocketWorld, client_of, page, row

SHORT = Window(timedelta(seconds=10), 30)
HOURLY = Window(timedelta(hours=1), 2400)


def large(clock: ManualClock, clusters: int, *windows: Window) -> SocketWorld:
    """Make an OCP with so many clusters of three tasks, and these windows."""
    world = SocketWorld(clock)
    accounts = [Account(user=USER, password=PASSWORD)]
    fleet = large_fleet(clusters, 3 * clusters, start=clock.now())
    world.ocp = SimulatedOcp(fleet, clock, accounts=accounts, throttle=Throttle(windows))
    return world


async def test_a_poll_costs_the_pages_of_the_tasks_and_nothing_else(clock: ManualClock) -> None:
    """The list of clusters is read once in a while; each cluster fits on one page."""
    world = large(clock, 20)
    async with world.ocp, client_of(world) as client:
        first = await read_source(client, None, clock)
        assert world.asked() == 21
        clock.advance(timedelta(seconds=30))
        second = await read_source(client, first.clusters, clock)
        assert world.asked() == 41
    assert len(second.readings) == 20


async def test_a_fleet_larger_than_a_window_is_read_whole_and_never_refused(clock: ManualClock) -> None:
    """What the window has left is spread over the rest of it, then the next window is waited for.

    One request at a time: on a clock that sleeping moves, those who wait at once would each move it.
    """
    world = large(clock, 100, SHORT)
    async with world.ocp, client_of(world, concurrency=1) as client:
        result = await read_source(client, None, clock)
        assert world.ocp.throttle.refused == 0
    assert len(result.readings) == 100
    assert clock.monotonic() < 101 / SHORT.limit * SHORT.span.total_seconds() + 15


async def test_what_is_left_of_an_hour_is_spread_so_that_nobody_goes_blind(clock: ManualClock) -> None:
    """Fifty clusters every 30 s would use up an hour's 2400 requests in 24 minutes and see nothing for 36."""
    world = large(clock, 50, HOURLY)
    polls = []
    async with world.ocp, client_of(world, concurrency=1) as client:
        known = (await read_source(client, None, clock)).clusters
        while clock.monotonic() < HOURLY.span.total_seconds():
            result = await read_source(client, known, clock)
            assert len(result.readings) == 50
            polls.append(clock.monotonic())
            clock.advance(timedelta(seconds=max(0, 30 - clock.monotonic() % 30)))
        assert world.ocp.throttle.refused == 0
    assert max(after - before for before, after in pairwise(polls)) < 300


async def test_waiting_for_ones_turn_is_not_ocps_slowness(clock: ManualClock) -> None:
    """The bound of a walk is about its own requests: a fleet that takes longer in all is read whole."""

    async def slow(_request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.03)
        return httpx.Response(200, json=page([row(1)]))

    clusters = [Cluster(OCP, ClusterId(number)) for number in range(40)]
    impatient = Patience(walk=timedelta(seconds=0.4))
    with respx.mock(using="httpx") as router:
        router.route().mock(side_effect=slow)
        async with client_of(ScriptedWorld(clock), patience=impatient, concurrency=2) as client:
            readings = await asyncio.gather(*map(client.log_backup_tasks, clusters))
    assert [reading.cluster.id for reading in readings] == [cluster.id for cluster in clusters]


async def test_a_read_that_is_cancelled_while_it_waits_for_its_turn_leaves_nothing_behind(
    clock: ManualClock,
) -> None:
    """A coroutine that nobody awaits would be a warning, and warnings are failures here."""
    async with client_of(ScriptedWorld(clock), concurrency=1) as client:
        async with client._walks:
            waiting = asyncio.ensure_future(client.log_backup_tasks(Cluster(OCP, ClusterId(7))))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        gc.collect()
