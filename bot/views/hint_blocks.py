"""What a trouble usually is and what to run to find out, each piece to be copied as it stands."""

from bot.views.blocks import Block, literal, quotation, section
from bot.views.hints import Hint, Seen, hint
from bot.views.wording import clean

_SENTENCE = 300


def hint_lines(seen: Seen) -> list[str]:
    """Say what it usually is and where to look first; in markup."""
    found = hint(seen)
    return [literal(clean(found.usually, _SENTENCE)), f"*Look first at:* {_look(found)}"]


def step_blocks(seen: Seen) -> list[Block]:
    """Show what to run, and where."""
    blocks = []
    for step in hint(seen).steps:
        blocks += [section(literal(clean(step.where, _SENTENCE))), quotation(step.run)]
    return blocks


def _look(found: Hint) -> str:
    return literal(clean(found.look_at, _SENTENCE))
