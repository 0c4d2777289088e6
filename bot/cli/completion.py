"""What a shell may offer behind a verb: its filters, and the words that go with one of them."""

import re
from collections.abc import Callable, Iterable

from bot.commands import BY_NAME
from bot.domain.problem import Problem, Severity
from bot.domain.selection import Order
from bot.domain.status import Meaning

VALUES: dict[str, Callable[[], Iterable[str]]] = {
    "status": lambda: Meaning,
    "severity": lambda: (severity.word for severity in reversed(Severity)),
    "problem": lambda: Problem,
    "sort": lambda: Order,
}
"""The filters of which every word is known."""
_BEGUN = re.compile(r"(\w*)\s*:\s*(\S*)$")


def continuations(verb: str, before: str, typed: str) -> list[str]:
    """Give what may stand where ``typed`` does, after ``before``.

    Bash takes ``status:run`` apart at the colon and then asks for ``run`` alone, zsh and fish do not.
    """
    filters = BY_NAME[verb].filters
    begun = _BEGUN.search(f"{before} {typed}")
    if begun is None:
        return [f"{name}:" for name in filters if name != "delay" and name.startswith(typed)]
    key, start = begun.groups()
    if key not in filters or key not in VALUES:
        return []
    lead = f"{key}:" if typed.startswith(f"{key}:") else ""
    listed, comma, last = start.rpartition(",")
    return [f"{lead}{listed}{comma}{word}" for word in VALUES[key]() if word.startswith(last)]
