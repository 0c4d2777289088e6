"""From a text to a command, and from a command to the text that means it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.commands.filters import Arguments, check_filter
from bot.commands.forms import Command, ShowStatus
from bot.commands.questions import question
from bot.commands.values import nearest, shown
from bot.commands.verb import Verb
from bot.commands.verbs import BY_FORM, BY_NAME
from bot.commands.words import Word, as_said, joined, name_text, plain, split
from bot.errors import UserMistake

_LONGEST = 4000
_LONGEST_SUGGESTION = 2000
"""As long as a button's value may be."""


def parse(
    text: str,
    *,
    now: datetime,
    zone: tzinfo,
    is_name: Callable[[str], bool] = lambda _name: False,
    in_thread: bool = False,
    names: Mapping[str, str] | None = None,
) -> Command:
    """Read what somebody wrote, as Slack or a shell handed it over; nothing at all means ``status``.

    A first word that is no verb is a name, ``pay`` is ``status pay``, or begins a question. Where it looks
    like a mistyped verb and ``is_name`` does not know it, it is a mistake. ``in_thread`` is whether the
    thread says already which incident is meant; ``names`` are those of the people mentioned, by id. Times
    without a zone are meant in ``zone``. Raises UserMistake, and nothing else; what it suggests works.
    """
    if len(text) > _LONGEST:
        raise UserMistake(f"That is too long: say it in at most {_LONGEST} characters.")
    context = _Context(now.replace(microsecond=0), zone, is_name, in_thread)
    try:
        return _parsed(plain(text, names), context)
    except UserMistake as mistake:
        working = tuple(one for one in dict.fromkeys(mistake.suggestions) if _works(one, context))
        if working == mistake.suggestions:
            raise
        raise UserMistake(mistake.sentence, working) from mistake


def to_text(command: Command) -> str:
    """Write the text that means a command: reading it gives the same command again."""
    verb = BY_FORM[type(command)]
    return joined([verb.name, *verb.write(command)])


@dataclass(frozen=True, slots=True)
class _Context:
    """What a text is read by, besides itself."""

    now: datetime
    zone: tzinfo
    is_name: Callable[[str], bool]
    in_thread: bool


def _works(text: str, context: _Context) -> bool:
    if len(text) > _LONGEST_SUGGESTION:
        return False
    try:
        _parsed(plain(text), context)
    except UserMistake:
        return False
    return True


def _parsed(text: str, context: _Context) -> Command:
    words = split(text)
    if not words:
        return ShowStatus()
    first = words[0]
    if first.key is not None:
        return _read_filters_alone(words, text, context)
    verb = BY_NAME.get(as_said(first.value))
    if verb is not None:
        return _read(verb, words[1:], text, context)
    is_name = context.is_name(first.value)
    if not is_name or len(words) > 1:
        asked = question(words, context.is_name, in_thread=context.in_thread)
        if asked is not None:
            return asked
    if not is_name:
        _check_name(words)
    return _read(BY_NAME["status"], words, text, context)


def _check_name(words: Sequence[Word]) -> None:
    """Refuse what stands where a verb or a name may stand, and can hardly be a name."""
    first = words[0]
    near = nearest(as_said(first.value), BY_NAME)
    if near is not None:
        near = BY_NAME[near].name
        meant = joined([near, *(word.raw for word in words[1:])])
        raise UserMistake(
            f"{shown(first.value)} is no verb. Did you mean {near}?",
            (meant, f"help {near}"),
        )
    if len(words) > 1 and words[1].key is None:
        raise UserMistake(f"{shown(first.value)} is neither a verb nor a name that I know.", ("help",))


def _read_filters_alone(words: Sequence[Word], text: str, context: _Context) -> Command:
    """Read filters without a verb: those that ``status`` knows belong to it, the others to ``tasks``."""
    keys = {word.key for word in words if word.key}
    verb = BY_NAME["status" if keys <= set(BY_NAME["status"].filters) else "tasks"]
    return _read(verb, words, text, context)


def _read(verb: Verb[Command], words: Sequence[Word], text: str, context: _Context) -> Command:
    sorted_words: dict[str, list[Word]] = {}
    name = None if verb.free else _name(verb, words, context)
    for word in () if verb.free else words:
        if word.key is not None:
            check_filter(verb.name, verb.filters, word)
            sorted_words.setdefault(word.key, []).append(word)
    try:
        return verb.read(
            Arguments(
                now=context.now,
                zone=context.zone,
                name=name,
                words=sorted_words,
                verb=verb.name,
                known=verb.filters,
                said=words,
                plain=text,
                is_name=context.is_name,
                in_thread=context.in_thread,
            )
        )
    except UserMistake as mistake:
        whole = tuple(_with_filter(verb, words, suggestion) for suggestion in mistake.suggestions)
        raise UserMistake(mistake.sentence, whole) from mistake


def _name(verb: Verb[Command], words: Sequence[Word], context: _Context) -> str | None:
    """Give the one bare word of a verb that takes at most one."""
    names = [word for word in words if word.key is None]
    if not names:
        return None
    if verb.takes is None:
        raise UserMistake(f"{verb.name} stands alone: leave {shown(names[0].value)} out.", (verb.name,))
    if len(names) > 1:
        raise _too_many(verb, names, context)
    if not names[0].value:
        raise UserMistake("The name is empty. Write it between the quotes, or leave them out.", (verb.name,))
    return names[0].value


def _with_filter(verb: Verb[Command], words: Sequence[Word], suggestion: str) -> str:
    """Make a whole text of a suggested filter, in the place of what was typed; other texts stay."""
    meant = split(suggestion)[0]
    if meant.key is None:
        return suggestion
    rest = [suggestion if word.key == meant.key else word.raw for word in words]
    return joined([verb.name, *dict.fromkeys(rest)])


def _too_many(verb: Verb[Command], names: Sequence[Word], context: _Context) -> UserMistake:
    """Refuse a second name; offered is what the words may mean of all that is there."""
    first, second = names[0].value, names[1].value
    meant = [one for one in (f"{first}/{second}", first) if verb.takes == "name" and context.is_name(one)]
    return UserMistake(
        f"One {verb.takes} at a time: {shown(second)} is one too many.",
        tuple(joined([verb.name, name_text(one)]) for one in meant),
    )
