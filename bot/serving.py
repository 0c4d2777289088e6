"""Where the bot listens: its own addresses, and Slack's sockets or signed requests."""

from collections.abc import Callable, Mapping, Sequence

from aiohttp.web import RouteDef
from slack_bolt.app.async_app import AsyncApp

from bot.monitoring.metrics import Metrics
from bot.monitoring.web import Part, WebServer
from bot.operations.hold_leases import Leases
from bot.operations.ports import Clock, Journal
from bot.settings import Settings
from bot.slack.connection import SocketConnections
from bot.slack.requests import slack_routes


def web_servers(
    settings: Settings,
    asked: Callable[[], Mapping[str, Part]],
    routes: Sequence[RouteDef],
    metrics: Metrics | None = None,
) -> list[WebServer]:
    """Make the servers: one for everything, or health on an address of its own and Slack on the other."""
    page = None if metrics is None else metrics.page
    own = settings.metrics_address
    if own is None:
        return [WebServer(*settings.http_address, asked, routes, metrics=page)]
    slack = [WebServer(*settings.http_address, None, routes)] if routes else []
    return [*slack, WebServer(*own, asked, metrics=page)]


def socket_connections(
    settings: Settings, app: AsyncApp, clock: Clock, journal: Journal, leases: Leases | None = None
) -> SocketConnections | None:
    """Make the Socket Mode connections, where there is an app token; else Slack comes over HTTP."""
    token = settings.slack_app_token
    if token is None:
        return None
    return SocketConnections(
        app, token.get_secret_value(), clock, journal, replicas=lambda: leases.replicas if leases else 1
    )


def signed_routes(settings: Settings, app: AsyncApp, clock: Clock, journal: Journal) -> list[RouteDef]:
    """Give the routes of Slack's signed requests; none where Slack is heard by Socket Mode."""
    secret = settings.slack_signing_secret
    if settings.slack_app_token is not None or secret is None:
        return []
    return slack_routes(app, secret.get_secret_value(), clock, journal)
