"""How a command is shown to people who may want to type it."""

from bot.commands import Command, to_text
from bot.views.blocks import escape
from bot.views.wording import clean

SLASH = "/logbackup"
_LONGEST = 200


def typed(command: Command | str) -> str:
    """Show a command, or the text of one, as code to copy; in markup."""
    text = command if isinstance(command, str) else to_text(command)
    return f"`{SLASH} {escape(clean(text, _LONGEST).replace('`', '´'))}`"
