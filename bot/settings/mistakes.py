"""What the model refuses, in sentences for people: which setting, what is wrong, what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.settings.digests import DigestSettings
from bot.settings.document import Absent, Where
from bot.settings.entries import Entries
from bot.settings.links import RunbookSettings
from bot.settings.model import Settings
from bot.settings.permissions import PermissionSettings, SilenceSettings
from bot.settings.routes import ReminderSettings, RouteSettings
from bot.settings.source import SourceSettings
from bot.settings.thresholds import SourceLimits
from bot.settings.variables import SECRET_FIELDS, SOURCE_VARIABLES
from bot.settings.windows import WindowSettings

_PLACES: tuple[tuple[type[BaseModel], str], ...] = (
    (Settings, "at the top of the file"),
    (SourceSettings, "into an entry of sources"),
    (SourceLimits, "under thresholds"),
    (ReminderSettings, "under reminders"),
    (PermissionSettings, "under permissions"),
    (SilenceSettings, "under silences"),
    (RouteSettings, "into an entry of routes"),
    (WindowSettings, "into an entry of maintenance_windows"),
    (DigestSettings, "into an entry of digests"),
    (RunbookSettings, "into an entry of runbooks"),
)
_PHRASES = {
    "string_type": "has to be text",
    "bool_parsing": "has to be true or false",
    "bool_type": "has to be true or false",
    "int_parsing": "has to be a whole number",
    "int_type": "has to be a whole number",
    "int_parsing_size": "is too large a number",
    "int_from_float": "has to be a whole number",
    "tuple_type": "has to be a list",
    "path_type": "has to be the path of a file",
    "dict_type": "has to have names with values under it",
    "model_type": "has to have names with values under it",
}
_CLOSE = 0.7
_SURELY = 0.85


@dataclass(frozen=True, slots=True)
class Refused:
    """A thing that the model refused: where it stands, and its sentence unless it was told before.

    ``meant`` is the place of the setting that a name which is none was probably meant to be.
    """

    where: Where
    sentence: str | None = None
    meant: Where | None = None


def refusals(error: ValidationError, entries: Entries) -> Iterator[Refused]:
    """Give each thing that the model refused."""
    for detail in error.errors(include_url=False, include_input=False):
        where: Where = detail["loc"]
        value = _value_at(entries.values, where)
        if value is Absent.UNREADABLE:
            yield Refused(where)
            continue
        end, meant = _empty(where) if value is Absent.EMPTY else _end(detail), None
        if detail["type"] == "extra_forbidden":
            end, meant = _unknown(where)
        yield Refused(where, f"{entries.label(where)} {end}{'' if end.endswith('?') else '.'}", meant)


def _value_at(values: Any, where: Where) -> object:  # noqa: ANN401 - nested plain values
    for part in where:
        values = values[part]
    found: object = values
    return found


def _empty(where: Where) -> str:
    if where == ("alert_channel",):
        return 'is empty: a # begins a comment, so put the name in quotes, as in "#log-backup"'
    return "is empty: give it a value or remove the line"


def _end(detail: ErrorDetails) -> str:
    facts: dict[str, Any] = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            return str(facts["error"])
        case "literal_error":
            return f"has to be {str(facts['expected']).replace(chr(39), '')}"
        case "greater_than_equal":
            return f"has to be at least {facts['ge']}"
        case "less_than_equal":
            return f"has to be at most {facts['le']}"
        case kind:
            return _PHRASES.get(kind, "cannot be used as it is")


def _unknown(where: Where) -> tuple[str, Where | None]:
    """Say what an unknown name was probably meant to be, or where it belongs; give the place of that."""
    here = model_at(where[:-1])
    name = str(where[-1])[:60].lower().replace("-", "_").removeprefix("bot_")
    if here is SourceSettings:
        name = name.removeprefix("ocp_")
    known = names_of(here)
    owner, place = next(((model, place) for model, place in _PLACES if name in names_of(model)), (here, ""))
    surely = get_close_matches(name, known, n=1, cutoff=_SURELY)
    if name not in known and not surely and place:
        around: Where = ("sources", 0) if owner is SourceSettings else ()
        return f"has no meaning here: {name} belongs {place}", _place(around, name)
    near = get_close_matches(name, known, n=1, cutoff=0.0)[0]
    if get_close_matches(name, [near], cutoff=_CLOSE):
        return f"is no setting: did you mean {near}?", _place(where[:-1], near)
    return f"is no setting; the nearest is {near}", None


def _place(around: Where, name: str) -> Where:
    """Give where the value stands that is written under this name."""
    if not around and name.startswith("ocp_"):
        return _place(("sources", 0), name.removeprefix("ocp_"))
    plain = name.removesuffix("_file")
    return (*around, plain if plain in SECRET_FIELDS else name)


def names_of(model: type[BaseModel]) -> tuple[str, ...]:
    """List the names that may stand in this part of the file."""
    names = [field.alias or name for name, field in model.model_fields.items()]
    if model is Settings:
        names += [f"ocp_{variable.field}" for variable in SOURCE_VARIABLES]
    return (*names, *(f"{name}_file" for name in names if name.removeprefix("ocp_") in SECRET_FIELDS))


def model_at(where: Where) -> type[BaseModel]:
    """Find the model that reads the part of the file at ``where``."""
    current: Any = Settings
    for part in where:
        if isinstance(current, type) and issubclass(current, BaseModel):
            current = current.model_fields[str(part)].annotation
        else:
            current = get_args(current)[0 if get_origin(current) is tuple else 1]
    model: type[BaseModel] = current
    return model
