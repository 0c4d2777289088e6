"""An answer of OCP as it is recorded: to the letter, but for the credentials in its paths and errors."""

import json
import re

from bot.domain.destination import carries_credentials, masked, strip_uri, without_credentials

_STRING = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"(\s*+:)?')
_LINE_BREAKS = str.maketrans("\r\n", "  ")
_SUSPICIOUS = frozenset(':=@\\"')


def answer_text(raw: bytes) -> str:
    """Give an answer as one line of JSON.

    Only strings that hold credentials are written anew, so that numbers, escapes and the order of fields
    stay as they came. Bytes that are no text are replaced.
    """
    text = raw.decode("utf-8", "replace").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    field = ""

    def kept(found: re.Match[str]) -> str:
        nonlocal field
        inside = found[1]
        if found[2] is not None:
            field = _decoded(inside)
            return found[0]
        if not _SUSPICIOUS.isdisjoint(inside):
            before = _decoded(inside)
            after = _clean(before, field)
            if after != before:
                return json.dumps(after, ensure_ascii=not _is_encodable(after))
        return found[0]

    return _STRING.sub(kept, text.translate(_LINE_BREAKS))


def _decoded(inside: str) -> str:
    """Give what stands between two quotes; as it is where its escapes mean nothing."""
    if "\\" not in inside:
        return inside
    try:
        return str(json.loads(f'"{inside}"', strict=False))
    except ValueError:
        return inside


def _clean(text: str, field: str) -> str:
    """Cut the credentials from one string; a path or an error loses more than fields of no known meaning."""
    if field == "backupUri":
        return masked(strip_uri(text))
    if field == "errorMsg" or carries_credentials(text):
        return without_credentials(text)
    return text


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
