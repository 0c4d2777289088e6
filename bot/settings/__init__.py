"""What can be configured: environment variables, and a YAML file for what needs lists.

``load`` reads both, ``reload`` does so again; ``Settings`` is what is in force. Only the command line and
the composition root see it.
"""

from bot.settings.loading import Loaded, load
from bot.settings.model import Address, Settings
from bot.settings.reloading import NotReloaded, Reloaded, reload
from bot.settings.rules import EVERYTHING, Need
from bot.settings.showing import schema, shown, values_in_force
from bot.settings.source import SourceSettings

__all__ = [
    "EVERYTHING",
    "Address",
    "Loaded",
    "Need",
    "NotReloaded",
    "Reloaded",
    "Settings",
    "SourceSettings",
    "load",
    "reload",
    "schema",
    "shown",
    "values_in_force",
]
