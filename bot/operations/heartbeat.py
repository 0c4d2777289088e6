"""Tells whoever listens that the bot is at work, once a minute, for as long as it really is."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.heartbeat import Pulse, Silent, Vitals, Withheld, withheld
from bot.domain.notification import Action
from bot.errors import StorageError
from bot.operations.measure_fleet import Holds, Outbox, polled_at
from bot.operations.ports import Clock, Journal
from bot.operations.source_state import SourceState
from bot.views.wording import duration, ocp_name

EVERY = timedelta(minutes=1)
ASKED_WITHIN = timedelta(seconds=10)
"""A database that has not answered by then is as good as none."""


@dataclass(slots=True)
class Heartbeat:
    """Beats while it runs. ``clock`` is real time.

    ``ping`` gives the sentence that says why the beat was not accepted, None where it was; it may be
    exchanged while it runs, and without one nothing is done. ``accepted_at`` is when a beat last was
    accepted; ``trouble`` is the sentence that says why there is none now.
    """

    states: Sequence[SourceState]
    holds: Holds
    store: Outbox
    ping: Callable[[], Awaitable[str | None]] | None
    clock: Clock
    journal: Journal
    accepted_at: datetime | None = None
    trouble: str | None = None
    _told: str | None = None

    async def run(self) -> None:
        """Beat every minute until cancelled; the first time when the first polls are over."""
        while True:
            await self.clock.sleep(EVERY)
            await self.beat()

    async def beat(self) -> None:
        """Beat once, if the bot is at work. What changed is logged once."""
        ping = self.ping
        if ping is None:
            self.trouble = self._told = None
            return
        silent = withheld(await self.vitals(), self.clock.now())
        if silent is not None:
            self._withhold(silent)
            return
        self.trouble = await ping()
        if self.trouble is not None:
            self._tell("heartbeat not accepted", self.trouble, self.trouble)
            return
        self.accepted_at = self.clock.now()
        if self._told is not None:
            self.journal.info("heartbeat goes on")
        self._told = None

    async def vitals(self) -> Vitals:
        """Look at what the decision rests on."""
        pulses = tuple(
            Pulse(state.source, state.interval, polled_at(state), state.last_read_at)
            for state in self.states
            if self.holds(state.source)
        )
        try:
            async with asyncio.timeout(ASKED_WITHIN.total_seconds()):
                backlogs = await self.store.outbox_backlog()
        except (StorageError, TimeoutError):
            return Vitals(pulses, database=False)
        news = (backlog.oldest for backlog in backlogs if backlog.action is not Action.EDIT)
        return Vitals(pulses, min(news, default=None))

    def _withhold(self, silent: Silent) -> None:
        """Say why not. A replica that stands by has no trouble: others watch, and their hearts beat."""
        because = sentence(silent, self.clock.now())
        self.trouble = None if silent.why is Withheld.NOTHING_WATCHED else because
        self._tell("heartbeat withheld", silent.why.value, because)

    def _tell(self, event: str, why: str, because: str) -> None:
        if self._told != why:
            tell = self.journal.info if self.trouble is None else self.journal.warning
            tell(event, because=because)
        self._told = why


def sentence(silent: Silent, now: datetime) -> str:
    """Say why there is no heartbeat."""
    since = "" if silent.since is None else f" for {duration(now - silent.since)}"
    match silent.why:
        case Withheld.NOTHING_WATCHED:
            return "This replica watches no OCP at present."
        case Withheld.NOT_POLLED:
            who = ocp_name(silent.source or "")
            return f"{who} has not been polled{since or ' yet'}."
        case Withheld.NOTHING_READ:
            return f"No OCP has answered{since or ' yet'}."
        case Withheld.NOT_DELIVERED:
            return f"A message has been waiting{since} to be taken by Slack."
        case Withheld.DATABASE:
            return "The database cannot be used."
        case _:
            assert_never(silent.why)
