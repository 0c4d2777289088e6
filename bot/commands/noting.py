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
    announced = _take_filters(spoken)
    number = name = None
    if not announced and (found := spoken.number_ahead()) and _is_numbered(spoken, *found[1:]):
        number, name = spoken.take_target()
        announced = _take_filters(spoken)
    elif not announced and _note_is_about(spoken):
        name = spoken.take_name()
        announced = _take_filters(spoken)
    target = spoken.target(number, name)
    if not spoken.left or (spoken.says(ASK) and spoken.is_last()):
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


def _is_numbered(spoken: Spoken, count: int, marked: bool) -> bool:  # noqa: FBT001 - it unpacks a tuple
    """Whether the number that comes next says which incident; in a thread, people's notes begin with some."""
    return marked or not spoken.arguments.in_thread or _is_announced(spoken, count)


def _note_is_about(spoken: Spoken) -> bool:
    """Whether the next word is a name, and not the first of the note."""
    if not spoken.left or spoken.is_last() or spoken.left[0].key is not None:
        return False
    return _is_announced(spoken, 1) or (not spoken.arguments.in_thread and spoken.is_a_name())


def _is_announced(spoken: Spoken, count: int) -> bool:
    """Whether behind so many words there is nothing, or a filter, or the word that opens a dialog."""
    behind = spoken.left[count:]
    if not behind or (spoken.says(ASK, ahead=count) and spoken.is_last(count)):
        return True
    return behind[0].key in spoken.keys and behind[0].operator == ":"


def _write_note(command: AddNote | NoteDialog) -> Sequence[str]:
    if isinstance(command, NoteDialog):
        return [*target_words(command.target), ASK]
    return [*target_words(command.target), f"text:{text_word(command.text)}"]


NOTE: Verb[Any] = Verb(
    name="note",
    summary="Keep what you know about it",
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
