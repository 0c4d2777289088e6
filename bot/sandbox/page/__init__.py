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
  None), and the heading of its ``group``; with ``is_on`` it is a switch. ``task_levers`` are what can be done
  to the task of a row.
- ``hints`` are texts to try in the message box; ``story`` are Steps to follow, each of which may name a lever
  or bring a text, and ticks itself off when its ``is_done`` has been true. Both are in the side panel. The
  message that a step speaks of is shown from there. A Story that is not told yet shows how to begin it.
- ``recording`` gives the file that can be downloaded, or None.

What a page asks for and hears goes over one WebSocket (``/page/live``) that only a page of this very address
may open. Everything that people or the bot wrote is text until it is drawn: the server turns markup into a
tree of known nodes, and the page makes elements of these, never HTML. Dates are shown in the zone of the
person through whose eyes one looks.
"""

from bot.sandbox.page.page import Page, page_address
from bot.sandbox.page.story import Place, Step, Story
from bot.sandbox.page.world import HINTS, Hint, Lever, Standing, TaskLever, WorldRow

__all__ = [
    "HINTS",
    "Hint",
    "Lever",
    "Page",
    "Place",
    "Standing",
    "Step",
    "Story",
    "TaskLever",
    "WorldRow",
    "page_address",
]
