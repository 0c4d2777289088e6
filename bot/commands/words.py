"""From the text that Slack or a shell hands over to words, and from words back to text.

Slack escapes ``&``, ``<`` and ``>``, turns addresses into links, and its clients put curly quotes where
people typed straight ones. A word in double quotes is taken as it stands; inside, ``\\uXXXX``, ``\\"`` and
``\\\\`` mean what they mean in JSON.
"""

import re
from dataclasses import dataclass

_MARKUP = re.compile(r"<([^<>]*)>")
_QUOTES = '"“”„‟«»＂'
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\]))')
_PLAIN = re.compile(r"[\w.*@#+~/=-]+(?:[\w.*@#+~/=:-]*[\w.*@#+~/=-])?")
_FILTER = re.compile(r"([A-Za-z][A-Za-z_-]*)\s*(:|>=|<=|>|<)(.*)", re.DOTALL)
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"


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
    """Undo what Slack did to a text: links become what they show, mentions ``@id``, entities characters."""
    unlinked = _MARKUP.sub(_shown, text)
    return unlinked.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shown(match: re.Match[str]) -> str:
    target, _, label = match.group(1).partition("|")
    if target.startswith(("@", "!")):
        return target
    if target.startswith("#"):
        return f"#{label}" if label else target
    return label or target.removeprefix("mailto:")
