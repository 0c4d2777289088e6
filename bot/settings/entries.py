"""The file and the environment laid over each other: each setting once, and where it was written."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bot.settings.document import Absent, Document, Where
from bot.settings.source import DEFAULT_SOURCE
from bot.settings.variables import SECRET_FIELDS, SOURCE_VARIABLES, VARIABLES, Variable, is_injected_port

LARGEST_SECRET = 64 * 1024
_FILE = "_file"
_PORTS = ("BOT_HTTP_PORT", "BOT_METRICS_PORT")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was written: ``label`` is what to call it in a sentence, ``place`` where to look."""

    kind: Literal["environment", "file"]
    label: str
    place: str


@dataclass(slots=True)
class Entries:
    """What was written, before it is understood; ``secrets`` is what must not be repeated to anyone."""

    values: dict[str, Any]
    origins: dict[Where, Origin] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)
    sources_are_listed: bool = False

    def label(self, where: Where) -> str:
        """Name the setting at ``where`` for people, or the nearest thing around it that was written."""
        for length in range(len(where), 0, -1):
            origin = self.origins.get(where[:length])
            if origin is not None:
                return origin.label
        return str(where[-1]) if where else "the settings"

    def source_word(self, position: int, name: str) -> str:
        """Name one of a source's settings that may not have been written: ``OCP_URL``, ``url of prod``."""
        if not self.sources_are_listed:
            return f"OCP_{name.upper()}"
        return f"{name} of source {self.source_name(position)}"

    def source_name(self, position: int) -> str:
        """Name a source of the list, by its position where it has no name."""
        return _source_name(self.values["sources"][position], position)


def gather(environment: Mapping[str, str], document: Document) -> Entries:
    """Lay the environment over the file and read the files that hold secrets."""
    entries = Entries(deepcopy(document.values), sources_are_listed="sources" in document.values)
    for where in document.lines:
        entries.origins[where] = _written(document, where)
    _fold_single_source(entries)
    _lay_over(entries, environment)
    _read_secrets(entries, entries.values, (), document.folder)
    sources = entries.values.get("sources")
    for position, source in enumerate(sources if isinstance(sources, list) else ()):
        if isinstance(source, dict):
            _read_secrets(entries, source, ("sources", position), document.folder)
            _anchor_path(entries, source, ("sources", position, "ca_file"), document.folder)
    return entries


def _source_name(entry: object, position: int) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) and name.isprintable() and len(name) <= 40 else str(position + 1)  # noqa: PLR2004 - a name's limit


def _written(document: Document, where: Where) -> Origin:
    names = [part for part in where if isinstance(part, str)]
    name = names[-1] if names else "the settings"
    owner = ""
    if len(where) >= 3 and where[0] == "sources" and isinstance(where[1], int):  # noqa: PLR2004 - sources, position, name
        listed = document.values.get("sources")
        entry = listed[where[1]] if isinstance(listed, list) else None
        owner = f" of source {_source_name(entry, where[1])}"
    if isinstance(where[-1], int):
        name = f"entry {where[-1] + 1} of {name}"
    shown = name if len(name) <= 60 else name[:59] + "…"  # noqa: PLR2004 - enough to find it by
    place = f"{document.name}, line {document.lines[where]}"
    return Origin("file", f"{shown}{owner} ({place})", place)


def _fold_single_source(entries: Entries) -> None:
    """Make ``ocp_url`` and the like at the top of the file the one source's settings."""
    known = {f"ocp_{name}": name for variable in SOURCE_VARIABLES for name in _spellings(variable)}
    single = {name: entries.values.pop(name) for name in known if name in entries.values}
    if not single:
        return
    if entries.sources_are_listed:
        labels = " and ".join(entries.label((name,)) for name in single)
        entries.mistakes.append(
            f"{labels} cannot stand beside a list of sources: put it into an entry of the list."
        )
        return
    source: dict[str, Any] = {"name": DEFAULT_SOURCE}
    entries.values["sources"] = [source]
    for name, value in single.items():
        source[known[name]] = value
        entries.origins["sources", 0, known[name]] = entries.origins[name,]


