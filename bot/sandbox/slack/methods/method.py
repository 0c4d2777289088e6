"""One method of the Web API: its token, its scopes, its pace, and what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.socket_mode import SocketMode
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.workspace import Workspace

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a method can reach."""

    workspace: Workspace
    triggers: Triggers
    sockets: SocketMode
    root_url: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Method:
    """``per_minute`` is Slack's tier; a method with ``app_token`` wants that one instead of the bot's."""

    run: Callable[[Surroundings, Arguments], Json]
    per_minute: int
    scopes: tuple[str, ...] = ()
    app_token: bool = False
    posts: bool = False
