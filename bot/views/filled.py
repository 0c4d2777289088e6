"""From a dialog that was filled in to the command that it means."""

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo

from bot.commands import Command
from bot.errors import UserMistake
from bot.views.forms import ADD_NOTE, ASSIGN, EXTEND, LENGTH, NOTE, PERSON, SILENCE, WHAT, Mistaken, too_old
from bot.views.handling_forms import assign_command, note_command
from bot.views.silence_forms import extend_command, silence_command

_READERS: dict[str, tuple[Callable[..., Command | Mistaken], str]] = {
    SILENCE: (silence_command, WHAT),
    EXTEND: (extend_command, LENGTH),
    ASSIGN: (assign_command, PERSON),
    ADD_NOTE: (note_command, NOTE),
}
"""What reads each form, and where it says what is wrong with it as a whole."""


def filled_command(
    callback: str, about: str, values: Mapping[str, str], *, now: datetime, zone: tzinfo
) -> Command | Mistaken:
    """Give the command that a dialog means, or what is wrong with it, by input.

    ``callback`` is the form's, ``about`` the command's text kept in it, ``values`` what was filled in by
    ``action_id``; times are meant in ``zone``. What is not ours is too old. Raises nothing.
    """
    reader, place = _READERS.get(callback, (None, NOTE))
    if reader is None:
        return too_old(place)
    try:
        return reader(about, values, now=now, zone=zone)
    except UserMistake:
        return too_old(place)
