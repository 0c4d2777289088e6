"""The Home tab: published for one person, within Slack's limits."""

from collections.abc import Sequence

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError, SlackPermanent
from bot.operations.ports import Journal
from bot.slack.failures import call
from bot.views.blocks import Block, context, section

BLOCKS = 100
TOO_MUCH = "This was too long for one page: the rest is left out. `/logbackup status` has all of it."
NOT_DRAWN = "This page could not be drawn. `/logbackup status` says the same."


async def publish(client: AsyncWebClient, user: str, blocks: Sequence[Block], journal: Journal) -> None:
    """Show somebody their Home tab; where Slack finds it ill-formed, a sentence stands there instead."""
    kept = list(blocks)
    if len(kept) > BLOCKS:
        kept = [*kept[: BLOCKS - 1], context(TOO_MUCH)]
    for shown in (kept, [section(NOT_DRAWN)]):
        try:
            await call(client.views_publish, user_id=user, view={"type": "home", "blocks": shown})
        except SlackPermanent as error:
            journal.error("home not published", code=error.code)
        except SlackError as error:
            journal.warning("home not published", code=error.code)
            return
        else:
            return
