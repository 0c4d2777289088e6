"""Shows the Home tab: what is open, theirs first, the fleet, what is silenced, and how the bot is."""

from bot.domain.handling import UserId
from bot.domain.look import is_firing
from bot.errors import StorageError
from bot.operations.answer_ports import Means
from bot.operations.answering import Asked
from bot.operations.show_silenced import silenced_now
from bot.views.blocks import Block
from bot.views.home import HomeFacts, home_view


async def home(means: Means, asked: Asked) -> tuple[Block, ...]:
    """Draw the Home tab of one person."""
    now, fleet = means.clock.now(), means.fleet.now()
    still_open = [one for one in fleet.incidents if is_firing(one)]
    try:
        silences = await means.store.silences()
        silenced = await silenced_now(means.store, still_open, now)
    except StorageError:  # what the Home tab says of the bot's health has the reason
        silences, silenced = (), {}
    facts = HomeFacts(
        fleet=fleet,
        still_open=still_open,
        silences=silences,
        health=await means.health(),
        silenced=silenced,
    )
    return tuple(home_view(UserId(asked.user), facts, now=now, zone=means.zone_of(asked)))
