"""The verb by which people keep what they know about an incident, in their own words."""

from collections.abc import Sequence
from typing import Any

from bot.commands.acts import AddNote, NoteDialog
from bot.commands.filters import WHOM, Arguments
from bot.commands.free_text import heard, text_word
from bot.commands.spoken import ASK, TARGET, Spoken, target_words
from bot.commands.verb import ON_A_MESSAGE, Example, Verb
from bot.domain.permission import Permission
from bot.errors import UserMistake


def _read_note(arguments: Arguments) -> AddNote | NoteDialog:
    spoken = Spoken(arguments, arguments.known, prose=True)
    number = name = None
    announced = False
    if not arguments.in_thread or _says_which(spoken):
        announced = _take_filters(spoken)
        if not announced and (spoken.number_ahead() or _is_name(spoken)):
            number, name = spoken.take_target()
            announced = _take_filters(spoken)
    target = spoken.target(number, name)
    if not spoken.left or _opens_a_dialog(spoken):
        return NoteDialog(target)
    text = heard(spoken.rest(spoken.left[0] if announced else None))
    if not text:
        raise UserMistake("The note is empty. Say what is to be kept: note disk replaced.")
    return AddNote(target, text)


def _take_filters(spoken: Spoken) -> bool:
    """Take filters, and tell whether the text comes next, announced."""
    while (key := spoken.filter_ahead()) is not None and key != "text":
        spoken.filters.setdefault(key, []).append(spoken.left[0])
        spoken.take()
    return key == "text"


def _says_which(spoken: Spoken) -> bool:
    """Whether it is said which incident is meant; in a thread people's notes begin with numbers and names.

    There it takes ``#42``, or the word that says where the note begins, or that opens a dialog.
    """
    found = spoken.number_ahead()
    if found is not None and found[2]:
        return True
    place = spoken.behind(0)
    announced = _take_filters(place)
    if place.left and not announced and not _opens_a_dialog(place):
        place.take(1 if found is None else found[1])
        announced = _take_filters(place)
    return announced or _opens_a_dialog(place)


def _is_name(spoken: Spoken) -> bool:
    """Whether the next word is a name, and not the first of the note."""
    if not spoken.left or spoken.is_last() or spoken.left[0].key is not None:
        return False
    behind = spoken.behind(1)
    return spoken.is_a_name() or behind.filter_ahead() is not None or _opens_a_dialog(behind)


def _opens_a_dialog(spoken: Spoken) -> bool:
    return spoken.says(ASK) and spoken.is_last()


def _write_note(command: AddNote | NoteDialog) -> Sequence[str]:
    if isinstance(command, NoteDialog):
        return [*target_words(command.target), ASK]
    return [*target_words(command.target), f"text:{text_word(command.text)}"]


NOTE: Verb[Any] = Verb(
    name="note",
    summary="Keep what you know about an incident",
    arguments=f"{TARGET} words",
    details=(
        "It stands in the thread, in the timeline and in the report, in your words.",
        (
            "A number or a name in front says which incident. In a thread a number is taken for one only "
            "with # in front: note 3 disks replaced is a note about three disks."
        ),
        "text: says where your words begin, whatever they are.",
    ),
    examples=(
        Example("note disk replaced", "about this one, in its thread"),
        Example("note #42 the NFS server is back", "about incident 42"),
        Example("note pay/orders text:42 GB freed", "about what is open for the tenant orders of pay"),
    ),
    form=AddNote,
    read=_read_note,
    write=_write_note,
    filters=(*WHOM, "text"),
    doors=ON_A_MESSAGE,
    needs=Permission.ACKNOWLEDGE,
    changes=True,
    free=True,
    other_forms=(NoteDialog,),
    synonyms=("comment",),
)
