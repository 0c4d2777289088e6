"""The kinds of single values that a setting can have, each with the sentence for a wrong one.

A validator raises ValueError with the end of a sentence that begins with the setting's name, such as
``is not a length of time: write 30s or 5m``. No sentence quotes a value: it
could be a secret that slipped into the wrong line.
"""

import ipaddress
import re
import zoneinfo
from difflib import get_close_matches
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, SecretStr, WithJsonSchema

_LOOPBACK_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost")
Count = Annotated[int, Field(ge=1, le=1000)]
Port = Annotated[int, Field(ge=0, le=65_535)]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("has to be text")  # noqa: TRY004 - pydantic takes a ValueError for a mistake
    return value.strip()


def _words(longest: int, example: str) -> BeforeValidator:
    """Take one line of text, as people are shown it."""

    def check(value: object) -> str:
        text = _text(value)
        if not text or not text.isprintable() or len(text) > longest:
            raise ValueError(f"has to be one line of at most {longest} letters: write for example {example}")
        return text

    return BeforeValidator(check)


Label = Annotated[str, _words(60, "storage upgrade")]
"""What people call something."""
Sentence = Annotated[str, _words(300, "the storage is moved")]


def _zone(value: object) -> zoneinfo.ZoneInfo:
    if isinstance(value, zoneinfo.ZoneInfo):
        return value
    name = _text(value)
    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = get_close_matches(name[:60], sorted(zoneinfo.available_timezones()), n=1, cutoff=0.7)
        hint = f"did you mean {near[0]}?" if near else "write for example UTC or Europe/Berlin"
        raise ValueError(f"is no time zone: {hint}") from None


Zone = Annotated[
    zoneinfo.ZoneInfo,
    BeforeValidator(_zone),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["UTC", "Europe/Berlin"]}),
]


def _secret(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        raise ValueError("is empty")
    if not text.isprintable():
        raise ValueError("holds a line break or another character that cannot be part of it")
    return text


def _token(kind: str, prefix: str, others: tuple[str, ...]) -> AfterValidator:
    """Refuse what is certainly another kind of token; let through what we do not know."""

    def check(secret: SecretStr) -> SecretStr:
        value = secret.get_secret_value()
        if " " in value or not value.isascii():
            raise ValueError("holds a blank or a letter that no Slack token has: copy it again")
        if value.startswith(others):
            raise ValueError(f"is another kind of token: {kind} begins with {prefix}; are two swapped?")
        return secret

    return AfterValidator(check)


Secret = Annotated[SecretStr, BeforeValidator(_secret)]
BotToken = Annotated[Secret, _token("a bot token", "xoxb-", ("xapp-", "xoxp-", "xoxa-", "xoxs-"))]
AppToken = Annotated[Secret, _token("an app-level token", "xapp-", ("xox",))]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    name = host.lower().rstrip(".")
    if name in _LOOPBACK_NAMES or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def split_web_address(value: object, example: str) -> SplitResult:
    """Take an http address without query apart. Raises ValueError with the end of a sentence."""
    parts = split_address(value, example)
    if parts.query or parts.fragment:
        raise ValueError(f"has something behind ? or #: write the address alone, as in {example}")
    return parts


def split_address(value: object, example: str) -> SplitResult:
    """Take an http address apart, whatever stands behind ? and #. Raises ValueError likewise."""
    text = _text(value)
    if any(character.isspace() or not character.isprintable() for character in text):
        raise ValueError(f"holds a blank or a line break: write for example {example}")
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise ValueError(f"is not a web address: write for example {example}") from None
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"has to begin with http:// or https://, as in {example}")
    if not host or port == 0:
        raise ValueError(f"is not a web address: write for example {example}")
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user or a password: take them out of the address and give them apart")
    return parts


def _ocp_url(value: object) -> str:
    parts = split_web_address(value, "https://ocp.example.com:8080")
    if "/api/" in f"{parts.path}/":
        raise ValueError("goes on with /api: write OCP's address alone, as in https://ocp.example.com:8080")
    return parts.geturl().rstrip("/")


def _slack_url(value: object) -> str:
    return split_web_address(value, "https://slack.com/api/").geturl().rstrip("/") + "/"


def _heartbeat_url(secret: SecretStr) -> SecretStr:
    parts = split_address(secret.get_secret_value(), "https://hc-ping.com/your-uuid")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("is plain http to another machine, and the token in it could be read: use https")
    return secret


OcpUrl = Annotated[str, BeforeValidator(_ocp_url)]
SlackUrl = Annotated[str, BeforeValidator(_slack_url)]


def _database_url(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value()
    example = "write sqlite:///path or postgresql://user:password@host/name"
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in {"sqlite", "postgresql"}:
        raise ValueError(f"is no address of a database that the bot can use: {example}")
    if scheme == "sqlite":
        if not rest.startswith("/") or rest[1:].partition("?")[0] in {"", ":memory:"}:
            raise ValueError("names no file: write sqlite:///path, or sqlite:////path from the root")
        return secret
    try:
        parts = urlsplit(value)
        usable = bool(parts.hostname or "host=" in parts.query) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"names no database server: {example}")
    return secret


HeartbeatUrl = Annotated[Secret, AfterValidator(_heartbeat_url)]
DatabaseUrl = Annotated[Secret, AfterValidator(_database_url)]


def _host(value: object) -> str:
    text = _text(value).removeprefix("[").removesuffix("]")
    if not re.fullmatch(r"[A-Za-z0-9._:%-]{1,253}", text):
        raise ValueError("is not an address to listen on: write for example 127.0.0.1 or 0.0.0.0")
    return text


Host = Annotated[str, BeforeValidator(_host)]


def channel_name(value: object) -> str:
    """Take a channel's name or id. Raises ValueError with the end of a sentence."""
    text = _text(value)
    name = text.removeprefix("#")
    if not name or len(name) > 80 or re.search(r"[\s,#@<>]", name):  # noqa: PLR2004 - Slack's limit
        raise ValueError(
            "is not one channel: write its name, as in #log-backup, or its id, as in C0123456789"
        )
    return text


ChannelName = Annotated[str, BeforeValidator(channel_name)]


def _names(value: object) -> object:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list | tuple) or not all(isinstance(item, str | int) for item in value):
        raise ValueError("is not a list of names: write for example pay, shop, 1000005")
    return tuple(dict.fromkeys(name for item in value if (name := str(item).strip())))


Names = Annotated[
    tuple[str, ...],
    BeforeValidator(_names),
    WithJsonSchema(
        {"anyOf": [{"type": "array", "items": {"type": ["string", "integer"]}}, {"type": "string"}]}
    ),
]


def _source_name(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"[^\W_][\w.-]{0,39}", text):
        raise ValueError("is not a name for a source: use letters, digits, dots and dashes, at most 40")
    return text


SourceLabel = Annotated[str, BeforeValidator(_source_name)]


def _word(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


Word = BeforeValidator(_word)
"""One of a few words, whatever the case."""
