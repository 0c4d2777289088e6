"""What ``config schema`` and ``config show`` print."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.domain.routing import Reminders
from bot.settings.document import Where
from bot.settings.model import Settings
from bot.settings.routes import NEVER
from bot.settings.thresholds import in_force
from bot.settings.variables import SECRET_FIELDS, SOURCE_VARIABLES

MASK = "********"


def schema() -> dict[str, Any]:
    """Return the JSON schema of the settings file."""
    result: dict[str, Any] = _plainer(Settings.model_json_schema())
    source, top = result["$defs"]["SourceSettings"]["properties"], result["properties"]
    _add_secret_files(source)
    top |= {
        f"ocp_{name}": source[name]
        for variable in SOURCE_VARIABLES
        for name in (variable.field, f"{variable.field}_file")
        if name in source
    }
    _add_secret_files(top)
    heading = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The settings file of logbackup-bot",
    }
    return {**result, **heading}


def _plainer(node: Any) -> Any:  # noqa: ANN401 - JSON is Any
    """Leave out what the file never holds (null), and what tells people nothing."""
    if isinstance(node, list):
        return [_plainer(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        name: {one: _plainer(about) for one, about in value.items()}
        if name == "properties"
        else _plainer(value)
        for name, value in node.items()
        if not (name == "title" and isinstance(value, str))
        and not (name == "default" and (value is None or isinstance(value, dict | list)))
    }
    choices = [choice for choice in kept.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        del kept["anyOf"]
        return choices[0] | kept
    return kept | {"anyOf": choices} if choices else kept


def _add_secret_files(properties: dict[str, Any]) -> None:
    for name in SECRET_FIELDS & properties.keys():
        properties[f"{name}_file"] = {
            "type": "string",
            "description": f"A file that holds {name}, instead of {name} itself.",
        }


def values_in_force(settings: Settings) -> dict[str, Any]:
    """Return the settings in force as plain values, secrets masked, without what is not set."""
    result: dict[str, Any] = settings.model_dump(mode="json", exclude_none=True, by_alias=True)
    result["database_url"] = masked_address(settings.database_url)
    for values in (result, *result["sources"]):
        for name in SECRET_FIELDS & values.keys() - {"database_url"}:
            values[name] = MASK
    result["thresholds"] = _thresholds_in_force(settings)
    result["reminders"] = _reminders_in_force(settings)
    result["permissions"] = settings.permissions.in_force()
    result["silences"] = settings.silences.in_force()
    return result


def _thresholds_in_force(settings: Settings) -> dict[str, Any]:
    """Return the limits of everything with the defaults filled in."""
    limits = type(settings.thresholds)
    values = asdict(in_force(settings.thresholds))
    values = {name: value for name, value in values.items() if name in limits.model_fields}
    everything = limits.model_validate({"use_ocp_threshold": False, **values})
    written = settings.thresholds.model_dump(mode="json", exclude_none=True)
    return everything.model_dump(mode="json") | written


def _reminders_in_force(settings: Settings) -> dict[str, Any]:
    """Return the reminders of every channel with the defaults filled in."""
    values = asdict(settings.reminders.over(Reminders()))
    everything = type(settings.reminders).model_validate(
        {name: NEVER if value is None else value for name, value in values.items() if value != ()}
    )
    return everything.model_dump(mode="json", exclude_none=True)


def masked_address(url: SecretStr) -> str:
    """Show the address of a database without its password."""
    text = url.get_secret_value()
    if text.startswith("sqlite:"):
        return text
    parts = urlsplit(text)
    if parts.password is None and not parts.query:
        return text
    user, host = parts.netloc.rpartition("@")[0].partition(":")[0], parts.netloc.rpartition("@")[2]
    login = f"{user}:{MASK}@" if parts.password is not None else f"{user}@" if user else ""
    query = f"?{MASK}" if parts.query else ""
    return f"{parts.scheme}://{login}{host}{parts.path}{query}"


def shown(settings: Settings) -> str:
    """Write the settings in force as YAML, secrets masked, each with where it came from."""
    values = values_in_force(settings)
    lines = list(_mapping(values, (), settings.origins, ""))
    lines += [f"# {name} is not set" for name in type(settings).model_fields if name not in values]
    return "\n".join(lines) + "\n"


def _mapping(
    values: Mapping[str, Any], where: Where, origins: Mapping[Where, str], indent: str
) -> Iterator[str]:
    for name, value in values.items():
        yield from _entry(f"{indent}{_scalar(name)}:", value, (*where, name), origins, indent)


def _entry(head: str, value: Any, where: Where, origins: Mapping[Where, str], indent: str) -> Iterator[str]:  # noqa: ANN401 - nested plain values
    if isinstance(value, dict) and value:
        yield head
        yield from _mapping(value, where, origins, indent + "  ")
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield head
        for position, item in enumerate(value):
            first, *rest = _mapping(item, (*where, position), origins, indent + "    ")
            yield f"{indent}  - {first.strip()}"
            yield from rest
    else:
        yield f"{head} {_scalar(value)}  # {origins.get(where, 'default')}"


def _scalar(value: object) -> str:
    """Write one value as YAML reads it: JSON is YAML, and what needs no quotes gets none."""
    if isinstance(value, str) and value.replace("_", "").replace("-", "").isalnum() and not value.isdigit():
        return value
    return json.dumps(value, ensure_ascii=False)
