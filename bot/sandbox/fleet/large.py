"""A healthy fleet of any size, for measurements."""

from datetime import datetime
from random import Random

from bot.sandbox.fleet.fleet import Fleet
from bot.sandbox.fleet.rhythm import Rhythm
from bot.sandbox.fleet.task import SimulatedCluster, SimulatedTask

LARGEST_SAFE_INTEGER = 2**53 - 1


def large_fleet(
    clusters: int, tasks: int, *, start: datetime, seed: int = 0, long_ids: bool = False
) -> Fleet:
    """Make ``tasks`` tasks spread evenly over ``clusters`` clusters; they break by levers only.

    ``long_ids`` gives tenants ids beyond 2^53-1, which OCP sends as strings. Raises ValueError for fewer
    than one cluster.
    """
    if clusters < 1:
        raise ValueError("a fleet has at least one cluster")
    luck = Random(f"large/{seed}")
    places = tuple(
        SimulatedCluster(2_000_001 + number, f"c{number:04}", 1 + number) for number in range(clusters)
    )
    first_tenant = LARGEST_SAFE_INTEGER + 2 if long_ids else 1002
    made = tuple(
        SimulatedTask(
            cluster=places[number % clusters],
            uri=f"oss://archive-{number % clusters % 7}/c{number % clusters:04}?host=oss.example.com",
            rhythm=Rhythm(
                period=luck.choice((5.0, 15.0, 30.0, 60.0, 120.0, 120.0, 240.0)),
                floor=round(luck.uniform(1.0, 8.0), 1),
                jitter=0.1,
                seed=luck.getrandbits(32),
            ),
            tenant=f"t{number // clusters:05}",
            tenant_id=first_tenant + 500_000 + number,
            ob_tenant_id=first_tenant + 2 * (number // clusters),
        )
        for number in range(tasks)
    )
    return Fleet(places, made, start=start)
