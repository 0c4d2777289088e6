r"""From the text that Slack or a shell hands over to words, and from words back to text.

Slack escapes ``&``, ``<`` and ``>``, turns addresses into links, and its clients put curly quotes where
people typed straight ones. A word in double quotes is taken as it stands; inside, ``\uXXXX``, ``\"`` and
``\\`` mean what they mean in JSON.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_MENTIONS = re.compile(r"\s*(?:<@[^<>]*>[\s,:]*)+")
_MARKUP = re.compile(r"<([^<>\s][^<>]*)>")
_OWN_NAME = re.compile(r"/logbackup(?:\s+|$)", re.IGNORECASE)
_CURLY = dict.fromkeys(map(ord, "“”„‟＂«»"), '"')
_NOTHING = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))
_WORD = re.compile(
    r"(?:(?P<key>[A-Za-z][A-Za-z_-]*)(?P<operator>\s*(?:>=|<=|>|<)\s*|:\s*))?"
    r'(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>\S+))?',
    re.DOTALL,
)
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\]))')
_PLAIN_NAME = re.compile(r"[\w.*@#+~/=-]+")
_PLAIN_VALUE = re.compile(r"[\w.*@#+~/=:,-]+")
_MUST_ESCAPE = re.compile(
    r'["\\&<>“”„‟＂«»\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ud800-\udfff\ufeff]'
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a command: a filter where it has a key (``delay``) and an operator (``:`` or ``>``).

    ``raw`` is what was typed, for the sentence that says what was not understood.
    """

    value: str
    raw: str
    key: str | None = None
    operator: str = ""


def plain(text: str) -> str:
    """Undo what Slack did to a text, and what people copy along with it.

    Links become what they show, mentions ``@id``, entities characters, curly quotes straight ones; a
    mention of the bot or the slash command's own name in front, and backticks around, go.
    """
    shown = _MARKUP.sub(_shown, _MENTIONS.sub("", text, count=1) if _MENTIONS.match(text) else text)
    unescaped = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    stripped = unescaped.translate(_CURLY).translate(_NOTHING).strip().strip("`").strip()
    return _OWN_NAME.sub("", stripped, count=1) if _OWN_NAME.match(stripped) else stripped


def _shown(match: re.Match[str]) -> str:
    target, _, label = match.group(1).partition("|")
    if target.startswith(("@", "!")):
        return target
    if target.startswith("#"):
        return f"#{label}" if label else target
    return label or target.removeprefix("mailto:")


def split(text: str) -> list[Word]:
    """Split a plain text into words; ``delay > 10m`` and ``page: 3`` are one word each."""
    words = []
    for match in _WORD.finditer(text):
        raw = match.group().strip()
        if not raw:
            continue
        quoted, bare = match["quoted"], match["bare"] or ""
        value = bare.strip('"') if quoted is None else _ESCAPE.sub(_meant, quoted)
        key = match["key"]
        if key is None:
            words.append(Word(value, raw))
        else:
            words.append(Word(value, raw, key.lower(), match["operator"].strip()))
    return words


def _meant(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else match[2]


def name_text(name: str) -> str:
    """Write a bare word so that it is read as it stands."""
    return name if _PLAIN_NAME.fullmatch(name) else _quoted(name)


def filter_text(key: str, value: str, operator: str = ":") -> str:
    """Write a filter so that its value is read as it stands."""
    return f"{key}{operator}{value if _PLAIN_VALUE.fullmatch(value) else _quoted(value)}"


def _quoted(value: str) -> str:
    return '"' + _MUST_ESCAPE.sub(_escaped, value) + '"'


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    return character if character == " " else f"\\u{ord(character):04x}"


def joined(words: Iterable[str]) -> str:
    """Put the words of a command together, leaving out the empty ones."""
    return " ".join(word for word in words if word)