def _spellings(variable: Variable) -> tuple[str, ...]:
    return (variable.field, variable.field + _FILE) if variable.secret else (variable.field,)


def _lay_over(entries: Entries, environment: Mapping[str, str]) -> None:
    """Put the variables that have a value over what the file says."""
    crossed: list[str] = []
    for variable in VARIABLES:
        given = [
            (name, spelling)
            for spelling, name in zip(
                _spellings(variable), (variable.name, f"{variable.name}_FILE"), strict=False
            )
            if environment.get(name, "").strip()
        ]
        if not given:
            continue
        if len(given) > 1:
            entries.mistakes.append(f"{given[0][0]} and {given[1][0]} are both set: remove one of them.")
        if variable.of_source and entries.sources_are_listed:
            crossed.extend(name for name, _ in given)
            continue
        name, spelling = given[0]
        if name in _PORTS and is_injected_port(environment[name]):
            entries.mistakes.append(
                f"{name} was set by Kubernetes for a Service of that name: rename the Service,"
                " or set enableServiceLinks: false in the pod."
            )
            continue
        target, where = _target(entries, variable)
        for other in _spellings(variable):
            target.pop(other, None)
        target[spelling] = environment[name].strip()
        entries.origins[*where, spelling] = Origin("environment", name, name)
    if crossed:
        verb = "is" if len(crossed) == 1 else "are"
        entries.mistakes.append(
            f"{', '.join(crossed)} {verb} set in the environment, but the settings file lists sources:"
            " use one or the other."
        )


def _target(entries: Entries, variable: Variable) -> tuple[dict[str, Any], Where]:
    if not variable.of_source:
        return entries.values, ()
    source: dict[str, Any] = entries.values.setdefault("sources", [{"name": DEFAULT_SOURCE}])[0]
    return source, ("sources", 0)


def _read_secrets(entries: Entries, values: dict[str, Any], where: Where, folder: Path) -> None:
    """Replace every ``password_file`` and the like by what the file holds."""
    for name in sorted(SECRET_FIELDS):
        if name + _FILE not in values:
            continue
        path = values.pop(name + _FILE)
        origin = entries.origins[*where, name + _FILE]
        if name in values:
            entries.mistakes.append(f"{origin.label} stands beside {name} itself: remove one of them.")
            continue
        entries.origins[*where, name] = origin
        secret = _secret_in(path, folder if origin.kind == "file" else Path())
        if isinstance(secret, _Unreadable):
            entries.mistakes.append(f"{origin.label} {secret.why}.")
            values[name] = Absent.UNREADABLE
        else:
            values[name] = secret


@dataclass(frozen=True, slots=True)
class _Unreadable:
    why: str


def _secret_in(path: object, folder: Path) -> str | _Unreadable:
    if not isinstance(path, str) or not path:
        return _Unreadable("has to be the path of a file")
    try:
        with (folder / path).open("rb") as file:
            content = file.read(LARGEST_SECRET + 1)
        text = content.decode().strip()
    except UnicodeDecodeError:
        return _Unreadable("names a file that is not text")
    except (OSError, ValueError) as error:
        return _Unreadable(
            f"names a file that cannot be read: {getattr(error, 'strerror', None) or 'no path'}"
        )
    if len(content) > LARGEST_SECRET:
        return _Unreadable("names a file that is too large to hold one secret")
    return text or _Unreadable("names a file that is empty")


def _anchor_path(entries: Entries, source: dict[str, Any], where: Where, folder: Path) -> None:
    """Read a path that the file gives from the file's own folder."""
    path, origin = source.get("ca_file"), entries.origins.get(where)
    if isinstance(path, str) and path and origin is not None and origin.kind == "file":
        source["ca_file"] = str(folder / path)
