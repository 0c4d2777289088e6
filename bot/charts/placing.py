"""Where the words of moments go above a chart, so that none covers another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

ROWS = 2
SPACE = 22.0
"""Pixels between two words, and between a line and its word."""


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word, where it begins in pixels from the left, and its row, 0 on top."""

    text: str
    left: float
    row: int


def place_words(
    moments: Sequence[tuple[float, str]], width: Callable[[str], float], right: float
) -> tuple[PlacedWord, ...]:
    """Place the words of moments (pixel and word, from the left), each beside its line.

    Those that stand too close for words of their own are counted together: ``3 changes``.
    """
    groups = [[moment] for moment in moments]
    while True:
        placed, crowded = _placed(groups, width, right)
        if crowded is None:
            return placed
        groups[crowded - 1 : crowded + 1] = [groups[crowded - 1] + groups[crowded]]


def _placed(
    groups: Sequence[Sequence[tuple[float, str]]], width: Callable[[str], float], right: float
) -> tuple[tuple[PlacedWord, ...], int | None]:
    """Place what finds room; the second is the first group that finds none."""
    placed: list[PlacedWord] = []
    ends = [-SPACE] * ROWS
    for number, group in enumerate(groups):
        text = group[0][1] if len(group) == 1 else f"{len(group)} changes"
        wide = width(text)
        left = max(min(group[0][0], right - wide), 0.0)
        row = next((row for row in reversed(range(ROWS)) if ends[row] + SPACE <= left), None)
        if row is None:
            return (), number
        placed.append(PlacedWord(text, left, row))
        ends[row] = left + wide
    return tuple(placed), None
