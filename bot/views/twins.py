"""Names that tell two tasks of one tenant apart by where they write to, where there are two."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence

from bot.domain.fleet import TaskNow
from bot.domain.incident import Incident
from bot.views.trouble import whom
from bot.views.wording import clean

_KEPT = 40


def namer(tasks: Sequence[TaskNow], label: Callable[[TaskNow], str]) -> Callable[[TaskNow], str]:
    """Give what names each of these tasks: its label, with its destination where another has the same."""
    twins = _repeated(_tenant(task) for task in tasks)

    def named(task: TaskNow) -> str:
        said = label(task)
        return f"{said}{_to(task.task.key.destination)}" if _tenant(task) in twins else said

    return named


def subjects(incidents: Sequence[Incident]) -> Callable[[Incident], str]:
    """Give what names whom each of these incidents is about, as ``namer`` does; plain text."""
    places = {one.subject.key: _place(one) for one in incidents}
    twins = _repeated(places.values())

    def named(incident: Incident) -> str:
        said = whom(incident)
        return f"{said}{_to(incident.subject.destination)}" if _place(incident) in twins else said

    return named


def _repeated(places: Iterable[Hashable]) -> frozenset[Hashable]:
    return frozenset(place for place, number in Counter(places).items() if number > 1)


def _tenant(task: TaskNow) -> Hashable:
    key = task.task.key
    return key.source, key.cluster, key.tenant


def _place(incident: Incident) -> Hashable:
    subject = incident.subject
    about_a_task = subject.key.startswith("task:")
    return subject.source, subject.cluster, subject.tenant, about_a_task


def _to(destination: str | None) -> str:
    """Say where a task writes to; the end of a long path is what tells it from others."""
    if not destination:
        return " without a path"
    kept = destination if len(destination) <= _KEPT else "…" + destination[1 - _KEPT :]
    return f" to {clean(kept, _KEPT)}"
