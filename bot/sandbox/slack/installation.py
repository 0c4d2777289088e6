"""What an app manifest asks for, as the simulated Slack grants it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut of the app: of messages, in their menus, or a global one."""

    name: str
    callback_id: str
    of_messages: bool = True


class Installation(TypedDict):
    """The arguments of a SimulatedSlack that an app of this manifest was installed in."""

    scopes: frozenset[str]
    events: frozenset[str]
    commands: frozenset[str]
    escaping: frozenset[str]
    shortcuts: tuple[Shortcut, ...]


def installation(manifest: Mapping[str, Any]) -> Installation:
    """Read a parsed manifest; what it does not ask for is not granted."""
    features = manifest.get("features", {})
    scopes = manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])
    events = manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
    commands = features.get("slash_commands", [])
    shortcuts = [
        Shortcut(one["name"], one["callback_id"], of_messages=one.get("type") == "message")
        for one in features.get("shortcuts", [])
    ]
    return Installation(
        scopes=frozenset(scopes),
        events=frozenset(events),
        commands=frozenset(one["command"] for one in commands),
        escaping=frozenset(one["command"] for one in commands if one.get("should_escape")),
        shortcuts=tuple(shortcuts),
    )
