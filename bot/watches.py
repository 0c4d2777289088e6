"""The watch of one source in this replica: polled and tended while it holds the lease, followed otherwise."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from bot import logs
from bot.domain.task import SourceName
from bot.errors import StorageError
from bot.operations.follow_source import follow_source, take_up
from bot.operations.hold_leases import Leases
from bot.operations.learn_limits import keep_limits, learn_limits
from bot.operations.meters import PollOutcome
from bot.operations.source_state import SourceState
from bot.operations.tell_outage import DatabaseTrouble
from bot.operations.watch_tasks import Watching, poll, put_by, tend

LEASE = "watch/"
"""Before a source's name: the lease of its watch."""
PUT_BY_WITHIN = timedelta(seconds=2)
"""What the rules remember has so long to be kept when the bot stops: others wait for its leases."""


@dataclass(slots=True)
class Watch:
    """One source. ``watching`` is what it is watched with; ``trouble`` is shared by all.

    ``polls`` counts: the log's lines about one poll carry its number.
    """

    state: SourceState
    watching: Watching
    leases: Leases
    trouble: DatabaseTrouble
    polls: int = 0
    _token: int | None = None

    @staticmethod
    def lease_of(source: SourceName) -> str:
        """Give the name of the lease of a source's watch."""
        return f"{LEASE}{source}"

    @property
    def lease(self) -> str:
        """The name of its lease."""
        return self.lease_of(self.state.source)

    @property
    def held(self) -> bool:
        """Whether this replica watches it: it still has the lease under which it took the source up."""
        return self._token is not None and self.leases.token(self.lease) == self._token

    async def run(self) -> None:
        """Poll it, or follow whoever does; whatever happens to it is no other source's trouble."""
        self.polls += 1
        with logs.about(poll=f"{self.state.source}/{self.polls}"):
            if not self.leases.holds(self.lease):
                self._token = None
                if await self._guarded("source not followed", self._follow) and self.leases.refused is None:
                    self.trouble.is_well(self.state.source)
                return
            if not self.held and not await self._guarded("source not taken up", self._take_up):
                return
            if await self._guarded("poll not kept", self._poll):
                self.trouble.is_well(self.state.source)

    async def look(self) -> None:
        """Tell what people did since the last look."""
        if self.held:
            await self._guarded("source not tended", self._tend)

    async def learn(self) -> None:
        """Learn the limits of OCP's own alarm; an OCP that does not tell them is left alone."""
        if self.held:
            await self._guarded("limits not kept", self._learn)

    async def put_by(self) -> None:
        """Keep what the rules remember, before the bot stops; what takes too long is caught up with later."""
        if self.held:
            with suppress(TimeoutError):
                async with asyncio.timeout(PUT_BY_WITHIN.total_seconds()):
                    await self._guarded("memory not kept", self._put_by)

    async def _guarded(self, event: str, work: Callable[[], Awaitable[object]]) -> bool:
        """Do one piece of work; tell whether it was done."""
        journal, source = self.watching.journal, self.state.source
        try:
            await work()
        except StorageError as error:
            self.trouble.note(source, error, self.watching.clock.now())
            journal.error(event, source=source, because=error.sentence)
            if event == "poll not kept":
                self.watching.meters.polled(source, PollOutcome.NOT_KEPT)
            return False
        except Exception:  # noqa: BLE001 - one source is a boundary
            journal.error("watch failed", source=source, at=event)
            if event == "poll not kept":
                self.watching.meters.polled(source, PollOutcome.FAULT)
            return False
        return True

    async def _poll(self) -> None:
        await poll(self.state, self.watching)

    async def _put_by(self) -> None:
        await put_by(self.state, self.watching)

    async def _tend(self) -> None:
        await tend(self.state, self.watching)

    async def _follow(self) -> None:
        await follow_source(self.state, self.watching.store, self.watching.thresholds_for)

    async def _take_up(self) -> None:
        """Make it what is kept of it: another replica may have watched it until now.

        From now on it writes under the token that the lease has at this moment: whatever happens later to
        what was read now, if another replica has had the lease meanwhile, it is not kept.
        """
        token, lease = self.leases.token(self.lease), self.lease
        async with self.state.turn:
            await take_up(self.state, self.watching.store, self.watching.thresholds_for)
        self.watching = replace(self.watching, fence=lambda: (lease, token or 0))
        self._token = token

    async def _learn(self) -> None:
        state, watching = self.state, self.watching
        if await learn_limits(watching.source, state.listed, state.ocp_limits, watching.journal):
            state.changes += 1
            await keep_limits(state.source, state.ocp_limits, watching.store)


def holding(watches: "list[Watch]") -> Callable[[SourceName], bool]:
    """Tell of a source whether this replica watches it."""
    by_source = {watch.state.source: watch for watch in watches}

    def holds(source: SourceName) -> bool:
        watch = by_source.get(source)
        return watch is not None and watch.leases.holds(watch.lease)

    return holds
