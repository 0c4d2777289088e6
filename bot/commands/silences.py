"""The verbs about silences that there are: list them, end one, let one end at another time."""

from collections.abc import Sequence
from typing import Any

from bot.commands import filters
from bot.commands.acts import DefaultEnd, Ends, EndSilence, EndSilenceOf, ExtendSilence, ListSilences, Target
from bot.commands.ends import end_words, take_end, take_end_filter
from bot.commands.filters import WHOM, Arguments
from bot.commands.spoken import Spoken, target_words, the_target
from bot.commands.values import shown
from bot.commands.verb import Example, Verb
from bot.domain.permission import Permission
from bot.domain.silence import SilenceNumber
from bot.errors import UserMistake


def _the_number(spoken: Spoken) -> SilenceNumber:
    if spoken.says("silence"):
        spoken.take()
    found = spoken.number_ahead()
    if found is None:
        raise _which(spoken)
    spoken.take(found[1])
    return SilenceNumber(found[0])


def _which(spoken: Spoken) -> UserMistake:
    verb = spoken.arguments.verb
    return UserMistake(f"Say which silence, by its number: {verb} 7. silences lists them.", ("silences",))


def _read_unsilence(arguments: Arguments) -> EndSilence | EndSilenceOf:
    spoken = Spoken(arguments, arguments.known)
    if not spoken.left or spoken.says("silence") or spoken.number_ahead() is not None:
        number = _the_number(spoken)
        spoken.finish("number")
        return EndSilence(number)
    scope = the_target(arguments).scope
    if scope is None:
        raise _which(spoken)
    return EndSilenceOf(scope)


def _write_unsilence(command: EndSilence | EndSilenceOf) -> Sequence[str]:
    if isinstance(command, EndSilence):
        return [str(command.number)]
    return target_words(Target(scope=command.scope))


def _read_extend(arguments: Arguments) -> ExtendSilence:
    spoken = Spoken(arguments, arguments.known)
    number = _the_number(spoken)
    ends: Ends | None = DefaultEnd()
    if spoken.left:
        by_filter = spoken.filter_ahead() is not None
        ends = take_end_filter(spoken, arguments.now) if by_filter else take_end(spoken, arguments.now)
    if ends is None or spoken.left:
        wrong = shown(spoken.rest())
        raise UserMistake(f"{wrong} is not a time to come. Write extend 7 2h or extend 7 until 18:00.")
    return ExtendSilence(number, ends)


def _write_extend(command: ExtendSilence) -> Sequence[str]:
    return [str(command.number), *end_words(command.ends)]


def _read_silences(arguments: Arguments) -> ListSilences:
    return ListSilences(filters.the_scope(arguments), filters.the_page(arguments))


def _write_silences(command: ListSilences) -> Sequence[str]:
    return filters.scope_words(command.scope) + filters.page_words(command.page)


SILENCES: tuple[Verb[Any], ...] = (
    Verb(
        name="extend",
        summary="Let a silence end at another time",
        arguments="number [time]",
        details=("A length counts from now. Times are written as with silence.",),
        examples=(
            Example("extend 7 2h", "silence 7 ends in two hours"),
            Example("extend 7 until tomorrow 9:00", "silence 7 ends tomorrow at nine"),
        ),
        form=ExtendSilence,
        read=_read_extend,
        write=_write_extend,
        filters=("to", "until"),
        needs=Permission.SILENCE,
        changes=True,
        free=True,
    ),
    Verb(
        name="silences",
        summary="What is silenced, until when and why",
        arguments="[name]",
        details=("Those that end first stand on top, each with a button to end it.",),
        examples=(
            Example("silences", "all of them"),
            Example("silences pay", "those about pay"),
        ),
        form=ListSilences,
        read=_read_silences,
        write=_write_silences,
        takes="name",
        filters=(*WHOM, "page"),
    ),
    Verb(
        name="unsilence",
        summary="End a silence",
        arguments="number or name",
        details=(
            "What it muted and is still wrong is told again.",
            "A name ends the silence of what is called so, if there is one of it alone; else it says which.",
        ),
        examples=(
            Example("unsilence 7", "end silence 7"),
            Example("unsilence pay/orders", "end the silence of the tenant orders of pay"),
        ),
        form=EndSilence,
        read=_read_unsilence,
        write=_write_unsilence,
        filters=WHOM,
        other_forms=(EndSilenceOf,),
        needs=Permission.SILENCE,
        changes=True,
        free=True,
        synonyms=("unmute",),
    ),
)
