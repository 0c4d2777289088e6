"""What the entries of the file's lists cannot do without, and entries that can never do anything."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from pydantic import BaseModel

from bot.domain.patterns import matches, nearest
from bot.domain.routing import Reminders
from bot.settings.document import Where
from bot.settings.entries import Entries
from bot.settings.model import Settings
from bot.settings.routes import NEVER, ReminderSettings
from bot.settings.selecting import Selection
from bot.settings.spans import spoken
from bot.settings.windows import wrong_time


def incomplete(settings: Settings, entries: Entries, broken: Collection[Where]) -> Iterator[str]:
    """Say what an entry lacks; what was written wrongly is not missing."""
    yield from _routes(settings, entries, broken)
    yield from _silences(settings, entries)
    yield from _windows(settings, entries, broken)
    for name, examples in _CANNOT_DO_WITHOUT.items():
        for position, entry in enumerate(getattr(settings, name)):
            yield from _lacking(entry, examples, entries, (name, position), broken)


def idle(settings: Settings, entries: Entries) -> Iterator[str]:
    """Say which entries can never do anything, and which do more than whoever wrote them may know."""
    yield from _routes_never_reached(settings, entries)
    yield from _sources_not_there(settings, entries)
    for position, window in enumerate(settings.maintenance_windows):
        if not window.narrows:
            yield (
                f"{entries.label(('maintenance_windows', position))} mutes every alert there is: narrow it"
                ' with cluster or tenant, or write source: "*" if that is meant.'
            )


_CANNOT_DO_WITHOUT: dict[str, dict[str, str]] = {
    "digests": {"channel": '"#dba"', "at": '"09:00"'},
    "runbooks": {"label": "Our page on full disks", "link": "https://wiki.example.com/full-disk"},
}
"""Names that an entry has to have, each with an example."""


def _lacking(
    entry: BaseModel, examples: Mapping[str, str], entries: Entries, where: Where, broken: Collection[Where]
) -> Iterator[str]:
    """Say what an entry cannot do without and does not have."""
    if where in broken:
        return
    for name, example in examples.items():
        if getattr(entry, name) is None and (*where, name) not in broken:
            yield f"{entries.label(where)} has no {name}: write for example {name}: {example}."


def _silences(settings: Settings, entries: Entries) -> Iterator[str]:
    """Find lengths of silences that are written in the wrong order."""
    written = settings.silences
    for shorter, longer in (("default", "freely"), ("freely", "longest"), ("default", "longest")):
        low, high = getattr(written, shorter), getattr(written, longer)
        if low is not None and high is not None and low > high:
            yield (
                f"{entries.label(('silences', shorter))} is {spoken(low)} and longer than {longer},"
                f" {spoken(high)}: make it shorter."
            )


def _windows(settings: Settings, entries: Entries, broken: Collection[Where]) -> Iterator[str]:
    """Find windows without a name of their own, and those that do not say when."""
    names: set[str] = set()
    for position, window in enumerate(settings.maintenance_windows):
        where = ("maintenance_windows", position)
        yield from _lacking(window, {"name": "storage upgrade"}, entries, where, broken)
        if window.name is not None and window.name.casefold() in names:
            yield f"Two maintenance windows are named {window.name}: give each a name of its own."
        names.add((window.name or "").casefold())
        is_known = not any(place[:2] == where for place in broken)
        why = wrong_time(window, settings.timezone) if is_known else None
        if why is not None:
            yield f"{entries.label(where)} {why}."


def _routes(settings: Settings, entries: Entries, broken: Collection[Where]) -> Iterator[str]:
    general = settings.reminders.over(Reminders())
    yield from _escalation(settings.reminders, Reminders(), entries, ("reminders",))
    for position, route in enumerate(settings.routes):
        where = ("routes", position)
        if where in broken:
            continue
        yield from _lacking(route, {"channel": '"#pay-oncall"'}, entries, where, broken)
        yield from _escalation(route.reminders, general, entries, (*where, "reminders"))


def _escalation(
    written: ReminderSettings, general: Reminders, entries: Entries, where: Where
) -> Iterator[str]:
    """Find an escalation that calls nobody, or that never comes."""
    after = written.over(general)
    if written.escalate_after not in (None, NEVER) and not after.escalate_to:
        yield f"{entries.label((*where, 'escalate_after'))} calls nobody: say whom with escalate_to."
    if written.escalate_to is not None and written.escalate_after is None and after.escalate_after is None:
        yield f"{entries.label((*where, 'escalate_to'))} is never called: say when with escalate_after."


def _routes_never_reached(settings: Settings, entries: Entries) -> Iterator[str]:
    """Find routes behind one that takes everything."""
    for position, route in enumerate(settings.routes[:-1]):
        if not route.continues and not route.narrows:
            yield (
                f"{entries.label(('routes', position))} takes every alert, so the routes after it get none:"
                " move it to the end, or add continue: true."
            )
            return


def _sources_not_there(settings: Settings, entries: Entries) -> Iterator[str]:
    """Find entries about a source that is not watched."""
    names = [source.name for source in settings.sources]
    if not names:
        return
    for where, selection in _selections(settings):
        source = selection.source
        if source is not None and not any(matches(source, name) for name in names):
            near = nearest(source.replace("*", ""), names)
            meant = f"did you mean {near[0]}?" if near else f"{', '.join(names[:5])}."
            yield f"{entries.label((*where, 'source'))} is none of the sources: {meant}"


def _selections(settings: Settings) -> Iterator[tuple[Where, Selection]]:
    listed: dict[str, Sequence[Selection]] = {
        "routes": settings.routes,
        "maintenance_windows": settings.maintenance_windows,
        "digests": settings.digests,
        "runbooks": settings.runbooks,
    }
    for name, several in listed.items():
        for position, entry in enumerate(several):
            yield (name, position), entry
