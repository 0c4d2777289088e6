"""What can be broken of the simulated Slack."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.sandbox.page import Lever
from bot.sandbox.slack import CannotDo, SimulatedSlack, Trouble
from bot.sandbox.world.switch import Switch

GROUP = "Slack"
SLOW = timedelta(seconds=2)
"""How long each answer of a slow Slack takes, in real time."""
RETRY_AFTER = 5
_ALL = "*"


def slack_levers(slack: SimulatedSlack, channel: str) -> Mapping[str, Lever]:
    """Give the switches of a Slack whose bot posts to ``channel``, by a stable word for each."""
    return {
        "slack_slow": _trouble(
            slack,
            ("Make Slack slow", "Make Slack quick again", "Slack is slow"),
            Trouble.SLOW,
            lambda: slack.trouble.slow(_ALL, SLOW),
            "Every answer of Slack takes 2 s now.",
        ),
        "slack_500": _trouble(
            slack,
            ("Let Slack answer 500", "Let Slack work again", "Slack answers 500"),
            Trouble.ERROR_BEFORE,
            lambda: slack.trouble.add(_ALL, Trouble.ERROR_BEFORE),
            "Slack answers every call with 500. What is owed waits in the bot's outbox.",
        ),
        "slack_429": _trouble(
            slack,
            ("Let Slack answer 429", "Let Slack take calls again", "Slack answers 429"),
            Trouble.RATE_LIMITED,
            lambda: slack.trouble.add(_ALL, Trouble.RATE_LIMITED, retry_after=RETRY_AFTER),
            f"Slack answers every call with 429, wait {RETRY_AFTER} s.",
        ),
        "slack_delete": _deletion(slack, channel),
        "slack_archive": Switch(
            f"Archive #{channel}",
            f"Bring #{channel} back",
            f"#{channel} is archived",
            GROUP,
            lambda: slack.channel(channel).archived,
            lambda: _archived(slack, channel),
            lambda: _unarchived(slack, channel),
        ).lever(),
    }


def _trouble(
    slack: SimulatedSlack,
    words: tuple[str, str, str],
    trouble: Trouble,
    begin: Callable[[], None],
    said: str,
) -> Lever:
    """Make a switch of one trouble; only one can be on, as only the first would strike."""

    def on() -> str:
        slack.trouble.clear(_ALL)
        begin()
        return said

    def off() -> str:
        slack.trouble.clear(_ALL)
        return "Slack works as it should."

    def is_on() -> bool:
        return any((rule.method, rule.trouble) == (_ALL, trouble) for rule in slack.trouble.rules)

    return Switch(*words, GROUP, is_on, on, off).lever()


def _deletion(slack: SimulatedSlack, channel: str) -> Lever:
    async def pulled() -> str:
        posted = [one for one in slack.channel(channel).messages if one.by_bot and not one.is_reply]
        if not posted:
            raise CannotDo("the bot has posted nothing that could be deleted")
        await slack.delete_message(channel, posted[-1].ts)
        return f"Deleted: {posted[-1].text}"

    return Lever("Delete the last alert", pulled, GROUP, "As an administrator can.")


def _archived(slack: SimulatedSlack, channel: str) -> str:
    slack.archive(channel)
    return f"#{channel} is archived: nobody can post there."


def _unarchived(slack: SimulatedSlack, channel: str) -> str:
    slack.unarchive(channel)
    return f"#{channel} is back."
