"""Telling a delay that goes on growing from noise, a step, and a slowdown that ends."""

from dataclasses import replace
from math import inf

from bot.domain.detection.memory import Point, Rhythm, Rise

POINTS = 24
"""So many publications of a rise are kept; of a longer one, neighbours are joined."""
MISSES = 3
"""So many publications in a row without certain excess end a rise."""
BLUNT_COUNT = 8
SHARP_COUNT = 3
STAYED = 3600.0
"""A level that has stayed for this long is where the task is now."""


def excess(rhythm: Rhythm, least: float, most: float, rest: float, late: float) -> tuple[float, float, bool]:
    """Bound how much the lag of a publication was over what health explains: at least, at most, and sharply.

    ``late`` is how much longer than usual the poll came after the one before.
    """
    sure = least - rhythm.proof - rhythm.margin
    sharp = True
    if rest <= rhythm.rest:
        unusual = most - rhythm.ceiling - rhythm.spread - late
        if unusual > sure:
            sure = unusual
            sharp = rest > 0.0
    return sure, most - rhythm.floor + rhythm.spread, sharp


def risen(
    rise: Rise | None, at: float, least: float, most: float, *, sharp: bool, flat_at: float
) -> Rise | None:
    """Take one publication into a rise, begin one, or end it."""
    if rise is None:
        if least <= 0.0:
            return None
        return Rise(since=flat_at, top=least, sharp=sharp, count=1, points=(Point(at, least, most),))
    if most < rise.top:
        return None if least <= 0.0 else Rise(since=at, base=most, top=least)
    misses = 0 if least > rise.base else rise.misses + 1
    if misses >= MISSES:
        return None if least <= 0.0 else Rise(since=at, base=most, top=least)
    if not rise.points and least <= rise.base:
        return replace(rise, since=at, base=min(rise.base, most), top=max(rise.top, least), misses=0)
    points = (*rise.points, Point(at, least, most))
    return Rise(
        since=rise.since,
        base=rise.base,
        top=max(rise.top, least),
        sharp=rise.sharp and sharp,
        count=rise.count + 1,
        misses=misses,
        points=points if len(points) <= POINTS else _joined(points),
    )


def _joined(points: tuple[Point, ...]) -> tuple[Point, ...]:
    pairs = zip(points[:-1:2], points[1::2], strict=False)
    joined = [Point(two.at, max(one.least, two.least), min(one.most, two.most)) for one, two in pairs]
    if len(points) % 2:
        joined.append(points[-1])
    return tuple(joined)


def goes_on(rise: Rise, slowdown: float) -> bool:
    """Whether the rise certainly went on after a tolerated slowdown must have ended, and at a steady pace.

    It began before the first publication with certain excess. A slowdown that is tolerated ends within
    ``slowdown`` of that, and from then on its level would be flat: no publication's least excess could be
    above an earlier one's most.
    """
    if rise.count < (SHARP_COUNT if rise.sharp else BLUNT_COUNT):
        return False
    ended = rise.points[0].at + slowdown
    if rise.points[-1].at <= ended:
        return False
    most = inf
    proofs = 0
    for point in rise.points:
        if point.at >= ended:
            if point.least > most:
                proofs += 1
            most = min(most, point.most)
    return proofs >= (1 if rise.sharp else 2) and rise.points[-1].least > 0.0 and is_steady(rise)


def is_steady(rise: Rise) -> bool:
    """Whether one line of growth explains every publication of the rise."""
    points = rise.points
    number = len(points)
    mean_at = sum(point.at for point in points) / number
    middles = [(point.least + point.most) / 2.0 for point in points]
    mean = sum(middles) / number
    spread = sum((point.at - mean_at) ** 2 for point in points)
    pace = sum((point.at - mean_at) * middle for point, middle in zip(points, middles, strict=True)) / spread
    return pace > 0.0 and all(
        abs(middle - mean - pace * (point.at - mean_at)) <= (point.most - point.least) / 2.0 + 0.1 * abs(mean)
        for point, middle in zip(points, middles, strict=True)
    )


def has_stayed(rise: Rise, at: float) -> bool:
    """Whether a rise has lasted so long without going on that its level is where the task is now."""
    return bool(rise.points) and at - rise.points[0].at >= STAYED
