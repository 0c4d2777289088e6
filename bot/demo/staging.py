"""The demo's world put together, begun, and begun anew."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.clock import ScaledClock, SystemClock
from bot.condition import Running
from bot.demo.living_bot import LivingBot
from bot.demo.recorded import Recorded
from bot.operations.ports import Journal
from bot.sandbox.fleet import Fleet, demo_story
from bot.sandbox.ocp import SimulatedOcp
from bot.sandbox.page import Lever, Page, Story, TaskLever, page_address
from bot.sandbox.slack import Shortcut, SimulatedSlack
from bot.sandbox.world import (
    Pace,
    Tour,
    fleet_levers,
    levers_of_tasks,
    ocp_levers,
    slack_levers,
    time_levers,
    world_rows,
)
from bot.settings import EVERYTHING, load

CHANNEL = "log-backup"
GROUP = "dba"
"""The user group of those who look after the databases."""
SHORTCUTS = (
    Shortcut("Acknowledge", "ack"),
    Shortcut("Silence…", "silence"),
    Shortcut("Assign…", "assign"),
    Shortcut("Add a note…", "note"),
)
"""What the app offers in a message's menu."""
FIRST_DAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""When the story begins, in simulated time."""
LOOK_EVERY = timedelta(seconds=0.5)
"""So often, in real time, the guided story looks which of its steps have happened."""


@dataclass(slots=True)
class World:
    """One simulated world, from its first day until it ends or is begun anew."""

    clock: ScaledClock
    fleet: Fleet
    ocp: SimulatedOcp
    slack: SimulatedSlack
    living: LivingBot
    recorded: Recorded
    story: Story
    levers: dict[str, Lever]
    speed: float
    _pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        """Let the story decide how fast time passes, where one is told."""
        self._pace = Pace(self.story, self.speed, self.go_at)

    def look(self) -> None:
        """Look how far the story has come."""
        self.story.look()
        self._pace.keep()

    def go_at(self, speed: float) -> None:
        """Let simulated time pass at another speed from now on."""
        self.clock.set_speed(speed)
        bot = self.living.running
        if bot is not None and bot.schedule is not None:
            bot.schedule.go_at(speed)


class Demo:
    """A demo that runs: the page's address, and the parts of its present world."""

    def __init__(self, journal: Journal, *, port: int, speed: float, seed: int) -> None:
        self._journal = journal
        self._port = port
        self._speed = speed
        self._seed = seed
        self._again = asyncio.Event()
        self._told = False
        self._stack = AsyncExitStack()
        self._world: World | None = None
        self.begun = 0

    @property
    def world(self) -> World:
        """The present world."""
        if self._world is None:
            raise RuntimeError("the demo has not begun")
        return self._world

    @property
    def url(self) -> str:
        """Where a browser finds the page."""
        return page_address(self.world.slack)

    @property
    def clock(self) -> ScaledClock:
        """The clock of the present world."""
        return self.world.clock

    @property
    def fleet(self) -> Fleet:
        """The simulated fleet."""
        return self.world.fleet

    @property
    def ocp(self) -> SimulatedOcp:
        """The simulated OCP."""
        return self.world.ocp

    @property
    def slack(self) -> SimulatedSlack:
        """The simulated Slack."""
        return self.world.slack

    @property
    def levers(self) -> Mapping[str, Lever]:
        """What can be done to the present world, by a stable word for each."""
        return self.world.levers

    @property
    def bot(self) -> Running | None:
        """The bot, None while it is dead."""
        return self.world.living.running

    async def begin(self) -> None:
        """Begin a world. Raises OSError where the port is taken."""
        async with AsyncExitStack() as stack:
            self._world = await self._build(stack)
            self._stack = stack.pop_all()
        self._port = self.world.slack.port
        self.begun += 1

    async def end(self) -> None:
        """End the present world."""
        await self._stack.aclose()

    async def keep(self) -> None:
        """Look at the story, and begin anew when that is asked for; until cancelled."""
        real = SystemClock()
        while True:
            self.world.look()
            if self._again.is_set():
                self._again.clear()
                await self.end()
                while True:
                    with contextlib.suppress(OSError):  # somebody may hold the port for a moment
                        await self.begin()
                        break
                    await real.sleep(LOOK_EVERY)
            await real.sleep(LOOK_EVERY)

    async def _build(self, stack: AsyncExitStack) -> World:
        clock = ScaledClock(FIRST_DAY, self._speed)
        fleet = demo_story(self._seed, clock.now(), resting=self._told)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="logbackup-bot-demo-")))
        ocp = await stack.enter_async_context(SimulatedOcp(fleet, clock))
        levers: dict[str, Lever] = {}
        task_levers: dict[str, TaskLever] = {}
        story = Story(told=self._told, begin="story", after="again")
        recording = folder / "recording.jsonl"
        page = Page(
            clock,
            world=lambda: world_rows(fleet, clock.now(), living.alerts if living.runs else None),
            levers=levers,
            task_levers=task_levers,
            story=story,
            recording=lambda: recording if recording.exists() and recording.stat().st_size else None,
        )
        slack = SimulatedSlack(
            clock=clock,
            pacing_clock=SystemClock(),
            port=self._port,
            shortcuts=SHORTCUTS,
            routes=page.routes,
        )
        await stack.enter_async_context(slack)
        slack.add_group(GROUP, ("anna", "ben"))
        slack.add_channel(CHANNEL)
        slack.invite_bot(CHANNEL)
        settings = load(_environment(ocp, slack, folder), needs=EVERYTHING).settings
        living = LivingBot(settings, self._journal, clock)
        recorded = Recorded(recording, settings, self._journal, clock)
        tour = Tour(slack, fleet, living, clock, CHANNEL)
        story.steps = tour.steps()
        task_levers |= levers_of_tasks(fleet, clock, tour.told)
        world = World(clock, fleet, ocp, slack, living, recorded, story, levers, self._speed)
        levers |= self._levers(world, tour)
        page.show(slack, person="anna", channel=CHANNEL)
        stack.push_async_callback(recorded.stop)
        await living.start()
        stack.push_async_callback(living.stop)
        return world

    def _levers(self, world: World, tour: Tour) -> Mapping[str, Lever]:
        async def begin_anew() -> str:
            self._told = False
            self._again.set()
            return "The world begins anew."

        async def tell() -> str:
            self._told = True
            self._again.set()
            return "The story begins, in a world of its own."

        again = Lever("Begin anew", begin_anew, "Again", "Another world in which things break by themselves.")
        begin = Lever("Begin the story", tell, "Again", "In another world, in which nothing else breaks.")
        return {
            **fleet_levers(world.fleet, world.clock, tour.told),
            **ocp_levers(world.ocp),
            "bot": world.living.lever(),
            **slack_levers(world.slack, CHANNEL),
            **time_levers(world.clock, world.go_at),
            **world.recorded.levers(),
            "again": again,
            "story": begin,
        }


@asynccontextmanager
async def demo(journal: Journal, *, port: int, speed: float, seed: int) -> AsyncIterator[Demo]:
    """Run the demo for as long as the context is entered. ``port`` is the page's; 0 takes a free one.

    Raises OSError where the port is taken.
    """
    shown = Demo(journal, port=port, speed=speed, seed=seed)
    await shown.begin()
    keeping = asyncio.create_task(shown.keep(), name="the demo's keeper")
    try:
        yield shown
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
        await shown.end()


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
