from collections.abc import AsyncIterator, Iterator

import pytest
import respx
import stamina

from tests.fakes.manual_clock import ManualClock
from tests.ocp.worlds import ScriptedWorld, SocketWorld, World


@pytest.fixture(autouse=True)
def _attempts_follow_at_once() -> Iterator[None]:
    """Try as often as in life, without the waits between."""
    stamina.set_testing(True, attempts=100, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def scripted(clock: ManualClock) -> Iterator[ScriptedWorld]:
    """Give an OCP behind respx."""
    world = ScriptedWorld(clock)
    with respx.mock(using="httpx", assert_all_called=False) as router:
        router.route().mock(side_effect=world)
        yield world


@pytest.fixture
async def simulated(clock: ManualClock) -> AsyncIterator[SocketWorld]:
    """Give the simulated OCP over a socket."""
    world = SocketWorld(clock)
    async with world.ocp:
        yield world


@pytest.fixture(params=["scripted", "simulated"])
def world(request: pytest.FixtureRequest) -> World:
    """Give each of the two, one after the other."""
    chosen: World = request.getfixturevalue(request.param)
    return chosen
