"""How a name that somebody wrote is held against the names that exist."""

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
NEAREST = 3
"""So many near names are offered."""
_LONGEST = 100
_SEARCHED = 2000


def matches(pattern: str, text: str) -> bool:
    """Whether a text is what a pattern with ``*`` asks for, whatever the case; in linear time."""
    first, *rest = pattern.casefold().split("*")
    folded = text.casefold()
    if not rest:
        return folded == first
    last = rest.pop()
    if not folded.startswith(first) or len(folded) < len(first) + len(last) or not folded.endswith(last):
        return False
    position, end = len(first), len(folded) - len(last)
    for part in rest:
        position = folded.find(part, position, end)
        if position < 0:
            return False
        position += len(part)
    return True


def narrowed(items: Sequence[T], pattern: str, *spellings: Callable[[T], str]) -> list[T]:
    """Keep what a filter means: as written, else whatever the case, each spelling in turn, else by glob."""
    for spelling in spellings:
        exact = [item for item in items if spelling(item) == pattern]
        folded = pattern.casefold()
        found = exact or [item for item in items if spelling(item).casefold() == folded]
        if found:
            return found
    return [item for item in items if "*" in pattern and matches(pattern, spellings[0](item))]


def nearest(name: str, known: Iterable[str], likeness: float = 0.5) -> tuple[str, ...]:
    """Give the known names that are nearest to one that means nothing, and at least so like it."""
    by_folded: dict[str, str] = {}
    for text in islice(known, _SEARCHED):
        by_folded.setdefault(text.casefold(), text)
    close = get_close_matches(name[:_LONGEST].casefold(), by_folded, n=NEAREST, cutoff=likeness)
    return tuple(by_folded[folded] for folded in close)
