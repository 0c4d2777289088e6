"""Dialogs that ask for what a button cannot carry: their parts, and what is wrong with what was filled in."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.commands.free_text import free_text
from bot.errors import UserMistake
from bot.views.blocks import OPTION_TEXT, Block, plain_text

WHAT, LENGTH, OWN_LENGTH, REASON, PERSON, NOTE = "what", "length", "own_length", "reason", "person", "note"
"""The ``block_id`` of each input, which is its ``action_id`` too."""
SILENCE, EXTEND, ASSIGN, ADD_NOTE = "silence", "extend", "assign", "note"
"""Which form it is: its ``callback``."""
_PLACEHOLDER = 150


@dataclass(frozen=True, slots=True)
class Form:
    """A dialog to open. ``callback`` says which form it is; ``about`` is a command's text, kept in it.

    ``blocks`` hold inputs; what was filled in comes back by the ``action_id`` of each, as text. Title and
    submit are at most 24 characters long.
    """

    callback: str
    title: str
    submit: str
    blocks: tuple[Block, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Mistaken:
    """What is wrong with a dialog that was filled in: a sentence for each input, by its ``block_id``."""

    errors: dict[str, str]


def too_old(place: str) -> Mistaken:
    """Say that a dialog was opened by an older bot, or is not ours."""
    return Mistaken({place: "This dialog is too old. Close it, and press the button again."})


def words_of(values: Mapping[str, str], place: str, errors: dict[str, str]) -> str:
    """Read people's own words; what is wrong with them goes into ``errors``."""
    try:
        return free_text(values.get(place) or "")
    except UserMistake as mistake:
        errors[place] = mistake.sentence
        return ""


def option(label: str, value: str, description: str = "") -> Block:
    """Make one thing to choose."""
    made: Block = {"text": plain_text(label, OPTION_TEXT), "value": value}
    return made | {"description": plain_text(description, OPTION_TEXT)} if description else made


def text_box(placeholder: str, longest: int, *, multiline: bool = False) -> Block:
    """Make a box to write in."""
    return {
        "type": "plain_text_input",
        "placeholder": plain_text(placeholder, _PLACEHOLDER),
        "multiline": multiline,
        "max_length": longest,
    }


def input_block(place: str, label: str, element: Block, *, optional: bool = False) -> Block:
    """Make an input with its label."""
    return {
        "type": "input",
        "block_id": place,
        "label": plain_text(label),
        "element": {"action_id": place, **element},
        "optional": optional,
    }
