"""The verbs by which people handle an incident: who has it, what they say of it, and that it is over."""

from typing import Any

from bot.commands.acts import (
    AcceptAsNormal,
    Acknowledge,
    Resolve,
    Unacknowledge,
)
from bot.commands.assigning import ASSIGN
from bot.commands.filters import WHOM
from bot.commands.noting import NOTE
from bot.commands.spoken import TARGET, THIS_ONE_SAID, target_reader, write_target
from bot.commands.verb import ON_A_MESSAGE, Example, Verb
from bot.domain.permission import Permission

HANDLING: tuple[Verb[Any], ...] = (
    Verb(
        name="ack",
        summary="Say that you have seen an incident",
        arguments=TARGET,
        details=(
            "Reminders stop, and everybody sees who has seen it. The first one counts.",
            THIS_ONE_SAID,
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
        summary="Take that back: nobody has seen it",
        arguments=TARGET,
        details=("Reminders come again.", THIS_ONE_SAID),
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
    ASSIGN,
    NOTE,
    Verb(
        name="resolve",
        summary="Call an incident over by hand",
        arguments=TARGET,
        details=(
            (
                "For what the bot cannot see end by itself, such as a tenant that was dropped. What is still "
                "wrong opens again."
            ),
            THIS_ONE_SAID,
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
        summary="Say that what is seen now is normal for a task",
        arguments=TARGET,
        details=(
            (
                "The bot learns the task's rhythm anew from what it sees now, and says no more about it "
                "until it gets worse than that."
            ),
            THIS_ONE_SAID,
        ),
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
