"""The parts of the README that come from the code: verbs, settings, limits, scopes, dependencies.

``python tests/house/readme_reference.py`` writes them anew.
"""

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import yaml

from bot.commands import VERBS
from bot.domain.thresholds import Thresholds
from bot.settings.model import Settings
from bot.settings.source import SourceSettings
from bot.settings.spans import spoken
from bot.settings.thresholds import ClusterLimits, TenantLimits
from bot.settings.variables import VARIABLES, Variable

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"


def verbs() -> Iterator[str]:
    """Draw the table of verbs."""
    yield "| say | it shows |"
    yield "| --- | --- |"
    for verb in VERBS:
        words = f"{verb.name} {verb.arguments}".strip().replace("|", "\\|")
        yield f"| `/logbackup {words}` | {verb.summary} |"


def settings() -> Iterator[str]:
    """Draw the table of settings."""
    yield "| variable | meaning | default |"
    yield "| --- | --- | --- |"
    for variable in VARIABLES:
        field = (SourceSettings if variable.of_source else Settings).model_fields[variable.field]
        meaning = (field.description or "").replace("|", "\\|")
        secret = f" Or `{variable.name}_FILE`." if variable.secret else ""
        yield f"| `{variable.name}` | {meaning}{secret} | {_default(variable)} |"


def _default(variable: Variable) -> str:
    field = (SourceSettings if variable.of_source else Settings).model_fields[variable.field]
    if variable.field == "database_url":
        return "SQLite in the user's data folder; `/data` in the image"
    if isinstance(field.json_schema_extra, dict) and "default" in field.json_schema_extra:
        return f"`{field.json_schema_extra['default']}`"
    if variable.field in ("timezone", "http_host", "http_port", "log_level", "slack_api_url"):
        return f"`{field.default}`"
    if variable.field == "clusters":
        return "all"
    return "`false`" if field.default is False else ""


def limits() -> Iterator[str]:
    """Draw the table of what may stand under ``thresholds``."""
    yield "| limit | meaning | default |"
    yield "| --- | --- | --- |"
    for name, field in ClusterLimits.model_fields.items():
        if name != "tenants":
            default = getattr(Thresholds(), name, False)
            written = spoken(default) if isinstance(default, timedelta) else str(default).lower()
            mark = "" if name in TenantLimits.model_fields else " Not for a tenant."
            yield f"| `{name}` | {field.description}{mark} | `{written}` |"


def scopes() -> Iterator[str]:
    """Draw the list of Slack permissions, with the reason that the manifest gives for each."""
    text = (ROOT / "manifest.yml").read_text()
    granted = yaml.safe_load(text)["oauth_config"]["scopes"]["bot"]
    reasons = dict(re.findall(r"^\s+- (\S+) # (.+)$", text, re.MULTILINE))
    yield "| scope | why |"
    yield "| --- | --- |"
    for scope in granted:
        yield f"| `{scope}` | {reasons[scope]} |"


PURPOSES = {
    "aiohttp": (
        "Slack's SDK needs it; carries OCP's pages beneath httpx; the bot's own small web server",
        "Apache-2.0 AND MIT",
    ),
    "aiosqlite": ("SQLite without blocking", "MIT"),
    "alembic": ("migrations", "MIT"),
    "apscheduler": ("the schedule of polls", "MIT"),
    "asyncpg": ("PostgreSQL (extra `postgres`)", "Apache-2.0"),
    "click": ("the command line", "BSD-3-Clause"),
    "httpx": ("reading OCP", "BSD-3-Clause"),
    "matplotlib": ("charts, in a process of their own", "matplotlib's own, like the PSF's"),
    "msgspec": ("values that polls make by the ten thousand", "BSD-3-Clause"),
    "numpy": ("packing stored observations", "BSD-3-Clause"),
    "platformdirs": ("the user's data folder", "MIT"),
    "prometheus-client": ("/metrics", "Apache-2.0 AND BSD-2-Clause"),
    "pydantic": ("parsing OCP's answers and the settings", "MIT"),
    "python-dateutil": ("days and times as people write them", "Apache-2.0 AND BSD-3-Clause"),
    "pytimeparse2": ("lengths of time as people write them", "MIT"),
    "pyyaml": ("the settings file", "MIT"),
    "rich": ("tables in a terminal", "MIT"),
    "slack-bolt": ("Slack's commands, events and buttons", "MIT"),
    "slack-sdk": ("Slack's Web API and Socket Mode", "MIT"),
    "sqlalchemy": ("the database", "MIT"),
    "stamina": ("retries", "MIT"),
    "structlog": ("logs", "MIT OR Apache-2.0"),
    "typing-extensions": ("typed dicts as pydantic reads them", "PSF-2.0"),
    "tzdata": ("time zones where the system has none", "Apache-2.0"),
    "zstandard": ("compressed recordings, observations and what is remembered", "BSD-3-Clause"),
}


def dependencies() -> Iterator[str]:
    """Draw the table of what the bot depends on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    yield "| package | for | licence |"
    yield "| --- | --- | --- |"
    for requirement in sorted(named):
        name = re.split(r"[\[><=~!;]", requirement)[0]
        purpose, licence = PURPOSES[name]
        yield f"| {name} | {purpose} | {licence} |"


PARTS = {
    "verbs": verbs,
    "settings": settings,
    "limits": limits,
    "scopes": scopes,
    "dependencies": dependencies,
}


def renewed(text: str) -> str:
    """Give the README with its generated parts as the code has them now."""
    for name, part in PARTS.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = before + begin + "\n".join(part()) + "\n" + end + after
    return text


if __name__ == "__main__":
    README.write_text(renewed(README.read_text()))
