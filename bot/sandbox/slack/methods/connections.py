"""apps.connections.open: a ticket for one Socket Mode connection."""

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.methods.method import Json, Method, Surroundings


def opened(around: Surroundings, _arguments: Arguments) -> Json:
    """apps.connections.open."""
    return {"url": around.sockets.ticket(around.root_url())}


METHODS = {"apps.connections.open": Method(opened, 20, ("connections:write",), app_token=True)}
