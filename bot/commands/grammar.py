"""From a text to a command, and from a command to the text that means it."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from bot.commands.filters import FILTERS, Arguments
from bot.commands.forms import Command, ShowStatus
from bot.commands.values import nearest, shown
from bot.commands.verbs import BY_FORM, BY_NAME, Verb
from bot.commands.words import Word, joined, name_text, plain, split
from bot.errors import UserMistake

_LONGEST = 4000


def parse(
    text: str,
    *,
    now: datetime,
    zone: tzinfo,
    is_name: Callable[[str], bool] = lambda _name: False,
) -> Command:
    """Read what somebody wrote, as Slack or a shell handed it over; nothing at all means ``status``.

    A first word that is no verb is a name: ``pay`` is ``status pay``. Where it looks like a mistyped verb
    and ``is_name`` does not know it, it is a mistake. Raises UserMistake, and nothing else.
    """
    if len(text) > _LONGEST:
        raise UserMistake(f"That is too long: say it in at most {_LONGEST} characters.")
    words = split(plain(text))
    if not words:
        return ShowStatus()
    first = words[0]
    verb = BY_NAME.get(first.value.casefold()) if first.key is None else None
    if verb is not None:
        return _read(verb, words[1:], now, zone)
    if first.key is not None:
        return _read_filters_alone(words, now, zone)
    near = nearest(first.value, BY_NAME)
    if near is not None and not is_name(first.value):
        meant = joined([near, *(word.raw for word in words[1:])])
        raise UserMistake(
            f"{shown(first.value)} is no verb. Did you mean {near}?",
            (meant, joined(["status", name_text(first.value)])),
        )
    return _read(BY_NAME["status"], words, now, zone)


def to_text(command: Command) -> str:
    """Write the text that means a command: reading it gives the same command again."""
    verb = BY_FORM[type(command)]
    return joined([verb.name, *verb.write(command)])


def _read_filters_alone(words: list[Word], now: datetime, zone: tzinfo) -> Command:
    """Read filters without a verb: those that ``status`` knows belong to it, the others to ``tasks``."""
    keys = {word.key for word in words if word.key}
    verb = BY_NAME["status" if keys <= set(BY_NAME["status"].filters) else "tasks"]
    return _read(verb, words, now, zone)


def _read(verb: Verb[Command], words: list[Word], now: datetime, zone: tzinfo) -> Command:
    names = [word for word in words if word.key is None]
    if names and verb.takes is None:
        raise UserMistake(f"{verb.name} stands alone: leave {shown(names[0].value)} out.", (verb.name,))
    if len(names) > 1:
        raise _too_many(verb, names)
    if names and not names[0].value:
        raise UserMistake("The name is empty. Write it between the quotes, or leave them out.", (verb.name,))
    sorted_words: dict[str, list[Word]] = {}
    for word in words:
        if word.key is not None:
            _check_filter(verb, word, word.key)
            sorted_words.setdefault(word.key, []).append(word)
    name = names[0].value if names else None
    try:
        return verb.read(Arguments(now=now, zone=zone, name=name, words=sorted_words))
    except UserMistake as mistake:
        whole = tuple(_with_filter(verb, words, suggestion) for suggestion in mistake.suggestions)
        raise UserMistake(mistake.sentence, whole) from mistake


def _with_filter(verb: Verb[Command], words: list[Word], suggestion: str) -> str:
    """Make a whole text of a suggested filter, in the place of what was typed; other texts stay."""
    meant = split(suggestion)[0]
    if meant.key is None:
        return suggestion
    rest = [suggestion if word.key == meant.key else word.raw for word in words]
    return joined([verb.name, *dict.fromkeys(rest)])


def _too_many(verb: Verb[Command], names: list[Word]) -> UserMistake:
    first, second = names[0], names[1]
    meant = joined([verb.name, name_text(f"{first.value}/{second.value}")])
    return UserMistake(
        f"One {verb.takes} at a time: {shown(second.value)} is one too many.",
        (meant,) if verb.takes == "name" else (),
    )


def _check_filter(verb: Verb[Command], word: Word, key: str) -> None:
    if key not in verb.filters:
        if not verb.filters:
            raise UserMistake(f"{verb.name} knows no filters: leave {shown(word.raw)} out.", (verb.name,))
        near = nearest(key, verb.filters)
        known = ", ".join(verb.filters)
        hint = "" if near is None else f" Did you mean {FILTERS[near].example}?"
        raise UserMistake(
            f"{verb.name} knows no filter {shown(key)}.{hint} It knows {known}. "
            "A name with a colon in it goes between double quotes.",
            (f"help {verb.name}",),
        )
    if key != "delay" and word.operator != ":":
        raise UserMistake(f"Write {key}: with a colon, for example {FILTERS[key].example}.")
    if not word.value:
        raise UserMistake(f"{key} needs a value, for example {FILTERS[key].example}.")
