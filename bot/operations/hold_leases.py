"""Holds the leases of what one replica alone may do; others take over what lapses."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.errors import StorageError
from bot.operations.ports import Clock, Journal
from bot.operations.store_port import Store


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a lease lasts after it was last renewed, and how often it is renewed.

    ``others_within`` bounds how late it is noticed what another replica left in the database.
    """

    length: timedelta
    renew_every: timedelta
    others_within: timedelta


SHARED = Pace(timedelta(seconds=15), timedelta(seconds=4), timedelta(seconds=5))
"""Of a database of several replicas: a takeover takes less than 30 s."""
ALONE = Pace(timedelta(days=365), timedelta(minutes=5), timedelta(seconds=40))
"""Of a file that no other bot can open while this one runs: there is nobody to take over."""
REPLICA = "replica/"
"""Before a replica's own name: the lease that says it is alive."""
HOUSE = "house"
"""The lease of what is done once for all sources: silences, digests, tidying up."""


@dataclass(frozen=True, slots=True)
class _Held:
    token: int
    until: datetime


@dataclass(slots=True)
class Leases:
    """The leases of this replica, ``owner``. ``clock`` is real time.

    One is held until its end by our own clock, counted from before it was asked for: a database that cannot
    be reached, or a machine that was stopped, loses it here no later than others may take it. ``refused`` is
    what the database said when it last could not be asked, None where it answered.
    """

    store: Store
    clock: Clock
    journal: Journal
    owner: str
    pace: Pace = SHARED
    replicas: int = 1
    refused: StorageError | None = None
    _held: dict[str, _Held] = field(default_factory=dict)

    @property
    def renew_within(self) -> timedelta:
        """After what time to renew: sooner where the database refused, so that its recovery is noticed."""
        every = self.pace.renew_every
        return every if self.refused is None else min(every, SHARED.renew_every)

    def holds(self, name: str) -> bool:
        """Whether a lease is held at this moment."""
        held = self._held.get(name)
        return held is not None and self.clock.now() < held.until

    def token(self, name: str) -> int | None:
        """Give the token under which a lease is held at this moment; it grows with every other holder."""
        return self._held[name].token if self.holds(name) else None

    def fence(self, name: str) -> tuple[str, int]:
        """Give what makes a late write fail: the lease's name and its token; 0 is held by nobody."""
        held = self._held.get(name)
        return name, 0 if held is None else held.token

    async def renew(self, names: Collection[str]) -> frozenset[str]:
        """Take or renew leases; return those that this replica has not had just before.

        What cannot be asked for, as the database is away, is kept until it lapses.
        """
        gained: set[str] = set()
        length = self.pace.length
        refused: StorageError | None = None
        for name in names:
            had = self.holds(name)
            asked_at = self.clock.now()
            try:
                token = await self.store.take_lease(name, owner=self.owner, now=asked_at, length=length)
            except StorageError as error:
                refused = error
                self._tell_lost(name, had=had, because=error.sentence)
                continue
            before = self._held.get(name)
            if token is None:
                self._held.pop(name, None)
                if before is not None:
                    self.journal.warning("lease lost", lease=name)
                continue
            self._held[name] = _Held(token, asked_at + length)
            if before is None or before.token != token or not had:
                gained.add(name)
                self.journal.info("lease taken", lease=name, term=token)
        self.refused = refused
        await self._count_replicas()
        return frozenset(gained)

    def _tell_lost(self, name: str, *, had: bool, because: str) -> None:
        if had and not self.holds(name):
            self.journal.warning("lease lost", lease=name, because=because)

    async def _count_replicas(self) -> None:
        try:
            alive = await self.store.live_leases(REPLICA, self.clock.now())
        except StorageError:
            return
        self.replicas = max(len(alive), 1)

    async def give_back(self) -> None:
        """Give everything back, so that others take over at once."""
        for name in list(self._held):
            del self._held[name]
            try:
                await self.store.give_lease(name, owner=self.owner)
            except StorageError:
                return
