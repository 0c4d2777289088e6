"""What the bot does by the clock and in the background: polls, silences, digests, leases, deliveries."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bot.condition import Running
from bot.domain.digest_schedule import DigestTime
from bot.domain.look import NewId
from bot.domain.task import SourceName
from bot.errors import StorageError
from bot.in_force import InForce
from bot.monitoring.loop_lag import LoopWatch
from bot.operations.answer_ports import Means
from bot.operations.deliver_messages import EDITING, NEWS
from bot.operations.describe_fleet import FleetView
from bot.operations.digest_channel import post_digest
from bot.operations.hold_leases import HOUSE, REPLICA, Leases
from bot.operations.keep_delivering import Bell, keep_delivering
from bot.operations.learn_limits import LEARN_EVERY
from bot.operations.ports import Clock, Journal
from bot.operations.tell_outage import OutageNotice
from bot.operations.tend_silences import Tending, tend_silences
from bot.schedule import Schedule
from bot.storage.database import Database
from bot.watches import Watch

LEASES = "leases"
"""Who writes them, to the database's trouble."""
SETTLED = timedelta(seconds=90)
"""What can wait begins this long after the start, when the first polls are over."""
TIDY_EVERY = timedelta(minutes=10)
"""How often what is stored is packed, and what is too old dropped."""
SILENCES_EVERY = timedelta(seconds=10)
"""How often silences are taken up and ended."""
NOTICE_EVERY = timedelta(seconds=10)
"""How often it is asked whether people must be told that the database refuses."""
LOOK_WITHIN = timedelta(seconds=5)
"""What people did in another replica is shown after this long at the latest."""


def lease_names(watches: Sequence[Watch]) -> list[str]:
    """Name the leases of all that one replica alone may do."""
    return [HOUSE, *(watch.lease for watch in watches)]


@dataclass(frozen=True, slots=True)
class Bells:
    """Who is to be woken: the lanes of delivery (news, edits), and the look at each source."""

    lanes: tuple[Bell, Bell] = field(default_factory=lambda: (Bell(), Bell()))
    looks: dict[SourceName, Bell] = field(default_factory=dict)

    def owed(self) -> None:
        """Tell both lanes of delivery that something is owed."""
        for bell in self.lanes:
            bell.ring()

    def changed(self, source: SourceName) -> None:
        """Tell the watch of a source that people changed something."""
        if source in self.looks:
            self.looks[source].ring()

    def all_changed(self) -> None:
        """Tell the lanes, and every watch."""
        self.owed()
        for bell in self.looks.values():
            bell.ring()


@dataclass(frozen=True, slots=True)
class Jobs:
    """The bot's work. ``clock`` is the one that thresholds live in, ``real`` the machine's."""

    in_force: InForce
    journal: Journal
    clock: Clock
    real: Clock
    store: Database
    leases: Leases
    bells: Bells
    fleet: FleetView
    new_id: NewId

    def by_the_clock(self, schedule: Schedule, watches: Sequence[Watch], notice: OutageNotice) -> None:
        """Schedule what comes again and again."""
        interval = self.in_force.settings.poll_interval
        for watch in watches:
            source = watch.state.source
            schedule.every(interval, f"poll {source}", partial(self._poll, watch))
            schedule.every(LEARN_EVERY, f"limits of {source}", watch.learn, first_after=SETTLED)
        tending = Tending(
            store=self.store,
            clock=self.clock,
            journal=self.journal,
            windows=lambda: self.in_force.settings.windows,
            default=lambda: self.in_force.default_channel,
            new_id=self.new_id,
            changed=self.bells.all_changed,
            fence=lambda: self.leases.fence(HOUSE),
        )
        schedule.every(SILENCES_EVERY, "silences", partial(self._tend, tending))
        schedule.every(TIDY_EVERY, "tidy", self._tidy)
        schedule.every(NOTICE_EVERY, "outage", partial(self._tell_outage, notice))

    def background(
        self, now: Running, loop_watch: LoopWatch, owner: str
    ) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """Give what goes on all the time, by its name."""
        news, edits = self.bells.lanes
        deliver = partial(keep_delivering, now.delivering, rest=self.leases.pace.others_within)
        work: dict[str, Callable[[], Awaitable[None]]] = {
            "leases": partial(self._keep_leases, now, owner),
            "delivery of news": partial(deliver, NEWS, news),
            "delivery of edits": partial(deliver, EDITING, edits),
            "event loop": loop_watch.run,
            "heartbeat": now.heart.run,
        }
        for watch in now.watches:
            work[f"looks at {watch.state.source}"] = partial(self._keep_looking, watch)
        if now.connections is not None:
            work["slack"] = now.connections.run
        return work

    async def _poll(self, watch: Watch) -> None:
        """Poll one source, and describe what came of it before somebody asks again."""
        await watch.run()
        if self.fleet.is_asked_for:
            await self.fleet.renew()
        else:
            self.fleet.forget()

    async def digest(self, means: Means, when: DigestTime) -> None:
        """Post one digest, if it is for this replica to do."""
        if self.leases.holds(HOUSE):
            await self._kept("digest not posted", post_digest(means, when))

    async def _tend(self, tending: Tending) -> None:
        if self.leases.holds(HOUSE):
            await self._kept("silences not tended", tend_silences(tending))

    async def _tidy(self) -> None:
        """Pack what is stored, and drop what is older than it is kept."""
        if self.leases.holds(HOUSE):
            settings = self.in_force.settings
            self.store.keep_for(settings.retention, settings.history_retention)
            await self._kept("database not tidied", self.store.tidy(self.clock.now()))

    async def _tell_outage(self, notice: OutageNotice) -> None:
        await notice.look(self.clock.now())

    async def _kept(self, event: str, work: Awaitable[object]) -> None:
        try:
            await work
        except StorageError as error:
            self.journal.error(event, because=error.sentence)

    async def _keep_leases(self, now: Running, owner: str) -> None:
        """Renew what is held and take what is free; a source that another replica left is read at once."""
        while True:
            gained = await self.leases.renew([f"{REPLICA}{owner}", *lease_names(now.watches)])
            if self.leases.refused is None:
                now.storage.is_well(LEASES)
            else:
                now.storage.note(LEASES, self.leases.refused, self.clock.now())
            for watch in now.watches:
                if watch.lease in gained and now.schedule is not None:
                    now.schedule.soon(f"poll {watch.state.source}")
            await self.real.sleep(self.leases.renew_within)

    async def _keep_looking(self, watch: Watch) -> None:
        bell = self.bells.looks[watch.state.source]
        while True:
            await bell.heard(LOOK_WITHIN)
            await watch.look()
