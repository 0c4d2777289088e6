"""What is derived from the very first publication is never absurd."""

from bot.domain.detection.memory import Block
from bot.domain.detection.rhythm import derive_first


def test_teeth_reach_at_least_as_far_as_their_floor() -> None:
    """A first publication that came late is no floor that a healthy delay could never come back under."""
    late = Block(since=0.0, low=720.0, high=720.0, proved=-210.0, age=95.0, rest=60.0, publications=1)
    rhythm = derive_first(late, 600.0)
    assert rhythm.reach >= rhythm.floor
