"""The verb by which an incident is given to somebody, or taken away."""

import re
from collections.abc import Sequence
from typing import Any, assert_never

from bot.commands.acts import Assign, AssignDialog, Me, Named, Nobody, Person, Someone, Target
from bot.commands.filters import WHOM, Arguments
from bot.commands.spoken import ASK, TARGET, THIS_ONE_SAID, Spoken, target_words
from bot.commands.values import shown
from bot.commands.verb import ON_A_MESSAGE, Example, Verb
from bot.commands.words import Word, quoted
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
    if ahead := _person_comes_first(spoken):
        person = _person(spoken.left[:1])
        spoken.take(ahead)
        return Assign(_last_target(spoken), person)
    number = name = None
    if _target_comes_first(spoken):
        number, name = spoken.take_target()
        spoken.take_filters()
    target = spoken.target(number, name)
    if spoken.says("to") and not spoken.is_last():
        spoken.take()
    if not spoken.left or (spoken.says(ASK) and spoken.is_last()):
        return AssignDialog(target)
    return Assign(target, _person(spoken.left))


def _person_comes_first(spoken: Spoken) -> int:
    """Give how many words stand before the target where a person is said first (``me 42``), else 0."""
    if not spoken.left or spoken.number_ahead() or spoken.left[0].key is not None:
        return 0
    ahead = 2 if spoken.says("to", ahead=1) else 1
    target = spoken.behind(ahead)
    if ahead == 1 and not _is_person(spoken, 0):
        return 0
    if not target.left or _is_person(target, 0):
        return 0
    return ahead if target.number_ahead() or target.left[0].key is not None or target.is_a_name() else 0


def _last_target(spoken: Spoken) -> Target:
    number, name = spoken.take_target()
    spoken.take_filters()
    spoken.finish()
    return spoken.target(number, name)


def _target_comes_first(spoken: Spoken) -> bool:
    """Whether the next word says what is given away, and not to whom."""
    if spoken.number_ahead():
        return True
    if not spoken.left or spoken.says("to"):
        return False
    if spoken.is_last():
        is_person = spoken.left[0].quoted or spoken.says(ASK) or _is_person(spoken, 0)
        return not (spoken.arguments.in_thread or is_person) and spoken.is_a_name()
    return (
        spoken.is_a_name()
        or spoken.says("to", ahead=1)
        or spoken.behind(1).filter_ahead() is not None
        or (
            spoken.is_last(1)
            and (_is_person(spoken, 1) or spoken.left[1].quoted or spoken.says(ASK, ahead=1))
        )
    )


def _is_person(spoken: Spoken, ahead: int) -> bool:
    """Whether the next word, or one further ahead, is a person beyond doubt."""
    word = spoken.left[ahead]
    return not word.quoted and (spoken.says(*_ME, *_NOBODY, ahead=ahead) or word.value.startswith("@"))


def _person(words: Sequence[Word]) -> Person:
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
    name = " ".join(word.value for word in words)
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


ASSIGN: Verb[Any] = Verb(
    name="assign",
    summary="Give an incident to somebody, or to nobody",
    arguments=f"{TARGET} @somebody, me or nobody",
    details=(
        "Whoever gets it is told once, unless they took it themselves. assign nobody takes it away again.",
        f"Without a person, or with {ASK} at the end, a dialog asks to whom.",
        THIS_ONE_SAID,
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
)
