"""The demo: the bot between a simulated OCP and a simulated Slack, on loopback, with nothing to set up."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import Running, running
from bot.clock import ScaledClock, SystemClock
from bot.operations.ports import Journal
from bot.sandbox.fleet import Fleet, TaskRow, Trouble, demo_levers, demo_story
from bot.sandbox.fleet import Lever as FleetLever
from bot.sandbox.ocp import SimulatedOcp
from bot.sandbox.page import Lever, Page, Standing, WorldRow, page_address
from bot.sandbox.slack import SimulatedSlack
from bot.settings import EVERYTHING, load

CHANNEL = "log-backup"
FIRST_DAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""When the story begins, in simulated time."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that runs: the page's address, and the parts."""

    url: str
    clock: ScaledClock
    fleet: Fleet
    ocp: SimulatedOcp
    slack: SimulatedSlack
    bot: Running


@asynccontextmanager
async def demo(journal: Journal, *, port: int, speed: float, seed: int) -> AsyncIterator[Demo]:
    """Run the demo for as long as the context is entered. ``port`` is the page's; 0 takes a free one.

    Raises OSError where the port is taken.
    """
    clock = ScaledClock(FIRST_DAY, speed)
    fleet = demo_story(seed, clock.now())
    page = Page(clock, world=lambda: world(fleet, clock.now()), levers=levers(fleet, clock))
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="logbackup-bot-demo-")))
        ocp = await stack.enter_async_context(SimulatedOcp(fleet, clock))
        slack = SimulatedSlack(clock=clock, pacing_clock=SystemClock(), port=port, routes=page.routes)
        await stack.enter_async_context(slack)
        slack.add_channel(CHANNEL)
        slack.invite_bot(CHANNEL)
        page.show(slack, person="anna", channel=CHANNEL)
        settings = load(_environment(ocp, slack, folder), needs=EVERYTHING).settings
        bot = await stack.enter_async_context(running(settings, journal, clock=clock))
        yield Demo(page_address(slack), clock, fleet, ocp, slack, bot)


def _environment(ocp: SimulatedOcp, slack: SimulatedSlack, folder: Path) -> Mapping[str, str]:
    """Give the settings that a person would write to point the bot at this OCP and this Slack."""
    return {
        "OCP_URL": ocp.url,
        "OCP_USER": ocp.account.user,
        "OCP_PASSWORD": ocp.account.password,
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "BOT_ALERT_CHANNEL": CHANNEL,
        "BOT_DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}",
        "BOT_HTTP_PORT": "0",
    }


def world(fleet: Fleet, now: datetime) -> Sequence[WorldRow]:
    """Show the simulated fleet as it really is, the worst first."""
    rows = [_drawn(row) for row in fleet.rows(now)]
    order = list(Standing)
    return sorted(rows, key=lambda row: (-order.index(row.standing), -row.delay))


_STANDINGS = {
    Trouble.NONE: Standing.WELL,
    Trouble.INTERRUPTED: Standing.BROKEN,
    Trouble.FAILED: Standing.BROKEN,
    Trouble.VANISHED: Standing.BROKEN,
    Trouble.PAUSED: Standing.PAUSED,
    Trouble.STOPPED: Standing.PAUSED,
}


def _drawn(row: TaskRow) -> WorldRow:
    return WorldRow(
        task=row.name,
        status=row.status,
        delay=row.delay,
        checkpoint=row.checkpoint,
        standing=_STANDINGS.get(row.trouble, Standing.BEHIND),
        trouble="" if row.trouble is Trouble.NONE else row.trouble.value,
    )


def levers(fleet: Fleet, clock: ScaledClock) -> Mapping[str, Lever]:
    """Give what breaks and mends the simulated world."""

    def lever(word: str, known: FleetLever) -> Lever:
        async def pulled() -> str:
            return known.pull(clock.now())

        return Lever(known.label, pulled, group="Mend" if word == "mend" else "Break")

    return {word: lever(word, known) for word, known in demo_levers(fleet).items()}
