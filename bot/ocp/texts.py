"""Texts that OCP sent, made safe to keep: bounded, printable, without credentials."""

import json
import sys

from bot.domain.destination import strip_uri, without_credentials

NAME_LENGTH = 256
URI_LENGTH = 4096
ERROR_LENGTH = 64 * 1024
OTHER_LENGTH = 1024
QUOTE_LENGTH = 200
REMEMBERED_LENGTH = 512
"""Of a row whose texts are longer than this together, nothing is remembered."""

_SPECIMEN = "\N{REPLACEMENT CHARACTER}"
_LAYOUT = frozenset("\n\t")
# Marks that make text read differently from what it says: overrides and isolates of its direction.
_DISGUISES = frozenset(map(chr, (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))


def printable(text: str, length: int = NAME_LENGTH) -> str:
    """Replace what no screen or database can hold, and cut to ``length`` characters."""
    if len(text) > length:
        text = text[:length]
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable() or _is_harmless(character)
        else (character if character in _LAYOUT else _SPECIMEN)
        for character in text
    )


def _is_harmless(character: str) -> bool:
    """Joiners and wide spaces belong to languages; controls, surrogates and disguises do not."""
    if character in _DISGUISES or "\ud800" <= character <= "\udfff":
        return False
    return character > "\x9f"


def without_surrogates(text: str) -> str:
    """Replace lone surrogates, which no encoding can carry."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def name(text: str) -> str:
    """Return a name as it can be kept; equal names are one object, so that a fleet's are not kept twice."""
    return sys.intern(printable(text))


def destination(uri: str) -> str:
    """Return a backup path without its credentials; equal paths are one object, as tenants share them."""
    return sys.intern(printable(strip_uri(printable(uri, URI_LENGTH)), URI_LENGTH))


def error_text(text: str) -> str:
    """Return an errorMsg without the credentials of any URI, or any named credential, inside it."""
    return without_credentials(printable(text, ERROR_LENGTH))


def other_text(value: object) -> str:
    """Return a value that the document does not know, as text."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = printable(without_surrogates(text[: OTHER_LENGTH + 1]), OTHER_LENGTH)
    return without_credentials(text) if ":" in text or "=" in text else text


def quoted(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return OCP's own words for use inside a sentence: one line, at most 200 characters, no secret."""
    for secret in secrets:
        text = text.replace(secret, "…")
    line = " ".join(error_text(text[:4000]).replace(_SPECIMEN, " ").split())
    return line if len(line) <= QUOTE_LENGTH else line[: QUOTE_LENGTH - 1].rstrip() + "…"
