"""What a trouble usually is and what to run to find out, each piece to be copied as it stands."""

from collections.abc import Sequence

from bot.domain.incident import Incident
from bot.domain.problem import Problem
from bot.views.blocks import Block, literal, quotation, section
from bot.views.full_backup import backup_steps
from bot.views.hints import Hint, Seen, Step, hint, seen_in_incident
from bot.views.outcome import asks_nobody
from bot.views.wording import clean

_SENTENCE = 300
_IN_A_LINE = 250


def hint_lines(seen: Seen) -> list[str]:
    """Say what it usually is and where to look first; in markup."""
    found = hint(seen)
    return [literal(clean(found.usually, _SENTENCE)), f"*Look first at:* {_look(found)}"]


def step_blocks(seen: Seen) -> list[Block]:
    """Show what to run, and where."""
    return _shown(hint(seen).steps)


def backup_blocks(seen: Seen) -> list[Block]:
    """Show how a full backup is taken, and how it is seen that it has finished."""
    return _shown(backup_steps(seen))


def _shown(steps: Sequence[Step]) -> list[Block]:
    blocks = []
    for step in steps:
        blocks += [section(literal(clean(step.where, _SENTENCE))), quotation(step.run)]
    return blocks


def look_line(
    incident: Incident,
    details: str,
    *,
    status: str | None = None,
    error: str | None = None,
    address: str = "",
) -> str:
    """Say where to look first, and that ``details`` has what to run where there is something; in markup.

    Empty for what mends itself. ``status`` and ``error`` are OCP's words, ``address`` is where it answers.
    """
    if incident.good_polls or asks_nobody(incident):
        return ""
    look = hint(seen_in_incident(incident, status, error, address))
    asks_people = incident.problem in (Problem.PAUSED, Problem.MISSING)
    runs = "" if asks_people or not look.steps else f" ({details} has what to run, ready to copy)"
    return f"Look at: {literal(clean(look.look_at, _IN_A_LINE))}{runs}"


def _look(found: Hint) -> str:
    return literal(clean(found.look_at, _SENTENCE))
