"""Settings from the environment and the file, whole or not at all, with all mistakes at once."""

import re
from collections.abc import Collection, Iterable, Mapping
from math import inf
from typing import Any, NamedTuple

from pydantic import ValidationError

from bot.errors import SettingsError
from bot.settings.document import Document, Where, read_document
from bot.settings.entries import Entries, gather
from bot.settings.mistakes import refusals
from bot.settings.model import Settings
from bot.settings.rules import Need, conflicts, doubts, missing
from bot.settings.variables import CONFIG, places_of, review_names


class Loaded(NamedTuple):
    """The settings in force, and what somebody should look at all the same."""

    settings: Settings
    warnings: tuple[str, ...]


def load(
    environment: Mapping[str, str],
    config_path: str | None = None,
    *,
    needs: Collection[Need] = frozenset(),
) -> Loaded:
    """Read the settings. ``needs`` is what the command cannot do without.

    Raises SettingsError with every mistake at once.
    """
    path = config_path or environment.get(CONFIG, "").strip()
    document = read_document(path) if path else Document()
    entries = gather(environment, document)
    names = review_names(environment)
    settings, broken, refused = _validated(entries)
    broken.update(places_of(names.meant))
    mistakes = [
        *document.mistakes,
        *names.mistakes,
        *entries.mistakes,
        *refused,
        *conflicts(settings, entries, broken),
    ]
    if (document.values or not document.mistakes) and CONFIG not in names.meant:
        mistakes += missing(settings, entries, broken, needs)
    if mistakes:
        raise SettingsError(_top_to_bottom(mistakes, document.name))
    settings.remember_origins({where: origin.place for where, origin in entries.origins.items()})
    return Loaded(settings, (*names.warnings, *doubts(settings, entries)))


def _top_to_bottom(mistakes: Iterable[str], name: str) -> tuple[str, ...]:
    """Put what is wrong in the file into the order of its lines, before what stands in none of them."""
    line = re.compile(rf"{re.escape(name)}, line (\d+)")
    places = {one: int(found[1]) if (found := line.search(one)) else inf for one in mistakes}
    return tuple(sorted(places, key=lambda one: places[one]))


def _validated(entries: Entries) -> tuple[Settings, set[Where], list[str]]:
    """Read what can be read; what cannot is left out, remembered, and put into a sentence.

    Remembered is what a name that is none was probably meant to be, too: it was written, and is not missing.
    """
    broken: set[Where] = set()
    refused: list[str] = []
    while True:
        try:
            return Settings.model_validate(entries.values), broken, refused
        except ValidationError as error:
            found = list(refusals(error, entries))
        for one in found:
            broken.update({one.where, one.meant or one.where})
            refused += [] if one.sentence is None else [one.sentence]
            _leave_out(entries.values, one.where)


def _leave_out(values: Any, where: Where) -> None:  # noqa: ANN401 - nested plain values
    """Take a value out; an entry of a list is emptied instead, so that the others keep their places."""
    *way, last = where
    for part in way:
        values = values[part]
    if isinstance(last, int):
        values[last] = {}
    else:
        del values[last]
