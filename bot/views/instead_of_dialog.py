"""What is said where a dialog would be opened and cannot be: how to type the same."""

from typing import assert_never

from bot.commands import AssignDialog, ExtendSilence, NoteDialog, SilenceDialog, to_text
from bot.commands.spoken import ASK
from bot.views.blocks import Message, message, sections
from bot.views.typed import typed


def instead_of_dialog(command: SilenceDialog | AssignDialog | NoteDialog | ExtendSilence) -> Message:
    """Say how to type what a dialog would ask for."""
    sentence = _sentence(command)
    return message(sentence, sections([sentence]))


def _sentence(command: SilenceDialog | AssignDialog | NoteDialog | ExtendSilence) -> str:
    words = to_text(command).removesuffix(ASK).rstrip()
    match command:
        case SilenceDialog():
            return f"Say for how long, and why: {typed(f'{words} 2h disk swap')}"
        case AssignDialog():
            return f"Say to whom: {typed(f'{words} me')}, or a name with an @ in front."
        case NoteDialog():
            return f"Say what is to be kept: {typed(f'{words} text:disk replaced')}"
        case ExtendSilence():
            return f"Say until when: {typed(f'{words} 2h')}"
    assert_never(command)
