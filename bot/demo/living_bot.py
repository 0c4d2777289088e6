"""The demo's bot, which can be killed as by a crash and started again."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.app import running
from bot.condition import Running
from bot.domain.incident import Incident
from bot.domain.problem import Severity
from bot.domain.silence import Silence
from bot.operations.desk import Desk
from bot.operations.ports import Clock, Journal
from bot.sandbox.page import Lever
from bot.settings import Settings


@dataclass(slots=True)
class LivingBot:
    """The bot, which can be killed and started again on the same database."""

    settings: Settings
    journal: Journal
    clock: Clock
    deaths: int = 0
    running: Running | None = None
    _task: "asyncio.Task[None] | None" = None
    _ending: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Start it; returns when it runs. Raises what keeps it from running."""
        self._ending.clear()
        begun = asyncio.Event()
        self._task = asyncio.create_task(self._live(begun), name="the bot of the demo")
        waiting = asyncio.create_task(begun.wait())
        await asyncio.wait({self._task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._task.done():
            self._task.result()

    async def _live(self, begun: asyncio.Event) -> None:
        try:
            async with running(self.settings, self.journal, clock=self.clock) as bot:
                self.running = bot
                begun.set()
                await self._ending.wait()
        finally:
            self.running = None

    async def stop(self) -> None:
        """Stop it as one is told to stop: what is in flight is brought to its end."""
        self._ending.set()
        if self._task is not None:
            await self._task

    async def kill(self) -> None:
        """End it as a crash would: no poll, no delivery and no answer comes to its end."""
        bot, self.running = self.running, None
        if bot is None or self._task is None:
            return
        self.deaths += 1
        if bot.schedule is not None:
            await bot.schedule.stop(timedelta(0))
        for _ in range(2):  # the first is heard and what is in flight is finished, the second is not
            for task in bot.work:
                task.cancel()
            await asyncio.sleep(0)
        await self.stop()

    @property
    def runs(self) -> bool:
        """Whether it runs at all."""
        return self.running is not None

    @property
    def alive(self) -> bool:
        """Whether it runs, hears Slack and has read OCP."""
        bot = self.running
        if bot is None or bot.connections is None or not bot.connections.alive:
            return False
        return all(state.last_read_at and state.last_read_at >= bot.started_at for state in bot.states)

    @property
    def open_tasks(self) -> Collection[str]:
        """The tasks with an open incident, named ``cluster/tenant``."""
        return self.alerts.keys()

    @property
    def alerts(self) -> Mapping[str, Severity]:
        """How severe the open incident of each task is that has one."""
        incidents = (one for desk in self._desks for one in desk.incidents.values() if one.is_open)
        return {one.subject.name: one.severity for one in incidents if one.subject.cluster is not None}

    def is_taken(self, tasks: Collection[str]) -> bool:
        """Whether somebody has most of the open incidents of these tasks."""
        return _most([incident.handling.is_taken for _, incident in self._open(tasks)])

    def is_silenced(self, tasks: Collection[str]) -> bool:
        """Whether silences keep most of the open incidents of these tasks quiet."""
        return _most(
            [isinstance(desk.mutes.get(incident.number), Silence) for desk, incident in self._open(tasks)]
        )

    def _open(self, tasks: Collection[str]) -> Iterator[tuple[Desk, Incident]]:
        for desk in self._desks:
            for incident in desk.incidents.values():
                if incident.is_open and incident.subject.name in tasks:
                    yield desk, incident

    @property
    def _desks(self) -> Sequence[Desk]:
        return () if self.running is None else [state.desk for state in self.running.states]

    def lever(self) -> Lever:
        """Give the lever that kills it and starts it again."""

        async def pulled() -> str:
            if self.running is None:
                await self.start()
                return "The bot runs again, on the same database."
            await self.kill()
            return "The bot is dead. The world goes on without it."

        return Lever(
            "Kill the bot",
            pulled,
            "The bot",
            "As a crash would: nothing is brought to its end.",
            is_on=lambda: self.running is None,
            on_label="Start the bot again",
            state="The bot is dead",
        )


def _most(answers: list[bool]) -> bool:
    return 2 * sum(answers) > len(answers)
