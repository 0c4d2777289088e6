"""The one table of verbs: everything that can be said, from what people look at to what they do."""

from collections.abc import Sequence
from typing import Any

from bot.commands.filters import Arguments
from bot.commands.forms import ShowHelp
from bot.commands.handling import HANDLING
from bot.commands.looking_back import BEFORE
from bot.commands.reading import HEALTH, NOW
from bot.commands.silences import SILENCES
from bot.commands.silencing import SILENCE
from bot.commands.subscribing import SUBSCRIBING
from bot.commands.values import nearest, shown
from bot.commands.verb import Example, Verb
from bot.commands.words import as_said, name_text
from bot.errors import UserMistake


def _read_help(arguments: Arguments) -> ShowHelp:
    if arguments.name is None:
        return ShowHelp()
    asked = as_said(arguments.name)
    if asked in BY_NAME:
        return ShowHelp(BY_NAME[asked].name)
    near = nearest(asked, BY_NAME)
    raise UserMistake(
        f"There is no verb {shown(arguments.name)}. There are {', '.join(verb.name for verb in VERBS)}.",
        ("help",) if near is None else (f"help {BY_NAME[near].name}", "help"),
    )


def _write_help(command: ShowHelp) -> Sequence[str]:
    return [] if command.verb is None else [name_text(command.verb)]


_HELP: Verb[Any] = Verb(
    name="help",
    summary="What you can say",
    arguments="[verb]",
    details=("With a verb, how that one is used.",),
    examples=(
        Example("help", "all verbs"),
        Example("help tasks", "how tasks is used"),
    ),
    form=ShowHelp,
    read=_read_help,
    write=_write_help,
    takes="verb",
)

VERBS: tuple[Verb[Any], ...] = (
    *NOW,
    *BEFORE,
    *HANDLING,
    SILENCE,
    *SILENCES,
    *SUBSCRIBING,
    HEALTH,
    _HELP,
)

BY_NAME: dict[str, Verb[Any]] = {name: verb for verb in VERBS for name in (verb.name, *verb.synonyms)}
"""Verbs by what is understood for them, synonyms too."""
BY_FORM: dict[type, Verb[Any]] = {form: verb for verb in VERBS for form in (verb.form, *verb.other_forms)}
