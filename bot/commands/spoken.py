"""The words after a verb, taken one by one: the target first, then whatever the verb asks for."""

import re
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from bot.commands.acts import THIS_ONE, Target
from bot.commands.filters import WHOM, Arguments, check_filter, scope_filter_words, the_scope
from bot.commands.times import MOST_WORDS, begins_a_time
from bot.commands.values import shown
from bot.commands.words import Word, as_said, joined, name_text, quoted
from bot.domain.incident import IncidentNumber
from bot.domain.naming import Scope
from bot.errors import UserMistake

ASK = "ask"
"""The word by which a button opens a dialog."""
TARGET = "[number or name]"
"""How the help writes a target."""

THIS_ONE_SAID = (
    "In the thread of an incident or a group, nothing more is needed; elsewhere, say its number or a name."
)
"""How the help says what a target is that nobody names."""

_NUMBER = re.compile(r"(#?)([0-9]{1,7})([.,:;!]?)")
_NUMBERED = ("incident", "group", "alert")
_ANNOUNCING = ("from", "until", "reason", "text")
"""Filters that may have a space behind their colon where prose may follow."""
_HERE = ("this", "it")
_NAME = re.compile(r"[A-Za-z_*][\w.*@#+~/=-]*")
EVERYTHING = ("all", "everything")
"""What people may write for ``*``, which alone means it."""
_OTHER_WORDS = frozenset(
    "ask until till til for from to forever indefinitely last past me myself nobody none no".split()  # noqa: SIM905 - words
)


C = TypeVar("C")


