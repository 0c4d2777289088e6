"""What a shell may offer behind a verb: its filters, and the words that go with one of them."""

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


def continuations(verb: str, before: str, typed: str) -> list[str]:
    """Give what may stand where ``typed`` does, after ``before``.

    Bash takes ``status:run`` apart at the colon and then asks for ``run`` alone, zsh and fish do not.
    """
    filters = BY_NAME[verb].filters
    key, colon, start = typed.rpartition(":")
    lead = f"{key}:" if colon else ""
    if not colon or not key:
        words = before.split()
        if colon or (words and words[-1] == ":"):
            key, lead = (words[-2] if words[-1] == ":" and len(words) > 1 else words[-1] if words else ""), ""
            start = start if colon else typed
        else:
            return [f"{name}:" for name in filters if name != "delay" and name.startswith(typed)]
    if key not in filters or key not in VALUES:
        return []
    head, comma, last = start.rpartition(",")
    return [f"{lead}{head}{comma}{word}" for word in VALUES[key]() if word.startswith(last)]
