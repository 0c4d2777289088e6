"""What people can say to the bot: one table of verbs, from text to a Command and back."""

from bot.commands.filters import FILTERS
from bot.commands.forms import (
    Command,
    ListIncidents,
    ListTasks,
    ShowHealth,
    ShowHelp,
    ShowIncident,
    ShowStatus,
    ShowTask,
)
from bot.commands.grammar import parse, to_text
from bot.commands.verbs import BY_NAME, VERBS, Door, Example, Verb

__all__ = [
    "BY_NAME",
    "FILTERS",
    "VERBS",
    "Command",
    "Door",
    "Example",
    "ListIncidents",
    "ListTasks",
    "ShowHealth",
    "ShowHelp",
    "ShowIncident",
    "ShowStatus",
    "ShowTask",
    "Verb",
    "parse",
    "to_text",
]
