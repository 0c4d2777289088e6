"""Dialogs: opened with what they are about, and turned into the command that they mean when filled in."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from bot.commands import AssignDialog, ExtendSilence, NoteDialog, SilenceDialog, Target, to_text
from bot.domain.grouping import Group
from bot.domain.handling import UserId
from bot.domain.incident import Incident
from bot.domain.look import is_firing
from bot.errors import UserMistake
from bot.operations.answer_ports import Means
from bot.operations.answering import Answer, Asked, Dialog, Filled
from bot.operations.keep_quiet import WrongEnd, known_silence
from bot.operations.resolve_target import find_meant, find_one, known_scope
from bot.views.forms import ASSIGN, EXTEND, LENGTH, NOTE, OWN_LENGTH, PERSON, SILENCE, WHAT, Form
from bot.views.handling_forms import assign_form, note_form
from bot.views.instead_of_dialog import instead_of_dialog
from bot.views.silence_forms import (
    SilenceChoice,
    extend_form,
    group_choices,
    incident_choices,
    scope_choice,
    silence_form,
)

Asking = ExtendSilence | SilenceDialog | AssignDialog | NoteDialog


async def open_dialog(means: Means, asked: Asked, command: Asking) -> Answer:
    """Answer with a dialog, and with how to type the same where none can be opened.

    Raises UserMistake where it is not clear what it is about.
    """
    exact, form = await _form(means, asked, command)
    return Answer(instead_of_dialog(exact), may_be_shared=False, dialog=_dialog(form))


async def _form(means: Means, asked: Asked, command: Asking) -> tuple[Asking, Form]:
    """Give the form, and the command that asks for it without a thread."""
    zone = means.zone_of(asked)
    match command:
        case SilenceDialog():
            return command, silence_form(await _choices(means, asked, command))
        case ExtendSilence():
            return command, extend_form(await known_silence(means, asked, command.number), zone)
        case AssignDialog():
            about = await _one(means, asked, command)
            assigning = replace(command, target=Target(about.number))
            return assigning, assign_form(assigning, about, UserId(asked.user), zone)
        case NoteDialog():
            about = await _one(means, asked, command)
            noting = replace(command, target=Target(about.number))
            return noting, note_form(noting, about)
    assert_never(command)


def place_of_mistake(filled: Filled, mistake: UserMistake) -> str:
    """Give the input at which it is said why a dialog could not be done: the one that is wrong."""
    if isinstance(mistake, WrongEnd):
        return OWN_LENGTH if filled.values.get(OWN_LENGTH) else LENGTH
    if filled.callback in (SILENCE, EXTEND):
        return WHAT
    return PERSON if filled.callback == ASSIGN else NOTE


def _dialog(form: Form) -> Dialog:
    return Dialog(form.callback, form.title, form.submit, form.blocks, form.about)


async def _one(means: Means, asked: Asked, command: AssignDialog | NoteDialog) -> Incident | Group:
    """Find the one incident or group that a dialog is about."""

    def again(target: Target) -> str:
        return to_text(replace(command, target=target))

    meant = await find_one(means, asked, command.target, again)
    return meant.group or meant.incidents[0]


async def _choices(means: Means, asked: Asked, command: SilenceDialog) -> Sequence[SilenceChoice]:
    """Offer what may be silenced: what was asked for first, then what is wider."""

    def again(target: Target) -> str:
        return to_text(replace(command, target=target))

    still_open = [one for one in means.fleet.now().incidents if is_firing(one)]
    if command.target.scope is not None:
        known_scope(means.fleet.now(), command.target.scope, again)
        return (scope_choice(command, still_open),)
    meant = await find_meant(means, asked, command.target, again)
    if not meant.open:
        raise UserMistake("It is over: there is nothing to silence.", ("incidents",))
    if meant.group is not None:
        return group_choices(meant.group, meant.open, len(meant.open), still_open)
    return incident_choices(meant.incidents[0], still_open)
