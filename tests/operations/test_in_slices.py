"""Many things are gone through in slices, and others get their turn between them."""

import asyncio

from bot.operations.in_slices import in_slices


async def test_others_get_their_turn_between_two_slices() -> None:
    turns: list[str] = []

    async def other() -> None:
        turns.append("other")

    under_way = asyncio.create_task(other())
    async for some in in_slices(range(5), size=2):
        turns += [str(list(some))]
    await under_way
    assert turns == ["[0, 1]", "other", "[2, 3]", "[4]"]
    nothing: list[int] = []
    assert [one async for one in in_slices(nothing)] == []
