"""One bot for all transcripts of a module."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.transcripts.play import Play, performance


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def play() -> AsyncIterator[Play]:
    """Run a bot that has greeted its channel, in a fleet that is well."""
    async with performance() as running:
        yield running
