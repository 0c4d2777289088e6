"""What the entries of the file's lists cannot do without, and entries that can never do anything."""

from collections.abc import Collection, Iterator

from bot.domain.patterns import matches
from bot.domain.routing import Reminders
from bot.settings.document import Where
from bot.settings.entries import Entries
from bot.settings.model import Settings
from bot.settings.routes import NEVER, ReminderSettings
from bot.settings.selecting import Selection


def incomplete(settings: Settings, entries: Entries, broken: Collection[Where]) -> Iterator[str]:
    """Say what an entry lacks; what was written wrongly is not missing."""
    yield from _routes(settings, entries, broken)


def idle(settings: Settings, entries: Entries) -> Iterator[str]:
    """Say which entries can never do anything."""
    yield from _routes_never_reached(settings, entries)
    yield from _sources_not_there(settings, entries)


def _routes(settings: Settings, entries: Entries, broken: Collection[Where]) -> Iterator[str]:
    general = settings.reminders.over(Reminders())
    yield from _escalation(settings.reminders, Reminders(), entries, ("reminders",))
    for position, route in enumerate(settings.routes):
        where = ("routes", position)
        if where in broken:
            continue
        if route.channel is None and (*where, "channel") not in broken:
            yield f'{entries.label(where)} has no channel: write for example channel: "#pay-oncall".'
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
            yield f"{entries.label((*where, 'source'))} is none of the sources: {', '.join(names[:5])}."


def _selections(settings: Settings) -> Iterator[tuple[Where, Selection]]:
    for name, listed in (("routes", settings.routes),):
        for position, entry in enumerate(listed):
            yield (name, position), entry
