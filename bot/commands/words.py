r"""From the text that Slack or a shell hands over to words, and from words back to text.

Slack escapes ``&``, ``<`` and ``>``, turns addresses into links, and its clients put curly quotes where
people typed straight ones; the bot itself writes look-alikes of ``*`` and ``~`` where those would turn
words bold or struck. What is copied from either means what was meant. A word in double quotes is taken as
it stands; inside, ``\uXXXX``, ``\"`` and ``\\`` mean what they mean in JSON. Marks of bold, italic, struck
or code around a word are no part of it.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_MENTIONS = re.compile(r"\s*(?:<@[^<>]*>[\s,:]*)+")
_MARKUP = re.compile(r"<([^<>\s][^<>]*)>")
_OWN_NAME = re.compile(r"/logbackup(?:\s+|$)", re.IGNORECASE)
_LOOK_ALIKES = dict.fromkeys(map(ord, "“”„‟＂«»"), '"') | {ord("∗"): "*", ord("∼"): "~"}
_NOTHING = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\ue000\ue001\ue002\ue003\ue004"))
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_MARKS = "*_~`"
_LONGEST_KEYWORD = 60
_WORD = re.compile(
    r"(?:(?P<mark>[*_~`]*)(?P<key>[A-Za-z][A-Za-z_-]*)(?P<operator>\s*(?:>=|<=|[><＞])\s*|[:：]\s*))?"
    r'(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>\S+))?',
    re.DOTALL,
)
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\]))')
_PLAIN_NAME = re.compile(r"[\w.*@#+~/=-]+")
_PLAIN_VALUE = re.compile(r"[\w.*@#+~/=:,-]+")
_MARKED = re.compile(r"[_~].*[_~]", re.DOTALL)
_MUST_ESCAPE = re.compile(
    r'["\\&<>“”„‟＂«»∗∼`\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ud800-\udfff'
    r"\ue000-\ue004\ufeff]"
)

# What a link or a mention hides travels behind what it shows, between \ue000 and \ue001, unseen by words.
_HIDDEN = re.compile("\ue000[^\ue001]*\ue001")
_HIDING = {ord(" "): "\ue002", ord('"'): "\ue003", ord("\\"): "\ue004"}
_REVEALING = {ord("\ue002"): " ", ord("\ue003"): '"', ord("\ue004"): "\\"}
_HIDDEN_NAME = re.compile("@[^\\s@\ue000]*\ue000([^\ue001]*)\ue001")
_HIDDEN_LINK = re.compile("\ue000([^\ue001]*)\ue001")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a command: a filter where it has a key (``delay``) and an operator (``:`` or ``>``).

    ``raw`` is what was typed, for the sentence that says what was not understood. The word begins at
    ``start`` of the plain text, its value at ``value_start``.
    """

    value: str
    raw: str
    key: str | None = None
    operator: str = ""
    start: int = 0
    value_start: int = 0
    quoted: bool = False

    @property
    def said(self) -> str:
        """The word as a keyword, a number or part of a time; empty for a filter, a quotation, a long word."""
        is_words = self.quoted or self.key is not None or len(self.value) > _LONGEST_KEYWORD
        return "" if is_words else as_said(self.value)


def as_said(text: str) -> str:
    """Fold what people write differently and mean the same: case, width, dashes, marks around it."""
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES).replace("’", "'").casefold()
    return folded.strip(_MARKS)


def plain(text: str, names: Mapping[str, str] | None = None) -> str:
    """Undo what Slack did to a text, and what people copy along with it.

    Links become what they show, mentions ``@id``, entities characters, curly quotes straight ones; a
    mention of the bot or the slash command's own name in front, and backticks around, go. What a link
    hides, and a person's name (``names`` by id, where Slack does not say it), waits for ``readable``.
    """
    straight = text.translate(_NOTHING).translate(_LOOK_ALIKES)
    said = _MENTIONS.sub("", straight, count=1) if _MENTIONS.match(straight) else straight
    shown = _MARKUP.sub(lambda match: _shown(match[1], names or {}), said)
    unescaped = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    stripped = unescaped.strip()
    if stripped[:1] == stripped[-1:] == "`":
        stripped = stripped.strip("`").strip()
    return _OWN_NAME.sub("", stripped, count=1) if _OWN_NAME.match(stripped) else stripped


