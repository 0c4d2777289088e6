"""Settings read anew while the bot runs: taken whole, or not at all with every reason why not."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bot.errors import SettingsError
from bot.settings.loading import load
from bot.settings.model import Settings
from bot.settings.rules import EVERYTHING, Need
from bot.settings.source import SourceSettings

WITH_A_RESTART = frozenset(
    {
        "slack_bot_token",
        "slack_app_token",
        "slack_signing_secret",
        "slack_api_url",
        "database_url",
        "http_host",
        "http_port",
        "metrics_host",
        "metrics_port",
    }
)
"""What is open as long as the bot runs: connections, and the addresses that it listens on."""
WHILE_RUNNING_OF_A_SOURCE = frozenset({"thresholds", "link"})
"""The rest of a source is the connection to it."""
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What is in force from now on: what ``changed``, by name, and what somebody should look at."""

    settings: Settings
    changed: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Tell it."""
        if not self.changed:
            return "The settings were read again; nothing has changed."
        return f"The settings were read again; new: {_listed(self.changed)}."


@dataclass(frozen=True, slots=True)
class NotReloaded:
    """The settings in force stay what they were: every mistake, and what only a restart can change."""

    mistakes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Tell it."""
        shown, rest = self.mistakes[:_TOLD], len(self.mistakes) - _TOLD
        more = f" And {rest} more." if rest > 0 else ""
        return f"The settings were read again and not taken, the old ones stay: {' '.join(shown)}{more}"


def reload(
    current: Settings,
    environment: Mapping[str, str],
    config_path: str | None = None,
    *,
    needs: Collection[Need] = EVERYTHING,
) -> Reloaded | NotReloaded:
    """Read the settings again, as ``load`` does, and compare them with those in force.

    Files of secrets and of certificates are read again too. It never raises.
    """
    try:
        settings, warnings = load(environment, config_path, needs=needs)
    except SettingsError as error:
        return NotReloaded(error.mistakes)
    changed = tuple(_changed(current, settings))
    held = [name for name, in_flight in changed if not in_flight]
    if held:
        verb = "changes" if len(held) == 1 else "change"
        return NotReloaded((f"{_listed(held)} {verb} with a restart only.",))
    return Reloaded(settings, tuple(name for name, _ in changed), warnings)


def _changed(before: Settings, after: Settings) -> Iterator[tuple[str, bool]]:
    """Name what is another than before, and say whether it can change while the bot runs."""
    for name in Settings.model_fields:
        if getattr(before, name) == getattr(after, name):
            continue
        if name == "sources":
            yield from _changed_sources(before.sources, after.sources)
        else:
            yield name, name not in WITH_A_RESTART


def _changed_sources(
    before: tuple[SourceSettings, ...], after: tuple[SourceSettings, ...]
) -> Iterator[tuple[str, bool]]:
    if [source.name for source in before] != [source.name for source in after]:
        yield "sources", False
        return
    for old, new in zip(before, after, strict=True):
        for name in SourceSettings.model_fields:
            if getattr(old, name) != getattr(new, name):
                yield f"{name} of source {new.name}", name in WHILE_RUNNING_OF_A_SOURCE


def _listed(names: Collection[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
