"""Telling a delay that goes on growing from noise, a step, and a slowdown that ends."""

from dataclasses import replace
from math import inf

from bot.domain.detection.memory import Point, Rhythm, Rise

POINTS = 20
"""So many publications of a rise are kept, an even number; of a longer one, neighbours are joined."""
MISSES = 3
MISSING = 300.0
"""So many publications in a row without certain excess, for so many seconds, end a rise."""
CLIMB = 0.75
"""A rise climbs at least this share of how exactly its publications can be placed."""
STEADINESS = 0.1
"""A steady growth may stray from its line by this share of what it has cost."""
SHAPES = (0.0, 0.33, 0.67, 1.0)
"""A step, and slowdowns of these shares of the longest that is tolerated."""
BEND = 1.15
"""A line must fit better than a bend by this, or the bend is believed ..."""
STRAIGHT = 5.0
"""... and by this, it needs no other proof."""
BEND_PLACES = 16
BEND_POINTS = 6
SHORTEST = 60.0
"""Slowdowns are tried at an eighth of the longest that is tolerated from each other, or of these seconds."""
EDGE = 0.1
"""A level that touches only this outermost share of where a publication can be does not explain it."""
TOLERABLE_NOISE = 1.0
BLUNT_COUNT = 8
SHARP_COUNT = 3
STAYED = 3600.0
"""A level that has stayed for this long is where the task is now."""


def excess(rhythm: Rhythm, least: float, most: float, rest: float, late: float) -> tuple[float, float, bool]:
    """Bound how much the lag of a publication was over what health explains: at least, at most, and sharply.

    ``late`` is how much longer than usual the poll came after the one before. The bound is sharp where it
    rests on the two polls around the publication alone; where teeth are shorter than polls, the largest lag
    ever seen is the better one, if polls have met the teeth in every phase.
    """
    sure = least - rhythm.proof - rhythm.margin
    if rhythm.mixed and rest <= 0.0 and rhythm.rest <= 0.0:
        unusual = most - rhythm.ceiling - rhythm.spread - late
        return max(sure, unusual), most - rhythm.floor + rhythm.spread, sure >= unusual
    return sure, most - rhythm.proof + rhythm.margin, True


def risen(
    rise: Rise | None, at: float, least: float, most: float, *, sharp: bool, flat_at: float, blur: float
) -> Rise | None:
    """Take one publication into a rise, begin one, or end it; one begins only with certain excess."""
    if rise is None:
        first = (Point(at, least, most),)
        return Rise(flat_at, top=least, sharp=sharp, count=1, sure_at=at, blur=blur, points=first)
    if most < rise.top:
        return None if least <= 0.0 else Rise(since=at, base=most, top=least, sure_at=at, blur=blur)
    misses = 0 if least > rise.base else rise.misses + 1
    sure_at = at if least > rise.base else rise.sure_at
    if misses >= MISSES and at - sure_at >= MISSING:
        return None if least <= 0.0 else Rise(since=at, base=most, top=least, sure_at=at, blur=blur)
    if not rise.points and least <= rise.base:
        return replace(
            rise, since=at, base=min(rise.base, most), top=max(rise.top, least), misses=0, sure_at=at
        )
    points = (*rise.points, Point(at, least, most))
    return Rise(
        since=rise.since,
        base=rise.base,
        top=max(rise.top, least),
        sharp=rise.sharp and sharp,
        count=rise.count + 1,
        misses=misses,
        sure_at=sure_at,
        blur=max(rise.blur, blur),
        points=points if len(points) <= POINTS else _joined(points),
    )


def _joined(points: tuple[Point, ...]) -> tuple[Point, ...]:
    pairs = zip(points[:-1:2], points[1::2], strict=False)
    joined = [
        Point((one.at + two.at) / 2.0, (one.least + two.least) / 2.0, (one.most + two.most) / 2.0)
        for one, two in pairs
    ]
    return (*joined, points[-1])


