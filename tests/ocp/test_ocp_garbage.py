"""A poll leaves nothing that only Python's garbage collector could find."""

import gc
from collections.abc import Iterator

import httpx
import pytest

from bot.ocp.client import OcpClient
from tests.ocp.worlds import PAY, SHOP, World, client_of


@pytest.fixture
def uncollected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def answers() -> int:
    """Count the answers that are still held by somebody, be it by themselves."""
    return sum(isinstance(one, httpx.Response) for one in gc.get_objects())


async def read_all(client: OcpClient) -> None:
    for cluster in (PAY, SHOP):
        await client.log_backup_tasks(cluster)


@pytest.mark.usefixtures("uncollected")
async def test_no_answer_is_left_to_be_collected(simulated: World) -> None:
    before = answers()
    async with client_of(simulated) as client:
        for _ in range(3):
            await read_all(client)
        assert answers() == before
