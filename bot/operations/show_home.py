"""Shows the Home tab: what is open, theirs first, the fleet, what is silenced, and how the bot is."""

from bot.domain.handling import UserId
from bot.domain.incident import Incident
from bot.domain.look import is_firing, worst_first
from bot.errors import StorageError
from bot.operations.answer_ports import Means
from bot.operations.answering import Asked
from bot.operations.show_silenced import open_groups, silenced_now
from bot.views.blocks import Block
from bot.views.home import HomeFacts, home_view

READ_ANEW = 200
"""So many of the worst incidents are shown as they are kept; the others as they were at the last look."""


async def home(means: Means, asked: Asked) -> tuple[Block, ...]:
    """Draw the Home tab of one person."""
    now, fleet = means.clock.now(), await means.present()
    still_open = [one for one in fleet.incidents if is_firing(one)]
    try:
        still_open = await _as_kept(means, still_open)
        silences = await means.store.silences()
        silenced = await silenced_now(means.store, still_open, now)
        groups = await open_groups(means.store)
    except StorageError:  # what the Home tab says of the bot's health has the reason
        silences, silenced, groups = (), {}, {}
    facts = HomeFacts(
        fleet=fleet,
        still_open=still_open,
        silences=silences,
        health=await means.health(),
        silenced=silenced,
        groups=groups,
    )
    return tuple(home_view(UserId(asked.user), facts, now=now, zone=means.zone_of(asked)))


async def _as_kept(means: Means, incidents: list[Incident]) -> list[Incident]:
    """Give incidents as they are kept: what was done a moment ago is not in the last look at the fleet."""
    worst = sorted(incidents, key=worst_first)
    kept = await means.store.incidents_by_number([one.number for one in worst[:READ_ANEW]])
    anew = {one.number: one for one in kept}
    return [one for one in (anew.get(each.number, each) for each in worst) if is_firing(one)]
