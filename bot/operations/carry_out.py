"""Carries out what a person asks for: one transaction, decided anew where another writer was first."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.task import SourceName
from bot.errors import UserMistake
from bot.operations.answer_ports import Means
from bot.operations.answering import Answer, Asked
from bot.operations.store_port import RevisionConflict, WriteSession
from bot.views.act_answer import done_before_message

TRIES = 10
"""A group of many members that every poll changes may have moved on between reading and writing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written, and the answer to it; ``sources`` are those whose watch is to look again."""

    write: Callable[[WriteSession], Awaitable[Answer]]
    sources: frozenset[SourceName] = frozenset()


Decided = Plan | Answer
"""A plan, or the answer where there is nothing to change."""


async def carry_out(means: Means, asked: Asked, decide: Callable[[], Awaitable[Decided]]) -> Answer:
    """Decide and write; what the same payload asked for before is not done a second time.

    ``decide`` reads the present state. Raises UserMistake where others were first several times in a row.
    """
    for _ in range(TRIES):
        decided = await decide()
        if isinstance(decided, Answer):
            return decided
        try:
            async with means.store.writing() as session:
                if asked.key and not await session.remember_payload(asked.key, means.clock.now()):
                    return Answer(done_before_message(), done=True)
                answer = await decided.write(session)
        except RevisionConflict:
            continue
        means.owed()
        for source in sorted(decided.sources):
            means.changed(source)
        return answer
    raise UserMistake("Others are changing the same at this moment; nothing was changed.", (asked.text,))
