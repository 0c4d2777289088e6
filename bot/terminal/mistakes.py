"""What people get in a shell instead of an answer: a name that means nothing or several things."""

from bot.commands import ListTasks, ShowStatus, to_text
from bot.domain.naming import Ambiguous, NotFound, Scope
from bot.views.mistake import about
from bot.views.wording import clean

PROGRAM = "logbackup-bot"
_SPECIAL = frozenset("<>*?[]'\"\\$&|;()#~`!{}")
_SHOWN = 200


def unnamed(command: ShowStatus | ListTasks, found: Ambiguous | NotFound) -> str:
    """Say that a name means nothing here, or several things, and what can be typed instead."""
    if isinstance(found, Ambiguous):
        lines = [f"That name means {found.total:,} things. Write one of these:"]
        lines += [f"  {typed(command, choice.scope)}" for choice in found.choices]
        left = found.total - len(found.choices)
        return "\n".join([*lines, *([f"  …and {left:,} more"] if left else [])])
    sentence = f"Nothing that is watched is called “{clean(found.what)}”."
    if isinstance(command, ListTasks) and command.window is not None:
        sentence = f"For that time OCP lists nothing called “{clean(found.what)}”."
    if found.what == "delay":
        sentence += " A shell takes > for itself: put such a filter in quotes, as in 'delay>10m'."
    if not found.nearest:
        return sentence
    near = [f"  {typed(command, Scope(name=name))}" for name in found.nearest]
    return "\n".join([f"{sentence} Did you mean {'one of these' if len(near) > 1 else 'this'}?", *near])


def typed(command: ShowStatus | ListTasks, scope: Scope) -> str:
    """Write the command that asks the same of something else, as a shell takes it."""
    return shell_line(to_text(about(command, scope)))


def shell_line(text: str) -> str:
    """Write a text of ours as a command line; words that a shell would take apart stand in quotes."""
    shown = clean(text, _SHOWN)
    verb, _, rest = shown.partition(" ")
    if verb == "help":
        return " ".join(filter(None, (PROGRAM, rest, "--help")))
    if not rest:
        return f"{PROGRAM} {verb}"
    words = [rest] if '"' in rest else rest.split(" ")
    return " ".join([PROGRAM, verb, *map(_quoted, words)])


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'" if _SPECIAL & set(word) else word
