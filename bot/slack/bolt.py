"""Makes the clients of Slack and the Bolt app, and lets none of them take settings from the environment."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

READ_BY_BOLT = (
    "SLACK_BOT_TOKEN",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "SLACK_SIGNING_SECRET",
    "SLACK_VERIFICATION_TOKEN",
)
"""What Bolt reads by itself while it is made: a client id and secret, for example, turn on OAuth."""
TIMEOUT = timedelta(seconds=30)


def web_client(token: str | None, api_url: str | None, timeout: timedelta = TIMEOUT) -> AsyncWebClient:
    """Make a client of the Web API that never tries by itself, and gives a call up after ``timeout``.

    The SDK's own handler posts a message twice after a connection reset; when to try again is ours to
    decide, by the outbox. A Slack on this machine is spoken to directly, whatever proxy there is.
    """
    address = api_url or AsyncWebClient.BASE_URL
    seconds = round(timeout.total_seconds())
    client = AsyncWebClient(token=token, base_url=address, retry_handlers=[], timeout=seconds)
    if _is_here(address):
        client.proxy = None
    return client


def bolt_app(api_url: str | None) -> AsyncApp:
    """Make the app that takes Slack's payloads.

    It holds no token and asks Slack nothing before a payload is acknowledged: answers go by our own client.
    It verifies no signature: over HTTP that was done before anything of the request was read.
    """
    with _without(READ_BY_BOLT):
        return AsyncApp(
            name="logbackup-bot",
            client=web_client(None, api_url),
            authorize=_authorize,
            request_verification_enabled=False,
            ignoring_self_events_enabled=False,
        )


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    """Let every payload through: it was signed, or came by a connection that our own token opened."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


def _is_here(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def _without(names: Sequence[str]) -> Iterator[None]:
    """Hide variables of the environment for a moment."""
    hidden = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)
