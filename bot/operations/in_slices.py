"""Goes through many things without keeping everything else from its turn."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

T = TypeVar("T")
SLICE = 100
"""So many things are looked at in one go: two milliseconds, as an answer under way needs many turns."""


async def in_slices(things: Sequence[T], size: int = SLICE) -> AsyncIterator[Sequence[T]]:
    """Give the things in slices, in their order; between two slices others get their turn."""
    for start in range(0, len(things), size):
        if start:
            await asyncio.sleep(0)
        yield things[start : start + size]
