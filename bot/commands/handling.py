"""The verbs by which people handle an incident: who has it, what they say of it, and that it is over."""

import re
from collections.abc import Sequence
from typing import Any, assert_never

from bot.commands.acts import (
    AcceptAsNormal,
    Acknowledge,
    Assign,
    AssignDialog,
    Me,
    Named,
    Nobody,
    Person,
    Resolve,
    Someone,
    Unacknowledge,
)
from bot.commands.filters import WHOM, Arguments
from bot.commands.noting import NOTE
from bot.commands.spoken import ASK, TARGET, Spoken, target_reader, target_words, write_target
from bot.commands.values import shown
from bot.commands.verb import ON_A_MESSAGE, Example, Verb
from bot.commands.words import quoted
from bot.domain.permission import Permission
from bot.errors import UserMistake

_LONGEST_NAME = 80
_ME = ("me", "myself")
_NOBODY = ("nobody", "none", "no one")
_USER_ID = re.compile(r"@([UW][A-Z0-9]+)")
_HANDLE = re.compile(r"[a-z][\w.-]*")


def _read_assign(arguments: Arguments) -> Assign | AssignDialog:
    spoken = Spoken(arguments, arguments.known)
    spoken.take_filters()
    number = name = None
    if _person_follows(spoken):
        number, name = spoken.take_target()
        spoken.take_filters()
    target = spoken.target(number, name)
    if spoken.says("to") and not spoken.is_last():
        spoken.take()
    if not spoken.left or (spoken.says(ASK) and spoken.is_last()):
        return AssignDialog(target)
    return Assign(target, _person(spoken))


def _person_follows(spoken: Spoken) -> bool:
    """Whether the next word says what is given away, and not to whom."""
    if spoken.number_ahead():
        return True
    if not spoken.left or spoken.is_last():
        return False
    return spoken.is_a_name() or spoken.says("to", ahead=1) or (spoken.is_last(1) and _is_person(spoken))


def _is_person(spoken: Spoken) -> bool:
    """Whether the word after the next one is a person beyond doubt, or asks for one."""
    word = spoken.left[1]
    return word.quoted or spoken.says(ASK, *_ME, *_NOBODY, ahead=1) or word.value.startswith("@")


def _person(spoken: Spoken) -> Person:
    words = spoken.left
    first = words[0]
    said = " ".join(word.said for word in words)
    if said in _ME:
        return Me()
    if said in _NOBODY:
        return Nobody()
    if (found := _USER_ID.fullmatch(first.value)) and not first.quoted:
        if len(words) > 1:
            raise UserMistake(f"One person at a time: {shown(words[1].raw)} is one too many.")
        return Someone(found[1])
    name = first.value if first.quoted and len(words) == 1 else " ".join(word.value for word in words)
    name = name if first.quoted else name.removeprefix("@").strip()
    if not name or len(name) > _LONGEST_NAME or any(word.key for word in words):
        raise UserMistake("Say to whom: assign @ana, assign me, or assign nobody.", ("assign me",))
    return Named(name)


def _write_assign(command: Assign | AssignDialog) -> Sequence[str]:
    if isinstance(command, AssignDialog):
        return [*target_words(command.target), ASK]
    return [*target_words(command.target), _person_word(command.person)]


def _person_word(person: Person) -> str:
    match person:
        case Me():
            return _ME[0]
        case Nobody():
            return _NOBODY[0]
        case Someone():
            return f"@{person.user_id}"
        case Named():
            return f"@{person.name}" if _HANDLE.fullmatch(person.name) else quoted(person.name)
        case _:
            assert_never(person)


_THIS_ONE = "In the thread of an incident or a group it means that one; elsewhere, say its number or a name."

HANDLING: tuple[Verb[Any], ...] = (
    Verb(
        name="ack",
        summary="Say that you have seen it",
        arguments=TARGET,
        details=(
            "Reminders stop, and everybody sees who has seen it. The first one counts.",
            _THIS_ONE,
        ),
        examples=(
            Example("ack", "this one, in its thread"),
            Example("ack 42", "incident 42, or group 42"),
            Example("ack pay/orders", "whatever is open for the tenant orders of pay"),
        ),
        form=Acknowledge,
        read=target_reader(Acknowledge),
        write=write_target,
        filters=WHOM,
        doors=ON_A_MESSAGE,
        needs=Permission.ACKNOWLEDGE,
        changes=True,
        free=True,
        synonyms=("acknowledge",),
    ),
    Verb(
        name="unack",
        summary="Take that back",
        arguments=TARGET,
        details=("It is unseen again, and reminders come.", _THIS_ONE),
        examples=(Example("unack", "this one, in its thread"), Example("unack 42", "incident 42")),
        form=Unacknowledge,
        read=target_reader(Unacknowledge),
        write=write_target,
        filters=WHOM,
        needs=Permission.ACKNOWLEDGE,
        changes=True,
        free=True,
        synonyms=("unacknowledge",),
    ),
    Verb(
        name="assign",
        summary="Give it to somebody",
        arguments=f"{TARGET} @somebody, me or nobody",
        details=(
            "Whoever gets it is told once, unless they took it themselves. nobody takes it away.",
            f"{ASK} at the end, or nobody named, asks in a dialog.",
            _THIS_ONE,
        ),
        examples=(
            Example("assign @ana", "this one to Ana, in its thread"),
            Example("assign 42 me", "incident 42 to you"),
            Example("assign pay/orders nobody", "nobody has it any more"),
        ),
        form=Assign,
        read=_read_assign,
        write=_write_assign,
        filters=WHOM,
        doors=ON_A_MESSAGE,
        needs=Permission.ACKNOWLEDGE,
        changes=True,
        free=True,
        other_forms=(AssignDialog,),
    ),
    NOTE,
    Verb(
        name="resolve",
        summary="Call it over by hand",
        arguments=TARGET,
        details=(
            (
                "For what the bot cannot see end by itself, such as a tenant that was dropped. What is still "
                "wrong opens again."
            ),
            _THIS_ONE,
        ),
        examples=(Example("resolve", "this one, in its thread"), Example("resolve 42", "incident 42")),
        form=Resolve,
        read=target_reader(Resolve),
        write=write_target,
        filters=WHOM,
        needs=Permission.ACKNOWLEDGE,
        changes=True,
        free=True,
    ),
    Verb(
        name="normal",
        summary="Say that this is normal now",
        arguments=TARGET,
        details=("The bot learns the task's rhythm anew from what it sees now.", _THIS_ONE),
        examples=(
            Example("normal", "this one, in its thread"),
            Example("normal pay/orders", "the task of the tenant orders of pay"),
        ),
        form=AcceptAsNormal,
        read=target_reader(AcceptAsNormal),
        write=write_target,
        filters=WHOM,
        needs=Permission.CONFIGURE,
        changes=True,
        free=True,
    ),
)
