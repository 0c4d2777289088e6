"""What people get instead of an answer: a mistake, a name that means nothing or several things, a failure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from bot.commands import Command, ListIncidents, ListTasks, ShowStatus, ShowTask, to_text
from bot.domain.fleet import FleetSnapshot
from bot.domain.naming import Ambiguous, Found, NotFound, Scope, find
from bot.errors import BotError, UserMistake
from bot.views.blocks import Button, Message, actions, context, literal, message, section, sections
from bot.views.sources import trouble_lines
from bot.views.typed import typed
from bot.views.wording import clean

_SENTENCE = 1000
_SUGGESTIONS = 4
_MOMENT = re.compile(r"\b[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
"""A moment as a command's text has it: exact, and in no zone of people."""
_TYPE_HELP = "`/logbackup help` lists what you can say."

Named = ShowStatus | ListTasks | ShowTask | ListIncidents
"""The commands that name what they are about."""


def mistake_message(mistake: UserMistake, zone: tzinfo = UTC) -> Message:
    """Say what cannot be done and offer what can; times as people write them, in ``zone``."""
    sentence = literal(clean(mistake.sentence, _SENTENCE))
    buttons = [
        Button(clean(_MOMENT.sub(lambda found: _as_written(found[0], zone), text), 70), text)
        for text in mistake.suggestions[:_SUGGESTIONS]
    ]
    return message(sentence, [section(sentence), *actions(buttons), context(_TYPE_HELP)])


def _as_written(moment: str, zone: tzinfo) -> str:
    try:
        return f"{datetime.fromisoformat(moment).astimezone(zone):%Y-%m-%d %H:%M}"
    except ValueError:
        return moment


def failure_message(error: BotError) -> Message:
    """Say that the bot could not do what was asked, why, and what may help."""
    sentence = literal(clean(error.sentence, _SENTENCE))
    trace = getattr(error, "trace_id", None)
    stays = (
        f"This does not pass by itself: somebody has to mend it. {typed('health')} shows what the bot lacks."
    )
    notes = ["Trying again in a minute may help." if error.temporary else stays]
    if trace:
        notes.append(f"OCP's trace id: {literal(clean(trace))}")
    return message(sentence, [section(sentence), context(*notes)])


def unexpected_message() -> Message:
    """Say that something went wrong that the bot has no words for."""
    sentence = "Something went wrong inside the bot. Its log has the details; nothing was changed."
    return message(sentence, [section(sentence)])


def unnamed_message(
    command: Named, found: Ambiguous | NotFound, fleet: FleetSnapshot, now: datetime
) -> Message:
    """Answer a name that means nothing, or several things: buttons to choose from, never a guess."""
    troubles = trouble_lines(fleet.sources, now)
    if isinstance(found, NotFound) and isinstance(find(fleet, command.scope), Found):
        return _said(f"No log backup task of “{literal(clean(found.what))}” is listed.", troubles)
    if isinstance(found, NotFound):
        return _not_found(command, found, troubles)
    left = found.total - len(found.choices)
    sentence = f"That name means {found.total:,} things. Which one?"
    blocks = [section(sentence)]
    blocks += actions([Button(clean(c.label, 70), to_text(about(command, c.scope))) for c in found.choices])
    if left:
        blocks.append(context(f"…and {left:,} more: write more of the name, or `/logbackup tasks`."))
    return message(sentence, blocks)


def _not_found(command: Named, missing: NotFound, troubles: Sequence[str]) -> Message:
    """Say that nothing is called so, what is called nearly so, and what could not be read."""
    asked = literal(clean(missing.what))
    sentence = f"Nothing that is watched is called “{asked}”."
    if isinstance(command, ListTasks) and command.window is not None:
        sentence = f"For that time OCP lists nothing called “{asked}”."
    if missing.nearest:
        sentence += " Did you mean one of these?" if len(missing.nearest) > 1 else " Did you mean this?"
    buttons = [Button(clean(near, 70), to_text(about(command, Scope(name=near)))) for near in missing.nearest]
    return _said(sentence, troubles, buttons)


def _said(sentence: str, troubles: Sequence[str], buttons: Sequence[Button] = ()) -> Message:
    row = [*buttons, Button("All that is watched", to_text(ShowStatus()))]
    blocks = [*sections([sentence, *troubles]), *actions(row), context(_TYPE_HELP)]
    return message("\n".join([sentence, *troubles]), blocks)


def about(command: Named, scope: Scope) -> Command:
    """Ask the same of something else."""
    match command:
        case ShowStatus():
            return ShowStatus(scope)
        case ShowTask():
            return ShowTask(scope)
        case _:
            return replace(command, scope=scope, page=1)