class Spoken:
    """A place among the words after a verb. ``keys`` are the filters that may stand there.

    With ``prose`` people's own words may follow: what has a colon and is no filter is theirs.
    """

    def __init__(self, arguments: Arguments, keys: Sequence[str], *, prose: bool = False) -> None:
        self.arguments = arguments
        self.keys = keys
        self.prose = prose
        self.at = 0
        self.filters: dict[str, list[Word]] = {}

    @property
    def left(self) -> Sequence[Word]:
        """The words not taken yet."""
        return self.arguments.said[self.at :]

    def take(self, count: int = 1) -> None:
        """Go on by so many words."""
        self.at += count

    def says(self, *words: str, ahead: int = 0) -> bool:
        """Whether the next word, or one further ahead, is one of these."""
        return self.said(ahead) in words

    def said(self, ahead: int = 0) -> str:
        """Give the next word, or one further ahead, as a keyword; empty where there is none."""
        left = self.left
        return left[ahead].said if ahead < len(left) else ""

    def is_last(self, ahead: int = 0) -> bool:
        """Whether nothing stands behind the next word, or one further ahead."""
        return len(self.left) == ahead + 1

    def phrases(self, ahead: int = 0) -> list[tuple[str, int]]:
        """Give what may be a time from the next word on, the longest first, with how many words it has."""
        words: list[str] = []
        for word in self.left[ahead : ahead + MOST_WORDS]:
            if not word.said:
                break
            words.append(word.said)
        return [(" ".join(words[:count]), count) for count in range(len(words), 0, -1)]

    def value_phrases(self) -> list[tuple[str, int]]:
        """Give what may be the time that the filter which comes next has for a value, as ``phrases`` does."""
        word = self.left[0]
        longer = [] if word.quoted else self.phrases(1)[1 - MOST_WORDS :]
        return [(f"{word.value} {phrase}", count + 1) for phrase, count in longer] + [(word.value, 1)]

    def behind(self, count: int) -> "Spoken":
        """Give the place so many words further, without going there."""
        place = Spoken(self.arguments, self.keys, prose=self.prose)
        place.take(self.at + count)
        return place

    def filter_ahead(self) -> str | None:
        """Give the key of the filter that comes next, if one does. Raises UserMistake for one not known."""
        word = self.left[0] if self.left else None
        if word is None or word.key is None or (self.prose and self._is_prose(word)):
            return None
        check_filter(self.arguments.verb, self.keys, word)
        return word.key

    def _is_prose(self, word: Word) -> bool:
        if word.operator != ":" or word.value.startswith("//"):
            return True
        if word.key in self.keys and word.key in _ANNOUNCING:
            return False
        return not word.value or (any(map(str.isspace, word.raw)) and not word.quoted)

    def take_filters(self) -> None:
        """Take the filters that come next."""
        while (key := self.filter_ahead()) is not None:
            self.filters.setdefault(key, []).append(self.left[0])
            self.take()

    def number_ahead(self) -> tuple[IncidentNumber, int, bool] | None:
        """Give the number that comes next, how many words it has, and whether its writing says it is one."""
        ahead = 1 if self.says(*_NUMBERED) else 0
        found = _NUMBER.fullmatch(self.said(ahead))
        if found is None or not int(found[2]):
            return None
        return IncidentNumber(int(found[2])), ahead + 1, bool(found[1]) or found[3] == ":"

    def looks_like_a_name(self) -> bool:
        """Whether the next word is a name by its shape."""
        word = self.left[0] if self.left else None
        if word is None or word.key is not None or word.said.startswith("@"):
            return False
        return word.quoted or "*" in word.value or ("/" in word.value and "://" not in word.value)

    def is_a_name(self) -> bool:
        """Whether the next word is a name by its shape, or one that is known."""
        return self.looks_like_a_name() or (
            bool(self.left) and self.left[0].key is None and self.arguments.is_name(self.left[0].value)
        )

    def take_name(self) -> str:
        """Take the next word as a name."""
        name = self.left[0].value
        if not name:
            raise UserMistake("The name is empty. Write it between the quotes, or leave them out.")
        self.take()
        return name

    def take_target(self) -> tuple[IncidentNumber | None, str | None]:
        """Take a number or a name, where the next words are to be one."""
        if number := self.number_ahead():
            self.take(number[1])
            return number[0], None
        if self.says(*_HERE) and self.is_last():
            self.take()
            return None, None
        if self.left and self.left[0].key is None:
            return None, self.take_name()
        return None, None

    def target(self, number: IncidentNumber | None, name: str | None) -> Target:
        """Make the target of a number or a name, and the filters taken."""
        scope = the_scope(Arguments(self.arguments.now, self.arguments.zone, name=name, words=self.filters))
        if number is None:
            return THIS_ONE if scope.is_everything else Target(scope=scope)
        if not scope.is_everything:
            first = next(word.raw for key in WHOM for word in self.filters.get(key, []))
            raise UserMistake(f"Incident {number} says it all: leave {shown(first)} out.")
        return Target(number)

    def finish(self, takes: str = "incident or name") -> None:
        """Raise UserMistake where words are left that nothing asked for; a verb ``takes`` one thing."""
        if not self.left:
            return
        verb, too_many = self.arguments.verb, self.left[0]
        before = [verb, *(word.raw for word in self.arguments.said[: self.at])]
        said = joined(before)
        first = next((word.value for word in self.arguments.said if word.key is None), "")
        meant: tuple[str, ...] = (said,)
        if _NUMBER.fullmatch(too_many.said):
            meant = (said, joined([*before[:-1], too_many.raw]))
        elif self.arguments.is_name(f"{first}/{too_many.value}"):
            meant = (joined([verb, name_text(f"{first}/{too_many.value}")]), said)
        elif _target_name(first) == first and not self.arguments.is_name(first):
            meant = ()
        raise UserMistake(f"{verb} takes one {takes}: {shown(too_many.raw)} is one too many.", meant)

    def rest(self, behind: Word | None = None) -> str:
        """Give what is left of the text as it was written; ``behind`` a word that announced it."""
        if behind is not None:
            return self.arguments.plain[behind.value_start :]
        return self.arguments.plain[self.left[0].start :] if self.left else ""


def the_target(arguments: Arguments) -> Target:
    """Read what an act is about, where nothing else is said."""
    spoken = Spoken(arguments, arguments.known)
    spoken.take_filters()
    number, name = spoken.take_target()
    spoken.take_filters()
    spoken.finish()
    return spoken.target(number, name)


def target_words(target: Target) -> list[str]:
    """Write what an act is about; a name that could be taken for something else goes in quotes."""
    if target.number is not None:
        return [str(target.number)]
    scope = target.scope or Scope()
    named = [] if scope.name is None else [_target_name(scope.name)]
    return named + scope_filter_words(scope)


def _target_name(name: str) -> str:
    said = as_said(name)
    other = said in (*_OTHER_WORDS, *EVERYTHING) or said in _HERE or said in _NUMBERED or begins_a_time(name)
    return name if _NAME.fullmatch(name) and name_text(name) == name and not other else quoted(name)


class _About(Protocol):
    @property
    def target(self) -> Target: ...


def target_reader(form: Callable[[Target], C]) -> Callable[[Arguments], C]:
    """Make what reads a command that is about a target and nothing else."""
    return lambda arguments: form(the_target(arguments))


def write_target(command: _About) -> Sequence[str]:
    """Write the words of a command that is about a target and nothing else."""
    return target_words(command.target)
