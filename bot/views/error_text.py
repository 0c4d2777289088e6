"""An error message of OCP's as it came, readable, harmless and never too long."""

from bot.views.blocks import Block, quotation, size
from bot.views.wording import clean, cut

_LENGTHS = (1500, 500, 150)
_ROOM = 4000


def error_quotation(error: str) -> Block:
    """Show an error message in a box of its own; what is cut is counted."""
    boxes = (quotation(_readable(cut(error, length))) for length in _LENGTHS)
    return next((box for box in boxes if size([box]) <= _ROOM), quotation("(it cannot be shown)"))


def _readable(error: str) -> str:
    """Keep the lines, each without what cannot be seen."""
    lines = (clean(line, max(len(line), 2)) for line in error.splitlines() if line.strip())
    return "\n".join(lines) or "(blank)"