def mentioned(text: str) -> tuple[str, ...]:
    """Give the ids of the people whom a text mentions, for ``names``; Slack seldom says who they are."""
    found = (match[1] for match in _MARKUP.finditer(text))
    ids = (inner.partition("|")[0].removeprefix("@") for inner in found if inner.startswith("@"))
    return tuple(dict.fromkeys(id_ for id_ in ids if id_))


def _shown(inner: str, names: Mapping[str, str]) -> str:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return target + _hidden(label.removeprefix("@") or names.get(target[1:], ""))
    if target.startswith("!"):
        return label if "^" in target and label else "@" + target[1:].rpartition("^")[2]
    if target.startswith("#"):
        return f"#{label}" if label else target
    address = target.removeprefix("mailto:")
    return label + ("" if label in target else _hidden(address)) if label else address


def _hidden(text: str) -> str:
    folded = " ".join(text.split())
    return f"\ue000{folded.translate(_HIDING)}\ue001" if folded else ""


def readable(text: str) -> str:
    """Write part of a plain text for people: with the names of those mentioned, and where links lead."""
    named = _HIDDEN_NAME.sub(lambda match: f"@{match[1]}", text)
    return _HIDDEN_LINK.sub(lambda match: f" ({match[1]})", named).translate(_REVEALING)


def split(text: str) -> list[Word]:
    """Split a plain text into words; ``delay > 10m`` and ``page: 3`` are one word each."""
    words = []
    for match in _WORD.finditer(text):
        raw = _HIDDEN.sub("", match.group().strip())
        if not raw:
            continue
        quoted, key, start = match["quoted"], match["key"], match.start()
        bare = _HIDDEN.sub("", match["bare"] or "")
        value = _bare(bare) if quoted is None else _ESCAPE.sub(_meant, _HIDDEN.sub("", quoted))
        if key is None:
            words.append(Word(value, raw, start=start, value_start=start, quoted=quoted is not None))
            continue
        if match["mark"] and quoted is None:
            value = value.removesuffix(match["mark"][::-1])
        operator = unicodedata.normalize("NFKC", match["operator"]).strip()
        words.append(
            Word(value, raw, key.lower(), operator, start, match.end("operator"), quoted is not None)
        )
    return words


def _bare(word: str) -> str:
    """Give an unquoted word without the marks around it; ``*`` stays, as it stands for any letters."""
    word = word.strip('"').strip("`").translate(_DASHES)
    while len(word) > 2 and word[0] == word[-1] and word[0] in "_~":  # noqa: PLR2004 - marks and something
        word = word[1:-1]
    return word


def _meant(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else match[2]


def unquoted(text: str) -> str | None:
    """Give what stands in the double quotes that a text consists of; None where it is more, or less."""
    match = _WORD.fullmatch(text)
    if match is None or match["quoted"] is None or match["key"] is not None:
        return None
    return _ESCAPE.sub(_meant, match["quoted"])


def name_text(name: str) -> str:
    """Write a bare word so that it is read as it stands."""
    return name if _PLAIN_NAME.fullmatch(name) and not _MARKED.fullmatch(name) else quoted(name)


def filter_text(key: str, value: str, operator: str = ":") -> str:
    """Write a filter so that its value is read as it stands."""
    is_plain = _PLAIN_VALUE.fullmatch(value) and not _MARKED.fullmatch(value)
    return f"{key}{operator}{value if is_plain else quoted(value)}"


def quoted(value: str) -> str:
    """Write a text in double quotes, so that nothing in it is taken for anything else."""
    return '"' + _MUST_ESCAPE.sub(_escaped, value) + '"'


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    return character if character == " " else f"\\u{ord(character):04x}"


def joined(words: Iterable[str]) -> str:
    """Put the words of a command together, leaving out the empty ones."""
    return " ".join(word for word in words if word)
