"""JSON that is almost right: a good value with other values in some places, for hypothesis."""

import copy
from typing import Any

from hypothesis import strategies as st

HOSTILE: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -1,
        2**63,
        -(2**63),
        10**400,
        0.5,
        1e308,
        float("nan"),
        float("inf"),
        "",
        " ",
        "NaN",
        "0",
        "9" * 400,
        "2026-02-30T25:61:61Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "<!channel>",
        "\u202egpj.exe",
        "\ud800",
        "\x00\x1b[31m",
        "x" * 5000,
        "oss://k:s@b/p?access_key=SECRET",
        "*" * 200,
        [],
        {},
        [[]],
        {"": {}},
        [None],
        {"a": [1, {"b": None}]},
    ]
).map(copy.deepcopy)
"""Values that stand where others are expected."""


@st.composite
def damaged(draw: st.DrawFn, good: Any, most: int = 3, others: st.SearchStrategy[Any] = HOSTILE) -> Any:
    """Draw a good value with one place to ``most`` of it put wrong: another value, none, or twice."""
    value = copy.deepcopy(good)
    for _ in range(draw(st.integers(1, most))):
        value = _put_wrong(draw, value, others)
    return value


def _put_wrong(draw: st.DrawFn, value: Any, others: st.SearchStrategy[Any]) -> Any:
    """Walk down to some place and put something else there."""
    holder, place, here = None, None, value
    while isinstance(here, dict | list) and here and draw(st.integers(0, 5)):
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        holder, place = here, draw(st.sampled_from(keys))
        here = holder[place]
    if holder is None or place is None:
        return draw(others) if draw(st.integers(0, 9)) == 0 else value
    match draw(st.sampled_from(["other", "other", "gone", "twice"])):
        case "other":
            holder[place] = draw(others)
        case "gone":
            del holder[place]
        case _:
            _repeat(holder, place, here)
    return value


def _repeat(holder: Any, place: Any, here: Any) -> None:
    if isinstance(holder, list):
        holder.insert(place, copy.deepcopy(here))
    else:
        holder[f"{place} "] = copy.deepcopy(here)
