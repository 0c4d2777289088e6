"""The dialogs about who has an incident and what is known of it."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from bot.commands import AddNote, Assign, AssignDialog, Command, Nobody, NoteDialog, Someone, parse, to_text
from bot.commands.free_text import LONGEST
from bot.domain.grouping import Group
from bot.domain.handling import UserId
from bot.domain.incident import Incident
from bot.views.blocks import Block, context, literal, plain_text, sections
from bot.views.forms import (
    ADD_NOTE,
    ASSIGN,
    NOTE,
    PERSON,
    Form,
    Mistaken,
    input_block,
    text_box,
    too_old,
    words_of,
)
from bot.views.handled import who_has_it
from bot.views.timeline import title

_USER = re.compile(r"[UW][A-Z0-9]{2,30}")


def assign_form(command: AssignDialog, about: Incident | Group, asker: UserId, zone: tzinfo = UTC) -> Form:
    """Ask to whom to give it; whoever asks is offered first."""
    select: Block = {"type": "users_select", "placeholder": plain_text("Choose somebody")}
    if _USER.fullmatch(asker):
        select["initial_user"] = asker
    blocks = [
        *sections([f"*{literal(title(about))}*", who_has_it(about.handling, zone)]),
        input_block(PERSON, "To whom? Empty: to nobody", select, optional=True),
        context("Whoever gets it is told once, in the thread."),
    ]
    return Form(ASSIGN, "Assign", "Assign", tuple(blocks), to_text(command))


def assign_command(
    about: str, values: Mapping[str, str], *, now: datetime, zone: tzinfo
) -> Command | Mistaken:
    """Read an assign dialog that was filled in."""
    asked = parse(about, now=now, zone=zone)
    person = values.get(PERSON) or ""
    if not isinstance(asked, AssignDialog):
        return too_old(PERSON)
    if person and not _USER.fullmatch(person):
        return Mistaken({PERSON: "Choose a person from the list."})
    return Assign(asked.target, Someone(person) if person else Nobody())


def note_form(command: NoteDialog, about: Incident | Group) -> Form:
    """Ask for a note."""
    box = text_box("What you saw, did or know", LONGEST, multiline=True)
    blocks = [
        *sections([f"*{literal(title(about))}*"]),
        input_block(NOTE, "Note", box),
        context("It is kept, and told in the thread."),
    ]
    return Form(ADD_NOTE, "Add a note", "Keep it", tuple(blocks), to_text(command))


def note_command(about: str, values: Mapping[str, str], *, now: datetime, zone: tzinfo) -> Command | Mistaken:
    """Read a note dialog that was filled in."""
    asked = parse(about, now=now, zone=zone)
    if not isinstance(asked, NoteDialog):
        return too_old(NOTE)
    errors: dict[str, str] = {}
    words = words_of(values, NOTE, errors)
    if errors or not words:
        return Mistaken(errors or {NOTE: "Say what is to be kept."})
    return AddNote(asked.target, words)
