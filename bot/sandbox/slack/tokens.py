"""The tokens of the installed app, and whether they still hold."""

from dataclasses import dataclass

from bot.sandbox.slack.refusal import Refusal

BOT_TOKEN = "xoxb-1000000001-simulated-bot"  # noqa: S105 - opens nothing but the simulated Slack
APP_TOKEN = "xapp-1-A0000LOGBK-1000000001-simulated-app"  # noqa: S105 - as above
SIGNING_SECRET = "5f1d0c7ab3e94c628d1b0e3f9a7c6d52"  # noqa: S105 - as above


@dataclass(frozen=True, slots=True)
class Token:
    """A token that holds: the app's, or the bot's."""

    app: bool


class Tokens:
    """Which tokens hold."""

    def __init__(self) -> None:
        self.revoked: set[str] = set()

    def check(self, token: str, *, app: bool) -> Token:
        """Refuse a token that is missing, unknown, revoked or of the wrong kind."""
        if not token:
            raise Refusal("not_authed")
        if token in self.revoked:
            raise Refusal("token_revoked")
        if token not in {BOT_TOKEN, APP_TOKEN}:
            raise Refusal("invalid_auth")
        if app != (token == APP_TOKEN):
            raise Refusal("not_allowed_token_type")
        return Token(app=app)
