"""The filters that verbs share: how each is written, what it means, and how its words become values."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import TypeVar

from bot.commands.values import length, length_text, moment, moment_text, nearest, shown, whole_number
from bot.commands.words import Word, filter_text, name_text
from bot.domain.naming import Scope
from bot.domain.problem import Problem, Severity
from bot.domain.selection import Order, TaskFilter, Window
from bot.errors import UserMistake

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter, as the help shows it."""

    example: str
    means: str


FILTERS = {
    "source": Filter("source:prod", "only this OCP"),
    "cluster": Filter("cluster:pay*", "only these clusters"),
    "tenant": Filter("tenant:orders", "only these tenants"),
    "path": Filter("path:file:///backup/*", "only what writes there"),
    "status": Filter("status:interrupted", "as OCP reports it, or running, paused, stopped, broken, unknown"),
    "severity": Filter("severity:critical", "critical or warning"),
    "problem": Filter("problem:stalled", "one of " + ", ".join(Problem)),
    "delay": Filter("delay>10m", "further behind than this"),
    "since": Filter("since:2h", "from then until now"),
    "from": Filter("from:14:30", "from then on"),
    "to": Filter("to:15:00", "until then"),
    "sort": Filter("sort:delay", "one of " + ", ".join(Order)),
    "page": Filter("page:2", "the next ones"),
    "until": Filter("until:18:00", "until then, as without the colon"),
    "reason": Filter("reason:disk swap", "all that follows is the reason"),
    "text": Filter("text:disk replaced", "all that follows is the note"),
}

WHOM = ("source", "cluster", "tenant", "path")


@dataclass(frozen=True, slots=True)
class Arguments:
    """The words after a verb, sorted; ``now`` and ``zone`` are for times.

    A verb that sorts them itself finds them in ``said``, with their places in the ``plain`` text, and the
    filters that are ``known`` to it. ``is_name`` tells whether something is called so; ``in_thread`` whether
    the thread says already what is meant.
    """

    now: datetime
    zone: tzinfo
    name: str | None = None
    words: dict[str, list[Word]] = field(default_factory=dict)
    verb: str = ""
    known: Sequence[str] = ()
    said: Sequence[Word] = ()
    plain: str = ""
    is_name: Callable[[str], bool] = lambda _name: False
    in_thread: bool = False

    def one(self, key: str) -> str | None:
        """Give the value of a filter that makes sense once."""
        found = self.words.get(key, [])
        if len(found) > 1:
            raise UserMistake(f"{key}: is there twice. Leave one of them out.")
        return found[0].value if found else None

    def values(self, key: str) -> list[str]:
        """Give all values of a filter that may be there several times, or list several with commas."""
        return [part for word in self.words.get(key, []) for part in word.value.split(",") if part]


def the_scope(arguments: Arguments) -> Scope:
    """Read what is named: a bare name, and the filters that narrow it."""
    return Scope(
        name=arguments.name,
        source=arguments.one("source"),
        cluster=arguments.one("cluster"),
        tenant=arguments.one("tenant"),
        path=arguments.one("path"),
    )


def scope_words(scope: Scope) -> list[str]:
    """Write what is named."""
    return ([] if scope.name is None else [name_text(scope.name)]) + scope_filter_words(scope)


def scope_filter_words(scope: Scope) -> list[str]:
    """Write the filters that narrow what is named."""
    parts = {"source": scope.source, "cluster": scope.cluster, "tenant": scope.tenant, "path": scope.path}
    return [filter_text(key, value) for key, value in parts.items() if value is not None]


def check_filter(verb: str, known: Sequence[str], word: Word) -> None:
    """Raise UserMistake for a filter that the verb does not know, or that lacks its colon or value."""
    key = word.key or ""
    if key not in known:
        if not known:
            raise UserMistake(f"{verb} knows no filters: leave {shown(word.raw)} out.", (verb,))
        near = nearest(key, known)
        hint = "" if near is None else f" Did you mean {FILTERS[near].example}?"
        raise UserMistake(
            f"{verb} knows no filter {shown(key)}.{hint} It knows {', '.join(known)}. "
            "A name with a colon in it goes between double quotes.",
            (f"help {verb}",),
        )
    if key != "delay" and word.operator != ":":
        raise UserMistake(f"Write {key}: with a colon, for example {FILTERS[key].example}.")
    if not word.value:
        raise UserMistake(f"{key} needs a value, for example {FILTERS[key].example}.")


