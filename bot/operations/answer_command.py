"""Answers a command: reads what it needs, and lets a view show it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import assert_never

from bot.commands import (
    Command,
    Door,
    ListIncidents,
    ListTasks,
    ShowHealth,
    ShowHelp,
    ShowIncident,
    ShowStatus,
    ShowTask,
    parse,
)
from bot.domain.fleet import FleetSnapshot
from bot.domain.naming import Found, Scope, find
from bot.domain.task import SourceName
from bot.errors import BotError, UserMistake
from bot.operations.ask_source import ask_sources
from bot.operations.describe_fleet import FleetView
from bot.operations.ports import Clock, Source
from bot.operations.store_port import Store
from bot.views.blocks import Message
from bot.views.health_report import BotHealth, health_message
from bot.views.help_text import help_message
from bot.views.incident_detail import incident_detail_message
from bot.views.incident_list import incident_list_message
from bot.views.mistake import failure_message, mistake_message
from bot.views.status_report import status_message
from bot.views.task_detail import task_message
from bot.views.task_list import task_list_message

MOST_INCIDENTS = 1000
"""So many of the latest incidents are looked through for a list; all that are open are among them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked, and where. ``user`` and ``channel`` are Slack's ids, from the payload.

    ``thread`` is the thread that the answer belongs to; ``name`` is the person's own. An answer that is
    ``private`` may carry the button that shares it.
    """

    text: str
    user: str
    channel: str
    door: Door
    thread: str | None = None
    name: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; ``may_be_shared`` is False for what only whoever asked is to see."""

    message: Message
    may_be_shared: bool = True


@dataclass(frozen=True, slots=True)
class Answering:
    """What answers are made of; ``health`` tells how the bot itself is."""

    fleet: FleetView
    sources: Mapping[SourceName, Source]
    store: Store
    clock: Clock
    zone: tzinfo
    health: Callable[[], Awaitable[BotHealth]]

    async def answer(self, asked: Asked) -> Answer:
        """Answer one text. A mistake, and a failure of OCP or the database, is an answer too."""
        try:
            command = parse(asked.text, now=self.clock.now(), zone=self.zone, is_name=self._is_name)
        except UserMistake as mistake:
            return Answer(mistake_message(mistake), may_be_shared=False)
        try:
            return Answer(await self._show(command, shareable=asked.private))
        except BotError as error:
            return Answer(failure_message(error), may_be_shared=False)

    def _is_name(self, text: str) -> bool:
        return isinstance(find(self.fleet.now(), Scope(name=text)), Found)

    async def _show(  # noqa: PLR0911 - one case for each command
        self, command: Command, *, shareable: bool
    ) -> Message:
        now, zone, fleet = self.clock.now(), self.zone, self.fleet.now()
        match command:
            case ShowStatus():
                return status_message(command, fleet, now=now, shareable=shareable)
            case ListTasks():
                if command.window is not None:
                    asked = await ask_sources(fleet, command.scope, command.window, self.sources, self.clock)
                    now = self.clock.now()
                    return task_list_message(command, asked, now=now, zone=zone, shareable=shareable)
                return task_list_message(command, fleet, now=now, zone=zone, shareable=shareable)
            case ShowTask():
                return task_message(command, fleet, now=now, zone=zone, shareable=shareable)
            case ListIncidents():
                known = await self.store.incidents(limit=MOST_INCIDENTS)
                return incident_list_message(command, known, now=now, zone=zone, shareable=shareable)
            case ShowIncident():
                return await self._incident(command, fleet, shareable=shareable)
            case ShowHealth():
                health = await self.health()
                return health_message(command, fleet, health, now=now, shareable=shareable)
            case ShowHelp():
                return help_message(command)
            case _:
                assert_never(command)

    async def _incident(self, command: ShowIncident, fleet: FleetSnapshot, *, shareable: bool) -> Message:
        incident = await self.store.incident(command.number)
        source = None if incident is None else fleet.source_of(incident.subject.source)
        return incident_detail_message(
            command,
            incident,
            await self.store.audit(command.number),
            now=self.clock.now(),
            offset=timedelta(0) if source is None or source.offset is None else source.offset,
            zone=self.zone,
            shareable=shareable,
        )
