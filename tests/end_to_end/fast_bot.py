"""The bot in this process between a simulated OCP and a simulated Slack, all faster than life."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from bot.app import running
from bot.clock import ScaledClock
from bot.condition import Running
from bot.sandbox.fleet import Fleet
from bot.sandbox.ocp import SimulatedOcp
from bot.sandbox.slack import Message, SimulatedSlack
from bot.settings import EVERYTHING, load
from tests.end_to_end.town import ALERTS, our_slack, pointed_at, small_fleet
from tests.fakes.listed_journal import ListedJournal

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


class World:
    """OCP, Slack and their clock; the bot comes and goes. Its database stays in ``folder``."""

    def __init__(
        self, folder: Path, fleet: Fleet, ocp: SimulatedOcp, slack: SimulatedSlack, clock: ScaledClock
    ) -> None:
        self.folder = folder
        self.fleet = fleet
        self.ocp = ocp
        self.slack = slack
        self.clock = clock
        self.journal = ListedJournal()

    @asynccontextmanager
    async def bot(
        self, *, clock: ScaledClock | None = None, file: str = "", **environment: str
    ) -> AsyncIterator[Running]:
        """Run the bot, by the lines of a settings file too."""
        path = self.folder / "settings.yaml"
        path.write_text(file)
        settings = load(
            pointed_at(self.ocp, self.slack, self.folder) | environment, str(path), needs=EVERYTHING
        ).settings
        async with running(settings, self.journal, clock=clock or self.clock) as bot:
            yield bot

    def said(self, text: str, channel: str = ALERTS) -> list[Message]:
        """Give what stands in the channel and its threads with this text."""
        return [one for one in self.slack.channel(channel).everything if text in one.text]

    async def until_said(self, text: str, channel: str = ALERTS) -> Message:
        """Wait until somebody in the channel, or the bot in a thread, has said this."""
        found = await self.slack.until(lambda _: self.said(text, channel), timeout=60)
        assert found
        return found[0]

    def hasten(self, bot: Running, speed: float) -> None:
        """Let time pass at another speed from now on."""
        self.clock.set_speed(speed)
        assert bot.schedule is not None
        bot.schedule.go_at(speed)

    async def until_connected(self, bot: Running) -> None:
        """Wait until the bot hears Slack."""
        await self.slack.until(lambda _: bot.connections is not None and bot.connections.alive, timeout=60)

    async def asked(self, text: str) -> str:
        """Ask by slash command and give the answer."""
        before = len(self.slack.ephemerals("anna"))
        await self.slack.command("anna", ALERTS, "/logbackup", text)
        await self.slack.until(lambda slack: len(slack.ephemerals("anna")) > before, timeout=60)
        return self.slack.ephemerals("anna")[-1].text


@asynccontextmanager
async def world(
    folder: Path, *, start: datetime = NOON, speed: float = 240, invited: bool = True
) -> AsyncIterator[World]:
    """Set up everything but the bot; it is in the alert channel where it was ``invited``."""
    clock = ScaledClock(start, speed)
    fleet = small_fleet(clock.now())
    async with SimulatedOcp(fleet, clock) as ocp, our_slack(clock) as slack:
        slack.add_channel(ALERTS)
        if invited:
            slack.invite_bot(ALERTS)
        yield World(folder, fleet, ocp, slack, clock)


async def until(holds: Callable[[], object], within: float = 60) -> None:
    """Wait until something holds of the bot, which tells nobody when it does."""
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 - as said
            await asyncio.sleep(0.05)


async def readiness(bot: Running) -> tuple[int, dict[str, tuple[bool, str]]]:
    """Ask whether the bot can do its job: the status, and of each part whether it can and why."""
    async with aiohttp.ClientSession() as session, session.get(f"{bot.url}/readyz") as answer:
        parts = (await answer.json())["parts"]
        return answer.status, {name: (part["ready"], part["because"]) for name, part in parts.items()}