def _member(kind: type[E], key: str, text: str) -> E:
    words = [member.value for member in kind]
    if text.casefold() in words:
        return kind(text.casefold())
    near = nearest(text, words)
    raise UserMistake(
        f"There is no {key} {shown(text)}. There are {', '.join(words)}.",
        () if near is None else (f"{key}:{near}",),
    )


class _SeverityWord(StrEnum):
    CRITICAL = "critical"
    WARNING = "warning"


def the_severities(arguments: Arguments) -> tuple[Severity, ...]:
    """Read the severities asked for."""
    words = (_member(_SeverityWord, "severity", text) for text in arguments.values("severity"))
    return tuple(dict.fromkeys(Severity[word.name] for word in words))


def the_problems(arguments: Arguments) -> tuple[Problem, ...]:
    """Read the problems asked for."""
    return tuple(dict.fromkeys(_member(Problem, "problem", text) for text in arguments.values("problem")))


def the_task_filter(arguments: Arguments) -> TaskFilter:
    """Read what a task must be to be listed."""
    delay = arguments.words.get("delay", [])
    if len(delay) > 1:
        raise UserMistake("delay is there twice. Leave one of them out.")
    if delay and delay[0].operator != ">":
        raise UserMistake("Write delay>10m for tasks that are more than 10 minutes behind.", ("delay>10m",))
    return TaskFilter(
        statuses=tuple(dict.fromkeys(text.casefold() for text in arguments.values("status"))),
        severities=the_severities(arguments),
        problems=the_problems(arguments),
        delay_over=length(delay[0].value) if delay else None,
    )


def task_filter_words(only: TaskFilter) -> list[str]:
    """Write what a task must be to be listed."""
    words = _list_words("status", only.statuses)
    words += severity_words(only.severities) + problem_words(only.problems)
    if only.delay_over is not None:
        words.append(filter_text("delay", length_text(only.delay_over), ">"))
    return words


def severity_words(severities: Sequence[Severity]) -> list[str]:
    """Write the severities asked for."""
    return _list_words("severity", [severity.word for severity in severities])


def problem_words(problems: Sequence[Problem]) -> list[str]:
    """Write the problems asked for."""
    return _list_words("problem", problems)


def _list_words(key: str, values: Iterable[str]) -> list[str]:
    text = ",".join(values)
    return [filter_text(key, text)] if text else []


def the_since(arguments: Arguments) -> datetime | None:
    """Read ``since:``: how long ago, or a moment."""
    text = arguments.one("since")
    return None if text is None else moment(text, arguments.now, arguments.zone)


def since_word(since: datetime) -> str:
    """Write ``since:``."""
    return filter_text("since", moment_text(since))


def the_window(arguments: Arguments) -> Window | None:
    """Read the span of time that OCP is to be asked about."""
    since, start, end = the_since(arguments), arguments.one("from"), arguments.one("to")
    if since is not None and start is not None:
        raise UserMistake("since: and from: both say where to begin. Leave one of them out.")
    begin = since if start is None else moment(start, arguments.now, arguments.zone)
    until = None if end is None else moment(end, arguments.now, arguments.zone)
    if begin is not None and until is not None and begin >= until:
        raise UserMistake("The time to begin is not before the time to end. Swap them, or mend one of them.")
    return None if begin is None and until is None else Window(begin, until)


def window_words(window: Window | None) -> list[str]:
    """Write the span of time that OCP is to be asked about."""
    if window is None:
        return []
    ends = {"from": window.start, "to": window.end}
    return [filter_text(key, moment_text(end)) for key, end in ends.items() if end is not None]


def the_order(arguments: Arguments) -> Order:
    """Read how the list is to be sorted."""
    text = arguments.one("sort")
    return Order.WORST if text is None else _member(Order, "sort", text)


def order_words(order: Order) -> list[str]:
    """Write how the list is to be sorted."""
    return [] if order is Order.WORST else [filter_text("sort", order)]


def the_page(arguments: Arguments) -> int:
    """Read the number of a page."""
    text = arguments.one("page")
    return 1 if text is None else whole_number(text, "the number of a page")


def page_words(page: int) -> list[str]:
    """Write the number of a page."""
    return [] if page == 1 else [filter_text("page", str(page))]
