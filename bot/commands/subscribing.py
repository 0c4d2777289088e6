"""The verbs about who is told of what."""

from collections.abc import Sequence
from typing import Any

from bot.commands import filters
from bot.commands.acts import ListSubscriptions, Subscribe, Target, Unsubscribe
from bot.commands.filters import WHOM, Arguments
from bot.commands.spoken import target_words, the_target
from bot.commands.verb import Example, Verb
from bot.domain.incident import IncidentNumber
from bot.domain.permission import Permission


def _read_subscribe(arguments: Arguments) -> Subscribe:
    return Subscribe(
        filters.the_scope(arguments), filters.the_severities(arguments), filters.the_problems(arguments)
    )


def _write_subscribe(command: Subscribe) -> Sequence[str]:
    words = filters.scope_words(command.scope)
    return words + filters.severity_words(command.severities) + filters.problem_words(command.problems)


def _read_unsubscribe(arguments: Arguments) -> Unsubscribe:
    target = the_target(arguments)
    return Unsubscribe(target.number, target.scope)


def _write_unsubscribe(command: Unsubscribe) -> Sequence[str]:
    number = None if command.number is None else IncidentNumber(command.number)
    return target_words(Target(number, command.scope))


def _read_subscriptions(_arguments: Arguments) -> ListSubscriptions:
    return ListSubscriptions()


def _write_nothing(_command: ListSubscriptions) -> Sequence[str]:
    return []


SUBSCRIBING: tuple[Verb[Any], ...] = (
    Verb(
        name="subscribe",
        summary="Be told of what you care about",
        arguments="[name] [filters]",
        details=("In a direct message you are told there; in a channel, the channel is.",),
        examples=(
            Example("subscribe pay", "all that is wrong with pay"),
            Example("subscribe */orders severity:critical", "what is critical for the tenants called orders"),
        ),
        form=Subscribe,
        read=_read_subscribe,
        write=_write_subscribe,
        takes="name",
        filters=(*WHOM, "severity", "problem"),
        needs=Permission.CONFIGURE,
        changes=True,
    ),
    Verb(
        name="unsubscribe",
        summary="End what subscribe began",
        arguments="[number or name]",
        details=("By the number that subscriptions shows, or by the name. Alone it ends all that are here.",),
        examples=(
            Example("unsubscribe 3", "end subscription 3"),
            Example("unsubscribe pay", "end those to pay"),
        ),
        form=Unsubscribe,
        read=_read_unsubscribe,
        write=_write_unsubscribe,
        filters=WHOM,
        needs=Permission.CONFIGURE,
        changes=True,
        free=True,
    ),
    Verb(
        name="subscriptions",
        summary="What you, or this channel, are told of",
        examples=(Example("subscriptions", "those that there are here"),),
        form=ListSubscriptions,
        read=_read_subscriptions,
        write=_write_nothing,
    ),
)
