"""Slack's failures, put into our own classes with a sentence for people."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import SlackError, SlackPermanent, SlackTemporary

SERVER_ERRORS = 500
THROTTLED = 429
LONGEST_WAIT = timedelta(minutes=10)
"""However long Slack asks the bot to wait, it tries again after this at the latest."""

_AGAIN = "install the app again from manifest.yml"
_NO_POST = "A setting of the workspace does not let the bot post in this channel"
_TOO_MUCH = "Slack found the message too long. This is a fault of the bot: please report it."
_ILL_FORMED = "Slack did not understand the message. This is a fault of the bot: please report it."

SENTENCES = {
    "access_denied": f"Slack does not let the bot do this: {_AGAIN}.",
    "account_inactive": f"Slack says that the bot's account is deactivated: {_AGAIN}.",
    "cannot_reply_to_message": "Slack allows no replies to this message.",
    "cant_update_message": "The message is not the bot's own, so it cannot be edited.",
    "channel_not_found": "Slack knows no such channel, or the bot may not see it: invite the bot to it.",
    "edit_window_closed": "A setting of the workspace no longer lets this message be edited.",
    "ekm_access_denied": "The workspace's administrators have suspended access to its messages.",
    "enterprise_is_restricted": "The organisation does not let the bot use Slack: ask its administrators.",
    "invalid_auth": "Slack refused the bot's token: check SLACK_BOT_TOKEN.",
    "invalid_blocks": _ILL_FORMED,
    "invalid_blocks_format": _ILL_FORMED,
    "is_archived": "The channel is archived: choose another one, or restore it.",
    "is_inactive": "The channel is frozen by Slack: choose another one.",
    "message_not_found": "The message is gone: somebody deleted it.",
    "missing_scope": f"The bot lacks a permission in Slack: {_AGAIN}.",
    "msg_blocks_too_long": _TOO_MUCH,
    "msg_too_long": _TOO_MUCH,
    "no_permission": f"{_NO_POST}: ask its administrators.",
    "no_such_subteam": "Slack knows no such user group: check its id, which begins with S.",
    "no_text": _ILL_FORMED,
    "not_allowed_token_type": "SLACK_BOT_TOKEN is no bot token: it begins with xoxb-.",
    "not_authed": "Slack got no token: check SLACK_BOT_TOKEN.",
    "not_in_channel": "The bot is not in the channel: invite it with /invite.",
    "org_login_required": "The workspace is being moved to an organisation: try again when that is done.",
    "restricted_action": f"{_NO_POST}.",
    "restricted_action_non_threadable_channel": "The channel allows no replies: choose another one.",
    "restricted_action_read_only_channel": "The channel is read-only: choose another one.",
    "restricted_action_thread_locked": "The thread is locked: no replies can be added.",
    "restricted_action_thread_only_channel": "The channel allows replies only: choose another one.",
    "team_access_not_granted": f"The bot was not granted this workspace: {_AGAIN}.",
    "team_not_found": f"Slack does not know the bot's workspace: {_AGAIN}.",
    "thread_not_found": "The thread is gone: somebody deleted its first message.",
    "token_expired": f"The bot's token has expired: {_AGAIN}.",
    "token_revoked": f"The bot's token was revoked: {_AGAIN}.",
    "user_not_found": "Slack knows no such person.",
    "user_not_in_channel": "The person is not in the channel.",
    "user_not_visible": "The bot may not see this person.",
}
"""What each of Slack's lasting refusals means, and what to do."""

TEMPORARY = {
    "fatal_error": "Slack failed and does not say how far it came.",
    "internal_error": "Slack failed and does not say how far it came.",
    "message_limit_exceeded": "The workspace has written too many messages for the moment.",
    "rate_limited": "Slack asks the bot to slow down.",
    "ratelimited": "Slack asks the bot to slow down.",
    "request_timeout": "Slack did not get the bot's request to its end.",
    "service_unavailable": "Slack is not available at the moment.",
    "team_added_to_org": "The workspace is being moved to an organisation; Slack answers now and then only.",
}
"""What each of Slack's passing refusals means."""

OUTCOME_UNKNOWN = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
"""The refusals after which a message may stand all the same."""


async def call(method: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the method takes
    """Call one method of the Web API and return its answer. Raises SlackError."""
    try:
        response = await method(**arguments)
    except SlackApiError as error:
        raise read_failure(error.response) from error
    except aiohttp.ClientConnectorError as error:
        raise unreachable(error) from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError, ConnectionError) as error:
        sentence = "The connection to Slack broke before it answered."
        raise SlackTemporary(sentence, code="no_answer", outcome_unknown=True) from error
    except (AttributeError, LookupError, ValueError) as error:
        # The SDK takes every answer for a JSON object; a proxy between answers in plain text.
        raise _unreadable() from error
    if not isinstance(response.data, dict):
        raise _unreadable()
    return response.data


def unreachable(error: aiohttp.ClientConnectorError) -> SlackTemporary:
    """Name the address that does not answer: Slack's, or that of a proxy on the way."""
    return SlackTemporary(f"Slack cannot be reached at {error.host}:{error.port}.", code="unreachable")


def read_failure(response: Any) -> SlackError:  # noqa: ANN401 - an SDK response, a dict or a text
    """Tell what a refusal of Slack means."""
    status = getattr(response, "status_code", None) or getattr(response, "status", None) or 200
    headers = getattr(response, "headers", None) or {}
    data = getattr(response, "data", response)
    code = _code(data.get("error")) if isinstance(data, Mapping) else ""
    if status == THROTTLED or code in ("ratelimited", "rate_limited"):
        return SlackTemporary(TEMPORARY["ratelimited"], code="ratelimited", retry_after=_retry_after(headers))
    if status >= SERVER_ERRORS:
        sentence = TEMPORARY.get(code, "Slack has a problem of its own.")
        return SlackTemporary(sentence, code=code or f"http_{status}", outcome_unknown=True)
    if not code:
        return _unreadable()
    if code in TEMPORARY:
        return SlackTemporary(TEMPORARY[code], code=code, outcome_unknown=code in OUTCOME_UNKNOWN)
    return SlackPermanent(_sentence(code, data), code=code)


def _code(error: object) -> str:
    """Give Slack's word for a refusal; what is no single word somebody else has said."""
    return error if isinstance(error, str) and " " not in error else ""


def _unreadable() -> SlackTemporary:
    sentence = "Something between the bot and Slack answered in Slack's place."
    return SlackTemporary(sentence, code="unreadable", outcome_unknown=True)


def _sentence(code: str, data: Mapping[str, Any]) -> str:
    sentence = SENTENCES.get(code, f"Slack refused with {code[:80]!r}.")
    needed = data.get("needed")
    return f"{sentence} Needed: {needed}." if code == "missing_scope" and needed else sentence


def _retry_after(headers: Any) -> timedelta:  # noqa: ANN401 - the SDK's mapping of headers
    """Read Retry-After, whatever the case of its name; a minute where it is missing."""
    for name, value in dict(headers).items():
        if str(name).lower() == "retry-after":
            text = value[0] if isinstance(value, list) and value else value
            try:
                return min(timedelta(seconds=max(float(text), 0.0)), LONGEST_WAIT)
            except OverflowError:
                return LONGEST_WAIT
            except (TypeError, ValueError):
                break
    return timedelta(minutes=1)
