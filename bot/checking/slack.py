"""Looks at Slack: both tokens, the scopes, the alert channel, Socket Mode; and sends a test alert."""

import re
from collections.abc import Sequence

from slack_sdk.web.async_client import AsyncWebClient

from bot.checking.channels import INSTALL, examine_channels
from bot.checking.channels import send_test_alert as rehearse
from bot.checking.people import examine_people
from bot.domain.posts import Channel
from bot.errors import SlackError, SlackTemporary
from bot.logs import journal
from bot.operations.ports import Clock
from bot.settings import Settings
from bot.slack.bolt import web_client
from bot.slack.inspection import OPTIONAL, SCOPES, Identity, app_of, hear, identify
from bot.terminal.checkup import Examined, failed, ok, warning
from bot.views.wording import clean

_SECRET = re.compile(r"[0-9a-f]{32}")
_NOT_SLACK = {"unreachable", "no_answer", "unreadable"}
"""What happens where the way to Slack leads nowhere, or to somebody else."""


async def examine_slack(
    part: str, settings: Settings, clock: Clock, *, send_test_alert: bool
) -> Sequence[Examined]:
    """Look at Slack as far as the tokens reach, and send the test alert where it is asked for."""
    token = "" if settings.slack_bot_token is None else settings.slack_bot_token.get_secret_value()
    client = web_client(token, settings.slack_api_url)
    try:
        identity = await identify(client)
    except SlackError as error:
        about = _about_token(error, settings, "SLACK_BOT_TOKEN", "bot token", "xoxb-")
        found = [failed(part, about)]
        return [*found, *await examine_requests(part, settings, client, None)]
    found = tell_identity(part, identity)
    found += await examine_requests(part, settings, client, identity)
    there, said = await examine_channels(part, settings, client, identity)
    whom, known = await examine_people(part, settings, client, clock, journal("bot.check"))
    found += [*said, *known]
    alerts = there.get(Channel(settings.alert_channel or ""))
    if send_test_alert and alerts is not None:
        found += await rehearse(part, settings, client, alerts, clock, whom)
    return found


def _about_token(error: SlackError, settings: Settings, setting: str, kind: str, prefix: str) -> str:
    if isinstance(error, SlackTemporary):
        return about_way(error, settings)
    if error.code == "not_allowed_token_type":
        return (
            f"{setting} holds another kind of token: the {kind} begins with {prefix}. Are two tokens swapped?"
        )
    if error.code in {"invalid_auth", "not_authed"}:
        return f"Slack does not know the token in {setting}: copy the app's {kind} ({prefix}…) again."
    return error.sentence.replace("SLACK_BOT_TOKEN", setting)


def about_way(error: SlackTemporary, settings: Settings) -> str:
    """Say what to look at where Slack does not answer, or does not answer as Slack does."""
    if error.code == "no_hello":
        return error.sentence
    if error.code not in _NOT_SLACK:
        return f"{error.sentence} Try again in a minute."
    if settings.slack_api_url == AsyncWebClient.BASE_URL:
        return f"{error.sentence} Let this machine reach slack.com, through the proxy if there is one."
    address = clean(settings.slack_api_url)
    cure = "correct it (it ends in /api/), or remove it to use Slack's own."
    return f"{error.sentence} SLACK_API_URL is {address}: {cure}"


def tell_identity(part: str, identity: Identity) -> list[Examined]:
    """Say whose token it is, and what it may."""
    return [_who(part, identity), *_scopes(part, identity)]


def _who(part: str, identity: Identity) -> Examined:
    if identity.bot_id is None:
        return failed(
            part,
            "SLACK_BOT_TOKEN belongs to a person, not to a bot: copy the Bot User OAuth Token, which begins"
            " with xoxb-.",
        )
    return ok(part, f"The bot is @{clean(identity.user)} in the workspace {clean(identity.team)}.")


def _scopes(part: str, identity: Identity) -> list[Examined]:
    if identity.scopes is None:
        return [warning(part, "Slack does not say which scopes the bot was granted.")]
    missing = identity.missing()
    if not missing:
        return [ok(part, f"It was granted all {len(SCOPES)} scopes that it needs.")]
    told = "; ".join(f"{scope} is missing: {SCOPES[scope]}" for scope in missing)
    grave = not OPTIONAL.issuperset(missing)
    return [(failed if grave else warning)(part, f"The scope {told}. {INSTALL}")]


async def examine_requests(
    part: str, settings: Settings, client: AsyncWebClient, identity: Identity | None
) -> Sequence[Examined]:
    """Look at the way that Slack's requests take: Socket Mode, or signed HTTP."""
    if settings.slack_app_token is None:
        secret = settings.slack_signing_secret
        if secret is not None and not _SECRET.fullmatch(secret.get_secret_value()):
            return [
                warning(
                    part,
                    "SLACK_SIGNING_SECRET does not look like one (32 of 0-9 and a-f): copy it from the app's"
                    " Basic Information.",
                )
            ]
        return [
            ok(part, "Requests come signed over HTTP: that the signing secret is right shows with the first.")
        ]
    try:
        app = await hear(client, settings.slack_app_token.get_secret_value())
    except SlackError as error:
        return [failed(part, _about_socket(error, settings))]
    own = None if identity is None or identity.bot_id is None else await _app(client, identity.bot_id)
    if app is not None and own is not None and app != own:
        return [
            failed(
                part,
                f"SLACK_APP_TOKEN is of another app ({clean(app)}) than SLACK_BOT_TOKEN ({clean(own)}):"
                " copy both from the same one.",
            )
        ]
    return [ok(part, "Socket Mode is on, and Slack says hello.")]


async def _app(client: AsyncWebClient, bot_id: str) -> str | None:
    try:
        return await app_of(client, bot_id)
    except SlackError:
        return None


def _about_socket(error: SlackError, settings: Settings) -> str:
    known = {"not_allowed_token_type", "invalid_auth", "not_authed", "link_disabled", "token_revoked"}
    if error.code == "missing_scope":
        return "SLACK_APP_TOKEN lacks the scope connections:write: create an app-level token that has it."
    if error.code in known or isinstance(error, SlackTemporary):
        return _about_token(error, settings, "SLACK_APP_TOKEN", "app-level token", "xapp-")
    return (
        f"Slack opens no Socket Mode connection ({clean(error.code)}): switch Socket Mode on in the app's"
        " settings, and check that SLACK_APP_TOKEN is of this app."
    )
