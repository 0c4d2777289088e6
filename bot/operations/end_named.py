"""Ends the silence of what somebody names, where it is clear which that is and that it mutes no more."""

from collections.abc import Sequence

from bot.commands import EndSilence, EndSilenceOf, Target, to_text
from bot.domain.fleet import FleetSnapshot
from bot.domain.naming import Found, Scope, find
from bot.domain.selection import wanted
from bot.domain.silence import Silence
from bot.domain.task import TaskKey
from bot.errors import UserMistake
from bot.operations.answer_ports import Means
from bot.operations.answering import Answer, Asked
from bot.operations.keep_quiet import end_silence, is_about, is_same, muted_now
from bot.operations.resolve_target import known_scope, said
from bot.views.handled import matcher_text

TOLD = 4
"""So many silences are told by what they mute; the rest is counted."""


async def end_silence_of(means: Means, asked: Asked, command: EndSilenceOf) -> Answer:
    """End the silence of what is named. Raises UserMistake where there is none, or not one of it alone."""
    scope, now = command.scope, means.clock.now()
    silences = [one for one in await means.store.silences() if not one.is_over(now)]
    found = [one for one in silences if await is_about(means, one, scope)]
    if not found:
        known_scope(means.fleet.now(), scope, _again)
        raise UserMistake(f"Nothing silences {said(scope)} now.", ("silences",))
    if len(found) == 1 and not await _mutes_more(means, found[0], scope):
        return await end_silence(means, asked, EndSilence(found[0].number))
    raise _which(found, scope)


def _again(target: Target) -> str:
    return to_text(EndSilenceOf(target.scope or Scope()))


async def _mutes_more(means: Means, silence: Silence, scope: Scope) -> bool:
    """Whether a silence mutes more than what is named, or may later."""
    if silence.matcher.numbers:
        return not all(wanted(scope, one) for one in await muted_now(means, silence.matcher))
    own, fleet = silence.matcher.scope or Scope(), means.fleet.now()
    its_tasks = _tasks_of(fleet, own)
    return not is_same(own, scope) and not (its_tasks and its_tasks <= _tasks_of(fleet, scope))


def _tasks_of(fleet: FleetSnapshot, scope: Scope) -> frozenset[TaskKey]:
    found = find(fleet, scope)
    return frozenset(task.task.key for task in found.tasks) if isinstance(found, Found) else frozenset()


def _which(found: Sequence[Silence], scope: Scope) -> UserMistake:
    """Say which silences there are of what is named, and offer to end each."""
    texts = tuple(to_text(EndSilence(one.number)) for one in found[:TOLD])
    if len(found) == 1:
        what = f"silence {found[0].number}, and that mutes more: {matcher_text(found[0].matcher)}"
        return UserMistake(f"What silences {said(scope)} is {what}. To end all of it: {texts[0]}.", texts)
    named = [f"{one.number} ({matcher_text(one.matcher)})" for one in found[:TOLD]]
    more = f" and {len(found) - TOLD:,} more" if len(found) > TOLD else ""
    sentence = f"{len(found):,} silences are about {said(scope)}: {', '.join(named)}{more}. Say its number."
    return UserMistake(sentence, texts)
