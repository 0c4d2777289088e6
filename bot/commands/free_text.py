"""What people say in their own words: notes and reasons, kept as they are written."""

import re
import unicodedata

from bot.commands.words import quoted, readable, unquoted
from bot.errors import UserMistake

LONGEST = 500
_LONGEST_WRITTEN = 1500
"""A button's value may hold 2,000 characters, and more than the text stands in it."""

_UNSEEN = {"Cc", "Cs", "Co"}
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_AS_IT_STANDS = re.compile(r"(?!.*  )[\w.,;?!()/+=%'-](?:[\w .,;?!()/+=%'-]*[\w.,;?!()/+=%'-])?")


def free_text(text: str) -> str:
    """Give people's words without what cannot be seen; nothing else is cut. Raises UserMistake: too long."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    seen = "".join(one for one in lines if one in "\n\t" or unicodedata.category(one) not in _UNSEEN)
    kept = _TURNING.sub("", seen).strip()
    if all(unicodedata.category(one)[0] in "CZ" for one in kept):
        return ""
    if len(kept) > LONGEST or len(text_word(kept)) > _LONGEST_WRITTEN:
        raise UserMistake(f"That is too long: say it in at most {LONGEST} characters.")
    return kept


def heard(plain: str) -> str:
    """Read the rest of a command as free text; what stands in quotes as a whole is meant without them."""
    rest = plain.strip()
    inside = unquoted(rest)
    return free_text(readable(rest) if inside is None else inside)


def text_word(text: str) -> str:
    """Write a free text so that ``heard`` reads the same."""
    return text if _AS_IT_STANDS.fullmatch(text) else quoted(text)