def goes_on(rise: Rise, slowdown: float) -> bool:
    """Whether a steady growth explains the rise, and nothing that is tolerated does.

    Tolerated is a slowdown of up to ``slowdown`` seconds, or a step, to a level that then stays. Where polls
    bound the publications less sharply, the one before the last must prove it as well.
    """
    points = rise.points
    if rise.count < (SHARP_COUNT if rise.sharp else BLUNT_COUNT):
        return False
    if points[-1].least <= 0.0 or points[-1].at <= points[0].at + slowdown or not is_steady(points):
        return False
    bend = straightness(points, slowdown)
    if bend >= STRAIGHT:
        return True
    if bend < BEND:
        return False
    lows = (0.0, -0.5 * rise.blur, -rise.blur) if rise.blur > TOLERABLE_NOISE else (0.0,)
    proofs = (points,) if rise.sharp else (points, points[:-1])
    return not any(is_tolerable(proof, rise.since, slowdown, low) for proof in proofs for low in lows)


def is_tolerable(points: tuple[Point, ...], since: float, slowdown: float, low: float) -> bool:
    """Whether some slowdown that ended, from ``low`` to a level that stayed, explains every publication."""
    begins = max(since, points[0].at - slowdown) - slowdown
    share_of_edge = EDGE if len(points) >= BEND_POINTS else 0.0
    while begins < points[0].at:
        for share in SHAPES:
            lasted = max(1.0, share * slowdown)
            lowest, highest = 0.0, inf
            for point in points:
                reached = min(1.0, (point.at - begins) / lasted)
                edge = share_of_edge * (point.most - point.least)
                lowest = max(lowest, (point.least + edge - low) / reached)
                highest = min(highest, (point.most - edge - low) / reached)
            if lowest <= highest + TOLERABLE_NOISE:
                return True
        begins += max(slowdown, SHORTEST) / 8.0
    return False


def is_steady(points: tuple[Point, ...]) -> bool:
    """Whether one line of growth explains every publication, and climbs for sure."""
    number = len(points)
    mean_at = sum(point.at for point in points) / number
    middles = [(point.least + point.most) / 2.0 for point in points]
    mean = sum(middles) / number
    spread = sum((point.at - mean_at) ** 2 for point in points)
    pace = sum((point.at - mean_at) * middle for point, middle in zip(points, middles, strict=True)) / spread
    width = sum(point.most - point.least for point in points) / number
    if pace * (points[-1].at - points[0].at) < CLIMB * width:
        return False
    return all(
        abs(middle - mean - pace * (point.at - mean_at))
        <= (point.most - point.least) / 2.0 + STEADINESS * abs(mean)
        for point, middle in zip(points, middles, strict=True)
    )


def straightness(points: tuple[Point, ...], slowdown: float) -> float:
    """Give how much better steady growth fits the publications than a tolerated step or slowdown that ended.

    It is the ratio of what is left by least squares, allowing for the two more numbers that a bend has to
    choose: 1 is even. Few publications cannot tell; they give 1 too.
    """
    number = len(points)
    if number < BEND_POINTS:
        return BEND
    middles = [(point.least + point.most) / 2.0 for point in points]
    line = _misfit([point.at - points[0].at for point in points], middles)
    least = inf
    start = points[0].at - slowdown
    step = (points[-1].at - start) / BEND_PLACES
    for place in range(BEND_PLACES):
        begins = start + place * step
        for share in SHAPES:
            lasted = max(1.0, share * slowdown)
            reached = [min(1.0, max(0.0, (point.at - begins) / lasted)) for point in points]
            least = min(least, _misfit(reached, middles))
    return (least + 1.0) * (number - 2) / ((line + 1.0) * (number - 4))


def _misfit(places: list[float], values: list[float]) -> float:
    """Give the sum of squares that the best line of these values over these places leaves."""
    number = len(places)
    mean_place = sum(places) / number
    mean = sum(values) / number
    across = sum((place - mean_place) ** 2 for place in places)
    up = sum((value - mean) ** 2 for value in values)
    if across <= 0.0:
        return up
    both = sum((place - mean_place) * (value - mean) for place, value in zip(places, values, strict=True))
    return up - both * both / across


def has_stayed(rise: Rise, at: float) -> bool:
    """Whether a rise has lasted so long without going on that its level is where the task is now."""
    return bool(rise.points) and at - rise.since >= STAYED
