"""No secret leaves by the log: known ones in every form in which they travel, and what looks like one."""

import base64
import html
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import quote, quote_plus

MASK = "********"
_WHOLE_WORD_BELOW = 4
_DEEPEST = 8

_LOOKS_SECRET = re.compile(
    r"""(?P<token>\b(?:xoxe\.)?(?:xox[a-z]|xapp)-[A-Za-z0-9-]{4,})
    | (?P<login>(?<=://)[^\s/@:]*:[^\s/@]*(?=@))
    | (?P<hook>(?<=://hooks\.slack\.com/)\S+)
    | (?P<signature>(?<=OCP-ACCESS-KEY-HMACSHA1[ ])\S+)
    | (?P<basic>(?<=\bBasic[ ])(?=\S*(?-i:[a-z][A-Z]|[0-9=]))[A-Za-z0-9+/]{8,}={0,2})
    | (?P<name>(?:(?<=[?&;,\s'"{(])|\A)
        (?:[a-z_-]*password|passwd|pwd|[a-z_-]*secret|[a-z_-]*token|ticket|signature
        |(?:access|secret|api|private)[_-]?(?:key(?:[_-]?(?:id|secret))?|id)|authorization|(?:set-)?cookie)
        (?:["']\s*[:,]\s*|\s?=\s?|:[ ]?(?=OCP-|Basic|Bearer)))
      (?P<quote>["']?)(?P<value>(?:(?<=["'])[^"'\r\n]+|[^\s"'&,;)}\]]+))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SECRET_NAME = re.compile(
    r"(.*[_-])?(password|passwd|pwd|secret|token|ticket|signature|authorization|cookie"
    r"|(access|secret|api|private)[_-]?key(_id)?)",
    re.IGNORECASE,
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Masker:
    """Masks secrets in texts and in nested values."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._known: re.Pattern[str] | None = None
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Mask these too, from now on."""
        self._secrets.update(secret for secret in secrets if secret.strip())
        forms = {form for secret in self._secrets for form in _forms(secret)}
        patterns = [_pattern(form) for form in sorted(forms, key=len, reverse=True)]
        self._known = re.compile("|".join(patterns)) if patterns else None

    def text(self, text: str) -> str:
        """Mask what is secret in a text, and make what would move a terminal's cursor visible."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        text = _LOOKS_SECRET.sub(_masked, text)
        return _CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}", text)

    def value(self, value: object, depth: int = 0) -> object:
        """Turn a value into plain, masked values of JSON."""
        if isinstance(value, Mapping) and depth < _DEEPEST:
            return dict(self._item(key, item, depth) for key, item in value.items())
        if isinstance(value, list | tuple | set | frozenset) and depth < _DEEPEST:
            return [self.value(item, depth + 1) for item in value]
        plain = _plain(value)
        if plain is None or isinstance(plain, bool):
            return plain
        text = self.text(str(plain))
        return plain if text == str(plain) else text

    def _item(self, key: object, item: object, depth: int) -> tuple[str, object]:
        name = self.text(_said(key))
        if _SECRET_NAME.fullmatch(name) and item is not None and not isinstance(item, bool):
            return name, MASK
        return name, self.value(item, depth + 1)


def _forms(secret: str) -> Iterator[str]:
    """Give the forms in which a secret can stand in a text: as it is, in JSON, in an address, in a repr."""
    yield secret
    yield secret.strip()
    for ascii_only in (True, False):
        yield json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
    yield repr(secret)[1:-1]
    yield repr(secret.encode())[2:-1]
    for form in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield form
        yield re.sub("%..", lambda match: match.group().lower(), form)
    yield html.escape(secret)
    yield base64.b64encode(secret.encode()).decode()


def _pattern(form: str) -> str:
    """Match a form anywhere; a very short one only where it is a word, or every log line would be stars."""
    exact = re.escape(form)
    return exact if len(form) >= _WHOLE_WORD_BELOW else rf"(?<!\w){exact}(?!\w)"


def _masked(match: re.Match[str]) -> str:
    name = match["name"]
    return MASK if name is None else f"{name}{match['quote']}{MASK}"


def _plain(value: object) -> object:
    """Give what JSON has for a single value."""
    match value:
        case Enum():
            return _plain(value.value)
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case timedelta():
            return f"{value.total_seconds():g}s"
        case _:
            return _written(value)


def _written(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return value.isoformat() if isinstance(value, datetime) else _said(value)


def _said(value: object) -> str:
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - a log line must not fail for what it is about
        return f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"
