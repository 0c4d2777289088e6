"""What an app manifest asks for, as the simulated Slack grants it."""

from collections.abc import Mapping
from typing import Any, TypedDict


class Installation(TypedDict):
    """The arguments of a SimulatedSlack that an app of this manifest was installed in."""

    scopes: frozenset[str]
    events: frozenset[str]
    commands: frozenset[str]


def installation(manifest: Mapping[str, Any]) -> Installation:
    """Read a parsed manifest; what it does not ask for is not granted."""
    features = manifest.get("features", {})
    scopes = manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])
    events = manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
    commands = [command["command"] for command in features.get("slash_commands", [])]
    return Installation(scopes=frozenset(scopes), events=frozenset(events), commands=frozenset(commands))
