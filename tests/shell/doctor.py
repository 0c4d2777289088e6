"""What the doctor printed, line by line."""

import re

from bot.terminal.checkup import Examined, State
from tests.shell.world import Outcome


def lines(said: Outcome) -> list[Examined]:
    """Read the lines that the doctor printed."""
    found = []
    for line in (said.out + said.err).splitlines():
        match = re.fullmatch(r"[✓!✗] (ok|warning|failed) +(\S+(?: \S+)?) {2,}(.+)", line)
        if match is not None:
            found.append(Examined(match[2], State(match[1]), match[3]))
    return found


def told(said: Outcome, state: State) -> list[str]:
    """Give what was told of a state."""
    return [f"{one.part}: {one.says}" for one in lines(said) if one.state is state]


def bad(said: Outcome) -> str:
    """Give the one thing that failed."""
    (one,) = told(said, State.FAILED)
    return one
