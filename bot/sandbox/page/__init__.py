"""The web page of the simulated Slack: channels, threads, dialogs and Home as people know them.

Serving it beside the simulated Slack::

    page = Page(clock, world=rows, levers={"mend": Lever("Mend everything", mend)})
    async with SimulatedSlack(clock=clock, pacing_clock=real, routes=page.routes) as slack:
        slack.add_channel("alerts")
        page.show(slack, person="anna", channel="alerts")
        print(page_address(slack))

Before ``show`` the address answers that it is not ready. ``clock`` is the one that dates messages; the page
says its date and its speed.

- ``world`` is called about once a second for each open page and returns WorldRows: the simulated fleet as it
  really is. Without it the page has no such list.
- ``levers`` are buttons by name. A Lever has a label, an async ``pull`` that returns a sentence to show (or
  None), and the heading of its ``group``. The mapping is read anew each time, so labels may change.
- ``hints`` are texts to try in the message box; ``story`` are Steps to follow, each of which may name a lever
  or bring a text. Both have their place in the side panel.

What a page asks for and hears goes over one WebSocket (``/page/live``) that only a page of this very address
may open. Everything that people or the bot wrote is text until it is drawn: the server turns markup into a
tree of known nodes, and the page makes elements of these, never HTML. Dates are shown in the zone of the
person through whose eyes one looks.
"""

from bot.sandbox.page.page import Page, page_address
from bot.sandbox.page.world import HINTS, Hint, Lever, Standing, Step, WorldRow

__all__ = ["HINTS", "Hint", "Lever", "Page", "Standing", "Step", "WorldRow", "page_address"]
