"""The environment variables, and what to say about names that are almost one of them."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from bot.settings.document import Where

CONFIG = "BOT_CONFIG"
PREFIXES = ("SLACK_", "OCP_", "BOT_")
_LONGEST = 60
_NEAR = 0.8
_NEAR_WITHOUT_PREFIX = 0.95
_INJECTED = re.compile(r".*_SERVICE_(HOST|PORT(_.*)?)|.*_PORT_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?")
"""What Kubernetes sets for every Service that a pod can see, beside a port such as tcp://10.0.0.1:80."""
_INJECTED_PORT = re.compile(r"(tcp|udp|sctp)://")


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: ``field`` is its name in the file, in an entry of ``sources`` where ``of_source``."""

    name: str
    field: str
    of_source: bool = False
    secret: bool = False


def _of_source(field: str, *, secret: bool = False) -> Variable:
    return Variable(f"OCP_{field.upper()}", field, of_source=True, secret=secret)


def _of_bot(field: str, *, secret: bool = False) -> Variable:
    return Variable(f"BOT_{field.upper()}", field, secret=secret)


VARIABLES = (
    Variable("SLACK_BOT_TOKEN", "slack_bot_token", secret=True),
    Variable("SLACK_APP_TOKEN", "slack_app_token", secret=True),
    Variable("SLACK_SIGNING_SECRET", "slack_signing_secret", secret=True),
    Variable("SLACK_API_URL", "slack_api_url"),
    _of_source("url"),
    _of_source("user"),
    _of_source("password", secret=True),
    _of_source("access_key", secret=True),
    _of_source("secret_key", secret=True),
    _of_source("ca_file"),
    _of_source("allow_plain_http"),
    _of_source("clusters"),
    _of_source("link"),
    _of_bot("alert_channel"),
    _of_bot("poll_interval"),
    _of_bot("timezone"),
    _of_bot("database_url", secret=True),
    _of_bot("retention"),
    _of_bot("history_retention"),
    _of_bot("http_host"),
    _of_bot("http_port"),
    _of_bot("metrics_host"),
    _of_bot("metrics_port"),
    _of_bot("metrics_task_delays"),
    _of_bot("heartbeat_url", secret=True),
    _of_bot("log_format"),
    _of_bot("log_level"),
)
SOURCE_VARIABLES = tuple(variable for variable in VARIABLES if variable.of_source)
SECRET_FIELDS = frozenset(variable.field for variable in VARIABLES if variable.secret)


def known_names() -> Iterator[str]:
    """Give every name that means something to the bot."""
    yield CONFIG
    for variable in VARIABLES:
        yield variable.name
        if variable.secret:
            yield f"{variable.name}_FILE"


KNOWN = frozenset(known_names())
_IN_ORDER = sorted(KNOWN)


def places_of(names: Collection[str]) -> Iterator[Where]:
    """Give where the values of these variables stand among the settings."""
    for variable in VARIABLES:
        if {variable.name, f"{variable.name}_FILE"}.intersection(names):
            yield ("sources", 0, variable.field) if variable.of_source else (variable.field,)


def is_injected_port(value: str) -> bool:
    """Whether a value is what Kubernetes sets for the port of a Service, such as ``tcp://10.0.0.1:80``."""
    return _INJECTED_PORT.match(value) is not None


def nearest_variable(name: str, value: str = "") -> str | None:
    """Find the variable that ``name`` was probably meant to be."""
    text = name.upper().replace("-", "_")
    ours = text.startswith(PREFIXES)
    if len(name) > _LONGEST or _INJECTED.fullmatch(name) or is_injected_port(value):
        return None
    near = get_close_matches(text, _IN_ORDER, n=1, cutoff=_NEAR if ours else _NEAR_WITHOUT_PREFIX)
    return near[0] if near else None


@dataclass(frozen=True, slots=True)
class Review:
    """What is to be said of names that mean nothing; ``meant`` are the variables that were probably meant."""

    mistakes: tuple[str, ...]
    warnings: tuple[str, ...]
    meant: tuple[str, ...]


def review_names(environment: Mapping[str, str]) -> Review:
    """Find the names in the environment that mean nothing: those that were probably meant, and the rest.

    There is one warning at most. A variable without a value is as good as not there.
    """
    mistakes, others, meant = [], [], []
    for name in sorted(environment):
        if name in KNOWN or not environment[name].strip():
            continue
        near = nearest_variable(name, environment[name])
        if near is not None:
            mistakes.append(f"{name} in the environment is no setting: did you mean {near}?")
            meant.append(near)
        elif name.startswith(PREFIXES):
            others.append(name)
    return Review(tuple(mistakes), _warned(others), tuple(meant))


def _warned(names: list[str]) -> tuple[str, ...]:
    if not names:
        return ()
    shown, rest = names[:5], len(names) - 5
    more = f" and {rest} more" if rest > 0 else ""
    return (f"These variables of the environment mean nothing to the bot: {', '.join(shown)}{more}.",)
