"""Slack's failures, put into our own classes with a sentence for people."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import SlackError, SlackPermanent, SlackTemporary

SERVER_ERRORS = 500
THROTTLED = 429

SENTENCES = {
    "account_inactive": "Slack says that the bot's account is deactivated: install the app again.",
    "channel_not_found": "Slack knows no such channel, or the bot may not see it: invite the bot to it.",
    "invalid_auth": "Slack refused the bot's token: check SLACK_BOT_TOKEN.",
    "is_archived": "The channel is archived: choose another one, or restore it.",
    "missing_scope": "The bot lacks a permission in Slack: install the app again from manifest.yml.",
    "not_authed": "Slack got no token: check SLACK_BOT_TOKEN.",
    "not_in_channel": "The bot is not in the channel: invite it with /invite.",
    "restricted_action": "A setting of the workspace does not let the bot post in this channel.",
    "token_expired": "The bot's token has expired: install the app again.",
    "token_revoked": "The bot's token was revoked: install the app again.",
}
TEMPORARY = frozenset(
    {
        "fatal_error",
        "internal_error",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
OUTCOME_UNKNOWN = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})


async def call(method: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the method takes
    """Call one method of the Web API and return its answer. Raises SlackError."""
    try:
        response = await method(**arguments)
    except SlackApiError as error:
        raise read_failure(error.response) from error
    except aiohttp.ClientConnectorError as error:
        raise SlackTemporary("Slack cannot be reached.", code="unreachable") from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError, ConnectionError) as error:
        sentence = "The connection to Slack broke before it answered."
        raise SlackTemporary(sentence, code="no_answer", outcome_unknown=True) from error
    data = response.data
    return data if isinstance(data, dict) else {}


def read_failure(response: Any) -> SlackError:  # noqa: ANN401 - an SDK response, a dict or a text
    """Tell what a refusal of Slack means."""
    status = getattr(response, "status_code", 200)
    headers = getattr(response, "headers", None) or {}
    data = getattr(response, "data", response)
    code = str(data.get("error", "unknown")) if isinstance(data, dict) else "unknown"
    if status == THROTTLED or code == "ratelimited":
        return SlackTemporary(
            "Slack asks the bot to slow down.", code="ratelimited", retry_after=_retry_after(headers)
        )
    if status >= SERVER_ERRORS or code in TEMPORARY or not isinstance(data, dict):
        unknown = status >= SERVER_ERRORS or code in OUTCOME_UNKNOWN or not isinstance(data, dict)
        return SlackTemporary("Slack has a problem of its own.", code=code, outcome_unknown=unknown)
    return SlackPermanent(_sentence(code, data), code=code)


def _sentence(code: str, data: dict[str, Any]) -> str:
    sentence = SENTENCES.get(code, f"Slack refused with {code!r}.")
    needed = data.get("needed")
    return f"{sentence} Needed: {needed}." if code == "missing_scope" and needed else sentence


def _retry_after(headers: Any) -> timedelta:  # noqa: ANN401 - the SDK's mapping of headers
    """Read Retry-After, whatever the case of its name; a minute where it is missing."""
    for name, value in dict(headers).items():
        if str(name).lower() == "retry-after":
            text = value[0] if isinstance(value, list) and value else value
            try:
                return timedelta(seconds=max(float(text), 0.0))
            except (TypeError, ValueError, OverflowError):
                break
    return timedelta(minutes=1)
